# The view as a query string: page, period, bots, and what a page adds. A link shows the same view.

MAX_TEXT <- 120L

#' @param search `?page=products&from=2022-01-01&to=2022-01-31&bots=true&event=search`; anything unusable is left out.
#' @param pages Ids of the pages; the first is the default.
#' @return A list: `page`, `from`, `to` (ISO dates or NULL: both or none), `bots`, `extra` (named list of texts).
parse_route <- function(search, pages) {
  pairs <- shiny::parseQueryString(sub("^\\?", "", search %||% ""))
  make_route(pairs$page, pairs$from, pairs$to, identical(pairs$bots, "true"),
             pairs[setdiff(names(pairs), c("page", "from", "to", "bots"))], pages)
}

make_route <- function(page, from, to, bots, extra, pages) {
  from <- iso_date(from)
  to <- iso_date(to)
  if (is.null(from) || is.null(to)) from <- to <- NULL
  if (!is.null(from) && from > to) {
    swapped <- from
    from <- to
    to <- swapped
  }
  extra <- Filter(function(text) is.character(text) && nzchar(text), as.list(extra))
  extra <- lapply(extra, substr, 1L, MAX_TEXT)
  list(
    page = if (isTRUE(page %in% pages)) page else pages[[1]],
    from = from, to = to, bots = isTRUE(bots),
    extra = if (length(extra)) extra[order(names(extra))] else list()
  )
}

#' The query string of a route, without what is default.
route_query <- function(route) {
  pairs <- c(list(page = route$page, from = route$from, to = route$to, bots = if (route$bots) "true"), route$extra)
  pairs <- Filter(Negate(is.null), pairs)
  encoded <- vapply(pairs, utils::URLencode, "", reserved = TRUE)
  paste0("?", paste0(names(pairs), "=", encoded, collapse = "&"))
}

#' An ISO date of the calendar, or NULL.
iso_date <- function(text) {
  if (!is.character(text) || length(text) != 1L || !grepl("^\\d{4}-\\d{2}-\\d{2}$", text)) return(NULL)
  day <- as.Date(text, optional = TRUE)
  if (is.na(day)) NULL else format(day)
}

#' The period that a view asks for: the route's dates, else the default answer's.
#'
#' @param site Parsed default answer of `/v1/dw/overview` (its `from`, `to`, `timeZone`, `currency`).
period_of <- function(route, site) {
  list(
    from = route$from %||% site$from, to = route$to %||% site$to, bots = route$bots,
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
period_label <- function(period) {
  if (!days_in(period)) return("no data yet")
  from <- as.Date(period$from)
  to <- as.Date(period$to)
  if (from == to) return(format(to, "%-d %b %Y"))
  same_year <- format(from, "%Y") == format(to, "%Y")
  paste(format(from, if (same_year) "%-d %b" else "%-d %b %Y"), "\u2013", format(to, "%-d %b %Y"))
}

#' From and to of «the last n days», counted back from the newest day with data.
preset_range <- function(days, newest) {
  list(from = format(as.Date(newest) - (days - 1L)), to = newest)
}
