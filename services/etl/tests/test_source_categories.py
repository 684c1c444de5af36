"""The sources of our list and of referer-parser's, and the brands that are recognised wherever they are."""

import csv
import re
from importlib import resources
from urllib.parse import quote

import pytest

from etl.transform.sources import brand_patterns, source_categories

ORGANIC = {
    "search": "Organic Search",
    "social": "Organic Social",
    "video": "Organic Video",
    "shopping": "Organic Shopping",
}


@pytest.fixture(scope="module")
def listed():
    """(source, category) of every row that is a name, not a brand."""
    text = resources.files("etl").joinpath("transform", "data", "source_categories.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {row["source"]: row["category"] for row in rows if row["kind"] == "name"}


def channels(transform, make_event, pairs):
    """Channel by (utm_source, utm_medium)."""
    urls = [f"https://shop.example/?utm_source={quote(source)}&utm_medium={quote(medium)}" for source, medium in pairs]
    done = transform(*(make_event(pageUrl=url) for url in urls))
    return dict(zip(pairs, (row["channel"] for row in done.events), strict=True))


def test_no_source_is_of_two_categories(listed):
    known = source_categories()
    for category, pattern in brand_patterns().items():
        assert {listed[source] for source in listed if re.search(pattern, source)} <= {category}
        assert not {source for source in known.keys() - listed.keys() if re.search(pattern, source)}
    assert known.items() >= listed.items()


def test_every_listed_source_has_its_organic_and_its_paid_channel(transform, make_event, listed):
    found = channels(transform, make_event, [(source, medium) for source in listed for medium in ("x", "cpc")])
    assert found == {
        (source, medium): channel
        for source, category in listed.items()
        for medium, channel in (("x", ORGANIC[category]), ("cpc", ORGANIC[category].replace("Organic", "Paid")))
    }


@pytest.mark.parametrize(
    ("host", "channel"),
    [
        ("www.google.com.vn", "Organic Search"),
        ("google.de", "Organic Search"),
        ("m.google.fr", "Organic Search"),
        ("search.yahoo.com", "Organic Search"),
        ("r.search.yahoo.com", "Organic Search"),
        ("fr.search.yahoo.com", "Organic Search"),
        ("amazon.de", "Organic Shopping"),
        ("www.amazon.com.br", "Organic Shopping"),
        ("shopee.vn", "Organic Shopping"),
        ("m.facebook.com", "Organic Social"),
        ("metager.de", "Organic Search"),
        ("flickr.com", "Organic Social"),
        ("m.youtube.com", "Organic Video"),
        # Neither the brand's search nor on the list.
        ("docs.google.com", "Referral"),
        ("accounts.google.com", "Referral"),
        ("google.example.com", "Referral"),
        ("notgoogle.com", "Referral"),
        ("facebook.com.evil.example", "Referral"),
        ("chatgpt.com", "Referral"),
    ],
)
def test_a_referrer_is_known_by_its_host(transform, make_event, host, channel):
    event = make_event(pageUrl="https://shop.example/", referrer=f"https://{host}/path?q=1")
    assert transform(event).event["channel"] == channel


def test_what_says_that_it_is_direct_is_direct(transform, make_event):
    pairs = [("(direct)", "(none)"), ("(direct)", "(not set)"), ("(Direct)", "(None)"), ("(direct)", "email")]
    assert list(channels(transform, make_event, pairs).values()) == ["Direct", "Direct", "Direct", "Email"]
