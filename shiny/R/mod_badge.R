# The header's badge: is the data fresh, is it complete?

# The badge is the first to say that the API is away, so it asks more often than a page.
BADGE_SECONDS <- 10

mod_badge_ui <- function(id, locale) {
  ns <- NS(id)
  div(id = ns("badge"), class = "shiny-html-output badge-slot", role = "status",
      `aria-label` = locale$say("badge.label"))
}

mod_badge_server <- function(id, api, locale, time_zone, site, every) {
  moduleServer(id, function(input, output, session) {
    status <- live(reactive(TRUE), function(asked) api$status(), every = min(every, BADGE_SECONDS))
    output$badge <- renderUI({
      badge <- badge_of(status$state(), locale, time_zone() %||% "UTC")
      partial <- isFALSE(site()$data$complete)
      tags$a(
        class = paste0("badge-link tone-", badge$tone), href = "?page=quality", `data-page` = "quality",
        title = badge$detail, `aria-label` = paste0(locale$say("badge.label"), ": ", badge$text, ". ", badge$detail),
        tags$span(class = "dot", `aria-hidden` = "true"), tags$span(badge$text),
        if (partial && badge$tone == "good") tags$span(class = "badge-more", locale$say("badge.filling"))
      )
    })
  })
}
