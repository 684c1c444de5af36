"""Settings of the admin API: the only reader of the environment."""

from functools import lru_cache

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from secret_settings import SecretSettings

_TOKEN_LENGTH = 16


class Settings(SecretSettings):
    """Read from CLICKSTREAM_* variables; {{ssm:NAME}} in one refers to a secret."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    warehouse_url: str = Field(description="The warehouse as role clickstream_admin: postgresql://…")
    admin_token: SecretStr = Field(min_length=_TOKEN_LENGTH, description="Bearer token that may read and operate")
    operate_tokens: SecretStr = Field(SecretStr(""), description="More such tokens, separated by commas")
    read_tokens: SecretStr = Field(SecretStr(""), description="Tokens that may only read, separated by commas")
    etl_url: str | None = Field(None, description="The ETL as an HTTP service, to be told of runs that are asked for")
    etl_function: str | None = Field(
        None,
        description="The ETL as a Lambda function (name or ARN), to be told of them;"
        " with neither, a run waits in the queue for the next tick",
    )
    max_run_hours: int = Field(24 * 400, ge=1, description="Longest range of one run, in hours")
    max_days: int = Field(800, ge=1, description="Longest range of one question, in days")
    pool_size: int = Field(5, ge=1, description="Connections to the warehouse")
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if self.etl_url and self.etl_function:
            raise ValueError("CLICKSTREAM_ETL_URL and CLICKSTREAM_ETL_FUNCTION are two ways to reach the ETL: give one")
        for name in ("operate_tokens", "read_tokens"):
            if any(len(token) < _TOKEN_LENGTH for token in _parts(getattr(self, name))):
                raise ValueError(f"a token of CLICKSTREAM_{name.upper()} has fewer than {_TOKEN_LENGTH} characters")
        return self

    @property
    def all_operate_tokens(self) -> list[str]:
        """Tokens that may read and operate."""
        return [self.admin_token.get_secret_value(), *_parts(self.operate_tokens)]

    @property
    def all_read_tokens(self) -> list[str]:
        """Tokens that may only read."""
        return _parts(self.read_tokens)


def _parts(listed: SecretStr) -> list[str]:
    return [part.strip() for part in listed.get_secret_value().split(",") if part.strip()]


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
