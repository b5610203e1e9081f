"""The slot: the earliest instant that satisfies every constraint at once.

Each constraint answers one question: if it blocks an instant, from when on does it not?
Between the two it blocks throughout, so moving to the latest answer and asking again
ends at the exact earliest instant, or proves that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from careflow.calendar.local import to_datetime
from careflow.calendar.windows import Window, covering, next_opening
from careflow.contacts import NEVER, Contact, blocked_until, counted
from careflow.decision import Code, Reason
from careflow.gates import Case
from careflow.playbook.handbook import Cap, Hours
from careflow.source import Place

HORIZON_DAYS = 400  # no firm plans one contact further ahead than a year
_HORIZON = HORIZON_DAYS * 86_400.0
_MOST_MOVES = 10_000  # a backstop; a year of nights and lunches is some 1,500


class Constraint(Protocol):
    """One rule about the moment of a contact."""

    def blocked_until(self, at: float) -> float | None:
        """Return from when on it no longer blocks, `None` if it does not block *at*."""

    def reason(self, until: float) -> Reason:
        """Return why it blocked up to *until*."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is contacted."""

    hours: Hours
    zone: ZoneInfo

    def blocked_until(self, at: float) -> float | None:
        """Return the end of the quiet time that covers *at*."""
        return covering(self.hours.window, at, self.zone, wide=True)

    def reason(self, until: float) -> Reason:
        """Return which quiet time it was."""
        title = f"{self.hours.title} ({self.hours.window})"
        return Reason(Code.QUIET_HOURS, self.hours.place, title, (), _moment(until, self.zone))


@dataclass(frozen=True, slots=True)
class Permitted:
    """Hours outside which nobody is contacted: the union of several windows."""

    hours: tuple[Hours, ...]
    granted: tuple[Window, ...]
    zone: ZoneInfo

    def blocked_until(self, at: float) -> float | None:
        """Return the next opening, unless *at* is inside permitted time."""
        if any(covering(each, at, self.zone, wide=False) is not None for each in self.granted):
            return None
        found = next_opening(self.granted, at, self.zone, days=HORIZON_DAYS)
        return NEVER if found is None else found

    def reason(self, until: float) -> Reason:
        """Return which permitted time the contact waits for."""
        granted = [each for each in self.hours if each.window in self.granted]
        titles = dict.fromkeys(f"{each.title} ({each.window})" for each in granted)
        place = (granted or self.hours)[0].place
        subject = ", ".join(titles) or "-"
        return Reason(Code.CONTACT_HOURS, place, subject, (), _moment(until, self.zone))


@dataclass(frozen=True, slots=True)
class Capped:
    """At most so many contacts per period."""

    cap: Cap
    made: list[Contact]
    zone: ZoneInfo

    def blocked_until(self, at: float) -> float | None:
        """Return the exact instant at which one more contact fits."""
        return blocked_until(self.cap, self.made, at, self.zone)

    def reason(self, until: float) -> Reason:
        """Return which cap it was, and how many contacts it counted."""
        total = sum(each.times for each in self.made)
        subject = f"{self.cap.title}: {total}"
        return Reason(Code.CAP, self.cap.place, subject, (), _moment(until, self.zone))


def constraints(case: Case, made: Sequence[Contact]) -> list[Constraint]:
    """Return every constraint on one case: quiet hours, permitted hours, caps.

    A quiet time whose condition is unknown holds; a permitted time whose condition is
    unknown does not: both fail closed.
    """
    if case.internal:
        return []
    policy, facts = case.candidate.playbook.policy, case.facts
    found: list[Constraint] = []
    for hours in policy.quiet_hours:
        if hours.applies.covers(case.channel, case.purpose):
            when = hours.applies.when
            if when is None or when.ask(facts) is not False:
                found.append(Quiet(hours, facts.zone))
    permitted = tuple(
        hours for hours in policy.contact_hours if hours.applies.covers(case.channel, case.purpose)
    )
    if permitted:
        granted = tuple(
            hours.window
            for hours in permitted
            if hours.applies.when is None or hours.applies.when.ask(facts)
        )
        found.append(Permitted(permitted, granted, facts.zone))
    found.extend(
        Capped(cap, counted(cap, made), facts.zone)
        for cap in policy.caps
        if cap.applies.covers(case.channel, case.purpose)
    )
    return found


@dataclass(frozen=True, slots=True)
class Slot:
    """The earliest permitted instant, `None` if there is none, and what moved it there."""

    at: float | None
    reasons: tuple[Reason, ...]


def earliest(start: float, limit: float | None, found: Sequence[Constraint]) -> Slot:
    """Find the earliest instant from *start* on, before *limit*, that nothing blocks.

    Args:
        start: Epoch seconds.
        limit: Epoch seconds at which the action is worthless, or `None`.
        found: The constraints, all of which must hold.
    """
    at = start
    moved: dict[Place, Reason] = {}
    end = min(limit if limit is not None else NEVER, start + _HORIZON)
    if at >= end:
        return Slot(None, ())
    for _ in range(_MOST_MOVES):
        blocking = next(((c, u) for c in found if (u := c.blocked_until(at)) is not None), None)
        if blocking is None:
            return Slot(at, tuple(moved.values()))
        constraint, until = blocking
        reason = constraint.reason(until)
        moved.pop(reason.source, None)
        moved[reason.source] = reason
        if until >= end:
            return Slot(None, tuple(moved.values()))
        at = until
    return Slot(None, tuple(moved.values()))


def _moment(at: float, zone: ZoneInfo) -> datetime | None:
    return None if at == NEVER else to_datetime(at, zone)
