"""What a firm knows of one customer, as one frozen value.

Absent means "not known"; an absent list means that there is none. Times are aware
datetimes, or dates where the hour was not kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from careflow.calendar.local import parse_zone
from careflow.calendar.moments import parse_date, parse_moment, plausible
from careflow.conditions.fields import parse_flag, parse_number
from careflow.errors import Finding
from careflow.schema import Field, Model, before, checked, parsed
from careflow.suggest import did_you_mean

PURPOSES = ("marketing", "greeting", "survey", "care", "service", "complaint", "legal")
RELATIONS = ("customer", "supplier", "partner")
INTERNAL = "internal"  # the channel of work inside the firm, which is no contact
_TEXT_LIMIT = 10_000
_DEEPEST = 16
_SCALES = {"nps": (0, 10), "csat": (1, 5)}


def text(value: object) -> str:
    """Read text, NFC-normalised; a number becomes its digits, as for a phone or an id.

    Raises:
        Finding: Nothing, too much, or something that is no text.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Finding("wrong-type", f"{_shown(value)} stands where text belongs")
    written = value.strip()
    if not written.isascii():
        written = unicodedata.normalize("NFC", written)
    if not written:
        raise Finding("wrong-type", "nothing stands where text belongs")
    if len(written) > _TEXT_LIMIT:
        raise Finding("wrong-type", f"text longer than {_TEXT_LIMIT} characters")
    if not written.isascii() and any("\ud800" <= c <= "\udfff" for c in written):
        raise Finding("wrong-type", "text holds half of a character (a lone surrogate)")
    return written


def moment(value: object) -> date | datetime:
    """Read a date or an aware datetime, written or as a Python value."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise Finding("naive-time", f'"{value}" has no time zone', "Add the offset.")
    if isinstance(value, date):
        return plausible(value)
    return parse_moment(_written(value, "a date or time"))


def day(value: object) -> date:
    """Read a date, written or as a Python value."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return plausible(value)
    return parse_date(_written(value, "a date"))


def number(value: object) -> int | Decimal:
    """Read a number; floats by their shortest decimal form, so 0.1 stays 0.1."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if isinstance(value, Decimal) and not value.is_finite():
            raise Finding("bad-number", f'"{value}" is not a number')
        return value
    if isinstance(value, float):
        return parse_number(repr(value))
    return parse_number(_written(value, "a number"))


def whole(least: int, most: int) -> Any:  # noqa: ANN401 - a parser for `parsed`
    """Make a reader of whole numbers from *least* to *most*."""

    def read(value: object) -> int:
        found = number(value)
        if not least <= found <= most or found != int(found):
            message = f"{_shown(found)} is not a whole number from {least} to {most}"
            raise Finding("bad-number", message)
        return int(found)

    return read


def flag(value: object) -> bool:
    """Read yes or no."""
    return value if isinstance(value, bool) else parse_flag(_written(value, "yes or no"))


def choice(*choices: str) -> Any:  # noqa: ANN401 - a parser for `parsed`
    """Make a reader of one of *choices*."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return str(value)
        message = f"{_shown(value)} is not one of the choices"
        raise Finding("bad-choice", message, did_you_mean(str(value), choices))

    return read


def _consent(value: object) -> object:
    """Read consent: yes or no to everything, or one answer per purpose."""
    if isinstance(value, Mapping):
        answers = {}
        for purpose, answer in value.items():
            if purpose not in PURPOSES:
                message = f'"{purpose}" is not a purpose'
                raise Finding("bad-choice", message, did_you_mean(str(purpose), PURPOSES))
            if answer is not None:
                answers[str(purpose)] = _answer(str(purpose), answer)
        return answers
    return flag(value)


def _answer(purpose: str, value: object) -> bool:
    try:
        return flag(value)
    except Finding as finding:
        message = f"{finding.message} for {purpose}"
        raise Finding(finding.check, message, finding.hint) from None


def _shallow(value: Any) -> Any:  # noqa: ANN401 - plain JSON data in, the same out
    _check_depth(value, _DEEPEST)
    return value


def _check_depth(value: object, levels: int) -> None:
    if isinstance(value, dict | list | tuple):
        if not levels:
            raise Finding("too-deep", f"values nest deeper than {_DEEPEST} levels")
        for each in value.values() if isinstance(value, dict) else value:
            _check_depth(each, levels - 1)


def _written(value: object, expected: str) -> str:
    if not isinstance(value, str):
        raise Finding("wrong-type", f"{_shown(value)} stands where {expected} belongs")
    return value


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, bool):
        return '"true"' if value else '"false"'
    return "a list" if isinstance(value, list | tuple) else f'"{str(value)[:40]}"'


Str = Annotated[str, parsed(text)]
Moment = Annotated[date | datetime, parsed(moment)]
Day = Annotated[date, parsed(day)]
Number = Annotated[int | Decimal, parsed(number)]
Score = Annotated[int, parsed(whole(0, 100))]
Purpose = Annotated[str, parsed(choice(*PURPOSES))]
Zone = Annotated[str, parsed(lambda value: parse_zone(text(value)))]


