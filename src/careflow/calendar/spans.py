"""The open time of a calendar as stretches of instants, one year at a time.

An instant is a whole number of microseconds since 1970 in UTC, so sums are exact. A stretch
is half-open, `[opens, closes)`. Windows cover as much real time as the clock on the wall
shows: where an hour comes twice, a window opens at the first reading of its opening and
closes at the last reading of its closing; what a clock change skips has no length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from careflow.calendar.local import instant
from careflow.calendar.opening import HoursError, NoSlot, Parts, Rules

Span = tuple[int, int]

SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = 1 << 62  # the end of a pause that has none
MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60 * SECOND
_DAY = timedelta(days=1)
_DAY_LENGTH = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond, zones and calendars are guesswork


class Table(NamedTuple):
    """The open stretches of whole years in UTC, and the open time before each.

    Open time is counted from where the first table began, so that a table may grow either
    way and all numbers stay; in years before that they are negative.

    Args:
        first: The first year.
        last: The last year.
        start: When the first year begins.
        end: When the last year is over.
        opens: When each stretch opens, in order.
        closes: When each stretch closes.
        done: The open time before each stretch, and one entry more: before the end.
    """

    first: int
    last: int
    start: int
    end: int
    opens: list[int]
    closes: list[int]
    done: list[int]

    def before(self, at: int) -> int:
        """Return the open time before the instant *at*, which lies in the table's years."""
        number = bisect_right(self.opens, at) - 1
        if number < 0:
            return self.done[0]
        closes = self.closes[number]
        return self.done[number] + min(closes, at) - self.opens[number]

    def is_open(self, at: int) -> bool:
        """Say whether the instant *at*, which lies in the table's years, is open."""
        number = bisect_right(self.opens, at) - 1
        return number >= 0 and at < self.closes[number]

    def later(self, rules: Rules, last: int) -> Table:
        """Return this table grown to the year *last*."""
        return _joined(self, compiled(rules, self.last + 1, last, self.done[-1]))

    def earlier(self, rules: Rules, first: int) -> Table:
        """Return this table grown back to the year *first*."""
        years = compiled(rules, first, self.first - 1, 0)
        shift = self.done[0] - years.done[-1]
        return _joined(years._replace(done=[each + shift for each in years.done]), self)


def compiled(rules: Rules, first: int, last: int, done: int = 0) -> Table:
    """Return the open stretches of the years *first* to *last*, with *done* open time before."""
    years = (open_spans(rules, year) for year in range(first, last + 1))
    spans = merged(chain.from_iterable(years))
    return Table(
        first,
        last,
        year_start(first),
        year_start(last + 1),
        [opens for opens, _ in spans],
        [closes for _, closes in spans],
        list(accumulate((closes - opens for opens, closes in spans), initial=done)),
    )


def _joined(left: Table, right: Table) -> Table:
    """Return two neighbouring tables as one; a stretch across the seam is one stretch."""
    seam = int(bool(left.opens and right.opens and left.closes[-1] == right.opens[0]))
    cut = len(left.opens) - seam
    return Table(
        left.first,
        right.last,
        left.start,
        right.end,
        left.opens + right.opens[seam:],
        left.closes[:cut] + right.closes,
        left.done[: cut + 1] + right.done[1:],
    )


def year_start(year: int) -> int:
    """Return the instant at which *year* begins in UTC."""
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND


FIRST, END = year_start(FIRST_YEAR), year_start(LAST_YEAR + 1)


def year_of(at: int) -> int:
    """Return the year in UTC of the instant *at*."""
    return (EPOCH + at * MICROSECOND).year


def stamp(t: datetime) -> int:
    """Return *t* in microseconds since 1970 in UTC.

    Raises:
        HoursError: *t* is not an aware datetime, or lies outside the years 1900 to 2200.
    """
    try:
        gone = datetime.__sub__(t, EPOCH)  # a subclass may subtract in its own way
    except TypeError:
        raise HoursError(_not_aware(t)) from None
    at = gone.days * _DAY_LENGTH + gone.seconds * SECOND + gone.microseconds
    if not FIRST <= at < END:
        raise HoursError(f"{t} lies outside the years {FIRST_YEAR} to {LAST_YEAR} in UTC")
    return at


def _not_aware(t: object) -> str:
    if isinstance(t, datetime):
        return f"{t} has no time zone; expected an aware datetime"
    return f"{t!r} is not a time; expected an aware datetime"


