"""Errors of the warehouse.

WarehouseError
├── WarehouseUnavailableError   retryable: it cannot be reached, or is shutting down
│   └── WarehouseRefusedError   terminal: it answers, and does not know the role, the password or the database
├── MigrationError              terminal: it could not be brought to this version
│   └── LockedError             retryable: somebody held a lock for too long
└── RejectFilterError           terminal: rejects are asked for by something that they do not have
"""


class WarehouseError(Exception):
    """Base of all errors of the warehouse."""

    retryable = False


class WarehouseUnavailableError(WarehouseError):
    """No connection; the same call may succeed later."""

    retryable = True


class WarehouseRefusedError(WarehouseUnavailableError):
    """The server answers and lets us not in: asking again changes nothing."""

    retryable = False


class MigrationError(WarehouseError):
    """The warehouse could not be brought to this version; nothing was changed."""


class LockedError(MigrationError):
    """Somebody held a lock for too long; nothing was changed, and the same call may succeed later."""

    retryable = True


class RejectFilterError(WarehouseError):
    """A filter of rejects names something that rejects do not have."""
