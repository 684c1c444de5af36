# What a page asks about the view's period.

#' Keep an answer about the period fresh, for a page.
#'
#' @param fetch `function(period, extra)` giving a promise or a value.
#' @param extra Reactive: what else the answer depends on.
#' @return As `live`; while the site itself is not known, its state.
watch_period <- function(context, fetch, extra = reactive(NULL), every = context$every) {
  question <- reactive({
    period <- context$period()
    if (is.null(period) || is.null(period$from)) NULL else list(period = period, extra = extra())
  })
  answer <- live(question, function(asked) fetch(asked$period, asked$extra), context$active, every)
  state <- reactive({
    period <- context$period()
    if (is.null(period)) context$site()
    else if (is.null(period$from)) list(phase = "ready", data = NULL)
    else answer$state()
  })
  list(state = state, reload = answer$reload)
}

#' A choice of the page that the URL keeps: segmented buttons or a select whose input has the same name.
#'
#' @param allowed The values; the first is the default, which the URL does not name.
#' @return Reactive giving one of them.
kept_choice <- function(context, input, session, name, allowed) {
  current <- reactive({
    kept <- if (context$active()) context$link$get(name)
    if (isTRUE(kept %in% allowed)) kept else allowed[[1]]
  })
  observeEvent(input[[name]], ignoreInit = TRUE, {
    if (!context$active() || !isTRUE(input[[name]] %in% allowed) || identical(input[[name]], current())) return()
    context$link$set(name, if (input[[name]] != allowed[[1]]) input[[name]])
  })
  observeEvent(current(), if (!identical(isolate(input[[name]]), current())) {
    session$sendInputMessage(name, list(value = current()))
  })
  steady(current, isolate(current()))
}

#' A text field whose text the URL keeps; given some 400 ms after the last key.
kept_text <- function(context, input, session, name) {
  current <- reactive(if (context$active()) context$link$get(name) %||% "" else "")
  typed <- debounce(reactive(trimws(input[[name]] %||% "")), 400)
  sent <- "" # what was typed last is not written back: the visitor may be typing on
  observeEvent(current(), {
    if (current() != sent) updateTextInput(session, name, value = current())
    sent <<- current()
  })
  observeEvent(typed(), ignoreInit = TRUE, {
    if (!context$active()) return()
    sent <<- typed()
    context$link$set(name, typed())
  })
  steady(current, isolate(current()))
}
