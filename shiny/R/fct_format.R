# Numbers and moments as people read them. www/format.js does the same for what is drawn in the browser.

DASH <- "\u2013"
CURRENCIES <- list(
  USD = c("$", 2), EUR = c("\u20ac", 2), GBP = c("\u00a3", 2), VND = c("\u20ab", 0), JPY = c("\u00a5", 0),
  KRW = c("\u20a9", 0), CNY = c("CN\u00a5", 2), INR = c("\u20b9", 2), THB = c("\u0e3f", 2), AUD = c("A$", 2),
  CAD = c("C$", 2), SGD = c("S$", 2), PLN = c("z\u0142 ", 2), BRL = c("R$", 2)
)

#' 1234 -> "1.2k", 3400000 -> "3.4M"; three figures at most, missing -> a dash.
compact <- function(x) {
  if (is_missing(x)) return(DASH)
  sign <- if (x < 0) "-" else ""
  size <- abs(x)
  units <- c("", "k", "M", "B", "T")
  power <- 0L
  # 999.5 of one unit would be written 1000: it is 1 of the next.
  while (power < 4L && size >= (if (power == 0L) 1000 else 999.5)) {
    size <- size / 1000
    power <- power + 1L
  }
  digits <- if (power == 0L && size == round(size)) 0 else if (size < 99.95) 1 else 0
  number <- sub("\\.0$", "", formatC(size, format = "f", digits = digits))
  paste0(sign, number, units[[power + 1L]])
}

#' 12345.6 -> "12,346".
count <- function(x) {
  if (is_missing(x)) return(DASH)
  formatC(round(x), format = "d", big.mark = ",")
}

#' 0.12345 -> "12.3%"; under 1 % two decimals, for a shop's conversion lives there.
percent <- function(x) {
  if (is_missing(x)) return(DASH)
  value <- x * 100
  paste0(formatC(value, format = "f", digits = if (value != 0 && abs(value) < 1) 2 else 1), "%")
}

#' An amount with the currency's sign: "$1.2k", or in full "$1,234.50".
money <- function(x, currency, full = FALSE) {
  if (is_missing(x)) return(DASH)
  look <- currency_look(currency)
  sign <- if (x < 0) "-" else ""
  number <- if (full) {
    formatC(abs(x), format = "f", digits = look$decimals, big.mark = ",")
  } else if (abs(x) < 1000 && abs(x) != round(abs(x))) {
    formatC(abs(x), format = "f", digits = look$decimals)
  } else {
    compact(abs(x))
  }
  paste0(sign, look$prefix, number)
}

#' Sign and number of decimals of an ISO 4217 currency; an unknown one is shown by its code.
currency_look <- function(currency) {
  code <- if (is.character(currency) && length(currency) == 1L) toupper(currency) else ""
  known <- CURRENCIES[[code]]
  if (is.null(known)) list(prefix = if (nzchar(code)) paste0(code, "\u00a0") else "", decimals = 2L)
  else list(prefix = known[[1]], decimals = as.integer(known[[2]]))
}

#' 75 -> "1 min", 5400 -> "1.5 h", 200000 -> "2.3 days".
duration <- function(seconds) {
  if (is_missing(seconds)) return(DASH)
  if (seconds < 60) return(paste(round(seconds), "s"))
  if (seconds < 3600) return(paste(round(seconds / 60), "min"))
  scaled <- if (seconds < 172800) seconds / 3600 else seconds / 86400
  number <- sub("\\.0$", "", formatC(scaled, format = "f", digits = if (scaled < 10) 1 else 0))
  paste(number, if (seconds < 172800) "h" else "days")
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

#' A moment in a time zone: "Tue 1 Mar 2022, 14:05".
moment <- function(instant, time_zone = "UTC", pattern = "%a %-d %b %Y, %H:%M") {
  if (!inherits(instant, "POSIXct")) instant <- parse_instant(instant)
  if (is.na(instant)) return(DASH)
  format(instant, pattern, tz = known_zone(time_zone))
}

#' "4 min ago"; what lies ahead of the clock is "just now".
ago <- function(instant, now = Sys.time()) {
  if (!inherits(instant, "POSIXct")) instant <- parse_instant(instant)
  if (is.na(instant)) return("never")
  seconds <- as.numeric(now) - as.numeric(instant)
  if (seconds < 5) "just now" else paste(duration(seconds), "ago")
}

TIME_ZONES <- OlsonNames() # once: it lists 600 files

known_zone <- function(time_zone) {
  if (is.character(time_zone) && length(time_zone) == 1L && time_zone %in% TIME_ZONES) time_zone else "UTC"
}

is_missing <- function(x) is.null(x) || length(x) != 1L || !is.numeric(x) || is.na(x)

#' "1 event", "2 events".
plural <- function(n, one, many = paste0(one, "s")) paste(count(n), if (isTRUE(n == 1)) one else many)

`%||%` <- function(a, b) if (is.null(a)) b else a # nolint: object_name_linter. R has it from 4.4 on.
