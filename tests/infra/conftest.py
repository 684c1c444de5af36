"""The templates, and an AWS (moto) to deploy them to."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from deploy.templates import Template, load_templates

from .moto_gaps import complete_cloudformation
from .moto_templates import for_moto

REPOSITORY = Path(__file__).parents[2]
REGION = "eu-central-1"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}


@pytest.fixture(scope="session")
def templates() -> list[Template]:
    """All templates, in the order of their deployment."""
    return load_templates(REPOSITORY / "infra" / "cloudformation")


@dataclass(frozen=True)
class Aws:
    """An AWS of moto's, a copy of the repository with templates that it can create, and stand-ins for programs."""

    url: str
    repository: Path
    programs: Path

    def client(self, service: str) -> Any:
        """A client of it."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def tell(self, path: str, body: dict[str, Any]) -> None:
        """Tell moto itself something."""
        request = Request(
            f"{self.url}/moto-api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=10):
            pass

    def migration_answers(self, *answers: dict[str, Any]) -> None:
        """What the functions answer from now on, one after the other."""
        self.tell("static/lambda-simple/response", {"results": [json.dumps(a) for a in answers], "region": REGION})

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `clickstream-deploy`, to its end."""
        return subprocess.run(
            [sys.executable, "-c", "from deploy.cli import app; app()", *arguments, "--repository", self.repository],
            env={
                **_CREDENTIALS,
                "AWS_ENDPOINT_URL": self.url,
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "PROGRAMS_LOG": str(self.log),
                "HOME": str(self.programs),
                "COLUMNS": "250",
            },
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def log(self) -> Path:
        """What the stand-ins for programs were asked to do, a line each."""
        return self.programs / "log"

    def programs_run(self) -> list[str]:
        """The lines of the log."""
        return self.log.read_text().splitlines() if self.log.exists() else []


# Notes its command line; `push` enters the image into the registry as the real one does.
_CONTAINER_TOOL = f"""#!{sys.executable}
import os, sys
stdin = sys.stdin.read() if "--password-stdin" in sys.argv else ""
with open(os.environ["PROGRAMS_LOG"], "a") as log:
    print("docker", *sys.argv[1:], file=log)
if sys.argv[1] == "login" and not stdin:
    sys.exit("no password on standard input")
if sys.argv[1] == "push":
    import boto3, json
    name, tag = sys.argv[2].split("/", 1)[1].rsplit(":", 1)
    layers = {{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
               "config": {{"digest": "sha256:" + "a" * 64, "size": 1, "mediaType": "x"}}, "layers": [], "of": name}}
    boto3.client("ecr").put_image(repositoryName=name, imageTag=tag, imageManifest=json.dumps(layers))
if sys.argv[1] == "save":
    sys.stdout.write("an image")
"""
_NOTES = f"""#!{sys.executable}
import os, sys
with open(os.environ["PROGRAMS_LOG"], "a") as log:
    print(os.path.basename(sys.argv[0]), *sys.argv[1:], file=log)
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory, templates: list[Template]) -> Iterator[Aws]:
    """An empty AWS account."""
    folder = tmp_path_factory.mktemp("aws")
    repository, programs = folder / "repository", folder / "programs"
    (repository / "infra" / "cloudformation").mkdir(parents=True)
    for template in templates:
        reduced = json.dumps(for_moto(template.document))
        (repository / "infra" / "cloudformation" / template.path.name).write_text(reduced)
    (repository / "infra" / "instance").symlink_to(REPOSITORY / "infra" / "instance")
    (repository / "storefront").symlink_to(REPOSITORY / "storefront")
    (repository / "infra" / "params").mkdir()
    settings = json.loads((REPOSITORY / "infra" / "params" / "dev.json").read_text())
    settings["storefront"] = True
    settings["parameters"] |= {"ShopDatabase": "yes", "ShopClientCidr1": "203.0.113.0/24", "AvailabilityZones": 2}
    (repository / "infra" / "params" / "test.json").write_text(json.dumps(settings))
    subprocess.run(["git", "init", "-q", repository], check=True)
    programs.mkdir()
    for name, text in {"docker": _CONTAINER_TOOL, "session-manager-plugin": _NOTES, "node": _NOTES}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with complete_cloudformation():
        server.start()
        try:
            host, port = server.get_host_and_port()
            account = Aws(f"http://{host}:{port}", repository, programs)
            account.tell("config", {"lambda": {"use_docker": False}})
            yield account
        finally:
            server.stop()
