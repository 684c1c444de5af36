# The shell around the pages. It is drawn from the URL, so that the first paint is the page asked for.

PRESET_DAYS <- c(7L, 28L, 90L, 365L)

#' @param pages See `dashboard_pages`; @param locales see `read_locales`.
#' @return `function(request)`: the page, or the answer of a health check.
app_ui <- function(pages, locales) {
  function(request) {
    if (startsWith(request$PATH_INFO %||% "/", "/health/")) {
      return(shiny::httpResponse(200L, "application/json", "{\"status\": \"ok\"}"))
    }
    route <- parse_route(request$QUERY_STRING, names(pages))
    locale <- locales[[choose_language(route$lang, request$HTTP_ACCEPT_LANGUAGE, names(locales))]]
    say <- locale$say
    title <- function(page) say(paste0("page.", page$id, ".title"))
    bslib::page(
      theme = dashboard_theme(), title = paste(title(pages[[route$page]]), "\u00b7 Clickstream"), lang = locale$lang,
      dashboard_assets(locale),
      tags$input(id = "language", type = "text", value = locale$lang, hidden = NA), # for the server: see `app_server`
      tags$a(class = "skip-link", href = "#content", say("nav.skip")),
      div(
        class = "shell",
        side_bar(pages, route, locale),
        div(
          class = "main-column",
          top_bar(title(pages[[route$page]]), route, locale, names(locales)),
          filter_bar(route, shown = pages[[route$page]]$filtered, locale),
          tags$main(id = "content", tabindex = "-1", lapply(pages, function(page) {
            tags$section(
              id = paste0("page-", page$id), class = "page", `aria-label` = title(page),
              `data-title` = title(page), `data-filtered` = if (page$filtered) "true" else "false",
              hidden = if (page$id != route$page) NA, page$ui(page$id, locale)
            )
          }))
        )
      )
    )
  }
}

side_bar <- function(pages, route, locale) {
  say <- locale$say
  groups <- unique(vapply(pages, function(page) page$group, ""))
  tags$nav(
    class = "side-bar", `aria-label` = say("nav.pages"),
    tags$a(class = "brand", href = page_query(route, pages[[1]]$id), `data-page` = pages[[1]]$id,
           tags$img(src = "favicon.svg", alt = "", width = 26, height = 26), tags$span("Clickstream")),
    div(class = "nav-groups", lapply(groups, function(group) {
      tagList(
        tags$p(class = "nav-group", id = paste0("nav-", group), say(paste0("nav.", group))),
        tags$ul(`aria-labelledby` = paste0("nav-", group),
                lapply(unname(Filter(function(page) page$group == group, pages)), function(page) {
          tags$li(tags$a(
            class = "nav-item", href = page_query(route, page$id), `data-page` = page$id,
            `aria-current` = if (page$id == route$page) "page", icon_svg(page$id),
            tags$span(class = "nav-long", say(paste0("page.", page$id, ".title"))),
            tags$span(class = "nav-short", say(paste0("page.", page$id, ".short")))
          ))
        }))
      )
    }))
  )
}

#' The link to a page with the view's period, filters and language.
page_query <- function(route, id) {
  route$extra <- list()
  route$page <- id
  route_query(route)
}

top_bar <- function(title, route, locale, languages) {
  say <- locale$say
  tags$header(
    class = "top-bar",
    div(tags$h1(id = "page-title", title)),
    div(
      class = "top-tools",
      mod_badge_ui("badge", locale),
      lapply(setdiff(languages, locale$lang), function(code) {
        route$lang <- code
        tags$a(class = "language-link", href = route_query(route), lang = code, hreflang = code, `data-lang` = code,
               `aria-label` = paste0(toupper(code), ": ", say(paste0("language.", code))),
               title = say(paste0("language.", code)), toupper(code))
      }),
      tags$button(id = "scheme-toggle", type = "button", class = "icon-button", `aria-label` = say("scheme.dark"),
                  icon_svg("moon", "when-light"), icon_svg("sun", "when-dark"))
    )
  )
}

filter_bar <- function(route, shown, locale) {
  say <- locale$say
  tags$form(
    id = "filter-bar", class = "filter-bar", role = "search", `aria-label` = say("filter.bar"),
    hidden = if (!shown) NA,
    div(class = "segmented-buttons", role = "group", `aria-label` = say("filter.presets"),
        lapply(PRESET_DAYS, function(days) {
          tags$button(type = "button", `data-days` = days, `aria-pressed` = "false", say(paste0("filter.days_", days)))
        })),
    div(
      class = "date-range", role = "group", `aria-label` = say("filter.period"),
      tags$input(id = "filter-from", type = "date", `aria-label` = say("filter.from"), value = route$from),
      tags$span(`aria-hidden` = "true", DASH),
      tags$input(id = "filter-to", type = "date", `aria-label` = say("filter.to"), value = route$to)
    ),
    tags$button(id = "filter-toggle", type = "button", class = "quiet-button", `aria-expanded` = "false",
                `aria-controls` = "filter-more", icon_svg("funnel"), say("filter.more"),
                tags$span(id = "filter-count", class = "count-badge", hidden = NA)),
    div(
      id = "filter-more", class = "filter-more",
      lapply(FILTERS, function(name) {
        chosen <- route$filters[[name]]
        tags$select(
          id = paste0("filter-", name), class = "filter-select", `data-filter` = name,
          `aria-label` = say(paste0("filter.", name)),
          tags$option(value = "", say(paste0("filter.all_", name))),
          if (!is.null(chosen)) tags$option(value = chosen, selected = NA, locale$label(name, chosen))
        )
      }),
      switch_input("filter-bots", say("filter.bots"), route$bots),
      tags$button(id = "filter-clear", type = "button", class = "link-button", hidden = NA, say("filter.clear"))
    ),
    tags$span(id = "filter-note", class = "filter-note", role = "status")
  )
}
