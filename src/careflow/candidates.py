"""What every play says of one customer: proposed, not due until ..., or not for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from careflow.calendar.durations import Duration
from careflow.calendar.local import Moment, instant, local_day, to_datetime
from careflow.calendar.occasions import BIRTHDAY, Occasion
from careflow.conditions.compile import NOW, TODAY
from careflow.conditions.condition import Compared
from careflow.customer.events import EVENTS
from careflow.customer.facts import Facts
from careflow.decision import Code, Reason, Suppressed
from careflow.playbook.handbook import After, Every, Once, OnOccasion, Play, Playbook
from careflow.playbook.plays import LAST_DONE
from careflow.playbook.resolve import ONE_DAY

ONCE = "once"
FIRST = "first"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One occurrence of a play that is due inside the plan; instants in epoch seconds."""

    play: Play
    playbook: Playbook
    key: str
    ready: float
    due: float
    expires: float | None
    priority: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """When one occurrence may be done, before anything was checked."""

    id: str
    ready: float
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class _Not:
    """Why a trigger yields no occurrence."""

    code: Code
    until: float | None = None
    id: str | None = None
    compared: tuple[Compared, ...] = ()
    gone: float = 0.0


def candidates(play: Play, playbook: Playbook, facts: Facts) -> Iterator[Candidate | Suppressed]:
    """Yield every occurrence of *play* that is due, or one entry saying why there is none."""
    refusal = _refusal(play, facts)
    if refusal:
        yield suppressed(play, None, (refusal,))
        return
    horizon = instant(playbook.plan_ahead.days_from(facts[TODAY]), 0, facts.zone)
    for found in _occurrences(play, facts, horizon):
        if isinstance(found, _Not):
            until = None if found.until is None else to_datetime(found.until, facts.zone)
            reason = Reason(found.code, play.place, trigger_text(play), found.compared, until)
            key = None if found.id is None else _key(play, facts, found.id)
            yield suppressed(play, key, (reason,))
        else:
            yield _candidate(play, playbook, facts, found)


def suppressed(play: Play, key: str | None, reasons: tuple[Reason, ...]) -> Suppressed:
    """Return the entry of a play that proposes nothing."""
    return Suppressed(play.playbook, play.id, play.title, key, play.place, reasons)


def _refusal(play: Play, facts: Facts) -> Reason | None:
    """Say why the play is not for this customer, if it is not."""
    if play.stage is not None:
        name = f"stage.{play.playbook}"
        stage = facts[name]
        if stage != play.stage:
            code = Code.UNKNOWN if stage is None else Code.OTHER_STAGE
            compared = (Compared(name, play.stage, stage, play.place),)
            return Reason(code, play.place, play.stage, compared)
    if play.when is None:
        return None
    answer = play.when.ask(facts)
    if answer is True:
        return None
    code = Code.UNKNOWN if answer is None else Code.NOT_FOR_CUSTOMER
    return Reason(code, play.place, "", play.when.deciding(facts))


def _candidate(play: Play, playbook: Playbook, facts: Facts, found: _Occurrence) -> Candidate:
    added = tuple(points for points in play.add if points.when.ask(facts))
    asked = play.when.deciding(facts) if play.when else ()
    due = deadline(play, found.ready, facts)
    return Candidate(
        play=play,
        playbook=playbook,
        key=_key(play, facts, found.id),
        ready=found.ready,
        due=due if found.expires is None else min(due, found.expires),
        expires=found.expires,
        priority=play.start + sum(points.points for points in added),
        reasons=(
            Reason(Code.PROPOSED, play.place, trigger_text(play), asked),
            *(
                Reason(
                    Code.PRIORITY,
                    points.when.node.place,
                    str(points.points),
                    points.when.deciding(facts),
                )
                for points in added
            ),
        ),
    )


def deadline(play: Play, ready: float, facts: Facts) -> float:
    """Return by when what may be done from *ready* on should be done."""
    return shift(Moment(ready, ready, local_day(ready, facts.zone)), play.action.within, facts)


def _key(play: Play, facts: Facts, occurrence: str) -> str:
    """Name the occurrence; a slash inside an id is written %2F, so no two keys are alike."""
    ids = (play.playbook, play.id, facts.customer.id, occurrence)
    return "/".join(each.replace("%", "%25").replace("/", "%2F") for each in ids)


def trigger_text(play: Play) -> str:
    """Write the trigger of a play as its playbook does."""
    match play.trigger:
        case Once():
            return ONCE
        case Every(period=period, since=since):
            return f"every {period}, since {since}"
        case After(event=event, wait=wait):
            return f"{wait or 0} after {event}" if wait else f"after {event}"
        case OnOccasion(occasions=occasions):
            return f"on {', '.join(map(str, occasions))}"


