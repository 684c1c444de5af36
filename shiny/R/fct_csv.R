# CSV for spreadsheets.

#' Rows (lists) as the text of a CSV file (RFC 4180), one column per name.
#'
#' Texts of events come from strangers: one that a spreadsheet would take for a formula gets an apostrophe in front.
#' @param rows List of lists; a member that is missing is an empty cell.
#' @param columns Names of the members, in order; they are the header too.
csv_text <- function(rows, columns) {
  cell <- function(value) {
    if (is.null(value) || length(value) != 1L || is.na(value)) return("")
    if (is.numeric(value)) return(format(value, digits = 15L, scientific = FALSE, trim = TRUE))
    quoted(harmless(if (is.logical(value)) tolower(as.character(value)) else as.character(value)))
  }
  lines <- vapply(rows, function(row) {
    paste(vapply(columns, function(name) cell(row[[name]]), ""), collapse = ",")
  }, "")
  paste0(paste(c(paste(columns, collapse = ","), lines), collapse = "\r\n"), "\r\n")
}

#' Spreadsheets run what begins with =, +, -, @, a tab or a line's end; also behind spaces.
harmless <- function(text) {
  risky <- grepl("^[[:space:]]*[=+@\uff1d\uff0b\uff20\uff0d-]", text) || grepl("^[\t\r\n]", text)
  if (risky) paste0("'", text) else text
}

quoted <- function(text) {
  if (grepl("[\",\r\n]", text)) paste0("\"", gsub("\"", "\"\"", text, fixed = TRUE), "\"") else text
}

#' `clickstream-products-2022-03-01-2022-03-28.csv`
csv_name <- function(subject, period = NULL) {
  paste0(paste(c("clickstream", subject, period$from, period$to), collapse = "-"), ".csv")
}

#' Give the visitor a file when the button is pressed. It travels as a message: no URL of its own is needed, which
#' would not be found below a path prefix.
#'
#' @param rows `function()` giving the rows or a promise of them.
offer_csv <- function(session, input, subject, columns, rows, period = function() NULL, button = "csv") {
  observeEvent(input[[button]], {
    promises::then(
      promises::promise_resolve(rows()),
      onFulfilled = function(rows) {
        session$sendCustomMessage("save",
                                  list(name = csv_name(subject, isolate(period())), text = csv_text(rows, columns)))
      },
      onRejected = function(error) {
        log_event("dashboard.csv.failed", subject = subject, reason = conditionMessage(error))
        showNotification(conditionMessage(error), type = "error", session = session)
      }
    )
    NULL # not the promise: the page stays alive meanwhile
  })
}
