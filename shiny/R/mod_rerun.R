# Asking for a range to be loaded again: a form, and a dialog to confirm it.

mod_rerun_ui <- function(id) {
  ns <- NS(id)
  tagList(
    div(
      class = "rerun-form", role = "group", `aria-label` = "Load a range again",
      native_input(ns("from"), "First hour (UTC)", "datetime-local", step = 3600),
      native_input(ns("to"), "Until hour (UTC)", "datetime-local", step = 3600),
      switch_input(ns("replace"), "Replace what is loaded"),
      actionButton(ns("ask"), "Re-run\u2026", class = "main-button")
    ),
    div(id = ns("problem"), class = "shiny-html-output", `aria-live` = "assertive"),
    # The browser's own dialog: it traps the focus and closes on Escape. Shiny's opens by a script inside the page,
    # which the content security policy forbids.
    htmltools::tag("dialog", list(
      id = ns("dialog"), class = "dialog", `aria-labelledby` = ns("title"),
      tags$h2(id = ns("title"), class = "shiny-text-output"),
      tags$p(id = ns("question"), class = "shiny-text-output"),
      div(
        class = "dialog-buttons",
        tags$button(type = "button", class = "quiet-button", `data-close` = ns("dialog"), "Cancel"),
        actionButton(ns("confirm"), "Load", class = "main-button")
      )
    ))
  )
}

#' @param start_run `function(from, to, replace)` giving a promise of the run.
#' @param started Called with the id of a run that was taken on.
#' @return Reactive: what is wrong with what was typed, or why the run was not taken on; NULL when nothing is.
mod_rerun_server <- function(id, start_run, started) {
  moduleServer(id, function(input, output, session) {
    asked <- reactiveVal(NULL)
    problem <- reactiveVal(NULL)

    show_dialog <- function(open) session$sendCustomMessage("dialog", list(id = session$ns("dialog"), open = open))
    confirm <- function(from, to, replace) {
      checked <- range_request(from, to)
      problem(checked$problem)
      if (!is.null(checked$problem)) return()
      asked(c(checked, replace = replace))
      show_dialog(TRUE)
    }
    observeEvent(input$ask, confirm(input$from, input$to, isTRUE(input$replace)))
    # The button of a row of the windows table: see `window_columns`.
    observeEvent(input$window, {
      start <- parse_instant(input$window)
      if (is.na(start)) return()
      from <- format(start, "%Y-%m-%dT%H:00", tz = "UTC")
      to <- format(start + 3600, "%Y-%m-%dT%H:00", tz = "UTC")
      session$sendInputMessage("from", list(value = from))
      session$sendInputMessage("to", list(value = to))
      updateCheckboxInput(session, "replace", value = TRUE)
      confirm(from, to, replace = TRUE)
    })
    observeEvent(input$confirm, {
      show_dialog(FALSE)
      range <- asked()
      if (is.null(range)) return() # a second press of the button
      asked(NULL)
      log_event("dashboard.run.requested", from = range$from, to = range$to, replace = range$replace)
      promises::then(
        start_run(range$from, range$to, range$replace),
        onFulfilled = function(run) started(run$runId),
        onRejected = function(error) problem(conditionMessage(error))
      )
      NULL # not the promise: the page stays alive meanwhile
    })
    output$title <- renderText(if (isTRUE(req(asked())$replace)) "Replace these hours?" else "Load these hours?")
    output$question <- renderText(range_sentence(req(asked()), asked()$replace))
    outputOptions(output, "title", suspendWhenHidden = FALSE)
    outputOptions(output, "question", suspendWhenHidden = FALSE)
    output$problem <- renderUI({
      if (is.null(problem())) return(NULL)
      div(class = "notice notice-error", role = "alert", icon_svg("warning"), tags$p(problem()))
    })
    problem
  })
}
