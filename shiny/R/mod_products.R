# Products: which are looked at, which are bought?

RANKINGS <- c(revenue = "Revenue", views = "Views", purchases = "Purchases")

mod_products_ui <- function(id) {
  ns <- NS(id)
  page_frame(
    ns,
    panel("Top ten", aside = segmented(ns("by"), "Rank by", stats::setNames(names(RANKINGS), RANKINGS)),
          echart_output(ns("top"), "The ten leading products", "22rem")),
    panel("All products", subtitle = "From view to cart to purchase. Choose a column to sort by it.",
          DT::dataTableOutput(ns("table")))
  )
}

mod_products_server <- function(id, context) {
  moduleServer(id, function(input, output, session) {
    answer <- watch_period(context, function(period, extra) context$api$products(period))
    serve_frame(output, answer$state, function(data) !length(data$products), list(
      title = "No products in this period",
      text = paste("Products appear when events carry a product, as product_view and add_to_cart_click do.",
                   "Choose another period above.")
    ))
    products <- reactive(product_table(req(answer$state()$data)))
    currency <- reactive(req(answer$state()$data)$currency %||% "")

    output$top <- render_echart({
      by <- input$by %||% "revenue"
      top <- top_ten(products(), by)
      compact_format <- if (by == "revenue") number_format("money", currency()) else number_format("compact")
      full_format <- if (by == "revenue") number_format("moneyFull", currency()) else number_format("count")
      ranked_bars(top$name, top[[by]], RANKINGS[[by]], compact_format, full_format, label_width = 230L)
    })
    # Drawn once per currency; later answers replace the rows and leave sorting, search and page as they are.
    output$table <- DT::renderDataTable(server = TRUE, expr = {
      currency()
      products_datatable(isolate(products()), currency())
    })
    proxy <- DT::dataTableProxy("table")
    observeEvent(products(), ignoreInit = TRUE, {
      DT::replaceData(proxy, products(), resetPaging = FALSE, rownames = FALSE)
    })
  })
}

#' The table; numbers are written by www/format.js, texts are escaped by DT.
products_datatable <- function(table, currency) {
  look <- currency_look(currency)
  numbers <- function(code, targets) list(targets = targets, className = "number", render = DT::JS(code))
  DT::datatable(
    table, rownames = FALSE, escape = TRUE, selection = "none", style = "default", class = "product-table",
    colnames = c("Product", "Category", "Brand", "Views", "Carts", "Purchases", "View \u2192 cart",
                 "Cart \u2192 purchase", "Revenue"),
    options = list(
      pageLength = 15L, lengthChange = FALSE, autoWidth = FALSE, order = list(list(8L, "desc")),
      dom = "<'table-tools'f>t<'table-foot'ip>", pagingType = "simple_numbers",
      language = list(search = "", searchPlaceholder = "Find a product", info = "_START_\u2013_END_ of _TOTAL_",
                      infoEmpty = "None", infoFiltered = "(of _MAX_)", zeroRecords = "No product matches the search."),
      columnDefs = list(
        list(targets = 0L, className = "product-name"),
        list(targets = c(1L, 2L), className = "quiet hide-narrow"),
        numbers("clickstreamFormat.cell('count')", 3:5),
        numbers("clickstreamFormat.cell('percent')", 6:7),
        numbers(sprintf("clickstreamFormat.cell('moneyFull', %s)", jsonlite::toJSON(look, auto_unbox = TRUE)), 8L)
      )
    )
  )
}
