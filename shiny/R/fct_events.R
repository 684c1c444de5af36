# The query behind the event page: one page of events, newest first, by keyset, within a bounded period.

EVENTS_PER_PAGE <- 50L
EXPORTED_EVENTS <- 10000L
# The time's index is a BRIN: it finds a stretch of time, not an order. A page of the newest events is looked for in the
# last hours first, and further back only while it is not full; so a page costs a stretch, not the whole period.
STRETCHES <- c("6 hours", "2 days", "14 days", "")
EVENT_COLUMNS <- c(
  "event_timestamp", "event_name", "page_path", "context_product_name", "channel", "device_type", "country",
  "user_login_state", "session_id", "client_id", "is_bot"
)

# The filter bar's names among the columns, as mart.event_list takes them: of the event itself.
FILTER_COLUMNS <- c(channel = "channel", device = "device_type", country = "coalesce(country, 'unknown')",
                    category = "context_product_category", brand = "context_product_brand",
                    login = "coalesce(user_login_state, 'unknown')")

#' Statement and parameters for one page.
#'
#' The time travels as text with all its digits, so that the keyset is exact. Values are parameters, always; clauses
#' are chosen from fixed texts.
#' @param period See `period_of`: `from`, `to`, `bots`, `filters`, `time_zone`.
#' @param filters List of `event` (an event name) and `find` (part of a page path, product, session or client id).
#' @param before NULL for the newest page, else the `cursor` of the page before.
#' @param stretch How far to look back from the newest that may come, an interval; "" for the whole period.
#' @return A list of `statement` and `params` (character vector).
events_query <- function(period, filters = list(), before = NULL, stretch = "", limit = EVENTS_PER_PAGE) {
  params <- c(period$from, period$to, period$time_zone)
  where <- c(
    "event_timestamp >= ($1::date)::timestamp at time zone $3::text",
    "event_timestamp < ($2::date + 1)::timestamp at time zone $3::text"
  )
  add <- function(clause, ...) {
    for (value in c(...)) {
      params <<- c(params, value)
      clause <- sub("?", paste0("$", length(params)), clause, fixed = TRUE)
    }
    where <<- c(where, clause)
  }
  if (!isTRUE(period$bots)) where <- c(where, "is_bot is not true")
  for (name in intersect(names(period$filters), names(FILTER_COLUMNS))) {
    add(paste(FILTER_COLUMNS[[name]], "= ?::text"), period$filters[[name]])
  }
  if (nzchar(filters$event %||% "")) add("event_name = ?::text", filters$event)
  if (nzchar(filters$find %||% "")) {
    add("strpos(lower(concat_ws(' ', page_path, context_product_name, session_id, client_id)), lower(?::text)) > 0",
        filters$find)
  }
  if (!is.null(before)) {
    add("(event_timestamp, event_id) < (?::timestamptz, ?::uuid)", before$at, before$id)
    if (nzchar(stretch)) add("event_timestamp >= ?::timestamptz - ?::interval", before$at, stretch)
  } else if (nzchar(stretch)) {
    add("event_timestamp >= ($2::date + 1)::timestamp at time zone $3::text - ?::interval", stretch)
  }
  params <- c(params, as.character(limit + 1L))
  statement <- paste0(
    "select event_id::text as event_id, event_timestamp::text as cursor_at,\n",
    "  to_char(event_timestamp at time zone $3::text, 'YYYY-MM-DD HH24:MI:SS') as event_timestamp,\n  ",
    paste(sprintf("%s::text as %s", EVENT_COLUMNS[-1], EVENT_COLUMNS[-1]), collapse = ", "),
    "\nfrom public.clickstream_events\nwhere ", paste(where, collapse = "\n  and "),
    "\norder by clickstream_events.event_timestamp desc, clickstream_events.event_id desc\nlimit $",
    length(params), "::int"
  )
  list(statement = statement, params = params)
}

#' The same page looked for in ever longer stretches: a list of `events_query`.
events_queries <- function(period, filters = list(), before = NULL, limit = EVENTS_PER_PAGE) {
  lapply(STRETCHES, function(stretch) events_query(period, filters, before, stretch, limit))
}

#' A page from the rows that came: `rows` (at most `limit`), `older` (cursor of the next page, NULL on the last one).
events_page <- function(rows, limit = EVENTS_PER_PAGE) {
  more <- nrow(rows) > limit
  rows <- utils::head(rows, limit)
  last <- nrow(rows)
  list(rows = rows, older = if (more) list(at = rows$cursor_at[[last]], id = rows$event_id[[last]]))
}
