# Rejected lines: how many for which reason, samples, and loading them again after a fix.

REJECTS_PER_PAGE <- 8L

mod_rejects_ui <- function(id, locale) {
  ns <- NS(id)
  panel(
    locale$say("rejects.title"), subtitle = locale$say("rejects.sub"),
    div(
      class = "panel-columns", skeleton_output(ns("reasons"), 3L),
      div(skeleton_output(ns("samples"), 3L), mod_pager_ui(ns("pager"), locale))
    ),
    confirm_dialog(ns, locale, locale$say("rejects.replay"))
  )
}

#' @param replayed Called with the id of the run that loads them again.
#' @return `reload`, a function.
mod_rejects_server <- function(id, api, locale, active, every, replayed) {
  moduleServer(id, function(input, output, session) {
    chosen <- reactiveVal(NULL)
    asked <- reactiveVal(NULL)
    answer <- live(reactive(c(chosen(), list(before = pager$cursor()))), function(asked) {
      api$rejects(asked$reason, asked$source, REJECTS_PER_PAGE, asked$before)
    }, active, every)
    pager <- mod_pager_server("pager", locale, reactive(answer$state()$data[["next"]]), reactive(list(chosen())))
    observeEvent(input$reason, {
      pressed <- reject_kind(input$reason)
      chosen(if (!identical(chosen(), pressed)) pressed)
    })
    observeEvent(input$replay, {
      asked(reject_kind(input$replay))
      show_dialog(session, TRUE)
    })
    observeEvent(input$confirm, {
      show_dialog(session, FALSE)
      kind <- asked()
      if (is.null(kind)) return() # a second press of the button
      asked(NULL)
      log_event("dashboard.rejects.replay_requested", reason = kind$reason, source = kind$source)
      promises::then(api$replay_rejects(kind$reason, kind$source), onFulfilled = function(run) replayed(run$runId),
                     onRejected = function(error) {
        showNotification(conditionMessage(error), type = "error", session = session)
      })
      NULL # not the promise: the page stays alive meanwhile
    })
    serve_dialog(output, function() locale$say("rejects.replay_title"),
                 function() locale$say("rejects.replay_question", reason = reason_label(req(asked())$reason, locale)))
    output$reasons <- renderUI(panel_content(answer$state(), locale, function(data) {
      if (!length(data$byReason)) return(nothing(locale$say("rejects.none"), "check"))
      reason_list(data$byReason, chosen(), session$ns, locale)
    }))
    output$samples <- renderUI({
      rows <- answer$state()$data$rejects
      if (length(rows)) tagList(tags$h3(locale$say("rejects.samples")),
                                div(class = "samples", lapply(rows, reject_details, locale)))
    })
    list(reload = answer$reload)
  })
}

#' "etl:not_json" -> `source` and `reason`.
reject_kind <- function(text) {
  list(source = sub(":.*$", "", text), reason = sub("^[^:]*:", "", text))
}

reason_list <- function(reasons, chosen, ns, locale) {
  most <- max(vapply(reasons, function(row) as_number(row$lines %||% 0), 0), 1)
  tags$ul(class = "reason-list", lapply(reasons, function(row) {
    kind <- paste(row$source %||% "etl", row$reason, sep = ":")
    tags$li(
      div(
        value_button(ns("reason"), kind, reason_label(row$reason, locale), class = "link-button",
                     `aria-pressed` = if (identical(chosen, reject_kind(kind))) "true" else "false"),
        tags$span(class = "quiet", locale$label("source", row$source))
      ),
      tags$span(class = "number", locale$count(as_number(row$lines))),
      value_button(ns("replay"), kind, locale$say("rejects.replay_short"),
                   `aria-label` = locale$say("rejects.replay_label", reason = reason_label(row$reason, locale))),
      share_bar(row$lines / most)
    )
  }))
}

reject_details <- function(reject, locale) {
  tags$details(
    tags$summary(tags$span(reason_label(reject$reason, locale)),
                 tags$span(class = "quiet", text_or_dash(reject$detail)),
                 if (!is_blank(reject$replayedAt)) pill(locale$say("rejects.replayed"), "good")),
    tags$pre(tabindex = "0", text_or_dash(reject$line)),
    tags$p(class = "quiet",
           locale$say("rejects.where", line = reject$lineNumber %||% "?", object = reject$objectKey %||% "?"))
  )
}
