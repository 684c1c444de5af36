# Trends: which hours of the week are the shop's?

TREND_METRICS <- c("sessions", "events", "orders", "revenue")

mod_trends_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    panel(say("trends.heatmap"), subtitle = sub_text(ns("peak")), aside = tagList(
      segmented(ns("metric"), say("trends.metric"), named_choices(TREND_METRICS, "metric", locale)),
      csv_button(ns, locale)
    ), echart_output(ns("heatmap"), say("trends.heatmap_label"), "19rem")),
    div(
      class = "grid-3",
      panel(say("trends.by_hour"), echart_output(ns("hours"), say("trends.by_hour"), "17rem")),
      panel(say("trends.by_weekday"), echart_output(ns("weekdays"), say("trends.by_weekday"), "17rem")),
      panel(say("trends.peaks"), skeleton_output(ns("peaks"), 5L), class = "is-tight")
    )
  )
}

mod_trends_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    metric <- kept_choice(context, input, session, "metric", TREND_METRICS)
    answer <- watch_period(context, extra = metric,
                           fetch = function(period, metric) context$api$heatmap(period, metric))
    # The metric of the answer that is shown: while another one is asked, the former stays.
    shown <- reactive({
      asked <- req(answer$state()$data)$metric
      if (isTRUE(asked %in% TREND_METRICS)) asked else metric()
    })
    matrix <- reactive(heat_matrix(req(answer$state()$data)))
    serve_frame(output, answer$state, locale, is_empty = function(data) sum(heat_matrix(data)) == 0)
    name <- reactive(locale$say(paste0("metric.", shown())))
    currency <- reactive(answer$state()$data$currency %||% context$period()$currency)
    formats <- reactive(metric_formats(if (shown() == "revenue") locale$currency_look(currency())))
    figure <- function(value) {
      if (shown() == "revenue") locale$money(value, currency(), full = TRUE) else locale$count(value)
    }
    output$peak <- renderText({
      first <- peaks(matrix(), 1L)
      if (!length(first)) return("")
      locale$say("trends.busiest", weekday = locale$weekday(first[[1]]$weekday, long = TRUE),
                 hours = hour_span(first[[1]]$hour),
                 share = locale$percent(first[[1]]$share), zone = context$period()$time_zone)
    })
    output$heatmap <- render_echart({
      at <- expand.grid(hour = 0:23, weekday = 1:7)
      values <- mapply(function(hour, weekday) matrix()[weekday, hour + 1L], at$hour, at$weekday)
      cells <- cbind(at$hour, at$weekday - 1L, values)
      tips <- sprintf("%s %s\n%s: %s", locale$weekday(at$weekday, long = TRUE), hour_span(at$hour), name(),
                      vapply(values, figure, ""))
      heat_cells(sprintf("%02d", 0:23), locale$weekday(1:7), unname(cells), tips)
    })
    output$hours <- render_echart(plain_bars(sprintf("%02d", 0:23), colSums(matrix()), name(), formats()))
    output$weekdays <- render_echart(plain_bars(locale$weekday(1:7), rowSums(matrix()), name(), formats(),
                                                "var(--second)"))
    output$peaks <- renderUI({
      columns <- list(
        column(locale$say("trends.hour"), function(row) paste(locale$weekday(row$weekday), hour_span(row$hour))),
        column(name(), class = "number", cell = function(row) figure(row$value)),
        percent_column(locale, locale$say("table.share"), "share")
      )
      plain_table(columns, peaks(matrix(), 6L), locale$say("trends.peaks"))
    })
    offer_csv(session, input, "heatmap", c("weekday", "hour", "value"),
              function() req(isolate(answer$state())$data)$cells,
              context$period)
  })
}
