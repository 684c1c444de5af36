# The pages' modules, with a made-up API.

test_that("overview: cards and charts from one set of answers, at the grain of the period", {
  api <- fake_api()
  testServer(mod_overview_server, args = list(context = fake_context(api)), {
    settle(session)
    expect_equal(output$phase, "ready")
    cards <- html_of(output$kpis)
    for (figure in c("900", "1k", "12k", "40", "$52k",
                     "4.0%")) expect_match(cards, paste0(">", figure, "<"), fixed = TRUE)
    expect_length(gregexpr("class=\"sparkline\"", cards)[[1]], 6L)
    expect_equal(output$traffic$series[[1]]$data, I(c(3, 5, 4)))
    expect_equal(output$mix$yAxis[[1]]$data[[3]], EVIL)
    expect_equal(output$revenue$yAxis[[1]]$axisLabel$formatter$prefix, "$")
    expect_match(output$traffic_sub, "By day, 1 Mar \u2013 28 Mar 2022")
    expect_match(html_of(output$login), "Anonymous")
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

test_that("products: ranked by what is chosen, sorted by the column pressed, and kept in the link", {
  api <- fake_api()
  context <- fake_context(api)
  testServer(mod_products_server, args = list(context = context), {
    session$setInputs(by = "product", metric = "revenue")
    settle(session)
    expect_equal(output$phase, "ready")
    expect_equal(output$top$yAxis[[1]]$data, I(c("Aurora 14", EVIL)))
    session$setInputs(metric = "purchases")
    settle(session)
    expect_equal(context$link$get("metric"), "purchases")
    expect_equal(output$top$yAxis[[1]]$data, I(c(EVIL, "Aurora 14")))
    expect_match(html_of(output$table), "Cart \u2192 purchase", fixed = TRUE)
    expect_no_match(html_of(output$table), "<img", fixed = TRUE)
    session$setInputs(sort = "views")
    settle(session)
    session$setInputs(sort = "views")
    settle(session)
    asked <- Filter(function(call) identical(call$limit, PRODUCTS_PER_PAGE), api$made("products"))
    expect_equal(utils::tail(asked, 1)[[1]][c("sort", "order", "offset")],
                 list(sort = "views", order = "asc", offset = 0L))
    session$setInputs(`pages-on` = 1)
    settle(session)
    expect_equal(utils::tail(api$made("products"), 1)[[1]]$offset, PRODUCTS_PER_PAGE)
    expect_equal(output$`pages-page`, "Page 2 of 3, 43 in all")
  })
})

test_that("products: a name opens its details, a category narrows the view", {
  went <- list()
  context <- fake_context(open = function(changes) went <<- changes)
  testServer(mod_products_server, args = list(context = context), {
    settle(session)
    session$setInputs(open = "p1")
    settle(session)
    expect_equal(context$link$get("product"), "p1")
    expect_match(html_of(output$`one-figures`), "$6,495.00", fixed = TRUE)
    expect_equal(output$`one-chart`$series[[3]]$data, I(1))
    session$setInputs(by = "product")
    session$setInputs(by = "category")
    settle(session)
    expect_match(html_of(output$table), "Laptops")
    session$setInputs(narrow = "Laptops")
    expect_equal(went, list(category = "Laptops", by = NULL))
  })
})

test_that("funnel: chart, sentence and table say the same", {
  testServer(mod_funnel_server, args = list(context = fake_context()), {
    settle(session)
    expect_equal(vapply(output$chart$series[[1]]$data, function(step) step$value, 0), c(1000, 500, 100, 50, 40))
    expect_match(output$leak, "80.0%")
    expect_match(html_of(output$table),
                 "Product view</td>\\s*<td class=\"number\">500</td>\\s*<td class=\"number\">50.0%")
    expect_match(html_of(output$segments), "Direct</td>\\s*<td class=\"number\">600</td>")
    expect_no_match(html_of(output$segments), "<img", fixed = TRUE)
  })
  nobody <- fake_api(funnel = function(range, by) sample_funnel(c(0, 0, 0, 0, 0)))
  testServer(mod_funnel_server, args = list(context = fake_context(nobody)), {
    settle(session)
    expect_equal(output$phase, "empty")
  })
})

test_that("events: texts are escaped, pages go on by cursor and start again with another filter", {
  asked <- list()
  events <- function(period, filters, before, limit) {
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
    expect_equal(asked[[length(asked)]], list(filters = list(event = "search", find = ""), before = NULL))
    expect_equal(output$`pager-page`, "Page 1")
  })
})

test_that("events: what is chosen goes into the link, and no match is told", {
  context <- fake_context(warehouse = fake_warehouse(function(...) events_page(sample_events(3)[0, ])))
  testServer(mod_events_server, args = list(context = context), {
    session$setInputs(event = "", find = "")
    settle(session)
    expect_match(html_of(output$table), "Nothing matches")
    session$setInputs(event = "search")
    settle(session)
    expect_equal(context$link$get("event"), "search")
  })
})

test_that("events: the warehouse is away", {
  context <- fake_context(warehouse = open_warehouse(NULL, function(...) NULL))
  testServer(mod_events_server, args = list(context = context), {
    capture.output(settle(session), type = "message")
    expect_equal(output$phase, "error")
    expect_match(html_of(output$notice), "CLICKSTREAM_WAREHOUSE_URL is not set")
  })
})

test_that("data quality: balance, rejects, windows by state", {
  api <- fake_api()
  testServer(mod_quality_server, args = list(context = fake_context(api)), {
    session$setInputs(state = "all")
    settle(session)
    expect_equal(output$phase, "ready")
    expect_match(html_of(output$balance), "Balanced")
    expect_match(html_of(output$`rejects-reasons`), "Not JSON")
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
  testServer(mod_badge_server,
             args = list(api = fake_api(), locale = EN, time_zone = reactive("UTC"), site = site, every = 30), {
    settle(session)
    expect_match(html_of(output$badge), "Up to date")
    expect_match(html_of(output$badge), "newest day still filling")
    expect_match(html_of(output$badge), "aria-label=\"State of the data: Up to date")
  })
})

test_that("acquisition: sources by visits and by revenue, landing pages below", {
  testServer(mod_acquisition_server, args = list(context = fake_context(locale = VI)), {
    settle(session)
    expect_equal(output$visits$yAxis[[1]]$data, I(c(VI$say("channel.organic_search"), VI$say("channel.direct"))))
    expect_equal(output$revenue$yAxis[[1]]$data, I(c(VI$say("channel.direct"), VI$say("channel.organic_search"))))
    expect_match(html_of(output$table), "200,00\u00a0$", fixed = TRUE)
    expect_no_match(html_of(output$landing), "<img", fixed = TRUE)
    session$setInputs(by = "channel")
    session$setInputs(by = "source")
    settle(session)
    expect_match(html_of(output$table), "organic")
  })
})

test_that("trends: every hour of the week, its peak in words, and what is impossible left out", {
  testServer(mod_trends_server, args = list(context = fake_context()), {
    settle(session)
    expect_equal(dim(output$heatmap$series[[1]]$data), c(168L, 3L))
    expect_match(output$peak, "Busiest: Saturday, 20:00\u201321:00, with 75.0% of the whole. Times in Asia/Ho_Chi_Minh",
                 fixed = TRUE)
    expect_equal(output$weekdays$series[[1]]$data, I(c(10, 0, 0, 0, 0, 30, 0)))
    expect_equal(output$hours$series[[1]]$data[[10]], 10)
    session$setInputs(metric = "sessions")
    session$setInputs(metric = "revenue")
    settle(session)
    expect_equal(output$hours$yAxis[[1]]$axisLabel$formatter$prefix, "$")
    expect_match(html_of(output$peaks), "$30.00", fixed = TRUE)
  })
})

test_that("behaviour: ways, paths, pages and searches, with strangers' texts as texts", {
  testServer(mod_behaviour_server, args = list(context = fake_context()), {
    settle(session)
    nodes <- vapply(output$flow$series[[1]]$data, function(node) node$name, "")
    expect_setequal(nodes, c("0:home", "1:product", "1:cart", "2:home"))
    expect_match(output$flow$tooltip$formatter$edges[[1]], "Home \u2192 Product\n40 sessions", fixed = TRUE)
    expect_match(html_of(output$paths), "80.0%")
    expect_no_match(html_of(output$pages), "<img", fixed = TRUE)
    expect_match(html_of(output$searches), "=cmd|", fixed = TRUE)
  })
})

test_that("retention: who comes back, week by week", {
  testServer(mod_retention_server, args = list(context = fake_context()), {
    settle(session)
    expect_match(html_of(output$totals), "75.0% of visitors")
    expect_match(html_of(output$totals), "75.0% of orders")
    expect_equal(output$over_time$series[[2]]$data, I(25))
    html <- html_of(output$cohorts)
    expect_match(html, "28 Feb 2022")
    expect_match(html, "--heat:55%[^>]*title=\"20 visitors\">20.0%")
    expect_match(html, "Week 2")
  })
  rows <- cohort_rows(sample_answers()$retention(NULL, 8))
  expect_equal(weeks_shown(rows), 2)
  expect_true(is.na(rate_after(rows[[2]], 2)))
})

test_that("sessions: a list, and one as a timeline", {
  context <- fake_context()
  testServer(mod_sessions_server, args = list(context = context), {
    settle(session)
    expect_match(html_of(output$table), "28 Mar, 12:00") # in the site's time zone
    expect_match(html_of(output$table), "$1,299.00", fixed = TRUE)
    expect_no_match(html_of(output$table), "<img", fixed = TRUE)
    session$setInputs(open = "session-9")
    settle(session)
    expect_equal(context$link$get("session"), "session-9")
    html <- html_of(output$`one-timeline`)
    expect_match(html, "12:10:00")
    expect_match(html, "+10 min", fixed = TRUE)
    expect_match(html, "order o-7", fixed = TRUE)
    expect_no_match(html, "<img", fixed = TRUE)
    session$setInputs(`one-close` = 1)
    settle(session)
    expect_null(context$link$get("session"))
  })
})

test_that("every page stands up without an API, in every language", {
  quiet <- stats::setNames(lapply(names(fake_api()), function(name) api_away), names(fake_api()))
  for (locale in LOCALES) {
    for (page in dashboard_pages()) {
      context <- fake_context(do.call(fake_api, quiet), locale = locale,
                              warehouse = open_warehouse(NULL, function(...) NULL))
      testServer(page$server, args = list(id = page$id, context = context), {
        capture.output(settle(session), type = "message")
        expect_equal(output$phase, "error", label = paste(locale$lang, page$id))
      })
    }
  }
})
