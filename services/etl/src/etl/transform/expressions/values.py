"""Text to values, and how to see that a text has none."""

import ibis
import ibis.expr.types as ir

from etl.transform.expressions.functions import make_timestamp_ms

# As the contract takes numbers: 1_000 is one.
_NUMBER = r"^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$"
_WHOLE = r"^\s*(?:\+?\d[\d_]*|-0+)(?:\.0*)?\s*$"
_EPOCH = r"^[+-]?\d{1,16}(\.\d*)?$"
_ISO = "____-__-__%"
_MOMENT = "timestamp('UTC', 6)"
# Milliseconds of the first moment of the year 1, and of the last of 9999: beyond, DuckDB and Python know no time.
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999
# Below this, a number of seconds; from it on, of milliseconds (pydantic's rule, so that both sides agree).
_MILLISECONDS_FROM = 20_000_000_000


def money(text: ir.StringValue) -> ir.DecimalValue:
    """NUMERIC(18,4), or NULL where the text is no number or too large."""
    return text.re_search(_NUMBER).ifelse(text, ibis.null("string")).try_cast("decimal(18, 4)")


def counted(text: ir.StringValue) -> ir.IntegerValue:
    """A whole number of 32 bits from 0, or NULL. «3.0» is one, «3.7» is not."""
    whole = text.re_search(_WHOLE).ifelse(text, ibis.null("string"))
    return whole.try_cast("decimal(18, 4)").try_cast("int32")


def boolean(text: ir.StringValue) -> ir.BooleanValue:
    """true or false (also 1, 0, yes, no, on, off, as pydantic takes them), or NULL."""
    lower = text.lower()
    # Nearly all are the first two, and «isin» would be a join of all rows.
    return ibis.cases(
        (text == "true", True),
        (text == "false", False),
        (ibis.array(["true", "1", "1.0", "yes", "on", "t", "y"]).contains(lower), True),
        (ibis.array(["false", "0", "0.0", "no", "off", "f", "n"]).contains(lower), False),
        else_=ibis.null("boolean"),
    )


def moment(text: ir.StringValue) -> ir.TimestampValue:
    """ISO 8601 (UTC where it has no zone) or seconds or milliseconds since 1970, as UTC; NULL where it is neither."""
    # Nearly all are ISO 8601: an expression over text is not worth its time for them.
    iso = text.like(_ISO)
    number = (~iso & text.re_search(_EPOCH)).ifelse(text, ibis.null("string")).try_cast("float64")
    rounded = (number.abs() > _MILLISECONDS_FROM).ifelse(number, number * 1000).round()
    milliseconds = rounded.between(_FIRST, _LAST).ifelse(rounded, ibis.null("float64")).cast("int64")
    written = iso.ifelse(text, ibis.null("string"))
    # What the contract takes and DuckDB does not: small t and z, _ for T, a decimal comma, U+2212 for minus.
    plain = written.upper().replace("_", "T").replace(",", ".").replace("\N{MINUS SIGN}", "-")
    # The first that gives a value is the last that is worked out.
    return ibis.coalesce(
        written.try_cast(_MOMENT), make_timestamp_ms(milliseconds).cast(_MOMENT), plain.try_cast(_MOMENT)
    )


def uuid(text: ir.StringValue) -> ir.UUIDValue:
    """A UUID in any of its forms (with or without hyphens, in braces, as a URN), or NULL."""
    return text.startswith("urn:uuid:").ifelse(text.substr(9), text).try_cast("uuid")


def given(text: ir.StringValue, padded: ir.BooleanValue | None = None) -> ir.StringValue:
    """The text without outer blanks, or NULL where nothing remains.

    Args:
        text: any.
        padded: whether the text may end with a blank; left out: it may. To look for blanks takes longer than all else
            that is done to a text.
    """
    trimmed = text.strip().nullif("")
    # What begins with a blank, or is empty, comes before the first character that is none.
    return trimmed if padded is None else (padded | (text < "!")).ifelse(trimmed, text)
