# What the overview shows, from the API's answers.

kpi <- function(id, kind, metric = id) list(id = id, kind = kind, metric = metric)

#' The key figures: `id` in the answer and of its words, `metric` of the time series (NULL: made of two).
KPIS <- list(
  kpi("revenue", "money"), kpi("orders", "count"), kpi("conversionRate", "rate", metric = NULL),
  kpi("visitors", "count"), kpi("sessions", "count"), kpi("events", "count")
)
OVERVIEW_METRICS <- c("visitors", "sessions", "events", "orders", "revenue")

#' Cards of the overview: a list of `id`, `label`, `hint`, `value`, `exact`, `change`, `points` per key figure.
#'
#' @param overview Parsed answer of `/v1/dw/overview`.
#' @param series Named list (by metric) of parsed answers of `/v1/dw/timeseries`.
kpi_cards <- function(overview, series, locale) {
  # Before the shop's first event there is nothing to compare with: everything would be "new".
  before <- if (isTRUE(overview$previous$events > 0)) overview$previous
  lapply(KPIS, function(kpi) {
    value <- overview$current[[kpi$id]]
    list(
      id = kpi$id, label = locale$say(paste0("kpi.", kpi$id, ".label")),
      hint = locale$say(paste0("kpi.", kpi$id, ".hint")),
      value = show_figure(value, kpi$kind, locale, overview$currency),
      exact = show_figure(value, kpi$kind, locale, overview$currency, full = TRUE),
      change = change_of(value, before[[kpi$id]], locale, kpi$kind, overview$currency),
      points = if (is.null(kpi$metric)) ratio_points(series$orders, series$sessions)
               else point_values(series[[kpi$metric]])
    )
  })
}

show_figure <- function(value, kind, locale, currency = "", full = FALSE) {
  switch(kind,
    count = if (full) locale$count(value) else locale$compact(value),
    money = locale$money(value, currency, full),
    rate = locale$percent(value)
  )
}

#' How a figure stands to that of the period before: `direction` (up, down, flat, none), `text`, `spoken`.
change_of <- function(current, previous, locale, kind = "count", currency = "") {
  say <- locale$say
  if (is_missing(current) || is_missing(previous)) {
    return(list(direction = "none", text = say("change.none"), spoken = say("change.none_spoken")))
  }
  before <- show_figure(previous, kind, locale, currency, full = TRUE)
  if (kind == "rate") {
    difference <- (current - previous) * 100
    text <- say("change.points", n = locale$points(current - previous))
  } else if (previous == 0) {
    if (current == 0) return(list(direction = "flat", text = "0%", spoken = say("change.flat", before = before)))
    return(list(direction = "up", text = say("change.new"), spoken = say("change.from_zero")))
  } else {
    difference <- (current - previous) / abs(previous) * 100
    text <- locale$change(abs(difference))
  }
  direction <- if (abs(difference) < 0.005) "flat" else if (difference > 0) "up" else "down"
  sign <- c(up = "+", down = "\u2212", flat = "")[[direction]]
  list(direction = direction, text = paste0(sign, text),
       spoken = say(paste0("change.", direction), change = text, before = before))
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
point_labels <- function(series, locale) {
  zone <- known_zone(series$timeZone)
  grain <- series$grain %||% "day"
  at <- vapply(series$points, function(point) as.numeric(parse_instant(point$at)), 0)
  at <- as.POSIXct(at, origin = "1970-01-01", tz = "UTC")
  if (!length(at)) return(list(short = array_of(character()), long = array_of(character())))
  short <- locale$moment(at, zone, switch(grain, hour = "time", "short"))
  midnight <- grain == "hour" & format(at, "%H:%M", tz = zone) == "00:00"
  if (any(midnight)) short[midnight] <- locale$moment(at[midnight], zone, "short")
  long <- locale$moment(at, zone, switch(grain, hour = "moment", week = "day", "weekday_day"))
  if (grain == "week") long <- vapply(long, function(day) locale$say("period.week_of", day = day), "",
                                      USE.NAMES = FALSE)
  list(short = array_of(short), long = array_of(long))
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
event_mix <- function(overview, locale, most = 9L) {
  names <- vapply(overview$eventsByName, function(row) as.character(row$eventName %||% ""), "")
  events <- vapply(overview$eventsByName, function(row) as.numeric(row$events %||% 0), 0)
  order <- order(-events)
  mix <- data.frame(name = names[order], events = events[order], stringsAsFactors = FALSE)
  if (nrow(mix) <= most + 1L) return(mix)
  rest <- mix[-seq_len(most), ]
  rbind(mix[seq_len(most), ], data.frame(name = locale$say("value.more", n = nrow(rest)), events = sum(rest$events)))
}

#' Login states with their part of the visits: list of `value`, `sessions`, `orders`, `share`, `rate`.
login_rows <- function(overview) {
  rows <- Filter(function(row) isTRUE(row$sessions > 0), overview$loginStates)
  all <- sum(vapply(rows, function(row) as_number(row$sessions), 0))
  rows <- lapply(rows, function(row) {
    c(row[c("value", "sessions", "orders")], share = row$sessions / all, rate = as_number(row$orders) / row$sessions)
  })
  rows[order(-vapply(rows, function(row) row$share, 0))]
}
