"""Lines of a file, gzipped or not, or of standard input; never more of it in memory than one line."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from clickstream.errors import InputError

# Sixteen of the largest requests that a collector takes: what is longer is not a line of events.
MAX_LINE_BYTES = 16 << 20

_GZIP_MAGIC = b"\x1f\x8b"


class LineSource:
    """A file's lines, without their line ends; empty lines are left out.

    ``name`` is the path, or ``-`` for standard input. ``size`` is in bytes as stored, None where unknown;
    ``bytes_done`` counts up to it while the lines are read.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.size: int | None = None
        self.bytes_done = 0
        if name != "-":
            try:
                self.size = Path(name).stat().st_size
            except OSError as error:
                raise InputError(f"cannot read {name}: {error.strerror}") from error

    def __iter__(self) -> Iterator[tuple[int, bytes, bool]]:
        """Line number, line, and whether it is whole: of one longer than MAX_LINE_BYTES only the beginning is given.

        Raises:
            InputError: the file cannot be read, or is a damaged gzip.
        """
        number = 0
        try:
            with self._open() as raw:
                plain = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == _GZIP_MAGIC else raw
                while line := plain.readline(MAX_LINE_BYTES + 1):
                    number += 1
                    whole = len(line) <= MAX_LINE_BYTES
                    if not whole:
                        _skip_line(plain, line)
                    self.bytes_done = self.bytes_done + len(line) if self.size is None else raw.tell()
                    if line := line.rstrip(b"\r\n"):
                        yield number, line, whole
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"{self.name} is a damaged gzip file after line {number:,} ({error}): mend it and start again"
            ) from error
        except OSError as error:
            raise InputError(f"cannot read {self.name}, after line {number:,}: {error.strerror or error}") from error

    @contextmanager
    def _open(self) -> Iterator[BufferedReader]:
        if self.name == "-":
            stdin = sys.stdin.buffer
            yield stdin if isinstance(stdin, BufferedReader) else BufferedReader(stdin)  # type: ignore[arg-type] # tests have BytesIO
        else:
            with Path(self.name).open("rb") as raw:
                yield raw


def _skip_line(stream: BufferedReader | gzip.GzipFile, read: bytes) -> None:
    while read and not read.endswith(b"\n"):
        read = stream.readline(MAX_LINE_BYTES)
