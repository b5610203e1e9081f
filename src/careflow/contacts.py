"""Caps: which contacts count, whether one more fits, and exactly when it would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from careflow.calendar.durations import Duration
from careflow.calendar.local import Moment, local_day, start_of
from careflow.customer.facts import Facts
from careflow.customer.record import INTERNAL
from careflow.playbook.document import CapUnit
from careflow.playbook.handbook import Cap

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact made or reserved; what is not known of it counts against every cap."""

    at: Moment
    channel: str | None
    purpose: str | None
    campaign: str | None
    times: int


def contacts(facts: Facts) -> list[Contact]:
    """Return the contacts that the firm has made with the customer."""
    return [
        Contact(each["at"], each["channel"], each["purpose"], each["campaign"], each["times"])
        for each in facts["interactions"]
        if each["direction"] == "out" and each["channel"] != INTERNAL
    ]


def counted(cap: Cap, made: Iterable[Contact]) -> list[Contact]:
    """Return the contacts that *cap* counts."""
    applies = cap.applies
    return [
        each
        for each in made
        if (applies.channels is None or each.channel is None or each.channel in applies.channels)
        and (applies.purposes is None or each.purpose is None or each.purpose in applies.purposes)
        and (cap.campaign is None or each.campaign is None or each.campaign == cap.campaign)
    ]


def blocked_until(cap: Cap, made: list[Contact], at: float, zone: ZoneInfo) -> float | None:
    """Return when one more contact fits under *cap*, `None` if it fits at instant *at*.

    Contacts reserved for later count too: one more must fit into every window that
    would hold it. The answer is exact, the n-th latest contact plus the period, and
    infinite for a cap that never releases.

    Args:
        cap: The cap.
        made: The contacts it counts.
        at: When the next contact is wanted.
        zone: Whose dates.
    """
    if _fits(cap, made, at, zone):
        return None
    releases = sorted(each for each in _releases(cap, made, zone) if each > at)
    return next((each for each in releases if _fits(cap, made, each, zone)), NEVER)


def _fits(cap: Cap, made: list[Contact], at: float, zone: ZoneInfo) -> bool:
    if cap.per is CapUnit.LIFETIME:
        return sum(each.times for each in made) < cap.most
    if isinstance(cap.per, CapUnit):
        period = _period(cap.per, local_day(at, zone))
        inside = (each for each in made if period[0] <= each.at.day < period[1])
        return sum(each.times for each in inside) < cap.most
    wanted = Moment(at, at, local_day(at, zone))
    ends = [at, *(each.at.at for each in made if each.at.at > at)]
    return all(
        _held(cap.per, made, end, zone) < cap.most
        for end in ends
        if release(cap.per, wanted, zone) > end
    )


def _held(per: Duration, made: list[Contact], end: float, zone: ZoneInfo) -> int:
    """Count the contacts in the rolling window `(end - per, end]`."""
    return sum(
        each.times for each in made if each.at.at <= end and release(per, each.at, zone) > end
    )


def release(per: Duration, contact: Moment, zone: ZoneInfo) -> float:
    """Return the instant at which a contact leaves the rolling window of length *per*.

    A window in hours ends to the second; a window of N days holds N local dates.
    """
    if per.seconds is not None:
        return contact.latest + per.seconds
    return start_of(per.days_from(contact.day), zone)


def _releases(cap: Cap, made: list[Contact], zone: ZoneInfo) -> Iterator[float]:
    for each in made:
        if isinstance(cap.per, Duration):
            yield release(cap.per, each.at, zone)
        elif cap.per is not CapUnit.LIFETIME:
            yield start_of(_period(cap.per, each.at.day)[1], zone)


def _period(unit: CapUnit, day: date) -> tuple[date, date]:
    """Return the first date of the calendar period of *day* and of the next; weeks start Monday."""
    if unit is CapUnit.DAY:
        return day, day + timedelta(days=1)
    if unit is CapUnit.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)
