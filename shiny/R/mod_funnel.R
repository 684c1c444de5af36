# Funnel: how far do sessions get, and where do they leave?

SEGMENTS <- c("channel", "device", "category")
FUNNEL_STEPS <- c("page_view", "product_view", "add_to_cart", "checkout", "purchase")

mod_funnel_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    div(
      class = "grid-3-2",
      panel(say("funnel.title"), subtitle = sub_text(ns("leak")),
            echart_output(ns("chart"), say("funnel.chart_label"), "22rem")),
      panel(say("funnel.steps"), subtitle = say("funnel.steps_sub"), skeleton_output(ns("table"), 5L))
    ),
    panel(
      say("funnel.segments"), subtitle = say("funnel.segments_sub"),
      aside = tagList(segmented(ns("by"), say("funnel.by"), named_choices(SEGMENTS, "filter", locale)),
                      csv_button(ns, locale)),
      skeleton_output(ns("segments"), 5L)
    )
  )
}

mod_funnel_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    by <- kept_choice(context, input, session, "by", SEGMENTS)
    sorting <- sort_choice(input, session, reactive("page_view"), c("segment", FUNNEL_STEPS, "rate"),
                           ascending = "segment")
    answer <- watch_period(context, extra = by, fetch = function(period, by) context$api$funnel(period, by))
    steps <- reactive(funnel_table(req(answer$state()$data)$steps, locale))
    segments <- reactive(sort_rows(segment_rows(req(answer$state()$data)), sorting()))
    serve_frame(output, answer$state, locale, is_empty = function(data) {
      !length(data$steps) || !isTRUE(data$steps[[1]]$sessions > 0)
    })
    output$leak <- renderText(largest_leak(steps(), locale) %||% "")
    output$chart <- render_echart(funnel_steps(steps()$name, steps()$sessions, step_notes(steps(), locale),
                                               locale$say("kpi.sessions.label")))
    output$table <- renderUI(plain_table(funnel_columns(locale), rows_of(steps()), locale$say("funnel.steps")))
    output$segments <- renderUI({
      if (!length(segments())) return(nothing(locale$say("table.none")))
      plain_table(segment_columns(locale, by()), segments(), locale$say("funnel.segments"), sorting = sorting())
    })
    offer_csv(session, input, "funnel", c("segment", FUNNEL_STEPS, "rate"), function() isolate(segments()),
              context$period)
  })
}

funnel_columns <- function(locale) {
  say <- locale$say
  list(
    text_column(say("table.step"), "name"),
    count_column(locale, say("kpi.sessions.label"), "sessions"),
    percent_column(locale, say("funnel.kept"), "from_previous"),
    column(say("funnel.lost"), class = "number",
           cell = function(row) if (isTRUE(row$lost > 0)) locale$count(row$lost) else DASH),
    column(say("funnel.of_all"), class = "with-bar", cell = function(row) {
      tagList(share_bar(row$from_first), tags$span(locale$percent(row$from_first)))
    })
  )
}

segment_columns <- function(locale, by) {
  c(
    list(column(locale$say(paste0("filter.", by)), sort = "segment",
                cell = function(row) locale$label(by, row$segment))),
    lapply(FUNNEL_STEPS, function(step) count_column(locale, locale$label("step", step), step)),
    list(percent_column(locale, locale$say("table.conversion"), "rate"))
  )
}
