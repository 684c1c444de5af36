"""Whatever lies in the lake, a tick succeeds and its books balance: no line can fail a window."""

import gzip
import json

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

# Values at which parsers, PostgreSQL or arithmetic break.
NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *(
                "",
                " ",
                "\0",
                "a\0b",
                "\ud800",
                "\udc00\ud800",
                "\\u0000",
                "\\",
                '"',
                "\\.",
                "a\n\\.\nb",
                "\r",
                "\N{BOM}",
            ),
            *(2**31, 2**63, 2**64, -(2**63), 10**400, 1e308, 5e-324, 99999999999999.99, 1e14),
            *("1e999999", "NaN", "Infinity", "9" * 400, "1" + "0" * 17, "99999999999999.99995", "١٢", "0x10", "1e-400"),
            *(
                "9999-12-31T23:59:59Z",
                "0001-01-01T00:00:00+14:00",
                "0000-01-01",
                "infinity",
                "294247-01-10",
                "2026-02-30",
            ),
            *(9_999_999_999_999_999, -9_999_999_999_999_999, "253402300799999", 1e300),
            *(
                "https://x/?utm_source=%00",
                "https://x/?utm_source=%ED%A0%80&utm_medium=%",
                "https://[::1",
                "//",
                "?utm_source=a",
            ),
            *("550e8400-e29b-41d4-a716-44665544000g", "urn:uuid:", "{}", "[]", "null", "x" * 5000),
        ]
    ),
)
DEEPER = st.recursive(
    NASTY,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.text(max_size=5), st.just("\0")), inner, max_size=3)
    ),
    max_leaves=8,
)
WHOLE = {
    "eventName": "checkout_complete",
    "sequence": 3,
    "isFirstVisit": True,
    "pageUrl": "https://shop.example/a?utm_source=b",
    "pageTitle": "A",
    "referrer": "https://www.google.com/",
    "userId": "u",
    "clientId": "c",
    "sessionId": "s",
    "userLoginState": "guest",
    "identitySource": "cognito",
    "locale": "vi-VN",
    "product": {"id": "p", "name": "P", "category": "C", "brand": "B", "price": 5, "discountPrice": 4, "urlPath": "/p"},
    "items": [{"id": "p", "price": 5, "quantity": 2, "currency": "EUR"}, {"id": "q"}],
    "order": {"id": "o", "total": 10, "currency": "EUR", "tax": 1, "shipping": 2, "coupon": "X", "itemCount": 2},
    "search": {"query": "x", "results": 3},
    "consent": {"analytics": True},
    "properties": {"a": 1},
    "_ingest": {"sentAt": "2026-11-22T07:00:01Z", "userAgent": "Mozilla/5.0", "country": "VN"},
}
NAMES = ["page_view", "product_view", "add_to_cart_click", "checkout_start", "checkout_complete", "refund", "mine"]
PLACES = [
    *([name] for name in WHOLE),
    *([name, inner] for name, part in WHOLE.items() if isinstance(part, dict) for inner in part),
    *(["items", 0, inner] for inner in WHOLE["items"][0]),
    *(["eventId"], ["eventTimestamp"], ["_ingest", "receivedAt"], ["new"], ["new\0"], ["items", 1], ["product", "new"]),
]


@st.composite
def mutated(draw, event):
    """An event of which a few values are something else."""
    whole = json.loads(json.dumps({**event, **WHOLE, "_ingest": {**event["_ingest"], **WHOLE["_ingest"]}}))
    whole["eventName"] = draw(st.sampled_from(NAMES))
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=3)):
        inside = whole
        for step in place[:-1]:
            # What an earlier place became may be another thing, or a shorter list.
            there = step in inside if isinstance(inside, dict) else inside and isinstance(inside, list) and step == 0
            inside = inside[step] if there else {}
        last = place[-1]
        if isinstance(inside, dict) or (isinstance(inside, list) and isinstance(last, int) and last < len(inside)):
            inside[last] = draw(st.one_of(NASTY, DEEPER))
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()))
    return text.encode("utf-8", "surrogatepass")  # unescaped, half a pair is not UTF-8


def test_no_line_can_fail_a_window(lab):
    hours = iter(range(-10_000, 0))

    @settings(
        max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
    )
    @given(st.data())
    def holds(data):
        hour = next(hours)
        body = b"".join(data.draw(mutated(lab.event(60 * hour + number))) + b"\n" for number in range(40))
        others = data.draw(st.lists(DEEPER, max_size=5))
        lab.put(*(json.dumps(line) for line in others), hours=hour)
        lab.put(body=gzip.compress(body), promised=40, hours=hour)
        result = lab.runner().range(None, None)
        assert result.errors == []
        assert result.counts.collected >= 40
        lab.books()

    holds()
    books = lab.books()
    assert books.loaded > books.collected / 4  # else the mutations are too many to find anything
    before = lab.contents()
    assert lab.runner().range(None, None, replace=True).errors == []
    assert lab.contents() == before


MONEY = "99999999999999.9999"


def test_sums_of_the_largest_amounts_do_not_overflow(lab):
    lines = [
        lab.event(
            eventName=name,
            sessionId="s",
            order={"id": f"o{number}", "total": MONEY},
            items=[{"id": "p", "price": MONEY, "quantity": MONEY}],
        )
        for number in range(20)
        for name in ("checkout_complete", "refund", "refund")
    ]
    lab.put(*lines)
    assert lab.tick().errors == []
    assert lab.one("SELECT orders, revenue FROM sessions") == (20, 0)
    assert lab.one("SELECT revenue > 1e29 FROM products_daily")


def test_a_session_over_many_years_is_a_session(lab):
    for days in (0, 365 * 70):
        lab.put(lab.event(60 * 24 * days, sessionId="s"), hours=24 * days)
    lab.now = lab.window.replace(year=2100)
    assert lab.tick().errors == []
    assert lab.one("SELECT events FROM sessions") == 2
