# ECharts options, as lists. Colours are names of the theme's custom properties; `$format` becomes a formatter of
# www/format.js in the browser. No code and no markup travels: texts of events are data, drawn on canvas or escaped.

#' How a number is to be written in the browser.
number_format <- function(kind, currency = "", decimals = NULL) {
  if (!kind %in% c("money", "moneyFull")) return(list(`$format` = kind))
  look <- currency_look(currency)
  list(`$format` = kind, prefix = look$prefix, decimals = decimals %||% look$decimals)
}

#' Lines over time, the first with a soft area; a second one may have its own axis at the right.
#'
#' @param labels See `point_labels`.
#' @param lines List of `name`, `values`, `colour`, optional `right` (own axis).
time_lines <- function(labels, lines, format = number_format("compact")) {
  two_axes <- any(vapply(lines, function(line) isTRUE(line$right), TRUE))
  axes <- list(value_axis(format))
  if (two_axes) axes[[2]] <- utils::modifyList(value_axis(format), list(splitLine = list(show = FALSE)))
  chart_frame(
    legend = list(show = length(lines) > 1L, top = 0L, left = 0L, icon = "roundRect", itemWidth = 10L, itemHeight = 10L,
                  textStyle = list(color = "var(--muted)")),
    grid = list(top = if (length(lines) > 1L) 40L else 16L),
    tooltip = axis_tooltip(number_format("count")),
    xAxis = time_axis(labels),
    yAxis = axes,
    series = lapply(seq_along(lines), function(i) {
      line <- lines[[i]]
      drawn <- list(
        type = "line", name = line$name, data = as.list(line$values), yAxisIndex = if (isTRUE(line$right)) 1L else 0L,
        smooth = 0.25, smoothMonotone = "x", symbol = "circle", symbolSize = 6L, showSymbol = length(line$values) <= 2L,
        itemStyle = list(color = line$colour), lineStyle = list(width = 2L, color = line$colour)
      )
      if (i == 1L) drawn$areaStyle <- list(color = line$colour, opacity = 0.10)
      drawn
    })
  )
}

#' Bars over time.
time_bars <- function(labels, name, values, format, full_format = format, colour = "var(--accent)") {
  chart_frame(
    tooltip = axis_tooltip(full_format),
    xAxis = utils::modifyList(time_axis(labels), list(boundaryGap = TRUE)),
    yAxis = list(value_axis(format)),
    series = list(list(
      type = "bar", name = name, data = as.list(values), barMaxWidth = 26L, barCategoryGap = "35%",
      itemStyle = list(color = colour, borderRadius = list(3L, 3L, 0L, 0L))
    ))
  )
}

#' Horizontal bars, largest on top, with the number at the end of each.
#'
#' @param label_width Pixels for the names; www/echart.js takes less where the chart is narrow.
ranked_bars <- function(names, values, name, format, full_format = format, label_width = 132L,
                        colour = "var(--accent)") {
  chart_frame(
    grid = list(top = 4L, bottom = 4L, right = 64L),
    tooltip = utils::modifyList(axis_tooltip(full_format), list(
      axisPointer = list(type = "shadow", shadowStyle = list(color = "var(--track)", opacity = 0.6))
    )),
    xAxis = list(type = "value", show = FALSE, min = 0L),
    yAxis = list(list(
      type = "category", data = as.list(names), inverse = TRUE,
      axisLine = list(show = FALSE), axisTick = list(show = FALSE),
      axisLabel = list(color = "var(--text)", width = label_width, overflow = "truncate", interval = 0L)
    )),
    series = list(list(
      type = "bar", name = name, data = as.list(values), barMaxWidth = 16L,
      itemStyle = list(color = colour, borderRadius = 4L),
      label = list(show = TRUE, position = "right", color = "var(--muted)", formatter = format, valueAnimation = FALSE)
    ))
  )
}

#' The funnel; each step is as wide as its share of the first, its words stand at the right.
#'
#' @param names,values Of the steps.
#' @param notes What stands under each name.
funnel_steps <- function(names, values, notes) {
  plain <- function(text) gsub("[{}|]", "", text) # the marks of ECharts' rich text
  words <- sprintf("{name|%s}\n{note|%s}", plain(names), plain(notes))
  chart_frame(
    tooltip = list(trigger = "item", valueFormatter = number_format("count")),
    series = list(list(
      type = "funnel", name = "Sessions", sort = "none", gap = 3L, top = 6L, bottom = 6L, left = 0L, right = "45%",
      min = 0L, max = max(1, values), minSize = "1%", maxSize = "100%", funnelAlign = "center",
      labelLayout = list(x = "60%", align = "left"), labelLine = list(show = FALSE),
      label = list(
        show = TRUE, position = "right", formatter = list(`$format` = "item", texts = as.list(words)),
        rich = list(
          name = list(color = "var(--text)", fontSize = 14L, fontWeight = 600L, lineHeight = 21L),
          note = list(color = "var(--muted)", fontSize = 12.5, lineHeight = 18L)
        )
      ),
      data = lapply(seq_along(names), function(i) {
        list(name = names[[i]], value = values[[i]],
             itemStyle = list(color = sprintf("var(--funnel-%d)", min(i, 5L)), borderWidth = 0L))
      })
    ))
  )
}

chart_frame <- function(..., grid = list()) {
  base <- list(
    animationDuration = 400L, animationDurationUpdate = 300L,
    textStyle = list(fontFamily = "var(--font)", color = "var(--text)"),
    grid = utils::modifyList(list(left = 4L, right = 8L, top = 16L, bottom = 4L, containLabel = TRUE), grid)
  )
  utils::modifyList(base, list(...))
}

time_axis <- function(labels) {
  list(
    type = "category", data = labels$long, boundaryGap = FALSE,
    axisLine = list(lineStyle = list(color = "var(--line)")), axisTick = list(show = FALSE),
    axisLabel = list(
      color = "var(--muted)", hideOverlap = TRUE, formatter = list(`$format` = "nth", texts = labels$short)
    ),
    axisPointer = list(lineStyle = list(color = "var(--muted)"))
  )
}

value_axis <- function(format) {
  list(
    type = "value", min = 0L, splitNumber = 4L, minInterval = 1L,
    axisLabel = list(color = "var(--muted)", formatter = format),
    splitLine = list(lineStyle = list(color = "var(--line)"))
  )
}

axis_tooltip <- function(format) {
  list(trigger = "axis", valueFormatter = format, confine = TRUE)
}

#' A sparkline as inline SVG: cheap enough for every card, and no library draws it.
#'
#' @param values Numbers; fewer than two draw nothing.
sparkline <- function(values, width = 120, height = 32) {
  if (length(values) < 2L) return(NULL)
  range <- range(values)
  span <- if (diff(range) == 0) 1 else diff(range)
  x <- round(seq(1, width - 1, length.out = length(values)), 1)
  y <- round(height - 2 - (values - range[[1]]) / span * (height - 4), 1)
  line <- paste(paste(x, y, sep = ","), collapse = " ")
  area <- sprintf("1,%s %s %s,%s", height, line, width - 1, height)
  htmltools::tags$svg(
    class = "sparkline", viewBox = paste(0, 0, width, height), preserveAspectRatio = "none", `aria-hidden` = "true",
    htmltools::tag("polygon", list(points = area)),
    htmltools::tag("polyline", list(points = line))
  )
}
