"""What the ETL's process asks of its allocator."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from etl.memory import ENVIRONMENT

_DOCKERFILE = Path(__file__).parents[1] / "Dockerfile"
_PEAK = """
import re, pathlib
from etl.memory import give_back
held = [bytes(100_000) for _ in range(1_000)]
before = int(re.search(r"VmRSS:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
del held
kept = int(re.search(r"VmRSS:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
give_back()
after = int(re.search(r"VmRSS:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
print(before, kept, after)
"""


def test_the_image_has_the_same_environment():
    said = dict(re.findall(r"^ENV (\w+)=(\S+)$", _DOCKERFILE.read_text(), re.MULTILINE))
    assert said == ENVIRONMENT


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator is glibc's")
def test_memory_is_kept_until_it_is_given_back():
    done = subprocess.run(
        [sys.executable, "-c", _PEAK], env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=True
    )
    before, kept, after = map(int, done.stdout.split())
    assert kept > before - 20_000  # kB
    assert after < kept - 30_000
