# Overview: how is the shop doing, and compared with before?

mod_overview_ui <- function(id) {
  ns <- NS(id)
  page_frame(
    ns,
    skeleton_output(ns("kpis"), length(KPIS), "kpi-grid"),
    div(
      class = "grid-2-1",
      panel("Traffic", subtitle = textOutput(ns("traffic_sub"), inline = TRUE),
            echart_output(ns("traffic"), "Events and visitors over time", "19rem")),
      panel("Event mix", subtitle = "What visitors did",
            echart_output(ns("mix"), "Number of events by event name", "19rem"))
    ),
    panel("Revenue", subtitle = textOutput(ns("revenue_sub"), inline = TRUE),
          echart_output(ns("revenue"), "Revenue over time", "16rem"))
  )
}

mod_overview_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    answer <- watch_period(context, function(period, extra) {
      grain <- grain_for(period)
      series <- lapply(stats::setNames(OVERVIEW_METRICS, OVERVIEW_METRICS), function(metric) {
        context$api$timeseries(period, metric, grain)
      })
      ask_all(overview = context$api$overview(period), series = promises::promise_all(.list = series))
    })
    serve_frame(output, answer$state, function(data) nothing_happened(data$overview))
    data <- reactive(req(answer$state()$data))
    labels <- reactive(point_labels(data()$series$events))
    grain_words <- reactive(paste("by", data()$series$events$grain %||% "day"))

    output$kpis <- renderUI(lapply(kpi_cards(data()$overview, data()$series), kpi_card))
    output$traffic_sub <- renderText({
      paste0("Events and visitors ", grain_words(), ", ", period_label(data()$overview),
             if (day_so_far(data()$overview)) " (last day so far)")
    })
    output$revenue_sub <- renderText({
      average <- data()$overview$current$averageOrderValue
      paste0("Completed orders ", grain_words(),
             if (!is_missing(average)) paste(", average order", money(average, data()$overview$currency)))
    })
    output$traffic <- render_echart(time_lines(labels(), list(
      list(name = "Events", values = point_values(data()$series$events), colour = "var(--accent)"),
      list(name = "Visitors (right)", values = point_values(data()$series$visitors), colour = "var(--second)",
           right = TRUE)
    )))
    output$mix <- render_echart({
      mix <- event_mix(data()$overview)
      ranked_bars(mix$name, mix$events, "Events", number_format("compact"), number_format("count"))
    })
    output$revenue <- render_echart({
      currency <- data()$overview$currency
      time_bars(labels(), "Revenue", point_values(data()$series$revenue), number_format("money", currency),
                number_format("moneyFull", currency))
    })
  })
}

#' One card (see `kpi_cards`).
kpi_card <- function(kpi) {
  change <- kpi$change
  arrow <- switch(change$direction, up = , down = , flat = icon_svg(change$direction))
  div(
    class = "kpi", role = "group", `aria-label` = kpi$label, title = kpi$hint,
    tags$p(class = "kpi-label", kpi$label),
    tags$p(class = "kpi-value", title = kpi$exact, kpi$value),
    tags$p(
      class = paste0("kpi-change is-", change$direction), title = change$spoken,
      arrow, tags$span(`aria-hidden` = "true", change$text), tags$span(class = "visually-hidden", change$spoken)
    ),
    sparkline(kpi$points)
  )
}
