# Read-only SQL on the warehouse. RPostgreSQL waits for its answer, and R has one thread: a slow statement would freeze
# every open dashboard. So statements run in worker processes (warehouse_worker.R) and this one goes on.

#' The warehouse as a list of functions, each giving a promise.
#'
#' @param url Parsed warehouse URL (see `parse_warehouse_url`), or NULL: every query then says that it is not set.
#' @param ask `function(url, queries, enough)` giving a promise of rows (see `warehouse_workers`).
open_warehouse <- function(url, ask) {
  list(
    events = function(period, filters = list(), before = NULL, limit = EVENTS_PER_PAGE) {
      if (is.null(url)) {
        return(promises::promise_reject(warehouse_error("warehouse", "CLICKSTREAM_WAREHOUSE_URL is not set")))
      }
      promises::then(ask(url, events_queries(period, filters, before, limit), limit + 1L), function(rows) {
        events_page(rows, limit)
      })
    }
  )
}

#' Worker processes that answer queries.
#'
#' @param script Path of warehouse_worker.R, which each of them reads once.
#' @return The `ask` of `open_warehouse`.
warehouse_workers <- function(workers, script = "R/warehouse_worker.R") {
  future::plan(future::multisession, workers = I(workers))
  script <- normalizePath(script)
  function(url, queries, enough) {
    answer <- promises::future_promise({
      if (!exists("answer_queries", envir = globalenv(), mode = "function")) sys.source(script, envir = globalenv())
      # A failure travels as a value: the queue of promises would complain of one that it does not handle itself.
      tryCatch(get("answer_queries", envir = globalenv())(url, queries, enough), error = identity)
    }, globals = list(script = script, url = url, queries = queries, enough = enough), packages = character(),
    seed = NULL)
    promises::then(answer, function(rows) if (inherits(rows, "error")) stop(rows) else rows)
  }
}
