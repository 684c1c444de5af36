# The pieces that pages are made of.

#' Frame of a page: its phase, its notice, its content. The style sheet shows what fits the phase.
page_frame <- function(ns, ...) {
  div(
    class = "page-frame",
    div(id = ns("phase"), class = "phase", `data-phase` = "first"),
    div(id = ns("notice"), class = "shiny-html-output", `aria-live` = "polite"),
    div(class = "page-content", ...)
  )
}

#' Wire the phase and the notice of a page (see `page_frame`).
serve_frame <- function(output, state, is_empty = function(data) FALSE, empty = NO_EVENTS) {
  notice <- reactive(notice_of(state(), is_empty, empty))
  output$phase <- shiny::createRenderFunction(function() notice()$phase, function(value, session, name, ...) value)
  output$notice <- renderUI(notice_box(notice()))
}

notice_box <- function(notice) {
  if (is.null(notice$title)) return(NULL)
  calm <- notice$phase %in% c("empty", "hint")
  div(
    class = paste("notice", paste0("notice-", notice$phase)), role = if (calm) "status" else "alert",
    icon_svg(if (calm) "empty" else "warning"),
    div(
      tags$p(class = "notice-title", notice$title), tags$p(notice$text),
      if (!is.null(notice$detail)) tags$p(class = "notice-detail", notice$detail)
    )
  )
}

#' A titled card.
#'
#' @param aside What stands at the right of the title.
panel <- function(title, ..., subtitle = NULL, aside = NULL, class = NULL) {
  tags$section(
    class = paste(c("panel", class), collapse = " "),
    tags$header(
      class = "panel-head",
      div(tags$h2(title), if (!is.null(subtitle)) tags$p(class = "panel-sub", subtitle)), aside
    ),
    ...
  )
}

#' An HTML output that shows grey blocks until its first content comes.
skeleton_output <- function(id, blocks = 3L, class = NULL) {
  div(id = id, class = paste(c("shiny-html-output", class), collapse = " "),
      replicate(blocks, div(class = "skeleton", `aria-hidden` = "true"), simplify = FALSE))
}

#' A plain table. Every cell is text (escaped by htmltools) or a tag that we made.
#'
#' @param columns List of `label`, `cell` (`function(row)`), optional `class`.
#' @param rows List of rows.
#' @param caption Read out, not shown.
plain_table <- function(columns, rows, caption, class = NULL) {
  div(
    class = "table-scroll", tabindex = "0", role = "region", `aria-label` = caption,
    tags$table(
      class = paste(c("plain-table", class), collapse = " "),
      tags$caption(class = "visually-hidden", caption),
      tags$thead(tags$tr(lapply(columns, function(column) tags$th(scope = "col", class = column$class, column$label)))),
      tags$tbody(lapply(rows, function(row) {
        tags$tr(lapply(columns, function(column) tags$td(class = column$class, column$cell(row))))
      }))
    )
  )
}

#' A small coloured word.
pill <- function(text, tone = "idle") tags$span(class = paste0("pill pill-", tone), text)

#' One of a few choices, as a row of buttons (radio buttons to the keyboard and the screen reader).
segmented <- function(id, label, choices, selected = choices[[1]]) {
  hidden <- tags$span(class = "visually-hidden", label)
  div(class = "segmented", radioButtons(id, hidden, choices, selected, inline = TRUE))
}

#' A checkbox that looks like a switch.
switch_input <- function(id, label, checked = FALSE) {
  tags$label(
    class = "switch", tags$input(id = id, type = "checkbox", role = "switch", checked = if (checked) NA),
    tags$span(class = "switch-track", `aria-hidden` = "true"), label
  )
}

#' A field of the browser's own kind: `date`, `datetime-local`.
native_input <- function(id, label, type, value = NULL, ...) {
  tags$label(class = "field", tags$span(label),
             tags$input(id = id, type = type, class = "native-input form-control", value = value, ...))
}

#' The rows of a data frame as a list of lists.
rows_of <- function(frame) {
  lapply(seq_len(nrow(frame)), function(i) lapply(frame, `[[`, i))
}
