"""The base of settings that may refer to secrets."""

from functools import cached_property
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from secret_settings.parameter_store import ParameterStore
from secret_settings.references import has_reference, resolve


class SecretSettings(BaseSettings):
    """Settings in whose variables ``{{ssm:NAME}}`` stands for a parameter of AWS Systems Manager.

    ``CLICKSTREAM_WAREHOUSE_URL=postgresql://clickstream_etl:{{ssm:/clickstream/dev/warehouse/etl-password}}@…``
    AWS is asked once, when the settings are read, and only where there is a reference.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in, then the environment with its references resolved."""
        return init_settings, _ResolvedEnvironment(settings_cls)


class _ResolvedEnvironment(EnvSettingsSource):
    """Environment variables, their references resolved."""

    @cached_property
    def _store(self) -> ParameterStore:
        return ParameterStore()

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value, key, is_complex = super().get_field_value(field, field_name)
        if isinstance(value, str) and has_reference(value):
            value = resolve(value, self._store.read)
        return value, key, is_complex
