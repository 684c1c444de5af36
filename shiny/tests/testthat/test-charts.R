test_that("no text of an event can become code or markup in a chart's options", {
  options <- ranked_bars(c(EVIL, "{b}", "var(--accent)"), c(3, 2, 1), "Events", metric_formats())
  expect_equal(options$yAxis[[1]]$data, list(EVIL, "{b}", "var(--accent)")) # data: drawn on canvas as it is
  expect_null(options$tooltip$formatter) # ECharts' own tooltip, which escapes
  everything <- jsonlite::toJSON(options, auto_unbox = TRUE)
  expect_no_match(everything, "function", fixed = TRUE)
  steps <- funnel_steps("{name|x}", 5, "{evil|y}", "Sessions")
  expect_equal(steps$series[[1]]$label$formatter$texts, list("{name|namex}\n{note|evily}"))
})

test_that("a second line may stand on its own axis", {
  labels <- point_labels(sample_series(), EN)
  options <- time_lines(labels, list(list(name = "Events", values = 1:3, colour = "var(--accent)"),
                                     list(name = "Visitors", values = 3:1, colour = "var(--second)", right = TRUE)))
  expect_length(options$yAxis, 2L)
  expect_equal(options$series[[2]]$yAxisIndex, 1L)
  expect_equal(options$series[[1]]$data, list(1L, 2L, 3L))
  expect_equal(options$xAxis$data, labels$long)
})

test_that("one point or none is drawn without complaint", {
  labels <- point_labels(list(points = list(), grain = "day"), EN)
  expect_equal(time_bars(labels, "Revenue", numeric(), metric_formats(EN$currency_look("USD")))$series[[1]]$data,
               list())
  expect_null(sparkline(5))
  expect_match(as.character(sparkline(c(1, 1, 1))), "polyline")
})

test_that("money's format carries sign and decimals of the currency", {
  expect_equal(metric_formats(EN$currency_look("VND"))$short,
               list(`$format` = "money", prefix = "\u20ab", suffix = "", decimals = 0L))
  expect_equal(metric_formats(VI$currency_look("VND"))$full,
               list(`$format` = "moneyFull", prefix = "", suffix = "\u00a0\u20ab", decimals = 0L))
})

test_that("the hours of the week and the flow carry their tips as texts, to be escaped in the browser", {
  chart <- heat_cells(c("00", "01"), c("Mon"), list(list(x = 0, y = 0, value = 5), list(x = 1, y = 0, value = 0)),
                      c(EVIL, "b"))
  expect_equal(chart$series[[1]]$data, list(list(0, 0, 5), list(1, 0, 0)))
  expect_equal(chart$tooltip$formatter, list(`$format` = "tip", texts = list(EVIL, "b")))
  expect_equal(chart$visualMap$max, 5)
  parts <- flow_parts(sample_answers()$paths(NULL, 5), EN)
  drawn <- flow(parts$nodes, parts$links)
  names <- vapply(drawn$series[[1]]$data, function(node) node$name, "")
  ends <- unlist(lapply(drawn$series[[1]]$links, function(link) c(link$source, link$target)))
  expect_true(all(ends %in% names))
  expect_equal(anyDuplicated(names), 0L)
})

test_that("rare kinds of pages are gathered as other, and no session is lost", {
  links <- lapply(1:12, function(i) list(step = 1, source = "home", target = paste0("kind", i), sessions = i))
  parts <- flow_parts(list(links = links), EN)
  targets <- vapply(parts$links, function(link) link$target, "")
  expect_length(targets, KINDS_A_STEP + 1L)
  expect_true("1:other" %in% targets)
  expect_equal(sum(vapply(parts$links, function(link) link$value, 0)), sum(1:12))
})
