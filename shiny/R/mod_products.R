# Products: which are looked at, which are bought? One product in detail; categories and brands beside them.

PRODUCT_GROUPS <- c("product", "category", "brand")

mod_products_ui <- function(id, locale) {
  ns <- NS(id)
  say <- locale$say
  page_frame(
    ns,
    mod_product_ui(ns("one"), locale),
    panel(say("products.top"), subtitle = sub_text(ns("top_sub")), aside = tagList(
      segmented(ns("by"), say("products.by"), named_choices(PRODUCT_GROUPS, "products.by", locale)),
      segmented(ns("metric"), say("products.metric"), named_choices(PRODUCT_METRICS, "metric", locale))
    ), echart_output(ns("top"), say("products.top_label"), "20rem")),
    panel(
      sub_text(ns("list_title")), subtitle = say("products.list_sub"),
      aside = tagList(search_input(ns("q"), say("products.find")), csv_button(ns, locale)),
      skeleton_output(ns("table"), 8L), mod_pages_ui(ns("pages"), locale)
    )
  )
}

mod_products_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    locale <- context$locale
    api <- context$api
    by <- kept_choice(context, input, session, "by", PRODUCT_GROUPS)
    metric <- kept_choice(context, input, session, "metric", PRODUCT_METRICS)
    find <- kept_text(context, input, session, "q")
    sorting <- sort_choice(input, session, reactive("revenue"), c(PRODUCT_FIELDS, "value"))
    opened <- mod_product_server("one", context)
    observeEvent(input$open, context$link$set("product", input$open))
    observeEvent(input$narrow, {
      if (by() != "product") context$open(stats::setNames(list(input$narrow, NULL), c(by(), "by")))
    })

    asked <- reactive(list(by = by(), metric = metric(), sort = sorting()[c("by", "descending")], q = find(),
                           offset = pages$offset()))
    answer <- watch_period(context, extra = asked, fetch = function(period, extra) {
      if (extra$by != "product") return(api$categories(period, extra$by))
      ask_all(top = api$products(period, sort = extra$metric, limit = 10L),
              list = do.call(api$products, c(list(period), product_question(extra), limit = PRODUCTS_PER_PAGE)))
    })
    pages <- mod_pages_server("pages", locale, PRODUCTS_PER_PAGE, total = reactive(answer$state()$data$list$total),
                              reset = reactive(list(context$period(), by(), find(), sorting())))
    serve_frame(output, answer$state, locale, empty = "empty.products", is_empty = function(data) {
      if (is.null(data$list)) !length(data$rows) else !length(data$top$products)
    })
    data <- reactive(req(answer$state()$data))
    # What the answer is about: while another is asked, the former stays.
    grouped <- reactive(is.null(data()$list))
    shown <- reactive(if (grouped()) data()$by %||% by() else "product")
    currency <- reactive(data()$currency %||% data()$list$currency %||% context$period()$currency)

    output$top_sub <- renderText(locale$say("products.top_sub", what = locale$say(paste0("metric.", metric()))))
    output$list_title <- renderText(locale$say(paste0("products.all_", shown())))
    output$top <- render_echart({
      top <- top_ten(if (grouped()) data()$rows else data()$top$products, metric())
      names <- vapply(top, function(row) if (grouped()) text_or_dash(row$value) else product_name(row), "")
      ranked_bars(names, vapply(top, function(row) as_number(row[[metric()]]), 0),
                  locale$say(paste0("metric.", metric())),
                  metric_formats(if (metric() == "revenue") locale$currency_look(currency())), label_width = 230L)
    })
    output$table <- renderUI({
      rows <- if (grouped()) matching(sort_rows(data()$rows, sorting()), find()) else data()$list$products
      if (!length(rows)) return(nothing(locale$say("table.no_match")))
      first <- if (grouped()) group_column(locale, shown(),
                                           session$ns("narrow")) else product_column(locale, session$ns("open"))
      plain_table(c(first, product_columns(locale, currency())), rows, locale$say(paste0("products.all_", shown())),
                  sorting = sorting())
    })
    offer_csv(session, input, "products", c(PRODUCT_FIELDS, "value"), period = context$period, rows = function() {
      extra <- isolate(asked())
      if (extra$by != "product") return(isolate(data())$rows)
      extra$offset <- 0L
      promises::then(do.call(api$products, c(list(isolate(context$period())), product_question(extra), limit = 500L)),
                     function(answer) answer$products)
    })
    opened
  })
}

product_question <- function(extra) {
  list(sort = extra$sort$by, order = if (extra$sort$descending) "desc" else "asc", offset = extra$offset,
       q = if (nzchar(extra$q)) extra$q)
}

matching <- function(rows, find) {
  if (!nzchar(find)) return(rows)
  Filter(function(row) grepl(tolower(find), tolower(text_or_dash(row$value)), fixed = TRUE), rows)
}

product_column <- function(locale, input) {
  list(
    column(locale$say("table.product"), class = "product-name", sort = "name", cell = function(row) {
      value_button(input, row$productId, product_name(row), class = "link-button")
    }),
    text_column(locale$say("table.category"), "category", class = "quiet hide-narrow"),
    text_column(locale$say("table.brand"), "brand", class = "quiet hide-narrow")
  )
}

group_column <- function(locale, by, input) {
  list(column(locale$say(paste0("table.", by)), class = "product-name", sort = "value", cell = function(row) {
    if (is_blank(row$value)) return(DASH)
    value_button(input, row$value, row$value, class = "link-button", title = locale$say("products.narrow"))
  }))
}

product_columns <- function(locale, currency) {
  say <- locale$say
  list(
    count_column(locale, say("metric.views"), "views"), count_column(locale, say("metric.addToCarts"), "addToCarts"),
    count_column(locale, say("metric.purchases"), "purchases"),
    percent_column(locale, say("products.view_to_cart"), "viewToCartRate", class = "number hide-narrow"),
    percent_column(locale, say("products.cart_to_purchase"), "cartToPurchaseRate", class = "number hide-narrow"),
    money_column(locale, say("metric.revenue"), "revenue", currency)
  )
}
