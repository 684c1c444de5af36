LOCALES <- read_locales(file.path("..", "..", "words"))
EN <- LOCALES$en
VI <- LOCALES$vi

# A made-up shop behind the names of `admin_api`. Every call is written down in `calls`.

EVIL <- "<img src=x onerror=\"alert(1)\">"

sample_metrics <- function(factor = 1) {
  list(
    events = 12000 * factor, visitors = 900 * factor, sessions = 1000 * factor, pageViews = 6000, productViews = 2500,
    addToCarts = 300, orders = 40 * factor, revenue = 51960.5 * factor, conversionRate = 0.04, averageOrderValue = 1299,
    bounceRate = 0.4, averageSessionSeconds = 180
  )
}

sample_overview <- function(range = list(), current = sample_metrics(), complete = TRUE) {
  list(
    from = range$from %||% "2022-03-01", to = range$to %||% "2022-03-28", timeZone = "Asia/Ho_Chi_Minh",
    currency = "USD", asOf = "2022-03-28T12:00:00Z", complete = complete, current = current,
    previous = sample_metrics(0.8),
    eventsByName = list(
      list(eventName = "page_view", events = 6000), list(eventName = "product_view", events = 2500),
      list(eventName = EVIL, events = 3)
    ),
    loginStates = list(list(value = "logged_in", events = 3000, sessions = 250, orders = 30),
                       list(value = "anonymous", events = 9000, sessions = 750, orders = 10))
  )
}

sample_series <- function(metric = "events", grain = "day", values = c(3, 5, 4)) {
  list(metric = metric, grain = grain, timeZone = "Asia/Ho_Chi_Minh", from = "2022-03-01", to = "2022-03-03",
       points = Map(function(day, value) list(at = sprintf("2022-02-2%dT17:00:00Z", day), value = value),
                    seq_along(values), values, USE.NAMES = FALSE))
}

sample_steps <- function(sessions) {
  steps <- c("page_view", "product_view", "add_to_cart", "checkout", "purchase")
  lapply(seq_along(steps), function(i) {
    list(step = steps[[i]], sessions = sessions[[i]],
         rateFromPrevious = if (i > 1 && sessions[[i - 1]] > 0) sessions[[i]] / sessions[[i - 1]],
         rateFromFirst = if (sessions[[1]] > 0) sessions[[i]] / sessions[[1]])
  })
}

sample_funnel <- function(sessions = c(1000, 500, 100, 50, 40)) {
  list(from = "2022-03-01", to = "2022-03-28", steps = sample_steps(sessions), segments = list(
    list(segment = "Direct", steps = sample_steps(c(600, 300, 60, 30, 24))),
    list(segment = EVIL, steps = sample_steps(c(400, 200, 40, 20, 16)))
  ))
}

sample_products <- function() {
  product <- function(id, name, views, carts, purchases, revenue) {
    list(productId = id, name = name, category = "Laptops", brand = NULL, views = views, addToCarts = carts,
         purchases = purchases, orders = purchases, revenue = revenue,
         viewToCartRate = if (views > 0) carts / views, cartToPurchaseRate = if (carts > 0) purchases / carts)
  }
  list(from = "2022-03-01", to = "2022-03-28", currency = "USD", total = 43, products = list(
    product("p1", "Aurora 14", 200, 20, 5, 6495), product("p2", EVIL, 100, 30, 9, 900), product("p3", NULL, 0, 0, 0, 0)
  ))
}

sample_totals <- function() {
  list(windows = 48, objects = 96, collected = 1000, loaded = 950, duplicates = 30, rejected = 12, withheld = 8)
}

sample_status <- function(...) {
  utils::modifyList(list(
    asOf = "2022-03-28T12:10:00Z", state = "ok", newestEventAt = "2022-03-28T12:00:00Z",
    newestReceivedAt = "2022-03-28T12:00:01Z", watermark = "2022-03-28T12:00:00Z", lagSeconds = 600,
    lastTickAt = "2022-03-28T12:05:00Z", failingWindows = 0, pendingWindows = 0, balanced = TRUE,
    totals = sample_totals()
  ), list(...))
}

sample_run <- function(state = "succeeded", ...) {
  utils::modifyList(list(
    runId = "r-1", trigger = "manual", state = state, from = "2022-03-28T07:00:00Z", to = "2022-03-28T09:00:00Z",
    replace = TRUE, requestedBy = "admin", requestedAt = "2022-03-28T12:00:00Z", startedAt = "2022-03-28T12:00:01Z",
    finishedAt = if (state %in% c("succeeded", "failed")) "2022-03-28T12:00:09Z", windows = 2, objects = 4,
    collected = 100, loaded = 95, duplicates = 3, rejected = 1, withheld = 1, error = NULL
  ), list(...))
}

