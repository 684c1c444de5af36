"""Metrics of runs as EMF lines, and the log line that every window gets."""

import io
import json
import logging
import re
from pathlib import Path

import pytest

from etl.app import make_logger
from etl.metrics import EmfMetrics
from etl.runner import Runner

METRICS_MD = Path(__file__).parents[3] / "docs" / "metrics.md"


class Measured:
    """A lab whose ETL writes its metrics and its log into strings."""

    def __init__(self, lab):
        self.lab = lab
        self.stream = io.StringIO()

    def runner(self, lake=None):
        settings = self.lab.settings.model_copy(update={"log_level": "INFO"})
        logger = make_logger(settings)
        metrics = EmfMetrics(stream=self.stream)
        return Runner(settings, lake or self.lab.lake, logger, lambda: self.lab.now, metrics=metrics)

    def line(self):
        """The newest line."""
        return json.loads(self.stream.getvalue().splitlines()[-1])


@pytest.fixture
def measured(lab):
    return Measured(lab)


def test_a_run_writes_one_line_with_its_books_and_the_state_of_the_windows(measured):
    lab = measured.lab
    twice = lab.event()
    lab.put(lab.event(), twice, twice, "no json", lab.event(consent={"analytics": False}))
    lab.put(lab.event(), hours=1)
    measured.runner().tick()

    (line,) = measured.stream.getvalue().splitlines()
    line = json.loads(line)
    assert (line["message"], line["service"]) == ("etl.metrics", "etl")
    found = {name: values[0] for name, values in line.items() if isinstance(values, list)}
    expected = {
        "Runs": 1, "RunsFailed": 0, "Lines": 6, "EventsLoaded": 3, "EventsDuplicate": 1, "EventsRejected": 1,
        "EventsWithheld": 1, "ObjectsLoaded": 2, "WindowsLoaded": 2, "WindowsFailed": 0, "WindowsLeft": 0, "Retries": 0,
        "WindowsPending": 0, "WindowsFailing": 0, "WindowsUnbalanced": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    stages = [found[f"{stage}Seconds"] for stage in ("List", "Wait", "Transform", "Load", "Rebuild", "Commit")]
    assert found["TransformSeconds"] > 0
    assert found["RunSeconds"] == pytest.approx(sum(stages), abs=0.01)


def test_what_is_written_is_what_the_reference_says(measured):
    lab = measured.lab
    lab.put(lab.event())
    measured.runner().tick()
    (directive,) = measured.line()["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Clickstream", [["service"]])

    of_etl = METRICS_MD.read_text("utf-8").partition("## ETL")[2].partition("\n## ")[0]
    documented = dict(re.findall(r"^\| (\w+) \| (Count|Seconds) \|", of_etl, re.M))
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == documented


def test_a_failed_run_says_so_and_the_windows_that_failed_stay_in_sight(measured):
    lab = measured.lab
    key = lab.put(lab.event())
    lab.put(lab.event(), hours=1)
    measured.runner(lab.refusing(key)).tick()
    line = measured.line()
    assert (line["RunsFailed"], line["WindowsFailed"], line["WindowsLoaded"]) == ([1], [1], [1])
    assert (line["WindowsFailing"], line["WindowsUnbalanced"]) == ([1], [0])
    measured.runner().tick()
    assert (measured.line()["RunsFailed"], measured.line()["WindowsFailing"]) == ([0], [0])


def test_books_that_the_ledger_contradicts_are_counted(measured):
    lab = measured.lab
    # The gauges look back from the database's own now.
    lab.warehouse.rows(
        "INSERT INTO etl.windows (ingest_window, state, collected, loaded)"
        " VALUES (date_trunc('hour', now()), 'loaded', 1, 1)"
    )
    lab.put(lab.event())
    measured.runner().tick()
    assert measured.line()["WindowsUnbalanced"] == [1]


def test_no_lag_is_said_before_a_tick_has_succeeded(measured):
    lab = measured.lab
    lab.put(lab.event())
    measured.runner().range(None, None)
    assert "WatermarkLagSeconds" not in measured.line()
    measured.runner().tick()
    assert measured.line()["WatermarkLagSeconds"][0] >= 0


def test_every_window_has_a_log_line_with_its_own_books(measured, caplog):
    caplog.set_level(logging.INFO, logger="etl")
    lab = measured.lab
    lab.put(lab.event(), "no json")
    lab.put(lab.event())
    lab.put(lab.event(), hours=1)
    measured.runner().tick()
    lines = [vars(record) for record in caplog.records if record.getMessage() == "etl.window.loaded"]
    windows = {line["window"]: line for line in lines}
    assert len(windows) == len(lines)
    assert sorted(windows) == ["2026-11-22T07:00:00+00:00", "2026-11-22T08:00:00+00:00"]
    first = windows["2026-11-22T07:00:00+00:00"]
    books = ("objects", "pending_objects", "collected", "loaded", "duplicates", "rejected", "withheld")
    assert [first[name] for name in books] == [2, 0, 3, 2, 0, 1, 0]
    assert (first["windows_together"], first["replace"]) == (2, False)
