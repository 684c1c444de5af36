# The page is drawn once for each language and each open page, not once a visit: drawing it takes R a third of a second.

#' An app whose page is kept. What a visit adds to it (period, filters, links) the server tells in its first message.
#'
#' @param pages,locales As for `app_ui`.
serve_kept <- function(app, pages, locales) {
  answer <- app$httpHandler
  kept <- new.env(parent = emptyenv())
  app$httpHandler <- function(request) {
    if (!identical(request$PATH_INFO, "/") || !identical(request$REQUEST_METHOD, "GET")) return(answer(request))
    route <- parse_route(request$QUERY_STRING, names(pages))
    lang <- choose_language(route$lang, request$HTTP_ACCEPT_LANGUAGE, names(locales))
    key <- paste(lang, route$page)
    if (is.null(kept[[key]])) {
      bare <- as.environment(as.list(request))
      # A language that the link does not name stays unnamed in the page's links.
      bare$QUERY_STRING <- paste0("?page=", route$page)
      bare$HTTP_ACCEPT_LANGUAGE <- lang
      assign(key, answer(bare), envir = kept)
    }
    kept[[key]]
  }
  app
}
