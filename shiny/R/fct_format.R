# Numbers as people read them, by the marks of a language. www/format.js does the same for what is drawn in the browser.

DASH <- "\u2013"
CURRENCIES <- list(
  USD = c("$", 2), EUR = c("\u20ac", 2), GBP = c("\u00a3", 2), VND = c("\u20ab", 0), JPY = c("\u00a5", 0),
  KRW = c("\u20a9", 0), CNY = c("CN\u00a5", 2), INR = c("\u20b9", 2), THB = c("\u0e3f", 2), AUD = c("A$", 2),
  CAD = c("C$", 2), SGD = c("S$", 2), PLN = c("z\u0142", 2), BRL = c("R$", 2)
)

#' The writers of a language: `count`, `compact`, `percent`, `points`, `money`, `currency_look`, `decimal`.
#'
#' A missing number is written as a dash by each of them.
#' @param words See `new_locale`; those of `number.…` are the marks.
number_writers <- function(words) { # nolint: cyclocomp_linter. A list of functions, counted as one.
  write_number <- function(x, digits) {
    formatC(x, format = "f", digits = digits, big.mark = words$number.group, decimal.mark = words$number.decimal)
  }
  short <- function(x, digits) sub(sprintf("[%s]0$", words$number.decimal), "", write_number(x, digits))
  writers <- list()

  # A whole number, in groups of three
  writers$count <- function(x) if (is_missing(x)) DASH else write_number(round(x), 0)
  # With one decimal, unless that is a zero
  writers$decimal <- function(x, digits = 1) if (is_missing(x)) DASH else short(x, digits)
  # 1234 -> "1.2k", 3400000 -> "3.4M"; three figures at most
  writers$compact <- function(x) {
    if (is_missing(x)) return(DASH)
    size <- abs(x)
    power <- 0L
    # 999.5 of one unit would be written 1000: it is 1 of the next.
    while (power < 4L && size >= (if (power == 0L) 1000 else 999.5)) {
      size <- size / 1000
      power <- power + 1L
    }
    digits <- if (power == 0L && size == round(size)) 0 else if (size < 99.95) 1 else 0
    number <- if (digits > 0) short(size, digits) else write_number(size, 0)
    paste0(if (x < 0) "-", number, words$number.units[[power + 1L]])
  }
  # 0.12345 -> "12.3%"; under 1 % two decimals, for a shop's conversion lives there
  writers$percent <- function(x) {
    if (is_missing(x)) return(DASH)
    value <- x * 100
    paste0(write_number(value, if (value != 0 && abs(value) < 1) 2 else 1), "%")
  }
  #' Sign, its place and number of decimals of an ISO 4217 currency; an unknown one is shown by its code.
  writers$currency_look <- function(currency) {
    code <- if (is.character(currency) && length(currency) == 1L && !is.na(currency)) toupper(currency) else ""
    known <- CURRENCIES[[code]]
    sign <- if (is.null(known)) code else known[[1]]
    after <- identical(words$number.currency, "after")
    list(
      prefix = if (after || !nzchar(sign)) "" else if (is.null(known)) paste0(sign, "\u00a0") else sign,
      suffix = if (after && nzchar(sign)) paste0("\u00a0", sign) else "",
      decimals = if (is.null(known)) 2L else as.integer(known[[2]])
    )
  }
  # "$1.2k", or in full "$1,234.50"
  writers$money <- function(x, currency, full = FALSE) {
    if (is_missing(x)) return(DASH)
    look <- writers$currency_look(currency)
    number <- if (full || (abs(x) < 1000 && abs(x) != round(abs(x)))) write_number(abs(x), look$decimals)
              else writers$compact(abs(x))
    paste0(if (x < 0) "-", look$prefix, number, look$suffix)
  }
  # A difference of shares, in percentage points: 0.015 -> "1.5"
  writers$points <- function(x) {
    value <- abs(x) * 100
    write_number(value, if (value < 1) 2 else 1)
  }
  # A change in percent, without sign: 25.04 -> "25.0%", 1500000 -> "1.5M%"
  writers$change <- function(value) {
    paste0(if (value >= 1000) writers$compact(value) else write_number(value, if (value < 99.95) 1 else 0), "%")
  }
  writers
}

is_missing <- function(x) is.null(x) || length(x) != 1L || !is.numeric(x) || is.na(x)

`%||%` <- function(a, b) if (is.null(a)) b else a # nolint: object_name_linter. R has it from 4.4 on.
