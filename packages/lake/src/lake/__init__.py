"""The raw lake: what an event looks like, where its object lies, and how a lake is opened."""

from lake.errors import LakeError, LakeRefusedError, LakeUnavailableError, ObjectExistsError
from lake.keys import LakeObject, events_key, parse_key, rejected_key, window_of
from lake.store import Lake, open_lake

__all__ = [
    "Lake",
    "LakeError",
    "LakeObject",
    "LakeRefusedError",
    "LakeUnavailableError",
    "ObjectExistsError",
    "events_key",
    "open_lake",
    "parse_key",
    "rejected_key",
    "window_of",
]
