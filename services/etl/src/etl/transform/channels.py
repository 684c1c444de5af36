"""Channel of a hit by GA4's default channel group.

Source: Google Analytics Help, «Default channel group» (support.google.com/analytics/answer/9756891), rules in the
published order. Which sources are search engines, social networks, video sites or shops comes from referer-parser's
list of referrers and from data/source_categories.csv (data/README.md).
"""

import csv
import re
from collections.abc import Iterable
from importlib import resources

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _
from referer_parser import REFERERS

CATEGORIES = ("search", "social", "video", "shopping")

_PAID = r"^(.*cp.*|ppc|retargeting|paid.*)$"
_NO_MEDIUM = ["", "(none)", "(not set)"]
_EMAIL = ["email", "e-mail", "e_mail", "e mail"]
_SOCIAL_MEDIA = ["social", "social-network", "social-media", "sm", "social network", "social media"]
_DISPLAY = ["display", "banner", "expandable", "interstitial", "cpm"]
# A brand's site in any country, for telephones or for searching: m.google.fr, fr.search.yahoo.com, amazon.co.uk. Not
# docs.google.com, which is no search.
_OF_A_BRAND = r"(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:%s)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?"


def _rows() -> list[dict[str, str]]:
    text = resources.files("etl").joinpath("transform", "data", "source_categories.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def brand_patterns() -> dict[str, str]:
    """A regular expression of the brands' sources, in small letters, for each category."""
    brands = [row for row in _rows() if row["kind"] == "brand"]
    return {
        category: f"^(?:{_OF_A_BRAND})$" % _either(row["source"] for row in brands if row["category"] == category)
        for category in CATEGORIES
    }


def source_categories() -> dict[str, str]:
    """The category of every source that is known by its whole name, in small letters. Brands are not among them."""
    ours = {row["source"]: row["category"] for row in _rows() if row["kind"] == "name"}
    of_any_brand = re.compile("|".join(brand_patterns().values()))
    theirs = {}
    for domain, about in REFERERS.items():
        name = domain.removeprefix("www.")
        if about["medium"] in CATEGORIES and not ("/" in name or of_any_brand.fullmatch(name)):
            theirs[name] = about["medium"]
    return theirs | ours


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name).replace("\\ ", " ") for name in names)


_BRANDS = brand_patterns()
SOURCES = pa.Table.from_arrays(
    [pa.array(column, pa.string()) for column in zip(*sorted(source_categories().items()), strict=True)],
    names=["source", "category"],
)
# What a channel is found by.
WAY = ("utm_source", "utm_medium", "utm_campaign", "referrer_host", "page_host")


def with_channels(ways: ir.Table, sources: ir.Table) -> ir.Table:
    """Ways to come to a page with the channel of each.

    Args:
        ways: ``WAY``, each once. A referrer of the page's own host says nothing of where the visitor came from: Direct.
        sources: ``SOURCES``. A join with 2,000 names costs less than one expression with all of them.
    """
    outside = (_.referrer_host != _.page_host.coalesce("")).ifelse(_.referrer_host, None)
    told = ways.mutate(
        outside=outside,
        source=_.utm_source.lower().coalesce(outside).coalesce(""),
        medium=_.utm_medium.lower().coalesce(""),
        campaign=_.utm_campaign.lower().coalesce(""),
        tagged=_.utm_source.notnull() | _.utm_medium.notnull(),
    )
    known = told.join(sources, "source", how="left")
    sorted_out = known.mutate(
        paid=_.medium.re_search(_PAID),
        **{kind: (_.category == kind).coalesce(False) | _.source.re_search(_BRANDS[kind]) for kind in CATEGORIES},
    )
    shop = _.shopping | _.campaign.re_search(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
    return sorted_out.mutate(shop=shop).mutate(channel=_channel(_)).select(*WAY, "channel")


def _channel(way: ir.Table) -> ir.StringValue:
    medium, source = way.medium, way.source
    return ibis.cases(
        ((~way.tagged & way.outside.isnull()) | ((source == "(direct)") & medium.isin(_NO_MEDIUM)), "Direct"),
        (way.campaign.contains("cross-network"), "Cross-network"),
        (way.shop & way.paid, "Paid Shopping"),
        (way.search & way.paid, "Paid Search"),
        (way.social & way.paid, "Paid Social"),
        (way.video & way.paid, "Paid Video"),
        (medium.isin(_DISPLAY), "Display"),
        (way.paid, "Paid Other"),
        (way.shop, "Organic Shopping"),
        (way.social | medium.isin(_SOCIAL_MEDIA), "Organic Social"),
        (way.video | medium.contains("video"), "Organic Video"),
        (way.search | (medium == "organic"), "Organic Search"),
        (source.isin(_EMAIL) | medium.isin(_EMAIL), "Email"),
        (medium.isin(["affiliate", "affiliates"]), "Affiliates"),
        (medium.isin(["referral", "app", "link"]) | ~way.tagged, "Referral"),
        (medium == "audio", "Audio"),
        ((source == "sms") | (medium == "sms"), "SMS"),
        (
            medium.endswith("push")
            | medium.contains("mobile")
            | medium.contains("notification")
            | (source == "firebase"),
            "Mobile Push Notifications",
        ),
        else_="Unassigned",
    )
