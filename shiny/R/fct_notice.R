# What a page says when it has nothing, or something old, to show.

#' The phase of a page and the words for it.
#'
#' @param state See `live`.
#' @param is_empty `function(data)`: whether an answer holds nothing to show.
#' @param empty Key of the words for that case, `<empty>.title` and `<empty>.text`.
#' @param hint Whether the page's content stays in that case.
#' @return A list: `phase` (`first`, `loading`, `ready`, `empty`, `hint`, `error`, `stale`) and, but for the first
#'   three, `title`, `text`, `detail`.
notice_of <- function(state, locale, is_empty = function(data) FALSE, empty = "empty.events", hint = FALSE) {
  say <- locale$say
  if (state$phase == "error") {
    kind <- error_kind(state$error)
    words <- list(title = say(paste0("error.", kind, ".title")), text = error_advice(kind, locale),
                  detail = conditionMessage(state$error))
    if (is.null(state$data)) return(c(list(phase = "error"), words))
    words$title <- say("error.stale", title = words$title, time = locale$moment(state$at, shape = "seconds"))
    return(c(list(phase = "stale"), words))
  }
  if (state$phase == "loading") return(list(phase = if (is.null(state$data)) "first" else "loading"))
  if (is.null(state$data) || is_empty(state$data)) {
    return(list(phase = if (hint) "hint" else "empty", title = say(paste0(empty, ".title")),
                text = say(paste0(empty, ".text"))))
  }
  list(phase = "ready")
}

ERROR_KINDS <- c("unavailable", "unauthorized", "refused", "garbled", "slow", "warehouse")

error_kind <- function(error) {
  kind <- error$kind
  if (isTRUE(kind %in% ERROR_KINDS)) kind else "unknown"
}

error_advice <- function(kind, locale) {
  again <- locale$say("error.again", n = RETRY_SECONDS)
  trimws(paste(locale$words[[paste0("error.", kind, ".text")]] %||% "", again))
}
