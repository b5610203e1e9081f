"""Working time: when a firm is open, and how much of it lies between two instants.

Every stretch of open time is compiled to instants, with the open time before it, a year at
a time and when first asked for. A question is then two or three binary searches, however
far apart its ends are. Nobody here reads a clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from careflow.calendar.opening import Clocks, HoursError, NoSlot, Week, read_rules
from careflow.calendar.spans import (
    EPOCH,
    FIRST,
    FIRST_YEAR,
    FOREVER,
    LAST_YEAR,
    Span,
    Table,
    back,
    compiled,
    forth,
    length_of,
    merged,
    stamp,
    year_of,
)

__all__ = ["Hours", "HoursError", "NoSlot"]

Boundary = Literal["close", "roll"]
Pauses = Iterable[tuple[datetime, datetime | None]]


class Hours:
    """A calendar of working time in one zone; immutable, and safe to share between threads.

    Args:
        zone: An IANA name, as `"Asia/Ho_Chi_Minh"`. All windows are on its clocks.
        weekly: Windows by day, `{"mon": [("08:00", "12:00"), ("13:30", "17:30")]}`. A missing
            or empty day is closed. `"24:00"` ends a day; a window whose end is not after its
            start runs into the next day and belongs to the day it starts on.
        holidays: Dates on which no window starts.
        overrides: Windows by date, instead of the week's; they beat a holiday. A worked
            Saturday, a short day, or `[]` for a closed one.
        breaks: Windows taken out of every day, or by day as in *weekly*; always subtracted.

    Raises:
        ValueError: An unknown zone or day, an hour that no clock shows, a window without
            length, windows of one day that overlap, a holiday that is no date.
    """

    __slots__ = ("_epoch", "_rules", "_table")

    def __init__(
        self,
        *,
        zone: str | ZoneInfo,
        weekly: Week,
        holidays: Iterable[date] = (),
        overrides: Mapping[date, Clocks] | None = None,
        breaks: Clocks | Week = (),
    ) -> None:
        self._rules = read_rules(
            zone, weekly, holidays, {} if overrides is None else overrides, breaks
        )
        self._epoch = EPOCH.replace(tzinfo=self._rules.zone)
        # only ever replaced, as a whole and by one that answers the same: no lock is needed
        self._table: Table | None = None

    def __repr__(self) -> str:
        return f"Hours(zone={self._rules.zone.key!r})"

    def is_open(self, t: datetime) -> bool:
        """Say whether *t* is working time; the opening instant is, the closing instant is not.

        Args:
            t: Aware, in any zone, in the years 1900 to 2200.

        Raises:
            ValueError: *t* has no zone or lies outside these years.
        """
        at = stamp(t)
        return self._around(at).is_open(at)

    def next_open(self, t: datetime) -> datetime:
        """Return the first instant from *t* on that is working time: *t* itself if it is.

        Args:
            t: Aware, in any zone, in the years 1900 to 2200.

        Returns:
            An aware datetime in the calendar's zone.

        Raises:
            ValueError: *t* has no zone or lies outside these years.
            NoSlot: Nothing opens before the end of 2200.
        """
        at = stamp(t)
        table = self._around(at)
        number = bisect_right(table.closes, at)
        while number == len(table.closes):
            table = self._later(table, "nothing is open")
        return self._told(max(at, table.opens[number]))

    def next_close(self, t: datetime) -> datetime:
        """Return when the stretch open at *t* closes, or else the next one to open.

        Windows that touch or overlap are one stretch: a shop that never shuts never closes.

        Args:
            t: Aware, in any zone, in the years 1900 to 2200.

        Returns:
            An aware datetime in the calendar's zone.

        Raises:
            ValueError: *t* has no zone or lies outside these years.
            NoSlot: Nothing closes before the end of 2200.
        """
        at = stamp(t)
        table = self._around(at)
        number = bisect_right(table.closes, at)
        # a stretch cut off by the end of the compiled years may go on in the next
        while number == len(table.closes) or table.closes[number] == table.end:
            table = self._later(table, "nothing closes")
        return self._told(table.closes[number])

    def add(
        self,
        t: datetime,
        amount: timedelta,
        pauses: Pauses = (),
        boundary: Boundary = "close",
    ) -> datetime:
        """Return the instant *amount* of working time after *t*, or before it if negative.

        Nothing added is *t* if it is open, else the next opening; with `"close"` also *t* if
        it is a closing instant. A negative amount that is used up exactly at an opening is
        that opening, so adding it back returns to any *t* that is open.

        Args:
            t: Aware, in any zone, in the years 1900 to 2200.
            amount: Real elapsed working time; exact to the microsecond.
            pauses: `(start, end)` pairs, aware, in any order; an end of `None` is still to
                come. They count as closed.
            boundary: Where an amount ends that is used up exactly at closing time: `"close"`
                is then (a deadline), `"roll"` is the next opening (a contact).

        Returns:
            An aware datetime in the calendar's zone.

        Raises:
            ValueError: A datetime without zone or outside the years 1900 to 2200, a pause
                that ends before it starts, another boundary.
            NoSlot: The amount is not used up within these years, or not before a pause
                without end.
        """
        if boundary not in ("close", "roll"):
            raise HoursError(f'boundary is {boundary!r}; expected "close" or "roll"')
        at, length = stamp(t), length_of(amount)
        table, lost = self._lost(self._around(at), pauses)
        work = table.before(at)
        if length < 0:
            return self._told(self._opening(table, back(work, -length, lost)))
        if boundary == "close" and length:
            return self._told(self._closing(table, forth(work, length, lost)))
        if boundary == "close" and self._counts_until(at, table, lost):
            return self._told(at)
        return self._told(self._opening(table, forth(work, length, lost, roll=True)))

    def elapsed(self, a: datetime, b: datetime, pauses: Pauses = ()) -> timedelta:
        """Return the working time from *a* to *b*; negative if *b* is earlier.

        Args:
            a: Aware, in any zone, in the years 1900 to 2200.
            b: The same.
            pauses: As in `add`; they do not count.

        Returns:
            Real elapsed working time, exact to the microsecond.

        Raises:
            ValueError: A datetime without zone or outside these years, or a pause that ends
                before it starts.
        """
        start, end = stamp(a), stamp(b)
        table, lost = self._lost(self._around(end, self._around(start)), pauses)
        low, high = table.before(start), table.before(end)
        if end < start:
            low, high = high, low
        worked = high - low
        for since, till in lost:
            worked -= max(0, min(till, high) - max(since, low))
        return timedelta(0, 0, worked if start <= end else -worked)

    def _opening(self, table: Table, work: int) -> int:
        """Return the one open instant before which the open time is *work*."""
        while work >= table.done[-1]:
            table = self._later(table, "nothing is open")
        while work < table.done[0]:
            table = self._earlier(table)
        number = bisect_right(table.done, work) - 1
        return table.opens[number] + work - table.done[number]

    def _closing(self, table: Table, work: int) -> int:
        """Return the first instant before which the open time is *work*."""
        while work > table.done[-1]:
            table = self._later(table, "nothing is open")
        number = bisect_left(table.done, work) - 1
        return table.opens[number] + work - table.done[number]

    def _counts_until(self, at: int, table: Table, lost: list[Span]) -> bool:
        """Say whether the microsecond before *at* counts: no edge lies inside one."""
        last = max(at - 1, FIRST)
        table = self._around(last, table)
        if not table.is_open(last):
            return False
        work = table.before(last)
        return all(work < since or till <= work for since, till in lost)

    def _lost(self, table: Table, pauses: Pauses) -> tuple[Table, list[Span]]:
        """Return *pauses* as stretches of open time, merged, with the table that holds them."""
        if pauses == ():
            return table, []
        lost: list[Span] = []
        for pause in pauses:
            since, till = _pause(pause)
            table = self._around(since, table)
            if till != FOREVER:
                table = self._around(till, table)
            lost.append((table.before(since), till if till == FOREVER else table.before(till)))
        return table, merged(lost)

    def _around(self, at: int, table: Table | None = None) -> Table:
        """Return *table*, or the one compiled so far, grown to hold the instant *at*.

        Open times of two tables compare only if one grew out of the other, so whoever
        compares them hands its table on.
        """
        table = table or self._table
        if table is None:
            year = year_of(at)
            table = self._table = compiled(self._rules, year, year)
        if at >= table.end:
            table = self._later(table, "nothing is known", year_of(at))
        elif at < table.start:
            table = self._earlier(table, year_of(at))
        return table

    def _later(self, table: Table, what: str, year: int = 0) -> Table:
        """Return *table* grown to *year*, or else by a quarter, and keep it."""
        if table.last >= LAST_YEAR:
            raise NoSlot(f"{what} before the end of {LAST_YEAR} in UTC")
        last = year or table.last + 1 + (table.last - table.first) // 4
        grown = self._table = table.later(self._rules, min(last, LAST_YEAR))
        return grown

    def _earlier(self, table: Table, year: int = 0) -> Table:
        """Return *table* grown back to *year*, or else by a quarter, and keep it."""
        if table.first <= FIRST_YEAR:
            raise NoSlot(f"nothing is open after the beginning of {FIRST_YEAR} in UTC")
        first = year or table.first - 1 - (table.last - table.first) // 4
        grown = self._table = table.earlier(self._rules, max(first, FIRST_YEAR))
        return grown

    def _told(self, at: int) -> datetime:
        # quicker than astimezone: the fields of `_epoch` count as those of UTC
        return self._rules.zone.fromutc(self._epoch + timedelta(0, 0, at))


def _pause(pause: tuple[datetime, datetime | None]) -> Span:
    try:
        start, end = pause
    except (TypeError, ValueError):
        message = f"{pause!r} is not a pause; expected (start, end) or (start, None)"
        raise HoursError(message) from None
    since, till = stamp(start), FOREVER if end is None else stamp(end)
    if till < since:
        raise HoursError(f"a pause ends at {end}, before it starts at {start}")
    return since, till
