period <- list(from = "2022-03-01", to = "2022-03-28", bots = FALSE, time_zone = "Asia/Ho_Chi_Minh")

test_that("what visitors typed is a parameter, never part of the statement", {
  query <- events_query(period, list(event = "x'; drop table clients; --", find = "%' or 1=1"))
  expect_no_match(query$statement, "drop table", fixed = TRUE)
  expect_no_match(query$statement, "1=1", fixed = TRUE)
  expect_equal(query$params,
               c("2022-03-01", "2022-03-28", "Asia/Ho_Chi_Minh", "x'; drop table clients; --", "%' or 1=1", "51"))
  expect_match(query$statement, "event_name = $4::text", fixed = TRUE)
  expect_match(query$statement, "limit $6::int", fixed = TRUE)
})

test_that("the period is always bounded, and bots are left out unless asked for", {
  statement <- events_query(period)$statement
  expect_match(statement, "event_timestamp >= ($1::date)", fixed = TRUE)
  expect_match(statement, "event_timestamp < ($2::date + 1)", fixed = TRUE)
  expect_match(statement, "is_bot is not true", fixed = TRUE)
  expect_no_match(events_query(utils::modifyList(period, list(bots = TRUE)))$statement, "is_bot is not true",
                  fixed = TRUE)
})

test_that("an older page goes on by keyset", {
  query <- events_query(period, before = list(at = "2022-03-05 01:02:03.456+00", id = "id-9"))
  expect_match(query$statement, "(event_timestamp, event_id) < ($4::timestamptz, $5::uuid)", fixed = TRUE)
  expect_equal(query$params[4:5], c("2022-03-05 01:02:03.456+00", "id-9"))
})

test_that("one row more than a page means that there is an older one", {
  page <- events_page(sample_events(51))
  expect_equal(nrow(page$rows), 50L)
  expect_equal(page$older, list(at = page$rows$cursor_at[[50]], id = page$rows$event_id[[50]]))
  expect_null(events_page(sample_events(50))$older)
})

test_that("the view's filters are parameters too", {
  filters <- list(channel = "Direct", device = "mobile", login = "unknown")
  query <- events_query(utils::modifyList(period, list(filters = filters)))
  expect_match(query$statement, "channel = $4::text", fixed = TRUE)
  expect_match(query$statement, "device_type = $5::text", fixed = TRUE)
  expect_match(query$statement, "coalesce(user_login_state, 'unknown') = $6::text", fixed = TRUE)
  expect_equal(query$params[4:6], c("Direct", "mobile", "unknown"))
})

url <- parse_warehouse_url("postgresql://u:p@127.0.0.1:1/db")
answer <- function(run, kept = new.env(), connect = function(url) "connection", before = NULL) {
  answer_queries(url, events_queries(period, before = before), 51L, connect, run, kept)
}

test_that("a connection is made once, and anew when it has died", {
  connects <- 0L
  alive <- TRUE
  kept <- new.env()
  connect <- function(url) {
    connects <<- connects + 1L
    alive <<- TRUE
    "connection"
  }
  run <- function(connection, statement, params) if (alive) sample_events(51) else stop("server closed the connection")
  answer(run, kept, connect)
  answer(run, kept, connect)
  expect_equal(connects, 1L)
  alive <- FALSE
  expect_equal(nrow(answer(run, kept, connect)), 51L)
  expect_equal(connects, 2L)
})

test_that("a statement that took too long is not asked again, and is told as that", {
  asked <- 0L
  kept <- new.env()
  run <- function(...) {
    asked <<- asked + 1L
    if (asked == 1L) sample_events(51) else stop("canceling statement due to statement timeout")
  }
  answer(run, kept)
  error <- tryCatch(answer(run, kept), error = identity)
  expect_equal(error$kind, "slow")
  expect_equal(asked, 2L)
})

test_that("without a URL, and without a server, it says so", {
  nobody <- function(...) stop("asked")
  expect_error(await(open_warehouse(NULL, nobody)$events(period)), "CLICKSTREAM_WAREHOUSE_URL is not set",
               class = "warehouse_error")
  error <- tryCatch(answer_queries(url, events_queries(period), 51L, kept = new.env()), error = identity)
  expect_s3_class(error, "warehouse_error")
  expect_equal(error$title, "The warehouse does not answer")
})

test_that("workers answer without holding up this process, and their errors keep their kind", {
  ask <- warehouse_workers(1L, file.path("..", "..", "R", "warehouse_worker.R"))
  on.exit(future::plan(future::sequential))
  promise <- open_warehouse(url, ask)$events(period)
  expect_s3_class(promise, "promise")
  error <- tryCatch(await(promise, 20), error = identity)
  expect_s3_class(error, "warehouse_error")
  expect_equal(error$kind, "warehouse")
})

test_that("a page is looked for in the last hours first, and further back only while it is not full", {
  looked_back <- character()
  rows <- c(`6 hours` = 3L, `2 days` = 51L)
  found <- answer(function(connection, statement, params) {
    stretch <- intersect(params, STRETCHES)
    looked_back <<- c(looked_back, stretch)
    sample_events(rows[[stretch]])
  })
  expect_equal(nrow(found), 51L)
  expect_equal(looked_back, c("6 hours", "2 days"))
})

test_that("the last look is at the whole period", {
  statements <- character()
  found <- answer(function(connection, statement, params) {
    statements <<- c(statements, statement)
    sample_events(2)
  })
  expect_null(events_page(found)$older)
  expect_length(statements, length(STRETCHES))
  expect_match(statements[[1]], "- $4::interval", fixed = TRUE)
  expect_no_match(statements[[4]], "interval", fixed = TRUE)
})
