# The five steps from a view to a purchase.

#' One row per step: `step`, `name`, `sessions`, `from_previous`, `from_first` (0..1 or NA), `lost` (sessions).
#'
#' @param steps Of the parsed answer of `/v1/dw/funnel`.
funnel_table <- function(steps, locale) {
  number <- function(field) vapply(steps, function(step) as.numeric(step[[field]] %||% NA), 0)
  ids <- vapply(steps, function(step) as.character(step$step), "")
  sessions <- number("sessions")
  data.frame(
    step = ids, name = vapply(ids, function(id) locale$label("step", id), "", USE.NAMES = FALSE), sessions = sessions,
    from_previous = number("rateFromPrevious"), from_first = number("rateFromFirst"),
    lost = if (length(sessions)) c(NA, -diff(sessions)) else numeric(), stringsAsFactors = FALSE
  )
}

#' The step before which the largest share of sessions leaves, as a sentence; NULL where nothing is to be said.
largest_leak <- function(table, locale) {
  share_lost <- table$lost / c(NA, utils::head(table$sessions, -1L))
  if (!any(is.finite(share_lost) & share_lost > 0)) return(NULL)
  at <- which.max(ifelse(is.finite(share_lost), share_lost, -1))
  locale$say("funnel.leak", step = table$name[[at]], share = locale$percent(share_lost[[at]]),
             before = table$name[[at - 1L]])
}

#' "7,381  \u221248.0%" for each step: sessions, and how many of the step before were lost.
step_notes <- function(table, locale) {
  lost <- ifelse(is.na(table$from_previous) | table$from_previous >= 1, "",
                 paste0("  \u2212", vapply(1 - table$from_previous, locale$percent, "")))
  paste0(vapply(table$sessions, locale$count, ""), lost)
}

#' One row per segment: `segment`, sessions by step (`page_view` … `purchase`), `rate` of purchases of all sessions.
segment_rows <- function(answer) {
  lapply(answer$segments, function(segment) {
    ids <- vapply(segment$steps, function(step) as.character(step$step), "")
    sessions <- vapply(segment$steps, function(step) as_number(step$sessions), 0)
    row <- c(list(segment = segment$segment), stats::setNames(as.list(sessions), ids))
    row$rate <- if (isTRUE(row$page_view > 0)) row$purchase / row$page_view
    row
  })
}
