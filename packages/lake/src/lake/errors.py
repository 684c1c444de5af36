"""Errors of the raw lake.

LakeError
├── LakeUnavailableError   retryable: the store did not take or give the object now
├── LakeRefusedError       terminal: there is no such object, or the credentials do not reach it
├── ObjectExistsError      terminal: an object is written once, and this key is taken
└── LakeUrlError           terminal: the lake's URL cannot be opened
"""


class LakeError(Exception):
    """Base of all errors of the lake."""

    retryable = False


class LakeUnavailableError(LakeError):
    """The store answered with an error, or not at all; the same call may succeed later."""

    retryable = True


class LakeRefusedError(LakeError):
    """The store answered that there is no such object, or that we may not read: asking again changes nothing."""


class ObjectExistsError(LakeError):
    """The key already holds an object; the one in the lake is kept."""


class LakeUrlError(LakeError):
    """The lake's URL has an unknown scheme or names a place that cannot be opened."""
