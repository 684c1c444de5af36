"""From lines to rows of the warehouse: events, their items, what they say of orders, and rejects."""

import ibis
import ibis.expr.types as ir
from ibis import _

from etl.transform.expressions import checks, urls, values
from etl.transform.expressions.channels import with_channels
from etl.transform.expressions.functions import epoch_us, make_timestamptz, md5
from etl.transform.stage import WAY

_SECOND = 1_000_000  # all in microseconds
_DAY = 86_400 * _SECOND
# The browser's clock is believed within this range around the moment of receipt.
_OLDEST = 7 * _DAY
_NEWEST = 300 * _SECOND
# sentAt and receivedAt differ by the way through the network too; what is less than this is no wrong clock.
_SKEW = 5 * _SECOND
# An hour's object holds what was received in that hour; a receivedAt further away than this is not believed.
_RECEIPT_TOLERANCE = _DAY

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def checked_lines(raw: ir.Table, objects: ir.Table) -> ir.Table:
    """What the lines of `raw` say, all in one pass.

    Args:
        raw: as ``extract.raw`` makes it.
        objects: object_id, object_key.

    Returns:
        A row a line: whether it is `sound`; the columns of `clickstream_events` that depend on the line alone; what
        others are looked up by (sent_page_url, sent_referrer, user_agent); and what other tables are made of (items,
        order_…, consented, names).
    """
    lines = _with_times(checks.with_values(raw.join(objects, "object_id")))
    event, product, order = lines.event, lines.product, lines["order"]

    def given(text: ir.StringValue) -> ir.StringValue:
        return values.given(text, lines.padded)

    return lines.select(
        "object_id",
        "line_number",
        "names",
        sound=checks.sound(lines),
        event_id=lines.sent_id.coalesce(_id_of_place(lines)).cast("binary"),
        event_timestamp=lines.event_timestamp,
        event_name=event["eventName"],
        user_id=given(event["userId"]),
        user_login_state=event["userLoginState"],
        identity_source=given(event["identitySource"]),
        client_id=given(event["clientId"]),
        session_id=given(event["sessionId"]),
        is_first_visit=lines.is_first_visit,
        context_product_id=given(product["id"]),
        context_product_name=given(product["name"]),
        context_product_category=given(product["category"]),
        context_product_brand=given(product["brand"]),
        context_product_price=lines.price,
        context_product_discount_price=lines.discount_price,
        context_product_url_path=given(product["urlPath"]),
        received_at=lines.received_at,
        page_title=given(event["pageTitle"]),
        country=given(event["_ingest"]["country"]),
        locale=given(event["locale"]),
        sequence=lines["sequence"],
        order_id=given(order["id"]),
        search_query=given(lines.search["query"]),
        properties=lines.rest,
        clock_corrected=lines.clock_corrected,
        ingest_window=lines.window_start,
        sent_page_url=event["pageUrl"].coalesce(""),
        sent_referrer=event["referrer"].coalesce(""),
        user_agent=event["_ingest"]["userAgent"],
        items=lines["items"],
        order_currency=given(order["currency"]),
        order_coupon=given(order["coupon"]),
        order_item_count=lines.order_item_count,
        **{f"order_{part}": lines[f"order_{part}"] for part in checks.ORDER_SUMS},
        consented=lines.analytics.coalesce(True),
    )


def staged_pages(pages: ir.Table) -> ir.Table:
    """What the URLs of pages say: the columns of `clickstream_events` that are made of them alone.

    Args:
        pages: place (a number), sent_page_url: each that lines have, once.

    Returns:
        A row a page, by its place.
    """
    found = pages.select("place", page_url=values.given(_.sent_page_url))
    return found.mutate(
        page_path=urls.path(found.page_url),
        page_host=urls.host(found.page_url),
        **{name: urls.parameter(found.page_url, name) for name in _UTM},
    )


def staged_referrers(referrers: ir.Table) -> ir.Table:
    """The same for referrers: place, sent_referrer."""
    found = referrers.select("place", referrer=values.given(_.sent_referrer))
    return found.mutate(referrer_host=urls.host(found.referrer))


