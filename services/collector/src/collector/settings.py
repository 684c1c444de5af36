"""The collector's settings: the only reader of the environment (``CLICKSTREAM_*``)."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from collector.cors import check_origin


class Settings(BaseSettings):
    """What differs between a laptop, a container and Lambda."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True)

    lake_url: str = Field(description="file:///folder, s3://bucket or memory://")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated: https://shop.example, https://*.shop.example, or * for all"
    )
    store_full_ip: bool = Field(False, description="Keep whole addresses instead of /24 and /48")
    trusted_proxy_depth: int = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies in front append to X-Forwarded-For; 0 takes the peer's address (on Lambda: API "
        "Gateway's sourceIp)",
    )
    max_waiting_bytes: int = Field(
        32 << 20, ge=1 << 21, description="Bytes of lines that may wait for the lake; past it requests get 503"
    )
    base_path: str = Field(
        "/", pattern=r"^/", description="Prefix that API Gateway adds to paths: /<stage>, or / for $default"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _check(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            check_origin(origin)
        return value

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment.

        Raises:
            ValidationError: a setting is missing or out of bounds; the message names it.
        """
        return cls()
