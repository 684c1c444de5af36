"""Products, categories and brands."""

from typing import Literal

from admin_api.errors import ProductNotFoundError
from admin_api.question import Question, mart
from admin_api.views.answer import row_of
from admin_api.views.products import (
    Categories,
    CategoryFigures,
    Order,
    ProductDetail,
    ProductFigures,
    ProductPoint,
    Products,
    ProductSort,
)
from warehouse.tables import Product

CategoryGrouping = Literal["category", "brand"]


def products(
    question: Question, sort: ProductSort, order: Order, *, limit: int, offset: int, containing: str | None
) -> Products:
    """A page of products."""
    currency = question.currency()
    page = (sort, order == "asc", limit, offset, containing, currency)
    rows = question.ask(mart.products(*question.days, question.filters, *page))
    total = rows[0]["total"] if rows else 0
    if not rows and offset:  # past the end: how many there are is still worth knowing
        first = (sort, order == "asc", 1, 0, containing, currency)
        total = next((row["total"] for row in question.ask(mart.products(*question.days, question.filters, *first))), 0)
    return Products(
        **question.common, currency=currency, total=total, products=[row_of(ProductFigures, row) for row in rows]
    )


def product(question: Question, product_id: str) -> ProductDetail:
    """One product, and its days.

    Raises:
        ProductNotFoundError: no event ever named it.
    """
    known = question.session.get(Product, product_id)
    if known is None:
        raise ProductNotFoundError(f"no event names a product {product_id!r}")
    currency = question.currency()
    asked = mart.product_days(product_id, *question.days, question.filters, currency)
    [figures] = question.ask(mart.one_product(product_id, *question.days, question.filters, currency))
    return ProductDetail(
        **question.common,
        currency=currency,
        product=row_of(ProductFigures, figures),
        points=[row_of(ProductPoint, row) for row in question.ask(asked)],
    )


def categories(question: Question, by: CategoryGrouping) -> Categories:
    """Products by category or brand."""
    currency = question.currency()
    rows = question.ask(mart.categories(*question.days, by, question.filters, currency))
    return Categories(**question.common, by=by, currency=currency, rows=[row_of(CategoryFigures, row) for row in rows])
