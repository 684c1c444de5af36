# The admin API as a list of functions, each giving a promise. Tests pass a list of the same names.

CACHE_SECONDS <- 20

#' @param transport `function(method, path, query, body, headers)` giving a promise (see `http_transport`).
#' @param clock Gives the time in seconds.
admin_api <- function(transport, clock = function() as.numeric(Sys.time())) {
  cache <- answer_cache(clock)
  get <- function(path, query = list(), seconds = CACHE_SECONDS) {
    query <- Filter(Negate(is.null), query)
    cache$take(paste(path, jsonlite::toJSON(query, auto_unbox = TRUE)), seconds, function() {
      transport("GET", path, query)
    })
  }
  # A question on the warehouse: the view's period and filters, and what else it takes.
  dw <- function(name, period, ...) {
    get(paste0("/v1/dw/", name), c(
      list(from = period$from, to = period$to, bots = if (isTRUE(period$bots)) "true" else "false"), period$filters,
      list(...)
    ))
  }
  c(etl_calls(get, transport), list(
    dimensions = function(period) dw("dimensions", period),
    overview = function(period = list()) dw("overview", period),
    timeseries = function(period, metric, grain) dw("timeseries", period, metric = metric, grain = grain),
    funnel = function(period, by = NULL) dw("funnel", period, by = by),
    products = function(period, sort = "revenue", order = "desc", limit = 20L, offset = 0L, q = NULL) {
      dw("products", period, sort = sort, order = order, limit = limit, offset = offset, q = q)
    },
    product = function(period, id) dw(paste0("products/", path_part(id)), period),
    categories = function(period, by) dw("categories", period, by = by),
    heatmap = function(period, metric) dw("heatmap", period, metric = metric),
    channels = function(period, by) dw("channels", period, by = by),
    pages = function(period, kind, limit = 20L) dw("pages", period, kind = kind, limit = limit),
    paths = function(period, limit = 15L) dw("paths", period, steps = 4L, limit = limit),
    searches = function(period, limit = 20L) dw("searches", period, limit = limit),
    visitors = function(period) dw("visitors", period),
    retention = function(period, weeks = 8L) dw("retention", period, weeks = weeks),
    sessions = function(period, limit = 25L, before = NULL, q = NULL) {
      dw("sessions", period, limit = limit, before = before, q = q)
    },
    session = function(period, id) dw(paste0("sessions/", path_part(id)), period),
    forget = cache$forget
  ))
}

etl_calls <- function(get, transport) {
  list(
    status = function() get("/v1/etl/status", seconds = 5),
    windows = function(state = NULL, limit = 50L, before = NULL) {
      get("/v1/etl/windows", list(state = state, limit = limit, before = before))
    },
    rejects = function(reason = NULL, source = NULL, limit = 10L, before = NULL) {
      get("/v1/etl/rejects", list(reason = reason, source = source, limit = limit, before = before))
    },
    # Runs are watched while they go: a second is the longest that an answer may be old.
    runs = function(limit = 8L) get("/v1/etl/runs", list(limit = limit), seconds = 1),
    run = function(id) get(paste0("/v1/etl/runs/", path_part(id)), seconds = 1),
    # The key makes a request that is sent twice one run.
    start_run = function(from, to, replace, key) {
      transport("POST", "/v1/etl/runs", body = list(from = from, to = to, replace = isTRUE(replace)),
                headers = list(`Idempotency-Key` = key))
    },
    cancel_run = function(id) transport("POST", paste0("/v1/etl/runs/", path_part(id), "/cancel")),
    replay_rejects = function(reason, source) {
      transport("POST", "/v1/etl/rejects/replay", body = list(reason = reason, source = source))
    }
  )
}

path_part <- function(text) utils::URLencode(as.character(text), reserved = TRUE)

#' Keeps promises for a while, so that outputs and sessions that ask the same thing ask once; failures are not kept.
answer_cache <- function(clock) {
  kept <- new.env(parent = emptyenv())
  drop_old <- function() {
    for (key in ls(kept, all.names = TRUE)) if (kept[[key]]$until <= clock()) rm(list = key, envir = kept)
  }
  list(
    take = function(key, seconds, ask) {
      drop_old()
      found <- kept[[key]]
      if (!is.null(found)) return(found$promise)
      entry <- list(until = clock() + seconds, promise = ask())
      kept[[key]] <- entry
      promises::catch(entry$promise, function(error) {
        if (identical(kept[[key]], entry)) rm(list = key, envir = kept)
      })
      entry$promise
    },
    forget = function() rm(list = ls(kept, all.names = TRUE), envir = kept)
  )
}
