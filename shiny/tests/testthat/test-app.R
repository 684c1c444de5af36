server <- function(api = fake_api()) app_server(dashboard_pages(), LOCALES, api, fake_warehouse())

page_at <- function(query, path = "/") {
  app_ui(dashboard_pages(), LOCALES)(list(PATH_INFO = path, QUERY_STRING = query))
}

test_that("every page has an icon, an own module and a place in the menu", {
  for (page in dashboard_pages()) {
    expect_true(page$id %in% names(ICON_PATHS), label = page$id)
    expect_type(page$ui, "closure")
    expect_type(page$server, "closure")
  }
})

test_that("the first paint is the page that the link asks for", {
  html <- as.character(page_at("?page=funnel"))
  expect_match(html, "<h1 id=\"page-title\">Funnel</h1>", fixed = TRUE)
  expect_match(html, "id=\"page-overview\"[^>]*hidden")
  expect_no_match(html, "id=\"page-funnel\"[^>]*hidden")
  expect_match(html, "href=\"\\?page=funnel\" data-page=\"funnel\" aria-current=\"page\"")
})

test_that("a link's texts are escaped in the page", {
  evil <- "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
  html <- as.character(page_at(paste0("?page=events&from=2022-03-01&to=2022-03-02&find=", evil, "&channel=", evil)))
  expect_no_match(html, "<script>alert", fixed = TRUE)
  expect_match(html, "value=\"2022-03-01\"", fixed = TRUE)
})

test_that("nothing is loaded from elsewhere", {
  html <- paste(as.character(page_at("")), collapse = "")
  sources <- regmatches(html, gregexpr("(src|href)=\"[^\"]*\"", html))[[1]]
  expect_false(any(grepl("//", sources, fixed = TRUE)))
  sheets <- list.files(file.path("..", "..", "www"), "\\.css$", full.names = TRUE)
  styles <- unlist(lapply(sheets, readLines))
  expect_false(any(grepl("url(", styles, fixed = TRUE) | grepl("@import", styles, fixed = TRUE)))
})

test_that("health checks are answered", {
  for (path in c("/health/live", "/health/ready")) {
    answer <- page_at("", path)
    expect_equal(answer$status, 200L)
    expect_equal(jsonlite::fromJSON(answer$content)$status, "ok")
  }
})

test_that("the page carries a policy that runs no script but its own", {
  app <- serve_securely(shinyApp(app_ui(dashboard_pages(), LOCALES), function(input, output, session) NULL))
  answer <- app$httpHandler(list(REQUEST_METHOD = "GET", PATH_INFO = "/", QUERY_STRING = ""))
  expect_equal(answer$status, 200L)
  expect_match(answer$content, "id=\"page-overview\"", fixed = TRUE)
  expect_match(answer$headers$`Content-Security-Policy`, "script-src 'self' 'unsafe-eval' 'unsafe-hashes'",
               fixed = TRUE)
  expect_no_match(answer$headers$`Content-Security-Policy`, "script-src[^;]*'unsafe-inline'")
  expect_equal(answer$headers$`X-Content-Type-Options`, "nosniff")
})

test_that("only the open page asks; choosing another, a period or bots asks for that", {
  api <- fake_api()
  testServer(server(api), {
    settle(session)
    expect_length(api$made("funnel"), 0L)
    expect_gt(length(api$made("timeseries")), 0L)
    session$setInputs(page = "funnel")
    settle(session)
    expect_equal(utils::tail(api$made("funnel"), 1)[[1]][[2]][c("from", "bots")],
                 list(from = "2022-03-01", bots = FALSE))
    session$setInputs(filter = list(from = "2022-01-01", to = "2022-01-05", bots = TRUE))
    settle(session)
    last <- utils::tail(api$made("funnel"), 1)[[1]][[2]]
    expect_equal(last[c("from", "to", "bots")], list(from = "2022-01-01", to = "2022-01-05", bots = TRUE))
  })
})

test_that("a preset counts back from the newest day with data, and 28 days are the unnamed default", {
  testServer(server(), {
    settle(session)
    session$setInputs(preset = list(days = "7"))
    settle(session)
    expect_equal(route()[c("from", "to")], list(from = "2022-03-22", to = "2022-03-28"))
    session$setInputs(preset = list(days = "28"))
    expect_null(route()$from)
    session$setInputs(preset = list(days = "1; drop"))
    expect_null(route()$from)
  })
})

test_that("the view tells the browser what is shown", {
  period <- period_of(parse_route("", "overview"), sample_overview())
  view <- view_of(parse_route("?page=events&event=search", names(dashboard_pages())), period, "2022-03-28",
                  names(dashboard_pages()))
  expect_equal(view[c("page", "from", "to", "preset", "named")],
               list(page = "events", from = "2022-03-01", to = "2022-03-28", preset = 28L, named = FALSE))
  expect_equal(view$query, "?page=events&event=search")
  expect_equal(view$links$products, "?page=products") # a page's own filters stay with it
})

