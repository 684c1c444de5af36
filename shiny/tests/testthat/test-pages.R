# The pages' modules, with a made-up API.

test_that("overview: cards and charts from one set of answers, at the grain of the period", {
  api <- fake_api()
  testServer(mod_overview_server, args = list(context = fake_context(api)), {
    settle(session)
    expect_equal(output$phase, "ready")
    cards <- html_of(output$kpis)
    for (figure in c("900", "1k", "12k", "40", "$52k", "4.0%")) expect_match(cards, paste0(">", figure, "<"), fixed = TRUE)
    expect_length(gregexpr("class=\"sparkline\"", cards)[[1]], 6L)
    expect_equal(output$traffic$series[[1]]$data, list(3, 5, 4))
    expect_equal(output$mix$yAxis[[1]]$data[[3]], EVIL)
    expect_equal(output$revenue$yAxis[[1]]$axisLabel$formatter$prefix, "$")
    expect_match(output$traffic_sub, "by day, 1 Mar \u2013 28 Mar 2022")
  })
  expect_equal(unique(vapply(api$made("timeseries"), function(call) call[[4]], "")), "day")
  expect_setequal(vapply(api$made("timeseries"), function(call) call[[3]], ""), OVERVIEW_METRICS)
})

test_that("overview: no events, no API", {
  empty <- fake_api(overview = function(range) sample_overview(range, current = sample_metrics(0)))
  testServer(mod_overview_server, args = list(context = fake_context(empty)), {
    settle(session)
    expect_equal(output$phase, "empty")
    expect_match(html_of(output$notice), "No events in this period")
  })
  testServer(mod_overview_server, args = list(context = fake_context(fake_api(overview = api_away))), {
    capture.output(settle(session), type = "message")
    expect_equal(output$phase, "error")
    expect_match(html_of(output$notice), "connection refused")
  })
})

test_that("a page says so when even the site is not known", {
  error <- tryCatch(api_away(), error = identity)
  context <- fake_context(period = reactive(NULL), site = reactive(list(phase = "error", data = NULL, error = error)))
  testServer(mod_funnel_server, args = list(context = context), {
    settle(session)
    expect_equal(output$phase, "error")
  })
  blank <- fake_context(period = reactive(list(from = NULL, to = NULL, bots = FALSE)))
  testServer(mod_funnel_server, args = list(context = blank), {
    settle(session)
    expect_equal(output$phase, "empty")
  })
})

test_that("products: ranked by what is chosen", {
  testServer(mod_products_server, args = list(context = fake_context()), {
    session$setInputs(by = "revenue")
    settle(session)
    expect_equal(output$phase, "ready")
    expect_equal(output$top$yAxis[[1]]$data, list("Aurora 14", EVIL))
    session$setInputs(by = "purchases")
    expect_equal(output$top$yAxis[[1]]$data, list(EVIL, "Aurora 14"))
    expect_match(as.character(output$table), "Cart \u2192 purchase", fixed = TRUE)
  })
})

test_that("funnel: chart, sentence and table say the same", {
  testServer(mod_funnel_server, args = list(context = fake_context()), {
    settle(session)
    expect_equal(vapply(output$chart$series[[1]]$data, function(step) step$value, 0), c(1000, 500, 100, 50, 40))
    expect_match(output$leak, "80.0%")
    expect_match(html_of(output$table), "Product view</td>\\s*<td class=\"number\">500</td>\\s*<td class=\"number\">50.0%")
  })
  nobody <- fake_api(funnel = function(range) sample_funnel(c(0, 0, 0, 0, 0)))
  testServer(mod_funnel_server, args = list(context = fake_context(nobody)), {
    settle(session)
    expect_equal(output$phase, "empty")
  })
})

test_that("events: texts are escaped, pages go on by cursor and start again with another filter", {
  asked <- list()
  events <- function(period, filters, before) {
    asked <<- c(asked, list(list(filters = filters, before = before)))
    rows <- sample_events(51)
    rows$page_path[[1]] <- EVIL
    events_page(rows)
  }
  context <- fake_context(warehouse = fake_warehouse(events))
  testServer(mod_events_server, args = list(context = context), {
    settle(session)
    html <- html_of(output$table)
    expect_no_match(html, "<img", fixed = TRUE)
    expect_match(html, "&lt;img src=x", fixed = TRUE)
    expect_match(html, "session-01\u2026", fixed = TRUE)
    session$setInputs(`pager-older` = 1)
    settle(session)
    expect_equal(asked[[length(asked)]]$before, events_page(sample_events(51))$older)
    expect_equal(output$`pager-page`, "Page 2")
    context$link$set("event", "search")
    settle(session)
    expect_equal(asked[[length(asked)]], list(filters = list(event = "search", find = NULL), before = NULL))
    expect_equal(output$`pager-page`, "Page 1")
  })
})

test_that("events: what is chosen goes into the link, and no match is told", {
  context <- fake_context(warehouse = fake_warehouse(function(...) events_page(sample_events(3)[0, ])))
  testServer(mod_events_server, args = list(context = context), {
    session$setInputs(event = "", find = "")
    settle(session)
    expect_match(html_of(output$table), "No event matches")
    session$setInputs(event = "search")
    settle(session)
    expect_equal(context$link$get("event"), "search")
  })
})

test_that("events: the warehouse is away", {
  context <- fake_context(warehouse = open_warehouse(NULL))
  testServer(mod_events_server, args = list(context = context), {
    capture.output(settle(session), type = "message")
    expect_equal(output$phase, "error")
    expect_match(html_of(output$notice), "CLICKSTREAM_WAREHOUSE_URL is not set")
  })
})

test_that("data quality: balance, rejects, windows by state", {
  api <- fake_api()
  testServer(mod_quality_server, args = list(context = fake_context(api)), {
    session$setInputs(state = "")
    settle(session)
    expect_equal(output$phase, "ready")
    expect_match(html_of(output$balance), "Balanced")
    expect_match(html_of(output$rejects), "Not JSON")
    expect_match(html_of(output$windows), "the lake did not answer")
    expect_match(html_of(output$windows), "data-input=\"[^\"]*runs-rerun-window\" data-value=\"2022-03-28T11:00:00Z\"")
    session$setInputs(state = "failed")
    settle(session)
    expect_equal(utils::tail(api$made("windows"), 1)[[1]]$state, "failed")
    session$setInputs(`pager-older` = 1)
    settle(session)
    expect_equal(utils::tail(api$made("windows"), 1)[[1]]$before, "cursor-2")
  })
})

test_that("data quality: nothing loaded yet", {
  none <- list(windows = 0, objects = 0, collected = 0, loaded = 0, duplicates = 0, rejected = 0, withheld = 0)
  api <- fake_api(status = function() sample_status(state = "empty", totals = none))
  testServer(mod_quality_server, args = list(context = fake_context(api)), {
    settle(session)
    expect_equal(output$phase, "hint") # the form stays: a run may be what is needed
    expect_match(html_of(output$notice), "Nothing has been loaded yet")
  })
})

test_that("the badge follows the status", {
  site <- reactive(list(phase = "ready", data = sample_overview(complete = FALSE)))
  testServer(mod_badge_server, args = list(api = fake_api(), time_zone = reactive("UTC"), site = site, every = 30), {
    settle(session)
    expect_match(html_of(output$badge), "Up to date")
    expect_match(html_of(output$badge), "newest day still filling")
    expect_match(html_of(output$badge), "aria-label=\"State of the data: Up to date")
  })
})
