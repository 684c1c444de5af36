"""JSON Schema of the events as they may be sent: with the forms that are taken beside the one to be preferred.

pydantic's own generator describes a model's values after coercion. A client, a generator of types and a fuzzer need
what is taken on the wire: prices as text, ids as numbers, moments as milliseconds. A few further leniencies (``"yes"``
for true, ``true`` for 1, a date without a time) are taken and not promised.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

Schema = dict[str, Any]

# The longest text of a number that a browser writes, "-1.2345678901234567e+300".
_LONGEST_NUMBER = 24
_FIRST_EPOCH_MILLISECONDS = -62_135_596_800_000  # of the year 1
_LAST_EPOCH_MILLISECONDS = 253_402_300_799_999  # of the year 9999


class WireSchema(GenerateJsonSchema):
    """Generates the schema of what is taken."""

    def str_schema(self, schema: core_schema.StringSchema) -> Schema:
        """Text, or a number where every number's text keeps the bounds; a pattern (a name's) is matched by none."""
        text = super().str_schema(schema)
        if "pattern" in text or text.get("maxLength", _LONGEST_NUMBER) < _LONGEST_NUMBER:
            return text
        return {"anyOf": [text, {"type": "number"}]}

    def float_schema(self, schema: core_schema.FloatSchema) -> Schema:
        """A number, or its text."""
        number = super().float_schema(schema)
        return {"anyOf": [number, _digits(number, r"(\.[0-9]{1,9})?")]}

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        """A whole number, or its text."""
        number = super().int_schema(schema)
        return {"anyOf": [number, _digits(number)]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:
        """A boolean, or what a form sends for one."""
        return {"anyOf": [super().bool_schema(schema), {"enum": ["true", "false", 0, 1]}]}

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> Schema:
        """ISO 8601, or milliseconds since 1970 (with a fraction where they come from ``performance``)."""
        milliseconds = {"type": "number", "minimum": _FIRST_EPOCH_MILLISECONDS, "maximum": _LAST_EPOCH_MILLISECONDS}
        return {"anyOf": [super().datetime_schema(schema), milliseconds]}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        """One list of forms, not a list in a list."""
        nullable = super().nullable_schema(schema)
        forms = [form for outer in nullable.get("anyOf", []) for form in outer.get("anyOf", [outer])]
        return {"anyOf": forms} if forms else nullable

    def dict_schema(self, schema: core_schema.DictSchema) -> Schema:
        """Member names are text always, so nothing need be said of them."""
        return super().dict_schema({**schema, "keys_schema": core_schema.any_schema()})

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """``null`` as a default says no more than that the field may be missing, which `required` says already."""
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No: ``Page Url`` says no more than ``pageUrl``."""
        return False


def _digits(number: Schema, fraction: str = "") -> Schema:
    """Text of a number that surely keeps the number's bounds."""
    whole = len(str(int(number["maximum"]))) - 1
    sign = "" if number["minimum"] == 0 else "-?"
    return {"type": "string", "pattern": rf"^{sign}[0-9]{{1,{whole}}}{fraction}$"}
