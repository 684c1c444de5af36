"""What an environment costs a month, by component, from published prices and stated assumptions."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HOURS = 730
_SECONDS_OF_A_MONTH = _HOURS * 3600
_KEYS_OF_A_LIST = 1000
# The size of the analytics instance by events a month. The first is that of infra/params/dev.json.
_INSTANCES = (
    (2_000_000, "t4g.small"),
    (20_000_000, "t4g.medium"),
    (50_000_000, "t4g.large"),
    (10**12, "r7g.large"),
)


@dataclass(frozen=True)
class Size:
    """How much an environment has to do, and what it is made of."""

    events: float
    requests: float | None = None
    endpoints: int = 3
    zones: int = 1


class CostModel:
    """Prices and assumptions of infra/cost."""

    def __init__(self, folder: Path) -> None:
        self.published: dict[str, Any] = json.loads((folder / "prices.json").read_text())
        self.assumed: dict[str, Any] = json.loads((folder / "assumptions.json").read_text())

    def _price(self, name: str) -> float:
        return float(self.published["prices"][name]["usd"])

    def _assumption(self, name: str) -> float:
        return float(self.assumed[name]["value"])

    def instance(self, events: float) -> str:
        """The type of the analytics instance for so many events a month."""
        return next(kind for most, kind in _INSTANCES if events <= most)

    def volume_gb(self, events: float) -> float:
        """The warehouse's volume after a year: a third of it free, 20 at least."""
        contents = events * self._assumption("warehouse_months") * self._assumption("warehouse_bytes_per_event") / 1e9
        return max(20.0, round(contents * 1.5))

    def components(self, size: Size) -> dict[str, float]:
        """USD a month by component."""
        price, assumption = self._price, self._assumption
        requests = size.requests if size.requests is not None else size.events / assumption("events_per_request")
        ticks = assumption("etl_ticks")
        etl_seconds = ticks * assumption("etl_tick_seconds") + size.events / assumption("etl_events_per_second")
        listed = requests * assumption("etl_listed_days") * 24 / _HOURS
        lists = assumption("etl_lists_per_tick") + listed / _KEYS_OF_A_LIST
        volume = self.volume_gb(size.events)
        contents = volume / 1.5
        raw_gb = size.events * assumption("raw_bytes_per_event") * assumption("raw_months") / 1e9
        log_gb = requests * assumption("collector_log_bytes") / 1e9
        lambda_gb_second = price("lambda_gb_second_arm")
        return {
            "HTTP API": requests * price("http_api_request"),
            "Lambda collector": requests
            * (
                price("lambda_request")
                + assumption("collector_seconds") * assumption("collector_memory_gb") * lambda_gb_second
            ),
            "Lambda ETL": ticks * price("lambda_request")
            + etl_seconds * (assumption("etl_memory_gb") * lambda_gb_second + 1.5 * price("lambda_scratch_gb_second")),
            "Admin API": assumption("admin_requests")
            * (
                price("rest_api_request")
                + price("lambda_request")
                + assumption("admin_seconds") * assumption("collector_memory_gb") * lambda_gb_second
            ),
            "S3 requests": requests * (price("s3_put") + price("s3_get")) + ticks * lists * price("s3_put"),
            "S3 storage": raw_gb * price("s3_gb_month"),
            "Analytics instance": _HOURS * price(f"{self.instance(size.events)}_hour"),
            "EBS": (volume + 12) * price("gp3_gb_month"),
            "Snapshots": contents * assumption("snapshot_share") * price("snapshot_gb_month"),
            "Interface endpoints": size.endpoints * size.zones * _HOURS * price("interface_endpoint_hour"),
            "Images (ECR)": assumption("images_gb") * price("ecr_gb_month"),
            "Logs": log_gb * (price("log_gb") + price("log_gb_month")),
            "Metrics and alarms": assumption("metrics") * price("metric_month")
            + assumption("alarms") * price("alarm_month"),
        }

    def total(self, size: Size) -> float:
        """USD a month in all."""
        return sum(self.components(size).values())


def size_of_rate(requests_per_second: float) -> Size:
    """As many requests a second, one event each, a whole month long."""
    requests = requests_per_second * _SECONDS_OF_A_MONTH
    return Size(requests, requests)
