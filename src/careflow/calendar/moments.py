"""The only file that knows pendulum: dates and times as people write and read them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal, TypeVar

import pendulum

from careflow.calendar.local import shown_at, to_datetime, zone_named
from careflow.errors import Finding

Language = Literal["vi", "en"]
D = TypeVar("D", bound=date)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ZONED = re.compile(r"(?P<wall>\S.*?)\s*[\[ ](?P<zone>[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+|UTC)\]?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
# pendulum 3.3 has no Vietnamese locale; the week's names are all that is missing
_WEEK_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def parse_date(value: object) -> date:
    """Read `2026-03-08`.

    Raises:
        Finding: Another form, or a day that the calendar does not have.
    """
    text = str(value if value is not None else "").strip()
    if not _DATE.fullmatch(text):
        hint = 'Write year-month-day, as "2026-03-08".'
        raise Finding("bad-date", f'"{text}" is not a date', hint)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f'"{text}" is not a day of the calendar'
        raise Finding("bad-date", message) from None
    return plausible(day)


def parse_moment(value: object) -> date | datetime:
    """Read `2026-03-08` as a date and `2026-03-08T09:30+07:00` as an aware datetime.

    Raises:
        Finding: Another form, an impossible day or hour, or a time without zone.
    """
    text = str(value if value is not None else "").strip()
    if ":" not in text:
        return parse_date(text)
    return parse_instant(text)


def parse_instant(value: object) -> datetime:
    """Read `2026-03-08T09:30+07:00`, or `2026-03-08 09:30 Asia/Ho_Chi_Minh`.

    Raises:
        Finding: Another form, an impossible day or hour, or a time without zone.
    """
    text = str(value if value is not None else "").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _parse_zoned(text)
    if moment.tzinfo is None:
        hour = text if ":" in text else f"{text}T09:30"
        hint = f'Write the offset or the zone, as "{hour}+07:00" or "{hour} Asia/Ho_Chi_Minh".'
        raise Finding("naive-time", f'"{text}" has no time zone', hint)
    return plausible(moment)


def plausible(value: D) -> D:
    """Return *value*, a date or time, if it lies in the years 1900 to 2200.

    Raises:
        Finding: It does not; beyond, zones and calendars are guesswork.
    """
    if not 1900 <= value.year <= 2200:
        raise Finding("bad-date", f'"{value}" lies outside the years 1900 to 2200')
    return value


def _parse_zoned(text: str) -> datetime:
    match = _ZONED.fullmatch(text)
    bad = Finding("bad-time", f'"{text}" is not a time', 'Write "2026-03-08T09:30+07:00".')
    if not match:
        raise bad
    zone = zone_named(match["zone"])
    try:
        wall = datetime.fromisoformat(match["wall"])
    except ValueError:
        raise bad from None
    if wall.tzinfo is not None:
        raise bad
    return to_datetime(shown_at(plausible(wall), zone), zone)


def parse_clock(value: object) -> int:
    """Read `22:00` as minutes after midnight; `24:00` ends a day.

    Raises:
        Finding: Another form, or an hour that no clock shows.
    """
    text = str(value if value is not None else "").strip()
    match = _CLOCK.fullmatch(text)
    if match:
        hour, minute = int(match[1]), int(match[2])
        if (hour < 24 and minute < 60) or (hour == 24 and minute == 0):
            return hour * 60 + minute
        raise Finding("bad-clock", f'"{text}" is an hour that no clock shows')
    raise Finding("bad-clock", f'"{text}" is not a time of day', 'Write hours:minutes, as "08:30".')


def clock(minutes: int) -> str:
    """Write minutes after midnight as `HH:MM`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def say_day(day: date, language: Language) -> str:
    """Write a date as the people of *language* read it."""
    told = pendulum.date(day.year, day.month, day.day)
    if language == "vi":
        return f"{_WEEK_VI[day.weekday()]} {told.format('DD/MM/YYYY')}"
    return told.format("dddd D MMMM YYYY", locale="en")


def say_moment(moment: datetime, language: Language) -> str:
    """Write an aware datetime as the people of *language* read it, on its own clock."""
    return f"{say_day(moment.date(), language)} {moment:%H:%M}"
