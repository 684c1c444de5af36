"""Errors of the clickstream command. Each is shown as one line; none as a traceback.

ClickstreamError
├── HomeError             terminal: the home folder cannot be made or read
├── PortTakenError        terminal: another process listens on a port that a service needs
├── AlreadyRunningError   terminal: a second `up` on the same home folder
├── PostgresError         terminal: the embedded PostgreSQL does not start or stop
├── ServiceError          terminal: a service does not get ready, or keeps dying
├── InputError            terminal: a file or an argument that cannot be used
├── BackupError           terminal: a backup that cannot be made, read or put in the warehouse's place
└── DeliveryError         retryable: a collector did not take events
    └── RequestRefusedError   terminal: it cannot read the request, and never will
"""


class ClickstreamError(Exception):
    """Base of all errors of the command; its text is one line that says what, where and what to do."""

    retryable = False


class HomeError(ClickstreamError):
    """The home folder, or its clickstream.json, cannot be made or read."""


class PortTakenError(ClickstreamError):
    """A port that a service needs is in use by another process."""


class AlreadyRunningError(ClickstreamError):
    """Another `clickstream up` holds this home folder."""


class PostgresError(ClickstreamError):
    """The embedded PostgreSQL does not start or stop."""


class ServiceError(ClickstreamError):
    """A service does not get ready, or keeps dying."""


class InputError(ClickstreamError):
    """A file or an argument that cannot be used."""


class BackupError(ClickstreamError):
    """A backup that cannot be made or read, or that would overwrite something."""


class DeliveryError(ClickstreamError):
    """A collector did not take events; sending the same again is safe (same event ids)."""

    retryable = True


class RequestRefusedError(DeliveryError):
    """A collector cannot read a request, whenever it is sent: too large, or not JSON."""

    retryable = False
