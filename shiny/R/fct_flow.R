# The ways that sessions take from page to page, for the flow chart.

PAGE_KINDS <- c("home", "category", "product", "search", "cart", "checkout", "purchase", "account")
KINDS_A_STEP <- 7L
LEAST_SHARE <- 0.015 # of a step: what is rarer is a line that nobody can see

#' Nodes and links of the flow. A page is a node of its step: the same kind of page may be come to again.
#'
#' Of each step the most frequent kinds are shown, the rest is gathered as "other".
#' @param answer Parsed answer of `/v1/dw/paths`: links of `step` (1, 2, …), `source`, `target`, `sessions`.
#' @return A list of `nodes` and `links` for `flow()`.
flow_parts <- function(answer, locale) {
  links <- gathered(Filter(function(link) isTRUE(as_number(link$sessions) > 0), answer$links))
  if (!length(links)) return(list(nodes = list(), links = list()))
  steps <- vapply(links, function(link) as_number(link$step), 0)
  first <- min(steps)
  id <- function(step, kind) paste(step, kind, sep = ":")
  label <- function(kind) locale$label("kind", kind)
  ends <- unique(do.call(rbind, lapply(links, function(link) {
    data.frame(depth = link$step - first + 0:1, kind = c(as.character(link$source), as.character(link$target)))
  })))
  inside <- function(depth, kind) {
    into <- sum(vapply(links, function(link) {
      if (link$step - first + 1 == depth && link$target == kind) as_number(link$sessions) else 0
    }, 0))
    out <- sum(vapply(links, function(link) {
      if (link$step - first == depth && link$source == kind) as_number(link$sessions) else 0
    }, 0))
    max(into, out)
  }
  list(
    nodes = Map(function(depth, kind) {
      list(id = id(depth, kind), depth = depth, label = label(kind), colour = kind_colour(kind),
           tip = paste0(label(kind), "\n", locale$some("count.sessions", inside(depth, kind))))
    }, ends$depth, ends$kind, USE.NAMES = FALSE),
    links = lapply(links, function(link) {
      depth <- link$step - first
      list(source = id(depth, link$source), target = id(depth + 1, link$target), value = link$sessions,
           tip = paste0(label(link$source), " \u2192 ", label(link$target), "\n",
                        locale$some("count.sessions", link$sessions)))
    })
  )
}

#' Links between the most frequent kinds of each step; what is rarer becomes "other", equal links one.
gathered <- function(links) {
  if (!length(links)) return(links)
  rows <- data.frame(
    step = vapply(links, function(link) as_number(link$step), 0),
    sessions = vapply(links, function(link) as_number(link$sessions), 0),
    source = vapply(links, function(link) as.character(link$source), ""),
    target = vapply(links, function(link) as.character(link$target), ""), stringsAsFactors = FALSE
  )
  ends <- data.frame(depth = c(rows$step, rows$step + 1), kind = c(rows$source, rows$target),
                     sessions = rep(rows$sessions, 2L))
  sizes <- stats::aggregate(sessions ~ depth + kind, ends, sum)
  kept <- do.call(rbind, lapply(split(sizes, sizes$depth), function(step) {
    step <- step[step$sessions >= LEAST_SHARE * sum(step$sessions), ]
    utils::head(step[order(-step$sessions, step$kind), ], KINDS_A_STEP)
  }))
  shown <- function(depth, kind) ifelse(paste(depth, kind) %in% paste(kept$depth, kept$kind), kind, "other")
  rows$source <- shown(rows$step, rows$source)
  rows$target <- shown(rows$step + 1, rows$target)
  rows <- stats::aggregate(sessions ~ step + source + target, rows, sum)
  rows_of(rows[order(rows$step, -rows$sessions, rows$source, rows$target), ])
}

kind_colour <- function(kind) {
  at <- match(kind, PAGE_KINDS)
  if (is.na(at)) "var(--muted)" else sprintf("var(--kind-%d)", at)
}
