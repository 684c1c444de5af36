# The pages, in the order of the menu. A new page is one file with its module and one line here.

dashboard_pages <- function() {
  index_by_id(list(
    page("overview", "Overview", mod_overview_ui, mod_overview_server),
    page("products", "Products", mod_products_ui, mod_products_server),
    page("funnel", "Funnel", mod_funnel_ui, mod_funnel_server),
    page("events", "Events", mod_events_ui, mod_events_server),
    page("quality", "Data quality", mod_quality_ui, mod_quality_server, filtered = FALSE, short = "Data")
  ))
}

#' @param id Its name in the URL, and of its icon in icons.R.
#' @param ui `function(id)`; @param server `function(id, context)`, see `app_server` for the context.
#' @param filtered Whether the filter bar means anything to it.
#' @param short Title where there is little room.
page <- function(id, title, ui, server, filtered = TRUE, short = title) {
  list(id = id, title = title, ui = ui, server = server, filtered = filtered, short = short)
}

index_by_id <- function(pages) stats::setNames(pages, vapply(pages, function(page) page$id, ""))
