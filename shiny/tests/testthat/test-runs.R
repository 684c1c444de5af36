start <- function(api, done = function() NULL) {
  list(api = api, locale = EN, active = reactive(TRUE), every = 30, done = done)
}

test_that("a range is loaded only after it was confirmed, then watched until it is done", {
  state <- "queued"
  finished <- 0L
  api <- fake_api(run = function(id) sample_run(state, runId = id))
  testServer(mod_runs_server, args = start(api, function() finished <<- finished + 1L), {
    settle(session)
    session$setInputs(`rerun-from` = "2022-03-28T07:00", `rerun-to` = "2022-03-28T09:00", `rerun-replace` = TRUE)
    session$setInputs(`rerun-ask` = 1)
    settle(session)
    expect_length(api$made("start_run"), 0L)
    capture.output(session$setInputs(`rerun-confirm` = 1), type = "message")
    settle(session)
    expect_equal(unname(api$made("start_run")[[1]][2:4]), list("2022-03-28T07:00:00Z", "2022-03-28T09:00:00Z", TRUE))
    expect_match(html_of(output$watched), "Waiting to start")
    expect_equal(finished, 0L)
    state <<- "succeeded"
    Sys.sleep(RUN_POLL_SECONDS) # the poll's own clock
    session$elapse(RUN_POLL_SECONDS * 1000)
    settle(session)
    expect_match(html_of(output$watched), "Done in 8 s. 2 hourly windows: 100 collected, 95 loaded")
    expect_equal(finished, 1L)
  })
})

test_that("confirming twice asks once", {
  api <- fake_api()
  testServer(mod_runs_server, args = start(api), {
    session$setInputs(`rerun-from` = "2022-03-28T07:00", `rerun-to` = "2022-03-28T09:00", `rerun-ask` = 1)
    capture.output(session$setInputs(`rerun-confirm` = 1), type = "message")
    session$setInputs(`rerun-confirm` = 2)
    settle(session)
    expect_length(api$made("start_run"), 1L)
    expect_false(api$made("start_run")[[1]][[4]])
  })
})

test_that("a range that makes no sense is not even asked about", {
  api <- fake_api()
  testServer(mod_runs_server, args = start(api), {
    session$setInputs(`rerun-from` = "2022-03-28T09:00", `rerun-to` = "2022-03-28T07:00", `rerun-ask` = 1)
    session$setInputs(`rerun-confirm` = 1)
    settle(session)
    expect_match(html_of(output$`rerun-problem`), "at least one hour")
    expect_length(api$made("start_run"), 0L)
  })
})

test_that("a refusal of the API is told", {
  refuse <- function(...) stop(api_error("refused", "Bad range", "there is nothing to load in it", 422L))
  testServer(mod_runs_server, args = start(fake_api(start_run = refuse)), {
    session$setInputs(`rerun-from` = "2022-03-28T07:00", `rerun-to` = "2022-03-28T09:00", `rerun-ask` = 1)
    capture.output(session$setInputs(`rerun-confirm` = 1), type = "message")
    settle(session)
    expect_match(html_of(output$`rerun-problem`), "there is nothing to load in it")
  })
})

test_that("a window's own button asks for just that hour, replacing it", {
  api <- fake_api()
  testServer(mod_runs_server, args = start(api), {
    session$setInputs(`rerun-window` = "2022-03-28T23:00:00Z")
    capture.output(session$setInputs(`rerun-confirm` = 1), type = "message")
    settle(session)
    expect_equal(unname(api$made("start_run")[[1]][2:4]), list("2022-03-28T23:00:00Z", "2022-03-29T00:00:00Z", TRUE))
  })
})

test_that("runs are listed, with their errors as text", {
  failed <- sample_run("failed", error = EVIL)
  testServer(mod_runs_server, args = start(fake_api(runs = function(...) list(runs = list(failed)))), {
    settle(session)
    expect_match(html_of(output$runs), "28 Mar, 07:00 \u2013 09:00")
    expect_match(html_of(output$runs), "&lt;img src=x", fixed = TRUE)
  })
})

test_that("the dialog says what is about to happen", {
  testServer(mod_rerun_server, args = list(locale = EN, start_run = function(...) NULL, started = function(id) NULL), {
    session$setInputs(from = "2022-03-28T07:00", to = "2022-03-28T09:00", replace = TRUE, ask = 1)
    expect_equal(output$title, "Replace these hours?")
    expect_match(output$question, "2 hourly windows from Mon 28 Mar 2022, 07:00")
  })
})

test_that("a request carries a key, and each confirmation its own", {
  api <- fake_api()
  testServer(mod_runs_server, args = start(api), {
    for (press in 1:2) {
      session$setInputs(`rerun-from` = "2022-03-28T07:00", `rerun-to` = "2022-03-28T09:00", `rerun-ask` = press)
      capture.output(session$setInputs(`rerun-confirm` = press), type = "message")
      settle(session)
    }
    keys <- vapply(api$made("start_run"), function(call) call[[5]], "")
    expect_length(unique(keys), 2L)
    expect_match(keys, "^dashboard-[0-9a-z]{24}$")
  })
})

test_that("a run that waits can be cancelled", {
  api <- fake_api(runs = function(...) list(runs = list(sample_run("queued"))))
  testServer(mod_runs_server, args = start(api), {
    settle(session)
    expect_match(html_of(output$runs), "data-input=\"[^\"]*cancel\" data-value=\"r-1\"")
    capture.output(session$setInputs(cancel = "r-1"), type = "message")
    settle(session)
    expect_equal(api$made("cancel_run")[[1]][[2]], "r-1")
  })
})

test_that("rejected lines are loaded again only after it was confirmed", {
  api <- fake_api()
  watched <- NULL
  testServer(mod_rejects_server, args = list(api = api, locale = EN, active = reactive(TRUE), every = 30,
                                             replayed = function(id) watched <<- id), {
    settle(session)
    expect_match(html_of(output$reasons), "Not JSON")
    expect_match(html_of(output$samples), "&lt;script&gt;", fixed = TRUE)
    session$setInputs(reason = "etl:not_json")
    settle(session)
    expect_equal(unname(utils::tail(api$made("rejects"), 1)[[1]][2:3]), list("not_json", "etl"))
    session$setInputs(replay = "etl:not_json")
    settle(session)
    expect_length(api$made("replay_rejects"), 0L)
    expect_match(output$question, "Not JSON")
    capture.output(session$setInputs(confirm = 1), type = "message")
    settle(session)
    expect_equal(watched, "r-replay")
    session$setInputs(confirm = 2)
    settle(session)
    expect_length(api$made("replay_rejects"), 1L)
  })
})
