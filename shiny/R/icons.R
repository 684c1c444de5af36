# Line icons, 24 × 24, drawn in the colour of the text around them.

ICON_PATHS <- list(
  overview = c("M4 20V11", "M10 20V4", "M16 20v-6", "M21 20H3"),
  products = c("M12 3l8 4.5v9L12 21l-8-4.5v-9z", "M4 7.5l8 4.5 8-4.5", "M12 12v9"),
  funnel = c("M3 5h18l-7 8v6l-4 2v-8z"),
  events = c("M8 6h13", "M8 12h13", "M8 18h13", "M3.5 6h.01", "M3.5 12h.01", "M3.5 18h.01"),
  acquisition = c("M4 12h12", "M12 6l6 6-6 6", "M21 4v16"),
  behaviour = c("M5 5a2 2 0 1 0 0 .01", "M19 19a2 2 0 1 0 0 .01", "M7 5h6a4 4 0 0 1 0 8h-2a3 3 0 0 0 0 6h6"),
  trends = c("M4 4h4v4H4z", "M10 4h4v4h-4z", "M16 4h4v4h-4z", "M4 10h4v4H4z", "M10 10h4v4h-4z", "M16 10h4v4h-4z",
             "M4 16h4v4H4z",
             "M10 16h4v4h-4z", "M16 16h4v4h-4z"),
  retention = c("M4 12a8 8 0 0 1 14-5.3L20 9", "M20 4v5h-5", "M20 12a8 8 0 0 1-14 5.3L4 15", "M4 20v-5h5"),
  sessions = c("M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4l3 2"),
  download = c("M12 4v11", "M7 11l5 5 5-5", "M5 20h14"),
  `sorted-down` = c("M12 5v14", "M6 13l6 6 6-6"),
  `sorted-up` = c("M12 19V5", "M6 11l6-6 6 6"),
  quality = c("M12 3l7 3v5c0 5-3 8.5-7 10-4-1.5-7-5-7-10V6z", "M9 12l2 2 4-4"),
  moon = c("M20 14.5A8 8 0 1 1 9.5 4 6.5 6.5 0 0 0 20 14.5z"),
  sun = c("M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2v2", "M12 20v2", "M4.9 4.9l1.4 1.4", "M17.7 17.7l1.4 1.4",
          "M2 12h2", "M20 12h2", "M4.9 19.1l1.4-1.4", "M17.7 6.3l1.4-1.4"),
  up = c("M7 17L17 7", "M8 7h9v9"),
  down = c("M7 7l10 10", "M17 8v9H8"),
  flat = c("M5 12h14"),
  empty = c("M4 13l2.5-8h11L20 13", "M4 13v6h16v-6h-5a3 3 0 0 1-6 0z"),
  warning = c("M12 4l9 16H3z", "M12 10v4", "M12 17h.01"),
  check = c("M5 12.5l4.5 4.5L19 7.5"),
  older = c("M9 6l6 6-6 6"),
  newer = c("M15 6l-6 6 6 6")
)

#' @param name One of `ICON_PATHS`.
icon_svg <- function(name, class = NULL) {
  tags$svg(
    class = paste(c("icon", class), collapse = " "), viewBox = "0 0 24 24", fill = "none", stroke = "currentColor",
    `stroke-width` = "1.8", `stroke-linecap` = "round", `stroke-linejoin` = "round", `aria-hidden` = "true",
    focusable = "false", lapply(ICON_PATHS[[name]], function(path) htmltools::tag("path", list(d = path)))
  )
}
