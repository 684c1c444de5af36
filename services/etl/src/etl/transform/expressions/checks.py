"""Which lines can be loaded, and what is wrong with the others.

The limits are the contract's (lake.contract): what the collector lets through is loaded.
"""

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from etl.extract.raw import NOT_JSON_DETAIL, STRUCTURED
from etl.transform.expressions import values
from etl.transform.expressions.functions import json_type, strlen
from lake.contract import EVENT_NAME_PATTERN, KNOWN_EVENT_NAMES

_LOGIN_STATES = ["logged_in", "anonymous", "guest"]
_ID_LENGTH = 128
_ARRAYS = ("items",)
_NOT_JSON = ibis.literal(NOT_JSON_DETAIL)
ORDER_SUMS = ("total", "tax", "shipping", "discount")


class Check(NamedTuple):
    """Whether a line fails, and why. ``member``: of the event, without which there is nothing to check."""

    failed: ir.BooleanValue
    reason: str | ir.StringValue
    detail: ir.StringValue
    member: str = ""


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
    failures: list[ir.BooleanValue] = []
    for member, checks in groupby(sorted(_checks(lines), key=_member_of), _member_of):
        failed = ibis.or_(*(check.failed for check in checks))
        # Few lines have an order, or items: the others are not looked at a dozen times.
        failures.append(lines.event[member].notnull().ifelse(failed, False) if member else failed)
    return ibis.cases((ibis.or_(*failures), False), else_=True)


def _member_of(check: Check) -> str:
    return check.member


def with_reasons(lines: ir.Table) -> ir.Table:
    """Lines of ``with_values`` that are not sound with `reason` and `detail`: the first thing that keeps each from
    being loaded.

    Where nothing is found it is PostgreSQL that would not take it for JSON (``transform.odd_lines``).
    """
    checks = _checks(lines)
    return lines.mutate(
        reason=ibis.cases(*((check.failed, check.reason) for check in checks), else_="not_json"),
        detail=ibis.cases(*((check.failed, check.detail) for check in checks), else_=_NOT_JSON),
    )


def _checks(lines: ir.Table) -> list[Check]:
    return [*_shape_checks(lines), *_value_checks(lines), *_item_checks(lines["items"])]


def _shape_checks(raw: ir.Table) -> list[Check]:
    checks = [
        Check(raw.damage.notnull(), raw.damage, raw.damage_detail),
        Check(raw.kind.isnull(), "not_json", _NOT_JSON),
        Check(raw.kind != "OBJECT", "not_an_object", ibis.literal("the line is JSON ") + raw.kind.lower()),
    ]
    for name in STRUCTURED:
        part = raw.event[name].cast("string")
        expected, begin = ("array", "[") if name in _ARRAYS else ("object", "{")
        wrong = part.notnull() & ~part.startswith(begin)
        detail = ibis.literal(f"{name}: expected {expected}, got ") + json_type(part).lower()
        checks.append(Check(wrong, f"invalid_{name}", detail, name))
    no_object = raw.item_kinds.filter(lambda kind: kind != "OBJECT").length() > 0
    checks.append(Check(no_object, "invalid_items", ibis.literal("items[]: not an object"), "items"))
    return checks


def _value_checks(lines: ir.Table) -> list[Check]:
    event, product, order = lines.event, lines.product, lines["order"]
    name = event["eventName"]
    # Nearly all are known names, and need no look at their letters.
    odd = name.isin(KNOWN_EVENT_NAMES).ifelse(False, ~name.re_search(EVENT_NAME_PATTERN) | (name.length() > 64))
    login_state = event["userLoginState"]
    return [
        Check(name.isnull(), "missing_event_name", ibis.literal("eventName is missing")),
        Check(odd, "invalid_event_name", _shown("eventName", name)),
        _unless(event["eventId"], "eventId", "event_id", lines.sent_id),
        _unless(event["eventTimestamp"], "eventTimestamp", "event_timestamp", lines.browser_time),
        _unless(event["sequence"], "sequence", "sequence", lines["sequence"]),
        _unless(event["isFirstVisit"], "isFirstVisit", "is_first_visit", lines.is_first_visit),
        _unless(lines.consent["analytics"], "consent.analytics", "consent", lines.analytics),
        Check(
            login_state.notnull() & ~login_state.isin(_LOGIN_STATES),
            "invalid_user_login_state",
            _shown("userLoginState", login_state),
        ),
        _unless(product["price"], "product.price", "price", lines.price),
        _unless(product["discountPrice"], "product.discountPrice", "price", lines.discount_price),
        _unless(order["itemCount"], "order.itemCount", "item_count", lines.order_item_count),
        *(_unless(order[part], f"order.{part}", f"order_{part}", lines[f"order_{part}"]) for part in ORDER_SUMS),
        _unless_short(event["userId"], "userId", "user_id"),
        _unless_short(event["clientId"], "clientId", "client_id"),
        _unless_short(event["sessionId"], "sessionId", "session_id"),
        _unless_short(product["id"], "product.id", "product_id"),
        _unless_short(order["id"], "order.id", "order_id"),
    ]


def _item_checks(items: ir.ArrayValue) -> list[Check]:
    def any_item(failed: Callable[[ir.StructValue], ir.BooleanValue]) -> ir.BooleanValue:
        return items.filter(failed).length() > 0

    def no_money(part: str) -> ir.BooleanValue:
        return any_item(lambda item: item[part].notnull() & values.money(item[part]).isnull())

    def failing(failed: ir.BooleanValue, reason: str, detail: str) -> Check:
        return Check(failed, f"invalid_{reason}", ibis.literal(f"items[].{detail}"), "items")

    return [
        failing(no_money("price"), "price", "price: not a number"),
        failing(no_money("discountPrice"), "price", "discountPrice: not a number"),
        failing(no_money("quantity"), "quantity", "quantity: not a number"),
        failing(
            any_item(lambda item: item["id"].length() > _ID_LENGTH),
            "product_id",
            f"id: longer than {_ID_LENGTH} characters",
        ),
    ]


def _unless(text: ir.StringValue, place: str, reason: str, value: ir.Value) -> Check:
    return Check(text.notnull() & value.isnull(), f"invalid_{reason}", _shown(place, text), _holder(place))


def _unless_short(text: ir.StringValue, place: str, reason: str) -> Check:
    # What has so few bytes has no more characters, which take longer to count.
    long = (strlen(text) > _ID_LENGTH).ifelse(text.length() > _ID_LENGTH, False)
    return Check(long, f"invalid_{reason}", _shown(place, text), _holder(place))


def _holder(place: str) -> str:
    """The member of the event that a value is a member of: of product.price, product."""
    return place.rpartition(".")[0]


def _shown(place: str, text: ir.StringValue) -> ir.StringValue:
    return ibis.literal(f"{place}: cannot take “") + text.substr(0, 80) + ibis.literal("”")
