# Data quality: is everything that was collected accounted for, and what was not taken?

WINDOWS_PER_PAGE <- 24L

mod_quality_ui <- function(id) {
  ns <- NS(id)
  page_frame(
    ns,
    panel("The books", subtitle = "Every collected event is loaded, a duplicate, rejected or withheld",
          skeleton_output(ns("balance"), 2L)),
    div(
      class = "grid-3-2",
      mod_runs_ui(ns("runs")),
      panel("Rejected lines", subtitle = "Kept in the warehouse with their reason; they can be loaded after a fix",
            skeleton_output(ns("rejects"), 4L))
    ),
    panel(
      "Windows", subtitle = "Hours of receipt, UTC",
      aside = segmented(ns("state"), "State of the windows", c(All = "", Failed = "failed", Pending = "pending")),
      skeleton_output(ns("windows"), 6L),
      mod_pager_ui(ns("pager"))
    )
  )
}

mod_quality_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    api <- context$api
    chosen_state <- reactive(if (nzchar(input$state %||% "")) input$state)
    summary <- live(reactive(TRUE), function(asked) ask_all(status = api$status(), rejects = api$rejects()),
                    context$active, context$every)
    windows <- live(
      reactive(list(state = chosen_state(), before = pager$cursor())),
      function(asked) api$windows(state = asked$state, limit = WINDOWS_PER_PAGE, before = asked$before),
      context$active, context$every
    )
    pager <- mod_pager_server("pager", reactive(windows$state()$data[["next"]]), reactive(list(chosen_state())))
    serve_frame(output, summary$state, function(data) identical(data$status$state, "empty") &&
                  !isTRUE(data$status$totals$collected > 0), NOTHING_LOADED)
    data <- reactive(req(summary$state()$data))

    output$balance <- renderUI(balance_view(data()$status))
    output$rejects <- renderUI(rejects_view(data()$rejects))
    output$windows <- renderUI({
      state <- windows$state()
      if (is.null(state$data)) req(state$error)
      if (is.null(state$data)) return(div(class = "nothing", conditionMessage(state$error)))
      if (!length(state$data$windows)) return(div(class = "nothing", "No window in this state."))
      plain_table(window_columns(session$ns("runs-rerun-window")), state$data$windows, "Windows of the raw lake")
    })
    mod_runs_server("runs", api, context$active, context$every, done = function() {
      api$forget()
      summary$reload()
      windows$reload()
    })
  })
}

NOTHING_LOADED <- list(
  phase = "hint", title = "Nothing has been loaded yet",
  text = paste("Events are loaded by the ETL's next tick after the collector has taken them. Put the tracker on the",
               "shop, or try the platform with made-up visitors by the command \u201cclickstream simulate\u201d.",
               "What has been in the raw lake for longer is loaded by a run of its hours, below.")
)

#' Freshness, and the balance as a bar with its legend.
balance_view <- function(status) {
  books <- balance_of(status$totals)
  even <- books$missing == 0 && !isFALSE(status$balanced)
  fact <- function(label, value, title = NULL) div(class = "fact", title = title, tags$dt(label), tags$dd(value))
  tagList(
    tags$dl(
      class = "facts",
      fact("Newest event", ago(status$newestEventAt), moment(status$newestEventAt)),
      fact("Last received", ago(status$newestReceivedAt), moment(status$newestReceivedAt)),
      fact("Last load", ago(status$lastTickAt), moment(status$lastTickAt)),
      fact("Loaded up to", moment(status$watermark, pattern = "%-d %b %Y, %H:%M UTC")),
      fact("Windows", windows_fact(status)),
      fact("Objects", count(status$totals$objects))
    ),
    div(
      class = "equation",
      div(class = "term total", tags$span(class = "term-value", count(books$collected)), tags$span("Collected")),
      lapply(seq_along(books$parts), function(i) {
        part <- books$parts[[i]]
        div(
          class = "summand", tags$span(class = "operator", `aria-hidden` = "true", if (i == 1L) "=" else "+"),
          div(class = paste0("term part-", part$id), title = part$hint,
              tags$span(class = "term-value", count(part$events)), tags$span(part$label))
        )
      }),
      div(class = "verdict", if (even) pill(tagList(icon_svg("check"), "Balanced"), "good")
          else pill(paste("Missing", count(abs(books$missing))), "bad"))
    ),
    div(class = "book-bar", `aria-hidden` = "true", lapply(books$parts, function(part) {
      if (part$events > 0) div(class = paste0("part-", part$id), style = sprintf("flex-grow:%f", part$share))
    }))
  )
}

windows_fact <- function(status) {
  some <- function(n, word) if (isTRUE(n > 0)) paste(count(n), word)
  paste(c(count(status$totals$windows), some(status$pendingWindows, "pending"), some(status$failingWindows, "failed")),
        collapse = ", ")
}

#' Reasons with their counts, then samples to open.
rejects_view <- function(rejects) {
  if (!length(rejects$byReason)) return(div(class = "nothing", icon_svg("check"), "No line has been rejected."))
  most <- max(vapply(rejects$byReason, function(row) as.numeric(row$lines %||% 0), 0), 1)
  tagList(
    tags$ul(class = "reason-list", lapply(rejects$byReason, function(row) {
      tags$li(
        tags$span(reason_label(row$reason)), tags$span(class = "number", count(row$lines)),
        div(class = "share-bar", `aria-hidden` = "true", div(style = sprintf("width:%.1f%%", 100 * row$lines / most)))
      )
    })),
    if (length(rejects$samples)) tags$h3("Samples"),
    div(class = "samples", lapply(rejects$samples, function(sample) {
      tags$details(
        tags$summary(tags$span(reason_label(sample$reason)), tags$span(class = "quiet", text_or_dash(sample$detail))),
        tags$pre(tabindex = "0", text_or_dash(sample$line)),
        tags$p(class = "quiet", sprintf("Line %s of %s", sample$lineNumber %||% "?", sample$objectKey %||% "?"))
      )
    }))
  )
}

#' @param rerun_input Id of the input that takes the window whose button was pressed.
window_columns <- function(rerun_input) {
  number <- function(label, field) {
    list(label = label, class = "number", cell = function(row) count(row[[field]]))
  }
  list(
    list(label = "Window", class = "when", cell = function(row) moment(row$window, pattern = "%-d %b %Y, %H:%M")),
    list(label = "State", cell = function(row) {
      tagList(pill(row$state %||% "unknown", tone_of(row$state)), if (isFALSE(row$balanced)) pill("unbalanced", "bad"),
              if (!is.null(row$error)) div(class = "row-error", row$error))
    }),
    number("Objects", "objects"), number("Collected", "collected"), number("Loaded", "loaded"),
    number("Duplicates", "duplicates"), number("Rejected", "rejected"), number("Withheld", "withheld"),
    list(label = "Updated", class = "quiet brief", cell = function(row) ago(row$updatedAt)),
    list(label = tags$span(class = "visually-hidden", "Action"), class = "row-action", cell = function(row) {
      tags$button(type = "button", class = "quiet-button", `data-input` = rerun_input, `data-value` = row$window,
                  `aria-label` = paste("Re-run the window", moment(row$window)), "Re-run")
    })
  )
}
