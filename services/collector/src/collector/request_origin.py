"""What the collector knows of a request: the ``_ingest`` member of each of its lines."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

import msgspec

from collector import __version__
from collector.settings import Settings

_MAX_HEADER_LENGTH = 1024
_NO_GATEWAY: Mapping[str, Any] = {}
_encode = msgspec.json.Encoder().encode


class Head(NamedTuple):
    """What is known of a request before its body.

    ``lines`` are the header lines as they came, names in lower case; ``headers`` has the last line of each name.
    ``gateway`` is API Gateway's ``requestContext``.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    lines: Sequence[tuple[bytes, bytes]]
    peer: str | None
    gateway: Mapping[str, Any] = _NO_GATEWAY


class RequestOrigin:
    """Describes requests, with the settings about addresses applied."""

    def __init__(self, settings: Settings) -> None:
        self._full_ip = settings.store_full_ip
        self._proxies = settings.trusted_proxy_depth
        self._second = (datetime.min.replace(tzinfo=UTC), b"")  # that was written last: most requests share theirs

    def ingest_json(self, head: Head, *, received_at: datetime, request_id: str, sent_at: str | None) -> bytes:
        """The JSON object that every line of the request carries. What is not known is left out."""
        headers = head.headers
        shared = _shared_json(
            self._address(head),
            head.method,
            head.path,
            head.gateway.get("apiId"),
            head.gateway.get("stage"),
            headers.get(b"user-agent"),
            headers.get(b"origin"),
            headers.get(b"cloudfront-viewer-country"),
        )
        second = received_at.replace(microsecond=0)
        if second != self._second[0]:
            self._second = (second, second.isoformat()[: -len("+00:00")].encode())
        moment = b"%b.%03dZ" % (self._second[1], received_at.microsecond // 1000)
        if sent_at is None and b"x-amzn-trace-id" not in headers:
            return b'{"receivedAt":"%b","requestId":%b%b' % (moment, _encode(request_id), shared)
        own = {"receivedAt": moment.decode(), "requestId": request_id}
        if sent_at is not None:
            own["sentAt"] = sent_at
        if b"x-amzn-trace-id" in headers:
            own["traceId"] = _text(headers[b"x-amzn-trace-id"])
        return _encode(own)[:-1] + shared

    def _address(self, head: Head) -> str | None:
        address = head.peer
        if self._proxies and b"x-forwarded-for" in head.headers:
            # Each trusted proxy appended whom it heard from; what stands further left was said by the client itself.
            # A proxy may append by a header line of its own.
            lines = [value.decode("latin-1") for name, value in head.lines if name == b"x-forwarded-for"]
            hops = [hop.strip() for hop in ",".join(lines).split(",")]
            address = hops[max(0, len(hops) - self._proxies)]
        return None if not address else known_address(address, self._full_ip)


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


@lru_cache(maxsize=1024)
def _shared_json(  # noqa: PLR0917 # by position, because lru_cache is slower by name
    address: str | None,
    method: str,
    path: str,
    api_id: str | None,
    stage: str | None,
    user_agent: bytes | None,
    origin: bytes | None,
    country: bytes | None,
) -> bytes:
    """The members that all requests of one visitor share, from the comma on; a connection brings many of them."""
    members = {
        "sourceIp": address,
        "method": method,
        "path": path,
        "apiId": api_id,
        "stage": stage,
        "userAgent": user_agent and _text(user_agent),
        "origin": origin and _text(origin),
        "country": country and _text(country),
        "collectorVersion": __version__,
    }
    return b"," + _encode({name: value for name, value in members.items() if value})[1:]


def _text(value: bytes) -> str:
    return value[:_MAX_HEADER_LENGTH].decode("utf-8", "replace")
