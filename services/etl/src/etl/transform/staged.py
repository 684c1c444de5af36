"""From checked lines to rows of the warehouse: events, their items, what they say of orders, and rejects."""

import ibis
import ibis.expr.types as ir
from ibis import _

from etl.transform import urls, values
from etl.transform.agents import UNKNOWN
from etl.transform.channels import channel
from etl.transform.functions import md5

# The browser's clock is believed within this range around the moment of receipt.
_OLDEST = ibis.interval(days=7)
_NEWEST = ibis.interval(minutes=5)
# sentAt and receivedAt differ by the way through the network too; what is less than this is no wrong clock.
_SKEW_SECONDS = 5
# An hour's object holds what was received in that hour; a receivedAt further away than this is not believed.
_RECEIPT_TOLERANCE = ibis.interval(days=1)

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")

MONEY_COLUMNS = ("total", "tax", "shipping", "discount")


def staged_events(lines: ir.Table, objects: ir.Table, agents: ir.Table, places: ir.Table) -> ir.Table:
    """Rows for `clickstream_events`, one a loadable line, before duplicates are taken out.

    Args:
        lines: the loadable rows of `raw`.
        objects: object_id, object_key, window_start.
        agents: user_agent, device_type, browser, os, is_bot.
        places: what ``staged_places`` makes of the lines.

    Returns:
        The columns of `clickstream_events`, and line_number, items, order, product, consented for the other tables.
    """
    parts = lines.join(objects, "object_id").mutate(ingest=_.event["_ingest"])
    timed = _with_times(parts)
    located = timed.join(
        places,
        [
            timed.event["pageUrl"].coalesce("") == places.sent_page_url,
            timed.event["referrer"].coalesce("") == places.sent_referrer,
        ],
    )
    known = located.join(agents, located.ingest["userAgent"] == agents.user_agent, how="left")
    return known.select(
        event_id=_event_id(known),
        event_timestamp=known.event_timestamp,
        event_name=known.event["eventName"],
        user_id=values.given(known.event["userId"]),
        user_login_state=known.event["userLoginState"],
        identity_source=values.given(known.event["identitySource"]),
        client_id=values.given(known.event["clientId"]),
        session_id=values.given(known.event["sessionId"]),
        is_first_visit=values.boolean(known.event["isFirstVisit"]),
        context_product_id=values.given(known.product["id"]),
        context_product_name=values.given(known.product["name"]),
        context_product_category=values.given(known.product["category"]),
        context_product_brand=values.given(known.product["brand"]),
        context_product_price=values.money(known.product["price"]),
        context_product_discount_price=values.money(known.product["discountPrice"]),
        context_product_url_path=values.given(known.product["urlPath"]),
        received_at=known.received_at,
        page_url=known.page_url,
        page_path=known.page_path,
        page_title=values.given(known.event["pageTitle"]),
        referrer=known.referrer,
        referrer_host=known.referrer_host,
        utm_source=known.utm_source,
        utm_medium=known.utm_medium,
        utm_campaign=known.utm_campaign,
        utm_term=known.utm_term,
        utm_content=known.utm_content,
        channel=known.channel,
        device_type=known.device_type.coalesce(UNKNOWN.device_type),
        browser=known.browser,
        os=known.os,
        is_bot=known.is_bot.coalesce(UNKNOWN.is_bot),
        country=values.given(known.ingest["country"]),
        locale=values.given(known.event["locale"]),
        sequence=values.integer(known.event["sequence"]),
        order_id=values.given(known["order"]["id"]),
        search_query=values.given(known.search["query"]),
        properties=known.rest,
        clock_corrected=known.clock_corrected,
        ingest_window=known.window_start,
        object_id=known.object_id,
        line_number=known.line_number,
        items=known["items"],
        order=known["order"],
        product=known.product,
        consented=values.boolean(known.consent["analytics"]).coalesce(True),
    )


def sent_places(lines: ir.Table) -> ir.Table:
    """The pairs of page and referrer among the lines, empty for none: there are far fewer than lines."""
    return lines.select(
        sent_page_url=_.event["pageUrl"].coalesce(""), sent_referrer=_.event["referrer"].coalesce("")
    ).distinct()


def staged_places(sent: ir.Table) -> ir.Table:
    """What URLs say: ``sent_places`` with the columns of `clickstream_events` made of them."""
    given = sent.mutate(page_url=values.given(_.sent_page_url), referrer=values.given(_.sent_referrer))
    parsed = given.mutate(
        page_path=urls.path(given.page_url),
        page_host=urls.host(given.page_url),
        referrer_host=urls.host(given.referrer),
        **{name: urls.parameter(given.page_url, name) for name in _UTM},
    )
    return parsed.mutate(
        channel=channel(
            parsed.utm_source, parsed.utm_medium, parsed.utm_campaign, parsed.referrer_host, parsed.page_host
        )
    )


