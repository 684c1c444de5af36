"""Channel of a hit by GA4's default channel group.

Source: Google Analytics Help, «Default channel group» (support.google.com/analytics/answer/9756891), rules in the
published order. ``transform.sources`` says which sources are search engines, social networks, video sites or shops.
"""

import ibis
import ibis.expr.types as ir
from ibis import _

from etl.transform.sources import CATEGORIES, brand_patterns
from etl.transform.stage import WAY

_PAID = r"^(.*cp.*|ppc|retargeting|paid.*)$"
_NO_MEDIUM = ["", "(none)", "(not set)"]
_EMAIL = ["email", "e-mail", "e_mail", "e mail"]
_SOCIAL_MEDIA = ["social", "social-network", "social-media", "sm", "social network", "social media"]
_DISPLAY = ["display", "banner", "expandable", "interstitial", "cpm"]
_BRANDS = brand_patterns()


def with_channels(ways: ir.Table, sources: ir.Table) -> ir.Table:
    """Ways to come to a page with the channel of each.

    Args:
        ways: ``WAY``, each once. A referrer of the page's own host says nothing of where the visitor came from: Direct.
        sources: ``transform.sources.SOURCES``. A join with 2,000 names costs less than one expression with all of them.
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
