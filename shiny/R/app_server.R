# Puts a session together: the route (what the URL says), the site (the default answer), and the pages.

#' @param pages See `dashboard_pages`; @param locales see `read_locales`.
#' @param api See `admin_api`; @param warehouse see `open_warehouse`.
#' @return A Shiny server function. Each page's server gets a `context` list: `api`, `warehouse`, `locale`, `site`
#'   (state, see `live`), `period` (reactive, see `period_of`; NULL until the site is known), `active` (reactive: is the
#'   page open?), `link` (`get(name)`, `set(name, text)`: the page's own part of the URL), `open(changes)` (go to
#'   another view), `every` (seconds between refreshes).
app_server <- function(pages, locales, api, warehouse, refresh_seconds = 30) {
  function(input, output, session) {
    session$allowReconnect("force") # a restarted dashboard is taken up again without a reload
    ids <- names(pages)
    route <- reactiveVal(parse_route(isolate(session$clientData$url_search), ids))
    # The page says in which language it was drawn: see `app_ui`.
    locale <- locales[[choose_language(isolate(input$language), NULL, names(locales))]]
    go <- function(changes) {
      former <- isolate(route())
      new <- change_route(former, changes, ids)
      if (identical(new, former)) return(invisible())
      route(new)
      # Typing in a search field is not a step to go back to; a page or a period is.
      same_view <- identical(new[names(new) != "extra"], former[names(former) != "extra"])
      if (!same_view) echoes$expect(new)
      updateQueryString(route_query(new), if (same_view) "replace" else "push", session)
    }
    echoes <- route_echoes()
    observeEvent(session$clientData$url_search, {
      shown <- parse_route(session$clientData$url_search, ids)
      if (!echoes$is_echo(shown) && !identical(shown, route())) route(shown)
    }, ignoreInit = TRUE)

    site <- live(
      question = reactive(list(bots = route()$bots)), fetch = function(asked) api$overview(list(bots = asked$bots)),
      every = refresh_seconds
    )
    observeEvent(input$page, go(list(page = input$page)))
    observeEvent(input$filter, go(filter_changes(input$filter)))
    observeEvent(input$preset, {
      newest <- site$state()$data$to
      days <- suppressWarnings(as.integer(input$preset$days))
      if (is.null(newest) || !isTRUE(days %in% PRESET_DAYS)) return()
      # The default answer is the newest 28 days; unnamed, it moves on with the data.
      range <- if (days == 28L) list() else preset_range(days, newest)
      go(list(from = range$from, to = range$to))
    })
    period <- steady(reactive({
      known <- site$state()$data
      if (is.null(known)) NULL else period_of(route(), known)
    }))
    open_page <- steady(reactive(route()$page), isolate(route()$page))
    observe(session$sendCustomMessage("view", view_of(route(), period(), site$state()$data$to, ids)))

    choices <- live(
      question = reactive({
        asked <- period()
        if (is.null(asked$from)) return(NULL)
        asked$filters <- list() # what can be chosen does not shrink with what is chosen
        asked
      }),
      fetch = api$dimensions, active = reactive(isTRUE(pages[[open_page()]]$filtered)), every = 10 * refresh_seconds
    )
    observe({
      known <- choices$state()$data
      if (!is.null(known)) session$sendCustomMessage("choices", filter_choices(known, locale))
    })

    mod_badge_server("badge", api, locale, reactive(period()$time_zone), site$state, refresh_seconds)
    # A page's server starts when the page is first opened: ten at once take a second of a session's start.
    started <- character()
    observe({
      page <- pages[[open_page()]]
      if (page$id %in% started) return()
      started <<- c(started, page$id)
      isolate(page$server(page$id, list(
        api = api, warehouse = warehouse, locale = locale, site = site$state, period = period,
        every = refresh_seconds, active = reactive(identical(open_page(), page$id)), link = page_link(route, go),
        open = go
      )))
    })
  }
}

#' Tells the browser's report of a URL that we gave it from one that the visitor went to.
#'
#' The report of a step comes late, perhaps after the next one: taken for a wish, it would lead back.
route_echoes <- function() {
  expected <- list()
  list(
    expect = function(route) expected <<- c(expected, list(route)),
    is_echo = function(route) {
      at <- match(TRUE, vapply(expected, identical, TRUE, route))
      if (is.na(at)) return(FALSE)
      expected <<- expected[-seq_len(at)]
      TRUE
    }
  )
}

#' A page's own part of the URL.
page_link <- function(route, go) {
  list(
    get = function(name) route()$extra[[name]],
    set = function(name, text) go(stats::setNames(list(if (!is_blank(text)) text), name))
  )
}

#' What the browser's filter bar says, as changes of the route; what it does not name is taken away.
filter_changes <- function(chosen) {
  names <- c("from", "to", FILTERS)
  changes <- stats::setNames(lapply(names, function(name) if (!is_blank(chosen[[name]])) chosen[[name]]), names)
  c(changes, list(bots = if (isTRUE(chosen$bots)) "true"))
}

#' What the browser's shell has to show of the route: see www/shell.js.
view_of <- function(route, period, newest, ids) {
  days <- if (is.null(period)) 0L else days_in(period)
  list(
    page = route$page, bots = route$bots, named = !is.null(route$from),
    from = period$from %||% route$from, to = period$to %||% route$to,
    newest = newest, preset = if (days > 0L && identical(period$to, newest)) days,
    filters = if (length(route$filters)) route$filters, query = route_query(route),
    links = stats::setNames(lapply(ids, function(id) page_query(route, id)), ids)
  )
}

DIMENSION_NAMES <- c(channel = "channels", device = "devices", country = "countries", category = "categories",
                     brand = "brands", login = "loginStates")
MOST_CHOICES <- 200L

#' What each filter can be, as `value` and `label`, most visited first.
#'
#' @param answer Parsed answer of `/v1/dw/dimensions`.
filter_choices <- function(answer, locale) {
  lapply(stats::setNames(DIMENSION_NAMES, names(DIMENSION_NAMES)), function(member) {
    family <- names(DIMENSION_NAMES)[DIMENSION_NAMES == member]
    rows <- Filter(function(row) !is_blank(row$value), utils::head(answer[[member]], MOST_CHOICES))
    lapply(rows, function(row) list(value = row$value, label = locale$label(family, row$value)))
  })
}
