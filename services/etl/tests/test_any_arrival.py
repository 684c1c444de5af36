"""However events arrive, in whatever objects, windows, ticks and replaces: the tables are those of one load."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etl.load import transactions
from lake import open_lake

EVENTS = st.fixed_dictionaries(
    {
        "minutes": st.integers(0, 180),
        "eventName": st.sampled_from(["page_view", "product_view", "checkout_complete", "refund"]),
        "window": st.integers(0, 3),
    },
    optional={
        "clientId": st.sampled_from(["c", "d"]),
        "sessionId": st.sampled_from(["s", "t"]),
        "order": st.fixed_dictionaries(
            {"id": st.sampled_from([1, 2])}, optional={"total": st.sampled_from(["10", 7.5])}
        ),
        "product": st.fixed_dictionaries(
            {"id": st.sampled_from(["p", "q"])}, optional={"name": st.sampled_from(["A", "B"]), "price": st.just(5)}
        ),
        "pageUrl": st.sampled_from(["https://shop.example/a?utm_source=n&utm_medium=email", "https://shop.example/b"]),
        "consent": st.just({"analytics": False}),
        "sequence": st.sampled_from([1, -1]),  # -1 is set aside
    },
)


def without_places(contents):
    """What must be the same: not from which object a row came, nor how often a line was seen."""
    for table in ("etl.objects", "etl.windows", "etl.rejects"):
        del contents[table]
    for rows in contents.values():
        for row in rows:
            row.pop("ingest_window", None)
            row.pop("received_at", None)
    return {table: sorted(map(repr, rows)) for table, rows in contents.items()}


@pytest.fixture(autouse=True)
def _many_lines_as_before(monkeypatch):
    monkeypatch.setattr(transactions, "_MANY_LINES", transactions._MANY_LINES)


@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(st.data())
def test_any_order_of_arrival_gives_the_tables_of_one_load(lab, data):
    drawn = data.draw(st.lists(EVENTS, min_size=6, max_size=16))
    events = [(fields["window"], lab.event(**{k: v for k, v in fields.items() if k != "window"})) for fields in drawn]
    again = data.draw(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(events)), max_size=3))
    arrivals = data.draw(st.permutations([*events, *((window, event) for window, (_, event) in again)]))
    lab.now = lab.window.replace(hour=12)
    # Whether loads keep the ids that they have seen.
    transactions._MANY_LINES = data.draw(st.sampled_from([1, 100_000]))

    lab.clear()
    lab.lake = open_lake("memory://")
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        delivery, arrivals = arrivals[:size], arrivals[size:]
        for window in {window for window, _ in delivery}:
            lab.put(*(event for at, event in delivery if at == window), hours=window)
        step = data.draw(st.sampled_from(["nothing", "tick", "tick of small batches", "replace", "tick"]))
        if step.startswith("tick"):
            assert lab.tick(batch_mib=0, commit_mib=0 if "small" in step else 1).errors == []
        if step == "replace":
            first = data.draw(st.integers(0, 3))
            assert lab.replace(first, data.draw(st.integers(first, 3))).errors == []
    assert lab.tick().errors == []
    bit_by_bit = without_places(lab.contents())
    assert lab.books().collected == len(events) + len(again)
    newest = lab.warehouse.rows("SELECT max(event_timestamp), max(received_at) FROM clickstream_events")
    assert lab.warehouse.rows("SELECT mart.newest_event(), mart.newest_receipt()") == newest

    lab.clear()
    lab.lake = open_lake("memory://")
    lab.put(*(event for _, event in events), hours=4)
    assert lab.tick().errors == []
    assert bit_by_bit == without_places(lab.contents())
