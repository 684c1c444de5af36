"""Settings that refer to secrets, read from a Parameter Store (moto's)."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict, SettingsError

from secret_settings import SecretReferenceError, SecretSettings, resolve


class ServiceSettings(SecretSettings):
    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    warehouse_url: str
    token: SecretStr = SecretStr("none")
    hours: int = 48


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        store = boto3.client("ssm")
        store.put_parameter(Name="/clickstream/dev/warehouse/etl-password", Value="p@ss/w:rd%", Type="SecureString")
        store.put_parameter(Name="/clickstream/dev/admin-api/token", Value="t/o%k@n", Type="SecureString")
        yield


@pytest.mark.usefixtures("parameters")
def test_a_reference_is_replaced_by_its_secret_encoded_where_it_is_part_of_a_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "CLICKSTREAM_WAREHOUSE_URL", "postgresql://etl:{{ssm:/clickstream/dev/warehouse/etl-password}}@db:5432/c"
    )
    monkeypatch.setenv("CLICKSTREAM_TOKEN", "{{ssm:/clickstream/dev/admin-api/token}}")
    settings = ServiceSettings()
    assert settings.warehouse_url == "postgresql://etl:p%40ss%2Fw%3Ard%25@db:5432/c"
    assert settings.token.get_secret_value() == "t/o%k@n"


@pytest.mark.usefixtures("parameters")
def test_a_missing_parameter_is_named_with_the_setting_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKSTREAM_WAREHOUSE_URL", "postgresql://etl:{{ssm:/clickstream/prod/x}}@db/c")
    with pytest.raises(SettingsError, match="warehouse_url") as error:
        ServiceSettings()
    assert isinstance(error.value.__cause__, SecretReferenceError)
    assert str(error.value.__cause__) == "there is no parameter /clickstream/prod/x in Systems Manager"


def test_settings_without_references_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)  # a client could not even be made
    monkeypatch.setenv("CLICKSTREAM_WAREHOUSE_URL", "postgresql://etl:{{not-ssm}}@db/c")
    monkeypatch.setenv("CLICKSTREAM_HOURS", "24")
    settings = ServiceSettings()
    assert (settings.warehouse_url, settings.hours) == ("postgresql://etl:{{not-ssm}}@db/c", 24)


def test_what_is_passed_in_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKSTREAM_HOURS", "24")
    assert ServiceSettings(hours=1, warehouse_url="x").hours == 1


@pytest.mark.parametrize("name", ["", "/", "a b", "/a//b", "/a/"])
def test_a_name_that_no_parameter_can_have_is_refused_before_anybody_is_asked(name: str) -> None:
    def read(name: str) -> str:
        raise AssertionError(name)

    with pytest.raises(SecretReferenceError, match="is not the name"):
        resolve(f"{{{{ssm:{name}}}}}", read)


def test_several_references_in_one_value() -> None:
    assert resolve("{{ssm:a}},{{ssm:/b/c}}", {"a": "1", "/b/c": "2"}.__getitem__) == "1,2"
