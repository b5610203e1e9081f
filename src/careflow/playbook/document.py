"""A playbook as it is written: the keys there are, and how each value is read.

Conditions (`when`, `until`) stay as written here; they are read once all fields are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from careflow.calendar.durations import Duration, parse_duration
from careflow.calendar.local import parse_zone
from careflow.calendar.moments import parse_clock
from careflow.calendar.occasions import Occasion, parse_occasion
from careflow.calendar.windows import EVERY_DAY, YearDay, parse_days, parse_year_day
from careflow.conditions.fields import RESERVED, Kind, parse_number
from careflow.customer.events import EVENTS
from careflow.customer.record import INTERNAL, PURPOSES, choice, text
from careflow.errors import Finding
from careflow.schema import Document, Field, before, parsed
from careflow.source import Items, Map, Text
from careflow.suggest import did_you_mean, fold

VERSION = "1"
NEVER = "never"  # as an expiry: a duty that stays
CUSTOMER_OWNER = "customer-owner"  # as the person of a role: whoever owns the customer
STANDARD_CHANNELS = ("phone", "sms", "zalo", "email", "facebook", "visit", "post", INTERNAL)
_ID = re.compile(r"[^\W_]+(-[^\W_]+)*")


class Tier(StrEnum):
    """What comes before what, whatever the priorities inside: first to last."""

    LEGAL = "legal"
    COMPLAINT = "complaint"
    PROMISE = "promise"
    OCCASION = "occasion"
    CADENCE = "cadence"
    PROMOTION = "promotion"


RANK: dict[str, int] = {
    tier: rank for rank, tier in enumerate(Tier)
}  # a tier's place, by itself or its word


class WhenClosed(StrEnum):
    """What to do with an action whose moment is not permitted."""

    DEFER = "defer"
    DROP = "drop"
    SWITCH = "switch-channel"


class CapUnit(StrEnum):
    """The periods of a cap that are no duration."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIFETIME = "lifetime"


def parse_id(value: object) -> str:
    """Read an id in kebab-case; letters may carry accents.

    Raises:
        Finding: Capitals, spaces, underscores or other signs.
    """
    written = text(value)
    if _ID.fullmatch(written) and written == written.lower():
        return written
    kebab = re.sub(r"[\W_]+", "-", written.lower()).strip("-")
    hint = f'Write "{kebab}".' if fold(kebab) else "Use letters, digits and hyphens."
    raise Finding("bad-id", f'"{written}" is not an id in kebab-case', hint)


def _whole(least: int) -> Any:  # noqa: ANN401 - a parser for `parsed`
    def read(value: object) -> int:
        number = parse_number(text(value))
        if not isinstance(number, int) or number < least:
            raise Finding("bad-number", f'"{value}" is not a whole number from {least} up')
        return number

    return read


def _version(value: object) -> str:
    if text(value) != VERSION:
        message = f'"{value}" is not a version of the language'
        raise Finding("bad-version", message, f"Write careflow: {VERSION}.")
    return VERSION


def _cap_period(value: object) -> Duration | CapUnit:
    written = text(value)
    if written in tuple(CapUnit):
        return CapUnit(written)
    return parse_duration(written)


def _expiry(value: object) -> Duration | str:
    return NEVER if text(value) == NEVER else parse_duration(value)


def _listed(value: object) -> object:
    """Take a single value for a list of one."""
    if not isinstance(value, Text):
        return value
    items = Items(value.place)
    items.add(value, value.place)
    return items


def _short(key: str) -> Any:  # noqa: ANN401 - a parser for `before`
    """Take a single value for a mapping with the one key *key*."""

    def widen(value: object) -> object:
        if not isinstance(value, Text):
            return value
        mapping = Map(value.place)
        mapping.add(Text(key, value.place), value, value.place)
        return mapping

    return widen


def _field_type(value: object) -> Kind:
    types = (Kind.TEXT, Kind.NUMBER, Kind.FLAG, Kind.DATE)
    written = text(value)
    if written in types:
        return Kind(written)
    message = f'"{written}" is not a type of field'
    hint = did_you_mean(written, types)
    raise Finding("bad-choice", message, hint + " For a choice write {choice: [...]}.")


def _choice_value(value: object) -> str:
    written = text(value)
    if written in RESERVED:
        raise Finding("bad-choice", f'"{written}" has a meaning of its own in conditions')
    return written


def _condition(value: object) -> object:
    if not isinstance(value, Mapping):
        raise Finding("bad-condition", "a condition is a mapping of field: test")
    return value


def _line(value: object) -> str:
    """Read text; that in braces or brackets needs quotes in YAML."""
    try:
        return text(value)
    except Finding as finding:
        if isinstance(value, Map | Items):
            finding.hint = "Put text with braces or brackets into quotes."
        raise


def _required(value: object) -> bool:
    return bool(choice("yes", "no")(value) == "yes")


Id = Annotated[str, parsed(parse_id)]
Line = Annotated[str, parsed(_line)]
Condition = Annotated[Any, parsed(_condition)]
Span = Annotated[Duration, parsed(parse_duration)]
Clock = Annotated[int, parsed(parse_clock)]
Purpose = Annotated[str, parsed(choice(*PURPOSES))]
Purposes = Annotated[list[Purpose], before(_listed)]
Words = Annotated[list[Id], before(_listed)]
Lines = Annotated[list[Line], before(_listed)]


class FieldDocument(Document):
    """A field the firm keeps beyond the standard record."""

    what = "field"
    type_: Annotated[Kind | None, parsed(_field_type)] = None
    choice: list[Annotated[str, parsed(_choice_value)]] | None = None
    title: Line | None = None
    ask: Line | None = None


