# Events: single events straight from the warehouse, newest first.

EVENT_FIELDS <- c("event_timestamp", "event_name", "page_path", "context_product_name", "channel", "device_type",
                  "country",
                  "user_login_state", "session_id", "client_id", "is_bot", "event_id")

mod_events_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    panel(
      say("events.title"), subtitle = sub_text(ns("sub")),
      aside = tagList(
        div(class = "select-field", tags$label(class = "visually-hidden", `for` = ns("event"), say("events.event")),
            tags$select(id = ns("event"), class = "form-control", tags$option(value = "", say("events.all")))),
        search_input(ns("find"), say("events.find")), csv_button(ns, locale, label = say("events.csv"))
      ),
      skeleton_output(ns("table"), 8L),
      mod_pager_ui(ns("pager"), locale)
    )
  )
}

mod_events_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    link <- context$link
    chosen <- steady(reactive(if (context$active()) link$get("event") %||% "" else ""), "")
    find <- kept_text(context, input, session, "find")
    names <- reactive(sort(vapply(context$site()$data$eventsByName, function(row) as.character(row$eventName), "")))
    observe({
      event <- chosen() %||% ""
      choices <- unique(c(names(), if (nzchar(event)) event))
      updateSelectInput(session, "event", choices = c(stats::setNames("", locale$say("events.all")), choices),
                        selected = event)
    })
    observeEvent(input$event, if (context$active()) link$set("event", input$event), ignoreInit = TRUE)

    observeEvent(input$session, context$open(list(page = "sessions", session = input$session)))

    filters <- reactive(list(event = chosen(), find = find()))
    answer <- watch_period(
      context, extra = reactive(list(filters = filters(), before = pager$cursor())),
      fetch = function(period, extra) context$warehouse$events(period, extra$filters, extra$before)
    )
    pager <- mod_pager_server("pager", locale, reactive(answer$state()$data$older),
                              reactive(list(context$period(), filters())))
    serve_frame(output, answer$state, locale)
    output$sub <- renderText({
      paste(locale$say("events.sub", zone = context$period()$time_zone %||% "UTC"),
            if (pager$page() == 1L) locale$say("events.refreshed") else "")
    })
    output$table <- renderUI({
      rows <- req(answer$state()$data)$rows
      if (!nrow(rows)) return(nothing(locale$say("table.no_match")))
      plain_table(event_columns(locale, session$ns("session")), rows_of(rows), locale$say("events.title"),
                  "event-table dense")
    })
    offer_csv(session, input, "events", EVENT_FIELDS, period = context$period, rows = function() {
      promises::then(
        context$warehouse$events(isolate(context$period()), isolate(filters()), NULL, EXPORTED_EVENTS),
        function(page) rows_of(page$rows)
      )
    })
  })
}

#' @param session_input Id of the input that takes the session whose button was pressed.
event_columns <- function(locale, session_input) {
  say <- locale$say
  list(
    text_column(say("table.time"), "event_timestamp", class = "when"),
    column(say("events.event"), function(row) {
      tagList(tags$code(text_or_dash(row$event_name)),
              if (isTRUE(row$is_bot %in% c("true", "t"))) pill(say("value.bot")))
    }),
    path_column(say("table.page"), "page_path"),
    text_column(say("table.product"), "context_product_name", class = "long"),
    column(say("filter.channel"), class = "brief", cell = function(row) locale$label("channel", row$channel)),
    column(say("filter.device"), function(row) locale$label("device", row$device_type)),
    text_column(say("filter.country"), "country", class = "hide-medium"),
    column(say("table.visitor"), function(row) locale$label("login", row$user_login_state)),
    column(say("table.session"), class = "id", cell = function(row) {
      if (is_blank(row$session_id)) return(DASH)
      value_button(session_input, row$session_id, short_id(row$session_id), class = "link-button",
                   title = say("events.open", id = row$session_id))
    }),
    column(say("table.client"), class = "id hide-medium", cell = function(row) short_id(row$client_id))
  )
}
