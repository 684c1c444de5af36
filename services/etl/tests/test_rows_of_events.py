"""From an event to the rows of the warehouse."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from etl.transform import odd_lines
from lake.contract import MEMBERS_DIGEST

PRODUCT = {
    "id": 1001,
    "name": "Aurora 14",
    "category": "Laptops",
    "brand": "Aurora",
    "price": "1299.00",
    "discountPrice": 1199.5,
    "urlPath": "/laptops/aurora-14",
}


def test_every_member_of_the_contract_has_its_column(transform, make_event):
    event = transform(
        make_event(
            eventName="product_view",
            eventId="0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f",
            pageUrl="https://shop.example/laptops/aurora-14?utm_source=newsletter",
            pageTitle="Aurora 14 - Shop",
            referrer="https://www.google.com/",
            userId="u-1",
            clientId="c-1",
            sessionId="s-1",
            userLoginState="logged_in",
            identitySource="cognito",
            isFirstVisit=True,
            product=PRODUCT,
            sequence=3,
            order={"id": "o-1"},
            search={"query": "laptop", "results": 12},
            locale="vi-VN",
            _ingest={"country": "VN", "userAgent": "curl/8.10.1"},
        )
    ).event
    properties = json.loads(event.pop("properties"))
    assert event == {
        "event_id": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f",
        "event_timestamp": "2026-11-22 07:00:00+00",
        "event_name": "product_view",
        "user_id": "u-1",
        "user_login_state": "logged_in",
        "identity_source": "cognito",
        "client_id": "c-1",
        "session_id": "s-1",
        "is_first_visit": "true",
        "context_product_id": "1001",
        "context_product_name": "Aurora 14",
        "context_product_category": "Laptops",
        "context_product_brand": "Aurora",
        "context_product_price": "1299.0000",
        "context_product_discount_price": "1199.5000",
        "context_product_url_path": "/laptops/aurora-14",
        "received_at": "2026-11-22 07:00:00+00",
        "page_url": "https://shop.example/laptops/aurora-14?utm_source=newsletter",
        "page_path": "/laptops/aurora-14",
        "page_title": "Aurora 14 - Shop",
        "referrer": "https://www.google.com/",
        "referrer_host": "google.com",
        "utm_source": "newsletter",
        "utm_medium": None,
        "utm_campaign": None,
        "utm_term": None,
        "utm_content": None,
        "channel": "Unassigned",
        "device_type": "bot",
        "browser": "curl",
        "os": None,
        "is_bot": "true",
        "country": "VN",
        "locale": "vi-VN",
        "sequence": "3",
        "order_id": "o-1",
        "search_query": "laptop",
        "clock_corrected": "false",
        "ingest_window": "2026-11-22 07:00:00+00",
        "object_id": "1",
    }
    assert properties == {"search": {"query": "laptop", "results": 12}, "order": {"id": "o-1"}}


def test_a_bare_event_has_what_is_needed(transform):
    event = transform('{"eventName":"page_view"}').event
    assert {name: cell for name, cell in event.items() if cell is not None} == {
        "event_id": event["event_id"],
        "event_timestamp": "2026-11-22 07:00:00+00",
        "event_name": "page_view",
        "received_at": "2026-11-22 07:00:00+00",
        "channel": "Direct",
        "device_type": "unknown",
        "is_bot": "false",
        "clock_corrected": "false",
        "ingest_window": "2026-11-22 07:00:00+00",
        "object_id": "1",
    }


def test_ids_may_be_numbers_and_blanks_around_text_go(transform, make_event):
    event = transform(make_event(userId=42, clientId=" c-1 ", sessionId="", pageTitle="  ")).event
    assert [event[name] for name in ("user_id", "client_id", "session_id", "page_title")] == ["42", "c-1", None, None]


def test_prices_may_be_numbers_or_text_and_are_rounded_to_four_places(transform, make_event):
    prices = ["1299.00", 1299, 0.00005, "1e3", " 7 ", "-5.5", 99_999_999_999_999, None]
    done = transform(*(make_event(product={"price": price}) for price in prices))
    assert [row["context_product_price"] for row in done.events] == [
        "1299.0000", "1299.0000", "0.0001", "1000.0000", "7.0000", "-5.5000", "99999999999999.0000", None,
    ]  # fmt: skip


def test_what_has_no_column_of_its_own_is_kept_in_the_properties(transform, make_event):
    event = transform(
        make_event(
            properties={"colour": "red", "big": 12345678901234567890123, "nothing": None},
            element={"tag": "button", "dataset": {"cartId": "k"}},
            viewport={"width": 800},
            sdk={"name": "tracker"},
            colour="blue",
            theirs=[1, {"a": None}],
        )
    ).event
    assert json.loads(event["properties"]) == {
        "element": {"tag": "button", "dataset": {"cartId": "k"}},
        "viewport": {"width": 800},
        "sdk": {"name": "tracker"},
        "colour": "red",  # the caller's properties come before a member of the same name
        "theirs": [1, {"a": None}],
        "big": 12345678901234567890123,
    }


@pytest.mark.parametrize(
    "ingest", [{}, {"members": "of a contract that has a colour"}, {"members": None}, {"members": [MEMBERS_DIGEST]}]
)
def test_members_that_no_collector_of_this_contract_has_seen_are_looked_for(transform, make_event, ingest):
    event = transform(make_event(colour="blue", viewport={"width": 800}, _ingest=ingest)).event
    assert json.loads(event["properties"]) == {"colour": "blue", "viewport": {"width": 800}}


def test_what_the_collector_has_seen_is_not_looked_for_again(transform, make_event):
    seen = {"viewport": {"width": 800}, "_ingest": {"members": MEMBERS_DIGEST}}
    done = transform(make_event(**seen), make_event(colour="blue"), make_event(colour="never sent so", **seen))
    assert [json.loads(row["properties"]) for row in done.events] == [
        {"viewport": {"width": 800}},
        {"colour": "blue"},
        {"viewport": {"width": 800}},
    ]


def test_batches_side_by_side_may_forget_each_others_sets_of_members(transform, make_event, monkeypatch):
    monkeypatch.setattr(odd_lines, "_MAX_KNOWN", 1)  # each forgets what the other has just looked at

    def shades(number):
        done = transform(*(make_event(**{f"colour{number}{shade}": shade}) for shade in range(5)))
        return sorted(event["properties"] for event in done.events)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(shades, range(12)))
    assert found == [[f'{{"colour{number}{shade}":{shade}}}' for shade in range(5)] for number in range(12)]


def test_properties_of_nothing_are_null(transform, make_event):
    assert transform(make_event(properties={}, product=PRODUCT)).event["properties"] is None


def test_text_of_every_kind_comes_through_the_csv(transform, make_event):
    texts = [
        'a"b',
        "a,b",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "\\.",
        "a\n\\.\nb",
        "\\N",
        "NULL",
        "'",
        "é😀",
        "a\tb",
        "\x7f",
        "=1+1",
    ]
    done = transform(*(make_event(pageTitle=text) for text in texts))
    assert [row["page_title"] for row in done.events] == [text.strip(" ") for text in texts]


def test_an_event_without_an_id_has_the_same_id_in_every_run_and_another_than_its_neighbour(transform):
    lines = ['{"eventName":"a"}', '{"eventName":"a"}']
    first, second = transform(*lines), transform(*lines)
    ids = [row["event_id"] for row in first.events]
    assert len({UUID(text) for text in ids}) == 2
    assert ids == [row["event_id"] for row in second.events]


def test_the_first_receipt_of_an_event_is_the_event_and_the_others_are_counted(transform, make_event):
    once = make_event(1, eventName="my_event")
    again = {**once, "eventName": "later", "_ingest": {"receivedAt": "2026-11-22T07:30:00Z"}}
    upper = {**again, "eventId": once["eventId"].upper()}
    done = transform(objects=[[again, make_event()], [upper, once]])
    assert sorted(row["event_name"] for row in done.events) == ["my_event", "page_view"]
    assert (done.counts.collected, done.counts.loaded, done.counts.duplicates) == (4, 2, 2)


def test_an_event_whose_consent_was_refused_is_counted_and_leaves_no_row(transform, make_event):
    refused = [
        make_event(eventName="checkout_complete", order={"id": "o"}, product=PRODUCT, consent={"analytics": no})
        for no in (False, "false", 0, "no")
    ]
    granted = [make_event(consent=consent) for consent in ({"analytics": True}, {"analytics": None}, {}, None)]
    done = transform(*refused, *granted)
    assert (done.counts.withheld, done.counts.loaded) == (4, 4)
    assert (done.items, done.orders, done.rejects) == ([], [], [])


def test_a_duplicate_of_a_refused_event_is_refused_too_and_not_twice_counted(transform, make_event):
    refused = make_event(consent={"analytics": False})
    counts = transform(refused, refused).counts
    assert (counts.withheld, counts.duplicates, counts.loaded) == (2, 0, 0)


def test_the_items_of_an_event_are_its_lines(transform, make_event):
    items = [{"id": 1, "price": "10", "quantity": 2, "currency": "EUR"}, {"name": "without id"}]
    done = transform(make_event(eventName="checkout_complete", items=items, product=PRODUCT))
    found = [
        (row["line_number"], row["product_id"], row["product_name"], row["price"], row["quantity"], row["currency"])
        for row in sorted(done.items, key=lambda row: row["line_number"])
    ]
    assert found == [("1", "1", None, "10.0000", "2.0000", "EUR"), ("2", None, "without id", None, None, None)]


def test_the_product_of_an_event_without_items_is_its_line(transform, make_event):
    done = transform(*(make_event(items=items, product=PRODUCT) for items in (None, [])))
    assert [(row["line_number"], row["product_id"], row["discount_price"]) for row in done.items] == [
        ("1", "1001", "1199.5000")
    ] * 2


def test_a_product_without_an_id_makes_no_line(transform, make_event):
    assert transform(make_event(product={"name": "Aurora"})).items == []


def test_checkouts_and_refunds_that_name_their_order_are_order_events(transform, make_event):
    order = {
        "id": 7, "total": "100.50", "currency": "EUR", "tax": 1, "shipping": 2, "discount": 3, "coupon": "X",
        "itemCount": "2", "affiliation": "store",
    }  # fmt: skip
    done = transform(
        make_event(eventName="checkout_complete", order=order),
        make_event(eventName="refund", order={"id": "7"}),
        make_event(eventName="refund", order={"total": 5}),
        make_event(eventName="checkout_start", order=order),
    )
    complete, refund = sorted(done.orders, key=lambda row: row["event_id"])
    names = ("order_id", "total", "currency", "tax", "shipping", "discount", "coupon", "item_count")
    assert [complete[name] for name in names] == ["7", "100.5000", "EUR", "1.0000", "2.0000", "3.0000", "X", "2"]
    assert [refund[name] for name in names] == ["7", *[None] * 7]


def test_an_order_that_no_table_keeps_is_kept_in_the_properties(transform, make_event):
    order = {"id": "7", "total": 100}
    done = transform(
        make_event(eventName="checkout_complete", order=order),
        make_event(eventName="checkout_start", order=order),
        make_event(eventName="refund", order={"total": 5}),
    )
    assert [row["properties"] and json.loads(row["properties"]) for row in done.events] == [
        None,
        {"order": order},
        {"order": {"total": 5}},
    ]


def test_both_kinds_of_objects_become_events(transform, make_event):
    done = transform(objects=[[make_event()], [make_event(), make_event()]])
    assert {row["object_id"] for row in done.events} == {"1", "2"}
    assert done.counts.collected == done.counts.loaded == 3
