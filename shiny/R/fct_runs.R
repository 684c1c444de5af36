# Runs of the ETL, and asking for one.

RUNNING <- c("queued", "running")
MAX_RANGE_DAYS <- 366

#' Check what was typed into the re-run form.
#'
#' @param from,to `2022-03-01T14:00` (as the browser's field gives it, read as UTC).
#' @return A list: `problem` (NULL when all is well, else a sentence), `from`, `to` (ISO 8601 UTC), `windows`.
range_request <- function(from, to) {
  start <- parse_instant(hour_text(from))
  end <- parse_instant(hour_text(to))
  problem <- function(sentence) list(problem = sentence)
  if (is.na(start)) return(problem("Choose the first hour."))
  if (is.na(end)) return(problem("Choose the hour at which the range ends."))
  windows <- as.numeric(end) / 3600 - as.numeric(start) / 3600
  if (windows < 1) return(problem("The end must be at least one hour after the first hour."))
  if (windows > MAX_RANGE_DAYS * 24) return(problem("One run takes at most 366 days; choose a shorter range."))
  iso <- function(instant) format(instant, "%Y-%m-%dT%H:00:00Z", tz = "UTC")
  list(problem = NULL, from = iso(start), to = iso(end), windows = windows)
}

hour_text <- function(text) {
  if (is.character(text) && length(text) == 1L && grepl("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}", text)) {
    paste0(substr(text, 1L, 13L), ":00:00Z")
  }
}

#' What the confirmation says.
range_sentence <- function(request, replace) {
  span <- sprintf("%s from %s until %s (UTC, not included)", plural(request$windows, "hourly window"),
                  moment(request$from), moment(request$to))
  if (replace) {
    paste0(span, ". Their events are deleted and loaded again from the raw lake; readers see the old numbers until ",
           "the new ones are there.")
  } else {
    paste0(span, ". Only what has not been loaded yet is loaded; what is there stays.")
  }
}

is_going <- function(run) isTRUE(run$state %in% RUNNING)
any_going <- function(runs) any(vapply(runs, is_going, TRUE))
has_ended <- function(run) !is.null(run) && !is_going(run)

#' One sentence on how a run stands.
run_sentence <- function(run, now = Sys.time()) {
  state <- as.character(run$state %||% "unknown")
  counts <- function() {
    sprintf("%s: %s collected, %s loaded, %s, %s rejected, %s withheld", plural(run$windows %||% 0, "window"),
            count(run$collected %||% 0), count(run$loaded %||% 0), plural(run$duplicates %||% 0, "duplicate"),
            count(run$rejected %||% 0), count(run$withheld %||% 0))
  }
  switch(state,
    queued = paste("Waiting to start, asked for", ago(run$requestedAt, now)),
    running = paste0("Running, started ", ago(run$startedAt, now), ". ", counts()),
    succeeded = paste0("Done in ", took(run), ". ", counts()),
    failed = paste0("Failed after ", took(run), ". ", as.character(run$error %||% "No reason was given.")),
    paste("State:", state)
  )
}

#' How long a run took, "3 min"; a dash while it goes.
took <- function(run) {
  duration(as.numeric(parse_instant(run$finishedAt)) - as.numeric(parse_instant(run$startedAt)))
}

#' "22 Nov, 07:00 – 09:00", or with both days where they differ. The year stands in the title.
range_label <- function(from, to) {
  same_day <- moment(from, pattern = "%F") == moment(to, pattern = "%F")
  paste(moment(from, pattern = "%-d %b, %H:%M"), "\u2013",
        moment(to, pattern = if (same_day) "%H:%M" else "%-d %b, %H:%M"))
}
