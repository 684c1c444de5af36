# The products' way from view to cart to purchase.

PRODUCT_METRICS <- c("revenue", "views", "addToCarts", "purchases")
PRODUCT_FIELDS <- c("productId", "name", "category", "brand", "views", "addToCarts", "purchases", "orders",
                    "viewToCartRate", "cartToPurchaseRate", "revenue")
GROUP_FIELDS <- c("value", "views", "addToCarts", "purchases", "orders", "viewToCartRate", "cartToPurchaseRate",
                  "revenue")
PRODUCTS_PER_PAGE <- 20L

#' A product without a name is shown by its id.
product_name <- function(row) if (is_blank(row$name)) text_or_dash(row$productId) else row$name

#' The ten rows with the most of something, without those that have none of it.
top_ten <- function(rows, by) {
  some <- Filter(function(row) isTRUE(as_number(row[[by]]) > 0), rows)
  utils::head(sort_rows(some, list(by = by, descending = TRUE)), 10L)
}