sample_windows <- function() {
  window <- function(at, state, error = NULL) {
    list(window = at, state = state, objects = 2, collected = 10, loaded = 9, duplicates = 1, rejected = 0,
         withheld = 0,
         balanced = TRUE, error = error, updatedAt = at)
  }
  list(windows = list(window("2022-03-28T12:00:00Z", "pending"),
                      window("2022-03-28T11:00:00Z", "failed", "the lake did not answer")), `next` = "cursor-2")
}

sample_rejects <- function() {
  list(byReason = list(list(reason = "not_json", source = "etl", lines = 12)),
       rejects = list(list(rejectId = 7, reason = "not_json", detail = "no value at column 1", source = "etl",
                           line = "<script>alert(1)</script>", objectKey = "events/2022/03/28/07/x.ndjson.gz",
                           lineNumber = 3,
                           window = "2022-03-28T07:00:00Z", replayedAt = NULL)), `next` = NULL)
}

sample_session <- function(...) {
  utils::modifyList(list(
    sessionId = "session-0123456789", clientId = "c-1", userId = NULL, startedAt = "2022-03-28T05:00:00Z",
    endedAt = "2022-03-28T05:10:00Z", seconds = 600, events = 12, pageViews = 5, channel = "Organic Search",
    device = "mobile",
    country = "VN", entryPage = "/", exitPage = EVIL, reached = "purchase", orders = 1, revenue = 1299, isBot = FALSE
  ), list(...))
}

sample_answers <- function() {
  rates <- list(viewToCartRate = 0.1, cartToPurchaseRate = 0.2)
  list(
    dimensions = function(range) list(
      channels = list(list(value = "Organic Search", sessions = 5), list(value = NULL, sessions = 1)),
      devices = list(list(value = "mobile", sessions = 5)), countries = list(list(value = "VN", sessions = 5)),
      categories = list(list(value = EVIL, sessions = 1)), brands = list(),
      loginStates = list(list(value = "logged_in", sessions = 2))
    ),
    product = function(range, id) list(
      product = sample_products()$products[[1]],
      points = list(list(at = "2022-03-01T00:00:00Z", views = 4, addToCarts = 2, purchases = 1, revenue = 10))
    ),
    categories = function(range, by) list(rows = list(
      c(list(value = "Laptops", views = 300, addToCarts = 50, purchases = 14, orders = 14, revenue = 7395), rates),
      c(list(value = EVIL, views = 30, addToCarts = 5, purchases = 1, orders = 1, revenue = 73), rates)
    )),
    heatmap = function(range, metric) list(metric = metric, cells = list(
      list(weekday = 6, hour = 20, value = 30), list(weekday = 1, hour = 9, value = 10),
      list(weekday = 9, hour = 1, value = 99)
    )),
    channels = function(range, by) list(rows = list(
      list(value = "Direct", medium = NULL, sessions = 100, visitors = 90, bounceRate = 0.5, addToCarts = 9, orders = 2,
           revenue = 200, conversionRate = 0.02),
      list(value = "Organic Search", medium = "organic", sessions = 300, visitors = 200, bounceRate = 0.4,
           addToCarts = 30,
           orders = 9, revenue = 100, conversionRate = 0.03)
    )),
    pages = function(range, kind, limit) list(rows = list(
      list(path = "/", views = 500, sessions = 300, entries = 200, exits = 90, bounceRate = 0.4, exitRate = 0.2),
      list(path = EVIL, views = 600, sessions = 30, entries = 20, exits = 100, bounceRate = 0.1, exitRate = 0.3)
    )),
    paths = function(range, limit) list(
      links = list(list(step = 1, source = "home", target = "product", sessions = 40),
                   list(step = 1, source = "home", target = "cart", sessions = 10),
                   list(step = 2, source = "product", target = "home", sessions = 25)),
      paths = list(list(path = list("home", "product"), sessions = 40, share = 0.8))
    ),
    searches = function(range, limit) list(rows = list(
      list(query = "=cmd|' /C calc'!A0", searches = 9, sessions = 8, productViews = 5, orders = 1,
           conversionRate = 0.125)
    )),
    visitors = function(range) list(
      from = "2022-03-01", to = "2022-03-28", timeZone = "UTC",
      totals = list(new = 75, returning = 25, newOrders = 1, returningOrders = 3),
      points = list(list(at = "2022-03-01T00:00:00Z", new = 75, returning = 25))
    ),
    retention = function(range, weeks) list(cohorts = list(
      list(week = "2022-02-28", visitors = 100, returned = list(list(week = 1, visitors = 20, rate = 0.2),
                                                                list(week = 2, visitors = 10, rate = 0.1))),
      list(week = "2022-03-07", visitors = 300, returned = list(list(week = 1, visitors = 30, rate = 0.1)))
    )),
    sessions = function(range, limit, before, q) list(sessions = list(sample_session(), sample_session(isBot = TRUE)),
                                                      `next` = "cursor-2"),
    session = function(range, id) list(session = sample_session(sessionId = id), events = list(
      list(at = "2022-03-28T05:00:00Z", eventName = "search", pagePath = "/search", searchQuery = EVIL),
      list(at = "2022-03-28T05:10:00Z", eventName = "checkout_complete", pagePath = "/thanks", orderId = "o-7",
           value = 1299)
    ))
  )
}

