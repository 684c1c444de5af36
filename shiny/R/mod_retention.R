# Retention: new and returning visitors, and who comes back by weekly cohort.

mod_retention_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    skeleton_output(ns("totals"), 4L, "kpi-grid kpi-grid-4"),
    panel(say("retention.over_time"), subtitle = sub_text(ns("over_time_sub")),
          echart_output(ns("over_time"), say("retention.over_time_label"), "16rem")),
    panel(say("retention.cohorts"), subtitle = say("retention.cohorts_sub"), aside = csv_button(ns, locale),
          skeleton_output(ns("cohorts"), 6L))
  )
}

mod_retention_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    say <- locale$say
    answer <- watch_period(context, function(period, extra) context$api$visitors(period))
    retention <- watch_period(context, function(period, extra) context$api$retention(period))
    serve_frame(output, answer$state, locale, is_empty = function(data) {
      !isTRUE(as_number(data$totals$new) + as_number(data$totals$returning) > 0)
    })
    data <- reactive(req(answer$state()$data))
    output$totals <- renderUI(visitor_cards(data()$totals, locale))
    output$over_time_sub <- renderText(paste0(period_label(data(), locale), ". ", say("retention.by_day")))
    output$over_time <- render_echart({
      values <- function(field) vapply(data()$points, function(point) as.numeric(point[[field]] %||% 0), 0)
      stacked_bars(point_labels(data(), locale), list(
        list(name = say("retention.new"), values = values("new"), colour = "var(--accent)"),
        list(name = say("retention.returning"), values = values("returning"), colour = "var(--second)")
      ))
    })
    output$cohorts <- renderUI(panel_content(retention$state(), locale, function(data) {
      rows <- cohort_rows(data)
      if (!length(rows)) return(nothing(say("table.none")))
      plain_table(cohort_columns(rows, locale), rows, say("retention.cohorts"), "cohort-table")
    }))
    offer_csv(session, input, "retention", c("cohort", "week", "visitors", "returned", "rate"), period = context$period,
              rows = function() {
      do.call(c, lapply(cohort_rows(req(isolate(retention$state())$data)), function(row) {
        lapply(seq_along(row$weeks), function(i) {
          list(cohort = row$week, week = row$weeks[[i]], visitors = row$visitors, returned = row$counts[[i]],
               rate = row$rates[[i]])
        })
      }))
    })
  })
}

visitor_cards <- function(totals, locale) {
  number <- function(field) as_number(totals[[field]])
  all <- number("new") + number("returning")
  orders <- number("newOrders") + number("returningOrders")
  card <- function(id, value, note) {
    div(class = "kpi", role = "group", `aria-label` = locale$say(paste0("retention.", id)), `data-kpi` = id,
        title = locale$say("retention.hint"),
        tags$p(class = "kpi-label", locale$say(paste0("retention.", id))),
        tags$p(class = "kpi-value", locale$compact(value)),
        tags$p(class = "kpi-change is-none", note))
  }
  of_all <- function(part, whole, key) locale$say(key, share = locale$percent(if (isTRUE(whole > 0)) part / whole))
  tagList(
    card("new", number("new"), of_all(number("new"), all, "retention.of_visitors")),
    card("returning", number("returning"), of_all(number("returning"), all, "retention.of_visitors")),
    card("new_orders", number("newOrders"), of_all(number("newOrders"), orders, "retention.of_orders")),
    card("returning_orders", number("returningOrders"),
         of_all(number("returningOrders"), orders, "retention.of_orders"))
  )
}

cohort_columns <- function(rows, locale) {
  say <- locale$say
  # A cohort of a handful of visitors would outshine all others.
  largest <- max(0, vapply(rows, function(row) row$visitors, 0))
  told <- Filter(function(row) row$visitors >= largest / 20, rows)
  strongest <- max(0.01, unlist(lapply(told, function(row) row$rates)), na.rm = TRUE)
  week_column <- function(week) {
    column(say("retention.week", n = week), class = "heat", cell = function(row) {
      rate <- rate_after(row, week)
      if (is.na(rate)) return("")
      tags$span(class = "heat-cell", style = sprintf("--heat:%.0f%%", 55 * min(1, rate / strongest)),
                title = locale$some("count.visitors", row$counts[[match(week, row$weeks)]]), locale$percent(rate))
    })
  }
  c(
    list(column(say("retention.cohort"), class = "when", cell = function(row) locale$day(substr(row$week, 1L, 10L))),
         count_column(locale, say("kpi.visitors.label"), "visitors")),
    lapply(seq_len(weeks_shown(rows)), week_column)
  )
}
