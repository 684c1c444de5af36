"""Settings of the ETL: the only reader of the environment."""

from datetime import timedelta
from functools import lru_cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from secret_settings import SecretSettings


class Settings(SecretSettings):
    """Read from CLICKSTREAM_* variables; {{ssm:NAME}} in one refers to a secret."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    lake_url: str = Field(description="The raw lake: file:///folder, s3://bucket or memory://")
    warehouse_url: str = Field(description="The warehouse as role clickstream_etl: postgresql://…")
    look_back_hours: int = Field(48, ge=1, description="How far before the watermark a tick looks for late objects")
    duplicate_days: int = Field(7, ge=1, description="How far apart two receipts of one event id may be")
    batch_mib: int = Field(
        16, ge=1, description="Objects of a batch, as stored (about an eighth of their text), in MiB"
    )
    deadline_margin_seconds: float = Field(60, ge=0, description="A run begins no batch in this last part of its time")
    threads: int | None = Field(None, ge=1, description="Threads of DuckDB; default: one a core")
    memory_limit_mib: int = Field(1024, ge=128, description="Memory of DuckDB before it writes to disk, in MiB")
    log_level: str = "INFO"
    metrics: bool = Field(True, description="Write CloudWatch metrics (EMF) into the log")

    @property
    def look_back(self) -> timedelta:
        """``look_back_hours`` as a duration."""
        return timedelta(hours=self.look_back_hours)

    @property
    def duplicate_range(self) -> timedelta:
        """``duplicate_days`` as a duration."""
        return timedelta(days=self.duplicate_days)


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
