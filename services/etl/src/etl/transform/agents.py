"""User agents: device, browser and operating system (ua-parser), and who is a bot (crawlerdetect, and a few rules).

Each distinct one is parsed once: what was found is remembered in the warehouse (``etl.agent_memory``) for as long as
``PARSERS`` stays the same.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import re2
from crawlerdetect.crawlerdetect import get_compiled_crawler_regex, get_compiled_exclusions_regex
from crawlerdetect.providers.crawlers import data as crawlers
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

# Counted up with every change to the rules of this module.
_RULES = 3
_PACKAGES = ("ua-parser", "ua-parser-rs", "ua-parser-builtins", "crawlerdetect", "google-re2")
PARSERS = "; ".join(f"{package} {version(package)}" for package in _PACKAGES) + f"; rules {_RULES}"

# Characters that are looked at. Browsers send 100 to 300; the lists' expressions take a time that grows with the square
# of the length, which is for whoever sends it to choose: 6 s for 9,000 characters, 23 ms for these.
_LOOKED_AT = 512

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Android(?!.*Mobile)", re.I)
_MOBILE = re.compile(r"Mobi|iPhone|iPod|Android|Phone|Opera Mini", re.I)
# What the lists leave out: feed readers, the names that programs give themselves, and an address to look them up at,
# which no browser has.
_PROGRAM = re.compile(r"feed|rss|headless|phantomjs|lighthouse|https?://|@[\w-]+\.\w", re.I)
_LOOKAHEAD = re.compile(r"\(\?![^()]*\)")


class Agent(NamedTuple):
    """What a user agent says: device_type is desktop, mobile, tablet, bot or unknown.

    ``bot_reason`` is what gave a bot away: no_user_agent, ua_parser (its device «Spider»), or crawler: or program: and
    the words that were found.
    """

    device_type: str
    browser: str | None
    os: str | None
    is_bot: bool
    bot_reason: str | None = None


UNKNOWN = Agent("unknown", None, None, False)


def parse_agent(user_agent: str) -> Agent:
    """Device, browser and operating system, by a user agent's first 512 characters. An empty one is a program's."""
    user_agent = user_agent[:_LOOKED_AT]
    if not user_agent.strip():
        return Agent("bot", None, None, True, "no_user_agent")
    parsers = _parsers()
    browser = _family(parsers.ua.extract(user_agent))
    system = _family(parsers.os.extract(user_agent))
    spider = _family(parsers.de.extract(user_agent)) == "Spider"
    reason = _crawler(user_agent) or _program(user_agent) or ("ua_parser" if spider else None)
    if reason:
        return Agent("bot", browser, system, True, reason)
    if _TABLET.search(user_agent):
        return Agent("tablet", browser, system, False)
    if _MOBILE.search(user_agent):
        return Agent("mobile", browser, system, False)
    return Agent("desktop" if system else "unknown", browser, system, False)


def agent_rows(user_agents: Iterable[str]) -> list[dict[str, Any]]:
    """A row for each user agent: user_agent and the fields of ``Agent``."""
    return [{"user_agent": text, **parse_agent(text)._asdict()} for text in user_agents]


@cache
def _parsers() -> Resolver:
    # Not ua_parser.parse: that keeps a cache of its own, and to make objects of versions takes as long again.
    return Resolver(load_lazy_builtins())


def _family(found: Any) -> str | None:
    return found.family if found else None


def _crawler(user_agent: str) -> str | None:
    # As crawlerdetect's own class does it, but that keeps a cache of its own.
    rest = get_compiled_exclusions_regex().sub("", user_agent).strip()
    start = 0
    if rest.isascii() and rest.isprintable():  # other characters are not the same to both
        place = _sieve().search(rest)
        if place is None:
            return None
        start = place.start()
    found = get_compiled_crawler_regex().search(rest, start)
    return f"crawler: {found[0].strip()}" if found else None


@cache
def _sieve() -> Any:
    """Finds where a crawler's name can begin: re takes 100 times as long to see that there is none, which is the rule.

    RE2 knows no lookahead. Without it an expression finds more, never less.
    """
    options = re2.Options()
    options.case_sensitive = False
    return re2.compile("|".join(_LOOKAHEAD.sub("", crawler) for crawler in crawlers), options)


def _program(user_agent: str) -> str | None:
    found = _PROGRAM.search(user_agent)
    return f"program: {found[0]}" if found else None