#' @param ... Functions that stand in for those of the same name.
fake_api <- function(...) {
  calls <- new.env()
  calls$made <- list()
  note <- function(name, arguments) calls$made <- c(calls$made, list(c(list(name = name), arguments)))
  answers <- Reduce(utils::modifyList, list(list(
    status = function() sample_status(), windows = function(...) sample_windows(),
    rejects = function(...) sample_rejects(),
    runs = function(...) list(runs = list(sample_run())), run = function(id) sample_run(runId = id),
    start_run = function(from, to, replace, key) sample_run("queued", from = from, to = to, replace = replace),
    cancel_run = function(id) sample_run("cancelled", runId = id),
    replay_rejects = function(reason, source) sample_run("queued", runId = "r-replay"),
    overview = function(range = list()) sample_overview(range),
    timeseries = function(range, metric, grain) sample_series(metric, grain),
    funnel = function(range, by = NULL) sample_funnel(), products = function(range, ...) sample_products(),
    forget = function() NULL
  ), sample_answers(), list(...)))
  api <- lapply(stats::setNames(names(answers), names(answers)), function(name) {
    function(...) {
      note(name, list(...))
      promises::promise(function(resolve, reject) resolve(answers[[name]](...)))
    }
  })
  api$made <- function(name) Filter(function(call) call$name == name, calls$made)
  api
}

api_away <- function(...) stop(api_error("unavailable", "The admin API does not answer", "connection refused"))

#' The context that `app_server` gives to a page.
fake_context <- function(api = fake_api(), ..., extra = list()) {
  kept <- reactiveVal(extra)
  utils::modifyList(list(
    api = api, warehouse = fake_warehouse(), locale = EN, open = function(changes) NULL, active = reactive(TRUE),
    every = 30,
    site = reactive(list(phase = "ready", data = sample_overview())),
    period = reactive(period_of(parse_route("", "overview"), sample_overview())),
    link = list(get = function(name) kept()[[name]], set = function(name, text) {
      new <- isolate(kept())
      new[[name]] <- text
      kept(new)
    })
  ), list(...))
}

sample_events <- function(n, from = 0L) {
  at <- as.POSIXct("2022-03-28 12:00:00", tz = "UTC") - from - seq_len(n)
  data.frame(
    event_id = sprintf("00000000-0000-4000-8000-%012d", from + seq_len(n)), cursor_at = format(at, "%F %T+00"),
    event_timestamp = format(at, "%F %T"), event_name = "page_view", page_path = "/p",
    context_product_name = NA_character_,
    channel = "Direct", device_type = "desktop", country = "VN", user_login_state = "anonymous",
    session_id = "session-0123456789", client_id = "c-1", is_bot = "false", stringsAsFactors = FALSE
  )
}

fake_warehouse <- function(events = function(period, filters, before, limit) events_page(sample_events(3))) {
  list(events = function(period, filters = list(), before = NULL, limit = EVENTS_PER_PAGE) {
    events(period, filters, before, limit)
  })
}

#' Let promises, and what hangs on them, come to rest.
settle <- function(session = NULL, rounds = 8L) {
  for (round in seq_len(rounds)) {
    if (!is.null(session)) session$flushReact()
    while (!later::loop_empty() && later::next_op_secs() <= 0) later::run_now(0)
  }
  if (!is.null(session)) session$flushReact()
}

#' What a promise came to; an error is stopped with.
await <- function(promise, seconds = 5) {
  answer <- NULL
  promises::then(promise, function(value) answer <<- list(value = value),
                 function(error) answer <<- list(error = error))
  deadline <- Sys.time() + seconds
  while (is.null(answer) && Sys.time() < deadline) later::run_now(0.05)
  if (is.null(answer)) stop("the promise was not settled in time")
  if (!is.null(answer$error)) stop(answer$error)
  answer$value
}

html_of <- function(output) paste(as.character(output$html %||% output), collapse = "")
