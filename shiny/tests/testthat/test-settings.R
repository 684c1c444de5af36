test_that("without an environment the dashboard listens on this machine only, and knows the local admin API", {
  settings <- read_settings(list())
  expect_equal(settings$host, "127.0.0.1")
  expect_equal(settings$port, 3838L)
  expect_equal(settings$admin_api_url, "http://127.0.0.1:8003")
  expect_equal(settings$refresh_seconds, 30L)
  expect_equal(settings$path, "/dashboard")
  expect_equal(settings$workers, 2L)
  expect_null(settings$warehouse)
})

test_that("the warehouse URL is taken apart and percent-decoded", {
  url <- read_settings(list(
    CLICKSTREAM_WAREHOUSE_URL =
      "postgresql://clickstream_dashboard:p%40ss%2Fw%3A@db.local:5433/clickstream?sslmode=require"
  ))$warehouse
  expect_equal(url[c("user", "password", "host", "port", "dbname")],
               list(user = "clickstream_dashboard", password = "p@ss/w:", host = "db.local", port = 5433L,
                    dbname = "clickstream"))
  expect_equal(url$options, list(sslmode = "require"))
})

test_that("host and port of the warehouse have defaults, IPv6 is understood", {
  expect_equal(parse_warehouse_url("postgresql://u:p@/shop")[c("host", "port")], list(host = "127.0.0.1", port = 5432L))
  expect_equal(parse_warehouse_url("postgresql://u:p@[::1]:5433/shop")$host, "::1")
})

test_that("a value that cannot be used is named, and no password is printed", {
  expect_error(read_settings(list(CLICKSTREAM_DASHBOARD_PORT = "http")), "CLICKSTREAM_DASHBOARD_PORT.*'http'")
  expect_error(read_settings(list(CLICKSTREAM_DASHBOARD_PORT = "70000")), "from 1 to 65535")
  expect_error(read_settings(list(CLICKSTREAM_ADMIN_API_URL = "localhost:8003")), "CLICKSTREAM_ADMIN_API_URL")
  expect_error(read_settings(list(CLICKSTREAM_DASHBOARD_PATH = "dash board")), "CLICKSTREAM_DASHBOARD_PATH")
  message <- tryCatch(parse_warehouse_url("mysql://u:secret@h/db"), error = conditionMessage)
  expect_match(message, "CLICKSTREAM_WAREHOUSE_URL")
  expect_no_match(message, "secret")
})
