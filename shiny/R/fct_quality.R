# The books of the ETL: collected = loaded + duplicates + rejected + withheld.

BOOK_PARTS <- list(
  list(id = "loaded", label = "Loaded", hint = "Rows in the warehouse"),
  list(id = "duplicates", label = "Duplicates", hint = "The same event id again: counted, not loaded"),
  list(id = "rejected", label = "Rejected", hint = "Not an event; listed below with the reason"),
  list(id = "withheld", label = "Withheld", hint = "Consent refused or person erased: counted, not kept")
)

#' The balance: `collected`, `parts` (each `id`, `label`, `hint`, `events`, `share`), `missing` (0 when it balances).
#'
#' @param totals `totals` of the parsed answer of `/v1/etl/status`.
balance_of <- function(totals) {
  collected <- as.numeric(totals$collected %||% 0)
  parts <- lapply(BOOK_PARTS, function(part) {
    part$events <- as.numeric(totals[[part$id]] %||% 0)
    part$share <- if (collected > 0) part$events / collected else 0
    part
  })
  list(collected = collected, parts = parts,
       missing = collected - sum(vapply(parts, function(part) part$events, 0)))
}

#' The header's badge: `tone` (good, busy, bad, idle), `text`, `detail`.
#'
#' @param state See `live`; its data is the parsed answer of `/v1/etl/status`.
badge_of <- function(state, time_zone = "UTC", now = Sys.time()) {
  if (identical(state$phase, "error")) {
    text <- if (identical(state$error$kind, "unauthorized")) "Token refused" else "No connection"
    return(list(tone = "bad", text = text, detail = conditionMessage(state$error)))
  }
  status <- state$data
  if (is.null(status)) return(list(tone = "idle", text = "Checking\u2026", detail = "Asking for the state of the data"))
  newest <- paste("Newest event", moment(status$newestEventAt, time_zone))
  books <- if (isFALSE(status$balanced)) "Books do not balance" else "Books balance"
  lag <- if (is_missing(status$lagSeconds)) "" else paste0(" by ", duration(status$lagSeconds))
  tick <- paste("Last load", ago(status$lastTickAt, now))
  look <- switch(as.character(status$state %||% "empty"),
    ok = list("good", "Up to date", tick),
    behind = list("busy", paste0("Behind", lag), paste(plural(status$pendingWindows %||% 0, "window"), "to load")),
    failing = list("bad", "Loading fails", paste(plural(status$failingWindows %||% 0, "window"), "failed")),
    list("idle", "No data yet", "Nothing has been loaded")
  )
  if (isFALSE(status$balanced)) look[1:2] <- list("bad", "Books do not balance")
  list(tone = look[[1]], text = look[[2]], detail = paste(c(look[[3]], newest, books), collapse = ". "))
}

STATE_TONES <- c(
  loaded = "good", succeeded = "good", pending = "busy", queued = "busy", running = "busy", failed = "bad"
)

#' How a state of a window or run looks; an unknown one is neutral.
tone_of <- function(state) {
  tone <- STATE_TONES[as.character(state %||% "")]
  if (is.na(tone)) "idle" else unname(tone)
}

REJECT_WORDS <- c(
  not_json = "Not JSON", not_utf8 = "Not UTF-8", not_an_object = "Not a JSON object", object_damaged = "Damaged object",
  line_missing = "Line missing", missing_event_name = "No event name"
)

#' A reason code as words: "invalid_event_id" -> "Invalid event id".
reason_label <- function(code) {
  code <- as.character(code %||% "unknown")
  if (code %in% names(REJECT_WORDS)) return(REJECT_WORDS[[code]])
  words <- gsub("[_.-]+", " ", code)
  paste0(toupper(substr(words, 1L, 1L)), substring(words, 2L))
}
