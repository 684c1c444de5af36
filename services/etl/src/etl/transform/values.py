"""Text to values, and how to see that a text has none."""

import ibis
import ibis.expr.types as ir

from etl.transform.functions import make_timestamp_ms

_NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$"
_EPOCH = r"^[+-]?\d{1,16}(\.\d*)?$"
_DATE = r"^\d{4}-\d{2}-\d{2}"
# Below this, a number of seconds; from it on, of milliseconds (pydantic's rule, so that both sides agree).
_MILLISECONDS_FROM = 20_000_000_000


def money(text: ir.StringValue) -> ir.DecimalValue:
    """NUMERIC(18,4), or NULL where the text is no number or too large."""
    return text.re_search(_NUMBER).ifelse(text, ibis.null("string")).try_cast("decimal(18, 4)")


def integer(text: ir.StringValue) -> ir.IntegerValue:
    """A whole number of 32 bits from 0, or NULL. «3.0» is one, «3.7» is not."""
    exact = money(text)
    whole = exact.try_cast("int32")
    return (whole.cast("decimal(18, 4)") == exact).ifelse(whole, ibis.null("int32"))


def boolean(text: ir.StringValue) -> ir.BooleanValue:
    """true or false (also 1, 0, yes, no, on, off, as pydantic takes them), or NULL."""
    lower = text.lower()
    return ibis.cases(
        (lower.isin(["true", "1", "yes", "on", "t", "y"]), True),
        (lower.isin(["false", "0", "no", "off", "f", "n"]), False),
        else_=ibis.null("boolean"),
    )


def moment(text: ir.StringValue) -> ir.TimestampValue:
    """ISO 8601 (UTC where it has no zone) or seconds or milliseconds since 1970, as UTC; NULL where it is neither."""
    number = text.re_search(_EPOCH).ifelse(text, ibis.null("string")).try_cast("float64")
    milliseconds = (number.abs() > _MILLISECONDS_FROM).ifelse(number, number * 1000).round().cast("int64")
    written = text.re_search(_DATE).ifelse(text, ibis.null("string")).try_cast("timestamp('UTC', 6)")
    return ibis.coalesce(make_timestamp_ms(milliseconds).cast("timestamp('UTC', 6)"), written)


def given(text: ir.StringValue) -> ir.StringValue:
    """The text without outer blanks, or NULL where nothing remains."""
    return text.strip().nullif("")
