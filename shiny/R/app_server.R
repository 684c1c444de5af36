# Puts a session together: the route (what the URL says), the site (the default answer), and the pages.

#' @param pages See `dashboard_pages`.
#' @param api See `admin_api`; @param warehouse see `open_warehouse`.
#' @return A Shiny server function. Each page's server gets a `context` list: `api`, `warehouse`, `site` (state, see
#'   `live`), `period` (reactive, see `period_of`; NULL until the site is known), `active` (reactive: is the page open?)
#'   and `link` (`get(name)`, `set(name, text)`: the page's own part of the URL), `every` (seconds between refreshes).
app_server <- function(pages, api, warehouse, refresh_seconds = 30) {
  function(input, output, session) {
    session$allowReconnect("force") # a restarted dashboard is taken up again without a reload
    ids <- names(pages)
    route <- reactiveVal(parse_route(isolate(session$clientData$url_search), ids))
    go <- function(change) {
      former <- isolate(route())
      new <- change(former)
      if (identical(new, former)) return(invisible())
      route(new)
      # Typing in a search field is not a step to go back to; a page or a period is.
      same_view <- identical(new[names(new) != "extra"], former[names(former) != "extra"])
      updateQueryString(route_query(new), if (same_view) "replace" else "push", session)
    }
    observeEvent(session$clientData$url_search, {
      shown <- parse_route(session$clientData$url_search, ids)
      if (!identical(shown, route())) route(shown)
    }, ignoreInit = TRUE)

    site <- live(
      question = reactive(list(bots = route()$bots)), fetch = function(asked) api$overview(list(bots = asked$bots)),
      every = refresh_seconds
    )
    observeEvent(input$page, go(function(old) {
      make_route(input$page, old$from, old$to, old$bots, if (identical(input$page, old$page)) old$extra, ids)
    }))
    observeEvent(input$filter, go(function(old) {
      make_route(old$page, input$filter$from, input$filter$to, input$filter$bots, old$extra, ids)
    }))
    observeEvent(input$preset, {
      newest <- site$state()$data$to
      days <- suppressWarnings(as.integer(input$preset$days))
      if (is.null(newest) || !isTRUE(days %in% PRESET_DAYS)) return()
      # The default answer is the newest 28 days; unnamed, it moves on with the data.
      range <- if (days == 28L) list() else preset_range(days, newest)
      go(function(old) make_route(old$page, range$from, range$to, old$bots, old$extra, ids))
    })
    period <- steady(reactive({
      known <- site$state()$data
      if (is.null(known)) NULL else period_of(route(), known)
    }))
    open_page <- steady(reactive(route()$page))
    observe(session$sendCustomMessage("view", view_of(route(), period(), site$state()$data$to, ids)))

    mod_badge_server("badge", api, reactive(period()$time_zone), site$state, refresh_seconds)
    lapply(pages, function(page) {
      page$server(page$id, list(
        api = api, warehouse = warehouse, site = site$state, period = period, every = refresh_seconds,
        active = reactive(identical(open_page(), page$id)), link = page_link(route, go, ids)
      ))
    })
  }
}

#' A page's own part of the URL.
page_link <- function(route, go, ids) {
  list(
    get = function(name) route()$extra[[name]],
    set = function(name, text) {
      go(function(old) {
        old$extra[[name]] <- if (nzchar(text)) text
        make_route(old$page, old$from, old$to, old$bots, old$extra, ids)
      })
    }
  )
}

#' What the browser's shell has to show of the route: see www/shell.js.
view_of <- function(route, period, newest, ids) {
  days <- if (is.null(period)) 0L else days_in(period)
  bare <- route
  bare$extra <- list()
  list(
    page = route$page, bots = route$bots, named = !is.null(route$from),
    from = period$from %||% route$from, to = period$to %||% route$to,
    newest = newest, preset = if (days > 0L && identical(period$to, newest)) days,
    links = stats::setNames(lapply(ids, function(id) route_query(utils::modifyList(bare, list(page = id)))), ids)
  )
}

#' Keep an answer about the period fresh, for a page.
#'
#' @param fetch `function(period, extra)` giving a promise or a value.
#' @param extra Reactive: what else the answer depends on.
#' @return As `live`; while the site itself is not known, its state.
watch_period <- function(context, fetch, extra = reactive(NULL), every = context$every) {
  question <- reactive({
    period <- context$period()
    if (is.null(period) || is.null(period$from)) NULL else list(period = period, extra = extra())
  })
  answer <- live(question, function(asked) fetch(asked$period, asked$extra), context$active, every)
  state <- reactive({
    period <- context$period()
    if (is.null(period)) context$site()
    else if (is.null(period$from)) list(phase = "ready", data = NULL)
    else answer$state()
  })
  list(state = state, reload = answer$reload)
}
