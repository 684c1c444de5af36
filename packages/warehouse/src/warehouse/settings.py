"""Settings of ``python -m warehouse``: the only reader of the environment."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from warehouse import roles


class Settings(BaseSettings):
    """Read from CLICKSTREAM_* variables."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    warehouse_owner_url: SecretStr = Field(description="URL of a role that may create schemas and roles")
    etl_password: SecretStr = Field(min_length=8, description="Password that role clickstream_etl is given")
    admin_password: SecretStr = Field(min_length=8, description="Password that role clickstream_admin is given")
    dashboard_password: SecretStr = Field(min_length=8, description="Password that role clickstream_dashboard is given")
    site_time_zone: str = Field("UTC", description="IANA time zone in which the site's days begin")
    warehouse_wait_seconds: float = Field(60, ge=0, description="How long PostgreSQL may take to answer")

    @property
    def role_passwords(self) -> dict[str, str]:
        """Passwords of the services' roles, as ``migrate`` takes them."""
        given = {
            roles.ETL: self.etl_password,
            roles.ADMIN: self.admin_password,
            roles.DASHBOARD: self.dashboard_password,
        }
        return {role: password.get_secret_value() for role, password in given.items()}


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        ValidationError: a setting is missing or out of bounds; the message names it.
    """
    return Settings()