def staged_channels(comings: ir.Table, sources: ir.Table) -> ir.Table:
    """Channels. One is found once for each way to come.

    Args:
        comings: place (a number) and ``transform.stage.WAY``.
        sources: ``transform.sources.SOURCES``.

    Returns:
        A row for each, by its place.
    """
    ways = with_channels(comings.select(*WAY).distinct(), sources)
    found = comings.join(ways, [comings[name].identical_to(ways[name]) for name in WAY])
    return found.select("place", ways.channel)


def staged_items(events: ir.Table) -> ir.Table:
    """Rows for `event_items`: the items of an event, or its product where it has none."""
    several = events.filter(_["items"].length() > 0)
    numbered = several.mutate(position=ibis.range(0, several["items"].length()).unnest())
    items = numbered.mutate(item=numbered["items"][numbered.position], line_number=numbered.position + 1)
    single = events.filter((_["items"].length().coalesce(0) == 0) & _.context_product_id.notnull())
    return _items(items).union(_products(single))


def _items(table: ir.Table) -> ir.Table:
    item = table["item"]
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
        quantity=values.money(item["quantity"]),
        currency=values.given(item["currency"]),
        ingest_window=table.ingest_window,
    )


def _products(table: ir.Table) -> ir.Table:
    return table.select(
        event_id=table.event_id,
        line_number=ibis.literal(1, "int32"),
        event_timestamp=table.event_timestamp,
        event_name=table.event_name,
        is_bot=table.is_bot,
        product_id=table.context_product_id,
        product_name=table.context_product_name,
        product_category=table.context_product_category,
        product_brand=table.context_product_brand,
        product_url_path=table.context_product_url_path,
        price=table.context_product_price,
        discount_price=table.context_product_discount_price,
        quantity=ibis.null("decimal(18, 4)"),
        currency=ibis.null("string"),
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
        total=orders.order_total,
        currency=orders.order_currency,
        tax=orders.order_tax,
        shipping=orders.order_shipping,
        discount=orders.order_discount,
        coupon=orders.order_coupon,
        item_count=orders.order_item_count,
        client_id=orders.client_id,
        session_id=orders.session_id,
        user_id=orders.user_id,
        is_bot=orders.is_bot,
        ingest_window=orders.ingest_window,
    )


def rejects(raw: ir.Table, texts: ir.Table) -> ir.Table:
    """Rows for `etl.rejects`, with reasons.

    Args:
        raw: as ``extract.raw`` makes it, of the lines that are not sound.
        texts: object_id, line_number, line of the same.
    """
    bad = checks.with_reasons(checks.with_values(raw)).join(
        texts.select("object_id", "line_number", "line"), ["object_id", "line_number"]
    )
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


def _with_times(lines: ir.Table) -> ir.Table:
    ingest = lines.event["_ingest"]
    read = lines.mutate(
        window=epoch_us(lines.window_start),
        receipt=epoch_us(values.moment(ingest["receivedAt"])),
        sending=epoch_us(values.moment(ingest["sentAt"])),
        browser=epoch_us(lines.browser_time),
    )
    believed = (read.receipt > read.window - _RECEIPT_TOLERANCE) & (read.receipt < read.window + _RECEIPT_TOLERANCE)
    received = read.mutate(received=believed.ifelse(read.receipt, read.window).coalesce(read.window))
    late = (received.received - received.sending).coalesce(0)
    skewed = received.mutate(late=(late.abs() > _SKEW).ifelse(late, 0))
    corrected = skewed.mutate(corrected=skewed.browser + skewed["late"])
    inside = (
        (corrected.corrected > corrected.received - _OLDEST) & (corrected.corrected < corrected.received + _NEWEST)
    ).coalesce(False)
    return corrected.mutate(
        received_at=make_timestamptz(corrected.received),
        event_timestamp=make_timestamptz(inside.ifelse(corrected.corrected, corrected.received)),
        clock_corrected=corrected.browser.notnull() & ((corrected["late"] != 0) | ~inside),
    )


def _id_of_place(lines: ir.Table) -> ir.UUIDValue:
    """The id of an event that came without one, made of its line's place in the lake: the same in every run."""
    return md5(lines.object_key + ibis.literal(":") + lines.line_number.cast("string")).cast("uuid")
