pages <- c("overview", "products", "events")

test_that("a link gives the same view back", {
  route <- parse_route("?page=events&from=2022-01-01&to=2022-01-31&bots=true&find=%2Flap%26top&event=search", pages)
  expect_equal(route[c("page", "from", "to", "bots", "filters", "extra")],
               list(page = "events", from = "2022-01-01", to = "2022-01-31", bots = TRUE, filters = list(),
                           extra = list(event = "search", find = "/lap&top")))
  expect_equal(parse_route(route_query(route), pages), route)
})

test_that("what is default is not in the link", {
  expect_equal(route_query(parse_route("", pages)), "?page=overview")
})

test_that("what cannot be used is left out, and dates are put in order", {
  route <- parse_route("?page=admin&from=2022-02-30&to=2022-03-01&bots=yes", pages)
  expect_equal(route$page, "overview")
  expect_null(route$from)
  expect_null(route$to)
  expect_false(route$bots)
  expect_equal(parse_route("?from=2022-03-09&to=2022-03-01", pages)[c("from", "to")],
               list(from = "2022-03-01", to = "2022-03-09"))
  expect_equal(nchar(parse_route(paste0("?find=", strrep("x", 5000)), pages)$extra$find), MAX_TEXT)
})

test_that("the period is the link's, else the default answer's", {
  site <- sample_overview()
  expect_equal(period_of(parse_route("", pages), site)$from, "2022-03-01")
  chosen <- period_of(parse_route("?from=2022-01-01&to=2022-01-02&bots=true", pages), site)
  expect_equal(chosen, list(from = "2022-01-01", to = "2022-01-02", bots = TRUE, filters = list(),
                            time_zone = "Asia/Ho_Chi_Minh",
                            currency = "USD"))
  expect_equal(days_in(chosen), 2L)
  expect_equal(days_in(list()), 0L)
})

test_that("the grain follows the length of the period", {
  grain <- function(from, to) grain_for(list(from = from, to = to))
  expect_equal(grain("2022-03-01", "2022-03-03"), "hour")
  expect_equal(grain("2022-03-01", "2022-03-04"), "day")
  expect_equal(grain("2022-01-01", "2022-04-30"), "day")
  expect_equal(grain("2022-01-01", "2022-05-01"), "week")
})

test_that("periods in words, and presets counted from the newest day", {
  expect_equal(period_label(list(from = "2022-03-01", to = "2022-03-28"), EN), "1 Mar \u2013 28 Mar 2022")
  expect_equal(period_label(list(from = "2021-12-31", to = "2022-01-01"), EN), "31 Dec 2021 \u2013 1 Jan 2022")
  expect_equal(period_label(list(from = "2022-03-01", to = "2022-03-01"), EN), "1 Mar 2022")
  expect_equal(preset_range(7L, "2022-03-28"), list(from = "2022-03-22", to = "2022-03-28"))
})

test_that("filters and language are in the link, and stay when the page changes", {
  route <- parse_route("?page=events&channel=Organic%20Search&login=logged_in&lang=vi&find=x&colour=red", pages)
  expect_equal(route$filters, list(channel = "Organic Search", login = "logged_in"))
  expect_equal(route$lang, "vi")
  moved <- change_route(route, list(page = "products"), pages)
  expect_equal(moved$filters, route$filters)
  expect_equal(moved$extra, list())
  expect_equal(route_query(moved), "?page=products&channel=Organic%20Search&login=logged_in&lang=vi")
  expect_equal(change_route(route, list(channel = NULL), pages)$filters, list(login = "logged_in"))
  expect_null(parse_route("?lang=<b>", pages)$lang)
  expect_null(parse_route("?total=2022-01-01&fromage=2022-01-01", pages)$from) # no part of a name is the name
})

test_that("what the filter bar says becomes the route, and what it does not name goes", {
  changes <- filter_changes(list(from = NULL, to = NULL, bots = TRUE, channel = "Direct", device = ""))
  route <- change_route(parse_route("?from=2022-01-01&to=2022-01-02&device=mobile", pages), changes, pages)
  expect_equal(route[c("filters", "bots")], list(filters = list(channel = "Direct"), bots = TRUE))
  expect_null(route$from)
})

test_that("choices of the filters are named, and nameless values are left out", {
  choices <- filter_choices(sample_answers()$dimensions(NULL), VI)
  expect_equal(choices$channel, list(list(value = "Organic Search", label = VI$say("channel.organic_search"))))
  expect_equal(choices$login[[1]]$label, VI$say("login.logged_in"))
  expect_length(choices$brand, 0L)
})
