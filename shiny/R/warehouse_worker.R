# What a worker process does for the dashboard: asks the warehouse. It stands alone: a worker reads only this file.

CONNECT_TIMEOUT_SECONDS <- 3L
STATEMENT_TIMEOUT_MS <- 15000L
SSL_OPTIONS <- c("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding")

#' The rows of the first query that gives enough of them, else of the last.
#'
#' The connection is kept for the next time, and made anew after a failure.
#' @param url See `parse_warehouse_url`.
#' @param queries List of `statement` and `params`.
#' @param connect,run See `connect_warehouse` and `run_statement`; tests pass others.
#' @param kept Environment that keeps the connection.
answer_queries <- function(url, queries, enough, connect = connect_warehouse, run = run_statement, kept = KEPT) {
  drop <- function() {
    if (!is.null(kept$connection)) try(DBI::dbDisconnect(kept$connection), silent = TRUE)
    kept$connection <- NULL
  }
  attempt <- function(query) {
    if (is.null(kept$connection)) kept$connection <- connect(url)
    run(kept$connection, query$statement, query$params)
  }
  failed <- function(error) {
    drop()
    detail <- sub("\n.*$", "", conditionMessage(error))
    detail <- sub("^RPosgreSQL error: ", "", detail) # the driver spells itself so
    stop(warehouse_error(if (is_late(error)) "slow" else "warehouse", detail))
  }
  ask <- function(query) {
    reused <- !is.null(kept$connection)
    # A connection that was open may have died since (a restart of the database): one new one is tried at once.
    tryCatch(attempt(query), error = function(error) {
      if (!reused || is_late(error)) failed(error)
      drop()
      tryCatch(attempt(query), error = failed)
    })
  }
  for (query in queries) {
    rows <- ask(query)
    if (nrow(rows) >= enough) break
  }
  rows
}

KEPT <- new.env()

is_late <- function(error) grepl("statement timeout", conditionMessage(error), fixed = TRUE)

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

#' @param kind `warehouse` (it does not answer) or `slow` (it gave up on the statement).
warehouse_error <- function(kind, detail) {
  title <- if (kind == "slow") "The warehouse took too long" else "The warehouse does not answer"
  errorCondition(paste0(title, ": ", detail), class = c("warehouse_error", "api_error"),
                 kind = kind, title = title, detail = detail, call = NULL)
}
