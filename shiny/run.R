# Starts the dashboard: `Rscript run.R`. Host and port come from CLICKSTREAM_DASHBOARD_HOST and _PORT.
arguments <- commandArgs(trailingOnly = FALSE)
script <- sub("^--file=", "", grep("^--file=", arguments, value = TRUE))
folder <- if (length(script)) dirname(normalizePath(script[[1]])) else getwd()

# Events carry any script of the world; a C locale would print it as <U+...>.
if (!isTRUE(l10n_info()[["UTF-8"]])) invisible(Sys.setlocale("LC_CTYPE", "C.UTF-8"))

# Times are told in the site's zone, by name; without this R asks systemd, which a container has not got.
if (!nzchar(Sys.getenv("TZ"))) Sys.setenv(TZ = "UTC")

source(file.path(folder, "R", "settings.R"), local = TRUE)
settings <- read_settings()
shiny::runApp(folder, host = settings$host, port = settings$port, launch.browser = FALSE)