class SegmentDocument(Document):
    """One class of a dimension; `name` belongs to `otherwise` alone."""

    what = "segment"
    title: Line | None = None
    when: Condition | None = None
    name: Id | None = None


class RoleDocument(Document):
    """A role of the firm's staff, and who fills it."""

    what = "role"
    title: Line
    person: Line | None = None


class WindowDocument(Document):
    """Quiet or permitted hours: on which days, from when to when, for what and whom."""

    what = "entry"
    title: Line
    days: Annotated[frozenset[int], parsed(parse_days)] = EVERY_DAY
    dates: Annotated[list[Annotated[YearDay, parsed(parse_year_day)]], before(_listed)] = Field(
        default_factory=list
    )
    from_: Clock | None = None
    to: Clock | None = None
    channels: Words | None = None
    purposes: Purposes | None = None
    when: Condition | None = None


class CapDocument(Document):
    """How many contacts at most in which period."""

    what = "cap"
    title: Line | None = None
    max: Annotated[int, parsed(_whole(1))]
    per: Annotated[Duration | CapUnit, parsed(_cap_period)]
    channels: Words | None = None
    purposes: Purposes | None = None
    campaign: Line | None = None


class SuppressionDocument(Document):
    """While this holds, that is not done."""

    what = "entry"
    title: Line
    when: Condition
    purposes: Purposes | None = None
    channels: Words | None = None


class ConsentDocument(Document):
    """For which purposes, on which channels, the customer must have agreed beforehand."""

    what = "entry"
    purposes: Purposes
    required: Annotated[bool, parsed(_required)]
    channels: Words | None = None


class PreferenceDocument(Document):
    """Whom to prefer when there is room for some only."""

    what = "preference"
    highest: Line | None = None
    lowest: Line | None = None


class CapacityDocument(Document):
    """How much the firm itself can do in one plan or one day."""

    what = "capacity"
    title: Line
    max: Annotated[int, parsed(_whole(1))]
    per: Annotated[str, parsed(choice("plan", "day"))]
    channels: Words | None = None
    purposes: Purposes | None = None
    prefer: PreferenceDocument | None = None


class AfterDocument(Document):
    """A follow-up to an event."""

    what = "trigger"
    event: Annotated[str, parsed(choice(*EVENTS))]
    wait: Span | None = None


class PointsDocument(Document):
    """Points that a customer brings to a play's priority."""

    what = "entry"
    points: Annotated[int, parsed(_whole(1))]
    when: Condition


class PriorityDocument(Document):
    """A play's place inside its tier: a start and what is added."""

    what = "priority"
    start: Annotated[int, parsed(_whole(0))] = 0
    add: list[PointsDocument] = Field(default_factory=list)


class ActionDocument(Document):
    """What to do: why, how, by whom, with which words."""

    what = "action"
    purpose: Purpose
    channels: Words
    owner: Id
    message: Line | None = None
    within: Span = parse_duration("1 day")
    when_closed: Annotated[WhenClosed, parsed(lambda v: WhenClosed(_when_closed(v)))] = (
        WhenClosed.DEFER
    )


class PlayDocument(Document):
    """One entry that can propose an action."""

    what = "play"
    title: Line
    when: Condition | None = None
    every: Span | None = None
    since: Line | None = None
    after: AfterDocument | None = None
    on: Annotated[list[Annotated[Occasion, parsed(parse_occasion)]] | None, before(_listed)] = None
    expires: Annotated[Duration | str | None, parsed(_expiry)] = None
    tier: Annotated[Tier | None, parsed(lambda v: Tier(choice(*Tier)(v)))] = None
    priority: Annotated[PriorityDocument, before(_short("start"))] = PriorityDocument()
    action: ActionDocument


class StageDocument(Document):
    """A place in the pre-sale process: its tasks, and what ends it."""

    what = "stage"
    title: Line
    until: Condition | None = None
    tasks: dict[Id, PlayDocument] = Field(default_factory=dict)


class ProcessDocument(Document):
    """The pre-sale process: who is in it, and its stages in order."""

    what = "process"
    title: Line | None = None
    when: Condition | None = None
    stages: dict[Id, StageDocument]


class PlaybookDocument(Document):
    """One playbook file."""

    what = "playbook"
    careflow: Annotated[str, parsed(_version)]
    playbook: Id
    title: Line
    language: Annotated[str, parsed(choice("vi", "en"))] | None = None
    zone: Annotated[str, parsed(parse_zone)] | None = None
    use: Lines = Field(default_factory=list)
    plan_ahead: Span | None = None
    adult_age: Annotated[int, parsed(_whole(1))] | None = None
    channels: Words = Field(default_factory=list)
    staff: dict[Id, RoleDocument] = Field(default_factory=dict)
    fields: dict[Id, Annotated[FieldDocument, before(_short("type"))]] = Field(default_factory=dict)
    segments: dict[Id, dict[Id, Annotated[SegmentDocument, before(_short("name"))]]] = Field(
        default_factory=dict
    )
    quiet_hours: list[WindowDocument] = Field(default_factory=list)
    contact_hours: list[WindowDocument] = Field(default_factory=list)
    caps: list[CapDocument] = Field(default_factory=list)
    consent: list[ConsentDocument] = Field(default_factory=list)
    suppress: list[SuppressionDocument] = Field(default_factory=list)
    capacity: list[CapacityDocument] = Field(default_factory=list)
    process: ProcessDocument | None = None
    plays: dict[Id, PlayDocument] = Field(default_factory=dict)


def _when_closed(value: object) -> str:
    return str(choice(*WhenClosed)(value))
