# A language of the dashboard: its words, and how it writes numbers, money and dates. The words are data, in
# words/<language>.json; www/format.js writes in the browser what is drawn there, by the same marks.

DEFAULT_LANGUAGE <- "en"

#' All languages by their code, one per file of the folder.
read_locales <- function(folder = "words") {
  files <- list.files(folder, "\\.json$", full.names = TRUE)
  codes <- sub("\\.json$", "", basename(files))
  if (!DEFAULT_LANGUAGE %in% codes) stop(sprintf("no words/%s.json in %s", DEFAULT_LANGUAGE, folder), call. = FALSE)
  stats::setNames(lapply(codes, function(code) new_locale(code, read_words(folder, code))), codes)
}

#' The words of a language, by key.
read_words <- function(folder, code) jsonlite::fromJSON(file.path(folder, paste0(code, ".json")))

#' A language as a list of functions.
#'
#' `say(key, …)` gives the words of a key, with `{name}` replaced by the argument of that name (text, not markup);
#' `some(key, n)` the words for n things; `label(family, value)` the name of a value that events carry, or the value;
#' the rest writes numbers (fct_format.R) and moments (fct_dates.R).
new_locale <- function(code, words) {
  say <- function(key, ...) {
    text <- words[[key]]
    if (is.null(text)) stop(sprintf("words/%s.json has no key '%s'", code, key), call. = FALSE)
    fill_in(text, list(...))
  }
  locale <- c(list(lang = code, say = say, words = words), number_writers(words), date_writers(words, say))
  locale$some <- function(key, n) {
    say(paste0(key, if (isTRUE(n == 1)) ".one" else ".other"), n = locale$count(n))
  }
  locale$label <- function(family, value) {
    value <- if (is_blank(value)) "" else as.character(value)
    known <- words[[paste0(family, ".", label_key(value))]]
    if (!is.null(known)) known else if (nzchar(value)) value else words[["value.none"]]
  }
  locale
}

#' "Organic Search" -> "organic_search": how a value is called among the words.
label_key <- function(value) gsub("[^a-z0-9]+", "_", tolower(value))

fill_in <- function(text, values) {
  for (name in names(values)) text <- gsub(paste0("{", name, "}"), as.character(values[[name]]), text, fixed = TRUE)
  text
}

#' The language that a visitor gets: the one asked for, else the first of the browser's that there is.
#'
#' @param asked Code, or NULL.
#' @param accepted The browser's `Accept-Language`, or NULL.
#' @param codes Of the languages that there are.
choose_language <- function(asked, accepted, codes) {
  if (isTRUE(asked %in% codes)) return(asked)
  wanted <- strsplit(as.character(accepted %||% ""), "[,[:space:]]+")[[1]]
  wanted <- tolower(sub("[-;].*$", "", wanted))
  found <- wanted[wanted %in% codes]
  if (length(found)) found[[1]] else DEFAULT_LANGUAGE
}

is_blank <- function(text) is.null(text) || length(text) != 1L || is.na(text) || !nzchar(text)
