# Who comes back?

#' One row per cohort: `week` (day it begins), `visitors`, `rates` (by number of weeks later, NA where not yet).
cohort_rows <- function(answer) {
  lapply(answer$cohorts, function(cohort) {
    weeks <- vapply(cohort$returned, function(cell) as_number(cell$week), 0)
    rates <- vapply(cohort$returned, function(cell) as_number(cell$rate), 0)
    counts <- vapply(cohort$returned, function(cell) as_number(cell$visitors), 0)
    at <- weeks >= 1
    list(week = cohort$week, visitors = as_number(cohort$visitors), weeks = weeks[at], rates = rates[at],
         counts = counts[at])
  })
}

#' The latest week that any cohort has reached.
weeks_shown <- function(rows) max(0, unlist(lapply(rows, function(row) row$weeks)))

#' Share of a row's visitors who came back in a week; NA where that week has not come.
rate_after <- function(row, week) {
  at <- match(week, row$weeks)
  if (is.na(at)) NA_real_ else row$rates[[at]]
}

#' The average of a week over its cohorts, weighted by their size.
average_after <- function(rows, week) {
  rates <- vapply(rows, rate_after, 0, week)
  sizes <- vapply(rows, function(row) row$visitors, 0)
  known <- !is.na(rates) & sizes > 0
  if (!any(known)) NA_real_ else sum(rates[known] * sizes[known]) / sum(sizes[known])
}
