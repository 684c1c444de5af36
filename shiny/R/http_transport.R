# HTTP that does not hold up the R process. httr2 of this generation waits for its answer, and R has one thread: a slow
# API would freeze every open dashboard. So httr2 makes the requests and reads the answers, curl's pool carries them.

# A little more than the warehouse gives a statement of this role, so that its own words arrive.
REQUEST_TIMEOUT_SECONDS <- 35
POLL_SECONDS <- 0.01

#' A function that sends a request and gives a promise of the parsed JSON answer.
#'
#' The promise is rejected with an `api_error` (see `api_error`).
#' @param base_url URL without closing slash.
#' @param token Bearer token.
#' @param timeout_seconds Per request, connecting included.
http_transport <- function(base_url, token, timeout_seconds = REQUEST_TIMEOUT_SECONDS) {
  send <- http_pool()
  function(method, path, query = list(), body = NULL, headers = list()) {
    request <- httr2::request(paste0(base_url, path)) |>
      httr2::req_method(method) |>
      httr2::req_headers(Accept = "application/json") |>
      httr2::req_auth_bearer_token(token) |>
      httr2::req_user_agent("clickstream-dashboard")
    if (length(headers)) request <- do.call(httr2::req_headers, c(list(request), headers))
    if (length(query)) request <- do.call(httr2::req_url_query, c(list(request), query))
    handle <- curl::new_handle(timeout_ms = timeout_seconds * 1000, customrequest = method)
    if (!is.null(body)) {
      request <- httr2::req_headers(request, `Content-Type` = "application/json")
      curl::handle_setopt(handle, copypostfields = jsonlite::toJSON(body, auto_unbox = TRUE, null = "null"))
    }
    curl::handle_setopt(handle, useragent = request$options$useragent)
    curl::handle_setheaders(handle, .list = unclass(request$headers))
    promises::promise(function(resolve, reject) {
      send(request$url, handle,
        done = function(answer) {
          tryCatch(resolve(read_answer(answer, method)), error = reject)
        },
        fail = function(message) {
          late <- grepl("timed out|timeout", message, ignore.case = TRUE)
          reject(api_error(if (late) "slow" else "unavailable", "The admin API does not answer", message))
        }
      )
    })
  }
}

#' A curl pool that is turned by the event loop while a request is under way.
http_pool <- function() {
  pool <- curl::new_pool(total_con = 24, host_con = 8)
  under_way <- 0L
  turning <- FALSE
  turn <- function() {
    curl::multi_run(timeout = 0, pool = pool)
    if (under_way > 0L) later::later(turn, POLL_SECONDS) else turning <<- FALSE
  }
  function(url, handle, done, fail) {
    under_way <<- under_way + 1L
    ended <- function(then) {
      function(result) {
        under_way <<- under_way - 1L
        then(result)
      }
    }
    curl::multi_add(curl::handle_setopt(handle, url = url), done = ended(done), fail = ended(fail), pool = pool)
    if (!turning) {
      turning <<- TRUE
      later::later(turn, 0)
    }
  }
}

#' The JSON of an answer as lists; stops with an `api_error` where it is an error or not JSON.
read_answer <- function(answer, method = "GET") {
  response <- httr2::response(
    status_code = answer$status_code, url = answer$url, method = method,
    headers = curl::parse_headers(answer$headers), body = answer$content
  )
  status <- httr2::resp_status(response)
  content <- tryCatch(
    jsonlite::fromJSON(httr2::resp_body_string(response, "UTF-8"), simplifyVector = FALSE),
    error = function(error) NULL
  )
  if (status < 300L && !is.null(content)) return(content)
  detail <- if (is.list(content)) content$detail else NULL
  title <- if (is.list(content)) content$title else NULL
  if (!is.character(detail)) detail <- sprintf("HTTP status %d from %s", status, sub("\\?.*$", "", answer$url))
  if (status < 300L) {
    stop(api_error("garbled", "The admin API's answer cannot be read", paste(detail, "without JSON"), status))
  }
  if (status %in% c(401L, 403L)) {
    stop(api_error("unauthorized", "The admin API does not accept this dashboard's token", detail, status))
  }
  kind <- if (status == 504L) "slow" else if (status >= 500L) "unavailable" else "refused"
  stop(api_error(kind, if (is.character(title)) title else "The admin API refused the request", detail, status))
}

#' The one condition that the API's adapter raises.
#'
#' @param kind `unavailable` or `slow` (retryable), `unauthorized`, `refused` or `garbled`.
api_error <- function(kind, title, detail, status = NA_integer_) {
  errorCondition(paste0(title, ": ", detail),
                 class = c(paste0("api_", kind), "api_error"),
                 kind = kind, title = title, detail = detail, status = status, call = NULL)
}
