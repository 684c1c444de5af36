# Moments, days and lengths of time as people read them, by the patterns of a language.

#' The writers of a language: `moment`, `day`, `duration`, `ago`, `weekday`.
#'
#' @param words,say See `new_locale`; the words of `date.…` are patterns of `strftime` with `{weekday}` and `{month}`.
date_writers <- function(words, say) { # nolint: cyclocomp_linter. A list of functions, counted as one.
  shown <- function(at, shape, zone = "UTC") {
    pattern <- words[[paste0("date.", shape)]]
    names <- list(weekday = words$date.weekdays[as.integer(format(at, "%u", tz = zone))],
                  month = words$date.months[as.integer(format(at, "%m", tz = zone))])
    text <- format(at, pattern, tz = zone)
    for (name in names(names)) {
      text <- mapply(function(one, value) fill_in(one, stats::setNames(list(value), name)), text, names[[name]],
                     USE.NAMES = FALSE)
    }
    text
  }
  writers <- list()

  #' A moment in a time zone; `shape` is one of the patterns: `moment` ("Tue 1 Mar 2022, 14:05"), `hour`, `time`, ….
  writers$moment <- function(instant, time_zone = "UTC", shape = "moment") {
    if (!inherits(instant, "POSIXct")) instant <- parse_instant(instant)
    if (length(instant) == 1L && is.na(instant)) return(DASH)
    shown(instant, shape, known_zone(time_zone))
  }
  #' A day of the calendar: `day` ("1 Mar 2022"), `short` ("1 Mar") or `weekday_day`.
  writers$day <- function(date, shape = "day") {
    date <- as.Date(date)
    if (length(date) == 1L && is.na(date)) return(DASH)
    shown(as.POSIXct(format(date), tz = "UTC"), shape)
  }
  # 75 -> "1 min", 5400 -> "1.5 h", 200000 -> "2.3 days"
  writers$duration <- function(seconds) {
    if (is_missing(seconds)) return(DASH)
    if (seconds < 60) return(say("time.seconds", n = round(seconds)))
    if (seconds < 3600) return(say("time.minutes", n = round(seconds / 60)))
    scaled <- if (seconds < 172800) seconds / 3600 else seconds / 86400
    number <- formatC(scaled, format = "f", digits = if (scaled < 10) 1 else 0, decimal.mark = words$number.decimal)
    number <- sub(sprintf("[%s]0$", words$number.decimal), "", number)
    say(if (seconds < 172800) "time.hours" else "time.days", n = number)
  }
  # "4 min ago"; what lies ahead of the clock is "just now"
  writers$ago <- function(instant, now = Sys.time()) {
    if (!inherits(instant, "POSIXct")) instant <- parse_instant(instant)
    if (is.na(instant)) return(say("time.never"))
    seconds <- as.numeric(now) - as.numeric(instant)
    if (seconds < 5) say("time.just_now") else say("time.ago", time = writers$duration(seconds))
  }
  #' 1 (Monday) to 7, short or long.
  writers$weekday <- function(number, long = FALSE) {
    words[[if (long) "date.weekdays_long" else "date.weekdays"]][as.integer(number)]
  }
  writers
}

#' ISO 8601 text -> POSIXct (UTC); NA where it is none. Takes `Z`, offsets, fractions, and a bare date (midnight UTC).
parse_instant <- function(text) {
  none <- as.POSIXct(NA_real_, origin = "1970-01-01", tz = "UTC")
  pattern <- "^(\\d{4}-\\d{2}-\\d{2})(?:[T ](\\d{2}:\\d{2})(:\\d{2}(?:\\.\\d+)?)?)?(?:Z|([+-])(\\d{2}):?(\\d{2})?)?$"
  parts <- if (is.character(text) && length(text) == 1L) regmatches(text, regexec(pattern, text, perl = TRUE))[[1]]
  if (!isTRUE(length(parts) == 7L)) return(none)
  or <- function(part, default) if (nzchar(part)) part else default
  local <- paste0(parts[[2]], " ", or(parts[[3]], "00:00"), or(parts[[4]], ":00"))
  instant <- as.POSIXct(local, tz = "UTC", format = "%Y-%m-%d %H:%M:%OS")
  shift <- as.integer(or(parts[[6]], "0")) * 3600 + as.integer(or(parts[[7]], "0")) * 60
  if (parts[[5]] == "-") instant + shift else instant - shift
}

TIME_ZONES <- OlsonNames() # once: it lists 600 files

known_zone <- function(time_zone) {
  if (is.character(time_zone) && length(time_zone) == 1L && time_zone %in% TIME_ZONES) time_zone else "UTC"
}
