"""Programs that a deployment runs (docker, the Session Manager plugin): a port, and the real thing."""

import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from deploy.errors import PrerequisiteError, ToolError


class Tools(Protocol):
    """Running programs."""

    def require(self, program: str, hint: str) -> None:
        """Stop with a hint where a program is not installed.

        Raises:
            PrerequisiteError: it is not.
        """

    def run(self, *command: str, stdin: str | None = None, into: Path | None = None) -> None:
        """Run a program to its end, its output shown.

        Args:
            command: program and arguments; no secret may be among them.
            stdin: what it reads.
            into: file that its standard output goes to.

        Raises:
            ToolError: it ended with an error.
        """


class LocalTools:
    """Programs of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def require(self, program: str, hint: str) -> None:
        """See `Tools`."""
        if shutil.which(program) is None:
            raise PrerequisiteError(f"{program} is not installed: {hint}")

    def run(self, *command: str, stdin: str | None = None, into: Path | None = None) -> None:
        """See `Tools`."""
        if into is None:
            code = subprocess.run(command, cwd=self._folder, input=stdin, text=True, check=False).returncode
        else:
            with into.open("wb") as file:
                code = subprocess.run(command, cwd=self._folder, stdout=file, check=False).returncode
        if code != 0:
            raise ToolError(f"«{' '.join(command)}» ended with {code}")
