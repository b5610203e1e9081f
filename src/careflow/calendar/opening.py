"""What a calendar of working time is made of, checked: windows, holidays, overrides, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from careflow.calendar.local import zone_named
from careflow.calendar.moments import parse_clock
from careflow.calendar.windows import DAY_NAMES
from careflow.errors import Finding
from careflow.suggest import closest

Clocks = Iterable[tuple[str, str]]
Week = Mapping[str, Clocks]
Parts = tuple[tuple[int, int], ...]  # minutes after midnight; past 1440 it is the next day


class HoursError(ValueError):
    """A calendar, or a question to it, that cannot be: one sentence says what and the cure."""


class NoSlot(Exception):  # noqa: N818 - an answer: there is no such instant, and never "now"
    """Nothing is open, or nothing closes, before the horizon, the years 1900 to 2200 in UTC."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a calendar is open, as its arguments said it, checked.

    Args:
        zone: Whose clocks.
        weekly: The windows that start on each weekday, Monday first.
        holidays: Dates on which nothing starts.
        overrides: What starts on a date instead, whatever week and holidays say.
        breaks: What is taken out on each weekday, Monday first.
    """

    zone: ZoneInfo
    weekly: tuple[Parts, ...]
    holidays: frozenset[date]
    overrides: Mapping[date, Parts]
    breaks: tuple[Parts, ...]

    def windows_on(self, day: date) -> Parts:
        """Return the windows that start on *day*: an override beats a holiday beats the week."""
        dated = self.overrides.get(day)
        if dated is not None:
            return dated
        return () if day in self.holidays else self.weekly[day.weekday()]

    def may_open(self, year: int) -> bool:
        """Say whether there is any window that may reach into *year*."""
        return any(self.weekly) or any(abs(day.year - year) <= 1 for day in self.overrides)


def read_rules(
    zone: str | ZoneInfo,
    weekly: Week,
    holidays: Iterable[date],
    overrides: Mapping[date, Clocks],
    breaks: Clocks | Week,
) -> Rules:
    """Check what a calendar is made of.

    Args:
        zone: An IANA name.
        weekly: Windows by name of the day.
        holidays: Dates.
        overrides: Windows by date.
        breaks: Windows for every day, or by name of the day.

    Raises:
        HoursError: What was found and what was expected, in one sentence.
    """
    try:
        named = zone_named(str(zone).strip())
    except Finding as finding:
        raise HoursError(f"{finding.message}. {finding.hint}") from None
    if not isinstance(overrides, Mapping):
        raise HoursError(f"overrides is {overrides!r}; expected a mapping from dates to windows")
    return Rules(
        zone=named,
        weekly=_week(weekly, "weekly"),
        holidays=frozenset(_date(each, "holidays") for each in _listed(holidays, "holidays")),
        overrides={
            _date(day, "overrides"): _parts(windows, f"overrides {day}")
            for day, windows in overrides.items()
        },
        breaks=_week(breaks, "breaks")
        if isinstance(breaks, Mapping)
        else (_parts(breaks, "breaks"),) * 7,
    )


def _week(value: object, where: str) -> tuple[Parts, ...]:
    if not isinstance(value, Mapping):
        raise HoursError(f"{where} is {value!r}; expected a mapping from mon..sun to windows")
    week: list[Parts] = [()] * 7
    for name, windows in value.items():
        if name not in DAY_NAMES:
            raise HoursError(f'{where}: "{name}" is not a day of the week. {_day_hint(str(name))}')
        week[DAY_NAMES.index(name)] = _parts(windows, f"{where} {name}")
    return tuple(week)


def _day_hint(name: str) -> str:
    # "thursday" is far from "thu" in edits, and near in meaning
    guess = closest(name, DAY_NAMES) or closest(name[:3], DAY_NAMES)
    return f'Did you mean "{guess}"?' if guess else f"Write {', '.join(DAY_NAMES)}."


def _date(value: object, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise HoursError(f"{where}: {value!r} is not a date; expected datetime.date without an hour")


def _listed(value: object, where: str) -> Iterable[object]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return value
    raise HoursError(f"{where} is {value!r}; expected a list")


def _parts(value: object, where: str) -> Parts:
    """Read the windows of one day, in order; they may touch and must not overlap."""
    parts = sorted(_part(each, where) for each in _listed(value, where))
    for (_, end), (start, _) in pairwise(parts):
        if start < end:
            late, early = _clock(start), _clock(end)
            raise HoursError(
                f"{where}: a window starts at {late} before the one ahead of it ends at {early}; "
                "expected windows that do not overlap"
            )
    return tuple(parts)


def _part(value: object, where: str) -> tuple[int, int]:
    match value:
        case (str(opens), str(closes)):
            pass
        case _:
            raise HoursError(f'{where}: {value!r} is not a window; expected ("08:00", "12:00")')
    try:
        start, end = parse_clock(opens), parse_clock(closes)
    except Finding as finding:
        hint = finding.hint or 'Write "00:00" to "24:00".'
        raise HoursError(f"{where}: {finding.message}. {hint}") from None
    if start == 1440:
        raise HoursError(f'{where}: a window starts at 24:00; expected "00:00" of the next day')
    if start == end:
        raise HoursError(
            f"{where}: the window {opens}-{closes} has no length; "
            "expected two different times, or 00:00-24:00 for a whole day"
        )
    return start, end if end > start else end + 1440


def _clock(minutes: int) -> str:
    """Write minutes after midnight; what is past 24:00 is on the next day."""
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}" if minutes <= 1440 else f"{hour - 24:02}:{minute:02} next day"
