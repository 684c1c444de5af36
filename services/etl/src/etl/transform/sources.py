"""Which sources are search engines, social networks, video sites or shops.

From referer-parser's list of referrers and from data/source_categories.csv (data/README.md).
"""

import csv
import re
from collections.abc import Iterable
from importlib import resources

import pyarrow as pa
from referer_parser import REFERERS

CATEGORIES = ("search", "social", "video", "shopping")
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


SOURCES = pa.Table.from_arrays(
    [pa.array(column, pa.string()) for column in zip(*sorted(source_categories().items()), strict=True)],
    names=["source", "category"],
)
