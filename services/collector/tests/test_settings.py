import pytest
from pydantic import ValidationError

from collector.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CLICKSTREAM_{name.upper()}", raising=False)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKSTREAM_LAKE_URL", "s3://raw")
    monkeypatch.setenv("CLICKSTREAM_ALLOWED_ORIGINS", " https://shop.example ,https://*.shop.example,")
    monkeypatch.setenv("CLICKSTREAM_TRUSTED_PROXY_DEPTH", "2")
    monkeypatch.setenv("CLICKSTREAM_STORE_FULL_IP", "true")
    settings = Settings.from_environment()
    assert settings.lake_url == "s3://raw"
    assert settings.allowed_origins == ("https://shop.example", "https://*.shop.example")
    assert settings.trusted_proxy_depth == 2
    assert settings.store_full_ip


def test_without_a_lake_there_is_no_collector() -> None:
    with pytest.raises(ValidationError, match="lake_url"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXY_DEPTH", "-1"), ("MAX_WAITING_BYTES", "10"), ("BASE_PATH", "prod")]
)
def test_a_setting_out_of_bounds_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("CLICKSTREAM_LAKE_URL", "memory://")
    monkeypatch.setenv(f"CLICKSTREAM_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings.from_environment()


def test_write_keys_are_several_and_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKSTREAM_LAKE_URL", "memory://")
    monkeypatch.setenv("CLICKSTREAM_WRITE_KEYS", "first-key-0123456, second-key-012345")
    settings = Settings.from_environment()
    assert [key.get_secret_value() for key in settings.write_keys] == ["first-key-0123456", "second-key-012345"]
    assert "key-012345" not in repr(settings)


@pytest.mark.parametrize("keys", ["too-short", "first-key-0123456,with a blank 0123456", "k" * 257])
def test_a_weak_write_key_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("CLICKSTREAM_LAKE_URL", "memory://")
    monkeypatch.setenv("CLICKSTREAM_WRITE_KEYS", keys)
    with pytest.raises(ValidationError, match="16 to 256 visible ASCII") as error:
        Settings.from_environment()
    assert keys not in str(error.value)
