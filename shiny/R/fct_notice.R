# What a page says when it has nothing, or something old, to show.

#' The phase of a page and the words for it.
#'
#' @param state See `live`.
#' @param is_empty `function(data)`: whether an answer holds nothing to show.
#' @param empty List of `title` and `text` for that case; with `phase = "hint"` the page's content stays.
#' @return A list: `phase` (`first`, `loading`, `ready`, `empty`, `hint`, `error`, `stale`) and, but for the first
#'   three, `title`, `text`, `detail`.
notice_of <- function(state, is_empty = function(data) FALSE, empty = NO_EVENTS) {
  if (state$phase == "error") {
    words <- list(title = state$error$title %||% "Something went wrong", text = error_advice(state$error),
                  detail = state$error$detail %||% conditionMessage(state$error))
    if (is.null(state$data)) return(c(list(phase = "error"), words))
    words$title <- paste0(words$title, ". Figures shown are of ", format(state$at, "%H:%M:%S UTC", tz = "UTC"))
    return(c(list(phase = "stale"), words))
  }
  if (state$phase == "loading") return(list(phase = if (is.null(state$data)) "first" else "loading"))
  if (is.null(state$data) || is_empty(state$data)) return(utils::modifyList(list(phase = "empty"), empty))
  list(phase = "ready")
}

NO_EVENTS <- list(
  title = "No events in this period",
  text = paste(
    "Choose another period above, or include bots: they are left out. If the shop has never sent an event: put the",
    "tracker on it, or try the platform with made-up visitors by the command \u201cclickstream simulate\u201d."
  )
)

error_advice <- function(error) {
  again <- sprintf("This page tries again every %d seconds and recovers by itself.", RETRY_SECONDS)
  advice <- switch(as.character(error$kind %||% "unknown"),
    unavailable = "",
    unauthorized = "Give the dashboard and the admin API the same CLICKSTREAM_ADMIN_TOKEN.",
    refused = "Choose another period or filter.",
    garbled = "Check that CLICKSTREAM_ADMIN_API_URL names the admin API.",
    ""
  )
  trimws(paste(advice, again))
}
