"""Products, categories and brands."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from admin_api.views.answer import Answer
from admin_api.wire import Number, Wire

ProductSort = Literal[
    "views",
    "addToCarts",
    "purchases",
    "orders",
    "revenue",
    "viewToCartRate",
    "cartToPurchaseRate",
    "name",
    "category",
    "brand",
]
Order = Literal["asc", "desc"]


class Sales(Wire):
    """From views to purchases. Rates are null where there is nothing to divide by."""

    views: int
    add_to_carts: int
    purchases: Number = Field(description="Units in orders")
    orders: int
    revenue: Number = Field(description="Lines of orders, price after discount times quantity")
    view_to_cart_rate: Number | None
    cart_to_purchase_rate: Number | None = Field(description="Orders for each time that it was put into a cart")


class ProductFigures(Sales):
    """What happened to a product."""

    product_id: str
    name: str | None
    category: str | None
    brand: str | None


class Products(Answer):
    """A page of products, sorted."""

    table_member: ClassVar[str] = "products"

    currency: str | None
    total: int = Field(description="Products on all pages")
    products: list[ProductFigures]


class ProductPoint(Wire):
    """A day of a product."""

    at: datetime = Field(description="Start of the day; UTC")
    views: int
    add_to_carts: int
    purchases: Number
    revenue: Number


class ProductDetail(Answer):
    """One product, and its days."""

    table_member: ClassVar[str] = "points"

    currency: str | None
    product: ProductFigures
    points: list[ProductPoint]


class CategoryFigures(Sales):
    """What happened to the products of a category or brand."""

    value: str = Field(examples=["Laptops"])
    orders: int = Field(description="Orders by product: one with two of its products counts twice")


class Categories(Answer):
    """Products by category or brand, most revenue first."""

    by: str
    currency: str | None
    rows: list[CategoryFigures]
