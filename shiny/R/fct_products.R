# The products' way from view to cart to purchase.

PRODUCT_NUMBERS <- c("views", "addToCarts", "purchases", "viewToCartRate", "cartToPurchaseRate", "revenue")

#' One row per product, with the columns of the table; a product without a name is shown by its id.
#'
#' @param answer Parsed answer of `/v1/dw/products`.
product_table <- function(answer) {
  products <- answer$products
  text <- function(field) vapply(products, function(row) as.character(row[[field]] %||% ""), "")
  number <- function(field) vapply(products, function(row) as.numeric(row[[field]] %||% NA), 0)
  names <- text("name")
  data.frame(
    name = ifelse(nzchar(names), names, text("productId")), category = text("category"), brand = text("brand"),
    stats::setNames(lapply(PRODUCT_NUMBERS, number), PRODUCT_NUMBERS), stringsAsFactors = FALSE
  )
}

#' The ten products with the most of something, without those that have none of it.
top_ten <- function(table, by) {
  ranked <- table[order(-table[[by]], table$name), ]
  ranked <- ranked[!is.na(ranked[[by]]) & ranked[[by]] > 0, ]
  utils::head(ranked, 10L)
}
