# The composition root: the world is put together here and nowhere else. Files in R/ are sourced by Shiny.
library(shiny)

settings <- read_settings()

serve_securely(shinyApp(
  ui = app_ui(dashboard_pages()),
  server = app_server(
    pages = dashboard_pages(),
    api = admin_api(http_transport(settings$admin_api_url, settings$admin_token)),
    warehouse = open_warehouse(settings$warehouse),
    refresh_seconds = settings$refresh_seconds
  ),
  uiPattern = "^/(health/(live|ready))?$"
))
