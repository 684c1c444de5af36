# The dashboard behind a proxy that leaves the path as it is: the same app at / and below a prefix.

#' An app that is also found below a path.
#'
#' The page names its files, and its socket, relative to itself, so they are asked for below the prefix too. Shiny
#' serves them at the root only; here the prefix is taken off first.
#' @param path `/dashboard`, or "" for nowhere but at the root.
#' @param www Folder of the app's own files.
serve_below <- function(path, app, www = "www") {
  if (!nzchar(path)) return(app)
  answer <- app$httpHandler
  www <- normalizePath(www, mustWork = FALSE)
  app$httpHandler <- function(request) {
    asked <- request$PATH_INFO
    if (identical(asked, path)) {
      query <- request$QUERY_STRING %||% ""
      # Relative to the folder, so that it holds behind any host and further prefix.
      return(shiny::httpResponse(302L, "text/plain", "", list(Location = paste0(sub("^.*/", "", path), "/", query))))
    }
    if (!startsWith(asked, paste0(path, "/"))) return(answer(request))
    below <- as.environment(as.list(request))
    below$PATH_INFO <- substring(asked, nchar(path) + 1L)
    answer(below) %||% static_answer(below$PATH_INFO, c(shared_folders(), list(www)))
  }
  app
}

#' Folders of the files of packages, by the first part of their path.
shared_folders <- function() {
  c(as.list(shiny::resourcePaths()), list(shared = system.file("www", "shared", package = "shiny")))
}

#' A file below one of the folders, NULL where there is none. A name of a folder is the first part of the path; the one
#' without a name is the app's own.
static_answer <- function(asked, folders) {
  parts <- strsplit(utils::URLdecode(sub("^/", "", asked)), "/", fixed = TRUE)[[1]]
  if (!length(parts) || any(parts %in% c("", ".", "..")) || any(grepl("[\\\\\r\n]", parts))) return(NULL)
  named <- folders[names(folders) == parts[[1]]]
  file <- if (length(named) && length(parts) > 1L) do.call(file.path, c(list(named[[1]]), as.list(parts[-1])))
          else do.call(file.path, c(folders[names(folders) == ""], as.list(parts)))
  if (!file.exists(file) || dir.exists(file)) return(NULL)
  shiny::httpResponse(200L, mime::guess_type(file), list(file = file, owned = FALSE),
                      list(`Cache-Control` = "no-cache"))
}
