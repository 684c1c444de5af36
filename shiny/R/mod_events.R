# Events: single events straight from the warehouse, newest first.

mod_events_ui <- function(id) {
  ns <- NS(id)
  page_frame(
    ns,
    panel(
      "Events", subtitle = textOutput(ns("sub"), inline = TRUE),
      aside = div(
        class = "panel-tools",
        selectInput(ns("event"), "Event", c(`All events` = ""), selectize = FALSE, width = "13rem"),
        textInput(ns("find"), "Find", placeholder = "Page, product, session or client", width = "17rem")
      ),
      skeleton_output(ns("table"), 8L),
      mod_pager_ui(ns("pager"))
    )
  )
}

mod_events_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    link <- context$link
    filters <- reactive(if (context$active()) list(event = link$get("event"), find = link$get("find")) else list())
    names <- reactive(sort(vapply(context$site()$data$eventsByName, function(row) as.character(row$eventName), "")))
    observe({
      chosen <- filters()$event %||% ""
      choices <- unique(c(names(), if (nzchar(chosen)) chosen))
      updateSelectInput(session, "event", choices = c(`All events` = "", choices), selected = chosen)
    })
    typed <- debounce(reactive(trimws(input$find %||% "")), 400)
    sent <- "" # what was typed last is not written back: the visitor may be typing on
    observeEvent(filters()$find %||% "", {
      find <- filters()$find %||% ""
      if (find != sent) updateTextInput(session, "find", value = find)
      sent <<- find
    })
    observeEvent(input$event, if (context$active()) link$set("event", input$event), ignoreInit = TRUE)
    observeEvent(typed(), ignoreInit = TRUE, {
      if (!context$active()) return()
      sent <<- typed()
      link$set("find", typed())
    })

    answer <- watch_period(
      context, extra = reactive(list(filters = filters(), before = pager$cursor())),
      fetch = function(period, extra) context$warehouse$events(period, extra$filters, extra$before)
    )
    pager <- mod_pager_server("pager", reactive(answer$state()$data$older), reactive(list(context$period(), filters())))
    serve_frame(output, answer$state)
    output$sub <- renderText({
      zone <- context$period()$time_zone %||% "UTC"
      paste0("Newest first, times in ", zone, if (pager$page() == 1L) ". Refreshed as events are loaded.")
    })
    output$table <- renderUI({
      rows <- req(answer$state()$data)$rows
      if (!nrow(rows)) return(div(class = "nothing", "No event matches this period and these filters."))
      plain_table(EVENT_TABLE, rows_of(rows), "Events, newest first", "event-table dense")
    })
  })
}

EVENT_TABLE <- list(
  list(label = "Time", class = "when", cell = function(row) row$event_timestamp),
  list(label = "Event", cell = function(row) {
    tagList(tags$code(text_or_dash(row$event_name)), if (isTRUE(row$is_bot %in% c("true", "t"))) pill("bot"))
  }),
  list(label = "Page", class = "long", cell = function(row) text_or_dash(row$page_path)),
  list(label = "Product", class = "long", cell = function(row) text_or_dash(row$context_product_name)),
  list(label = "Channel", class = "brief", cell = function(row) text_or_dash(row$channel)),
  list(label = "Device", cell = function(row) text_or_dash(row$device_type)),
  list(label = "Country", cell = function(row) text_or_dash(row$country)),
  list(label = "Visitor", cell = function(row) gsub("_", " ", text_or_dash(row$user_login_state))),
  list(label = "Session", class = "id", cell = function(row) short_id(row$session_id)),
  list(label = "Client", class = "id", cell = function(row) short_id(row$client_id))
)

text_or_dash <- function(text) if (is.null(text) || is.na(text) || !nzchar(text)) DASH else text

#' The first ten characters of an id; the whole one on hover.
short_id <- function(id) {
  id <- text_or_dash(id)
  if (nchar(id) <= 12L) id else tags$span(title = id, paste0(substr(id, 1L, 10L), "\u2026"))
}
