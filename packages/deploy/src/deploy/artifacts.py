"""What a deployment puts into buckets: for the instances their setup, their settings, the dashboard's image."""

import gzip
import hashlib
import io
import shutil
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError
from deploy.images import DASHBOARD, build
from deploy.tools import Tools

_PART_BYTES = 16 << 20


class Bucket:
    """A bucket that the deployment fills."""

    def __init__(self, calls: Calls, name: str) -> None:
        self._calls = calls
        self.name = name

    def has(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            self._calls("s3", "head_object", Bucket=self.name, Key=key)
        except CallError as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True

    def put_if_changed(self, key: str, body: bytes, **headers: str) -> bool:
        """Put an object unless it is there with this content; whether it was put.

        Args:
            key: its name.
            body: its content.
            headers: what it is served with, as S3's PutObject names them.
        """
        fingerprint = hashlib.sha256(body).hexdigest()
        try:
            told = self._calls("s3", "head_object", Bucket=self.name, Key=key)
            if told.get("Metadata", {}).get("sha256") == fingerprint:
                return False
        except CallError as error:
            if error.code not in ("404", "NoSuchKey", "NotFound"):
                raise
        self._calls(
            "s3", "put_object", Bucket=self.name, Key=key, Body=body, Metadata={"sha256": fingerprint}, **headers
        )
        return True

    def put_file(self, key: str, path: Path) -> None:
        """Put a large file, in parts; all of it or nothing."""
        upload = self._calls("s3", "create_multipart_upload", Bucket=self.name, Key=key)["UploadId"]
        parts: list[dict[str, object]] = []
        with path.open("rb") as file:
            while body := file.read(_PART_BYTES):
                number = len(parts) + 1
                told = self._calls(
                    "s3", "upload_part", Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=body
                )
                parts.append({"PartNumber": number, "ETag": told["ETag"]})
        self._calls(
            "s3",
            "complete_multipart_upload",
            Bucket=self.name,
            Key=key,
            UploadId=upload,
            MultipartUpload={"Parts": parts},
        )


def setup_archive(folder: Path) -> bytes:
    """infra/instance as setup.tar.gz, the same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(f"instance/{path.relative_to(folder)}")
            entry.size = path.stat().st_size
            entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            with path.open("rb") as file:
                archive.addfile(entry, file)
    return gzip.compress(buffer.getvalue(), mtime=0)


def instance_settings(environment: Environment, network: dict[str, str], dashboard: dict[str, str]) -> dict[str, str]:
    """The settings file of each role of instance, by its key below instance/. They hold no secrets."""
    version = f"POSTGRES_VERSION={environment.postgres_version}\n"
    warehouse = version + f"ETL_CIDRS={network['EtlCidrs']}\nADMIN_CIDRS={network['AdminCidrs']}\n"
    warehouse += "".join(f"{name}={value}\n" for name, value in dashboard.items())
    settings = {"warehouse.env": warehouse}
    if environment.with_shop:
        clients = [str(environment.parameters.get(f"ShopClientCidr{number}", "")) for number in (1, 2)]
        settings["shop.env"] = version + f"SHOP_CIDRS={','.join(filter(None, clients))}\n"
    return settings


def provide_dashboard(
    artifacts: Bucket, tools: Tools, container_tool: str, environment: Environment, tag: str
) -> dict[str, str]:
    """The dashboard's image as an archive in the bucket, built where it is missing; its settings of the instance.

    Raises:
        ToolError: building or saving failed.
    """
    reference, archive = f"clickstream-dashboard:{tag}", f"dashboard-{tag}.tar.gz"
    if not artifacts.has(f"instance/{archive}"):
        build(tools, container_tool, DASHBOARD, reference, environment)
        with TemporaryDirectory() as folder:
            plain, packed = Path(folder) / "image.tar", Path(folder) / archive
            tools.run(container_tool, "save", reference, into=plain)
            plain.touch()  # a rehearsal saves nothing
            with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            artifacts.put_file(f"instance/{archive}", packed)
    return {"DASHBOARD_IMAGE": reference, "DASHBOARD_ARCHIVE": archive}
