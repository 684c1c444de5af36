# The only reader of the environment.

#' Settings of the dashboard.
#'
#' @param env Named character vector or list of environment variables.
#' @return A list: `admin_api_url`, `admin_token`, `warehouse` (NULL where no URL is set, else see
#'   `parse_warehouse_url`), `host`, `port`, `path`, `workers`, `refresh_seconds`.
#' Stops with the variable's name where a value is not usable.
read_settings <- function(env = as.list(Sys.getenv())) {
  value <- function(name, default = "") {
    found <- env[[paste0("CLICKSTREAM_", name)]]
    if (is.null(found) || !nzchar(trimws(found))) default else trimws(found)
  }
  whole <- function(name, default, least, most) {
    text <- value(name, as.character(default))
    number <- if (grepl("^[0-9]{1,9}$", text)) as.integer(text) else NA_integer_
    if (is.na(number) || number < least || number > most) {
      stop(sprintf("CLICKSTREAM_%s must be a whole number from %d to %d, not '%s'", name, least, most, text),
           call. = FALSE)
    }
    number
  }
  api_url <- sub("/+$", "", value("ADMIN_API_URL", "http://127.0.0.1:8003"))
  if (!grepl("^https?://[^/]+", api_url)) {
    stop(sprintf("CLICKSTREAM_ADMIN_API_URL must be an http:// or https:// URL, not '%s'", api_url), call. = FALSE)
  }
  path <- sub("/+$", "", value("DASHBOARD_PATH", "/dashboard"))
  if (!grepl("^(/[A-Za-z0-9_.-]+)*$", path)) {
    stop(sprintf("CLICKSTREAM_DASHBOARD_PATH must be a path such as /dashboard, not '%s'", path), call. = FALSE)
  }
  list(
    admin_api_url = api_url,
    admin_token = value("ADMIN_TOKEN"),
    warehouse = parse_warehouse_url(value("WAREHOUSE_URL")),
    host = value("DASHBOARD_HOST", "127.0.0.1"),
    port = whole("DASHBOARD_PORT", 3838L, 1L, 65535L),
    path = path,
    workers = whole("DASHBOARD_WORKERS", 2L, 1L, 16L),
    refresh_seconds = whole("DASHBOARD_REFRESH_SECONDS", 30L, 1L, 3600L)
  )
}

#' Take a `postgresql://user:password@host:port/database?sslmode=…` URL apart.
#'
#' @return A list: `user`, `password`, `host`, `port`, `dbname`, `options` (named list of query parameters);
#'   NULL for an empty URL. Never puts the URL into its error, for it holds a password.
parse_warehouse_url <- function(url) {
  if (!nzchar(url)) return(NULL)
  pattern <- paste0(
    "^postgres(?:ql)?(?:\\+[a-z0-9]+)?://", "(?:([^:@/]*)(?::([^@/]*))?@)?", "(\\[[^]]+\\]|[^:/?]*)", "(?::([0-9]+))?",
    "/([^?]+)", "(?:\\?(.*))?$"
  )
  parts <- regmatches(url, regexec(pattern, url, perl = TRUE))[[1]]
  if (!length(parts)) {
    stop("CLICKSTREAM_WAREHOUSE_URL must look like postgresql://user:password@host:port/database", call. = FALSE)
  }
  text <- function(part, default = "") if (nzchar(part)) utils::URLdecode(part) else default
  list(
    user = text(parts[[2]]),
    password = text(parts[[3]]),
    host = gsub("^\\[|\\]$", "", text(parts[[4]], "127.0.0.1")),
    port = as.integer(text(parts[[5]], "5432")),
    dbname = text(parts[[6]]),
    options = parse_pairs(parts[[7]])
  )
}

#' Named list of the `name=value` pairs of a query string; names and values percent-decoded.
parse_pairs <- function(query) {
  pairs <- strsplit(query, "&", fixed = TRUE)[[1]]
  pairs <- pairs[grepl("=", pairs, fixed = TRUE)]
  values <- lapply(sub("^[^=]*=", "", pairs), utils::URLdecode)
  stats::setNames(values, vapply(sub("=.*$", "", pairs), utils::URLdecode, "", USE.NAMES = FALSE))
}
