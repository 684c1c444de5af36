# The look is in www/theme.css: its custom properties are the only place where a colour, a radius or a font is named.
# Charts take theirs from there too (see www/echart.js), so light and dark are one switch.

#' Bootstrap 5 as it comes (its compiled file: nothing is compiled at start), under our style sheet.
dashboard_theme <- function() bslib::bs_theme(version = 5)

#' Our own files. The version is the newest change among them, so that a browser never mixes two releases.
#' The language's marks are data for www/format.js and www/shell.js.
dashboard_assets <- function(locale, folder = "www") {
  changed <- file.mtime(list.files(folder, full.names = TRUE))
  version <- paste0("?v=", if (length(changed)) format(max(changed), "%Y%m%d%H%M%S") else "0")
  script <- function(name) tags$script(src = paste0(name, version), defer = NA)
  tags$head(
    tags$meta(name = "viewport", content = "width=device-width, initial-scale=1"),
    tags$meta(name = "color-scheme", content = "light dark"),
    tags$link(rel = "icon", href = paste0("favicon.svg", version), type = "image/svg+xml"),
    tags$script(src = paste0("scheme.js", version)), # not deferred: the page must not flash in the other colours
    tags$link(rel = "stylesheet", href = paste0("theme.css", version)),
    tags$link(rel = "stylesheet", href = paste0("tables.css", version)),
    tags$script(id = "locale", type = "application/json", HTML(browser_words(locale))),
    # The largest part is not waited for: echart.js draws when it has come.
    tags$script(id = "chart-library", src = paste0("echarts.min.js", version), async = NA),
    script("format.js"), script("echart.js"), script("messages.js"), script("shell.js")
  )
}

browser_words <- function(locale) {
  words <- locale$words
  json <- jsonlite::toJSON(auto_unbox = TRUE, list(
    number = list(group = words$number.group, decimal = words$number.decimal, units = words$number.units),
    words = list(order = words$filter.order, dark = words$scheme.dark, light = words$scheme.light)
  ))
  gsub("<", "\\u003c", json, fixed = TRUE)
}

# Second line behind escaping: even markup that slipped into a page could run nothing and call nobody. Inline scripts
# are among what it forbids, so Shiny's modalDialog() and tags$script(code) do not work here.
# The hash is that of Shiny's own «Try now» on a lost connection: onclick="Shiny.shinyapp.reconnect();".
# 'unsafe-eval' is Shiny's (its browser part makes functions of texts), 'unsafe-inline' for styles is Shiny's and
# ECharts'.
CONTENT_SECURITY_POLICY <- paste(
  "default-src 'self'; script-src 'self' 'unsafe-eval'",
  "'unsafe-hashes' 'sha256-M7UfsC5U2Ki+2X7ZFBUof5Gnpdi9+Ir5tlif0IBVfHQ=';",
  "style-src 'self' 'unsafe-inline'; img-src 'self' data:;",
  "font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self';",
  "frame-ancestors 'none'"
)

SECURITY_HEADERS <- list(
  `Content-Security-Policy` = CONTENT_SECURITY_POLICY, `X-Content-Type-Options` = "nosniff",
  `Referrer-Policy` = "no-referrer"
)

#' An app whose answers carry the security headers. (Shiny's own filter option comes after it has read the headers.)
serve_securely <- function(app) {
  answer <- app$httpHandler
  app$httpHandler <- function(request) {
    response <- answer(request)
    if (inherits(response, "httpResponse")) {
      response$headers <- utils::modifyList(as.list(response$headers), SECURITY_HEADERS)
    }
    response
  }
  app
}
