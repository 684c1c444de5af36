"""`--print`: a deployment on paper. Every call and every program is printed, none is done, no account is needed.

It shows the first deployment into an empty account, in which each call that asks finds nothing.
"""

import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.errors import CallError
from deploy.templates import Template

_ACCOUNT = "111122223333"
_LONGEST_BODY = 200


class PaperCalls:
    """AWS as an empty account that does what it is told."""

    def __init__(self, region: str, templates: list[Template], environment: str, say: Callable[[str], None]) -> None:
        self.region = region
        self._say = say
        self._templates = {template.stack_name(environment): template for template in templates}
        self._bodies = {template.body: template.path.name for template in templates}
        self._stacks: set[str] = set()
        self._pending: set[str] = set()
        self._images: set[str] = set()

    def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """See `Calls`."""
        self._say(f"aws {service} {operation.replace('_', '-')} {self._shown(parameters)}")
        answer: dict[str, Any] = getattr(self, f"_{operation}", lambda **_: {})(**parameters)
        return answer

    def _shown(self, parameters: dict[str, Any]) -> str:
        def brief(key: str, value: Any) -> Any:
            if key == "TemplateBody":
                return f"(infra/cloudformation/{self._bodies[value]})"
            if key == "Value" and parameters.get("Type") == "SecureString":
                return "(32 random letters and digits)"
            if isinstance(value, bytes):
                return value.decode() if len(value) < _LONGEST_BODY and value.isascii() else f"({len(value)} bytes)"
            return value

        return json.dumps({key: brief(key, value) for key, value in parameters.items()})

    def _get_caller_identity(self) -> dict[str, Any]:
        return {"Account": _ACCOUNT}

    def _get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}}

    def _describe_managed_prefix_lists(self, **_: Any) -> dict[str, Any]:
        return {"PrefixLists": [{"PrefixListId": "pl-00000000"}]}

    def _get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        if Name.startswith("/aws/"):
            return {"Parameter": {"Value": "ami-00000000000000000"}}
        raise CallError("ssm get-parameter", "ParameterNotFound", Name)

    def _get_parameters(self, Names: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        return {"Parameters": [], "InvalidParameters": Names}

    def _describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        if StackName not in self._stacks:
            raise CallError("cloudformation describe-stacks", "ValidationError", f"{StackName} does not exist")
        outputs = self._templates[StackName].document.get("Outputs", {})
        return {
            "Stacks": [
                {
                    "StackStatus": "CREATE_COMPLETE",
                    "Outputs": [{"OutputKey": key, "OutputValue": f"<{StackName}.{key}>"} for key in outputs],
                }
            ]
        }

    def _describe_change_set(self, StackName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        if StackName not in self._pending:
            raise CallError("cloudformation describe-change-set", "ChangeSetNotFound", StackName)
        return {"Status": "CREATE_COMPLETE", "Changes": []}

    def _create_change_set(self, StackName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        self._pending.add(StackName)
        return {}

    def _execute_change_set(self, StackName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        self._pending.discard(StackName)
        self._stacks.add(StackName)
        return {}

    def _delete_stack(self, StackName: str) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        self._stacks.discard(StackName)
        return {}

    def _describe_images(self, repositoryName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        if repositoryName in self._images:
            return {"imageDetails": [{"imageDigest": "sha256:" + "0" * 64}]}
        self._images.add(repositoryName)  # asked again after the push
        raise CallError("ecr describe-images", "ImageNotFoundException", repositoryName)

    def _get_authorization_token(self) -> dict[str, Any]:
        return {"authorizationData": [{"authorizationToken": "QVdTOnBhc3N3b3Jk"}]}

    def _head_object(self, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- AWS's spelling
        raise CallError("s3 head-object", "404", Key)

    def _create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        return {"UploadId": "upload"}

    def _upload_part(self, **_: Any) -> dict[str, Any]:
        return {"ETag": "etag"}

    def _invoke(self, **_: Any) -> dict[str, Any]:
        return {"Payload": io.BytesIO(b'{"after": "<newest>", "steps": []}')}

    def _describe_volumes(self, **_: Any) -> dict[str, Any]:
        return {"Volumes": []}

    def _list_object_versions(self, **_: Any) -> dict[str, Any]:
        return {"IsTruncated": False}

    def existing(self) -> "PaperCalls":
        """The same account with everything deployed, for rehearsing what comes after."""
        self._stacks = set(self._templates)
        return self


class PaperTools:
    """Programs that are printed instead of run."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def require(self, program: str, hint: str) -> None:
        """Nothing: no program is run."""

    def run(self, *command: str, stdin: str | None = None, into: Path | None = None) -> None:
        """Print the command line."""
        self._say(shlex.join(command) + (" < (a token)" if stdin else "") + (f" > {into.name}" if into else ""))
