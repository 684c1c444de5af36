# Runs the tests: `Rscript tests/testthat.R`, from the dashboard's folder. Exits with 1 where one fails.
Sys.setenv(TZ = "UTC") # else R asks systemd for it
library(testthat)
library(shiny)

shiny::loadSupport(".", renv = globalenv(), globalrenv = NULL)
results <- as.data.frame(test_dir("tests/testthat", reporter = "check", env = globalenv(), stop_on_failure = FALSE,
                                  load_package = "none"))
failed <- sum(results$failed) + sum(results$error)
cat(sprintf("\n%d tests, %d expectations: %d failed, %d skipped, %d warnings\n", nrow(results), sum(results$nb), failed,
            sum(results$skipped), sum(results$warning)))
quit(status = if (failed > 0L || sum(results$warning) > 0L || !nrow(results)) 1L else 0L)
