"""Settings of the ETL: the only reader of the environment."""

from datetime import timedelta
from functools import lru_cache
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from secret_settings import SecretSettings
from warehouse import roles

_MIB = 1 << 20


class Settings(SecretSettings):
    """Read from CLICKSTREAM_* variables; {{ssm:NAME}} in one refers to a secret."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True, hide_input_in_errors=True)

    lake_url: str = Field(description="The raw lake: file:///folder, s3://bucket or memory://")
    warehouse_url: str = Field(description="The warehouse as role clickstream_etl: postgresql://…")
    look_back_hours: int = Field(48, ge=1, description="How far before the watermark a tick looks for late objects")
    duplicate_days: int = Field(7, ge=1, description="How far apart two receipts of one event id may be")
    batch_mib: int = Field(
        8, ge=1, description="Objects that are transformed at once, as stored (about a sixth of their text), in MiB"
    )
    commit_mib: int = Field(
        64, ge=1, description="Objects of a transaction, as stored: what is derived is made once for all of them"
    )
    deadline_margin_seconds: float = Field(60, ge=0, description="A run begins no batch in this last part of its time")
    threads: int = Field(
        1,
        ge=1,
        description="Threads of DuckDB for each batch: one is written while the next, or the next two, are transformed",
    )
    memory_limit_mib: int = Field(
        448,
        ge=128,
        description="Memory of DuckDB for batches and what is derived from them, before it writes to disk, in MiB."
        " What it has freed counts until it is given back, which takes time",
    )
    replay_lines: int = Field(20_000, ge=1, description="Rejects that a replay takes in one transaction")
    retry_attempts: int = Field(
        4, ge=1, description="How often in all something is tried that fails for a passing reason"
    )
    retry_seconds: float = Field(
        0.5, ge=0, description="Longest pause before the second try; doubles with every further one, up to 20 s"
    )
    log_level: str = "INFO"
    retention_months: int | None = Field(
        None, ge=1, description="Months of events that are kept beside the current one; unset: all. Rollups stay"
    )
    warehouse_owner_url: SecretStr | None = Field(
        None, description="The warehouse as a role that may create schemas and roles; only where `migrate` is asked for"
    )
    etl_password: SecretStr | None = Field(
        None, min_length=8, description="Password that `migrate` gives to clickstream_etl"
    )
    admin_password: SecretStr | None = Field(None, min_length=8, description="The same for clickstream_admin")
    dashboard_password: SecretStr | None = Field(None, min_length=8, description="The same for clickstream_dashboard")
    site_time_zone: str | None = Field(
        None, description="IANA time zone in which the site's days begin, as `migrate` sets it; unset: as it is"
    )
    metrics: bool = Field(True, description="Write CloudWatch metrics (EMF) into the log")
    metrics_namespace: str = Field("Clickstream", min_length=1, description="CloudWatch namespace of the metrics")

    @model_validator(mode="after")
    def _duplicates_are_kept(self) -> Self:
        if self.retention_months is not None and self.duplicate_days > 28 * self.retention_months - 8:
            raise ValueError(
                f"duplicate_days {self.duplicate_days} needs events that retention_months {self.retention_months} drops"
            )
        return self

    @property
    def role_passwords(self) -> dict[str, str]:
        """Passwords of the services' roles that `migrate` sets; those left out keep theirs."""
        given = {
            roles.ETL: self.etl_password,
            roles.ADMIN: self.admin_password,
            roles.DASHBOARD: self.dashboard_password,
        }
        return {role: password.get_secret_value() for role, password in given.items() if password is not None}

    @property
    def batch_bytes(self) -> int:
        """``batch_mib`` in bytes."""
        return self.batch_mib * _MIB

    @property
    def commit_bytes(self) -> int:
        """``commit_mib`` in bytes."""
        return self.commit_mib * _MIB

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
