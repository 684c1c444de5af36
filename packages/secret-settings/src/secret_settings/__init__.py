"""Settings whose environment refers to secrets instead of holding them."""

from secret_settings.references import SecretReferenceError, resolve
from secret_settings.settings import SecretSettings

__all__ = ["SecretReferenceError", "SecretSettings", "resolve"]
