test_that("what a spreadsheet would run is made harmless, numbers stay numbers", {
  for (evil in c("=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", " =1",
                 "\uff1d1")) expect_match(harmless(evil), "^'", label = evil)
  for (calm in c("a=b", "laptop", "2022-03-01", "")) expect_equal(harmless(calm), calm)
  rows <- list(list(name = "=HYPERLINK(\"http://x\")", n = -5.25, yes = TRUE, none = NULL),
               list(name = "a,\"b\"\nc", n = 1e15, yes = NA))
  expect_equal(csv_text(rows, c("name", "n", "yes", "none")), paste0(
    "name,n,yes,none\r\n", "\"'=HYPERLINK(\"\"http://x\"\")\",-5.25,true,\r\n",
    "\"a,\"\"b\"\"\nc\",1000000000000000,,\r\n"
  ))
  expect_equal(csv_text(list(), c("a", "b")), "a,b\r\n")
})

test_that("a file is named after what is in it", {
  expect_equal(csv_name("products", list(from = "2022-03-01", to = "2022-03-28")),
               "clickstream-products-2022-03-01-2022-03-28.csv")
  expect_equal(csv_name("windows"), "clickstream-windows.csv")
})

test_that("a press of the button sends the rows to the browser; a failure is told and logged", {
  sent <- list()
  visitor <- list(sendCustomMessage = function(type, message) sent <<- c(sent, list(c(list(type = type), message))),
                  sendNotification = function(type, message) sent <<- c(sent, list(list(type = type))))
  button <- function(id, rows) {
    moduleServer(id, function(input, output, session) offer_csv(visitor, input, "searches", "query", rows))
  }
  testServer(button, args = list(rows = function() promises::promise_resolve(list(list(query = "=1")))), {
    session$setInputs(csv = 1)
    settle(session)
  })
  expect_equal(sent, list(list(type = "save", name = "clickstream-searches.csv", text = "query\r\n'=1\r\n")))
  testServer(button, args = list(rows = function() promises::promise_reject("away")), {
    log <- capture.output({
      session$setInputs(csv = 1)
      settle(session)
    }, type = "message")
    expect_match(log, "dashboard.csv.failed", all = FALSE)
  })
})
