"""Metrics: what alarms and graphs are made of, as log lines in CloudWatch's embedded metric format (EMF).

One line a run. Names, units and dimensions are documented in docs/metrics.md; alarms are built on them.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TextIO

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from warehouse.books import Counts
from warehouse.gauges import Gauges

NAMESPACE = "Clickstream"
STAGES = ("List", "Wait", "Transform", "Load", "Rebuild", "Commit")


@dataclass(slots=True)
class RunMeasures:
    """What one run counts beside its books: seconds by stage, failures, tries."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    windows_failed: int = 0
    retries: int = 0

    def laps(self) -> Callable[[str], None]:
        """A watch that starts now; called with a stage of ``STAGES``, it adds the time since its last call to it."""
        last = time.monotonic()

        def lap(stage: str) -> None:
            nonlocal last
            now = time.monotonic()
            self.seconds[stage] += now - last
            last = now

        return lap


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run that has ended. ``gauges`` is None where the warehouse could not be asked any more."""

    run_id: str
    failed: bool
    counts: Counts
    windows: int
    objects: int
    left: int
    measures: RunMeasures
    gauges: Gauges | None


class Metrics(Protocol):
    """Where the measures of runs go."""

    def run(self, report: RunReport) -> None:
        """A run has ended."""


class NoMetrics:
    """Measures go nowhere."""

    def run(self, report: RunReport) -> None:
        """Not written."""


class EmfMetrics:
    """Measures as lines of the log that CloudWatch turns into metrics."""

    def __init__(self, service: str = "etl", stream: TextIO | None = None, namespace: str = NAMESPACE) -> None:
        self._service = service
        self._namespace = namespace
        self._stream = stream

    def run(self, report: RunReport) -> None:
        """One line with everything that the run measured, and how the warehouse stands after it."""
        metrics = EphemeralMetrics(namespace=self._namespace, service=self._service)
        for name, value in _counts(report).items():
            metrics.add_metric(name, MetricUnit.Count, value)
        if report.gauges is not None and report.gauges.disk_used_percent is not None:
            metrics.add_metric("DiskUsedPercent", MetricUnit.Percent, report.gauges.disk_used_percent)
        for name, seconds in _durations(report).items():
            metrics.add_metric(name, MetricUnit.Seconds, round(seconds, 3))
        line = {
            "level": "INFO",
            "message": "etl.metrics",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run_id": report.run_id,
            **metrics.serialize_metric_set(),
        }
        stream = self._stream or sys.stdout
        stream.write(json.dumps(line) + "\n")
        stream.flush()


def _counts(report: RunReport) -> dict[str, int]:
    counts, gauges = report.counts, report.gauges
    found = {
        "Runs": 1,
        "RunsFailed": int(report.failed),
        "Lines": counts.collected,
        "EventsLoaded": counts.loaded,
        "EventsDuplicate": counts.duplicates,
        "EventsRejected": counts.rejected,
        "EventsWithheld": counts.withheld,
        "ObjectsLoaded": report.objects,
        "WindowsLoaded": report.windows,
        "WindowsFailed": report.measures.windows_failed,
        "WindowsLeft": report.left,
        "Retries": report.measures.retries,
    }
    if gauges is not None:
        found |= {
            "WindowsPending": gauges.pending_windows,
            "WindowsFailing": gauges.failing_windows,
            "WindowsUnbalanced": gauges.unbalanced_windows,
        }
    return found


def _durations(report: RunReport) -> dict[str, float]:
    found = {f"{stage}Seconds": report.measures.seconds[stage] for stage in STAGES}
    found["RunSeconds"] = sum(found.values())
    if report.gauges is not None and report.gauges.watermark_lag_seconds is not None:
        found["WatermarkLagSeconds"] = report.gauges.watermark_lag_seconds
    return found
