# Acquisition: where do visitors come from, what do they come to, and who buys?

CHANNEL_GROUPS <- c("channel", "source", "campaign")
CHANNEL_FIELDS <- c("value", "medium", "sessions", "visitors", "bounceRate", "addToCarts", "orders", "conversionRate",
                    "revenue")
LANDING_FIELDS <- c("path", "entries", "sessions", "views", "bounceRate", "exitRate")

mod_acquisition_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    div(
      class = "grid-2",
      panel(say("acquisition.visits"), subtitle = say("acquisition.visits_sub"),
            echart_output(ns("visits"), say("acquisition.visits_label"), "19rem")),
      panel(say("acquisition.revenue"), subtitle = say("acquisition.revenue_sub"),
            echart_output(ns("revenue"), say("acquisition.revenue_label"), "19rem"))
    ),
    panel(
      say("acquisition.table"), subtitle = say("acquisition.table_sub"),
      aside = tagList(segmented(ns("by"), say("acquisition.by"),
                                named_choices(CHANNEL_GROUPS, "acquisition.by", locale)),
                      csv_button(ns, locale)),
      skeleton_output(ns("table"), 6L)
    ),
    panel(say("acquisition.landing"), subtitle = say("acquisition.landing_sub"),
          aside = csv_button(ns, locale, "csv_landing"),
          skeleton_output(ns("landing"), 5L))
  )
}

mod_acquisition_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    by <- kept_choice(context, input, session, "by", CHANNEL_GROUPS)
    sorting <- sort_choice(input, session, reactive("sessions"), CHANNEL_FIELDS, ascending = c("value", "medium"))
    landing_sorting <- sort_choice(input, session, reactive("entries"), LANDING_FIELDS, "sort_landing",
                                   ascending = "path")
    answer <- watch_period(context, extra = by, fetch = function(period, by) context$api$channels(period, by))
    landing <- watch_period(context, function(period, extra) context$api$pages(period, "entry", 15L))
    serve_frame(output, answer$state, locale, is_empty = function(data) !length(data$rows))
    rows <- reactive(sort_rows(req(answer$state()$data)$rows, sorting()))
    name <- function(row) if (by() == "channel") locale$label("channel", row$value) else text_or_dash(row$value)
    currency <- reactive(answer$state()$data$currency %||% context$period()$currency)
    chart <- function(field, label, look = NULL) {
      top <- top_ten(rows(), field)
      ranked_bars(vapply(top, name, ""), vapply(top, function(row) as_number(row[[field]]), 0), label,
                  metric_formats(look))
    }
    output$visits <- render_echart(chart("sessions", locale$say("kpi.sessions.label")))
    output$revenue <- render_echart(chart("revenue", locale$say("kpi.revenue.label"), locale$currency_look(currency())))
    output$table <- renderUI({
      plain_table(channel_columns(locale, by(), name, currency()), rows(), locale$say("acquisition.table"),
                  sorting = sorting())
    })
    output$landing <- renderUI(panel_content(landing$state(), locale, function(data) {
      if (!length(data$rows)) return(nothing(locale$say("table.none")))
      plain_table(landing_columns(locale), sort_rows(data$rows, landing_sorting()), locale$say("acquisition.landing"),
                  sorting = landing_sorting())
    }))
    offer_csv(session, input, "channels", CHANNEL_FIELDS, function() isolate(rows()), context$period)
    offer_csv(session, input, "landing-pages", LANDING_FIELDS, function() req(isolate(landing$state())$data)$rows,
              context$period, "csv_landing")
  })
}

channel_columns <- function(locale, by, name, currency) {
  say <- locale$say
  c(
    list(column(say(paste0("acquisition.by.", by)), class = "long", sort = "value", cell = name)),
    if (by == "source") list(text_column(say("table.medium"), "medium", class = "quiet", sort = "medium")),
    list(
      count_column(locale, say("kpi.sessions.label"), "sessions"),
      count_column(locale, say("kpi.visitors.label"), "visitors", class = "number hide-narrow"),
      percent_column(locale, say("table.bounce"), "bounceRate", class = "number hide-narrow"),
      count_column(locale, say("metric.addToCarts"), "addToCarts", class = "number hide-narrow"),
      count_column(locale, say("kpi.orders.label"), "orders"),
      percent_column(locale, say("table.conversion"), "conversionRate"),
      money_column(locale, say("kpi.revenue.label"), "revenue", currency)
    )
  )
}

landing_columns <- function(locale) {
  say <- locale$say
  list(
    path_column(say("table.page"), "path", class = "long path", sort = "path"),
    count_column(locale, say("table.entries"), "entries"),
    count_column(locale, say("kpi.sessions.label"), "sessions", class = "number hide-narrow"),
    count_column(locale, say("metric.views"), "views"),
    percent_column(locale, say("table.bounce"), "bounceRate"),
    percent_column(locale, say("table.exit_rate"), "exitRate", class = "number hide-narrow")
  )
}
