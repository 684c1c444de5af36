"""The collector's settings: the only reader of the environment (``CLICKSTREAM_*``)."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from collector.cors import check_origin

_WRITE_KEY = re.compile(r"[!-~]{16,256}")


class Settings(BaseSettings):
    """What differs between a laptop, a container and Lambda."""

    model_config = SettingsConfigDict(env_prefix="CLICKSTREAM_", frozen=True, hide_input_in_errors=True)

    lake_url: str = Field(description="file:///folder, s3://bucket or memory://")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated: https://shop.example, https://*.shop.example, or * for all"
    )
    write_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Comma-separated, 16 or more characters each; where set, requests need one of them. To change a "
        "key: add the new one, give it to the pages, take the old one out",
    )
    honour_privacy_signals: bool = Field(
        False,
        description="Keep nothing of a browser that sends Sec-GPC: 1 or DNT: 1. Off, because a shop's own measuring "
        "under consent is neither selling nor tracking across sites; on where the law or the shop says otherwise",
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
    max_connections: int = Field(
        1000, ge=2, description="Connections open at once; past it, idle ones and slow requests give way to new ones"
    )
    request_seconds: float = Field(
        20, gt=0, le=300, description="How long a request may take to arrive; then it gets 408"
    )
    base_path: str = Field(
        "/", pattern=r"^/", description="Prefix that API Gateway adds to paths: /<stage>, or / for $default"
    )
    metrics: bool = Field(True, description="Write CloudWatch metrics (EMF) into the log")
    metrics_namespace: str = Field("Clickstream", min_length=1, description="CloudWatch namespace of the metrics")
    metrics_flush_seconds: float = Field(
        10, ge=0, le=60, description="Longest time between counting and writing; Lambda writes with each invocation"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("allowed_origins", "write_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _check(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            check_origin(origin)
        return value

    @field_validator("write_keys")
    @classmethod
    def _check_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for number, key in enumerate(value, 1):
            if not _WRITE_KEY.fullmatch(key.get_secret_value()):
                raise ValueError(f"write key {number} is not 16 to 256 visible ASCII characters")
        return value

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment.

        Raises:
            ValidationError: a setting is missing or out of bounds; the message names it.
        """
        return cls()
