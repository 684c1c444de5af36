"""Opening a lake by URL, and the few things that are done with one.

``file:///var/lake``, ``s3://bucket`` and ``memory://`` behave alike (obstore). Credentials and endpoint of S3 come
from the standard ``AWS_*`` variables.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from lake.disk import Folder
from lake.errors import LakeError, LakeRefusedError, LakeUnavailableError, LakeUrlError, ObjectExistsError
from lake.keys import HOUR, LakeObject, Root, parse_key, range_prefixes

# Past this a request goes on failing and the caller's own retry (the browser's, the next tick's) is the better one.
_RETRY_TIMEOUT = timedelta(seconds=10)
# API Gateway gives up after 30 s, without our Retry-After: a last try that hangs must end before.
_REQUEST_TIMEOUT = timedelta(seconds=15)


class Lake:
    """A raw lake. Objects are immutable: written once, under a key that was free."""

    def __init__(self, store: ObjectStore, folder: Folder | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put_new(self, key: str, body: bytes) -> None:
        """Write an object durably under a key that must be free.

        Raises:
            ObjectExistsError: the key is taken; the object there is untouched.
            LakeUnavailableError: the store did not take it.
        """
        try:
            if self._folder is not None:
                await asyncio.to_thread(self._folder.write_new, key, body)
            else:
                await obstore.put_async(self._store, key, body, mode="create", use_multipart=False)
        except (AlreadyExistsError, FileExistsError) as error:
            raise ObjectExistsError(f"{key} is already in the lake") from error
        except (BaseError, OSError) as error:
            raise LakeUnavailableError(f"the lake did not take {key}: {_first_line(error)}") from error

    def put_new_blocking(self, key: str, body: bytes) -> None:
        """``put_new`` for callers without an event loop; the same errors."""
        try:
            if self._folder is not None:
                self._folder.write_new(key, body)
            else:
                obstore.put(self._store, key, body, mode="create", use_multipart=False)
        except (AlreadyExistsError, FileExistsError) as error:
            raise ObjectExistsError(f"{key} is already in the lake") from error
        except (BaseError, OSError) as error:
            raise LakeUnavailableError(f"the lake did not take {key}: {_first_line(error)}") from error

    def close(self) -> None:
        """Let go of what a folder keeps open for writing. Nothing is lost without it."""
        if self._folder is not None:
            self._folder.close()

    async def probe(self) -> None:
        """Show that the lake can be written: put a small object under ``health/``.

        Raises:
            LakeUnavailableError: it can't.
        """
        try:
            await obstore.put_async(self._store, "health/probe", b"ok", use_multipart=False)
        except (BaseError, OSError) as error:
            raise LakeUnavailableError(f"the lake cannot be written: {_first_line(error)}") from error

    def get(self, key: str) -> bytes:
        """The body of an object, as stored.

        Raises:
            LakeUnavailableError: the store did not give it now.
            LakeRefusedError: there is no such object, or it may not be read.
        """
        try:
            return bytes(self._store.get(key).bytes())
        except (BaseError, OSError) as error:
            raise _unread(f"the lake did not give {key}", error) from error

    def each_object(
        self, root: Root, start: datetime | None = None, end: datetime | None = None
    ) -> Iterator[LakeObject]:
        """The objects of the windows in [start, end), or all, as they are listed: in no order.

        Keys of another layout are left out.

        Raises:
            LakeUnavailableError: the store did not list now.
            LakeRefusedError: it may not be listed.
        """
        if start is None or end is None:
            yield from self._list(f"{root}/")
            return
        for prefix in range_prefixes(root, start, end):
            yield from (item for item in self._list(prefix) if start <= item.window < end)

    def list_objects(self, root: Root, start: datetime, end: datetime) -> list[LakeObject]:
        """``each_object`` of a range, in order of the keys; the same errors."""
        return sorted(self.each_object(root, start, end), key=lambda item: item.key)

    def list_all(self, root: Root) -> list[LakeObject]:
        """All objects under a root, in order of their keys; the same errors."""
        return sorted(self.each_object(root), key=lambda item: item.key)

    def extent(self, root: Root) -> tuple[datetime, datetime] | None:
        """The range [start, end) of windows that hold objects, or None for an empty lake."""
        first, last = self._edge(root, 0), self._edge(root, -1)
        return None if first is None or last is None else (first, last + HOUR)

    def _edge(self, root: Root, which: int) -> datetime | None:
        """Walk down YYYY/MM/DD/HH by its smallest (0) or largest (-1) folder: four listings."""
        prefix: str = root
        try:
            for _ in range(4):
                folders = sorted(self._store.list_with_delimiter(prefix)["common_prefixes"])
                if not folders:
                    return None
                prefix = folders[which]
        except (BaseError, OSError) as error:
            raise _unread(f"the lake did not list {prefix}", error) from error
        edge = parse_key(f"{prefix}/event-00000000-0000-0000-0000-000000000000.json")
        return None if edge is None else edge.window

    def _list(self, prefix: str) -> Iterator[LakeObject]:
        try:
            for chunk in self._store.list(prefix):
                for item in chunk:
                    parsed = parse_key(item["path"], item["size"])
                    if parsed is not None:
                        yield parsed
        except (BaseError, OSError) as error:
            raise _unread(f"the lake did not list {prefix}", error) from error


def open_lake(url: str) -> Lake:
    """Open the lake at ``file:///folder`` (made if missing), ``s3://bucket[/prefix]`` or ``memory://``.

    Raises:
        LakeUrlError: another scheme, or a folder that cannot be made.
    """
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return Lake(MemoryStore())
    if parts.scheme == "file" and parts.path:
        try:
            Path(parts.path).mkdir(parents=True, exist_ok=True)
            return Lake(LocalStore(parts.path), Folder(Path(parts.path)))
        except OSError as error:
            raise LakeUrlError(f"the lake's folder cannot be made ready: {error}") from error
    if parts.scheme == "s3" and parts.netloc:
        store = S3Store.from_url(
            url,
            client_options={"timeout": _REQUEST_TIMEOUT, "allow_http": True},
            retry_config={"retry_timeout": _RETRY_TIMEOUT},
        )
        return Lake(store)
    raise LakeUrlError(f"cannot open the lake at {url!r}: expected file:///folder, s3://bucket or memory://")


_REFUSALS = (NotFoundError, FileNotFoundError, PermissionDeniedError, PermissionError, UnauthenticatedError)


def _unread(what: str, error: Exception) -> LakeError:
    kind = LakeRefusedError if isinstance(error, _REFUSALS) else LakeUnavailableError
    return kind(f"{what}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
