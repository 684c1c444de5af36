# Asking for a range to be loaded again: a form, and a dialog to confirm it.

mod_rerun_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  tagList(
    div(
      class = "rerun-form", role = "group", `aria-label` = say("rerun.form"),
      native_input(ns("from"), say("rerun.from"), "datetime-local", step = 3600),
      native_input(ns("to"), say("rerun.to"), "datetime-local", step = 3600),
      switch_input(ns("replace"), say("rerun.replace")),
      actionButton(ns("ask"), say("rerun.ask"), class = "main-button")
    ),
    div(id = ns("problem"), class = "shiny-html-output", `aria-live` = "assertive"),
    confirm_dialog(ns, locale, say("rerun.confirm"))
  )
}

#' A dialog that asks before something is done: outputs `title` and `question`, button `confirm`.
#'
#' It is the browser's own: it traps the focus and closes on Escape. Shiny's opens by a script inside the page, which
#' the content security policy forbids.
confirm_dialog <- function(ns, locale, label) {
  htmltools::tag("dialog", list(
    id = ns("dialog"), class = "dialog", `aria-labelledby` = ns("title"),
    tags$h2(id = ns("title"), class = "shiny-text-output"),
    tags$p(id = ns("question"), class = "shiny-text-output"),
    div(
      class = "dialog-buttons",
      tags$button(type = "button", class = "quiet-button", `data-close` = ns("dialog"), locale$say("dialog.cancel")),
      actionButton(ns("confirm"), label, class = "main-button")
    )
  ))
}

show_dialog <- function(session, open) session$sendCustomMessage("dialog", list(id = session$ns("dialog"), open = open))

#' The words of a dialog; drawn before it is seen.
serve_dialog <- function(output, title, question) {
  output$title <- renderText(title())
  output$question <- renderText(question())
  outputOptions(output, "title", suspendWhenHidden = FALSE)
  outputOptions(output, "question", suspendWhenHidden = FALSE)
}

#' @param start_run `function(from, to, replace, key)` giving a promise of the run.
#' @param started Called with the id of a run that was taken on.
#' @return Reactive: what is wrong with what was typed, or why the run was not taken on; NULL when nothing is.
mod_rerun_server <- function(id, locale, start_run, started) {
  moduleServer(id, function(input, output, session) {
    asked <- reactiveVal(NULL)
    problem <- reactiveVal(NULL)
    confirm <- function(from, to, replace) {
      checked <- range_request(from, to, locale)
      problem(checked$problem)
      if (!is.null(checked$problem)) return()
      asked(c(checked, replace = replace, key = random_key()))
      show_dialog(session, TRUE)
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
      show_dialog(session, FALSE)
      range <- asked()
      if (is.null(range)) return() # a second press of the button
      asked(NULL)
      log_event("dashboard.run.requested", from = range$from, to = range$to, replace = range$replace)
      promises::then(
        start_run(range$from, range$to, range$replace, range$key),
        onFulfilled = function(run) started(run$runId),
        onRejected = function(error) problem(conditionMessage(error))
      )
      NULL # not the promise: the page stays alive meanwhile
    })
    serve_dialog(output,
                 function() locale$say(if (isTRUE(req(asked())$replace)) "rerun.title_replace" else "rerun.title_load"),
                 function() range_sentence(req(asked()), asked()$replace, locale))
    output$problem <- renderUI({
      if (is.null(problem())) return(NULL)
      div(class = "notice notice-error", role = "alert", icon_svg("warning"), tags$p(problem()))
    })
    problem
  })
}

#' A key that no other request has.
random_key <- function() paste(c("dashboard-", sample(c(0:9, letters), 24L, replace = TRUE)), collapse = "")
