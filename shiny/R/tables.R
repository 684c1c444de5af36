# Tables: plain HTML, so that they are quick, can be read out and fit a phone. Sorting and pages are the server's.

#' A column.
#'
#' @param cell `function(row)` giving text (escaped by htmltools) or a tag that we made.
#' @param sort Name by which it can be sorted, NULL where it can not.
column <- function(label, cell, class = NULL, sort = NULL) list(label = label, cell = cell, class = class, sort = sort)

text_column <- function(label, field, class = NULL, sort = NULL) {
  column(label, function(row) text_or_dash(row[[field]]), class, sort)
}

#' The path of a page; in a dense table it is cut at the end, and whole on hover.
path_column <- function(label, field, class = "path", sort = NULL) {
  column(label, function(row) tags$span(title = row[[field]], text_or_dash(row[[field]])), class, sort)
}

count_column <- function(locale, label, field, class = "number", sort = field) {
  column(label, function(row) locale$count(as_number(row[[field]])), class, sort)
}

percent_column <- function(locale, label, field, class = "number", sort = field) {
  column(label, function(row) locale$percent(as_number(row[[field]])), class, sort)
}

money_column <- function(locale, label, field, currency, class = "number", sort = field) {
  column(label, function(row) locale$money(as_number(row[[field]]), currency, full = TRUE), class, sort)
}

#' A number with its share of the largest as a bar below it.
bar_column <- function(locale, label, field, most, class = "number with-bar", sort = field) {
  column(label, function(row) {
    value <- as_number(row[[field]])
    tagList(locale$count(value), share_bar(if (isTRUE(most > 0)) value / most))
  }, class, sort)
}

#' A table.
#'
#' @param rows List of rows, each a list.
#' @param caption Read out, not shown.
#' @param sorting NULL, or a list: `input` (id of the input that takes the column pressed), `by`, `descending`.
plain_table <- function(columns, rows, caption, class = NULL, sorting = NULL) {
  div(
    class = "table-scroll", tabindex = "0", role = "group", `aria-label` = caption,
    tags$table(
      class = paste(c("plain-table", class), collapse = " "),
      tags$caption(class = "visually-hidden", caption),
      tags$thead(tags$tr(lapply(columns, function(column) header_cell(column, sorting)))),
      tags$tbody(lapply(rows, function(row) {
        tags$tr(lapply(columns, function(column) tags$td(class = column$class, column$cell(row))))
      }))
    )
  )
}

header_cell <- function(column, sorting) {
  if (is.null(sorting) || is.null(column$sort)) return(tags$th(scope = "col", class = column$class, column$label))
  chosen <- identical(column$sort, sorting$by)
  tags$th(
    scope = "col", class = column$class,
    `aria-sort` = if (chosen) if (sorting$descending) "descending" else "ascending",
    value_button(sorting$input, column$sort, column$label,
                 if (chosen) icon_svg(if (sorting$descending) "sorted-down" else "sorted-up"), class = "sort-button")
  )
}

#' What a table is sorted by: pressing a column's head sorts by it, pressing it again turns it round.
#'
#' @param by Reactive: what it is sorted by at first; a change of it starts anew.
#' @param allowed Names that may be sorted by; those of `ascending` begin with the least.
#' @return Reactive list: `input`, `by`, `descending` (see `plain_table`).
sort_choice <- function(input, session, by, allowed, name = "sort", ascending = character()) {
  first <- reactive(list(by = by(), descending = !by() %in% ascending))
  chosen <- reactiveVal(isolate(first()))
  observeEvent(first(), chosen(first()), ignoreInit = TRUE)
  observeEvent(input[[name]], {
    pressed <- input[[name]]
    if (!isTRUE(pressed %in% allowed)) return()
    same <- identical(chosen()$by, pressed)
    chosen(list(by = pressed, descending = if (same) !chosen()$descending else !pressed %in% ascending))
  })
  reactive(c(list(input = session$ns(name)), chosen()))
}

#' Rows (lists) in the order of a choice; missing values come last.
sort_rows <- function(rows, sorting) {
  values <- lapply(rows, function(row) row[[sorting$by]])
  text <- any(vapply(values, is.character, TRUE))
  values <- if (text) vapply(values, function(value) tolower(as.character(value %||% NA)),
                             "") else vapply(values, as_number, 0)
  rows[order(values, decreasing = sorting$descending, na.last = TRUE, method = "radix")]
}

as_number <- function(x) {
  if (is.null(x) || length(x) != 1L) return(NA_real_)
  suppressWarnings(as.numeric(x))
}

text_or_dash <- function(text) if (is_blank(text)) DASH else as.character(text)

#' What went wrong, in a row: its first line, the rest on demand.
row_error <- function(text) {
  text <- as.character(text)
  first <- sub("\n.*$", "", text)
  if (nchar(text) <= 90L) return(div(class = "row-error", text))
  div(class = "row-error", tags$details(
    tags$summary(if (nchar(first) > 80L) paste0(substr(first, 1L, 78L), "\u2026") else first), tags$pre(text)
  ))
}

#' The first ten characters of an id; the whole one on hover.
short_id <- function(id) {
  id <- text_or_dash(id)
  if (nchar(id) <= 12L) id else tags$span(title = id, paste0(substr(id, 1L, 10L), "\u2026"))
}
