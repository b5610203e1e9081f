"""Windows of local time: which days they start on, when they open and close.

A window is half-open, `[from, to)`, and belongs to the day on which it starts: 22:00 to
07:00 on Friday covers Saturday morning. Where a clock change shows an hour twice, each
edge takes the reading that is stricter for whoever contacts: quiet time is as long,
permitted time as short, as the two readings allow.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from careflow.calendar.local import instant, local_day
from careflow.calendar.moments import clock, parse_date
from careflow.errors import Finding
from careflow.suggest import closest

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
_ONE_DAY = timedelta(days=1)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A date of one year, or of every year when `year` is `None`."""

    month: int
    day: int
    year: int | None = None

    def in_year(self, year: int) -> date | None:
        """Return the date in *year*; 29 February is kept on 28 February in common years."""
        if self.year not in (None, year):
            return None
        last = calendar.monthrange(year, self.month)[1]
        return date(year, self.month, min(self.day, last))

    def __str__(self) -> str:
        year = f"{self.year}-" if self.year else ""
        return f"{year}{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the local day, minutes after midnight; it wraps when `end <= start`."""

    start: int = 0
    end: int = 1440
    days: frozenset[int] = EVERY_DAY
    dates: frozenset[YearDay] = frozenset()

    def __str__(self) -> str:
        return f"{clock(self.start)}-{clock(self.end)}"

    def starts_on(self, day: date) -> bool:
        """Say whether the window opens on the local date *day*."""
        if self.dates:
            return any(each.in_year(day.year) == day for each in self.dates)
        return day.weekday() in self.days


@lru_cache(maxsize=65536)
def span(window: Window, day: date, zone: ZoneInfo, *, wide: bool) -> tuple[float, float] | None:
    """Return the instants `[start, end)` of the window that opens on *day*, if one does.

    Args:
        window: Which window.
        day: The local date on which it would start.
        zone: Whose clocks.
        wide: Where an hour comes twice, read the edges apart (quiet time) or together
            (permitted time).
    """
    if not window.starts_on(day):
        return None
    end = window.end if window.end > window.start else window.end + 1440
    start_at = instant(day, window.start, zone, "first" if wide else "last")
    end_at = instant(day, end, zone, "last" if wide else "first")
    return (start_at, end_at) if start_at < end_at else None


def covering(window: Window, at: float, zone: ZoneInfo, *, wide: bool) -> float | None:
    """Return the instant at which the window that covers *at* closes; `None` outside it."""
    today = local_day(at, zone)
    for day in (today - _ONE_DAY, today, today + _ONE_DAY):  # a change may bring a date back
        found = span(window, day, zone, wide=wide)
        if found and found[0] <= at < found[1]:
            return found[1]
    return None


def next_opening(
    windows: Iterable[Window], at: float, zone: ZoneInfo, *, days: int
) -> float | None:
    """Return the first instant after *at* at which any of the permitted *windows* opens.

    Args:
        windows: Permitted time.
        at: Look strictly after this instant.
        zone: Whose clocks.
        days: How many local days ahead to look.
    """
    listed = tuple(windows)
    first = local_day(at, zone) - _ONE_DAY
    for offset in range(days + 2):
        day = first + timedelta(days=offset)
        starts = [found[0] for found in _spans(listed, day, zone) if found[0] > at]
        if starts:
            return min(starts)
    return None


def _spans(windows: tuple[Window, ...], day: date, zone: ZoneInfo) -> Iterator[tuple[float, float]]:
    for window in windows:
        found = span(window, day, zone, wide=False)
        if found:
            yield found


def parse_days(value: object) -> frozenset[int]:
    """Read `every day`, `mon-fri`, `sat` or a list of such into weekday numbers, Monday 0.

    Raises:
        Finding: A word that is no day of the week.
    """
    if isinstance(value, list):
        return frozenset[int]().union(*(parse_days(each) for each in value))
    text = str(value if value is not None else "").strip().lower()
    if text in ("every day", "daily"):
        return EVERY_DAY
    first, dash, last = text.partition("-")
    numbers = [_weekday(first.strip()), _weekday((last if dash else first).strip())]
    length = (numbers[1] - numbers[0]) % 7
    return frozenset((numbers[0] + step) % 7 for step in range(length + 1))


def _weekday(word: str) -> int:
    if word in DAY_NAMES:
        return DAY_NAMES.index(word)
    # "sunday" finds "sun", but "thứ hai" is no "thu"
    guess = closest(word[:3], DAY_NAMES) if word.isascii() else None
    hint = f'Did you mean "{guess}"?' if guess else f'Write "every day" or {", ".join(DAY_NAMES)}.'
    raise Finding("bad-day", f'"{word}" is not a day of the week', hint)


def parse_year_day(value: object) -> YearDay:
    """Read `03-08` (every year) or `2026-03-08` (once).

    Raises:
        Finding: Another form, or a day that the calendar does not have.
    """
    text = str(value if value is not None else "").strip()
    match = _MONTH_DAY.fullmatch(text)
    if match:
        month, day = int(match[1]), int(match[2])
        # 2024 is a leap year: 02-29 is a day that some years have
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]:
            return YearDay(month, day)
        raise Finding("bad-date", f'"{text}" is not a day of any year', 'Write "month-day".')
    once = parse_date(text)
    return YearDay(once.month, once.day, once.year)
