"""Lambda entry: API Gateway's HTTP API to the collector."""

from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from collector.app import create_app
from collector.errors import PROBLEM_JSON
from collector.settings import Settings

_settings = Settings.from_environment()

# Without a lifespan: Mangum would start and stop it around every invocation, and there is nothing to flush, since each
# request is answered after its events are in the lake.
handler = Mangum(
    # Metrics with each invocation: between two, no time passes for a frozen function.
    create_app(_settings.model_copy(update={"metrics_flush_seconds": 0})),
    lifespan="off",
    api_gateway_base_path=_settings.base_path,
    text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, PROBLEM_JSON],
)