def length_of(amount: timedelta) -> int:
    """Return *amount* in microseconds.

    Raises:
        HoursError: *amount* is not a timedelta.
    """
    if not isinstance(amount, timedelta):
        raise HoursError(f"amount is {amount!r}; expected a timedelta")
    return amount // MICROSECOND


def forth(work: int, length: int, lost: list[Span], *, roll: bool = False) -> int:
    """Return the open time *length* after *work*, not counting what is *lost*.

    Args:
        work: Open time before the start.
        length: How much to add.
        lost: Stretches of open time that do not count, merged and in order.
        roll: Go on behind a pause that begins just when the length is used up.
    """
    target = work + length
    for since, till in lost:
        begin = max(since, work)
        if begin > target or (begin == target and not roll):
            break
        if till == FOREVER:
            raise NoSlot("the amount is not used up before a pause without end")
        target += max(0, till - begin)
    return target


def back(work: int, length: int, lost: list[Span]) -> int:
    """Return the open time *length* before *work*, not counting what is *lost*."""
    target = work - length
    for since, till in reversed(lost):
        end = min(till, work)
        if end <= target:
            break
        target -= max(0, end - since)
    return target


def open_spans(rules: Rules, year: int) -> list[Span]:
    """Return the open stretches of *year*, a year in UTC, merged and in order."""
    if not rules.may_open(year):  # "never" is then found at once
        return []
    start, end = year_start(year), year_start(year + 1)
    opened: list[Span] = []
    breaks: list[Span] = []
    for day, base in _days_around(year, rules.zone):
        opened.extend(_laid(rules.windows_on(day), day, base, rules.zone))
        breaks.extend(_laid(rules.breaks[day.weekday()], day, base, rules.zone))
    left = _without(merged(opened), merged(breaks)) if breaks else merged(opened)
    return [(max(a, start), min(b, end)) for a, b in left if a < end and b > start]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the union of *spans*, in order; those that touch become one."""
    joined: list[Span] = []
    last = None
    for start, end in sorted(spans):
        if last is not None and start <= last:
            if end > last:
                joined[-1] = (joined[-1][0], end)
                last = end
        elif start < end:
            joined.append((start, end))
            last = end
    return joined


def _without(spans: list[Span], cuts: list[Span]) -> Iterator[Span]:
    """Yield what is left of *spans* without *cuts*; both are merged and in order."""
    first = 0
    for opens, closes in spans:
        start = opens
        while first < len(cuts) and cuts[first][1] <= start:
            first += 1
        at = first  # the cut that ends this stretch may begin the next one, too
        while at < len(cuts) and cuts[at][0] < closes:
            if cuts[at][0] > start:
                yield start, cuts[at][0]
            start = cuts[at][1]
            at += 1
        if start < closes:
            yield start, closes


def _days_around(year: int, zone: ZoneInfo) -> Iterator[tuple[date, int | None]]:
    """Yield the local dates that may reach into *year*, with the instant each begins.

    The instant is `None` near a change of offset, where clock faces have to be asked one by
    one. Elsewhere a time is so many minutes after midnight, which is quick.
    The margins hold the longest window (two days) and the widest offset (sixteen hours).
    """
    wall = datetime(year - 1, 12, 28, tzinfo=zone)  # its arithmetic is the wall's: zone stays
    walls = [wall + _DAY * number for number in range(375)]
    offsets = [each.utcoffset() or timedelta() for each in walls]
    for number in range(1, len(walls) - 3):
        # no zone has two changes between one midnight and the next, so equal ends mean none
        around = offsets[number - 1 : number + 4]
        steady = around.count(around[0]) == len(around)
        wall = walls[number]
        days = wall.toordinal() - EPOCH.toordinal()
        begins = (_DAY * days - around[0]) // MICROSECOND
        yield wall.date(), begins if steady else None


def _laid(parts: Parts, day: date, base: int | None, zone: ZoneInfo) -> Iterator[Span]:
    """Yield *parts* of *day* as instants; *base* is its midnight if no change is near."""
    if base is None and instant(day, 0, zone) == instant(day, 1440, zone):
        return  # a day that never was: no night began on it, either
    for start, end in parts:
        if base is not None:
            yield base + start * _MINUTE, base + end * _MINUTE
        else:
            opens = instant(day, start, zone, "first")
            closes = instant(day, end, zone, "last")
            yield int(opens) * SECOND, int(closes) * SECOND
