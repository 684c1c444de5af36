"""A quick way to see that an event is surely valid.

Validating with the pydantic models costs about 9 µs an event, five times its parsing. So msgspec types are derived
from those models, each at most as permissive as its model: what passes here passes there (a property test holds
that), and what does not pass here is for the models to judge. The contract thus stays in one place.

The types serve for parsing and checking in one as well (``as_sent.py``).
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import annotated_types
import msgspec
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from lake.contract import Event

_UUID_LENGTH = 36
_UUID_HYPHENS = (8, 13, 18, 23)
_CANONICAL_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_LAST_EPOCH_MILLISECONDS = 253_402_300_799_999  # of the year 9999
# Plenty for ids sent as numbers, and safely shorter as text than any bound on a string that may be one.
_SAFE_INTEGER = (1 << 53) - 1
_SAFE_INTEGER_DIGITS = 17

_SAME: dict[Any, Any] = {
    NoneType: NoneType,
    Any: Any,
    bool: bool,
    UUID: Annotated[str, msgspec.Meta(min_length=_UUID_LENGTH, max_length=_UUID_LENGTH)],
    datetime: datetime | Annotated[int, msgspec.Meta(ge=0, le=_LAST_EPOCH_MILLISECONDS)],
}

_Rule = Callable[[Any], Any]


class NotSurelyValidError(Exception):
    """The models must judge this event."""


class QuickCheck:
    """The quick check of one model; nested models are checked with it."""

    def __init__(self, model: type[BaseModel], *, closed: bool = False) -> None:
        """Derive the types; ``closed`` ones do not take members that the model does not know."""
        self._closed = closed
        self._rules: list[tuple[str, _Rule]] = []
        self._uuids: list[str] = []
        kind: Any = self._struct_of(model, top=True)
        self._rules_of_one = (*self._rules, *((name, _check_uuid) for name in self._uuids))
        self.kind = kind
        # A Struct around the list, because msgspec keeps what it found out about a Struct and forgets about a list.
        self._batch: Any = msgspec.defstruct("Batch", [("values", list[kind])])

    def check(self, value: Any) -> Any:
        """The event as an object with the model's attributes.

        Raises:
            NotSurelyValidError: not surely valid.
        """
        return self.check_all([value])[0]

    def check_all(self, values: list[Any]) -> list[Any]:
        """``check`` for several events at once; raises if any of them is not surely valid."""
        try:
            checked: list[Any] = msgspec.convert({"values": values}, self._batch).values
            self.apply_rules(checked)
        # msgspec's ValidationError is a ValueError; so is what a rule raises for a value nested too deep
        except (ValueError, PydanticCustomError, RecursionError) as error:
            raise NotSurelyValidError from error
        return checked

    def apply_rules(self, checked: list[Any]) -> None:
        """Apply the rules that msgspec's types cannot express.

        Raises:
            ValueError, PydanticCustomError, RecursionError, NotSurelyValidError: a value does not pass.
        """
        for name, rule in self._rules if len(checked) > 1 else self._rules_of_one:
            for item in checked:
                value = getattr(item, name)
                if value is not None:
                    rule(value)
        if len(checked) > 1:
            for name in self._uuids:
                _check_uuids([value for item in checked if (value := getattr(item, name)) is not None])

    def _struct_of(self, model: type[BaseModel], *, top: bool = False) -> type[msgspec.Struct]:
        fields: list[tuple[str, Any, Any]] = []
        names: dict[str, str] = {}
        for name, field in model.model_fields.items():
            kind = self._type_of(field.annotation, field.metadata, name if top else None)
            fields.append((name, kind, msgspec.field() if field.is_required() else msgspec.field(default=None)))
            names[name] = field.alias or name
        return msgspec.defstruct(
            model.__name__, fields, rename=names.get, gc=False, kw_only=True,
            forbid_unknown_fields=self._closed,
        )  # fmt: skip

    def _type_of(self, annotation: Any, metadata: list[Any], rule_name: str | None) -> Any:
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *more = get_args(annotation)
            return self._type_of(inner, [*metadata, *_flatten(more)], rule_name)
        if origin in (Union, UnionType):
            kinds = [self._type_of(option, metadata, rule_name) for option in get_args(annotation)]
            return Union[tuple(kinds)]  # noqa: UP007 # made at run time
        if annotation is UUID:
            if rule_name is None:
                raise TypeError(
                    "the quick check knows UUIDs of events alone: teach it, or the models would be bypassed"
                )
            self._uuids.append(rule_name)
        if annotation in _SAME or origin is Literal:
            return _SAME.get(annotation, annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self._struct_of(annotation)
        if origin is list:
            annotation = list[self._type_of(get_args(annotation)[0], [], None)]  # type: ignore[misc] # a type made at run time
        bounds = self._bounds(metadata, rule_name)
        kind = Annotated[annotation, msgspec.Meta(**bounds)] if bounds else annotation
        numbers_fit = bounds.get("max_length", 0) >= _SAFE_INTEGER_DIGITS
        if annotation is str and numbers_fit and not any(map(_pattern_in, metadata)):
            return kind | Annotated[int, msgspec.Meta(ge=-_SAFE_INTEGER, le=_SAFE_INTEGER)]
        return kind

    def _bounds(self, metadata: list[Any], rule_name: str | None) -> dict[str, Any]:
        bounds: dict[str, Any] = {}
        for item in metadata:
            match item:
                case annotated_types.MinLen(bound):
                    bounds["min_length"] = bound
                case annotated_types.MaxLen(bound):
                    bounds["max_length"] = bound
                case annotated_types.Ge(bound):
                    bounds["ge"] = bound
                case annotated_types.Le(bound):
                    bounds["le"] = bound
                case AfterValidator(func=rule) if rule_name:
                    self._rules.append((rule_name, rule))  # type: ignore[arg-type] # ours take the value alone
                case _ if (pattern := _pattern_in(item)) and rule_name:
                    self._rules.append((rule_name, _pattern_rule(pattern)))
                case _ if getattr(item, "allow_inf_nan", None) is False:
                    pass  # JSON carries neither
                case _:
                    raise TypeError(
                        f"the quick check knows no rule for {item!r}: teach it, or the models would be bypassed"
                    )
        return bounds


def _flatten(metadata: list[Any]) -> list[Any]:
    return [part for item in metadata for part in (item.metadata if isinstance(item, FieldInfo) else [item])]


def _pattern_in(item: Any) -> str | None:
    # pydantic keeps a pattern in a class of its own that is not public
    return getattr(item, "pattern", None)


def _check_uuid(value: str) -> None:
    if not _CANONICAL_UUID(value):
        raise NotSurelyValidError


def _check_uuids(values: list[str]) -> None:
    """Take only the canonical form, in which events store it (the models take others too).

    All at once: msgspec's own pattern takes 0.6 µs for each, as long as the event's parsing.
    """
    count = len(values)
    text = "".join(values)
    if text != text.lower() or any(text[at::_UUID_LENGTH] != "-" * count for at in _UUID_HYPHENS):
        raise NotSurelyValidError
    # Skips spaces, hence the second look at the length.
    if len(bytes.fromhex(text.replace("-", ""))) != 16 * count:
        raise NotSurelyValidError


def _pattern_rule(pattern: str) -> _Rule:
    matches = re.compile(pattern).fullmatch

    # An event's name is one of a few; matching it anew costs 0.4 µs.
    @lru_cache(maxsize=1024)
    def rule(value: str) -> None:
        if not matches(value):
            raise NotSurelyValidError

    return rule


event_check = QuickCheck(Event)