def shift(moment: Moment, by: Duration, facts: Facts) -> float:
    """Return the instant *by* after *moment*: days on local dates, hours on instants."""
    if by.seconds is not None:
        return moment.latest + by.seconds
    return instant(by.days_from(moment.day), 0, facts.zone)


def _occurrences(play: Play, facts: Facts, horizon: float) -> Iterator[_Occurrence | _Not]:
    match play.trigger:
        case Once():
            yield _Occurrence(ONCE, facts[NOW])
        case Every() as every:
            yield _rhythm(play, every, facts, horizon)
        case After() as after:
            yield from _follow_ups(play, after, facts, horizon)
        case OnOccasion(occasions=occasions):
            found = [_occasion(play, facts, horizon, each) for each in occasions]
            yield from _due_or_nearest(found)


def _rhythm(play: Play, every: Every, facts: Facts, horizon: float) -> _Occurrence | _Not:
    base = _last_done(play, facts) if every.since == LAST_DONE else facts[every.since]
    if base is None:
        return _Occurrence(FIRST, facts[NOW])
    start = base if isinstance(base, date) else base.day
    done = _last_done(play, facts)
    times, day = 1, every.period.days_from(start)
    while done and day <= done.day:  # a date that stays where it is: on to its next return
        times += 1
        day = every.period.days_from(start, times)
    ready = instant(day, 0, facts.zone)
    if ready >= horizon:
        return _Not(Code.NOT_DUE, ready, str(day))
    return _Occurrence(str(day), ready)


def _last_done(play: Play, facts: Facts) -> Moment | None:
    name = f"{play.playbook}/{play.id}"
    prefix = _key(play, facts, "")
    done = [
        each["at"]
        for each in facts["interactions"]
        if each["play"] == name or (each["key"] or "").startswith(prefix)
    ]
    return max(done, default=None)


def _follow_ups(
    play: Play, after: After, facts: Facts, horizon: float
) -> Iterator[_Occurrence | _Not]:
    """Yield the occurrence of every event that is due, or why there is none."""
    found: list[_Occurrence | _Not] = []
    for event in EVENTS[after.event](facts):
        ready = shift(event.at, after.wait, facts) if after.wait else event.at.at
        expires = _expiry(play, ready, facts)
        if expires is not None and expires <= facts[NOW]:
            found.append(_Not(Code.EXPIRED, None, event.id, gone=expires))
        elif ready >= horizon:
            found.append(_Not(Code.NOT_DUE, ready, event.id))
        else:
            found.append(_Occurrence(event.id, ready, expires))
    yield from _due_or_nearest(found)


def _due_or_nearest(found: list[_Occurrence | _Not]) -> Iterator[_Occurrence | _Not]:
    """Yield what is due; without that, the next to come, or else the last that is no more."""
    due = {each.id: each for each in reversed(found) if isinstance(each, _Occurrence)}
    rest = [each for each in found if isinstance(each, _Not)]
    later = [each for each in rest if each.until is not None]
    if due:
        yield from reversed(due.values())
    elif later:
        yield min(later, key=lambda each: (each.until or 0.0, each.id or ""))
    else:
        yield max(rest, key=lambda each: (each.gone, each.id or ""), default=_Not(Code.NO_EVENT))


def _expiry(play: Play, ready: float, facts: Facts) -> float | None:
    if play.expires is None:
        return None
    return shift(Moment(ready, ready, local_day(ready, facts.zone)), play.expires, facts)


def _occasion(play: Play, facts: Facts, horizon: float, occasion: Occasion) -> _Occurrence | _Not:
    origin = _origin(occasion, facts)
    if occasion.named == BIRTHDAY and origin is None:
        compared = (Compared("birth-date", "known", None, play.place),)
        return _Not(Code.UNKNOWN, compared=compared)
    year = facts[TODAY].year
    days = (occasion.in_year(each, origin) for each in range(year - 1, year + 3))
    for day in days:
        if day is None:
            continue
        name = _occasion_id(occasion, day)
        ready = instant(day, 0, facts.zone)
        lasts = play.expires or ONE_DAY
        expires = shift(Moment(ready, ready, day), lasts, facts)
        if expires > facts[NOW]:
            return (
                _Occurrence(name, ready, expires)
                if ready < horizon
                else _Not(Code.NOT_DUE, ready, name)
            )
    return _Not(Code.EXPIRED if occasion.day else Code.NO_EVENT)


def _occasion_id(occasion: Occasion, day: date) -> str:
    """Name the return of an occasion: of a birthday the year is enough."""
    if occasion.named == BIRTHDAY:
        return str(day.year)
    return f"{occasion.named}-{day.year}" if occasion.named else str(day)


def _origin(occasion: Occasion, facts: Facts) -> date | None:
    if occasion.named is None:
        return None
    if occasion.named == BIRTHDAY:
        born: date | None = facts["birth-date"]
        return born
    first = facts[occasion.named]
    return first.day if first else None
