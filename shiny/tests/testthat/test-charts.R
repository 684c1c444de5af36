test_that("no text of an event can become code or markup in a chart's options", {
  options <- ranked_bars(c(EVIL, "{b}", "var(--accent)"), c(3, 2, 1), "Events", metric_formats())
  expect_equal(options$yAxis[[1]]$data, I(c(EVIL, "{b}", "var(--accent)"))) # data: drawn on canvas as it is
  expect_null(options$tooltip$formatter) # ECharts' own tooltip, which escapes
  everything <- jsonlite::toJSON(options, auto_unbox = TRUE)
  expect_no_match(everything, "function", fixed = TRUE)
  steps <- funnel_steps("{name|x}", 5, "{evil|y}", "Sessions")
  expect_equal(steps$series[[1]]$label$formatter$texts, I("{name|namex}\n{note|evily}"))
})

test_that("a second line may stand on its own axis", {
  labels <- point_labels(sample_series(), EN)
  options <- time_lines(labels, list(list(name = "Events", values = 1:3, colour = "var(--accent)"),
                                     list(name = "Visitors", values = 3:1, colour = "var(--second)", right = TRUE)))
  expect_length(options$yAxis, 2L)
  expect_equal(options$series[[2]]$yAxisIndex, 1L)
  expect_equal(options$series[[1]]$data, I(1:3))
  expect_equal(options$xAxis$data, labels$long)
})

test_that("one point or none is drawn without complaint", {
  labels <- point_labels(list(points = list(), grain = "day"), EN)
  expect_equal(time_bars(labels, "Revenue", numeric(), metric_formats(EN$currency_look("USD")))$series[[1]]$data,
               I(character()))
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
  chart <- heat_cells(c("00", "01"), "Mon", rbind(c(0, 0, 5), c(1, 0, 0)), c(EVIL, "b"))
  expect_equal(chart$series[[1]]$data, I(rbind(c(0, 0, 5), c(1, 0, 0))))
  expect_equal(chart$tooltip$formatter, list(`$format` = "tip", texts = I(c(EVIL, "b"))))
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

test_that("numbers and texts travel as arrays, one or none of them too", {
  json <- function(values) as.character(jsonlite::toJSON(array_of(values), auto_unbox = TRUE))
  expect_equal(json(5), "[5]")
  expect_equal(json(list(1, 2.5)), "[1,2.5]")
  expect_equal(json(list("a")), "[\"a\"]")
  expect_equal(json(numeric()), "[]")
  chart <- heat_cells("00", "Mon", rbind(c(0, 0, 5)), "tip")
  expect_equal(as.character(jsonlite::toJSON(chart$series[[1]]$data)), "[[0,0,5]]")
})
