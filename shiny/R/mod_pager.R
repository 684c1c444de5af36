# Newer and older, by cursors: for lists whose end is not known.

mod_pager_ui <- function(id) {
  ns <- NS(id)
  div(
    class = "pager", role = "group", `aria-label` = "Pages of the list",
    actionButton(ns("newer"), tagList(icon_svg("newer"), "Newer"), class = "quiet-button"),
    textOutput(ns("page"), inline = TRUE),
    actionButton(ns("older"), tagList("Older", icon_svg("older")), class = "quiet-button")
  )
}

#' @param next_cursor Reactive: the cursor of the older page, NULL on the last one.
#' @param reset Reactive: a change of it leads back to the newest page.
#' @return A list of reactives: `cursor` (NULL on the newest page) and `page` (1, 2, …).
mod_pager_server <- function(id, next_cursor, reset) {
  moduleServer(id, function(input, output, session) {
    passed <- reactiveVal(list())
    observeEvent(reset(), passed(list()), ignoreNULL = FALSE, ignoreInit = TRUE)
    observeEvent(input$older, {
      if (!is.null(next_cursor())) passed(c(passed(), list(next_cursor())))
    })
    observeEvent(input$newer, passed(utils::head(passed(), -1L)))
    observe(session$sendCustomMessage("enable", list(
      list(id = session$ns("newer"), on = length(passed()) > 0L),
      list(id = session$ns("older"), on = !is.null(next_cursor()))
    )))
    page <- reactive(length(passed()) + 1L)
    output$page <- renderText(paste("Page", page()))
    list(cursor = reactive(if (length(passed())) passed()[[length(passed())]]), page = page)
  })
}
