# Runs lintr over the sources: `Rscript tests/lint.R`, from the dashboard's folder. Exits with 1 on any lint.
library(shiny) # so that the linter knows which functions exist
shiny::loadSupport(".", renv = globalenv(), globalrenv = NULL)

linters <- lintr::linters_with_defaults(
  line_length_linter = lintr::line_length_linter(120L),
  object_name_linter = lintr::object_name_linter(c("snake_case", "SNAKE_CASE")), # constants are in capitals
  brace_linter = NULL, # one-line guards: `if (x) return(y)`
  cyclocomp_linter = lintr::cyclocomp_linter(20L) # a module's server counts as one function with all its handlers
)
files <- c("app.R", "run.R", list.files(c("R", "tests"), "\\.R$", full.names = TRUE))
lints <- do.call(c, lapply(files, lintr::lint, linters = linters))
for (lint in lints) print(lint)
cat(sprintf("%d files, %d lints\n", length(files), length(lints)))
quit(status = if (length(lints) > 0L) 1L else 0L)
