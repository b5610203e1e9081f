"""A length of time with its unit, as people write it: `7 days`, `24 hours`.

Days and longer are counted on local dates, hours and shorter on instants, so
"7 days after 3 March" is 10 March whatever the clocks did in between.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from careflow.errors import Finding
from careflow.suggest import closest


class Unit(StrEnum):
    """The units a duration may carry."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_SECONDS = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_WORDS = {word: unit for unit in Unit for word in (unit.value, unit.value.removesuffix("s"))}
_FORM = re.compile(r"(\d{1,6})\s+(\S+)", re.ASCII)
_LONGEST_DAYS = 200 * 366  # beyond any handbook, and safely inside what a date can hold


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole amount of one unit."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        word = self.unit.value.removesuffix("s") if self.amount == 1 else self.unit.value
        return f"{self.amount} {word}"

    @property
    def seconds(self) -> int | None:
        """The length in seconds; `None` for days and longer, which follow the calendar."""
        factor = _SECONDS.get(self.unit)
        return None if factor is None else factor * self.amount

    def days_from(self, day: date, times: int = 1) -> date:
        """Return the local date *times* this duration after *day* (before, if negative).

        A day that the target month lacks becomes that month's last: one month after
        31 January is 28 or 29 February.

        Raises:
            ValueError: The duration is counted in hours or less and moves no date.
        """
        amount = self.amount * times
        if self.unit in _DAYS:
            return day + timedelta(days=amount * _DAYS[self.unit])
        if self.unit not in _MONTHS:
            msg = f"{self} is counted on instants, not on dates"
            raise ValueError(msg)
        months = day.year * 12 + day.month - 1 + amount * _MONTHS[self.unit]
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))


def parse_duration(value: object) -> Duration:
    """Read `7 days`, `1 month`, `24 hours`.

    Raises:
        Finding: No unit, an unknown unit, nothing at all, or longer than 200 years.
    """
    text = str(value if value is not None else "").strip()
    match = _FORM.fullmatch(text)
    if not match:
        hint = f'Write "{text} days", or another unit.' if text.isdigit() else 'Write "7 days".'
        raise Finding("bad-duration", f'"{text}" is not a duration with its unit', hint)
    amount, word = int(match[1]), match[2].lower()
    unit = _WORDS.get(word)
    if unit is None:
        guess = closest(word, _WORDS)
        hint = f'Did you mean "{match[1]} {guess}"?' if guess else f"Units: {', '.join(Unit)}."
        raise Finding("bad-duration", f'"{word}" is not a unit of time', hint)
    duration = Duration(amount, unit)
    if amount == 0:
        raise Finding("bad-duration", f'"{text}" lasts no time at all', 'Write "1 day" or more.')
    if _rough_days(duration) > _LONGEST_DAYS:
        raise Finding("bad-duration", f'"{text}" is longer than 200 years')
    return duration


def _rough_days(duration: Duration) -> float:
    if duration.seconds is not None:
        return duration.seconds / 86400
    return duration.amount * (_DAYS.get(duration.unit) or 30.5 * _MONTHS[duration.unit])
