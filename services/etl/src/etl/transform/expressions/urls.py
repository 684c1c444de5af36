"""Parts of URLs: host, path, campaign parameters. Broken URLs give NULL parts, never an error."""

import ibis.expr.types as ir

from etl.transform.expressions.functions import null_on_error, url_decode

_HOST = r"^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?(\[[^]/?#]*\]|[^/?#:]+)"
_PATH = r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)?(/[^?#]*)"


def host(url: ir.StringValue) -> ir.StringValue:
    """Host in small letters, without ``www.``."""
    return url.re_extract(_HOST, 1).lower().re_replace(r"^www\.", "").nullif("")


def path(url: ir.StringValue) -> ir.StringValue:
    """Path, ``/`` where the URL has a host and no path."""
    found = url.re_extract(_PATH, 1).nullif("")
    return found.coalesce(host(url).notnull().ifelse("/", None))


def parameter(url: ir.StringValue, name: str) -> ir.StringValue:
    """A query parameter, decoded; NULL where it is missing or empty."""
    value = url.re_extract(rf"[?&]{name}=([^&#]*)", 1).replace("+", " ")
    decoded = null_on_error(url_decode(value)).coalesce(value)
    return decoded.replace("\0", "\N{REPLACEMENT CHARACTER}").strip().nullif("")  # PostgreSQL's text has no NUL
