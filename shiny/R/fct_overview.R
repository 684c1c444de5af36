# What the overview shows, from the API's answers.

kpi <- function(id, label, kind, hint, metric = id) {
  list(id = id, label = label, kind = kind, hint = hint, metric = metric)
}

#' The key figures: `id` in the answer, `metric` of the time series (NULL: made of two).
KPIS <- list(
  kpi("visitors", "Visitors", "count", "Distinct browsers"),
  kpi("sessions", "Sessions", "count", "Visits; 30 minutes of rest end one"),
  kpi("events", "Events", "count", "All that the tracker sent"),
  kpi("orders", "Orders", "count", "Completed checkouts, each order once"),
  kpi("revenue", "Revenue", "money", "Of completed orders, less refunds"),
  kpi("conversionRate", "Conversion", "rate", "Sessions with an order, of all sessions", metric = NULL)
)
OVERVIEW_METRICS <- c("visitors", "sessions", "events", "orders", "revenue")

#' Cards of the overview: a list of `id`, `label`, `hint`, `value`, `exact`, `change`, `points` per key figure.
#'
#' @param overview Parsed answer of `/v1/dw/overview`.
#' @param series Named list (by metric) of parsed answers of `/v1/dw/timeseries`.
kpi_cards <- function(overview, series) {
  # Before the shop's first event there is nothing to compare with: everything would be "new".
  before <- if (isTRUE(overview$previous$events > 0)) overview$previous
  lapply(KPIS, function(kpi) {
    value <- overview$current[[kpi$id]]
    list(
      id = kpi$id, label = kpi$label, hint = kpi$hint,
      value = show_figure(value, kpi$kind, overview$currency),
      exact = show_figure(value, kpi$kind, overview$currency, full = TRUE),
      change = change_of(value, before[[kpi$id]], kpi$kind, overview$currency),
      points = if (is.null(kpi$metric)) ratio_points(series$orders, series$sessions)
               else point_values(series[[kpi$metric]])
    )
  })
}

show_figure <- function(value, kind, currency = "", full = FALSE) {
  switch(kind,
    count = if (full) count(value) else compact(value),
    money = money(value, currency, full),
    rate = percent(value)
  )
}

#' Change against the previous period: `direction` (up, down, flat, none), `text`, `spoken`.
#'
#' Rates are compared in percentage points. Against nothing there is no percentage: "new".
change_of <- function(current, previous, kind = "count", currency = "") {
  if (is_missing(current) || is_missing(previous)) {
    return(list(direction = "none", text = "no earlier data", spoken = "no earlier period to compare with"))
  }
  before <- show_figure(previous, kind, currency, full = TRUE)
  if (kind == "rate") {
    difference <- (current - previous) * 100
    text <- paste0(formatC(abs(difference), format = "f", digits = if (abs(difference) < 1) 2 else 1), " pts")
  } else if (previous == 0) {
    if (current == 0) return(list(direction = "flat", text = "0%", spoken = "unchanged from 0"))
    return(list(direction = "up", text = "new", spoken = "up from 0 in the previous period"))
  } else {
    difference <- (current - previous) / abs(previous) * 100
    text <- paste0(if (abs(difference) >= 1000) compact(abs(difference))
                   else formatC(abs(difference), format = "f", digits = if (abs(difference) < 99.95) 1 else 0), "%")
  }
  direction <- if (abs(difference) < 0.005) "flat" else if (difference > 0) "up" else "down"
  words <- c(up = "up", down = "down", flat = "unchanged,")[[direction]]
  spoken <- sprintf("%s %s from %s in the previous period", words, text, before)
  list(direction = direction, text = text, spoken = spoken)
}

#' Numbers of a time series, in order; missing ones are 0.
point_values <- function(series) {
  vapply(series$points, function(point) as.numeric(point$value %||% 0), 0)
}

#' One series over another, point by point; 0 where nothing is below the line.
ratio_points <- function(above, below) {
  top <- point_values(above)
  bottom <- point_values(below)
  if (length(top) != length(bottom)) return(numeric())
  ifelse(bottom > 0, top / bottom, 0)
}

#' Labels of a series' points in the site's time zone: `short` for the axis, `long` for the tooltip.
point_labels <- function(series) {
  zone <- known_zone(series$timeZone)
  grain <- series$grain %||% "day"
  at <- vapply(series$points, function(point) as.numeric(parse_instant(point$at)), 0)
  at <- as.POSIXct(at, origin = "1970-01-01", tz = "UTC")
  patterns <- switch(grain,
    hour = c("%H:%M", "%a %-d %b %Y, %H:%M"),
    week = c("%-d %b %y", "Week of %-d %b %Y"),
    c("%-d %b", "%a %-d %b %Y")
  )
  short <- format(at, patterns[[1]], tz = zone)
  if (grain == "hour") short[short == "00:00"] <- format(at[short == "00:00"], "%-d %b", tz = zone)
  list(short = as.list(short), long = as.list(format(at, patterns[[2]], tz = zone)))
}

#' Whether the newest day of a period is not over: what is newest was received before its end.
#'
#' @param overview Parsed answer of `/v1/dw/overview` (`asOf`, `to`, `timeZone`).
day_so_far <- function(overview) {
  if (is.null(overview$to)) return(FALSE)
  day_after <- as.POSIXct(paste(as.Date(overview$to) + 1, "00:00:00"), tz = known_zone(overview$timeZone))
  isTRUE(as.numeric(parse_instant(overview$asOf)) < as.numeric(day_after))
}

#' Whether a period holds no event at all.
nothing_happened <- function(overview) {
  is.null(overview$from) || is_missing(overview$current$events) || overview$current$events == 0
}

#' The most frequent event names and how many events each has; the rest is gathered in one row, "n more".
event_mix <- function(overview, most = 9L) {
  names <- vapply(overview$eventsByName, function(row) as.character(row$eventName %||% ""), "")
  events <- vapply(overview$eventsByName, function(row) as.numeric(row$events %||% 0), 0)
  order <- order(-events)
  mix <- data.frame(name = names[order], events = events[order], stringsAsFactors = FALSE)
  if (nrow(mix) <= most + 1L) return(mix)
  rest <- mix[-seq_len(most), ]
  rbind(mix[seq_len(most), ], data.frame(name = sprintf("%d more", nrow(rest)), events = sum(rest$events)))
}
