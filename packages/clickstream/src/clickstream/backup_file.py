"""A backup of the warehouse as one file: a zip of pg_dump's output and of what it must hold.

warehouse.dump   the database, as `pg_dump --format=custom` writes it
backup.json      when and of what it was made, and the rows of every table in the same snapshot

The list comes last and the file gets its name when it is whole: what has the name of a backup is one.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from clickstream.errors import BackupError

_DUMP, _CONTENTS = "warehouse.dump", "backup.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    ``made_at``: ISO 8601, UTC. ``clickstream``: version of the command. ``postgres``: major version. ``revision``: of
    the tables. ``time_zone``: in which the site's days begin. ``rows``: by table, partitions one by one. ``indexes``:
    how many a restore has to make.
    """

    made_at: str
    clickstream: str
    postgres: int
    revision: str
    time_zone: str
    rows: Mapping[str, int]
    indexes: int

    @property
    def events(self) -> int:
        """Events in the backup."""
        return sum(
            count for table, count in self.rows.items() if table.partition(".")[2].startswith("clickstream_events")
        )


@contextmanager
def new_backup(target: Path) -> Iterator[Callable[[Callable[[IO[bytes]], None], Contents], None]]:
    """A file that is there, whole and on the disk, when the block ends well, and not at all otherwise.

    Yields a function that is called once: with what writes the dump, and with what it holds. The file is its owner's
    alone: it has what visitors did.

    Raises:
        BackupError: it cannot be written.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # pg_dump has compressed it

                def write(dump: Callable[[IO[bytes]], None], contents: Contents) -> None:
                    with archive.open(_DUMP, "w", force_zip64=True) as member:
                        dump(member)
                    archive.writestr(_CONTENTS, json.dumps({"format": _FORMAT, **asdict(contents)}, indent=2) + "\n")

                yield write
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        raise BackupError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


@contextmanager
def opened_backup(source: Path) -> Iterator[tuple[Contents, int, IO[bytes]]]:
    """What a backup holds, the bytes of its dump, and the dump; reading it to its end checks its checksum.

    Raises:
        BackupError: there is none, or it is damaged.
    """
    damaged = f"{source} is no backup of clickstream, or it is damaged"
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(source))
            written = json.loads(archive.read(_CONTENTS))
            if written.pop("format") != _FORMAT:
                raise BackupError(f"{source} was made by a newer clickstream: restore it with that one")
            contents = Contents(**written)
            dump = stack.enter_context(archive.open(_DUMP))
        except OSError as error:
            raise BackupError(f"cannot read {source}: {error.strerror or error}") from error
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BackupError(f"{damaged}: {error}") from error
        try:
            yield contents, archive.getinfo(_DUMP).file_size, dump
        except zipfile.BadZipFile as error:  # the checksum
            raise BackupError(f"{damaged}: {error}") from error
