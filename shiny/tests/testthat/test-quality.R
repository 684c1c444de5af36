now <- as.POSIXct("2022-03-28 12:10:00", tz = "UTC")
ready <- function(...) list(phase = "ready", data = sample_status(...))

test_that("the books balance, or say how many events are missing", {
  books <- balance_of(sample_totals())
  expect_equal(books$missing, 0)
  expect_equal(vapply(books$parts, function(part) part$share, 0), c(0.95, 0.03, 0.012, 0.008))
  expect_equal(balance_of(utils::modifyList(sample_totals(), list(loaded = 940)))$missing, 10)
  expect_equal(balance_of(list())$collected, 0)
})

test_that("the page shows a balance that is off as off", {
  expect_match(as.character(balance_view(sample_status(), EN)), "Balanced")
  off <- as.character(balance_view(sample_status(totals = list(loaded = 940)), EN))
  expect_match(off, "Missing 10")
  expect_no_match(off, "Balanced")
})

test_that("the badge tells fresh, behind, failing, empty, unbalanced and no connection", {
  expect_equal(badge_of(ready(), EN, now = now)[c("tone", "text")], list(tone = "good", text = "Up to date"))
  expect_match(badge_of(ready(), EN, now = now)$detail,
               "Last load 5 min ago. Newest event Mon 28 Mar 2022, 12:00. Books balance")
  behind <- badge_of(ready(state = "behind", lagSeconds = 7200, pendingWindows = 2), EN, now = now)
  expect_equal(behind[c("tone", "text")], list(tone = "busy", text = "Behind by 2 h"))
  expect_equal(badge_of(ready(state = "failing", failingWindows = 1), EN)$tone, "bad")
  expect_equal(badge_of(ready(state = "empty"), EN)$text, "No data yet")
  expect_equal(badge_of(ready(balanced = FALSE), EN)[c("tone", "text")],
               list(tone = "bad", text = "Books do not balance"))
  away <- list(phase = "error", error = tryCatch(api_away(), error = identity))
  expect_equal(badge_of(away, EN)$text, "No connection")
  refused <- tryCatch(stop(api_error("unauthorized", "No", "bad token", 401L)), error = identity)
  expect_equal(badge_of(list(phase = "error", error = refused), EN)$text, "Token refused")
  expect_equal(badge_of(LOADING, EN)$tone, "idle")
})

test_that("samples of rejected lines are shown as text", {
  html <- as.character(reject_details(sample_rejects()$rejects[[1]], EN))
  expect_match(html, "&lt;script&gt;alert(1)&lt;/script&gt;", fixed = TRUE)
  expect_no_match(html, "<script>", fixed = TRUE)
  expect_match(html, "Line 3 of events/2022/03/28/07/x.ndjson.gz", fixed = TRUE)
})

test_that("reasons and states have words and tones, unknown ones too", {
  expect_equal(reason_label("not_json", EN), "Not JSON")
  expect_equal(reason_label("invalid_event_id", EN), "Invalid event id")
  expect_equal(reason_label(NULL, EN), "Unknown")
  expect_equal(vapply(c("loaded", "pending", "failed", "new"), tone_of, "", USE.NAMES = FALSE),
               c("good", "busy", "bad", "idle"))
})

test_that("a range is checked before it is asked for", {
  good <- range_request("2022-03-28T07:00", "2022-03-28T09:00", EN)
  expect_null(good$problem)
  expect_equal(good[c("from", "to", "windows")],
               list(from = "2022-03-28T07:00:00Z", to = "2022-03-28T09:00:00Z", windows = 2))
  expect_match(range_request("", "2022-03-28T09:00", EN)$problem, "first hour")
  expect_match(range_request("2022-03-28T09:00", NULL, EN)$problem, "range ends")
  expect_match(range_request("2022-03-28T09:00", "2022-03-28T09:30", EN)$problem, "at least one hour")
  expect_match(range_request("2020-01-01T00:00", "2022-03-28T09:00", EN)$problem, "366 days")
})

test_that("the confirmation says what happens to what is there", {
  range <- range_request("2022-03-28T07:00", "2022-03-28T09:00", EN)
  expect_match(range_sentence(range, TRUE, EN),
               "2 hourly windows from Mon 28 Mar 2022, 07:00 until .* deleted and loaded again")
  expect_match(range_sentence(range, FALSE, EN), "what is there stays")
})

test_that("a run in words", {
  expect_match(run_sentence(sample_run("queued"), EN, now), "Waiting to start, asked for 10 min ago")
  expect_match(run_sentence(sample_run("running"), EN, now),
               "Running, started 10 min ago. 2 hourly windows: 100 collected, 95 loaded")
  expect_match(run_sentence(sample_run(), EN),
               "Done in 8 s. 2 hourly windows: 100 collected, 95 loaded, 3 duplicates, 1 rejected, 1 withheld")
  expect_match(run_sentence(sample_run("failed", error = "lake away"), EN), "Failed after 8 s. lake away")
  expect_equal(range_label("2022-03-28T07:00:00Z", "2022-03-28T09:00:00Z", EN), "28 Mar, 07:00 \u2013 09:00")
})

test_that("a run tells how it changed the books", {
  books <- function(loaded, rejected) list(collected = 10, loaded = loaded, duplicates = 0, rejected = rejected,
                                           withheld = 0)
  run <- sample_run(difference = list(before = books(8, 2), after = books(10, 0)))
  expect_equal(vapply(difference_rows(run), function(row) row$change, 0), c(0, 2, 0, -2, 0))
  html <- as.character(watched_view(list(phase = "ready", data = run), EN))
  expect_match(html, "class=\"changed\">+2<", fixed = TRUE)
  expect_match(html, "\u22122", fixed = TRUE)
  expect_null(difference_rows(sample_run()))
  expect_null(difference_view(sample_run(), EN))
})
