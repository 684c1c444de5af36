# Runs of the ETL: the latest ones, a new one, and how that one goes.

RUN_POLL_SECONDS <- 2
NEVER_SECONDS <- 86400

mod_runs_ui <- function(id) {
  ns <- NS(id)
  panel(
    "Runs", subtitle = "Load a range of hours again, and see what has run",
    mod_rerun_ui(ns("rerun")),
    div(id = ns("watched"), class = "shiny-html-output", `aria-live` = "polite"),
    skeleton_output(ns("runs"), 3L)
  )
}

#' @param active,every As in the `context` of `app_server`.
#' @param done Called when a watched run has ended.
#' @return Reactive: the state (see `live`) of the watched run.
mod_runs_server <- function(id, api, active, every, done) {
  moduleServer(id, function(input, output, session) {
    watched <- reactiveVal(NULL)
    run <- live(
      question = watched, fetch = function(id) api$run(id), active = active, retry = RUN_POLL_SECONDS,
      every = function() if (has_ended(run$state()$data)) NEVER_SECONDS else RUN_POLL_SECONDS
    )
    runs <- live(
      question = reactive(TRUE), fetch = function(asked) api$runs(), active = active,
      every = function() if (any_going(runs$state()$data$runs)) RUN_POLL_SECONDS else every
    )
    mod_rerun_server("rerun", api$start_run, started = function(id) {
      watched(id)
      runs$reload()
      session$sendCustomMessage("reveal", session$ns("watched")) # it may have been asked for far down, in a row
    })
    ended <- reactive({
      data <- run$state()$data
      if (has_ended(data)) data$runId
    })
    observeEvent(ended(), {
      done()
      runs$reload()
    })
    output$watched <- renderUI(if (!is.null(watched())) watched_view(run$state()))
    output$runs <- renderUI({
      data <- req(runs$state()$data)
      if (!length(data$runs)) return(div(class = "nothing", "Nothing has run yet."))
      plain_table(RUN_COLUMNS, data$runs, "Runs, newest first", "dense")
    })
    run$state
  })
}

#' How the watched run stands.
watched_view <- function(state) {
  run <- state$data
  spinner <- tags$span(class = "spinner", `aria-hidden` = "true")
  if (is.null(run)) return(div(class = "watched", spinner, "Asking for the run\u2026"))
  div(
    class = paste0("watched tone-", tone_of(run$state)),
    if (is_going(run)) spinner else pill(run$state, tone_of(run$state)),
    tags$p(run_sentence(run), if (identical(state$phase, "error")) " The admin API does not answer; still trying.")
  )
}

RUN_COLUMNS <- list(
  list(label = "State", cell = function(row) {
    tagList(
      pill(row$state %||% "unknown", tone_of(row$state)),
      if (!is.null(row$finishedAt)) div(class = "quiet", paste("in", took(row))),
      if (!is.null(row$error)) div(class = "row-error", row$error)
    )
  }),
  list(label = "Asked for", class = "when", cell = function(row) {
    by <- if (is.null(row$requestedBy)) "" else paste(" by", row$requestedBy)
    tagList(
      tags$span(title = moment(row$requestedAt), ago(row$requestedAt)), div(class = "quiet", paste0(row$trigger, by))
    )
  }),
  list(label = "Range", class = "quiet brief", cell = function(row) {
    if (is.null(row$from)) return("what is due")
    tagList(tags$span(title = paste(moment(row$from), "\u2013", moment(row$to)), range_label(row$from, row$to)),
            if (isTRUE(row$replace)) div(pill("replace")))
  }),
  list(label = "Windows", class = "number", cell = function(row) count(row$windows)),
  list(label = "Loaded", class = "number", cell = function(row) count(row$loaded))
)