test_that("the page holds no inline script", {
  app <- serve_securely(shinyApp(app_ui(dashboard_pages(), LOCALES), function(input, output, session) NULL))
  html <- app$httpHandler(list(REQUEST_METHOD = "GET", PATH_INFO = "/", QUERY_STRING = ""))$content
  scripts <- regmatches(html, gregexpr("<script[^>]*>", html))[[1]]
  expect_true(all(grepl("src=|type=\"application/", scripts)))
  expect_no_match(html, "modal", fixed = TRUE)
})

test_that("a filter goes to the API and into the links", {
  api <- fake_api()
  testServer(server(api), {
    settle(session)
    session$setInputs(filter = list(from = NULL, to = NULL, bots = FALSE, channel = "Direct", device = ""))
    settle(session)
    asked <- utils::tail(api$made("overview"), 1)[[1]][[2]]
    expect_equal(asked$filters, list(channel = "Direct"))
    expect_equal(route()$filters, list(channel = "Direct"))
  })
})

test_that("the page is in the language of the link, else of the browser", {
  first <- function(query, accepted = NULL) {
    request <- list(PATH_INFO = "/", QUERY_STRING = query, HTTP_ACCEPT_LANGUAGE = accepted)
    as.character(app_ui(dashboard_pages(), LOCALES)(request))
  }
  expect_match(first("?lang=vi"), VI$say("page.overview.title"), fixed = TRUE)
  expect_match(first("", "vi-VN,vi;q=0.9,en;q=0.8"), VI$say("page.overview.title"), fixed = TRUE)
  expect_match(first("?lang=en", "vi"), EN$say("page.overview.title"), fixed = TRUE)
  expect_match(first("", "fr-FR"), EN$say("page.overview.title"), fixed = TRUE)
  expect_match(first("?page=funnel&channel=Direct"), "?page=funnel&amp;channel=Direct&amp;lang=vi", fixed = TRUE)
})

test_that("the same app is below a path that a proxy leaves as it is", {
  www <- tempfile()
  dir.create(www)
  writeLines("x", file.path(www, "theme.css"))
  app <- shinyApp(app_ui(dashboard_pages(), LOCALES), function(input, output, session) NULL,
                  uiPattern = "^/(health/(live|ready))?$")
  app <- serve_securely(serve_below("/dashboard", app, www))
  ask <- function(path,
                  query = "") app$httpHandler(list(REQUEST_METHOD = "GET", PATH_INFO = path, QUERY_STRING = query))
  expect_match(ask("/dashboard/", "?page=funnel")$content, "<h1 id=\"page-title\">Funnel</h1>", fixed = TRUE)
  expect_equal(ask("/dashboard/health/live")$status, 200L)
  moved <- ask("/dashboard", "?lang=vi")
  expect_equal(moved[["status"]], 302L)
  expect_equal(moved$headers$Location, "dashboard/?lang=vi")
  found <- ask("/dashboard/theme.css")
  expect_equal(found$content$file, file.path(normalizePath(www), "theme.css"))
  expect_equal(found$headers$`X-Content-Type-Options`, "nosniff")
  expect_match(ask("/dashboard/shared/shiny.min.js")$content$file, "shiny.min.js", fixed = TRUE)
  for (path in c("/dashboard/../app.R", "/dashboard/%2e%2e/app.R", "/dashboard/nothing.css", "/dashboards/",
                 "/dashboard/shared")) {
    expect_null(ask(path), label = path)
  }
})

test_that("the browser's report of our own step is no wish; going back is one", {
  pages <- names(dashboard_pages())
  a <- parse_route("?page=funnel", pages)
  b <- parse_route("?page=trends", pages)
  echoes <- route_echoes()
  echoes$expect(a)
  echoes$expect(b)
  expect_true(echoes$is_echo(a)) # late, when the visitor is at b already
  expect_true(echoes$is_echo(b))
  expect_false(echoes$is_echo(a)) # now it is the Back button
})

test_that("a page is drawn once for its language; nothing of one visit is in that of another", {
  app <- shinyApp(app_ui(dashboard_pages(), LOCALES), function(input, output, session) NULL,
                  uiPattern = "^/(health/(live|ready))?$")
  app <- serve_kept(app, dashboard_pages(), LOCALES)
  ask <- function(query, accepted = NULL) {
    app$httpHandler(list(REQUEST_METHOD = "GET", PATH_INFO = "/", QUERY_STRING = query,
                         HTTP_ACCEPT_LANGUAGE = accepted))
  }
  first <- ask("?page=funnel&from=2022-03-01&to=2022-03-02&find=secret")$content
  expect_no_match(first, "secret|2022-03-01")
  expect_match(first, "<h1 id=\"page-title\">Funnel</h1>", fixed = TRUE)
  expect_identical(ask("?page=funnel&channel=Direct", "en")$content, first)
  expect_match(ask("?page=funnel&lang=vi")$content, "lang=\"vi\"", fixed = TRUE)
  expect_match(ask("?page=funnel", "vi")$content, VI$say("page.funnel.title"), fixed = TRUE)
  expect_match(ask("?page=trends")$content, "<h1 id=\"page-title\">Trends</h1>", fixed = TRUE)
})
