test_that("a card has value, change against before, and a sparkline's points", {
  series <- lapply(stats::setNames(OVERVIEW_METRICS, OVERVIEW_METRICS), sample_series)
  cards <- kpi_cards(sample_overview(), series, EN)
  expect_equal(vapply(cards, function(card) card$id, ""),
               c("revenue", "orders", "conversionRate", "visitors", "sessions", "events"))
  revenue <- cards[[1]]
  expect_equal(revenue$value, "$52k")
  expect_equal(revenue$exact, "$51,960.50")
  expect_equal(revenue$change$direction, "up")
  expect_equal(revenue$change$text, "+25.0%")
  expect_match(revenue$change$spoken, "up: 25.0% against $41,568.40 in the previous period", fixed = TRUE)
  expect_equal(revenue$points, c(3, 5, 4))
  expect_equal(cards[[3]]$points, c(1, 1, 1))
})

test_that("changes: down, flat, from nothing, rates in points, nothing to compare", {
  expect_equal(change_of(50, 100, EN)[c("direction", "text")], list(direction = "down", text = "\u221250.0%"))
  expect_equal(change_of(100, 100, EN)$direction, "flat")
  expect_equal(change_of(5, 0, EN)[c("direction", "text")], list(direction = "up", text = "new"))
  expect_equal(change_of(0, 0, EN)$direction, "flat")
  expect_equal(change_of(30002, 2, EN)$text, "+1.5M%")
  expect_equal(change_of(0.05, 0.035, EN, "rate")[c("direction", "text")], list(direction = "up", text = "+1.5 pts"))
  expect_equal(change_of(0.04, NULL, EN, "rate")$direction, "none")
})

test_that("points are labelled in the site's time zone", {
  labels <- point_labels(sample_series(), EN)
  expect_equal(labels$short, I(c("22 Feb", "23 Feb", "24 Feb")))
  expect_equal(labels$long[[1]], "Tue 22 Feb 2022")
  hours <- sample_series(grain = "hour")
  expect_equal(point_labels(hours, EN)$short, I(c("22 Feb", "23 Feb", "24 Feb"))) # midnight is told by its day
  hours$points[[1]]$at <- "2022-02-21T20:00:00Z"
  expect_equal(point_labels(hours, EN)$short[[1]], "03:00")
})

test_that("rare events are gathered, and the mix is ranked", {
  answer <- list(eventsByName = lapply(1:13, function(i) list(eventName = paste0("e", i), events = i)))
  mix <- event_mix(answer, EN)
  expect_equal(nrow(mix), 10L)
  expect_equal(mix$name[c(1, 10)], c("e13", "4 more"))
  expect_equal(mix$events[[10]], 1 + 2 + 3 + 4)
  expect_equal(nrow(event_mix(list(eventsByName = list()), EN)), 0L)
})

test_that("a period without events is empty", {
  expect_false(nothing_happened(sample_overview()))
  expect_true(nothing_happened(sample_overview(current = sample_metrics(0))))
  expect_true(nothing_happened(list(from = NULL, current = list())))
})

test_that("before the first event there is nothing to compare with", {
  overview <- sample_overview()
  overview$previous <- sample_metrics(0)
  series <- lapply(stats::setNames(OVERVIEW_METRICS, OVERVIEW_METRICS), sample_series)
  directions <- vapply(kpi_cards(overview, series, EN), function(card) card$change$direction, "")
  expect_equal(unique(directions), "none")
})

test_that("a newest day that is not over is told", {
  overview <- sample_overview()
  overview$asOf <- "2022-03-28T16:59:00Z" # 23:59 of the shop's 28 March
  expect_true(day_so_far(overview))
  overview$asOf <- "2022-03-28T17:00:00Z"
  expect_false(day_so_far(overview))
  expect_false(day_so_far(list()))
})

test_that("login states have their share of visits and their rate of orders", {
  rows <- login_rows(sample_overview())
  expect_equal(vapply(rows, function(row) row$value, ""), c("anonymous", "logged_in"))
  expect_equal(vapply(rows, function(row) row$share, 0), c(0.75, 0.25))
  expect_equal(rows[[2]]$rate, 0.12)
  expect_equal(login_rows(list()), list())
})
