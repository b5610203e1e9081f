"""What a condition may ask about: fields, each with its type."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from careflow.calendar.durations import parse_duration
from careflow.calendar.moments import parse_date
from careflow.errors import Finding
from careflow.suggest import did_you_mean


class Kind(StrEnum):
    """The types a field may have."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    DURATION = "duration"
    COLLECTION = "collection"


ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.MOMENT, Kind.DURATION})
DATED = frozenset({Kind.DATE, Kind.MOMENT})
RESERVED = frozenset({"known", "missing"})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be known of a customer, or of one item of a collection.

    Args:
        name: As conditions write it.
        kind: Its type.
        choices: The values of a choice.
        items: The fields of a collection's items; `at` is the item's own time.
        never: An absent value means "it never happened", so tests on it are false,
            where otherwise it means "we do not know", so tests on it are unknown.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    items: tuple[Field, ...] = ()
    never: bool = False

    def __str__(self) -> str:
        return self.name


_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,6})?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}([.,]\d{3})+", re.ASCII)
FLAGS = {"yes": True, "true": True, "no": False, "false": False}

Value = str | int | bool | Decimal | object


def value_of(field: Field, text: str) -> Value:
    """Read *text* as a value of *field*.

    Raises:
        Finding: It is no value of that type.
    """
    match field.kind:
        case Kind.NUMBER:
            return parse_number(text)
        case Kind.FLAG:
            return parse_flag(text)
        case Kind.DATE | Kind.MOMENT:
            return parse_date(text)
        case Kind.DURATION:
            return _seconds(text)
        case Kind.CHOICE:
            return _choice(field, text)
        case _:
            return str(unicodedata.normalize("NFC", text))


def parse_number(text: object) -> int | Decimal:
    """Read a decimal number; separators of thousands and other notations are refused.

    Raises:
        Finding: No number, or one that people read in two ways (`500.000`).
    """
    written = str(text).strip()
    if _THOUSANDS.fullmatch(written):
        plain = re.sub("[.,]", "", written)
        message = f'"{written}" looks like a number with separators of thousands'
        raise Finding("bad-number", message, f"Write {plain}.")
    if not _NUMBER.fullmatch(written):
        hint = f"Write {written.lstrip('0')}." if re.fullmatch(r"0\d+", written) else ""
        raise Finding("bad-number", f'"{written}" is not a number', hint)
    return Decimal(written) if "." in written else int(written)


def parse_flag(text: object) -> bool:
    """Read `yes` or `no`.

    Raises:
        Finding: Another word.
    """
    found = FLAGS.get(str(text).strip().lower())
    if found is None:
        raise Finding("bad-flag", f'"{text}" is neither yes nor no')
    return found


def _seconds(text: str) -> int:
    if text.strip().isdigit():
        message = f'"{text}" is not a duration with its unit'
        raise Finding("bad-duration", message, f'Write "{text} seconds", or another unit.')
    seconds = parse_duration(text).seconds
    if seconds is None:
        raise Finding(
            "bad-duration", f'"{text}" is longer than what is measured here', "Use hours."
        )
    return seconds


def _choice(field: Field, text: str) -> str:
    value = str(unicodedata.normalize("NFC", text))
    if value not in field.choices:
        message = f'"{text}" is not a value of {field.name}'
        raise Finding("unknown-value", message, did_you_mean(text, field.choices))
    return value
