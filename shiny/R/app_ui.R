# The shell around the pages. It is drawn from the URL, so that the first paint is the page asked for.

PRESET_DAYS <- c(`7 days` = 7L, `28 days` = 28L, `90 days` = 90L, `1 year` = 365L)

#' @param pages See `dashboard_pages`.
#' @return `function(request)`: the page, or the answer of a health check.
app_ui <- function(pages) {
  function(request) {
    if (startsWith(request$PATH_INFO %||% "/", "/health/")) {
      return(shiny::httpResponse(200L, "application/json", "{\"status\": \"ok\"}"))
    }
    route <- parse_route(request$QUERY_STRING, names(pages))
    bslib::page(
      theme = dashboard_theme(), title = paste(pages[[route$page]]$title, "\u00b7 Clickstream"), lang = "en",
      table_assets(),
      dashboard_assets(),
      tags$a(class = "skip-link", href = "#content", "Skip to the content"),
      div(
        class = "shell",
        side_bar(pages, route),
        div(
          class = "main-column",
          top_bar(pages, route),
          filter_bar(route, shown = pages[[route$page]]$filtered),
          tags$main(id = "content", tabindex = "-1", lapply(pages, function(page) {
            tags$section(
              id = paste0("page-", page$id), class = "page", `aria-label` = page$title,
              `data-title` = page$title, `data-filtered` = if (page$filtered) "true" else "false",
              hidden = if (page$id != route$page) NA, page$ui(page$id)
            )
          }))
        )
      )
    )
  }
}

side_bar <- function(pages, route) {
  tags$nav(
    class = "side-bar", `aria-label` = "Pages",
    tags$a(class = "brand", href = "?page=overview", `data-page` = "overview",
           tags$img(src = "favicon.svg", alt = "", width = 26, height = 26), tags$span("Clickstream")),
    tags$ul(lapply(pages, function(page) {
      tags$li(tags$a(
        class = "nav-item", href = route_query(utils::modifyList(route, list(page = page$id))), `data-page` = page$id,
        `aria-current` = if (page$id == route$page) "page",
        icon_svg(page$id), tags$span(class = "nav-long", page$title), tags$span(class = "nav-short", page$short)
      ))
    }))
  )
}

top_bar <- function(pages, route) {
  tags$header(
    class = "top-bar",
    div(tags$h1(id = "page-title", pages[[route$page]]$title)),
    div(
      class = "top-tools",
      mod_badge_ui("badge"),
      tags$button(id = "scheme-toggle", type = "button", class = "icon-button", `aria-label` = "Switch to dark colours",
                  icon_svg("moon", "when-light"), icon_svg("sun", "when-dark"))
    )
  )
}

filter_bar <- function(route, shown) {
  tags$form(
    id = "filter-bar", class = "filter-bar", role = "search", `aria-label` = "Period and visitors",
    hidden = if (!shown) NA,
    div(class = "segmented-buttons", role = "group", `aria-label` = "Last days with data",
        lapply(names(PRESET_DAYS), function(name) {
          tags$button(type = "button", `data-days` = PRESET_DAYS[[name]], `aria-pressed` = "false", name)
        })),
    div(
      class = "date-range", role = "group", `aria-label` = "Period",
      tags$input(id = "filter-from", type = "date", `aria-label` = "First day", value = route$from),
      tags$span(`aria-hidden` = "true", "\u2013"),
      tags$input(id = "filter-to", type = "date", `aria-label` = "Last day", value = route$to)
    ),
    switch_input("filter-bots", "Include bots", route$bots),
    tags$span(id = "filter-note", class = "filter-note", role = "status")
  )
}
