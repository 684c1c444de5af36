"""Errors of the warehouse.

WarehouseError
├── WarehouseUnavailableError   retryable: it cannot be reached, or is shutting down
└── MigrationError              terminal: it could not be brought to this version
"""


class WarehouseError(Exception):
    """Base of all errors of the warehouse."""

    retryable = False


class WarehouseUnavailableError(WarehouseError):
    """No connection; the same call may succeed later."""

    retryable = True


class MigrationError(WarehouseError):
    """The warehouse could not be brought to this version; nothing was changed."""
