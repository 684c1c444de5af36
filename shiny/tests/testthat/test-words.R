# Words are data: nothing may be missing in one of the languages, nor be there for nobody.

sources <- paste(unlist(lapply(list.files(file.path("..", "..", "R"), "\\.R$", full.names = TRUE), readLines)),
                 collapse = "\n")
found <- function(pattern) unique(regmatches(sources, gregexpr(pattern, sources, perl = TRUE))[[1]])

test_that("every language has the same keys, and the same names to fill in", {
  for (locale in LOCALES) {
    expect_setequal(names(locale$words), names(EN$words))
    for (key in names(EN$words)) {
      names_in <- function(text) sort(unique(unlist(regmatches(text, gregexpr("\\{[a-z_]+\\}", text)))))
      if (startsWith(key, "date.")) next
      expect_equal(names_in(locale$words[[key]]), names_in(EN$words[[key]]), label = paste(locale$lang, key))
    }
    expect_true(all(nzchar(unlist(locale$words[setdiff(names(locale$words), "number.units")]))))
  }
})

test_that("every key that the sources name is among the words", {
  named <- sub("^(say|locale\\$say|locale\\$some|words\\$)\\(?\"?", "",
               found("(?<![\\w$])(?:locale\\$)?say\\(\"[a-z][\\w.]*(?=\")"))
  expect_gt(length(named), 150L)
  expect_equal(setdiff(named, names(EN$words)), character())
})

test_that("every family of keys that the sources compose is whole", {
  has <- function(...) expect_equal(setdiff(c(...), names(EN$words)), character())
  pages <- names(dashboard_pages())
  has(paste0("page.", pages, ".title"), paste0("page.", pages, ".short"))
  has(paste0("filter.", FILTERS), paste0("filter.all_", FILTERS), paste0("filter.days_", PRESET_DAYS))
  has(paste0("nav.", unique(vapply(dashboard_pages(), function(page) page$group, ""))))
  kpis <- vapply(KPIS, function(kpi) kpi$id, "")
  has(paste0("kpi.", kpis, ".label"), paste0("kpi.", kpis, ".hint"), paste0("change.", c("up", "down", "flat")))
  has(paste0("metric.", union(PRODUCT_METRICS, TREND_METRICS)), paste0("step.", FUNNEL_STEPS))
  has(paste0("products.by.", PRODUCT_GROUPS), paste0("products.all_", PRODUCT_GROUPS), paste0("table.", PRODUCT_GROUPS))
  has(paste0("acquisition.by.", CHANNEL_GROUPS), paste0("behaviour.kind.", PAGE_LISTS),
      paste0("windows.", WINDOW_STATES))
  has(paste0("books.", BOOK_FIELDS), paste0("books.hint_", BOOK_PARTS), paste0("grain.by_", c("hour", "day", "week")))
  has(paste0("error.", c(ERROR_KINDS, "unknown"), ".title"), paste0("language.", names(LOCALES)))
  has(paste0("state.", names(STATE_TONES)),
      paste0("retention.", c("new", "returning", "new_orders", "returning_orders")))
})

test_that("no words are kept that nobody says", {
  literal <- gsub("\"", "", found("\"[a-z]+[\\w.]*\""))
  composed <- c("page", "filter", "nav", "kpi", "change", "metric", "step", "products", "table", "acquisition",
                "behaviour", "windows", "books", "grain", "error", "language", "state", "retention", "login", "device",
                "country", "source", "channel", "kind", "trigger", "reason", "date", "number", "count", "rerun",
                "scheme", "empty")
  unused <- setdiff(names(EN$words), literal)
  expect_equal(unused[!sub("[.].*$", "", unused) %in% composed], character())
})

test_that("a key that is missing is told by its name, an unknown value by itself", {
  expect_error(EN$say("no.such"), "words/en.json has no key 'no.such'")
  expect_equal(EN$label("channel", "Organic Search"), "Organic Search")
  expect_equal(VI$label("device", "Nokia 3310"), "Nokia 3310")
  expect_equal(EN$label("device", NULL), "not known")
})

test_that("what is filled in is text, also where it looks like a pattern", {
  expect_equal(EN$say("sessions.order", id = "\\1 {id} $&"), "order \\1 {id} $&")
  expect_equal(EN$some("count.windows", 1), "1 hourly window")
  expect_equal(EN$some("count.windows", 1200), "1,200 hourly windows")
})
