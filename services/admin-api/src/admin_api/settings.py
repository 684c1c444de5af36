"""Settings of the admin API: the only reader of the environment."""

from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from secret_settings import SecretSettings


class Settings(SecretSettings):
    """Read from CLICKSTREAM_* variables; {{ssm:NAME}} in one refers to a secret."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    warehouse_url: str = Field(description="The warehouse as role clickstream_admin: postgresql://…")
    admin_token: SecretStr = Field(min_length=16, description="Bearer token of the operator and the dashboard")
    etl_url: str | None = Field(None, description="The ETL; without it, a run waits in the queue for the next tick")
    max_run_hours: int = Field(24 * 400, ge=1, description="Longest range of one run, in hours")
    max_days: int = Field(800, ge=1, description="Longest range of one question, in days")
    pool_size: int = Field(5, ge=1, description="Connections to the warehouse")
    log_level: str = "INFO"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
