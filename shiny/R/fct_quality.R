# The books of the ETL: collected = loaded + duplicates + rejected + withheld.

BOOK_PARTS <- c("loaded", "duplicates", "rejected", "withheld")

#' The balance: `collected`, `parts` (each `id`, `events`, `share`), `missing` (0 when it balances).
#'
#' @param totals `totals` of the parsed answer of `/v1/etl/status`.
balance_of <- function(totals) {
  collected <- as.numeric(totals$collected %||% 0)
  parts <- lapply(BOOK_PARTS, function(id) {
    events <- as.numeric(totals[[id]] %||% 0)
    list(id = id, events = events, share = if (collected > 0) events / collected else 0)
  })
  list(collected = collected, parts = parts,
       missing = collected - sum(vapply(parts, function(part) part$events, 0)))
}

#' The header's badge: `tone` (good, busy, bad, idle), `text`, `detail`.
#'
#' @param state See `live`; its data is the parsed answer of `/v1/etl/status`.
badge_of <- function(state, locale, time_zone = "UTC", now = Sys.time()) {
  say <- locale$say
  if (identical(state$phase, "error")) {
    refused <- identical(state$error$kind, "unauthorized")
    return(list(tone = "bad", text = say(if (refused) "badge.refused" else "badge.away"),
                detail = conditionMessage(state$error)))
  }
  status <- state$data
  if (is.null(status)) return(list(tone = "idle", text = say("badge.checking"), detail = say("badge.checking_detail")))
  windows <- function(n) locale$some("count.windows", as_number(n %||% 0))
  look <- switch(as.character(status$state %||% "empty"),
    ok = list("good", say("badge.ok"), say("badge.tick", time = locale$ago(status$lastTickAt, now))),
    behind = list("busy", if (is_missing(status$lagSeconds)) say("badge.behind")
                  else say("badge.behind_by", time = locale$duration(status$lagSeconds)),
                  say("badge.to_load", windows = windows(status$pendingWindows))),
    failing = list("bad", say("badge.failing"), say("badge.failed", windows = windows(status$failingWindows))),
    list("idle", say("badge.empty"), say("badge.empty_detail"))
  )
  uneven <- isFALSE(status$balanced)
  if (uneven) look[1:2] <- list("bad", say("badge.uneven"))
  newest <- say("badge.newest", time = locale$moment(status$newestEventAt, time_zone))
  list(tone = look[[1]], text = look[[2]],
       detail = paste(c(look[[3]], newest, say(if (uneven) "badge.uneven" else "badge.even")), collapse = ". "))
}

STATE_TONES <- c(
  loaded = "good", succeeded = "good", pending = "busy", queued = "busy", running = "busy", failed = "bad",
  cancelled = "idle"
)

#' How a state of a window or run looks; an unknown one is neutral.
tone_of <- function(state) {
  tone <- STATE_TONES[as.character(state %||% "")]
  if (is.na(tone)) "idle" else unname(tone)
}

#' A reason code as words: "invalid_event_id" -> "Invalid event id", where the language has no better ones.
reason_label <- function(code, locale) {
  code <- as.character(code %||% "unknown")
  known <- locale$words[[paste0("reason.", label_key(code))]]
  if (!is.null(known)) return(known)
  words <- gsub("[_.-]+", " ", code)
  paste0(toupper(substr(words, 1L, 1L)), substring(words, 2L))
}
