# Data quality: is everything that was collected accounted for, and what was not taken?

WINDOWS_PER_PAGE <- 24L
WINDOW_STATES <- c("all", "failed", "pending")
WINDOW_FIELDS <- c("window", "state", "objects", "collected", "loaded", "duplicates", "rejected", "withheld",
                   "balanced", "updatedAt")

mod_quality_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    panel(say("books.title"), subtitle = say("books.sub"), skeleton_output(ns("balance"), 2L)),
    mod_runs_ui(ns("runs"), locale),
    mod_rejects_ui(ns("rejects"), locale),
    panel(
      say("windows.title"), subtitle = say("windows.sub"),
      aside = tagList(segmented(ns("state"), say("windows.state"), named_choices(WINDOW_STATES, "windows", locale)),
                      csv_button(ns, locale)),
      skeleton_output(ns("windows"), 6L),
      mod_pager_ui(ns("pager"), locale)
    )
  )
}

mod_quality_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    api <- context$api
    locale <- context$locale
    state <- kept_choice(context, input, session, "state", WINDOW_STATES)
    chosen_state <- reactive(if (state() != "all") state())
    summary <- live(reactive(TRUE), function(asked) api$status(), context$active, context$every)
    windows <- live(
      reactive(list(state = chosen_state(), before = pager$cursor())),
      function(asked) api$windows(state = asked$state, limit = WINDOWS_PER_PAGE, before = asked$before),
      context$active, context$every
    )
    pager <- mod_pager_server("pager", locale, reactive(windows$state()$data[["next"]]), reactive(list(chosen_state())))
    serve_frame(output, summary$state, locale, empty = "empty.loaded", hint = TRUE, is_empty = function(data) {
      identical(data$state, "empty") && !isTRUE(data$totals$collected > 0)
    })

    output$balance <- renderUI(balance_view(req(summary$state()$data), locale))
    output$windows <- renderUI(panel_content(windows$state(), locale, function(data) {
      if (!length(data$windows)) return(nothing(locale$say("windows.none")))
      plain_table(window_columns(locale, session$ns("runs-rerun-window")), data$windows, locale$say("windows.title"))
    }))
    runs <- mod_runs_server("runs", api, locale, context$active, context$every, done = function() {
      api$forget()
      summary$reload()
      windows$reload()
      rejects$reload()
    })
    rejects <- mod_rejects_server("rejects", api, locale, context$active, context$every, replayed = runs$watch)
    offer_csv(session, input, "windows", WINDOW_FIELDS, rows = function() {
      promises::then(api$windows(isolate(chosen_state()), 500L), function(answer) answer$windows)
    })
  })
}

#' Freshness, and the balance as a bar with its legend.
balance_view <- function(status, locale) {
  say <- locale$say
  books <- balance_of(status$totals)
  even <- books$missing == 0 && !isFALSE(status$balanced)
  fact <- function(label, value, title = NULL) div(class = "fact", title = title, tags$dt(label), tags$dd(value))
  since <- function(label, at) fact(label, locale$ago(at), locale$moment(at))
  tagList(
    tags$dl(
      class = "facts",
      since(say("books.newest_event"), status$newestEventAt),
      since(say("books.last_received"), status$newestReceivedAt),
      since(say("books.last_load"), status$lastTickAt),
      fact(say("books.watermark"), locale$moment(status$watermark, shape = "utc")),
      fact(say("books.windows"), windows_fact(status, locale)),
      fact(say("books.objects"), locale$count(status$totals$objects))
    ),
    div(
      class = "equation",
      div(class = "term total", tags$span(class = "term-value", locale$count(books$collected)),
          tags$span(say("books.collected"))),
      lapply(seq_along(books$parts), function(i) {
        part <- books$parts[[i]]
        div(
          class = "summand", tags$span(class = "operator", `aria-hidden` = "true", if (i == 1L) "=" else "+"),
          div(class = paste0("term part-", part$id), title = say(paste0("books.hint_", part$id)),
              tags$span(class = "term-value", locale$count(part$events)), tags$span(say(paste0("books.", part$id))))
        )
      }),
      div(class = "verdict", if (even) pill(tagList(icon_svg("check"), say("books.balanced")), "good")
          else pill(say("books.missing", n = locale$count(abs(books$missing))), "bad"))
    ),
    div(class = "book-bar", `aria-hidden` = "true", lapply(books$parts, function(part) {
      if (part$events > 0) div(class = paste0("part-", part$id), style = sprintf("flex-grow:%f", part$share))
    }))
  )
}

windows_fact <- function(status, locale) {
  some <- function(n, key) if (isTRUE(n > 0)) locale$say(key, n = locale$count(n))
  paste(c(locale$count(status$totals$windows), some(status$pendingWindows, "books.pending"),
          some(status$failingWindows, "books.failed")), collapse = ", ")
}

#' @param rerun_input Id of the input that takes the window whose button was pressed.
window_columns <- function(locale, rerun_input) {
  say <- locale$say
  number <- function(label, field, class = "number") count_column(locale, label, field, class, sort = NULL)
  list(
    column(say("table.window"), class = "when", cell = function(row) locale$moment(row$window, shape = "day_time")),
    column(say("table.state"), function(row) {
      tagList(pill(locale$label("state", row$state), tone_of(row$state)),
              if (isFALSE(row$balanced)) pill(say("books.unbalanced"), "bad"),
              if (!is.null(row$error)) row_error(row$error))
    }),
    number(say("books.objects"), "objects", "number hide-narrow"), number(say("books.collected"), "collected"),
    number(say("books.loaded"), "loaded"), number(say("books.duplicates"), "duplicates"),
    number(say("books.rejected"), "rejected"), number(say("books.withheld"), "withheld"),
    column(say("table.updated"), class = "quiet brief hide-narrow", cell = function(row) locale$ago(row$updatedAt)),
    column(tags$span(class = "visually-hidden", say("table.action")), class = "row-action", cell = function(row) {
      value_button(rerun_input, row$window, say("windows.rerun"),
                   `aria-label` = say("windows.rerun_label", window = locale$moment(row$window)))
    })
  )
}
