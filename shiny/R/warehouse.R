# Read-only SQL on the warehouse. RPostgreSQL waits for its answer, so a statement may take five seconds and no more;
# the period is bounded and the time indexed, so it takes milliseconds.

CONNECT_TIMEOUT_SECONDS <- 3L
STATEMENT_TIMEOUT_MS <- 5000L
SSL_OPTIONS <- c("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding")

#' The warehouse as a list of functions; connects on first use, and anew after a failure.
#'
#' @param url Parsed warehouse URL (see `parse_warehouse_url`), or NULL: every query then says that it is not set.
#' @param connect Gives an open connection (see `connect_warehouse`).
#' @param run `function(connection, statement, params)` giving a data frame.
open_warehouse <- function(url, connect = function() connect_warehouse(url), run = run_statement) {
  connection <- NULL
  drop <- function() {
    if (!is.null(connection)) try(DBI::dbDisconnect(connection), silent = TRUE)
    connection <<- NULL
  }
  query <- function(asked) {
    if (is.null(url)) stop(warehouse_error("CLICKSTREAM_WAREHOUSE_URL is not set"))
    reused <- !is.null(connection)
    attempt <- function() {
      if (is.null(connection)) connection <<- connect()
      run(connection, asked$statement, asked$params)
    }
    failed <- function(error) {
      drop()
      first_line <- sub("\n.*$", "", conditionMessage(error))
      stop(warehouse_error(sub("^RPosgreSQL error: ", "", first_line))) # the driver spells itself so
    }
    # A connection that was open may have died since (a restart of the database): one new one is tried at once.
    tryCatch(attempt(), error = function(error) {
      if (!reused || grepl("statement timeout", conditionMessage(error), fixed = TRUE)) failed(error)
      drop()
      tryCatch(attempt(), error = failed)
    })
  }
  list(
    events = function(period, filters = list(), before = NULL) {
      for (stretch in STRETCHES) {
        page <- events_page(query(events_query(period, filters, before, stretch)))
        if (!is.null(page$older)) break
      }
      page
    },
    close = drop
  )
}

connect_warehouse <- function(url) {
  options <- url$options[names(url$options) %in% SSL_OPTIONS]
  settings <- c(list(dbname = url$dbname, connect_timeout = CONNECT_TIMEOUT_SECONDS,
                     application_name = "clickstream-dashboard"), options)
  # libpq takes a whole connection string in place of the name: RPostgreSQL has no argument for the time-out.
  conninfo <- paste0(names(settings), "='", gsub("(['\\\\])", "\\\\\\1", unlist(settings)), "'", collapse = " ")
  connection <- DBI::dbConnect(
    RPostgreSQL::PostgreSQL(), host = url$host, port = as.character(url$port), user = url$user, password = url$password,
    dbname = conninfo, options = sprintf("-c statement_timeout=%d -c TimeZone=UTC", STATEMENT_TIMEOUT_MS)
  )
  run_statement(connection, "set client_encoding to 'UTF8'")
  connection
}

run_statement <- function(connection, statement, params = character()) {
  arguments <- list(connection, statement)
  if (length(params)) arguments <- c(arguments, list(enc2utf8(params)))
  result <- suppressWarnings(do.call(DBI::dbSendQuery, arguments))
  on.exit(try(DBI::dbClearResult(result), silent = TRUE))
  if (DBI::dbHasCompleted(result)) return(data.frame())
  rows <- DBI::fetch(result, n = -1)
  text <- vapply(rows, is.character, TRUE)
  rows[text] <- lapply(rows[text], `Encoding<-`, "UTF-8")
  rows
}

warehouse_error <- function(detail) {
  errorCondition(paste("The warehouse does not answer:", detail), class = c("warehouse_error", "api_error"),
                 kind = "unavailable", title = "The warehouse does not answer", detail = detail, call = NULL)
}
