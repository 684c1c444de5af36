"""User agents are parsed once, whatever the number of processes, and anew by other parsers."""

import pytest

from etl.agent_memory import AgentMemory
from etl.transform.agents import PARSERS, agent_rows

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
ODD = "A\0phone \N{MOBILE PHONE}/1.0"


@pytest.fixture
def control(warehouse):
    """A connection of the ETL's role."""
    with warehouse.connection("clickstream_etl") as connection:
        yield connection


def test_what_is_remembered_is_what_was_parsed(control, warehouse):
    agents = [FIREFOX, "curl/8.10.1", "", ODD, "x" * 9000]
    assert AgentMemory(control).rows(agents) == agent_rows(agents)
    assert warehouse.value("SELECT count(*) FROM etl.user_agents WHERE parsers = %s", (PARSERS,)) == 5
    assert AgentMemory(control).rows(reversed(agents)) == agent_rows(reversed(agents))


def test_the_next_process_does_not_parse_them_again(control, warehouse):
    AgentMemory(control).rows([FIREFOX])
    # What nobody's parser says can only come from memory.
    warehouse.rows("UPDATE etl.user_agents SET browser = 'Remembered'")
    assert AgentMemory(control).rows([FIREFOX])[0]["browser"] == "Remembered"


def test_what_other_parsers_found_is_parsed_anew(control, warehouse):
    AgentMemory(control).rows([FIREFOX])
    warehouse.rows("UPDATE etl.user_agents SET browser = 'Remembered', parsers = 'ua-parser 0.1'")
    assert AgentMemory(control).rows([FIREFOX])[0]["browser"] == "Firefox"
    assert warehouse.rows("SELECT browser, parsers FROM etl.user_agents") == [("Firefox", PARSERS)]


def test_a_tick_fills_the_memory_and_forgets_what_is_old(lab):
    lab.warehouse.rows(
        "INSERT INTO etl.user_agents (digest, user_agent, parsers, device_type, is_bot, first_seen_at) VALUES"
        " (gen_random_uuid(), 'of other parsers', 'ua-parser 0.1', 'desktop', false, now()),"
        " (gen_random_uuid(), 'of long ago', %s, 'desktop', false, now() - interval '401 days')",
        (PARSERS,),
    )
    lab.put(*(lab.event(_ingest={"userAgent": agent}) for agent in (FIREFOX, FIREFOX, "curl/8.10.1")), lab.event())
    lab.tick()
    rows = lab.warehouse.rows("SELECT user_agent, device_type, bot_reason FROM etl.user_agents ORDER BY user_agent")
    assert rows == [(FIREFOX, "desktop", None), ("curl/8.10.1", "bot", "crawler: curl")]
