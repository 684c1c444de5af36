#' One JSON line on standard error: a stable dotted event name and its fields.
log_event <- function(event, ...) {
  line <- c(list(timestamp = format(Sys.time(), "%Y-%m-%dT%H:%M:%OS3Z", tz = "UTC"), service = "dashboard",
                 message = event), list(...))
  writeLines(jsonlite::toJSON(line, auto_unbox = TRUE), stderr())
}
