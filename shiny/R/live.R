# A value that is asked for elsewhere, kept fresh, and never blanked while it is asked again.

LOADING <- list(phase = "loading", data = NULL, error = NULL, at = NULL)
RETRY_SECONDS <- 5

#' Ask for something now, when the question changes, and again every so often.
#'
#' The state is a list: `phase` is `loading` (never answered, or the question has changed), `ready` or `error`;
#' `data` is the last answer to this or the former question; with `error`, a condition, comes `at`, the time of the last
#' answer (NULL: never). A repeated equal answer invalidates nobody, so that a refresh does not flicker.
#'
#' @param question Reactive; NULL means «nothing to ask yet».
#' @param fetch `function(question)` giving a promise or a value.
#' @param active Reactive; nothing is asked while it is FALSE.
#' @param every Seconds between refreshes, or a function giving them.
#' @param retry Seconds after which a failure is tried again.
#' @param clock Gives the time in seconds.
#' @return A list: `state` (reactive) and `reload` (function without arguments).
live <- function(question, fetch, active = reactive(TRUE), every = 30, retry = RETRY_SECONDS,
                 session = getDefaultReactiveDomain(), clock = function() as.numeric(Sys.time())) {
  state <- reactiveVal(LOADING)
  forced <- reactiveVal(0L)
  memory <- new.env(parent = emptyenv())
  memory$ticket <- 0L
  memory$waiting <- FALSE
  memory$due <- 0
  memory$forced <- 0L
  pause <- function() if (is.function(every)) every() else every

  settle <- function(ticket, new_state, wait) {
    if (ticket != memory$ticket) return(invisible()) # an answer to a question that has changed since
    memory$waiting <- FALSE
    memory$due <- clock() + wait
    state(new_state)
  }
  ask <- function(asked) {
    memory$waiting <- TRUE
    ticket <- memory$ticket <- memory$ticket + 1L
    answer <- tryCatch(promises::promise_resolve(fetch(asked)), error = promises::promise_reject)
    promises::then(answer,
      onFulfilled = function(data) {
        if (ticket == memory$ticket) memory$answered_at <- Sys.time()
        settle(ticket, list(phase = "ready", data = data, error = NULL, at = NULL), isolate(pause()))
      },
      onRejected = function(error) {
        log_event("dashboard.answer.failed", reason = conditionMessage(error))
        stale <- isolate(state())$data
        settle(ticket, list(phase = "error", data = stale, error = error, at = memory$answered_at), retry)
      }
    )
    NULL # not the promise: Shiny would hold the session's other outputs until it is settled
  }
  observe({
    if (!isTRUE(active())) return()
    asked <- question()
    if (is.null(asked)) return()
    force_count <- forced()
    invalidateLater(max(100, min(pause(), retry) * 1000), session)
    isolate({
      changed <- !identical(asked, memory$asked)
      if (changed) {
        memory$asked <- asked
        state(list(phase = "loading", data = state()$data, error = NULL, at = NULL))
      }
      reloaded <- force_count != memory$forced
      memory$forced <- force_count
      # Half a beat of grace: timers fire a little early as well as late.
      if (changed || reloaded || (!memory$waiting && clock() >= memory$due - 0.05)) ask(asked)
    })
  })
  list(state = state, reload = function() forced(isolate(forced()) + 1L))
}

#' A reactive's value that invalidates only when it has become another one.
#'
#' @param first Its value until the source is looked at.
steady <- function(source, first = NULL) {
  value <- reactiveVal(first)
  observe(value(source()), priority = 1)
  value
}

#' All of several named promises, as one promise of a named list.
ask_all <- function(...) {
  promises::promise_all(.list = list(...))
}
