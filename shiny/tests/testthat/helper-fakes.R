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
    )
  )
}

sample_series <- function(metric = "events", grain = "day", values = c(3, 5, 4)) {
  list(metric = metric, grain = grain, timeZone = "Asia/Ho_Chi_Minh", from = "2022-03-01", to = "2022-03-03",
       points = Map(function(day, value) list(at = sprintf("2022-02-2%dT17:00:00Z", day), value = value),
                    seq_along(values), values, USE.NAMES = FALSE))
}

sample_funnel <- function(sessions = c(1000, 500, 100, 50, 40)) {
  steps <- c("page_view", "product_view", "add_to_cart", "checkout", "purchase")
  list(from = "2022-03-01", to = "2022-03-28", steps = lapply(seq_along(steps), function(i) {
    list(step = steps[[i]], sessions = sessions[[i]],
         rateFromPrevious = if (i > 1 && sessions[[i - 1]] > 0) sessions[[i]] / sessions[[i - 1]],
         rateFromFirst = if (sessions[[1]] > 0) sessions[[i]] / sessions[[1]])
  }))
}

sample_products <- function() {
  product <- function(id, name, views, carts, purchases, revenue) {
    list(productId = id, name = name, category = "Laptops", brand = NULL, views = views, addToCarts = carts,
         purchases = purchases, orders = purchases, revenue = revenue,
         viewToCartRate = if (views > 0) carts / views, cartToPurchaseRate = if (carts > 0) purchases / carts)
  }
  list(from = "2022-03-01", to = "2022-03-28", currency = "USD", products = list(
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
    list(window = at, state = state, objects = 2, collected = 10, loaded = 9, duplicates = 1, rejected = 0, withheld = 0,
         balanced = TRUE, error = error, updatedAt = at)
  }
  list(windows = list(window("2022-03-28T12:00:00Z", "pending"),
                      window("2022-03-28T11:00:00Z", "failed", "the lake did not answer")), `next` = "cursor-2")
}

sample_rejects <- function() {
  list(byReason = list(list(reason = "not_json", lines = 12)),
       samples = list(list(reason = "not_json", detail = "no value at column 1", line = "<script>alert(1)</script>",
                           objectKey = "events/2022/03/28/07/x.ndjson.gz", lineNumber = 3, window = "2022-03-28T07:00:00Z")))
}

#' @param ... Functions that stand in for those of the same name.
fake_api <- function(...) {
  calls <- new.env()
  calls$made <- list()
  note <- function(name, arguments) calls$made <- c(calls$made, list(c(list(name = name), arguments)))
  answers <- utils::modifyList(list(
    status = function() sample_status(), windows = function(...) sample_windows(), rejects = function(...) sample_rejects(),
    runs = function(...) list(runs = list(sample_run())), run = function(id) sample_run(runId = id),
    start_run = function(from, to, replace) sample_run("queued", from = from, to = to, replace = replace),
    overview = function(range = list()) sample_overview(range),
    timeseries = function(range, metric, grain) sample_series(metric, grain),
    funnel = function(range) sample_funnel(), products = function(range, ...) sample_products(), forget = function() NULL
  ), list(...))
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
    api = api, warehouse = fake_warehouse(), active = reactive(TRUE), every = 30,
    site = reactive(list(phase = "ready", data = sample_overview())),
    period = reactive(period_of(make_route("overview", NULL, NULL, FALSE, list(), "overview"), sample_overview())),
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
    event_timestamp = format(at, "%F %T"), event_name = "page_view", page_path = "/p", context_product_name = NA_character_,
    channel = "Direct", device_type = "desktop", country = "VN", user_login_state = "anonymous",
    session_id = "session-0123456789", client_id = "c-1", is_bot = "false", stringsAsFactors = FALSE
  )
}

fake_warehouse <- function(events = function(period, filters, before) events_page(sample_events(3))) {
  list(events = events, close = function() NULL)
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
  promises::then(promise, function(value) answer <<- list(value = value), function(error) answer <<- list(error = error))
  deadline <- Sys.time() + seconds
  while (is.null(answer) && Sys.time() < deadline) later::run_now(0.05)
  if (is.null(answer)) stop("the promise was not settled in time")
  if (!is.null(answer$error)) stop(answer$error)
  answer$value
}

html_of <- function(output) paste(as.character(output$html %||% output), collapse = "")
