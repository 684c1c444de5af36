"""User agents: device, browser, system, and who is a bot."""

import re

import pytest
from crawlerdetect.crawlerdetect import get_compiled_crawler_regex, get_compiled_exclusions_regex
from crawlerdetect.providers.crawlers import data as crawlers

from etl.transform.agents import UNKNOWN, agent_rows, parse_agent

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Chrome/131.0.0.0 Safari/537.36"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1"
PIXEL = f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {ENGINE} Chrome/131.0.0.0 Mobile Safari/537.36"
TAB = f"Mozilla/5.0 (Linux; Android 14; SM-X810) {ENGINE} Chrome/131.0.0.0 Safari/537.36"
CUBOT = f"Mozilla/5.0 (Linux; Android 10; CUBOT_X18_Plus) {ENGINE} Chrome/120.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "device", "browser", "system"),
    [
        (CHROME, "desktop", "Chrome", "Windows"),
        (IPHONE, "mobile", "Mobile Safari", "iOS"),
        (IPAD, "tablet", "Mobile Safari", "iOS"),
        (PIXEL, "mobile", "Chrome Mobile", "Android"),
        (TAB, "tablet", "Chrome", "Android"),
        (CUBOT, "mobile", "Chrome Mobile", "Android"),
    ],
)
def test_people_have_a_device_a_browser_and_a_system(user_agent, device, browser, system):
    assert parse_agent(user_agent) == (device, browser, system, False, None)


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0"
        " Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "curl/8.10.1",
        "Wget/1.24",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
        f"Mozilla/5.0 (X11; Linux x64) {ENGINE} HeadlessChrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "UniversalFeedParser/5.2.1 +https://code.google.com/p/feedparser/",
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)",
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
        "PostmanRuntime/7.43.0",
        "axios/1.7.9",
        "okhttp/4.12.0",
        "Ruby",
        "",
        "   ",
    ],
)
def test_programs_and_crawlers_are_bots(user_agent):
    agent = parse_agent(user_agent)
    assert agent.is_bot
    assert agent.device_type == "bot"


@pytest.mark.parametrize(
    ("user_agent", "reason"),
    [
        (" ", "no_user_agent"),
        ("curl/8.10.1", "crawler: curl"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler: Googlebot"),
        ("Mozilla/5.0 (compatible; Shopper; https://shopper.example)", "program: https://"),
    ],
)
def test_a_bot_is_told_with_what_gave_it_away(user_agent, reason):
    assert parse_agent(user_agent).bot_reason == reason


# What each expression of the list is to find, about; and what RE2 and re might not see alike.
NAMES = [re.sub(r"\\(?=\W)|[\^$]|\(\?!(\w+)\)", r"\1", expression) for expression in crawlers] + [
    "Yandex YandexSearch",
    "\N{LATIN SMALL LETTER LONG S}pider",
    "\N{KELVIN SIGN}rawler.dk",
    "Go \N{ARABIC-INDIC DIGIT ONE} package http",
    "b0t\n",
    "X\vbot",
    "bocompatiblet/1.0",
]


@pytest.mark.parametrize("around", ["{}", f"{CHROME} {{}}", "Yandexsearch {}"])
def test_a_crawler_is_what_the_list_finds_first(around):
    for name in NAMES:
        text = around.format(name)
        found = get_compiled_crawler_regex().search(get_compiled_exclusions_regex().sub("", text).strip())
        reason = parse_agent(text).bot_reason or ""
        assert reason == f"crawler: {found[0].strip()}" if found else not reason.startswith("crawler"), text


def test_a_user_agent_that_nobody_knows_is_no_bot():
    assert parse_agent("Something/1.0") == ("unknown", None, None, False, None)


def test_a_row_for_each_user_agent():
    (row,) = agent_rows([CHROME])
    assert row["user_agent"] == CHROME
    assert row["browser"] == "Chrome"


def test_events_carry_what_their_user_agent_says_and_none_is_no_bot(transform, make_event):
    agents = [CHROME, "curl/8.10.1", "", None]
    done = transform(*(make_event(_ingest={"userAgent": agent}) for agent in agents))
    found = [(row["device_type"], row["browser"], row["os"], row["is_bot"]) for row in done.events]
    assert found == [
        ("desktop", "Chrome", "Windows", "false"),
        ("bot", "curl", None, "true"),
        ("bot", None, None, "true"),
        (UNKNOWN.device_type, None, None, "false"),
    ]


def test_only_the_beginning_of_a_long_user_agent_is_looked_at():
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0 "
    assert parse_agent(firefox + "x" * 30_000) == parse_agent(firefox)
    assert parse_agent("x" * 600 + " Googlebot/2.1") == parse_agent("x" * 512)
