# Runs of the ETL: the latest ones, a new one, and how that one goes.

RUN_POLL_SECONDS <- 2
NEVER_SECONDS <- 86400

mod_runs_ui <- function(id, locale) {
  ns <- NS(id)
  panel(
    locale$say("runs.title"), subtitle = locale$say("runs.sub"),
    mod_rerun_ui(ns("rerun"), locale),
    div(id = ns("watched"), class = "shiny-html-output", `aria-live` = "polite"),
    skeleton_output(ns("runs"), 3L)
  )
}

#' @param active,every As in the `context` of `app_server`.
#' @param done Called when a watched run has ended.
#' @return `watch`: a function that takes the id of a run that was taken on elsewhere.
mod_runs_server <- function(id, api, locale, active, every, done) {
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
    watch <- function(id) {
      watched(id)
      runs$reload()
      session$sendCustomMessage("reveal", session$ns("watched")) # it may have been asked for far down, in a row
    }
    mod_rerun_server("rerun", locale, api$start_run, started = watch)
    observeEvent(input$cancel, {
      log_event("dashboard.run.cancel_requested", run = input$cancel)
      promises::then(api$cancel_run(input$cancel), onFulfilled = function(run) runs$reload(),
                     onRejected = function(error) {
        showNotification(conditionMessage(error), type = "error", session = session)
        runs$reload()
      })
      NULL # not the promise: the page stays alive meanwhile
    })
    ended <- reactive({
      data <- run$state()$data
      if (has_ended(data)) data$runId
    })
    observeEvent(ended(), {
      done()
      runs$reload()
    })
    output$watched <- renderUI(if (!is.null(watched())) watched_view(run$state(), locale))
    output$runs <- renderUI(panel_content(runs$state(), locale, function(data) {
      if (!length(data$runs)) return(nothing(locale$say("runs.none")))
      plain_table(run_columns(locale, session$ns("cancel")), data$runs, locale$say("runs.title"), "dense")
    }))
    list(watch = watch)
  })
}

#' How the watched run stands, and how it changed the books.
watched_view <- function(state, locale) {
  run <- state$data
  spinner <- tags$span(class = "spinner", `aria-hidden` = "true")
  if (is.null(run)) return(div(class = "watched", spinner, locale$say("run.asking")))
  div(
    class = paste0("watched tone-", tone_of(run$state)),
    if (is_going(run)) spinner else pill(locale$label("state", run$state), tone_of(run$state)),
    div(
      tags$p(run_sentence(run, locale), if (identical(state$phase, "error")) locale$say("run.still_trying")),
      if (!is_going(run)) difference_view(run, locale)
    )
  )
}

difference_view <- function(run, locale) {
  rows <- difference_rows(run)
  if (is.null(rows)) return(NULL)
  columns <- list(
    column(locale$say("run.books"), function(row) locale$say(paste0("books.", row$field))),
    count_column(locale, locale$say("run.before"), "before"), count_column(locale, locale$say("run.after"), "after"),
    column(locale$say("run.change"), class = "number", cell = function(row) {
      tags$span(class = if (row$change != 0) "changed", signed_count(row$change, locale))
    })
  )
  plain_table(columns, rows, locale$say("run.difference"), "dense difference")
}

run_columns <- function(locale, cancel_input) {
  say <- locale$say
  list(
    column(say("table.state"), function(row) {
      tagList(
        pill(locale$label("state", row$state), tone_of(row$state)),
        if (!is.null(row$finishedAt)) div(class = "quiet", say("runs.in", time = took(row, locale))),
        if (!is.null(row$error)) row_error(row$error),
        if (identical(row$state, "queued")) value_button(cancel_input, row$runId, say("runs.cancel"),
                                                         class = "link-button")
      )
    }),
    column(say("runs.asked"), class = "when", cell = function(row) {
      trigger <- locale$label("trigger", row$trigger)
      tagList(
        tags$span(title = locale$moment(row$requestedAt), locale$ago(row$requestedAt)),
        div(class = "quiet",
            if (is_blank(row$requestedBy) || row$requestedBy == row$trigger) trigger else say("runs.by",
                                                                                              trigger = trigger,
                                                                                              who = row$requestedBy))
      )
    }),
    column(say("runs.range"), class = "quiet brief", cell = function(row) {
      if (is.null(row$from)) return(say("runs.due"))
      tagList(
        tags$span(title = paste(locale$moment(row$from), DASH, locale$moment(row$to)),
                  range_label(row$from, row$to, locale)),
        if (isTRUE(row$replace)) div(pill(say("runs.replace")))
      )
    }),
    count_column(locale, say("runs.windows"), "windows", class = "number hide-narrow", sort = NULL),
    count_column(locale, say("books.loaded"), "loaded", sort = NULL),
    column(say("run.change"), class = "number", cell = function(row) {
      rows <- difference_rows(row)
      if (is.null(rows)) DASH else signed_count(rows[[2]]$change, locale)
    })
  )
}