class Channel(Model):
    """One way to reach the customer: where, of what kind, and what they agreed to."""

    address: Str | None = None
    kind: Str | None = None
    consent: Annotated[bool | dict[str, bool], parsed(_consent)] | None = None

    def agrees(self, purpose: str) -> bool | None:
        """Return the customer's answer for *purpose*: yes, no, or `None` if never given."""
        if isinstance(self.consent, dict):
            return self.consent.get(purpose)
        return self.consent


class Representative(Model):
    """Who acts for the customer, with their own channels."""

    name: Str
    relation: Str | None = None
    channels: dict[Str, Channel] = Field(default_factory=dict)


class Interaction(Model):
    """One past contact, or one history line that stands for several (`times`)."""

    at: Moment
    direction: Annotated[Literal["in", "out"], parsed(choice("in", "out"))] = "out"
    channel: Str | None = None
    purpose: Purpose | None = None
    campaign: Str | None = None
    outcome: Str | None = None
    duration: Annotated[int, parsed(whole(0, 10**6))] | None = None
    times: Annotated[int, parsed(whole(1, 10**6))] = 1
    key: Str | None = None
    play: Str | None = None
    note: Str | None = None


class Purchase(Model):
    """One purchase or engagement; `completed_at` is when the service was done."""

    at: Moment
    id: Str | None = None
    product: Str | None = None
    amount: Number | None = None
    currency: Str | None = None
    completed_at: Moment | None = None


class ComplaintEvent(Model):
    """One thing that happened to a complaint."""

    at: Moment
    kind: Str
    by: Str | None = None
    note: Str | None = None


class Complaint(Model):
    """A case: when it was opened and closed, how grave, and its event log."""

    opened_at: Moment
    id: Str | None = None
    closed_at: Moment | None = None
    subject: Str | None = None
    category: Str | None = None
    severity: Annotated[str, parsed(choice("low", "medium", "high"))] | None = None
    channel: Str | None = None
    owner: Str | None = None
    events: tuple[ComplaintEvent, ...] = ()


class Opportunity(Model):
    """A possible sale."""

    opened_at: Moment
    id: Str | None = None
    closed_at: Moment | None = None
    won: Annotated[bool, parsed(flag)] | None = None
    need: Str | None = None
    value: Number | None = None


class Appointment(Model):
    """A meeting at a time that may lie ahead; it is known from `booked_at` on."""

    at: Moment
    id: Str | None = None
    booked_at: Moment | None = None
    status: Annotated[str, parsed(choice("planned", "kept", "missed", "cancelled"))] = "planned"
    subject: Str | None = None


class Feedback(Model):
    """One answer to a survey: NPS 0 to 10, CSAT 1 to 5."""

    at: Moment
    kind: Annotated[Literal["nps", "csat"], parsed(choice("nps", "csat"))]
    score: Score
    comment: Str | None = None

    @checked
    def _on_its_scale(self) -> Self:
        low, high = _SCALES[self.kind]
        if not low <= self.score <= high:
            message = f'"{self.score}" is not on the scale of {self.kind}, {low} to {high}'
            raise Finding("bad-number", message)
        return self


class Customer(Model):
    """One customer as the firm knows them.

    Args:
        id: The firm's own key of the customer.
        kind: Their relation to the firm.
        party: A person or an organisation.
        zone: The IANA zone in which they live; the firm's where it is not known.
        age: In whole years, for firms that keep no birth date.
        channels: By channel name: phone, sms, email, zalo, ...
        owner: The member of staff responsible for them.
        attributes: What else the firm knows; playbooks declare the types.
    """

    id: Str
    name: Str | None = None
    salutation: Str | None = None
    kind: Annotated[str, parsed(choice(*RELATIONS))] = "customer"
    party: Annotated[str, parsed(choice("person", "organisation"))] = "person"
    gender: Annotated[str, parsed(choice("female", "male", "other"))] | None = None
    zone: Zone | None = None
    language: Str | None = None
    address: Str | None = None
    birth_date: Day | None = None
    age: Annotated[int, parsed(whole(0, 150))] | None = None
    representative: Representative | None = None
    channels: dict[Str, Channel] = Field(default_factory=dict)
    do_not_contact: Annotated[bool, parsed(flag)] = False
    owner: Str | None = None
    attributes: dict[Str, Annotated[Any, before(_shallow)]] = Field(default_factory=dict)
    interactions: tuple[Interaction, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    feedback: tuple[Feedback, ...] = ()


def without_nulls(data: Any, levels: int = _DEEPEST) -> Any:  # noqa: ANN401 - plain JSON data
    """Return *data* without its nulls: in a record, null is the same as leaving out.

    Below so many *levels* nothing is looked at: no record is that deep.
    """
    if levels and isinstance(data, dict):
        kept = {key: each for key, each in data.items() if each is not None}
        return {key: without_nulls(each, levels - 1) for key, each in kept.items()}
    if levels and isinstance(data, list | tuple):
        return [without_nulls(each, levels - 1) for each in data]
    return data
