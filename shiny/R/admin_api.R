# The admin API as a list of functions, each giving a promise. Tests pass a list of the same names.

CACHE_SECONDS <- 20

#' @param transport `function(method, path, query, body)` giving a promise (see `http_transport`).
#' @param clock Gives the time in seconds.
admin_api <- function(transport, clock = function() as.numeric(Sys.time())) {
  cache <- answer_cache(clock)
  get <- function(path, query = list(), seconds = CACHE_SECONDS) {
    query <- Filter(Negate(is.null), query)
    cache$take(paste(path, jsonlite::toJSON(query, auto_unbox = TRUE)), seconds, function() {
      transport("GET", path, query)
    })
  }
  period <- function(period, ...) {
    list(from = period$from, to = period$to, bots = if (isTRUE(period$bots)) "true" else "false", ...)
  }
  list(
    status = function() get("/v1/etl/status"),
    windows = function(state = NULL, limit = 50L, before = NULL) {
      get("/v1/etl/windows", list(state = state, limit = limit, before = before))
    },
    rejects = function(limit = 20L) get("/v1/etl/rejects", list(limit = limit)),
    # Runs are watched while they go: a second is the longest that an answer may be old.
    runs = function(limit = 8L) get("/v1/etl/runs", list(limit = limit), seconds = 1),
    run = function(id) get(paste0("/v1/etl/runs/", utils::URLencode(id, reserved = TRUE)), seconds = 1),
    start_run = function(from, to, replace) {
      transport("POST", "/v1/etl/runs", body = list(from = from, to = to, replace = isTRUE(replace)))
    },
    overview = function(range = list()) get("/v1/dw/overview", period(range)),
    timeseries = function(range, metric, grain) {
      get("/v1/dw/timeseries", period(range, metric = metric, grain = grain))
    },
    funnel = function(range) get("/v1/dw/funnel", period(range)),
    products = function(range, sort = "revenue", limit = 500L) {
      get("/v1/dw/products", period(range, sort = sort, limit = limit))
    },
    forget = cache$forget
  )
}

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
