# Funnel: how far do sessions get, and where do they leave?

mod_funnel_ui <- function(id) {
  ns <- NS(id)
  page_frame(
    ns,
    panel("From visit to purchase", subtitle = textOutput(ns("leak"), inline = TRUE),
          echart_output(ns("chart"), "Funnel of sessions over five steps; the table below has its numbers", "24rem")),
    panel("Steps", subtitle = "Sessions that reached a step", skeleton_output(ns("table"), 5L))
  )
}

mod_funnel_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    answer <- watch_period(context, function(period, extra) context$api$funnel(period))
    steps <- reactive(funnel_table(req(answer$state()$data)))
    serve_frame(output, answer$state, function(data) {
      table <- funnel_table(data)
      !nrow(table) || !isTRUE(table$sessions[[1]] > 0)
    })
    output$leak <- renderText(largest_leak(steps()) %||% "")
    output$chart <- render_echart(funnel_steps(steps()$name, steps()$sessions, step_notes(steps())))
    output$table <- renderUI(plain_table(FUNNEL_COLUMNS, rows_of(steps()), "Steps of the funnel"))
  })
}

FUNNEL_COLUMNS <- list(
  list(label = "Step", cell = function(row) row$name),
  list(label = "Sessions", class = "number", cell = function(row) count(row$sessions)),
  list(label = "Kept", class = "number", cell = function(row) percent(row$from_previous)),
  list(label = "Lost", class = "number", cell = function(row) if (isTRUE(row$lost > 0)) count(row$lost) else DASH),
  list(label = "Of all", class = "with-bar", cell = function(row) {
    share <- if (is.na(row$from_first)) 0 else max(0, min(1, row$from_first))
    tagList(div(class = "share-bar", `aria-hidden` = "true", div(style = sprintf("width:%.2f%%", share * 100))),
            tags$span(percent(row$from_first)))
  })
)
