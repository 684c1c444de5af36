# When does the shop live? Weekday (1 Monday to 7) by hour (0 to 23), in the site's time zone.

#' A 7 × 24 matrix of the cells; those that the answer leaves out are 0.
heat_matrix <- function(answer) {
  matrix <- matrix(0, nrow = 7L, ncol = 24L)
  for (cell in answer$cells) {
    day <- as_number(cell$weekday)
    hour <- as_number(cell$hour)
    if (isTRUE(day %in% 1:7) && isTRUE(hour %in% 0:23)) matrix[day, hour + 1L] <- as.numeric(cell$value %||% 0)
  }
  matrix
}

#' The busiest hours of the week: list of `weekday`, `hour`, `value`, `share` of all, most first.
peaks <- function(matrix, most = 8L) {
  all <- sum(matrix)
  if (all <= 0) return(list())
  found <- utils::head(order(-matrix), most)
  found <- found[matrix[found] > 0]
  lapply(found, function(at) {
    list(weekday = (at - 1L) %% 7L + 1L, hour = (at - 1L) %/% 7L, value = matrix[[at]], share = matrix[[at]] / all)
  })
}

#' 20 -> "20:00–21:00".
hour_span <- function(hour) sprintf("%02d:00%s%02d:00", as.integer(hour), DASH, as.integer(hour + 1L) %% 24L)
