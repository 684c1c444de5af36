# The composition root: the world is put together here and nowhere else. Files in R/ are sourced by Shiny.
library(shiny)

settings <- read_settings()
locales <- read_locales("words")

app <- shinyApp(
  ui = app_ui(dashboard_pages(), locales),
  server = app_server(
    pages = dashboard_pages(),
    locales = locales,
    api = admin_api(http_transport(settings$admin_api_url, settings$admin_token)),
    warehouse = open_warehouse(settings$warehouse, warehouse_workers(settings$workers)),
    refresh_seconds = settings$refresh_seconds
  ),
  uiPattern = "^/(health/(live|ready))?$"
)
serve_securely(serve_below(settings$path, serve_kept(app, dashboard_pages(), locales)))
