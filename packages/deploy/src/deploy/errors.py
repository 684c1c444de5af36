"""Errors of the deploy command. Each is shown as one line; none as a traceback.

DeployError
├── PrerequisiteError     terminal: something that the command needs is missing, or a setting is wrong
├── CallError             terminal: AWS refused a call; has AWS's error code
├── ToolError             terminal: a program that the command runs ended with an error
├── StackError            terminal: a stack did not come to be what it should; has the first reasons
├── DangerError           terminal: a change would replace or remove what holds data
└── MigrationError        terminal: the warehouse was not migrated
"""


class DeployError(Exception):
    """Base of all errors of the command; its text says what, where and what to do."""


class PrerequisiteError(DeployError):
    """Something that the command needs is missing, or a setting is wrong."""


class CallError(DeployError):
    """AWS refused a call."""

    def __init__(self, call: str, code: str, message: str) -> None:
        super().__init__(f"{call}: {message} ({code})")
        self.code = code
        self.message = message


class ToolError(DeployError):
    """A program that the command runs ended with an error."""


class StackError(DeployError):
    """A stack did not come to be what it should."""


class DangerError(DeployError):
    """A change would replace or remove what holds data."""


class MigrationError(DeployError):
    """The warehouse was not migrated."""
