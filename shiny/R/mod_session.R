# One session as a timeline, above the list.

mod_session_ui <- function(id, locale) {
  ns <- NS(id)
  div(id = ns("slot"), class = "drill-down", panel(
    sub_text(ns("title")), subtitle = sub_text(ns("sub")),
    aside = actionButton(ns("close"), locale$say("sessions.close"), class = "quiet-button"),
    skeleton_output(ns("timeline"), 5L)
  ))
}

mod_session_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    say <- locale$say
    chosen <- reactive(if (context$active()) context$link$get("session"))
    observe(session$sendCustomMessage("show", list(id = session$ns("slot"), on = !is.null(chosen()))))
    observeEvent(input$close, context$link$set("session", NULL))
    only_open <- context
    only_open$active <- reactive(context$active() && !is.null(chosen()))
    answer <- watch_period(only_open, extra = chosen, fetch = function(period, id) {
      if (is.null(id)) NULL else context$api$session(period, id)
    })
    data <- reactive({
      req(chosen())
      req(answer$state()$data)
    })
    output$title <- renderText({
      found <- answer$state()$data$session
      if (is.null(found)) text_or_dash(chosen())
      else say("sessions.of", time = locale$moment(found$startedAt, context$period()$time_zone))
    })
    output$sub <- renderText({
      state <- answer$state()
      if (is.null(state$data) && !is.null(state$error)) return(conditionMessage(state$error))
      found <- data()$session
      parts <- list(
        locale$label("channel", found$channel), locale$label("device", found$device), found$country,
        locale$duration(as_number(found$seconds)), locale$some("count.pages", as_number(found$pageViews)),
        if (!is_blank(found$userId)) say("sessions.user", id = found$userId),
        say("sessions.client", id = text_or_dash(found$clientId))
      )
      paste(Filter(Negate(is_blank), parts), collapse = " \u00b7 ")
    })
    output$timeline <- renderUI(timeline(data()$events, context$period(), locale))
    chosen
  })
}

#' Events in their order, each with the time since the one before where that is long.
timeline <- function(events, period, locale) {
  if (!length(events)) return(nothing(locale$say("table.none")))
  at <- vapply(events, function(event) as.numeric(parse_instant(event$at)), 0)
  gaps <- c(0, diff(at))
  tags$ol(class = "timeline", lapply(seq_along(events), function(i) {
    event <- events[[i]]
    about <- Filter(Negate(is_blank), list(
      event$productName %||% event$productId,
      if (!is_blank(event$searchQuery)) paste0("\u201c", event$searchQuery, "\u201d"),
      if (!is_blank(event$orderId)) locale$say("sessions.order", id = event$orderId)
    ))
    tags$li(
      class = paste0("timeline-item", if (isTRUE(event$eventName %in% KEY_EVENTS)) " is-key"),
      tags$time(locale$moment(event$at, period$time_zone, "seconds")),
      if (isTRUE(gaps[[i]] >= 60)) tags$span(class = "gap", paste0("+", locale$duration(gaps[[i]]))),
      div(
        tags$code(text_or_dash(event$eventName)),
        if (length(about)) tags$strong(paste(about, collapse = " \u00b7 ")),
        if (!is_missing(as_number(event$value)) && as_number(event$value) > 0) {
          tags$span(class = "quiet",
                    locale$money(as_number(event$value), event$currency %||% period$currency, full = TRUE))
        },
        tags$p(class = "quiet path", title = event$pageTitle, text_or_dash(event$pagePath))
      )
    )
  }))
}

KEY_EVENTS <- c("add_to_cart_click", "checkout_start", "checkout_complete", "refund", "login_success")
