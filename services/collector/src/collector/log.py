"""Logs: JSON lines with a dotted event name and fields; never an event's contents.

Warnings and errors go through aws-lambda-powertools' Logger. The line that every request gets has the same shape but
is written directly: the Logger takes 43 µs for one, more than all else that a request costs; this takes 2 µs.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import msgspec
from aws_lambda_powertools import Logger

SERVICE = "collector"
_CALLER = 3  # stack level at which the powertools Logger finds who called us
_encode_lines = msgspec.json.Encoder().encode_lines


class Line(msgspec.Struct, kw_only=True):
    """What every line has; a kind of line that comes often has its own type."""

    level: str = "INFO"
    message: str
    timestamp: str | None = None
    service: str = SERVICE


class Log:
    """The collector's log."""

    def __init__(self, level: str = "INFO", stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._logger = Logger(service=SERVICE, level=level, stream=self._stream, use_rfc3339=True, utc=True)
        # Loggers are the process's: one made before, by an earlier app, would keep its level and stream.
        self._logger.setLevel(level)
        self.handler = self._logger.registered_handler
        if isinstance(self.handler, logging.StreamHandler):
            self.handler.stream = self._stream  # not setStream, which flushes the old one: it may be closed
        self._lines: list[Line | dict[str, object]] = []
        self._infos = self._logger.log_level <= logging.INFO

    def info(self, message: str, **fields: object) -> None:
        """A line of everyday business."""
        if self._infos:
            self.line(message, fields)

    def often(self, line: Line) -> None:
        """``info`` for a line with a type of its own."""
        if self._infos:
            self._add(line)

    def line(self, message: str, fields: dict[str, object]) -> None:
        """An ``info`` line that is written whatever the level."""
        self._add({"level": "INFO", "message": message, "timestamp": None, "service": SERVICE} | fields)

    def _add(self, line: Line | dict[str, object]) -> None:
        self._lines.append(line)
        if len(self._lines) == 1:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:
                self.flush()

    def flush(self) -> None:
        """Write the lines that have gathered since the event loop's last turn: one commit answers many requests."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        for line in lines:
            if isinstance(line, Line):
                line.timestamp = now
            else:
                line["timestamp"] = now
        self._stream.write(_encode_lines(lines).decode())
        self._stream.flush()

    def warning(self, message: str, **fields: object) -> None:
        """A line that somebody may want to look at."""
        self.flush()
        self._logger.warning(message, extra=fields, stacklevel=_CALLER)

    def error(self, message: str, **fields: object) -> None:
        """A line that somebody must look at."""
        self.flush()
        self._logger.error(message, extra=fields, stacklevel=_CALLER)

    def exception(self, message: str, **fields: object) -> None:
        """``error`` with the stack of the exception that is being handled."""
        self.flush()
        self._logger.exception(message, extra=fields, stacklevel=_CALLER)


def make_uvicorn_log_json(log: Log) -> None:
    """Have uvicorn's own few lines come as JSON too, and its access lines not at all: the collector writes its own."""
    server = logging.getLogger("uvicorn")
    if server.handlers:
        server.handlers = [log.handler]
        server.addFilter(_without_colors)
        logging.getLogger("uvicorn.error").addFilter(_without_colors)
    access = logging.getLogger("uvicorn.access")
    access.handlers, access.propagate = [], False


def _without_colors(record: logging.LogRecord) -> bool:
    record.__dict__.pop("color_message", None)
    return True
