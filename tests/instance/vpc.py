"""Network namespaces in place of subnets, and moto in place of AWS."""

import json
import os
import subprocess
import sys
import time
from typing import Any

# Third byte and host's last byte of the one machine in each: the addresses of infra/cloudformation/10-network.yaml.
SUBNETS = {"warehouse": (16, 10), "etl": (32, 20), "admin": (48, 20), "public": (0, 66), "aws": (80, 2)}
REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
AWS_URL = "http://10.0.80.2:5000"

_CALL = """
import boto3, json, sys
for service, operation, parameters in json.load(sys.stdin):
    answer = getattr(boto3.client(service), operation)(**parameters)
"""
_CONNECT = """
import json, psycopg2, sys
url, statements = json.load(sys.stdin)
try:
    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    print(json.dumps({"rows": cursor.fetchall() if cursor.description else []}, default=str))
except psycopg2.Error as error:
    print(json.dumps({"error": str(error)}))
"""
_FETCH = """
import json, sys, urllib.request
try:
    with urllib.request.urlopen(json.load(sys.stdin), timeout=20) as answer:
        print(json.dumps({"status": answer.status, "body": answer.read().decode()}))
except OSError as error:
    print(json.dumps({"error": str(error)}))
"""
_MIGRATE = """
import json, sys
from warehouse.migrate import migrate
print(json.dumps(migrate(json.load(sys.stdin), {}, "Europe/Berlin")))
"""


class Vpc:
    """One namespace a subnet, all at one router."""

    def __enter__(self) -> "Vpc":
        self._prefix = f"cs{os.getpid()}"
        self._moto: subprocess.Popen[bytes] | None = None
        try:
            self._lay()
            self._start_aws()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._moto:
            self._moto.terminate()
            self._moto.wait(timeout=20)
        for name in ("router", *SUBNETS):
            subprocess.run(["ip", "netns", "del", self._name(name)], capture_output=True, check=False)

    def _name(self, subnet: str) -> str:
        return f"{self._prefix}-{subnet}"

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True, timeout=20)

    def _lay(self) -> None:
        router = self._name("router")
        self._ip("netns", "add", router)
        self._ip("-n", router, "link", "set", "lo", "up")
        for subnet, (third, last) in SUBNETS.items():
            name = self._name(subnet)
            self._ip("netns", "add", name)
            self._ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", subnet, "netns", router)
            self._ip("-n", router, "address", "add", f"10.0.{third}.1/24", "dev", subnet)
            self._ip("-n", router, "link", "set", subnet, "up")
            self._ip("-n", name, "address", "add", f"10.0.{third}.{last}/24", "dev", "eth0")
            self._ip("-n", name, "link", "set", "eth0", "up")
            self._ip("-n", name, "link", "set", "lo", "up")
            self._ip("-n", name, "route", "add", "default", "via", f"10.0.{third}.1")
        subprocess.run(self.inside("router", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"), check=True, timeout=20)

    def inside(self, subnet: str, *command: str) -> list[str]:
        """A command line that runs in a subnet."""
        return ["nsenter", f"--net=/run/netns/{self._name(subnet)}", *command]

    def _start_aws(self) -> None:
        command = self.inside("aws", sys.executable, "-m", "moto.server", "-H", "10.0.80.2", "-p", "5000")
        self._moto = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        probe = self.inside("aws", "python3", "-c", f"import urllib.request as r; r.urlopen('{AWS_URL}/moto-api/')")
        while subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            assert time.monotonic() < until, "moto does not start"
            time.sleep(0.3)

    def call(self, *calls: tuple[str, str, dict[str, Any]]) -> None:
        """Calls to AWS, one after the other."""
        self._python("aws", _CALL, calls)

    def query(self, subnet: str, url: str, *statements: str) -> dict[str, Any]:
        """Statements by a client in a subnet: {"rows": of the last} or {"error": what the server or the net said}."""
        answer: dict[str, Any] = json.loads(self._python(subnet, _CONNECT, [url, statements]))
        return answer

    def fetch(self, subnet: str, url: str) -> dict[str, Any]:
        """A page, asked for in a subnet: {"status", "body"} or {"error"}."""
        answer: dict[str, Any] = json.loads(self._python(subnet, _FETCH, url))
        return answer

    def migrate(self, subnet: str, url: str) -> list[str]:
        """The warehouse's migration, from a subnet."""
        done: list[str] = json.loads(self._python(subnet, _MIGRATE, url))
        return done

    def _python(self, subnet: str, script: str, given: object) -> str:
        done = subprocess.run(
            self.inside(subnet, sys.executable, "-W", "ignore", "-c", script),
            input=json.dumps(given),
            env=os.environ | CREDENTIALS | {"AWS_ENDPOINT_URL": AWS_URL},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout
