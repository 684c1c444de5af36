# Runs of the ETL, and asking for one.

RUNNING <- c("queued", "running")
MAX_RANGE_DAYS <- 366

#' Check what was typed into the re-run form.
#'
#' @param from,to `2022-03-01T14:00` (as the browser's field gives it, read as UTC).
#' @return A list: `problem` (NULL when all is well, else a sentence), `from`, `to` (ISO 8601 UTC), `windows`.
range_request <- function(from, to, locale) {
  start <- parse_instant(hour_text(from))
  end <- parse_instant(hour_text(to))
  problem <- function(key, ...) list(problem = locale$say(paste0("rerun.problem.", key), ...))
  if (is.na(start)) return(problem("from"))
  if (is.na(end)) return(problem("to"))
  windows <- as.numeric(end) / 3600 - as.numeric(start) / 3600
  if (windows < 1) return(problem("order"))
  if (windows > MAX_RANGE_DAYS * 24) return(problem("long", n = MAX_RANGE_DAYS))
  iso <- function(instant) format(instant, "%Y-%m-%dT%H:00:00Z", tz = "UTC")
  list(problem = NULL, from = iso(start), to = iso(end), windows = windows)
}

hour_text <- function(text) {
  if (is.character(text) && length(text) == 1L && grepl("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}", text)) {
    paste0(substr(text, 1L, 13L), ":00:00Z")
  }
}

#' What the confirmation says.
range_sentence <- function(request, replace, locale) {
  span <- locale$say("rerun.span", windows = locale$some("count.windows", request$windows),
                     from = locale$moment(request$from),
                     to = locale$moment(request$to))
  paste(span, locale$say(if (replace) "rerun.what_replace" else "rerun.what_load"))
}

is_going <- function(run) isTRUE(run$state %in% RUNNING)
any_going <- function(runs) any(vapply(runs, is_going, TRUE))
has_ended <- function(run) !is.null(run) && !is_going(run)

#' One sentence on how a run stands.
run_sentence <- function(run, locale, now = Sys.time()) {
  say <- locale$say
  state <- as.character(run$state %||% "unknown")
  counts <- function() {
    number <- function(field) locale$count(as_number(run[[field]] %||% 0))
    say("run.counts", windows = locale$some("count.windows", as_number(run$windows %||% 0)),
        collected = number("collected"),
        loaded = number("loaded"), duplicates = number("duplicates"), rejected = number("rejected"),
        withheld = number("withheld"))
  }
  switch(state,
    queued = say("run.queued", time = locale$ago(run$requestedAt, now)),
    running = paste(say("run.running", time = locale$ago(run$startedAt, now)), counts()),
    succeeded = paste(say("run.succeeded", time = took(run, locale)), counts()),
    failed = paste(say("run.failed", time = took(run, locale)), as.character(run$error %||% say("run.no_reason"))),
    cancelled = say("run.cancelled"),
    say("run.other", state = state)
  )
}

#' How long a run took, "3 min"; a dash while it goes.
took <- function(run, locale) {
  locale$duration(as.numeric(parse_instant(run$finishedAt)) - as.numeric(parse_instant(run$startedAt)))
}

#' "22 Nov, 07:00 – 09:00", or with both days where they differ. The year stands in the title.
range_label <- function(from, to, locale) {
  same_day <- substr(as.character(from), 1L, 10L) == substr(as.character(to), 1L, 10L)
  paste(locale$moment(from, shape = "short_moment"), DASH,
        locale$moment(to, shape = if (same_day) "time" else "short_moment"))
}

BOOK_FIELDS <- c("collected", "loaded", "duplicates", "rejected", "withheld")

#' How a run changed the books: list of `field`, `before`, `after`, `change`; NULL where the run does not tell.
difference_rows <- function(run) {
  difference <- run$difference
  if (is.null(difference$before) || is.null(difference$after)) return(NULL)
  lapply(BOOK_FIELDS, function(field) {
    before <- as_number(difference$before[[field]] %||% 0)
    after <- as_number(difference$after[[field]] %||% 0)
    list(field = field, before = before, after = after, change = after - before)
  })
}

#' 12 -> "+12", -3 -> "−3", 0 -> "0".
signed_count <- function(x, locale) {
  paste0(if (isTRUE(x > 0)) "+" else if (isTRUE(x < 0)) "\u2212", locale$count(abs(x)))
}
