test_that("no text of an event can become code or markup in a chart's options", {
  options <- ranked_bars(c(EVIL, "{b}", "var(--accent)"), c(3, 2, 1), "Events", number_format("compact"))
  expect_equal(options$yAxis[[1]]$data, list(EVIL, "{b}", "var(--accent)")) # data: drawn on canvas as it is
  expect_null(options$tooltip$formatter) # ECharts' own tooltip, which escapes
  everything <- jsonlite::toJSON(options, auto_unbox = TRUE)
  expect_no_match(everything, "function", fixed = TRUE)
  steps <- funnel_steps("{name|x}", 5, "{evil|y}")
  expect_equal(steps$series[[1]]$label$formatter$texts, list("{name|namex}\n{note|evily}"))
})

test_that("a second line may stand on its own axis", {
  labels <- point_labels(sample_series())
  options <- time_lines(labels, list(list(name = "Events", values = 1:3, colour = "var(--accent)"),
                                     list(name = "Visitors", values = 3:1, colour = "var(--second)", right = TRUE)))
  expect_length(options$yAxis, 2L)
  expect_equal(options$series[[2]]$yAxisIndex, 1L)
  expect_equal(options$series[[1]]$data, list(1L, 2L, 3L))
  expect_equal(options$xAxis$data, labels$long)
})

test_that("one point or none is drawn without complaint", {
  labels <- point_labels(list(points = list(), grain = "day"))
  expect_equal(time_bars(labels, "Revenue", numeric(), number_format("money", "USD"))$series[[1]]$data, list())
  expect_null(sparkline(5))
  expect_match(as.character(sparkline(c(1, 1, 1))), "polyline")
})

test_that("money's format carries sign and decimals of the currency", {
  expect_equal(number_format("money", "VND"), list(`$format` = "money", prefix = "\u20ab", decimals = 0L))
  full <- number_format("moneyFull", "USD")
  expect_equal(full, list(`$format` = "moneyFull", prefix = "$", decimals = 2L))
})
