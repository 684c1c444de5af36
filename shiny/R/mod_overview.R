# Overview: how is the shop doing, and compared with before?

mod_overview_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    skeleton_output(ns("kpis"), length(KPIS), "kpi-grid"),
    div(
      class = "grid-2-1",
      panel(say("overview.traffic"), subtitle = sub_text(ns("traffic_sub")), aside = csv_button(ns, locale),
            echart_output(ns("traffic"), say("overview.traffic_label"), "17rem")),
      panel(say("overview.mix"), subtitle = say("overview.mix_sub"),
            echart_output(ns("mix"), say("overview.mix_label"), "17rem"))
    ),
    div(
      class = "grid-2-1",
      panel(say("kpi.revenue.label"), subtitle = sub_text(ns("revenue_sub")),
            echart_output(ns("revenue"), say("overview.revenue_label"), "16rem")),
      panel(say("overview.login"), subtitle = say("overview.login_sub"), skeleton_output(ns("login"), 3L))
    )
  )
}

mod_overview_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    say <- locale$say
    answer <- watch_period(context, function(period, extra) {
      grain <- grain_for(period)
      series <- lapply(stats::setNames(OVERVIEW_METRICS, OVERVIEW_METRICS), function(metric) {
        context$api$timeseries(period, metric, grain)
      })
      ask_all(overview = context$api$overview(period), series = promises::promise_all(.list = series))
    })
    serve_frame(output, answer$state, locale, is_empty = function(data) nothing_happened(data$overview))
    data <- reactive(req(answer$state()$data))
    labels <- reactive(point_labels(data()$series$events, locale))
    grain_words <- reactive(say(paste0("grain.by_", data()$series$events$grain %||% "day")))

    output$kpis <- renderUI(lapply(kpi_cards(data()$overview, data()$series, locale), kpi_card))
    output$traffic_sub <- renderText({
      so_far <- if (day_so_far(data()$overview)) say("period.so_far")
      paste0(grain_words(), ", ", period_label(data()$overview, locale),
             if (!is.null(so_far)) paste0(" (", so_far, ")"))
    })
    output$revenue_sub <- renderText({
      average <- data()$overview$current$averageOrderValue
      paste0(grain_words(), if (!is_missing(average)) {
        paste0(", ", say("overview.average_order", value = locale$money(average, data()$overview$currency)))
      })
    })
    output$traffic <- render_echart(time_lines(labels(), list(
      list(name = say("kpi.events.label"), values = point_values(data()$series$events), colour = "var(--accent)"),
      list(name = say("overview.visitors_right"), values = point_values(data()$series$visitors),
           colour = "var(--second)", right = TRUE)
    )))
    output$mix <- render_echart({
      mix <- event_mix(data()$overview, locale)
      ranked_bars(mix$name, mix$events, say("kpi.events.label"), metric_formats())
    })
    output$revenue <- render_echart({
      time_bars(labels(), say("kpi.revenue.label"), point_values(data()$series$revenue),
                metric_formats(locale$currency_look(data()$overview$currency)))
    })
    output$login <- renderUI({
      rows <- login_rows(data()$overview)
      if (!length(rows)) return(nothing(say("overview.login_none")))
      plain_table(login_columns(locale), rows, say("overview.login"), "dense")
    })
    offer_csv(session, input, "overview", c("at", OVERVIEW_METRICS), period = context$period, rows = function() {
      series <- req(isolate(data()))$series
      lapply(seq_along(series$events$points), function(i) {
        c(list(at = series$events$points[[i]]$at),
          lapply(series[OVERVIEW_METRICS], function(one) one$points[[i]]$value))
      })
    })
  })
}

login_columns <- function(locale) {
  say <- locale$say
  list(
    column(say("table.visitors"), function(row) {
      tagList(locale$label("login", row$value), tags$span(class = "quiet", locale$percent(row$share)),
              share_bar(row$share))
    }, class = "with-bar"),
    count_column(locale, say("kpi.sessions.label"), "sessions"),
    count_column(locale, say("kpi.orders.label"), "orders"),
    percent_column(locale, say("table.conversion"), "rate")
  )
}

#' One card (see `kpi_cards`).
kpi_card <- function(kpi) {
  change <- kpi$change
  arrow <- switch(change$direction, up = , down = , flat = icon_svg(change$direction))
  div(
    class = "kpi", role = "group", `aria-label` = kpi$label, title = kpi$hint, `data-kpi` = kpi$id,
    tags$p(class = "kpi-label", kpi$label),
    tags$p(class = "kpi-value", title = kpi$exact, kpi$value),
    tags$p(
      class = paste0("kpi-change is-", change$direction), title = change$spoken,
      arrow, tags$span(`aria-hidden` = "true", change$text), tags$span(class = "visually-hidden", change$spoken)
    ),
    sparkline(kpi$points)
  )
}
