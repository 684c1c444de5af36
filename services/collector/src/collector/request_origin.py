"""What the collector knows of a request: the ``_ingest`` member of each of its lines."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import msgspec
from starlette.types import Scope

from collector import __version__
from collector.settings import Settings

_MAX_HEADER_LENGTH = 1024
_encode = msgspec.json.Encoder().encode


class RequestOrigin:
    """Describes requests, with the settings about addresses applied."""

    def __init__(self, settings: Settings) -> None:
        self._full_ip = settings.store_full_ip
        self._proxies = settings.trusted_proxy_depth

    def ingest_json(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        *,
        received_at: datetime,
        request_id: str,
        sent_at: str | None,
    ) -> bytes:
        """The JSON object that every line of the request carries. What is not known is left out."""
        ingest: dict[str, str] = {"receivedAt": received_at.isoformat(timespec="milliseconds")[:-6] + "Z"}
        if sent_at is not None:
            ingest["sentAt"] = sent_at
        address = self._address(scope, headers)
        if address is not None:
            ingest["sourceIp"] = address
        ingest["method"] = scope["method"]
        ingest["path"] = scope["path"]
        ingest["requestId"] = request_id
        context = gateway_context(scope)
        for name in ("apiId", "stage"):
            if isinstance(value := context.get(name), str):
                ingest[name] = value
        for name, header in (
            ("userAgent", b"user-agent"),
            ("origin", b"origin"),
            ("traceId", b"x-amzn-trace-id"),
            ("country", b"cloudfront-viewer-country"),
        ):
            if header in headers:
                ingest[name] = _text(headers[header])
        ingest["collectorVersion"] = __version__
        return _encode(ingest)

    def _address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str | None:
        client = scope.get("client")
        address = client[0] if client else None
        if self._proxies and b"x-forwarded-for" in headers:
            # Each trusted proxy appended whom it heard from; what stands further left was said by the client itself.
            # A proxy may append by a header line of its own.
            lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
            hops = [hop.strip() for hop in ",".join(lines).split(",")]
            address = hops[max(0, len(hops) - self._proxies)]
        return None if not address else known_address(address, self._full_ip)


def gateway_context(scope: Scope) -> Mapping[str, Any]:
    """API Gateway's ``requestContext`` (Lambda only; empty elsewhere)."""
    event = scope.get("aws.event")
    return event["requestContext"] if event else {}


@lru_cache(maxsize=8192)
def known_address(text: str, full: bool) -> str | None:
    """An address as it may be stored: whole, or its /24 (IPv4) or /48 (IPv6). None for what is no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:  # a unix socket's path, or nonsense in X-Forwarded-For
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if full:
        return str(address)
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False).network_address)


def _text(value: bytes) -> str:
    return value[:_MAX_HEADER_LENGTH].decode("utf-8", "replace")
