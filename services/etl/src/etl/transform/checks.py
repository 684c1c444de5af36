"""Which lines can be loaded, and what is wrong with the others.

The limits are the contract's (lake.contract): what the collector lets through is loaded.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from etl.extract.raw import STRUCTURED
from etl.transform import values
from etl.transform.functions import json_type
from lake.contract import EVENT_NAME_PATTERN

_LOGIN_STATES = ["logged_in", "anonymous", "guest"]
_ID_LENGTH = 128
_ARRAYS = ("items",)

Check = tuple[ir.BooleanValue, str, ir.StringValue]


def sound(raw: ir.Table) -> ir.BooleanValue:
    """Whether nothing keeps the line from being loaded."""
    return ~ibis.or_(*(failed.coalesce(False) for failed, _, _ in _checks(raw)))


def with_reasons(raw: ir.Table) -> ir.Table:
    """`raw` with `reason` and `detail`: the first thing that keeps the line from being loaded, or NULL."""
    checks = _checks(raw)
    return raw.mutate(
        reason=ibis.cases(*((failed, reason) for failed, reason, _ in checks), else_=ibis.null("string")),
        detail=ibis.cases(*((failed, detail) for failed, _, detail in checks), else_=ibis.null("string")),
    )


def _checks(raw: ir.Table) -> list[Check]:
    return [*_shape_checks(raw), *_value_checks(raw), *_item_checks(raw["items"])]


def _shape_checks(raw: ir.Table) -> list[Check]:
    damaged = raw.damage.notnull()
    checks: list[Check] = [
        (damaged & (raw.damage == reason), reason, raw.damage_detail)
        for reason in ("not_utf8", "not_json", "object_damaged", "line_missing")
    ]
    checks.append((raw.kind.isnull(), "not_json", ibis.literal("the line is not JSON")))
    checks.append((raw.kind != "OBJECT", "not_an_object", ibis.literal("the line is JSON ") + raw.kind.lower()))
    for name in STRUCTURED:
        part = raw.event[name].cast("string")
        expected, begin = ("array", "[") if name in _ARRAYS else ("object", "{")
        wrong = part.notnull() & ~part.startswith(begin)
        checks.append(
            (wrong, f"invalid_{name}", ibis.literal(f"{name}: expected {expected}, got ") + json_type(part).lower())
        )
    no_object = raw.item_kinds.filter(lambda kind: kind != "OBJECT").length() > 0
    checks.append((no_object, "invalid_items", ibis.literal("items[]: not an object")))
    return checks


def _value_checks(raw: ir.Table) -> list[Check]:
    event, product, order = raw.event, raw.product, raw["order"]
    name = event["eventName"]
    checks: list[Check] = [
        (name.isnull(), "missing_event_name", ibis.literal("eventName is missing")),
        (~name.re_search(EVENT_NAME_PATTERN) | (name.length() > 64), "invalid_event_name", _shown("eventName", name)),
        _unless(event["eventId"], "eventId", "event_id", values.uuid),
        _unless(event["eventTimestamp"], "eventTimestamp", "event_timestamp", values.moment),
        _unless(event["sequence"], "sequence", "sequence", _counted),
        _unless(event["isFirstVisit"], "isFirstVisit", "is_first_visit", values.boolean),
        _unless(raw.consent["analytics"], "consent.analytics", "consent", values.boolean),
        (
            event["userLoginState"].notnull() & ~event["userLoginState"].isin(_LOGIN_STATES),
            "invalid_user_login_state",
            _shown("userLoginState", event["userLoginState"]),
        ),
        _unless(product["price"], "product.price", "price", values.money),
        _unless(product["discountPrice"], "product.discountPrice", "price", values.money),
        _unless(order["itemCount"], "order.itemCount", "item_count", _counted),
    ]
    checks.extend(
        _unless(order[part], f"order.{part}", f"order_{part}", values.money)
        for part in ("total", "tax", "shipping", "discount")
    )
    checks.extend(
        (text.length() > _ID_LENGTH, f"invalid_{reason}", _shown(place, text))
        for text, place, reason in (
            (event["userId"], "userId", "user_id"),
            (event["clientId"], "clientId", "client_id"),
            (event["sessionId"], "sessionId", "session_id"),
            (product["id"], "product.id", "product_id"),
            (order["id"], "order.id", "order_id"),
        )
    )
    return checks


def _item_checks(items: ir.ArrayValue) -> list[Check]:
    def any_item(failed: Callable[[ir.StructValue], ir.BooleanValue]) -> ir.BooleanValue:
        return items.filter(failed).length() > 0

    def no_money(part: str) -> ir.BooleanValue:
        return any_item(lambda item: item[part].notnull() & values.money(item[part]).isnull())

    return [
        (no_money("price"), "invalid_price", ibis.literal("items[].price: not a number")),
        (no_money("discountPrice"), "invalid_price", ibis.literal("items[].discountPrice: not a number")),
        (no_money("quantity"), "invalid_quantity", ibis.literal("items[].quantity: not a number")),
        (
            any_item(lambda item: item["id"].length() > _ID_LENGTH),
            "invalid_product_id",
            ibis.literal(f"items[].id: longer than {_ID_LENGTH} characters"),
        ),
    ]


def _counted(text: ir.StringValue) -> ir.IntegerValue:
    number = values.integer(text)
    return (number >= 0).ifelse(number, ibis.null("int32"))


def _unless(text: ir.StringValue, place: str, reason: str, parse: Callable[[ir.StringValue], ir.Value]) -> Check:
    return text.notnull() & parse(text).isnull(), f"invalid_{reason}", _shown(place, text)


def _shown(place: str, text: ir.StringValue) -> ir.StringValue:
    return ibis.literal(f"{place}: cannot take “") + text.substr(0, 80) + ibis.literal("”")
