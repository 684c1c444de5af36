# One product in detail, above the list: its figures, and how it went over time.

mod_product_ui <- function(id, locale) {
  ns <- NS(id)
  div(id = ns("slot"), class = "drill-down", conditional_slot(ns, locale))
}

conditional_slot <- function(ns, locale) {
  panel(
    sub_text(ns("title")), subtitle = sub_text(ns("sub")),
    aside = actionButton(ns("close"), locale$say("products.close"), class = "quiet-button"),
    skeleton_output(ns("figures"), 1L, "mini-figures"),
    echart_output(ns("chart"), locale$say("products.one_label"), "14rem")
  )
}

#' @return Reactive: the id of the open product, NULL for none.
mod_product_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    say <- locale$say
    chosen <- reactive(if (context$active()) context$link$get("product"))
    observe(session$sendCustomMessage("show", list(id = session$ns("slot"), on = !is.null(chosen()))))
    observeEvent(input$close, context$link$set("product", NULL))
    only_open <- context
    only_open$active <- reactive(context$active() && !is.null(chosen()))
    answer <- watch_period(only_open, extra = chosen, fetch = function(period, id) {
      if (is.null(id)) NULL else context$api$product(period, id)
    })
    data <- reactive({
      req(chosen())
      req(answer$state()$data)
    })
    currency <- reactive(data()$currency %||% context$period()$currency)
    output$title <- renderText({
      found <- answer$state()$data$product
      if (is.null(found)) text_or_dash(chosen()) else product_name(found)
    })
    output$sub <- renderText({
      state <- answer$state()
      if (is.null(state$data) && !is.null(state$error)) return(conditionMessage(state$error))
      found <- data()$product
      paste(Filter(Negate(is_blank), list(found$productId, found$category, found$brand)), collapse = " \u00b7 ")
    })
    output$figures <- renderUI({
      found <- data()$product
      figure <- function(label, value) div(class = "mini-figure", tags$span(label), tags$strong(value))
      tagList(
        figure(say("metric.views"), locale$count(as_number(found$views))),
        figure(say("metric.addToCarts"), locale$count(as_number(found$addToCarts))),
        figure(say("metric.purchases"), locale$count(as_number(found$purchases))),
        figure(say("products.view_to_cart"), locale$percent(as_number(found$viewToCartRate))),
        figure(say("products.cart_to_purchase"), locale$percent(as_number(found$cartToPurchaseRate))),
        figure(say("metric.revenue"), locale$money(as_number(found$revenue), currency(), full = TRUE))
      )
    })
    output$chart <- render_echart({
      points <- data()$points
      values <- function(field) vapply(points, function(point) as.numeric(point[[field]] %||% 0), 0)
      labels <- point_labels(list(points = points, grain = data()$grain, timeZone = data()$timeZone), locale)
      time_lines(labels, list(
        list(name = say("metric.views"), values = values("views"), colour = "var(--accent)"),
        list(name = say("metric.addToCarts"), values = values("addToCarts"), colour = "var(--second)"),
        list(name = say("metric.purchases"), values = values("purchases"), colour = "var(--third)")
      ))
    })
    chosen
  })
}
