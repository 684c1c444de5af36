"""`deploy`: everything that an environment is, made or brought up to date.

Each step leaves alone what is right, so that a deployment that stopped anywhere is gone on with by another.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import found
from deploy.artifacts import Bucket, instance_settings, provide_dashboard, setup_archive
from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError, MigrationError
from deploy.images import DASHBOARD, SERVICES, Registry, tag_of
from deploy.pictures import provide_pictures
from deploy.secret_parameters import put_missing_secrets
from deploy.stacks import Stacks
from deploy.templates import Template
from deploy.tools import Tools

Say = Callable[[str], None]

# A new instance installs PostgreSQL and the migration waits for it.
_MIGRATION_WAIT_SECONDS = 900
_MIGRATION_PAUSE_SECONDS = 15
_COME_AND_GO = ("cannot be reached", "TooManyRequests", "ResourceConflict", "locked", "CodeArtifactUserPending")


@dataclass
class Deployment:
    """One environment and the ways to change it."""

    environment: Environment
    templates: list[Template]
    repository: Path
    container_tool: str
    calls: Calls
    tools: Tools
    say: Say
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _found: dict[str, str] = field(default_factory=dict)
    _outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self) -> dict[str, str]:
        """Deploy all of it; where everything is.

        Raises:
            DeployError: a step could not be done. What was done stays, and the next run begins there.
        """
        self.tools.require(
            self.container_tool, "images are built with it; CONTAINER_TOOL names another, such as podman"
        )
        self.tools.require("git", "it tells which files an image is made of")
        if self.environment.storefront:
            self.tools.require("node", "it draws the pictures of the shop")
        account = found.account_id(self.calls)
        self.say(f"account {account}, region {self.calls.region}, environment {self.environment.name}")
        self._find_out()
        for layer in ("network", "access", "storage"):
            self._stack(layer)
        self._images()
        made = put_missing_secrets(self.calls, self.environment)
        self.say(f"secrets: {len(made)} made" if made else "secrets: all there")
        artifacts = Bucket(self.calls, self._outputs["storage"]["ArtifactsBucket"])
        dashboard = self._dashboard(artifacts)
        # Before the instance, which reads them when it boots.
        self._instance(artifacts, self._with_admin_api(dashboard))
        self._stack("databases")
        self._found["WarehouseServer"] = self._outputs["databases"]["WarehouseServer"]
        for layer in ("collector", "etl", "admin-api"):
            self._stack(layer)
        self._instance(artifacts, self._with_admin_api(dashboard))
        for template in self.environment.wanted(self.templates):
            if template.layer not in self._outputs:
                self._stack(template.layer)
        if self.environment.storefront:
            assets = Bucket(self.calls, self._outputs["frontend"]["AssetBucket"])
            self.say(f"pictures of the shop: {provide_pictures(assets, self.tools, self.repository)} new")
        self._migrate()
        return self._places()

    def _find_out(self) -> None:
        found.check_function_quota(self.calls)
        self._found = {
            "Environment": self.environment.name,
            "Architecture": self.environment.architecture,
            "S3PrefixListId": found.s3_prefix_list(self.calls),
            "ImageId": found.image_in_use(self.calls, self.environment),
        }

    def _stack(self, layer: str) -> None:
        (template,) = (template for template in self.templates if template.layer == layer)
        stacks = Stacks(self.calls, self.sleep)
        begun = self.clock()
        changed = stacks.deploy(template, self.environment.name, self.environment.for_template(template, self._found))
        name = template.stack_name(self.environment.name)
        self.say(f"stack {name}: " + (f"deployed in {self.clock() - begun:.0f} s" if changed else "as it should be"))
        stack = stacks.find(name)
        self._outputs[layer] = stack.outputs if stack else {}

    def _with_admin_api(self, dashboard: dict[str, str]) -> dict[str, str]:
        """The dashboard's settings with the admin API's address, once there is one."""
        name = f"clickstream-{self.environment.name}-admin-api"
        stack = Stacks(self.calls, self.sleep).find(name)
        url = stack.outputs.get("AdminApiUrl") if stack else None
        return dashboard | {"ADMIN_API_URL": url} if url else {}

    def _images(self) -> None:
        registry = Registry(self.calls, self.tools, self.container_tool, self.environment)
        host = f"{found.account_id(self.calls)}.dkr.ecr.{self.calls.region}.amazonaws.com"
        for image in SERVICES:
            tag = tag_of(image, self.repository, self.environment)
            uri = f"{host}/clickstream-{self.environment.name}/{image.name}"
            self._found[image.parameter] = registry.provide(image, tag, uri)
            self.say(f"image {image.name}: {tag}")

    def _dashboard(self, artifacts: Bucket) -> dict[str, str]:
        tag = tag_of(DASHBOARD, self.repository, self.environment)
        dashboard = provide_dashboard(artifacts, self.tools, self.container_tool, self.environment, tag)
        self.say(f"image dashboard: {tag}")
        return dashboard

    def _instance(self, artifacts: Bucket, dashboard: dict[str, str]) -> None:
        changed = artifacts.put_if_changed(
            "instance/setup.tar.gz", setup_archive(self.repository / "infra" / "instance")
        )
        settings = instance_settings(self.environment, self._outputs["network"], dashboard)
        for name, body in settings.items():
            changed |= artifacts.put_if_changed(f"instance/{name}", body.encode())
        if changed:
            self.say("instance settings: new, taken over within five minutes")

    def _migrate(self) -> None:
        function = self._outputs["etl"]["MigrateFunction"]
        until = self.clock() + _MIGRATION_WAIT_SECONDS
        while True:
            problem, answer = self._try_migration(function)
            if problem is None:
                for step in answer.get("steps", []):
                    self.say(f"warehouse: {step}")
                self.say(f"warehouse: at {answer.get('after')}")
                return
            if not any(sign in problem for sign in _COME_AND_GO) or self.clock() >= until:
                raise MigrationError(f"the warehouse was not migrated: {problem}")
            self.say(f"warehouse: waiting ({problem})")
            self.sleep(_MIGRATION_PAUSE_SECONDS)

    def _try_migration(self, function: str) -> tuple[str | None, dict[str, Any]]:
        try:
            told = self.calls("lambda", "invoke", FunctionName=function, Payload=b'{"action": "migrate"}')
        except CallError as error:
            return str(error), {}
        answer = json.loads(told["Payload"].read() or b"{}")
        if told.get("FunctionError"):
            return str(answer.get("errorMessage", answer)), {}
        return None, answer if isinstance(answer, dict) else {}

    def _places(self) -> dict[str, str]:
        places = {
            "collector": self._outputs["collector"]["CollectorUrl"] + "/clickstream",
            "dashboard": f"make tunnel ENV={self.environment.name}, then http://127.0.0.1:3838",
            "admin API (inside the VPC)": self._outputs["admin-api"]["AdminApiUrl"],
            "CloudWatch": self._outputs["dashboard"]["DashboardUrl"],
        }
        if url := self._outputs.get("frontend", {}).get("StorefrontUrl"):
            places["storefront"] = url
        if self.environment.with_shop:
            places["shop database"] = self._outputs["databases"]["ShopHost"]
        return places
