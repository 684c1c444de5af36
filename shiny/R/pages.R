# The pages, in the order of the menu. A new page is one file with its module, one line here, and its words.

dashboard_pages <- function() {
  index_by_id(list(
    page("overview", mod_overview_ui, mod_overview_server),
    page("acquisition", mod_acquisition_ui, mod_acquisition_server),
    page("behaviour", mod_behaviour_ui, mod_behaviour_server),
    page("funnel", mod_funnel_ui, mod_funnel_server),
    page("products", mod_products_ui, mod_products_server),
    page("trends", mod_trends_ui, mod_trends_server),
    page("retention", mod_retention_ui, mod_retention_server),
    page("sessions", mod_sessions_ui, mod_sessions_server, group = "detail"),
    page("events", mod_events_ui, mod_events_server, group = "detail"),
    page("quality", mod_quality_ui, mod_quality_server, group = "data", filtered = FALSE)
  ))
}

#' @param id Its name in the URL, of its icon in icons.R, and of its words: `page.<id>.title` and `page.<id>.short`.
#' @param ui `function(id, locale)`; @param server `function(id, context)`, see `app_server` for the context.
#' @param group Pages of a group stand together in the menu, under the words `nav.<group>`.
#' @param filtered Whether the filter bar means anything to it.
page <- function(id, ui, server, group = "shop", filtered = TRUE) {
  list(id = id, ui = ui, server = server, group = group, filtered = filtered)
}

index_by_id <- function(pages) stats::setNames(pages, vapply(pages, function(page) page$id, ""))
