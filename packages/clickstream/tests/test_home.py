import json
import os
import stat
from pathlib import Path

import pytest

from clickstream.errors import HomeError
from clickstream.home import OWNER, open_home, ports_from


def test_first_use_makes_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    home = open_home(tmp_path / "new" / "home")
    mode = stat.S_IMODE((home.path / "clickstream.json").stat().st_mode)
    assert mode == 0o600
    assert home.lake.is_dir()
    assert home.logs.is_dir()


def test_passwords_are_made_once_and_differ(tmp_path: Path) -> None:
    first, second = open_home(tmp_path), open_home(tmp_path)
    assert first == second
    assert len({*first.passwords.values(), first.admin_token}) == 5
    assert min(len(password) for password in first.passwords.values()) >= 32


def test_default_ports_are_the_documented_ones(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert home.collector_url == "http://127.0.0.1:8001"
    assert home.dashboard_url == "http://127.0.0.1:3838"
    assert home.warehouse_url().endswith("@127.0.0.1:5433/clickstream")


def test_port_base_moves_all_ports_in_the_documented_order_and_is_remembered(tmp_path: Path) -> None:
    assert list(ports_from(9000).values()) == [9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008]
    before = open_home(tmp_path)
    open_home(tmp_path, port_base=9000)
    after = open_home(tmp_path)
    assert (after.collector_url, after.admin_api_url) == ("http://127.0.0.1:9001", "http://127.0.0.1:9003")
    assert after.passwords == before.passwords


def test_a_warehouse_url_carries_the_password_of_its_role(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert home.passwords["clickstream_etl"] in home.warehouse_url("clickstream_etl")
    assert home.passwords[OWNER] not in home.warehouse_url("clickstream_etl")
    assert OWNER not in home.role_passwords
    with pytest.raises(HomeError, match="no role 'nobody'"):
        home.warehouse_url("nobody")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"ports": {}}', "{not json"])
def test_a_damaged_file_is_named_and_kept(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clickstream.json"
    file.write_text(content)
    with pytest.raises(HomeError, match=r"clickstream\.json is damaged"):
        open_home(tmp_path)
    assert file.read_text() == content


def test_a_port_that_an_older_file_lacks_has_its_default(tmp_path: Path) -> None:
    open_home(tmp_path)
    file = tmp_path / "clickstream.json"
    written = json.loads(file.read_text())
    del written["ports"]["storefront"]
    file.write_text(json.dumps(written))
    assert open_home(tmp_path).ports["storefront"] == 3000


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(HomeError, match="cannot use"):
        open_home(taken)


def test_no_temporary_files_are_left(tmp_path: Path) -> None:
    open_home(tmp_path)
    open_home(tmp_path, port_base=9000, site_time_zone="Asia/Ho_Chi_Minh")
    assert sorted(os.listdir(tmp_path)) == ["clickstream.json", "lake", "logs"]  # noqa: PTH208 - names are the point


def test_a_home_in_a_log_or_a_traceback_shows_no_secret(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert home.admin_token not in repr(home)
    assert home.passwords[OWNER] not in repr(home)
