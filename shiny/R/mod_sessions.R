# Sessions: single visits, newest first; one of them as a timeline.

SESSIONS_PER_PAGE <- 25L
SESSION_FIELDS <- c("sessionId", "clientId", "userId", "startedAt", "endedAt", "seconds", "events", "pageViews",
                    "channel", "device",
                    "country", "entryPage", "exitPage", "reached", "orders", "revenue", "isBot")

mod_sessions_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    mod_session_ui(ns("one"), locale),
    panel(
      say("sessions.list"), subtitle = sub_text(ns("sub")),
      aside = tagList(search_input(ns("q"), say("sessions.find")), csv_button(ns, locale)),
      skeleton_output(ns("table"), 8L), mod_pager_ui(ns("pager"), locale)
    )
  )
}

mod_sessions_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    find <- kept_text(context, input, session, "q")
    mod_session_server("one", context)
    observeEvent(input$open, context$link$set("session", input$open))
    answer <- watch_period(
      context, extra = reactive(list(q = find(), before = pager$cursor())),
      fetch = function(period, extra) {
        context$api$sessions(period, SESSIONS_PER_PAGE, extra$before, if (nzchar(extra$q)) extra$q)
      }
    )
    pager <- mod_pager_server("pager", locale, reactive(answer$state()$data[["next"]]),
                              reactive(list(context$period(), find())))
    serve_frame(output, answer$state, locale, is_empty = function(data) {
      !length(data$sessions) && !nzchar(isolate(find())) && isolate(pager$page()) == 1L
    })
    output$sub <- renderText(locale$say("sessions.sub", zone = context$period()$time_zone %||% "UTC"))
    output$table <- renderUI({
      rows <- req(answer$state()$data)$sessions
      if (!length(rows)) return(nothing(locale$say("table.no_match")))
      plain_table(session_columns(locale, context$period(), session$ns("open")), rows, locale$say("sessions.list"),
                  "dense")
    })
    offer_csv(session, input, "sessions", SESSION_FIELDS, period = context$period, rows = function() {
      promises::then(
        context$api$sessions(isolate(context$period()), 500L, NULL, if (nzchar(isolate(find()))) isolate(find())),
        function(answer) answer$sessions
      )
    })
  })
}

REACHED_TONES <- c(purchase = "good", checkout = "busy", add_to_cart = "busy")

reached_pill <- function(row, locale) {
  tone <- REACHED_TONES[as.character(row$reached %||% "")]
  pill(locale$label("step", row$reached), if (is.na(tone)) "idle" else tone)
}

session_columns <- function(locale, period, input) {
  say <- locale$say
  list(
    column(say("sessions.started"), class = "when", cell = function(row) {
      value_button(input, row$sessionId, locale$moment(row$startedAt, period$time_zone, "short_moment"),
                   class = "link-button",
                   title = say("sessions.open", time = locale$moment(row$startedAt, period$time_zone)))
    }),
    column(say("sessions.length"), class = "number brief",
           cell = function(row) locale$duration(as_number(row$seconds))),
    count_column(locale, say("table.pages"), "pageViews", sort = NULL),
    count_column(locale, say("kpi.events.label"), "events", class = "number hide-narrow", sort = NULL),
    column(say("sessions.reached"), function(row) {
      tagList(reached_pill(row, locale), if (isTRUE(row$isBot)) pill(say("value.bot")))
    }),
    column(say("filter.channel"), class = "brief", cell = function(row) locale$label("channel", row$channel)),
    column(say("filter.device"), class = "hide-narrow", cell = function(row) locale$label("device", row$device)),
    path_column(say("sessions.entry"), "entryPage"),
    path_column(say("sessions.exit"), "exitPage", class = "path hide-medium"),
    column(say("kpi.revenue.label"), class = "number", cell = function(row) {
      if (isTRUE(as_number(row$revenue) > 0)) locale$money(as_number(row$revenue), row$currency %||% period$currency,
                                                           full = TRUE) else DASH
    })
  )
}
