test_that("numbers are short, and never read 1000 of a unit", {
  expect_equal(vapply(c(0, 7, 999, 1000, 1234, 12345, 99949, 99950, 999499, 999500, 3400000, 5.5e9, -1234), EN$compact,
                      ""),
               c("0", "7", "999", "1k", "1.2k", "12.3k", "99.9k", "100k", "999k", "1M", "3.4M", "5.5B", "-1.2k"))
  expect_equal(EN$compact(NULL), DASH)
  expect_equal(EN$compact(NA_real_), DASH)
})

test_that("counts, rates and durations", {
  expect_equal(EN$count(1234567.4), "1,234,567")
  expect_equal(EN$percent(0.12345), "12.3%")
  expect_equal(EN$percent(0.00456), "0.46%")
  expect_equal(EN$percent(NULL), DASH)
  expect_equal(vapply(c(42, 75, 5400, 86400, 200000, 1e7), EN$duration, ""),
               c("42 s", "1 min", "1.5 h", "24 h", "2.3 days", "116 days"))
})

test_that("money carries the currency's sign and its decimals", {
  expect_equal(EN$money(1234.5, "USD"), "$1.2k")
  expect_equal(EN$money(12.5, "USD"), "$12.50")
  expect_equal(EN$money(1234.5, "USD", full = TRUE), "$1,234.50")
  expect_equal(EN$money(18450000, "VND"), "\u20ab18.4M")
  expect_equal(EN$money(18450000, "VND", full = TRUE), "\u20ab18,450,000")
  expect_equal(EN$money(-5, "CHF", full = TRUE), "-CHF\u00a05.00")
  expect_equal(EN$money(NULL, "USD"), DASH)
})

test_that("instants are read with Z, offset, fraction, or as a bare day", {
  noon <- as.POSIXct("2022-03-01 12:00:00", tz = "UTC")
  expect_equal(parse_instant("2022-03-01T12:00:00Z"), noon)
  expect_equal(parse_instant("2022-03-01T19:00:00+07:00"), noon)
  expect_equal(parse_instant("2022-03-01T07:00:00-0500"), noon)
  expect_equal(as.numeric(parse_instant("2022-03-01T12:00:00.250Z")) - as.numeric(noon), 0.25)
  expect_equal(parse_instant("2022-03-01"), as.POSIXct("2022-03-01", tz = "UTC"))
  for (bad in list("yesterday", "2022-13-01T00:00:00Z", NULL, NA, 5, "")) expect_true(is.na(parse_instant(bad)))
})

test_that("moments are told in the site's time zone, and an unknown zone is UTC", {
  expect_equal(EN$moment("2022-02-28T18:30:00Z", "Asia/Ho_Chi_Minh"), "Tue 1 Mar 2022, 01:30")
  expect_equal(EN$moment("2022-02-28T18:30:00Z", "Mars/Olympus"), "Mon 28 Feb 2022, 18:30")
  expect_equal(EN$moment(NULL), DASH)
})

test_that("how long ago", {
  now <- as.POSIXct("2022-03-01 12:00:00", tz = "UTC")
  expect_equal(EN$ago("2022-03-01T11:56:00Z", now), "4 min ago")
  expect_equal(EN$ago("2022-03-01T12:00:10Z", now), "just now")
  expect_equal(EN$ago(NULL, now), "never")
})

test_that("Vietnamese writes its own marks, places and words", {
  expect_equal(VI$count(1234567), "1.234.567")
  expect_equal(VI$compact(1234567), "1,2\u00a0Tr")
  expect_equal(VI$percent(0.1234), "12,3%")
  expect_equal(VI$money(18450000, "VND", full = TRUE), "18.450.000\u00a0\u20ab")
  expect_equal(VI$money(-1234.5, "USD", full = TRUE), "-1.234,50\u00a0$")
  expect_equal(VI$moment("2022-02-28T18:30:00Z", "Asia/Ho_Chi_Minh"), "T3, 01/03/2022, 01:30")
  expect_equal(VI$day("2022-03-01"), "01/03/2022")
  expect_equal(VI$duration(5400), "1,5 gi\u1edd")
})
