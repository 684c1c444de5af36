"""Servers that the tests across boundaries share; the modules of `support` hold them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from s3_server import S3Server, running_s3


@pytest.fixture
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server with an empty bucket."""
    with running_s3(Path(tmp_path_factory.mktemp("s3"))) as server:
        yield server
