"""User agents: each distinct one is parsed once a process."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import ua_parser

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Android(?!.*Mobile)", re.I)
_MOBILE = re.compile(r"Mobi|iPhone|iPod|Android|Phone|Opera Mini", re.I)
# Programs that name themselves, and those that say they crawl; ua-parser's own «Spider» covers the known ones. CUBOT
# makes telephones.
_PROGRAM = re.compile(
    r"(?<!cu)bot(?:\b|[/_-])|crawl|spider|slurp|feed|rss|curl/|wget/|python-|aiohttp|httpx|okhttp|java/|go-http|libwww|scrapy"
    r"|headless|phantomjs|monitor|archiver|preview|facebookexternalhit|lighthouse|https?://",
    re.I,
)


class Agent(NamedTuple):
    """What a user agent says: device_type is desktop, mobile, tablet, bot or unknown."""

    device_type: str
    browser: str | None
    os: str | None
    is_bot: bool


UNKNOWN = Agent("unknown", None, None, False)


@lru_cache(maxsize=65_536)
def parse_agent(user_agent: str) -> Agent:
    """Device, browser and operating system of a user agent. An empty one is a program's."""
    if not user_agent.strip():
        return Agent("bot", None, None, True)
    parsed = ua_parser.parse(user_agent)
    browser = parsed.user_agent.family if parsed.user_agent else None
    system = parsed.os.family if parsed.os else None
    if (parsed.device and parsed.device.family == "Spider") or _PROGRAM.search(user_agent):
        return Agent("bot", browser, system, True)
    if _TABLET.search(user_agent):
        return Agent("tablet", browser, system, False)
    if _MOBILE.search(user_agent):
        return Agent("mobile", browser, system, False)
    return Agent("desktop" if system else "unknown", browser, system, False)


def agent_rows(user_agents: Iterable[str]) -> list[dict[str, object]]:
    """A row for each user agent: user_agent and the fields of ``Agent``."""
    return [{"user_agent": text, **parse_agent(text)._asdict()} for text in user_agents]
