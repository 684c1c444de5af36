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
from referer_parser import REFERERS

_CATEGORIES = ("search", "social", "video", "shopping")

_PAID = r"^(.*cp.*|ppc|retargeting|paid.*)$"
_NO_MEDIUM = ["", "(none)", "(not set)"]
_EMAIL = ["email", "e-mail", "e_mail", "e mail"]
_SOCIAL_MEDIA = ["social", "social-network", "social-media", "sm", "social network", "social media"]
_DISPLAY = ["display", "banner", "expandable", "interstitial", "cpm"]
# A brand's site in any country, for telephones or for searching: m.google.fr, fr.search.yahoo.com, amazon.co.uk. Not
# docs.google.com, which is no search.
_OF_A_BRAND = r"(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:%s)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?"


def source_patterns() -> dict[str, str]:
    """A regular expression of sources, in small letters, for each category: search, social, video, shopping.

    One expression with all names is matched in less than a microsecond; an IN list of them takes DuckDB a second to
    plan.
    """
    text = resources.files("etl").joinpath("transform", "data", "source_categories.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    ours = {row["source"]: row["category"] for row in rows if row["kind"] == "name"}
    of_brands = {
        category: _OF_A_BRAND
        % _either(row["source"] for row in rows if (row["kind"], row["category"]) == ("brand", category))
        for category in _CATEGORIES
    }
    of_any_brand = re.compile("|".join(of_brands.values()))
    patterns = {}
    for category, of_a_brand in of_brands.items():
        names = {name for name, kind in ours.items() if kind == category}
        for domain, about in REFERERS.items():
            name = domain.removeprefix("www.")
            if about["medium"] == category and not ("/" in name or name in ours or of_any_brand.fullmatch(name)):
                names.add(name)
        patterns[category] = f"^(?:{of_a_brand}|{_either(sorted(names))})$"
    return patterns


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name).replace("\\ ", " ") for name in names)


_PATTERNS = source_patterns()


def channel(
    utm_source: ir.StringValue,
    utm_medium: ir.StringValue,
    utm_campaign: ir.StringValue,
    referrer_host: ir.StringValue,
    page_host: ir.StringValue,
) -> ir.StringValue:
    """The channel of a hit. A referrer of the shop's own host says nothing of where the visitor came from: Direct."""
    outside = (referrer_host != page_host.coalesce("")).ifelse(referrer_host, None)
    source = utm_source.lower().coalesce(outside).coalesce("")
    medium = utm_medium.lower().coalesce("")
    campaign = utm_campaign.lower().coalesce("")

    def is_a(kind: str) -> ir.BooleanValue:
        return source.re_search(_PATTERNS[kind])

    paid = medium.re_search(_PAID)
    shop_campaign = campaign.re_search(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
    tagged = utm_source.notnull() | utm_medium.notnull()
    return ibis.cases(
        ((~tagged & outside.isnull()) | ((source == "(direct)") & medium.isin(_NO_MEDIUM)), "Direct"),
        (campaign.contains("cross-network"), "Cross-network"),
        ((is_a("shopping") | shop_campaign) & paid, "Paid Shopping"),
        (is_a("search") & paid, "Paid Search"),
        (is_a("social") & paid, "Paid Social"),
        (is_a("video") & paid, "Paid Video"),
        (medium.isin(_DISPLAY), "Display"),
        (paid, "Paid Other"),
        (is_a("shopping") | shop_campaign, "Organic Shopping"),
        (is_a("social") | medium.isin(_SOCIAL_MEDIA), "Organic Social"),
        (is_a("video") | medium.contains("video"), "Organic Video"),
        (is_a("search") | (medium == "organic"), "Organic Search"),
        (source.isin(_EMAIL) | medium.isin(_EMAIL), "Email"),
        (medium.isin(["affiliate", "affiliates"]), "Affiliates"),
        (medium.isin(["referral", "app", "link"]) | ~tagged, "Referral"),
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
