# ECharts options, as lists. Colours are names of the theme's custom properties; `$format` becomes a formatter of
# www/format.js in the browser. No code and no markup travels: texts of events are data, drawn on canvas or escaped.

#' How a number is to be written in the browser: `count`, `compact`, `percent`, `money` or `moneyFull`.
number_format <- function(kind, look = NULL) c(list(`$format` = kind), look)

#' The short and the full form of a metric's numbers, in the browser.
#'
#' @param look Of the currency, see `currency_look`; NULL for what is not money.
metric_formats <- function(look = NULL) {
  if (is.null(look)) list(short = number_format("compact"), full = number_format("count"))
  else list(short = number_format("money", look), full = number_format("moneyFull", look))
}

#' A vector as a JSON array, also where it has one element. (A list of its elements takes jsonlite a hundred times as
#' long: what a chart of 30 days would wait for.)
array_of <- function(values) if (length(values)) I(unname(unlist(values))) else I(character())

#' Lines over time, the first with a soft area; a second one may have its own axis at the right.
#'
#' @param labels See `point_labels`.
#' @param lines List of `name`, `values`, `colour`, optional `right` (own axis).
time_lines <- function(labels, lines, formats = metric_formats()) {
  two_axes <- any(vapply(lines, function(line) isTRUE(line$right), TRUE))
  axes <- list(value_axis(formats$short))
  if (two_axes) axes[[2]] <- utils::modifyList(value_axis(formats$short), list(splitLine = list(show = FALSE)))
  chart_frame(
    legend = chart_legend(length(lines) > 1L),
    grid = list(top = if (length(lines) > 1L) 40L else 16L),
    tooltip = axis_tooltip(formats$full),
    xAxis = time_axis(labels),
    yAxis = axes,
    series = lapply(seq_along(lines), function(i) {
      line <- lines[[i]]
      drawn <- list(
        type = "line", name = line$name, data = array_of(line$values), yAxisIndex = if (isTRUE(line$right)) 1L else 0L,
        smooth = 0.25, smoothMonotone = "x", symbol = "circle", symbolSize = 6L, showSymbol = length(line$values) <= 2L,
        itemStyle = list(color = line$colour), lineStyle = list(width = 2L, color = line$colour)
      )
      if (i == 1L) drawn$areaStyle <- list(color = line$colour, opacity = 0.10)
      drawn
    })
  )
}

#' Bars over time.
time_bars <- function(labels, name, values, formats, colour = "var(--accent)") {
  chart_frame(
    tooltip = axis_tooltip(formats$full),
    xAxis = utils::modifyList(time_axis(labels), list(boundaryGap = TRUE)),
    yAxis = list(value_axis(formats$short)),
    series = list(list(
      type = "bar", name = name, data = array_of(values), barMaxWidth = 26L, barCategoryGap = "35%",
      itemStyle = list(color = colour, borderRadius = list(3L, 3L, 0L, 0L))
    ))
  )
}

#' Horizontal bars, largest on top, with the number at the end of each.
#'
#' @param label_width Pixels for the names; www/echart.js takes less where the chart is narrow.
ranked_bars <- function(names, values, name, formats, label_width = 132L, colour = "var(--accent)") {
  chart_frame(
    grid = list(top = 4L, bottom = 4L, right = 64L),
    tooltip = utils::modifyList(axis_tooltip(formats$full), list(
      axisPointer = list(type = "shadow", shadowStyle = list(color = "var(--track)", opacity = 0.6))
    )),
    xAxis = list(type = "value", show = FALSE, min = 0L),
    yAxis = list(list(
      type = "category", data = array_of(names), inverse = TRUE,
      axisLine = list(show = FALSE), axisTick = list(show = FALSE),
      axisLabel = list(color = "var(--text)", width = label_width, overflow = "truncate", interval = 0L)
    )),
    series = list(list(
      type = "bar", name = name, data = array_of(values), barMaxWidth = 16L,
      itemStyle = list(color = colour, borderRadius = 4L),
      label = list(show = TRUE, position = "right", color = "var(--muted)", formatter = formats$short,
                   valueAnimation = FALSE)
    ))
  )
}

#' Bars beside each other, few: the hours of a day, the days of a week.
plain_bars <- function(names, values, name, formats, colour = "var(--accent)") {
  chart_frame(
    tooltip = axis_tooltip(formats$full),
    xAxis = list(type = "category", data = array_of(names), axisTick = list(show = FALSE),
                 axisLine = list(lineStyle = list(color = "var(--line)")),
                 axisLabel = list(color = "var(--muted)", hideOverlap = TRUE)),
    yAxis = list(value_axis(formats$short)),
    series = list(list(type = "bar", name = name, data = array_of(values), barMaxWidth = 30L, barCategoryGap = "28%",
                       itemStyle = list(color = colour, borderRadius = list(3L, 3L, 0L, 0L))))
  )
}