def staged_items(events: ir.Table) -> ir.Table:
    """Rows for `event_items`: the items of an event, or its product where it has none."""
    several = events.filter(_["items"].length() > 0)
    numbered = several.mutate(position=ibis.range(0, several["items"].length()).unnest())
    lines = numbered.mutate(item=numbered["items"][numbered.position], line_number=numbered.position + 1)
    # The product's shape is the item's without quantity and currency.
    single = events.filter((_["items"].length().coalesce(0) == 0) & _.context_product_id.notnull())
    of_items = _item_columns(lines, lines["item"], quantity=values.money(lines["item"]["quantity"]))
    of_product = _item_columns(single.mutate(line_number=1), single.product, quantity=None)
    return of_items.union(of_product)


def _item_columns(table: ir.Table, item: ir.StructValue, quantity: ir.DecimalValue | None) -> ir.Table:
    currency = values.given(item["currency"]) if quantity is not None else ibis.null("string")
    return table.select(
        event_id=table.event_id,
        line_number=table.line_number.cast("int32"),
        event_timestamp=table.event_timestamp,
        event_name=table.event_name,
        is_bot=table.is_bot,
        product_id=values.given(item["id"]),
        product_name=values.given(item["name"]),
        product_category=values.given(item["category"]),
        product_brand=values.given(item["brand"]),
        product_url_path=values.given(item["urlPath"]),
        price=values.money(item["price"]),
        discount_price=values.money(item["discountPrice"]),
        quantity=quantity if quantity is not None else ibis.null("decimal(18, 4)"),
        currency=currency,
        ingest_window=table.ingest_window,
    )


def staged_orders(events: ir.Table) -> ir.Table:
    """Rows for `order_events`: checkouts and refunds that name their order."""
    orders = events.filter(_speaks_of_order(events.event_name, events.order_id))
    return orders.select(
        event_id=orders.event_id,
        event_timestamp=orders.event_timestamp,
        event_name=orders.event_name,
        order_id=orders.order_id,
        total=values.money(orders["order"]["total"]),
        currency=values.given(orders["order"]["currency"]),
        tax=values.money(orders["order"]["tax"]),
        shipping=values.money(orders["order"]["shipping"]),
        discount=values.money(orders["order"]["discount"]),
        coupon=values.given(orders["order"]["coupon"]),
        item_count=values.integer(orders["order"]["itemCount"]),
        client_id=orders.client_id,
        session_id=orders.session_id,
        user_id=orders.user_id,
        is_bot=orders.is_bot,
        ingest_window=orders.ingest_window,
    )


def rejects(unsound: ir.Table, objects: ir.Table, fetched: ir.Table) -> ir.Table:
    """Rows for `etl.rejects`: the rows of `raw` that are not sound, with reasons, and their lines."""
    place = ["object_id", "line_number"]
    bad = unsound.join(objects, "object_id").join(fetched.select(*place, "line"), place)
    return bad.select(
        object_id=bad.object_id,
        ingest_window=bad.window_start,
        line_number=bad.line_number,
        reason=bad.reason,
        detail=bad.detail.coalesce(bad.reason),
        line=bad.line.re_replace(r"[\r\n]+$", ""),
    )


def _speaks_of_order(event_name: ir.StringValue, order_id: ir.StringValue) -> ir.BooleanValue:
    return event_name.isin(["checkout_complete", "refund"]) & order_id.notnull()


def _with_times(parts: ir.Table) -> ir.Table:
    receipt = values.moment(parts.ingest["receivedAt"])
    believed = (receipt > parts.window_start - _RECEIPT_TOLERANCE) & (receipt < parts.window_start + _RECEIPT_TOLERANCE)
    received = parts.mutate(
        received_at=believed.ifelse(receipt, parts.window_start).coalesce(parts.window_start),
        browser_time=values.moment(parts.event["eventTimestamp"]),
        sent_at=values.moment(parts.ingest["sentAt"]),
    )
    skew = (received.received_at.epoch_seconds() - received.sent_at.epoch_seconds()).coalesce(0)
    skewed = received.mutate(skew=(skew.abs() > _SKEW_SECONDS).ifelse(skew, 0))
    corrected = skewed.mutate(corrected_time=skewed.browser_time + skewed["skew"].as_interval("s"))
    inside = (corrected.corrected_time > corrected.received_at - _OLDEST) & (
        corrected.corrected_time < corrected.received_at + _NEWEST
    )
    return corrected.mutate(
        event_timestamp=inside.coalesce(False).ifelse(corrected.corrected_time, corrected.received_at),
        clock_corrected=corrected.browser_time.notnull() & ((corrected["skew"] != 0) | ~inside.coalesce(False)),
    )


def _event_id(table: ir.Table) -> ir.UUIDValue:
    """The event's id, or for a line without one an id made of its place in the lake: the same in every run."""
    place = table.object_key + ibis.literal(":") + table.line_number.cast("string")
    return values.uuid(table.event["eventId"]).coalesce(md5(place).cast("uuid"))
