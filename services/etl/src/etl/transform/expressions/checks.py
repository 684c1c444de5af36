"""Which lines can be loaded, and what is wrong with the others.

The limits are the contract's (lake.contract): what the collector lets through is loaded.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from etl.extract.raw import NOT_JSON_DETAIL, STRUCTURED
from etl.transform.expressions import values
from etl.transform.expressions.functions import json_type
from lake.contract import EVENT_NAME_PATTERN, KNOWN_EVENT_NAMES

_LOGIN_STATES = ["logged_in", "anonymous", "guest"]
_ID_LENGTH = 128
_ARRAYS = ("items",)
_NOT_JSON = ibis.literal(NOT_JSON_DETAIL)
ORDER_SUMS = ("total", "tax", "shipping", "discount")

# Whether the line fails, the reason, and the detail.
Check = tuple[ir.BooleanValue, str | ir.StringValue, ir.StringValue]


def with_values(raw: ir.Table) -> ir.Table:
    """`raw` with what its texts say: a column for each text that can fail to be a value. Each is worked out once."""
    event, product, order = raw.event, raw.product, raw["order"]
    return raw.mutate(
        sent_id=values.uuid(event["eventId"]),
        browser_time=values.moment(event["eventTimestamp"]),
        sequence=values.counted(event["sequence"]),
        is_first_visit=values.boolean(event["isFirstVisit"]),
        analytics=values.boolean(raw.consent["analytics"]),
        price=values.money(product["price"]),
        discount_price=values.money(product["discountPrice"]),
        order_item_count=values.counted(order["itemCount"]),
        **{f"order_{part}": values.money(order[part]) for part in ORDER_SUMS},
    )


def sound(lines: ir.Table) -> ir.BooleanValue:
    """Whether nothing keeps a line of ``with_values`` from being loaded."""
    return ~ibis.or_(*(failed for failed, _, _ in _checks(lines))).coalesce(False)


def with_reasons(lines: ir.Table) -> ir.Table:
    """Lines of ``with_values`` that are not sound with `reason` and `detail`: the first thing that keeps each from
    being loaded.

    Where nothing is found it is PostgreSQL that would not take it for JSON (``transform.odd_lines``).
    """
    checks = _checks(lines)
    return lines.mutate(
        reason=ibis.cases(*((failed, reason) for failed, reason, _ in checks), else_="not_json"),
        detail=ibis.cases(*((failed, detail) for failed, _, detail in checks), else_=_NOT_JSON),
    )


def _checks(lines: ir.Table) -> list[Check]:
    return [*_shape_checks(lines), *_value_checks(lines), *_item_checks(lines["items"])]


def _shape_checks(raw: ir.Table) -> list[Check]:
    checks: list[Check] = [
        (raw.damage.notnull(), raw.damage, raw.damage_detail),
        (raw.kind.isnull(), "not_json", _NOT_JSON),
        (raw.kind != "OBJECT", "not_an_object", ibis.literal("the line is JSON ") + raw.kind.lower()),
    ]
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


def _value_checks(lines: ir.Table) -> list[Check]:
    event, product, order = lines.event, lines.product, lines["order"]
    name = event["eventName"]
    # Nearly all are known names, and need no look at their letters.
    odd = name.isin(KNOWN_EVENT_NAMES).ifelse(False, ~name.re_search(EVENT_NAME_PATTERN) | (name.length() > 64))
    checks: list[Check] = [
        (name.isnull(), "missing_event_name", ibis.literal("eventName is missing")),
        (odd, "invalid_event_name", _shown("eventName", name)),
        _unless(event["eventId"], "eventId", "event_id", lines.sent_id),
        _unless(event["eventTimestamp"], "eventTimestamp", "event_timestamp", lines.browser_time),
        _unless(event["sequence"], "sequence", "sequence", lines["sequence"]),
        _unless(event["isFirstVisit"], "isFirstVisit", "is_first_visit", lines.is_first_visit),
        _unless(lines.consent["analytics"], "consent.analytics", "consent", lines.analytics),
        (
            event["userLoginState"].notnull() & ~event["userLoginState"].isin(_LOGIN_STATES),
            "invalid_user_login_state",
            _shown("userLoginState", event["userLoginState"]),
        ),
        _unless(product["price"], "product.price", "price", lines.price),
        _unless(product["discountPrice"], "product.discountPrice", "price", lines.discount_price),
        _unless(order["itemCount"], "order.itemCount", "item_count", lines.order_item_count),
    ]
    checks.extend(_unless(order[part], f"order.{part}", f"order_{part}", lines[f"order_{part}"]) for part in ORDER_SUMS)
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


def _unless(text: ir.StringValue, place: str, reason: str, value: ir.Value) -> Check:
    return text.notnull() & value.isnull(), f"invalid_{reason}", _shown(place, text)


def _shown(place: str, text: ir.StringValue) -> ir.StringValue:
    return ibis.literal(f"{place}: cannot take “") + text.substr(0, 80) + ibis.literal("”")
