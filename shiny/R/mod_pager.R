# Pages of lists: by cursor where the end is not known, by number where it is.

mod_pager_ui <- function(id, locale) {
  ns <- NS(id)
  pager_frame(ns, locale, "newer", locale$say("pager.newer"), "older", locale$say("pager.older"))
}

pager_frame <- function(ns, locale, back, back_label, on, on_label) {
  div(
    class = "pager", role = "group", `aria-label` = locale$say("pager.label"),
    actionButton(ns(back), tagList(icon_svg("newer"), back_label), class = "quiet-button"),
    textOutput(ns("page"), inline = TRUE),
    actionButton(ns(on), tagList(on_label, icon_svg("older")), class = "quiet-button")
  )
}

#' Newer and older, by cursors.
#'
#' @param next_cursor Reactive: the cursor of the older page, NULL on the last one.
#' @param reset Reactive: a change of it leads back to the newest page.
#' @return A list of reactives: `cursor` (NULL on the newest page) and `page` (1, 2, …).
mod_pager_server <- function(id, locale, next_cursor, reset) {
  moduleServer(id, function(input, output, session) {
    passed <- reactiveVal(list())
    observeEvent(reset(), passed(list()), ignoreNULL = FALSE, ignoreInit = TRUE)
    observeEvent(input$older, {
      if (!is.null(next_cursor())) passed(c(passed(), list(next_cursor())))
    })
    observeEvent(input$newer, passed(utils::head(passed(), -1L)))
    observe(enable_buttons(session, newer = length(passed()) > 0L, older = !is.null(next_cursor())))
    page <- reactive(length(passed()) + 1L)
    output$page <- renderText(locale$say("pager.page", n = page()))
    list(cursor = reactive(if (length(passed())) passed()[[length(passed())]]), page = page)
  })
}

mod_pages_ui <- function(id, locale) {
  ns <- NS(id)
  pager_frame(ns, locale, "back", locale$say("pager.back"), "on", locale$say("pager.on"))
}

#' Back and on, by number.
#'
#' @param size Rows of a page; @param total Reactive: rows of the whole list, NULL where there are no pages.
#' @return A list: `offset` (reactive).
mod_pages_server <- function(id, locale, size, total, reset) {
  moduleServer(id, function(input, output, session) {
    page <- reactiveVal(1L)
    pages <- reactive(max(1L, as.integer(ceiling(as.numeric(total() %||% 0) / size))))
    observeEvent(reset(), page(1L), ignoreNULL = FALSE, ignoreInit = TRUE)
    observeEvent(input$back, page(max(1L, page() - 1L)))
    observeEvent(input$on, page(min(pages(), page() + 1L)))
    observe(enable_buttons(session, back = page() > 1L, on = page() < pages()))
    output$page <- renderText({
      if (is.null(total())) return("")
      locale$say("pager.page_of", n = page(), of = pages(), total = locale$count(as_number(total())))
    })
    list(offset = reactive((page() - 1L) * size))
  })
}

enable_buttons <- function(session, ...) {
  on <- list(...)
  session$sendCustomMessage("enable", unname(Map(function(name, is_on) {
    list(id = session$ns(name), on = is_on)
  }, names(on), on)))
}
