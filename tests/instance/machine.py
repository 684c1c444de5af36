"""A machine: a root file system of its own over a pristine one, a block device as its volume, booted by user data."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from deploy.templates import load_templates

from .vpc import AWS_URL, CREDENTIALS, REGION, Vpc

REPOSITORY = Path(__file__).parents[2]
VOLUME_ID = "vol-0123456789abcdef0"
BUCKET = "artifacts"
_NODES = {"null": (1, 3), "zero": (1, 5), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


def user_data(resource: str) -> str:
    """The user data that a template gives an instance, its references resolved."""
    (template,) = [t for t in load_templates(REPOSITORY / "infra" / "cloudformation") if t.layer == "databases"]
    text, _ = template.document["Resources"][resource]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    values = {
        "AWS::Region": REGION,
        "Environment": "test",
        "Artifacts": BUCKET,
        "WarehouseVolume": VOLUME_ID,
    }
    return re.sub(r"\$\{([A-Za-z:.]+)\}", lambda found: values[found[1]], text)


class Machine:
    """The analytics instance. Its volume outlives `replace`, as on AWS."""

    def __init__(self, vpc: Vpc, pristine: Path, folder: Path) -> None:
        self._vpc = vpc
        self._pristine = pristine
        self._folder = folder
        self.root = folder / "root"
        self._disk = folder / "volume.img"
        self._disk.touch()
        os.truncate(self._disk, 300 << 20)
        attached = subprocess.run(
            ["losetup", "--find", "--show", self._disk], capture_output=True, text=True, check=True
        )
        self._device = Path(attached.stdout.strip())
        self._images = Path(mkdtemp(prefix="clickstream-images-"))  # podman takes no longer path than 50 characters
        self._generation = 0
        self._assemble()

    def _assemble(self) -> None:
        """A fresh system disk, with the device files that udev would make."""
        self._generation += 1
        upper, work = self._folder / f"upper{self._generation}", self._folder / f"work{self._generation}"
        for folder in (self.root, upper, work):
            folder.mkdir(exist_ok=True)
        layers = f"lowerdir={self._pristine},upperdir={upper},workdir={work}"
        _run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        _run("mount", "-t", "proc", "proc", str(self.root / "proc"))
        _run("mount", "-t", "tmpfs", "tmpfs", str(self.root / "run"))
        _run("mount", "-t", "tmpfs", "tmpfs", str(self.root / "dev"))
        for name, (major, minor) in _NODES.items():
            _run("mknod", "-m", "666", str(self.root / "dev" / name), "c", str(major), str(minor))
        (self.root / "dev/shm").mkdir(mode=0o1777)
        (self.root / "dev/fd").symlink_to("/proc/self/fd")
        number = self._device.stat().st_rdev
        disk = self.root / "dev" / self._device.name
        _run("mknod", str(disk), "b", str(os.major(number)), str(os.minor(number)))
        by_id = self.root / "dev/disk/by-id"
        by_id.mkdir(parents=True)
        (by_id / f"nvme-Amazon_Elastic_Block_Store_{VOLUME_ID.replace('-', '')}").symlink_to(f"/dev/{disk.name}")
        shutil.copy(Path(__file__).parent / "systemctl", self.root / "usr/local/bin/systemctl")
        docker = self.root / "usr/bin/docker"
        script = (Path(__file__).parent / "docker").read_text().replace("OUTSIDE", f"/proc/{os.getpid()}/root")
        docker.write_text(script.replace("ROOT", str(self.root)).replace("IMAGES", str(self._images)))
        docker.chmod(0o755)

    def do(self, command: str, seconds: float = 240) -> subprocess.CompletedProcess[str]:
        """Run a shell command on it."""
        return subprocess.run(
            self._vpc.inside("warehouse", "chroot", str(self.root), "bash", "-c", command),
            env=CREDENTIALS | {"AWS_ENDPOINT_URL": AWS_URL, "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def first_boot(self) -> subprocess.CompletedProcess[str]:
        """Run the user data, as cloud-init does at the first boot."""
        script = self.root / "tmp/user-data"
        script.write_text(user_data("WarehouseServer"))
        return self.do("bash /tmp/user-data")

    def refresh(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What the timer runs, or with --boot the boot."""
        return self.do(" ".join(["/opt/clickstream/instance/refresh", *arguments]))

    def stop(self) -> None:
        """Shut down: processes end, what is mounted is unmounted, /run is lost."""
        self.do("/usr/local/bin/systemctl stop clickstream-dashboard.service")
        pid = self.root / "run/clickstream-postgres.service.pid"
        if pid.exists():
            self.do("/usr/local/bin/systemctl is-active clickstream-postgres.service")
            _stop(int(pid.read_text()))
        subprocess.run(["umount", self.root / "var/lib/clickstream"], capture_output=True, check=False)

    def start_again(self) -> subprocess.CompletedProcess[str]:
        """The machine's next boot."""
        self.stop()
        _run("umount", str(self.root / "run"))
        _run("mount", "-t", "tmpfs", "tmpfs", str(self.root / "run"))
        return self.refresh("--boot")

    def replace(self) -> subprocess.CompletedProcess[str]:
        """Another machine in its place: a fresh system, the same volume; and its first boot."""
        self._dismantle()
        self._assemble()
        return self.first_boot()

    def grow_volume(self, mib: int) -> None:
        """Make the volume larger, as EBS does while it is in use."""
        os.truncate(self._disk, mib << 20)
        _run("losetup", "--set-capacity", str(self._device))

    def _dismantle(self) -> None:
        self.stop()
        for folder in ("dev", "run", "proc", ""):
            subprocess.run(["umount", self.root / folder], capture_output=True, check=False)

    def destroy(self) -> None:
        """Leave nothing behind."""
        self._dismantle()
        subprocess.run(["umount", "--recursive", "--lazy", self.root], capture_output=True, check=False)
        subprocess.run(["umount", "--recursive", self._images / "overlay"], capture_output=True, check=False)
        shutil.rmtree(self._images, ignore_errors=True)
        subprocess.run(["losetup", "--detach", self._device], check=False)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=30)


def _stop(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGINT)
        for _ in range(300):
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
            signal.sigtimedwait([], 0.1)
    except (ProcessLookupError, FileNotFoundError):
        return
