"""What can set off a play: the dated events of a record, each with a stable identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from careflow.calendar.local import Moment, to_datetime
from careflow.calendar.local import zone_named as _zone
from careflow.customer.facts import Facts


class Event(NamedTuple):
    """One occurrence: its identity in keys, and when it was."""

    id: str
    at: Moment


def _from(collection: str, part: str = "at", **where: object) -> Callable[[Facts], Iterator[Event]]:
    def events(facts: Facts) -> Iterator[Event]:
        for each in facts[collection]:
            moment = each[part]
            if moment and all(each.get(key) == value for key, value in where.items()):
                yield Event(each.get("id") or _stamp(moment), moment)

    return events


def _stamp(moment: Moment) -> str:
    """Name an event that has no id by its time: the same in whatever offset it was written."""
    if moment.at != moment.latest:
        return str(moment.day)
    return f"{to_datetime(moment.at, _zone('UTC')):%Y%m%dT%H%M%SZ}"


EVENTS: Mapping[str, Callable[[Facts], Iterator[Event]]] = {
    "contact-from-customer": _from("interactions", direction="in"),
    "purchase": _from("purchases"),
    "service-completed": _from("purchases", "completed"),
    "complaint-opened": _from("complaints"),
    "complaint-still-open": _from("complaints", status="open"),
    "complaint-closed": _from("complaints", "closed"),
    "opportunity-opened": _from("opportunities"),
    "opportunity-won": _from("opportunities", "closed", status="won"),
    "opportunity-lost": _from("opportunities", "closed", status="lost"),
    "appointment-kept": _from("appointments", status="kept"),
    "appointment-missed": _from("appointments", status="missed"),
    "feedback": _from("feedback"),
}
