"""Container images: built where they are missing, named by what they are made of."""

import base64
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError, ToolError
from deploy.tools import Tools


@dataclass(frozen=True)
class Image:
    """An image of the repository: the parameter that takes it, its Dockerfile, and what goes into it."""

    name: str
    parameter: str
    dockerfile: str
    sources: tuple[str, ...]


_PYTHON = ("requirements", "docker", "packages/lake", "packages/secret-settings", "packages/warehouse")
SERVICES = (
    Image("collector", "CollectorImage", "services/collector/Dockerfile", ("services/collector", *_PYTHON)),
    Image("etl", "EtlImage", "services/etl/Dockerfile", ("services/etl", *_PYTHON)),
    Image("admin-api", "AdminApiImage", "services/admin-api/Dockerfile", ("services/admin-api", *_PYTHON)),
)
DASHBOARD = Image("dashboard", "", "shiny/Dockerfile", ("shiny",))


def tag_of(image: Image, repository: Path, environment: Environment) -> str:
    """A tag by content: the same sources have the same tag, so that what is there is neither built nor pushed again.

    Raises:
        ToolError: the folder is no git repository.
    """
    digest = hashlib.sha256(environment.architecture.encode())
    for name in _source_files(image, repository):
        path = repository / name
        if path.is_file():
            digest.update(f"\0{name}\0{path.stat().st_mode & 0o111}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _source_files(image: Image, repository: Path) -> Iterator[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *image.sources],  # noqa: S607 -- git is git
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        raise ToolError(f"git cannot list {repository}: {listed.stderr.strip()}")
    yield from sorted(name for name in listed.stdout.split("\0") if name)


class Registry:
    """The account's registry of images (ECR)."""

    def __init__(self, calls: Calls, tools: Tools, container_tool: str, environment: Environment) -> None:
        self._calls = calls
        self._tools = tools
        self._container_tool = container_tool
        self._environment = environment
        self._logged_in = False

    def digest(self, image: Image, tag: str) -> str | None:
        """The digest of an image that is there, else None."""
        try:
            (told,) = self._calls(
                "ecr", "describe_images", repositoryName=self._name(image), imageIds=[{"imageTag": tag}]
            )["imageDetails"]
        except CallError as error:
            if error.code in ("ImageNotFoundException", "RepositoryNotFoundException"):
                return None
            raise
        return str(told["imageDigest"])

    def provide(self, image: Image, tag: str, repository_uri: str) -> str:
        """The image's URI by digest; built and pushed where it is missing.

        Raises:
            ToolError: building or pushing failed.
        """
        digest = self.digest(image, tag)
        if digest is None:
            self._log_in(repository_uri)
            reference = f"{repository_uri}:{tag}"
            build(self._tools, self._container_tool, image, reference, self._environment)
            self._tools.run(self._container_tool, "push", reference)
            digest = self.digest(image, tag)
            if digest is None:
                raise ToolError(f"{reference} was pushed, but the registry does not have it")
        return f"{repository_uri}@{digest}"

    def _name(self, image: Image) -> str:
        return f"clickstream-{self._environment.name}/{image.name}"

    def _log_in(self, repository_uri: str) -> None:
        if self._logged_in:
            return
        (granted,) = self._calls("ecr", "get_authorization_token")["authorizationData"]
        user, password = base64.b64decode(granted["authorizationToken"]).decode().split(":", 1)
        host = repository_uri.split("/", 1)[0]
        self._tools.run(self._container_tool, "login", "--username", user, "--password-stdin", host, stdin=password)
        self._logged_in = True


def build(tools: Tools, container_tool: str, image: Image, reference: str, environment: Environment) -> None:
    """Build an image for the environment's architecture, from the repository's root.

    Raises:
        ToolError: it failed.
    """
    # Lambda reads no attestations: it wants the plain manifest of one architecture.
    plain = ("--provenance=false",) if container_tool.endswith("docker") else ()
    tools.run(
        container_tool, "build", "--platform", environment.docker_platform, *plain, "-f", image.dockerfile, "-t",
        reference, ".",
    )  # fmt: skip
