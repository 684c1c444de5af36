"""The warehouse's tables as SQLModel models: `public` for analysts, `etl` for the books."""

from sqlmodel import SQLModel

from warehouse.tables.audit import AuditEntry
from warehouse.tables.books import LoadedObject, Reject, Run, Window
from warehouse.tables.commerce import EventItem, Order, OrderEvent, Product, ProductAttribute
from warehouse.tables.events import ClickstreamEvent
from warehouse.tables.facets import facet_hours as _facet_hours  # noqa: F401 -- the facets register themselves
from warehouse.tables.facts import audiences as _audiences  # noqa: F401 -- the facts register themselves
from warehouse.tables.product_facets import product_facet_days as _days  # noqa: F401 -- they register themselves
from warehouse.tables.rollups import EventsHourly, ProductsDaily
from warehouse.tables.site import Site
from warehouse.tables.upkeep import DroppedMonth, UserAgent
from warehouse.tables.visits import Client, VisitSession

metadata = SQLModel.metadata

__all__ = [
    "AuditEntry",
    "ClickstreamEvent",
    "Client",
    "DroppedMonth",
    "EventItem",
    "EventsHourly",
    "LoadedObject",
    "Order",
    "OrderEvent",
    "Product",
    "ProductAttribute",
    "ProductsDaily",
    "Reject",
    "Run",
    "Site",
    "UserAgent",
    "VisitSession",
    "Window",
    "metadata",
]
