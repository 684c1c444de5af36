# A module around `live`, with its own clock.
watcher <- function(id, fetch, question, active = reactive(TRUE), time) {
  moduleServer(id, function(input, output, session) {
    answer <- live(question, fetch, active, every = 30, retry = 5, clock = function() time$now)
    states <- reactiveVal(0L)
    observeEvent(answer$state(), states(states() + 1L))
  })
}
pass <- function(session, time, seconds) {
  for (second in seq_len(seconds)) {
    time$now <- time$now + 1
    session$elapse(1000)
    settle(session, 2L)
  }
}
new_clock <- function() list2env(list(now = 1000))

test_that("it asks once, keeps the answer, and asks again after thirty seconds", {
  time <- new_clock()
  asked <- 0L
  fetch <- function(question) asked <<- asked + 1L
  testServer(watcher, args = list(fetch = fetch, question = reactive("q"), time = time), {
    settle(session)
    expect_equal(answer$state()[c("phase", "data")], list(phase = "ready", data = 1L))
    pass(session, time, 28)
    expect_equal(asked, 1L)
    pass(session, time, 8)
    expect_equal(asked, 2L)
    answer$reload()
    settle(session)
    expect_equal(asked, 3L)
  })
})

test_that("an equal answer changes nothing on the page", {
  time <- new_clock()
  testServer(watcher, args = list(fetch = function(question) list(n = 1), question = reactive("q"), time = time), {
    settle(session)
    seen <- states()
    pass(session, time, 70)
    expect_equal(states(), seen)
  })
})

test_that("while a new question is asked, the old answer stays; a late answer to the old one is dropped", {
  time <- new_clock()
  question <- reactiveVal("a")
  waiting <- list()
  fetch <- function(question) promises::promise(function(resolve, reject) waiting[[question]] <<- resolve)
  testServer(watcher, args = list(fetch = fetch, question = question, time = time), {
    settle(session)
    expect_equal(answer$state()$phase, "loading")
    waiting$a("A")
    settle(session)
    question("b")
    settle(session)
    expect_equal(answer$state()[c("phase", "data")], list(phase = "loading", data = "A"))
    question("c")
    settle(session)
    waiting$b("B")
    settle(session)
    expect_equal(answer$state()$data, "A")
    waiting$c("C")
    settle(session)
    expect_equal(answer$state()[c("phase", "data")], list(phase = "ready", data = "C"))
  })
})

test_that("a failure keeps what was there, is tried again in five seconds, and heals", {
  time <- new_clock()
  away <- FALSE
  fetch <- function(question) if (away) api_away() else "fresh"
  testServer(watcher, args = list(fetch = fetch, question = reactive("q"), time = time), {
    settle(session)
    away <<- TRUE
    answer$reload()
    capture.output(settle(session), type = "message")
    state <- answer$state()
    expect_equal(state[c("phase", "data")], list(phase = "error", data = "fresh"))
    expect_s3_class(state$error, "api_unavailable")
    expect_s3_class(state$at, "POSIXct")
    away <<- FALSE
    pass(session, time, 11)
    expect_equal(answer$state()[c("phase", "data")], list(phase = "ready", data = "fresh"))
    expect_null(answer$state()$error)
  })
})

test_that("nothing is asked for a page that is not open, nor without a question", {
  time <- new_clock()
  asked <- 0L
  active <- reactiveVal(FALSE)
  question <- reactiveVal(NULL)
  fetch <- function(question) asked <<- asked + 1L
  testServer(watcher, args = list(fetch = fetch, question = question, active = active, time = time), {
    settle(session)
    expect_equal(asked, 0L)
    active(TRUE)
    settle(session)
    expect_equal(asked, 0L)
    question("q")
    settle(session)
    expect_equal(asked, 1L)
  })
})

test_that("a notice for every state", {
  error <- tryCatch(api_away(), error = identity)
  expect_equal(notice_of(LOADING, EN)$phase, "first")
  expect_equal(notice_of(list(phase = "loading", data = 1), EN)$phase, "loading")
  expect_equal(notice_of(list(phase = "ready", data = 1), EN), list(phase = "ready"))
  expect_equal(notice_of(list(phase = "ready", data = NULL), EN)$phase, "empty")
  expect_match(notice_of(list(phase = "ready", data = 1), EN, function(data) TRUE)$text, "clickstream simulate")
  broken <- notice_of(list(phase = "error", data = NULL, error = error), EN)
  expect_equal(broken$phase, "error")
  expect_match(broken$detail, "connection refused")
  expect_match(broken$text, "tries again every 5 seconds")
  stale <- notice_of(list(phase = "error", data = 1, error = error, at = as.POSIXct("2022-03-28 12:03:04", tz = "UTC")),
                     EN)
  expect_equal(stale$phase, "stale")
  expect_match(stale$title, "Figures shown are of 12:03:04 UTC")
  kind <- function(kind) notice_of(list(phase = "error",
                                        error = tryCatch(stop(api_error(kind, "No", "x", 1L)), error = identity)), EN)
  expect_match(kind("unauthorized")$text, "CLICKSTREAM_ADMIN_TOKEN")
  expect_match(kind("slow")$title, "took too long")
  expect_match(kind("slow")$text, "shorter period")
  expect_match(kind("made_up")$title, "Something went wrong")
})
