# The view as a query string: page, period, filters, language, and what a page adds. A link shows the same view.

MAX_TEXT <- 120L
#' What the warehouse's numbers can be narrowed to; the admin API calls them the same.
FILTERS <- c("channel", "device", "country", "category", "brand", "login")
ROUTE_NAMES <- c("page", "from", "to", "bots", "lang", FILTERS)

#' @param search `?page=products&from=2022-01-01&to=2022-01-31&channel=Direct&bots=true&event=search`; anything
#'   unusable is left out.
#' @param pages Ids of the pages; the first is the default.
#' @return A list: `page`, `from`, `to` (ISO dates or NULL: both or none), `bots`, `lang` (code or NULL), `filters`
#'   (named list of texts, see `FILTERS`), `extra` (named list of texts: the page's own).
parse_route <- function(search, pages) {
  route_of(shiny::parseQueryString(sub("^\\?", "", search %||% "")), pages)
}

route_of <- function(pairs, pages) {
  from <- iso_date(pairs[["from"]])
  to <- iso_date(pairs[["to"]])
  if (is.null(from) || is.null(to)) from <- to <- NULL
  if (!is.null(from) && from > to) {
    swapped <- from
    from <- to
    to <- swapped
  }
  texts <- Filter(function(text) is.character(text) && length(text) == 1L && !is.na(text) && nzchar(text), pairs)
  texts <- lapply(texts, substr, 1L, MAX_TEXT)
  named <- function(names) if (length(names)) texts[sort(names)] else list()
  list(
    page = if (isTRUE(texts[["page"]] %in% pages)) texts[["page"]] else pages[[1]], from = from, to = to,
    bots = identical(pairs[["bots"]], "true"),
    lang = if (isTRUE(grepl("^[a-z]{2}$", texts[["lang"]]))) texts[["lang"]],
    filters = named(intersect(names(texts), FILTERS)), extra = named(setdiff(names(texts), ROUTE_NAMES))
  )
}

#' A route with some of its parts named anew; NULL takes a part away. Another page has no use for the former's own.
change_route <- function(route, changes, pages) {
  pairs <- route_pairs(route)
  moved <- !is.null(changes[["page"]]) && !identical(changes[["page"]], route$page)
  if (moved) pairs <- pairs[setdiff(names(pairs), names(route$extra))]
  for (name in names(changes)) pairs[[name]] <- changes[[name]]
  route_of(pairs, pages)
}

route_pairs <- function(route) {
  pairs <- c(list(page = route$page, from = route$from, to = route$to), route$filters,
             list(bots = if (route$bots) "true", lang = route$lang), route$extra)
  Filter(Negate(is.null), pairs)
}

#' The query string of a route, without what is default.
route_query <- function(route) {
  pairs <- route_pairs(route)
  encoded <- vapply(pairs, utils::URLencode, "", reserved = TRUE)
  paste0("?", paste0(names(pairs), "=", encoded, collapse = "&"))
}

#' An ISO date of the calendar, or NULL.
iso_date <- function(text) {
  if (!is.character(text) || length(text) != 1L || !grepl("^\\d{4}-\\d{2}-\\d{2}$", text)) return(NULL)
  day <- as.Date(text, optional = TRUE)
  if (is.na(day)) NULL else format(day)
}

#' The period and the filters that a view asks for: the route's, else the default answer's dates.
#'
#' @param site Parsed default answer of `/v1/dw/overview` (its `from`, `to`, `timeZone`, `currency`).
period_of <- function(route, site) {
  list(
    from = route$from %||% site$from, to = route$to %||% site$to, bots = route$bots, filters = route$filters,
    time_zone = known_zone(site$timeZone), currency = site$currency %||% ""
  )
}

#' Days in a period, both ends included; 0 for an empty warehouse.
days_in <- function(period) {
  if (is.null(period$from) || is.null(period$to)) return(0L)
  as.integer(as.Date(period$to) - as.Date(period$from)) + 1L
}

#' The grain that gives a readable number of points: at most 72 hours, 120 days, else weeks.
grain_for <- function(period) {
  days <- days_in(period)
  if (days <= 3L) "hour" else if (days <= 120L) "day" else "week"
}

#' "1 Mar – 28 Mar 2022".
period_label <- function(period, locale) {
  if (!days_in(period)) return(locale$say("period.none"))
  if (period$from == period$to) return(locale$day(period$from))
  same_year <- substr(period$from, 1L, 4L) == substr(period$to, 1L, 4L)
  paste(locale$day(period$from, if (same_year) "short" else "day"), DASH, locale$day(period$to))
}

#' From and to of «the last n days», counted back from the newest day with data.
preset_range <- function(days, newest) {
  list(from = format(as.Date(newest) - (days - 1L)), to = newest)
}
