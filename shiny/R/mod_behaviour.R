# Behaviour: which ways do visitors take, where do they enter and leave, what do they search for?

PAGE_LISTS <- c("entry", "exit", "all")
PAGE_FIELDS <- c("path", "views", "sessions", "entries", "exits", "bounceRate", "exitRate")
SEARCH_FIELDS <- c("query", "searches", "sessions", "productViews", "orders", "conversionRate")

mod_behaviour_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    panel(say("behaviour.flow"), subtitle = say("behaviour.flow_sub"),
          echart_output(ns("flow"), say("behaviour.flow_label"), "24rem")),
    div(
      class = "grid-2",
      panel(say("behaviour.paths"), subtitle = say("behaviour.paths_sub"), skeleton_output(ns("paths"), 6L)),
      panel(say("behaviour.searches"), subtitle = say("behaviour.searches_sub"),
            aside = csv_button(ns, locale, "csv_searches"),
            skeleton_output(ns("searches"), 6L))
    ),
    panel(say("behaviour.pages"), subtitle = say("behaviour.pages_sub"), aside = tagList(
      segmented(ns("kind"), say("behaviour.pages"), named_choices(PAGE_LISTS, "behaviour.kind", locale)),
      csv_button(ns, locale)
    ), skeleton_output(ns("pages"), 6L))
  )
}

mod_behaviour_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    api <- context$api
    kind <- kept_choice(context, input, session, "kind", PAGE_LISTS)
    sorting <- sort_choice(input, session, reactive(c(entry = "entries", exit = "exits", all = "views")[[kind()]]),
                           PAGE_FIELDS, ascending = "path")
    answer <- watch_period(context, function(period, extra) api$paths(period))
    pages <- watch_period(context, extra = kind, fetch = function(period, kind) api$pages(period, kind, 15L))
    searches <- watch_period(context, function(period, extra) api$searches(period, 15L))
    serve_frame(output, answer$state, locale, is_empty = function(data) !length(data$links) && !length(data$paths))
    output$flow <- render_echart({
      parts <- flow_parts(req(answer$state()$data), locale)
      if (length(parts$links)) flow(parts$nodes, parts$links)
    })
    output$paths <- renderUI({
      plain_table(path_columns(locale), req(answer$state()$data)$paths, locale$say("behaviour.paths"))
    })
    output$pages <- renderUI(panel_content(pages$state(), locale, function(data) {
      if (!length(data$rows)) return(nothing(locale$say("table.none")))
      plain_table(page_columns(locale), sort_rows(data$rows, sorting()), locale$say("behaviour.pages"),
                  sorting = sorting())
    }))
    output$searches <- renderUI(panel_content(searches$state(), locale, function(data) {
      if (!length(data$rows)) return(nothing(locale$say("behaviour.no_searches")))
      plain_table(search_columns(locale), data$rows, locale$say("behaviour.searches"))
    }))
    offer_csv(session, input, "pages", PAGE_FIELDS, function() req(isolate(pages$state())$data)$rows, context$period)
    offer_csv(session, input, "searches", SEARCH_FIELDS, function() req(isolate(searches$state())$data)$rows,
              context$period,
              "csv_searches")
  })
}

path_columns <- function(locale) {
  say <- locale$say
  list(
    column(say("behaviour.path"), function(row) {
      tags$span(class = "path-steps",
                lapply(row$path, function(kind) tags$span(class = "path-step", locale$label("kind", kind))))
    }),
    count_column(locale, say("kpi.sessions.label"), "sessions"),
    percent_column(locale, say("table.share"), "share")
  )
}

page_columns <- function(locale) {
  say <- locale$say
  list(
    path_column(say("table.page"), "path", class = "long path", sort = "path"),
    count_column(locale, say("metric.views"), "views"),
    count_column(locale, say("kpi.sessions.label"), "sessions", class = "number hide-narrow"),
    count_column(locale, say("table.entries"), "entries"), count_column(locale, say("table.exits"), "exits"),
    percent_column(locale, say("table.bounce"), "bounceRate", class = "number hide-narrow"),
    percent_column(locale, say("table.exit_rate"), "exitRate")
  )
}

search_columns <- function(locale) {
  say <- locale$say
  list(
    text_column(say("behaviour.query"), "query", class = "long"),
    count_column(locale, say("behaviour.times"), "searches"),
    count_column(locale, say("kpi.sessions.label"), "sessions", class = "number hide-narrow"),
    count_column(locale, say("kpi.orders.label"), "orders"),
    percent_column(locale, say("table.conversion"), "conversionRate")
  )
}
