"""The facts of one customer at one instant, derived from the record when first asked for.

Nothing after `now` exists here: not an interaction, not the closing of a complaint, not
an event of its log. An appointment that lies ahead is known from the day it was booked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from careflow.calendar.local import Moment, moment_of
from careflow.calendar.windows import YearDay
from careflow.conditions.compile import NOW, TODAY
from careflow.conditions.fields import Field, Kind
from careflow.customer.record import (
    INTERNAL,
    PURPOSES,
    RELATIONS,
    Appointment,
    Complaint,
    Customer,
)

Item = dict[str, Any]
Derive = Mapping[str, Callable[["Facts"], Any]]


class Facts(dict[Any, Any]):
    """What conditions read: field name to value, `None` for "not known".

    Args:
        customer: The record.
        now: The aware instant of the decision.
        zone: The zone whose clocks and dates count for this customer.
        derive: How each fact follows from the others.
    """

    def __init__(self, customer: Customer, now: datetime, zone: ZoneInfo, derive: Derive) -> None:
        super().__init__()
        self.customer = customer
        self.zone = zone
        self._derive = derive
        self[NOW] = now.timestamp()
        self[TODAY] = now.astimezone(zone).date()

    def __missing__(self, key: Any) -> Any:  # noqa: ANN401 - facts are of every type
        if isinstance(key, tuple):
            _, duration, times = key
            value = duration.days_from(self[TODAY], times)
        else:
            value = self._derive[key](self)
        self[key] = value
        return value

    def moment(self, value: date | datetime | None) -> Moment | None:
        """Return what a recorded date or time means here; `None` if it lies after now."""
        if value is None:
            return None
        found = moment_of(value, self.zone)
        return found if found.at <= self[NOW] else None


def _text(name: str) -> Field:
    return Field(name, Kind.TEXT)


def _choice(name: str, *choices: str) -> Field:
    return Field(name, Kind.CHOICE, choices)


def _number(name: str) -> Field:
    return Field(name, Kind.NUMBER)


def _ever(name: str) -> Field:
    return Field(name, Kind.MOMENT, never=True)


def _collection(name: str, *items: Field) -> Field:
    return Field(name, Kind.COLLECTION, items=items)


_FIELDS = (
    _text("id"),
    _text("name"),
    _text("salutation"),
    _choice("kind", *RELATIONS),
    _choice("party", "person", "organisation"),
    _choice("gender", "female", "male", "other"),
    _text("language"),
    _text("address"),
    _text("owner"),
    Field("birth-date", Kind.DATE),
    Field("next-birthday", Kind.DATE),
    _number("age"),
    _text("representative"),
    _ever("first-contact"),
    _ever("last-contact"),
    _ever("last-inbound"),
    _ever("last-outbound"),
    _ever("first-purchase"),
    _ever("last-purchase"),
    _ever("last-completed"),
    _ever("last-complaint"),
    Field("next-appointment", Kind.MOMENT, never=True),
    _number("nps"),
    _number("csat"),
    _collection(
        "interactions",
        _ever("at"),
        _choice("direction", "in", "out"),
        _text("channel"),
        _choice("purpose", *PURPOSES),
        _text("campaign"),
        _text("outcome"),
        Field("duration", Kind.DURATION),
        _text("play"),
    ),
    _collection(
        "purchases",
        _ever("at"),
        _text("product"),
        _number("amount"),
        _text("currency"),
        _ever("completed"),
    ),
    _collection(
        "complaints",
        _ever("at"),
        _choice("status", "open", "closed"),
        _ever("closed"),
        _text("subject"),
        _text("category"),
        _choice("severity", "low", "medium", "high"),
    ),
    _collection(
        "opportunities",
        _ever("at"),
        _choice("status", "open", "won", "lost"),
        _ever("closed"),
        _text("need"),
        _number("value"),
    ),
    _collection(
        "appointments",
        Field("at", Kind.MOMENT, never=True),
        _choice("status", "planned", "kept", "missed", "cancelled"),
        _text("subject"),
    ),
    _collection("feedback", _ever("at"), _choice("kind", "nps", "csat"), _number("score")),
)
FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}


def _sorted(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item["at"].at)


def _interactions(facts: Facts) -> list[Item]:
    return _sorted(
        {
            "at": at,
            "times": each.times,
            "direction": each.direction,
            "channel": each.channel,
            "purpose": each.purpose,
            "campaign": each.campaign,
            "outcome": each.outcome,
            "duration": each.duration,
            "play": each.play,
            "key": each.key,
        }
        for each in facts.customer.interactions
        if (at := facts.moment(each.at))
    )


def _purchases(facts: Facts) -> list[Item]:
    return _sorted(
        {
            "at": at,
            "times": 1,
            "id": each.id,
            "product": each.product,
            "amount": each.amount,
            "currency": each.currency,
            "completed": facts.moment(each.completed_at),
        }
        for each in facts.customer.purchases
        if (at := facts.moment(each.at))
    )


def _complaints(facts: Facts) -> list[Item]:
    return _sorted(
        {
            "at": at,
            "times": 1,
            "id": each.id,
            "closed": (closed := _closed(facts, each)),
            "status": "closed" if closed else "open",
            "subject": each.subject,
            "category": each.category,
            "severity": each.severity,
        }
        for each in facts.customer.complaints
        if (at := facts.moment(each.opened_at))
    )


def _closed(facts: Facts, complaint: Complaint) -> Moment | None:
    """Return when the complaint was last closed, unless it was reopened since."""
    changes = [(at.at, "closed", at) for at in [facts.moment(complaint.closed_at)] if at]
    changes += [
        (at.at, event.kind, at)
        for event in complaint.events
        if event.kind in ("closed", "reopened") and (at := facts.moment(event.at))
    ]
    if not changes:
        return None
    _, kind, at = max(changes, key=lambda change: change[:2])
    return at if kind == "closed" else None


def _opportunities(facts: Facts) -> list[Item]:
    found = []
    for each in facts.customer.opportunities:
        at, closed = facts.moment(each.opened_at), facts.moment(each.closed_at)
        # without a closing date, an answer on the record is taken as given by now
        ended = closed or (each.closed_at is None and each.won is not None)
        status = (
            "open" if not ended else None if each.won is None else "won" if each.won else "lost"
        )
        if at:
            found.append(
                {
                    "at": at,
                    "times": 1,
                    "id": each.id,
                    "closed": closed,
                    "status": status,
                    "need": each.need,
                    "value": each.value,
                }
            )
    return _sorted(found)


def _appointments(facts: Facts) -> list[Item]:
    return _sorted(
        {
            "at": moment_of(each.at, facts.zone),
            "times": 1,
            "id": each.id,
            "status": _status(facts, each),
            "subject": each.subject,
        }
        for each in facts.customer.appointments
        if each.booked_at is None or facts.moment(each.booked_at)
    )


def _status(facts: Facts, appointment: Appointment) -> str:
    """Return the status as it can be known now: nobody has kept tomorrow's appointment."""
    ahead = moment_of(appointment.at, facts.zone).at > facts[NOW]
    return "planned" if ahead and appointment.status in ("kept", "missed") else appointment.status


