test_that("a product without a name is shown by its id", {
  expect_equal(vapply(sample_products()$products, product_name, ""), c("Aurora 14", EVIL, "p3"))
})

test_that("the top ten leave out what has none", {
  names <- function(by) vapply(top_ten(sample_products()$products, by), product_name, "")
  expect_equal(names("views"), c("Aurora 14", EVIL))
  expect_equal(names("purchases"), c(EVIL, "Aurora 14"))
})

test_that("the list asks for the page that is shown", {
  extra <- list(sort = list(by = "views", descending = FALSE), offset = 20L, q = "")
  expect_equal(product_question(extra), list(sort = "views", order = "asc", offset = 20L, q = NULL))
})

test_that("steps have losses, and the worst one is told", {
  table <- funnel_table(sample_funnel()$steps, EN)
  expect_equal(table$name, c("Visit", "Product view", "Add to cart", "Checkout", "Purchase"))
  expect_equal(table$lost, c(NA, 500, 400, 50, 10))
  expect_match(largest_leak(table, EN),
               "before \u201cAdd to cart\u201d: 80.0% of sessions that reached \u201cProduct view\u201d")
  expect_equal(step_notes(table, EN)[1:2], c("1,000", "500  \u221250.0%"))
})

test_that("an empty funnel has no leak and breaks nothing", {
  table <- funnel_table(sample_funnel(c(0, 0, 0, 0, 0))$steps, EN)
  expect_null(largest_leak(table, EN))
  expect_equal(step_notes(table, EN), rep("0", 5))
  expect_equal(nrow(funnel_table(list(), EN)), 0L)
})

test_that("segments have the sessions of each step and a rate", {
  rows <- segment_rows(sample_funnel())
  expect_equal(rows[[1]][c("segment", "page_view", "purchase", "rate")],
               list(segment = "Direct", page_view = 600, purchase = 24, rate = 0.04))
})
