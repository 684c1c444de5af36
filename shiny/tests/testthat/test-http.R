# Real HTTP: a server inside this process answers while the client waits, which only works because neither blocks.

serve <- function(answer) {
  port <- httpuv::randomPort()
  server <- httpuv::startServer("127.0.0.1", port, list(call = answer))
  list(url = sprintf("http://127.0.0.1:%d", port), stop = function() httpuv::stopServer(server))
}
json <- function(status, body) list(status = status, headers = list(`Content-Type` = "application/json"), body = body)

test_that("token, query and answer travel", {
  seen <- NULL
  server <- serve(function(request) {
    seen <<- request
    json(200L, "{\"name\": \"B\u00e0n ph\u00edm\", \"none\": null, \"points\": [{\"value\": 1}]}")
  })
  on.exit(server$stop())
  answer <- await(http_transport(server$url, "secret")("GET", "/v1/x", list(from = "2022-03-01", find = "a&b c")))
  expect_equal(seen$HTTP_AUTHORIZATION, "Bearer secret")
  expect_equal(shiny::parseQueryString(seen$QUERY_STRING), list(from = "2022-03-01", find = "a&b c"))
  expect_equal(answer$name, "B\u00e0n ph\u00edm")
  expect_equal(answer$points[[1]]$value, 1L)
})

test_that("a request's body is JSON", {
  body <- NULL
  key <- NULL
  server <- serve(function(request) {
    key <<- request$HTTP_IDEMPOTENCY_KEY
    body <<- rawToChar(request$rook.input$read())
    json(202L, "{\"runId\": \"r-1\"}")
  })
  on.exit(server$stop())
  run <- await(admin_api(http_transport(server$url,
                                        "t"))$start_run("2022-03-28T07:00:00Z", "2022-03-28T09:00:00Z", TRUE, "key-1"))
  expect_equal(run$runId, "r-1")
  expect_equal(key, "key-1")
  expect_equal(jsonlite::fromJSON(body),
               list(from = "2022-03-28T07:00:00Z", to = "2022-03-28T09:00:00Z", replace = TRUE))
})

test_that("requests are under way at the same time", {
  open <- list()
  server <- serve(function(request) {
    promises::promise(function(resolve, reject) {
      open <<- c(open, list(resolve))
      if (length(open) == 3L) for (answer in open) answer(json(200L, "{\"ok\": true}")) # none before all are here
    })
  })
  on.exit(server$stop())
  ask <- http_transport(server$url, "t")
  answers <- await(ask_all(a = ask("GET", "/a"), b = ask("GET", "/b"), c = ask("GET", "/c")))
  expect_equal(names(answers), c("a", "b", "c"))
})

test_that("problem+json, refusals and noise become errors of a known kind", {
  answers <- list(
    `/401` = json(401L, "{\"title\": \"Unauthorized\", \"detail\": \"bad token\"}"),
    `/422` = json(422L, "{\"title\": \"Bad range\", \"detail\": \"to is before from\"}"),
    `/503` = json(503L, "{\"title\": \"Warehouse away\", \"detail\": \"connection refused\"}"),
    `/504` = json(504L, "{\"title\": \"Too slow\", \"detail\": \"the statement was given up\"}"),
    `/502` = list(status = 502L, headers = list(`Content-Type` = "text/html"), body = "<html>Bad Gateway</html>"),
    `/200` = list(status = 200L, headers = list(`Content-Type` = "text/html"), body = "<html>hello</html>")
  )
  server <- serve(function(request) answers[[request$PATH_INFO]])
  on.exit(server$stop())
  failure <- function(path) tryCatch(await(http_transport(server$url, "t")("GET", path)), error = identity)
  expect_s3_class(failure("/401"), "api_unauthorized")
  expect_equal(failure("/422")[c("kind", "title", "detail")],
               list(kind = "refused", title = "Bad range", detail = "to is before from"))
  expect_equal(failure("/503")[c("kind", "title")], list(kind = "unavailable", title = "Warehouse away"))
  expect_equal(failure("/504")$kind, "slow")
  expect_equal(failure("/502")$kind, "unavailable")
  expect_equal(failure("/200")$kind, "garbled")
})

test_that("nobody there, and nobody answering, are both told in time", {
  nobody <- tryCatch(await(http_transport("http://127.0.0.1:9", "t")("GET", "/x")), error = identity)
  expect_equal(nobody[c("kind", "title")], list(kind = "unavailable", title = "The admin API does not answer"))
  server <- serve(function(request) promises::promise(function(resolve, reject) NULL))
  on.exit(server$stop())
  started <- Sys.time()
  slow <- tryCatch(await(http_transport(server$url, "t", timeout_seconds = 0.3)("GET", "/x")), error = identity)
  expect_equal(slow$kind, "slow")
  expect_lt(as.numeric(Sys.time() - started, units = "secs"), 3)
})

test_that("the same question is asked once in twenty seconds, but for failures and after forgetting", {
  asked <- character()
  time <- 0
  fails <- FALSE
  api <- admin_api(clock = function() time,
                   transport = function(method, path, query = list(), body = NULL, headers = list()) {
    asked <<- c(asked, path)
    if (fails) promises::promise_reject("away") else promises::promise_resolve(list(n = length(asked)))
  })
  range <- list(from = "2022-03-01", to = "2022-03-28", bots = FALSE)
  expect_equal(await(api$funnel(range))$n, 1L)
  expect_equal(await(api$funnel(range))$n, 1L)
  expect_equal(await(api$funnel(utils::modifyList(range, list(bots = TRUE))))$n, 2L)
  time <- 21
  expect_equal(await(api$funnel(range))$n, 3L)
  api$forget()
  fails <- TRUE
  expect_error(await(api$funnel(range)))
  fails <- FALSE
  expect_equal(await(api$funnel(range))$n, 5L)
})

test_that("the view's filters go to the warehouse's questions, names into paths are encoded", {
  asked <- list()
  api <- admin_api(function(method, path, query = list(), ...) {
    asked <<- c(asked, list(list(path = path, query = query)))
    promises::promise_resolve(list())
  })
  api$product(list(from = "2022-03-01", to = "2022-03-28", bots = FALSE, filters = list(channel = "Direct")), "a/b?c")
  expect_equal(asked[[1]], list(path = "/v1/dw/products/a%2Fb%3Fc",
                                query = list(from = "2022-03-01", to = "2022-03-28", bots = "false",
                                             channel = "Direct")))
})
