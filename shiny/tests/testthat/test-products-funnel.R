test_that("a product without a name is shown by its id, a rate of nothing is missing", {
  table <- product_table(sample_products())
  expect_equal(table$name, c("Aurora 14", EVIL, "p3"))
  expect_equal(table$brand, c("", "", ""))
  expect_equal(table$viewToCartRate, c(0.1, 0.3, NA))
  expect_equal(nrow(product_table(list(products = list()))), 0L)
})

test_that("the top ten leave out what has none", {
  table <- product_table(sample_products())
  expect_equal(top_ten(table, "views")$name, c("Aurora 14", EVIL))
  expect_equal(top_ten(table, "purchases")$name, c(EVIL, "Aurora 14"))
})

test_that("the table escapes names and writes numbers in the browser", {
  widget <- products_datatable(product_table(sample_products()), "USD")
  expect_true(attr(widget$x$options, "escapeIdx") %in% c("true", TRUE))
  renderers <- unlist(lapply(widget$x$options$columnDefs, function(column) column$render))
  expect_true(any(grepl("moneyFull.*\"prefix\":\"\\$\"", renderers)))
})

test_that("steps have losses, and the worst one is told", {
  table <- funnel_table(sample_funnel())
  expect_equal(table$name, c("Visit", "Product view", "Add to cart", "Checkout", "Purchase"))
  expect_equal(table$lost, c(NA, 500, 400, 50, 10))
  expect_match(largest_leak(table), "before \u201cAdd to cart\u201d: 80.0% of sessions that reached \u201cProduct view\u201d")
  expect_equal(step_notes(table)[1:2], c("1,000", "500  \u221250.0%"))
})

test_that("an empty funnel has no leak and breaks nothing", {
  table <- funnel_table(sample_funnel(c(0, 0, 0, 0, 0)))
  expect_null(largest_leak(table))
  expect_equal(step_notes(table), rep("0", 5))
  expect_equal(nrow(funnel_table(list(steps = list()))), 0L)
})
