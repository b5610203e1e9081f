"""Local clocks and instants, held against a scan of what a clock shows minute by minute."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.local import (
    instant,
    local_day,
    moment_of,
    parse_zone,
    to_datetime,
    zone_named,
)
from careflow.errors import Finding

# a zone and a day on which its clocks do something
CHANGES = [
    (ZoneInfo(zone), date.fromisoformat(day))
    for zone, day in (
        ("Asia/Ho_Chi_Minh", "2026-03-08"),
        ("Asia/Kathmandu", "2026-03-08"),
        ("Europe/Paris", "2026-03-29"),
        ("Europe/Paris", "2026-10-25"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),  # by half an hour
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Africa/Casablanca", "2025-02-23"),  # back for Ramadan
        ("Africa/Casablanca", "2025-04-06"),
        ("America/Havana", "2026-03-08"),  # a day without its midnight
        ("America/Havana", "2026-11-01"),  # a day with two
        ("Asia/Beirut", "2026-10-25"),  # midnight becomes 23:00 of the day before
        ("America/St_Johns", "2026-03-08"),
        ("America/St_Johns", "2010-11-07"),  # 00:01 becomes 23:01 of the day before
        ("Pacific/Apia", "2011-12-30"),  # a day that never was
    )
]
SCANNED_DAYS = range(-6, 9)  # before and after the change


@cache
def clock_face(zone: ZoneInfo, day: date) -> dict[datetime, list[float]]:
    """Every minute around *day*: what the clock shows, and at which instants it does."""
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    shows: defaultdict[datetime, list[float]] = defaultdict(list)
    for minute in range(SCANNED_DAYS.start * 1440, SCANNED_DAYS.stop * 1440):
        at = first + minute * 60.0
        shows[datetime.fromtimestamp(at, zone).replace(tzinfo=None, fold=0)].append(at)
    return shows


@cache
def shown(zone: ZoneInfo, around: date, day: date, minutes: int) -> list[float]:
    """The instants at which the clock shows the time, or the first one after it skipped it."""
    face = clock_face(zone, around)
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    if wanted in face:
        return face[wanted]
    return [min(ats[0] for wall, ats in face.items() if wall > wanted)]


@st.composite
def wall_times(draw: st.DrawFn) -> tuple[ZoneInfo, date, date, int]:
    """A zone, a day of change, a day near it and minutes after its midnight."""
    zone, change = draw(st.sampled_from(CHANGES))
    day = change + timedelta(days=draw(st.sampled_from([0, 0, -1, 1, 2])))
    return zone, change, day, draw(st.integers(0, 200) | st.integers(0, 2880))


@given(wall_times())
def test_instants_against_the_scan(wall: tuple[ZoneInfo, date, date, int]) -> None:
    zone, change, day, minutes = wall
    ats = shown(zone, change, day, minutes)
    assert instant(day, minutes, zone) == ats[0]
    assert instant(day, minutes, zone, "first") == ats[0]
    assert instant(day, minutes, zone, "last") == ats[-1]


@given(wall_times(), st.integers(0, 1440))
def test_later_on_the_clock_is_never_earlier(
    wall: tuple[ZoneInfo, date, date, int], more: int
) -> None:
    zone, _, day, minutes = wall
    for reading in ("first", "last"):
        assert instant(day, minutes, zone, reading) <= instant(day, minutes + more, zone, reading)


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_a_date_means_its_whole_day(zone: ZoneInfo, change: date) -> None:
    """From the first instant of the date to the end of the last, however long that is."""
    face = clock_face(zone, change)
    for offset in (-1, 0, 1):
        day = change + timedelta(days=offset)
        minutes = [at for wall, ats in face.items() if wall.date() == day for at in ats]
        if minutes:
            assert moment_of(day, zone) == (min(minutes), max(minutes) + 60, day)


def test_a_day_that_never_was_has_no_length() -> None:
    """Samoa went from 29 to 31 December 2011."""
    never = moment_of(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    after = datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp()
    assert never == (after, after, date(2011, 12, 30))


@given(st.sampled_from(CHANGES), st.integers(-200_000, 200_000))
def test_an_instant_means_itself(place: tuple[ZoneInfo, date], seconds: int) -> None:
    zone, change = place
    at = datetime(change.year, change.month, change.day, tzinfo=UTC) + timedelta(seconds=seconds)
    expected = at.astimezone(zone)
    stamp = at.timestamp()
    assert moment_of(at, zone) == (stamp, stamp, expected.date())
    assert moment_of(expected, zone) == moment_of(at, zone)
    assert local_day(stamp, zone) == expected.date()
    assert to_datetime(stamp, zone).isoformat() == expected.isoformat()


def test_the_weekday_east_of_utc_is_the_local_one() -> None:
    """Monday 06:30 in Hanoi is still Sunday in UTC."""
    at = datetime(2026, 3, 8, 23, 30, tzinfo=UTC).timestamp()
    assert local_day(at, ZoneInfo("Asia/Ho_Chi_Minh")) == date(2026, 3, 9)
    assert local_day(at, ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%A") == "Monday"


def test_nine_is_nine_on_both_sides_of_a_change() -> None:
    paris = ZoneInfo("Europe/Paris")
    days = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25))
    clocks = [to_datetime(instant(day, 9 * 60, paris), paris) for day in days]
    assert {f"{each:%H:%M}" for each in clocks} == {"09:00"}
    assert [each.astimezone(UTC).hour for each in clocks] == [8, 7, 7, 8]


@pytest.mark.parametrize("name", ["Asia/Ho_Chi_Minh", "Asia/Saigon", " Europe/Paris ", "UTC"])
def test_zones_that_are(name: str) -> None:
    assert parse_zone(name) == name.strip()
    assert zone_named(name.strip()) == ZoneInfo(name.strip())


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("Asia/Hochiminh", '"Asia/Hochiminh" is not a time zone', "Asia/Ho_Chi_Minh"),
        ("asia/ho_chi_minh", '"asia/ho_chi_minh" is not a time zone', "Asia/Ho_Chi_Minh"),
        ("Europe/Pariss", '"Europe/Pariss" is not a time zone', "Europe/Paris"),
        ("Hanoi", '"Hanoi" is not a time zone', ""),
        ("+07:00", '"+07:00" is not a time zone', ""),
        ("Asia", '"Asia" is not a time zone', ""),
        ("../etc/passwd", '"../etc/passwd" is not a time zone', ""),
        ("", '"" is not a time zone', ""),
        (None, '"" is not a time zone', ""),
    ],
)
def test_zones_that_are_not(value: object, message: str, hint: str) -> None:
    with pytest.raises(Finding) as caught:
        parse_zone(value)
    cure = f'Did you mean "{hint}"?' if hint else 'Write an IANA name, as "Asia/Ho_Chi_Minh".'
    finding = caught.value
    assert (finding.check, finding.message, finding.hint) == ("unknown-zone", message, cure)