#' Bars over time, stacked.
#'
#' @param parts List of `name`, `values`, `colour`.
stacked_bars <- function(labels, parts) {
  chart_frame(
    legend = chart_legend(), grid = list(top = 40L), tooltip = axis_tooltip(number_format("count")),
    xAxis = utils::modifyList(time_axis(labels), list(boundaryGap = TRUE)),
    yAxis = list(value_axis(number_format("compact"))),
    series = lapply(parts, function(part) {
      list(type = "bar", stack = "all", name = part$name, data = array_of(part$values), barMaxWidth = 26L,
           barCategoryGap = "35%", itemStyle = list(color = part$colour))
    })
  )
}

#' Weekday by hour.
#'
#' @param cells Matrix of a row for each cell: x and y (positions from 0), and the value.
#' @param tips What the tooltip of each cell says.
heat_cells <- function(columns, rows, cells, tips) {
  most <- max(1, cells[, 3L])
  axis <- function(names, ...) {
    list(type = "category", data = array_of(names), axisTick = list(show = FALSE), axisLine = list(show = FALSE),
         splitArea = list(show = FALSE), axisLabel = list(color = "var(--muted)", hideOverlap = TRUE), ...)
  }
  chart_frame(
    tooltip = list(trigger = "item", confine = TRUE, formatter = list(`$format` = "tip", texts = array_of(tips))),
    grid = list(bottom = 8L), xAxis = axis(columns), yAxis = list(axis(rows, inverse = TRUE)),
    visualMap = list(type = "continuous", show = FALSE, min = 0L, max = most,
                     inRange = list(color = list("var(--heat-0)", "var(--heat-1)", "var(--heat-2)", "var(--heat-3)"))),
    series = list(list(
      type = "heatmap", data = I(cells),
      itemStyle = list(borderColor = "var(--surface)", borderWidth = 2L, borderRadius = 4L),
      emphasis = list(itemStyle = list(borderColor = "var(--text)", borderWidth = 1.5))
    ))
  )
}

#' Ways from step to step.
#'
#' @param nodes List of `id`, `label`, `colour`; @param links list of `source`, `target` (ids), `value`, `tip`.
flow <- function(nodes, links) {
  chart_frame(
    tooltip = list(trigger = "item", confine = TRUE, formatter = list(
      `$format` = "tip", texts = array_of(lapply(nodes, function(node) node$tip)),
      edges = array_of(lapply(links, function(link) link$tip))
    )),
    series = list(list(
      type = "sankey", left = 4L, right = 96L, top = 8L, bottom = 8L, nodeWidth = 14L, nodeGap = 14L, draggable = FALSE,
      layoutIterations = 48L, emphasis = list(focus = "adjacency"),
      lineStyle = list(color = "source", opacity = 0.28, curveness = 0.5),
      label = list(color = "var(--text)", fontSize = 12L, formatter = list(
        `$format` = "item", texts = array_of(lapply(nodes, function(node) node$label))
      )),
      data = lapply(nodes, function(node) {
        list(name = node$id, depth = node$depth, itemStyle = list(color = node$colour, borderWidth = 0L))
      }),
      links = lapply(links, function(link) link[c("source", "target", "value")])
    ))
  )
}

#' The funnel; each step is as wide as its share of the first, its words stand at the right.
#'
#' @param names,values Of the steps.
#' @param notes What stands under each name; @param unit what is counted.
funnel_steps <- function(names, values, notes, unit) {
  plain <- function(text) gsub("[{}|]", "", text) # the marks of ECharts' rich text
  words <- sprintf("{name|%s}\n{note|%s}", plain(names), plain(notes))
  chart_frame(
    tooltip = list(trigger = "item", valueFormatter = number_format("count")),
    series = list(list(
      type = "funnel", name = unit, sort = "none", gap = 3L, top = 6L, bottom = 6L, left = 0L, right = "45%",
      min = 0L, max = max(1, values), minSize = "1%", maxSize = "100%", funnelAlign = "center",
      labelLayout = list(x = "60%", align = "left"), labelLine = list(show = FALSE),
      label = list(
        show = TRUE, position = "right", formatter = list(`$format` = "item", texts = array_of(words)),
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
    animationDuration = 250L, animationDurationUpdate = 250L,
    textStyle = list(fontFamily = "var(--font)", color = "var(--text)"),
    grid = utils::modifyList(list(left = 4L, right = 8L, top = 16L, bottom = 4L, containLabel = TRUE), grid)
  )
  utils::modifyList(base, list(...))
}

chart_legend <- function(show = TRUE) {
  list(show = show, top = 0L, left = 0L, icon = "roundRect", itemWidth = 10L, itemHeight = 10L,
       textStyle = list(color = "var(--muted)"))
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
