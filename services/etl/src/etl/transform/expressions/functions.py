"""Functions of the engine that Ibis has no name for. The one module to look at for another engine."""

import ibis
import ibis.expr.types as ir


@ibis.udf.scalar.builtin(name="try", signature=(("string",), "string"))
def null_on_error(value: ir.StringValue) -> ir.StringValue:
    """The value, or NULL where computing it fails."""


@ibis.udf.scalar.builtin(signature=(("string",), "string"))
def url_decode(value: ir.StringValue) -> ir.StringValue:
    """Percent-decoding; an error where the result is not UTF-8."""


@ibis.udf.scalar.builtin(signature=(("string",), "string"))
def json_type(value: ir.StringValue) -> ir.StringValue:
    """What a JSON text is: OBJECT, ARRAY, VARCHAR, UBIGINT, …"""


@ibis.udf.scalar.builtin(signature=(("string",), "int64"))
def strlen(value: ir.StringValue) -> ir.IntegerValue:
    """How many bytes a text has as UTF-8."""


@ibis.udf.scalar.builtin(signature=(("string",), "string"))
def md5(value: ir.StringValue) -> ir.StringValue:
    """MD5 of the text, in hexadecimal."""


@ibis.udf.scalar.builtin(signature=(("int64",), "timestamp"))
def make_timestamp_ms(value: ir.IntegerValue) -> ir.TimestampValue:
    """Milliseconds since 1970 as a time."""


@ibis.udf.scalar.builtin(signature=(("timestamp('UTC', 6)",), "int64"))
def epoch_us(value: ir.TimestampValue) -> ir.IntegerValue:
    """Microseconds since 1970. To reckon with them takes a tenth of what it takes with times of a zone."""


@ibis.udf.scalar.builtin(signature=(("int64",), "timestamp('UTC', 6)"))
def make_timestamptz(value: ir.IntegerValue) -> ir.TimestampValue:
    """Microseconds since 1970 as a time."""
