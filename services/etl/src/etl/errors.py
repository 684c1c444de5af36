"""Errors of the ETL.

    EtlError
    ├── LoadError          retryable: several windows in a row failed, so it is not the windows
    ├── BooksError         terminal: what was written is not what the books say; a defect of the ETL
    ├── RangeError         terminal: the range that was asked for cannot be one
    ├── RunNotFoundError   terminal: no queued run has this id
    └── NotConfiguredError terminal: what is asked for needs a setting that is not set

Errors of the lake and the warehouse pass through as they are; ``retryable`` tells what the next tick will mend.
"""


class EtlError(Exception):
    """Base of the ETL's own errors."""

    retryable = False
    status = 500


class LoadError(EtlError):
    """Several windows in a row could not be loaded: something all of them need is broken."""

    retryable = True
    status = 503


class BooksError(EtlError):
    """What was written is not what the books say. Nothing of it was kept."""


class RangeError(EtlError):
    """A range of windows that is empty, reversed or without a time zone."""

    status = 422


class RunNotFoundError(EtlError):
    """The run is not queued: it does not exist, or somebody has begun it."""

    status = 404


class NotConfiguredError(EtlError):
    """What is asked for needs a setting that is not set."""

    status = 409
