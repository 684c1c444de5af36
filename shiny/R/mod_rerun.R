# Loading a range again: ask, confirm, watch. Beside it, the runs so far.

RUN_POLL_SECONDS <- 2
NEVER_SECONDS <- 86400

mod_rerun_ui <- function(id) {
  ns <- NS(id)
  panel(
    "Runs", subtitle = "Load a range of hours again, and see what has run",
    div(
      class = "rerun-form", role = "group", `aria-label` = "Load a range again",
      native_input(ns("from"), "First hour (UTC)", "datetime-local", step = 3600),
      native_input(ns("to"), "Until hour (UTC)", "datetime-local", step = 3600),
      tags$label(class = "switch", tags$input(id = ns("replace"), type = "checkbox", role = "switch"),
                 tags$span(class = "switch-track", `aria-hidden` = "true"), "Replace what is loaded"),
      actionButton(ns("ask"), "Re-run\u2026", class = "main-button")
    ),
    div(id = ns("answer"), class = "shiny-html-output", `aria-live` = "polite"),
    skeleton_output(ns("runs"), 3L)
  )
}

#' @param done Called when a watched run has ended.
mod_rerun_server <- function(id, api, active, every, done) {
  moduleServer(id, function(input, output, session) {
    request <- reactiveVal(NULL)
    problem <- reactiveVal(NULL)
    watched <- reactiveVal(NULL)

    confirm <- function(from, to, replace) {
      checked <- range_request(from, to)
      problem(checked$problem)
      if (!is.null(checked$problem)) return()
      request(c(checked, replace = isTRUE(replace)))
      showModal(confirm_dialog(session$ns, checked, isTRUE(replace)))
    }
    observeEvent(input$ask, confirm(input$from, input$to, input$replace))
    observeEvent(input$window, {
      start <- parse_instant(input$window)
      if (is.na(start)) return()
      text <- function(instant) format(instant, "%Y-%m-%dT%H:00", tz = "UTC")
      session$sendInputMessage("from", list(value = text(start)))
      session$sendInputMessage("to", list(value = text(start + 3600)))
      updateCheckboxInput(session, "replace", value = TRUE)
      confirm(text(start), text(start + 3600), TRUE)
    })
    observeEvent(input$confirm, {
      removeModal()
      asked <- request()
      if (is.null(asked)) return() # a second press of the button
      request(NULL)
      log_event("dashboard.run.requested", from = asked$from, to = asked$to, replace = asked$replace)
      promises::then(api$start_run(asked$from, asked$to, asked$replace),
        onFulfilled = function(run) {
          watched(run$runId)
          runs$reload()
        },
        onRejected = function(error) problem(conditionMessage(error))
      )
      NULL
    })

    run <- live(
      question = watched, fetch = function(id) api$run(id), active = active, retry = RUN_POLL_SECONDS,
      every = function() if (is_going(run$state()$data) || is.null(run$state()$data)) RUN_POLL_SECONDS else NEVER_SECONDS
    )
    runs <- live(
      question = reactive(TRUE), fetch = function(asked) api$runs(), active = active,
      every = function() {
        if (any(vapply(runs$state()$data$runs, is_going, TRUE))) RUN_POLL_SECONDS else every
      }
    )
    ended <- reactive({
      data <- run$state()$data
      if (!is.null(data) && !is_going(data)) paste(data$runId, data$state)
    })
    observeEvent(ended(), {
      done()
      runs$reload()
    })
    output$answer <- renderUI({
      if (!is.null(problem())) return(div(class = "notice notice-error", role = "alert", icon_svg("warning"), tags$p(problem())))
      if (!is.null(watched())) watched_view(run$state())
    })
    output$runs <- renderUI({
      data <- req(runs$state()$data)
      if (!length(data$runs)) return(div(class = "nothing", "Nothing has run yet."))
      plain_table(RUN_COLUMNS, data$runs, "Runs, newest first")
    })
    list(watched = watched, run = run$state, problem = problem)
  })
}

confirm_dialog <- function(ns, request, replace) {
  modalDialog(
    title = if (replace) "Replace these hours?" else "Load these hours?",
    tags$p(range_sentence(request, replace)),
    footer = tagList(
      modalButton("Cancel"),
      actionButton(ns("confirm"), if (replace) "Delete and load again" else "Load", class = "main-button")
    ),
    easyClose = TRUE
  )
}

#' How the watched run stands.
watched_view <- function(state) {
  run <- state$data
  if (is.null(run)) return(div(class = "watched", tags$span(class = "spinner", `aria-hidden` = "true"), "Asking for the run\u2026"))
  div(
    class = paste0("watched tone-", tone_of(run$state)),
    if (is_going(run)) tags$span(class = "spinner", `aria-hidden` = "true") else pill(run$state, tone_of(run$state)),
    tags$p(run_sentence(run), if (identical(state$phase, "error")) " The admin API does not answer; still trying.")
  )
}

RUN_COLUMNS <- list(
  list(label = "State", cell = function(row) {
    tagList(pill(row$state %||% "unknown", tone_of(row$state)),
            if (!is.null(row$error)) div(class = "row-error", row$error))
  }),
  list(label = "Asked for", class = "when", cell = function(row) {
    tagList(tags$span(title = moment(row$requestedAt), ago(row$requestedAt)),
            div(class = "quiet", paste0(row$trigger %||% "", if (!is.null(row$requestedBy)) paste(" by", row$requestedBy))))
  }),
  list(label = "Range", class = "quiet", cell = function(row) {
    if (is.null(row$from)) "what is due"
    else tagList(range_label(row$from, row$to), if (isTRUE(row$replace)) pill("replace"))
  }),
  list(label = "Windows", class = "number", cell = function(row) count(row$windows)),
  list(label = "Loaded", class = "number", cell = function(row) count(row$loaded)),
  list(label = "Took", class = "number", cell = function(row) took(row))
)
