"""Between local wall time and instants, in any zone, across clock changes.

An instant is a float of epoch seconds; a wall time is a date and minutes after its
midnight (1440 is the next midnight). A wall time that a clock change skips becomes
the first instant after the gap; one that comes twice is read first or last as asked.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from careflow.errors import Finding
from careflow.suggest import closest

Reading = Literal["first", "last"]


class Moment(NamedTuple):
    """A date or time as a zone sees it.

    A date without an hour may have been any instant of its day: `at` is its first
    instant and `latest` the end of the day; of an exact time both are the same.
    """

    at: float
    latest: float
    day: date


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone *name*.

    Raises:
        Finding: There is no such zone.
    """
    try:
        if name in available_timezones():
            return ZoneInfo(name)
    except (OSError, ValueError):  # a broken or missing zone file is an unknown zone
        pass
    guess = closest(name, available_timezones())
    hint = f'Did you mean "{guess}"?' if guess else 'Write an IANA name, as "Asia/Ho_Chi_Minh".'
    raise Finding("unknown-zone", f'"{name}" is not a time zone', hint)


def parse_zone(value: object) -> str:
    """Read the name of a zone and return it as written.

    Raises:
        Finding: There is no such zone.
    """
    return zone_named(str(value if value is not None else "").strip()).key


@lru_cache(maxsize=65536)
def instant(day: date, minutes: int, zone: ZoneInfo, reading: Reading = "first") -> float:
    """Return the instant at which the clocks of *zone* show *minutes* after midnight of *day*.

    Args:
        day: The local date.
        minutes: Minutes after its midnight on the clock's face, 0 to 2880.
        zone: Whose clocks.
        reading: Which of two instants when the clock shows this time twice.
    """
    moved = day + timedelta(days=minutes // 1440)
    hour, minute = divmod(minutes % 1440, 60)
    wall = datetime(moved.year, moved.month, moved.day, hour, minute, tzinfo=zone)
    return shown_at(wall, zone, reading)


def shown_at(wall: datetime, zone: ZoneInfo, reading: Reading = "first") -> float:
    """Return the instant at which the clocks of *zone* show the date and time of *wall*."""
    local = wall.replace(tzinfo=zone, fold=0)
    early, late = local.timestamp(), local.replace(fold=1).timestamp()
    if early == late:
        return early
    if early > late:  # the clock never shows this time: fold=1 lands before the gap
        return _change_between(late, early, zone)
    return early if reading == "first" else late


def moment_of(value: date | datetime, zone: ZoneInfo) -> Moment:
    """Return what *value*, a date or an aware datetime, means on the clocks of *zone*."""
    if isinstance(value, datetime):
        at = value.timestamp()
        return Moment(at, at, datetime.fromtimestamp(at, zone).date())
    return Moment(instant(value, 0, zone), start_of(value + timedelta(days=1), zone), value)


@lru_cache(maxsize=65536)
def start_of(day: date, zone: ZoneInfo) -> float:
    """Return the instant from which on it is *day* or later in *zone*.

    Where midnight comes twice it is the first, unless the date before came back with it.
    """
    first, last = instant(day, 0, zone), instant(day, 0, zone, "last")
    return last if last > first and local_day(last - 1, zone) < day else first


def local_day(at: float, zone: ZoneInfo) -> date:
    """Return the local date in *zone* at instant *at*."""
    return datetime.fromtimestamp(at, zone).date()


def to_datetime(at: float, zone: ZoneInfo) -> datetime:
    """Return instant *at* as an aware datetime in *zone*."""
    return datetime.fromtimestamp(at, zone)


def _change_between(before: float, after: float, zone: ZoneInfo) -> float:
    """Find, to the second, the first instant in (before, after] with the later offset."""
    low, high = int(before), int(after)
    old = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == old else (low, middle)
    return float(high)


def _offset(at: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
