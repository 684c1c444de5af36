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

#' Wire the phase and the notice of a page (see `page_frame`); the rest is as for `notice_of`.
serve_frame <- function(output, state, locale, ...) {
  notice <- reactive(notice_of(state(), locale, ...))
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

#' The content of a panel that asks for itself: its answer, or why there is none.
#'
#' @param state See `live`; @param show `function(data)`.
panel_content <- function(state, locale, show) {
  if (!is.null(state$data)) return(show(state$data))
  req(state$error)
  kind <- error_kind(state$error)
  nothing(locale$say(paste0("error.", kind, ".title")), "warning")
}

nothing <- function(text, icon = NULL) div(class = "nothing", if (!is.null(icon)) icon_svg(icon), text)

#' A titled card.
#'
#' @param aside What stands at the right of the title.
panel <- function(title, ..., subtitle = NULL, aside = NULL, class = NULL) {
  tags$section(
    class = paste(c("panel", class), collapse = " "),
    tags$header(
      class = "panel-head",
      div(tags$h2(title), if (!is.null(subtitle)) tags$p(class = "panel-sub", subtitle)),
      if (!is.null(aside)) div(class = "panel-tools", aside)
    ),
    ...
  )
}

#' An HTML output that shows grey blocks until its first content comes.
skeleton_output <- function(id, blocks = 3L, class = NULL) {
  div(id = id, class = paste(c("shiny-html-output", class), collapse = " "),
      replicate(blocks, div(class = "skeleton", `aria-hidden` = "true"), simplify = FALSE))
}

#' A text that the server gives, inside a subtitle.
sub_text <- function(id) textOutput(id, inline = TRUE)

#' A small coloured word.
pill <- function(text, tone = "idle") tags$span(class = paste0("pill pill-", tone), text)

#' One of a few choices, as a row of buttons (radio buttons to the keyboard and the screen reader).
segmented <- function(id, label, choices, selected = choices[[1]]) {
  hidden <- tags$span(class = "visually-hidden", label)
  div(class = "segmented", radioButtons(id, hidden, choices, selected, inline = TRUE))
}

#' Choices of `segmented`, named by the words `<family>.<value>`.
named_choices <- function(values, family, locale) {
  stats::setNames(values, vapply(values, function(value) locale$say(paste0(family, ".", value)), ""))
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

#' A search field: the label is read out, the placeholder seen.
search_input <- function(id, label, placeholder = label) {
  div(class = "search-field", tags$label(class = "visually-hidden", `for` = id, label),
      tags$input(id = id, type = "text", class = "form-control", placeholder = placeholder, autocomplete = "off"))
}

#' A button that sets an input to a value when it is pressed: for rows of tables, where there are many.
value_button <- function(input, value, ..., class = "quiet-button") {
  tags$button(type = "button", class = class, `data-input` = input, `data-value` = value, ...)
}

#' The button of a CSV download; see `offer_csv`.
csv_button <- function(ns, locale, id = "csv", label = locale$say("csv.label")) {
  actionButton(ns(id), tagList(icon_svg("download"), "CSV"), class = "quiet-button", title = label,
               `aria-label` = label)
}

#' A bar that shows a share (0 to 1), for the eye alone.
share_bar <- function(share) {
  share <- if (is_missing(share)) 0 else max(0, min(1, share))
  div(class = "share-bar", `aria-hidden` = "true", div(style = sprintf("width:%.2f%%", share * 100)))
}

#' The rows of a data frame as a list of lists.
rows_of <- function(frame) {
  lapply(seq_len(nrow(frame)), function(i) lapply(frame, `[[`, i))
}
