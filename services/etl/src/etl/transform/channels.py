"""Channel of a hit by GA4's default channel group.

Source: Google Analytics Help, «Default channel group» (support.google.com/analytics/answer/9756891), rules in the
published order. Sources and their categories are data: data/source_categories.csv.
"""

import csv
from importlib import resources

import ibis
import ibis.expr.types as ir

_PAID = r"^(.*cp.*|ppc|retargeting|paid.*)$"
_EMAIL = ["email", "e-mail", "e_mail", "e mail"]
_SOCIAL_MEDIA = ["social", "social-network", "social-media", "sm", "social network", "social media"]
_DISPLAY = ["display", "banner", "expandable", "interstitial", "cpm"]
# google in news.google.co.uk, google.fr
_SITE_NAME = r"([^.]+)\.(?:com?\.|org\.|net\.)?[a-z]{2,}$"


def source_categories() -> dict[str, list[str]]:
    """Names of sources by category: search, social, video, shopping."""
    text = resources.files("etl").joinpath("transform", "data", "source_categories.csv").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["category"], []).append(row["source"])
    return found


_CATEGORIES = source_categories()


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
    site = source.re_extract(_SITE_NAME, 1)

    def is_a(category: str) -> ir.BooleanValue:
        names = _CATEGORIES[category]
        return source.isin(names) | site.isin(names)

    paid = medium.re_search(_PAID)
    shop_campaign = campaign.re_search(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
    tagged = utm_source.notnull() | utm_medium.notnull()
    return ibis.cases(
        (~tagged & outside.isnull(), "Direct"),
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
