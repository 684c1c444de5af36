# An Apache ECharts output: R gives a list of options (see fct_charts.R), www/echart.js draws it.

#' @param label What the chart shows, for those who do not see it.
#' @param height Any CSS length.
echart_output <- function(id, label, height = "18rem") {
  div(id = id, class = "echart", role = "img", `aria-label` = label, style = paste0("height:", height))
}

#' @param expr Gives a list of ECharts options; NULL draws nothing.
render_echart <- function(expr, env = parent.frame(), quoted = FALSE) {
  options_of <- shiny::exprToFunction(expr, env, quoted)
  shiny::createRenderFunction(options_of, function(value, session, name, ...) value, echart_output)
}