def _feedback(facts: Facts) -> list[Item]:
    return _sorted(
        {"at": at, "times": 1, "kind": each.kind, "score": each.score}
        for each in facts.customer.feedback
        if (at := facts.moment(each.at))
    )


def _age(facts: Facts) -> int | None:
    born: date | None = facts.customer.birth_date
    if born is None:
        return facts.customer.age
    today: date = facts[TODAY]
    if born > today:
        return None
    birthday = YearDay(born.month, born.day).in_year(today.year)
    return today.year - born.year - (birthday is not None and today < birthday)


def _next_birthday(facts: Facts) -> date | None:
    born, today = facts.customer.birth_date, facts[TODAY]
    if born is None:
        return None
    yearly = YearDay(born.month, born.day)
    this_year = yearly.in_year(today.year)
    return this_year if this_year and this_year >= today else yearly.in_year(today.year + 1)


def _contacts(facts: Facts, direction: str | None = None) -> Iterator[Moment]:
    """Yield when the customer was in contact; work inside the firm is none."""
    for each in facts["interactions"]:
        if each["channel"] != INTERNAL and direction in (None, each["direction"]):
            yield each["at"]


def _first(collection: str, part: str = "at") -> Callable[[Facts], Moment | None]:
    return lambda facts: min((m for each in facts[collection] if (m := each[part])), default=None)


def _last(collection: str, part: str = "at") -> Callable[[Facts], Moment | None]:
    return lambda facts: max((m for each in facts[collection] if (m := each[part])), default=None)


def _next_appointment(facts: Facts) -> Moment | None:
    ahead = [
        each["at"]
        for each in facts["appointments"]
        if each["status"] == "planned" and each["at"].latest > facts[NOW]
    ]
    return min(ahead, default=None)


def _score(kind: str) -> Callable[[Facts], int | None]:
    def latest(facts: Facts) -> int | None:
        # of two answers at one time the lower counts, in whatever order they are listed
        given = [(e["at"].at, -e["score"]) for e in facts["feedback"] if e["kind"] == kind]
        return -max(given)[1] if given else None

    return latest


DERIVE: Derive = {
    "id": lambda facts: facts.customer.id,
    "name": lambda facts: facts.customer.name,
    "salutation": lambda facts: facts.customer.salutation,
    "kind": lambda facts: facts.customer.kind,
    "party": lambda facts: facts.customer.party,
    "gender": lambda facts: facts.customer.gender,
    "language": lambda facts: facts.customer.language,
    "address": lambda facts: facts.customer.address,
    "owner": lambda facts: facts.customer.owner,
    "birth-date": lambda facts: facts.customer.birth_date,
    "next-birthday": _next_birthday,
    "age": _age,
    "representative": lambda facts: (
        facts.customer.representative.name if facts.customer.representative else None
    ),
    "interactions": _interactions,
    "purchases": _purchases,
    "complaints": _complaints,
    "opportunities": _opportunities,
    "appointments": _appointments,
    "feedback": _feedback,
    "first-contact": lambda facts: min(_contacts(facts), default=None),
    "last-contact": lambda facts: max(_contacts(facts), default=None),
    "last-inbound": lambda facts: max(_contacts(facts, "in"), default=None),
    "last-outbound": lambda facts: max(_contacts(facts, "out"), default=None),
    "first-purchase": _first("purchases"),
    "last-purchase": _last("purchases"),
    "last-completed": _last("purchases", "completed"),
    "last-complaint": _last("complaints"),
    "next-appointment": _next_appointment,
    "nps": _score("nps"),
    "csat": _score("csat"),
}
