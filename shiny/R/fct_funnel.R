# The five steps from a view to a purchase.

STEP_NAMES <- c(
  page_view = "Visit", product_view = "Product view", add_to_cart = "Add to cart", checkout = "Checkout",
  purchase = "Purchase"
)

#' One row per step: `step`, `name`, `sessions`, `from_previous`, `from_first` (0..1 or NA), `lost` (sessions).
#'
#' @param answer Parsed answer of `/v1/dw/funnel`.
funnel_table <- function(answer) {
  steps <- answer$steps
  number <- function(field) vapply(steps, function(step) as.numeric(step[[field]] %||% NA), 0)
  ids <- vapply(steps, function(step) as.character(step$step), "")
  sessions <- number("sessions")
  data.frame(
    step = ids, name = ifelse(ids %in% names(STEP_NAMES), STEP_NAMES[ids], ids), sessions = sessions,
    from_previous = number("rateFromPrevious"), from_first = number("rateFromFirst"),
    lost = if (length(sessions)) c(NA, -diff(sessions)) else numeric(), stringsAsFactors = FALSE
  )
}

#' The step before which the largest share of sessions leaves, as a sentence; NULL where nothing is to be said.
largest_leak <- function(table) {
  share_lost <- table$lost / c(NA, utils::head(table$sessions, -1L))
  if (!any(is.finite(share_lost) & share_lost > 0)) return(NULL)
  at <- which.max(ifelse(is.finite(share_lost), share_lost, -1))
  sprintf("The largest drop is before \u201c%s\u201d: %s of sessions that reached \u201c%s\u201d go no further.",
          table$name[[at]], percent(share_lost[[at]]), table$name[[at - 1L]])
}

#' "7,381  \u221248.0%" for each step: sessions, and how many of the step before were lost.
step_notes <- function(table) {
  lost <- ifelse(is.na(table$from_previous) | table$from_previous >= 1, "",
                 paste0("  \u2212", vapply(1 - table$from_previous, percent, "")))
  paste0(vapply(table$sessions, count, ""), lost)
}
