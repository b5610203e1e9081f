"""Working time: tables of what others got wrong, the laws it keeps, and what it refuses."""

from __future__ import annotations

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar import Hours, NoSlot

HANOI = "Asia/Ho_Chi_Minh"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAYS = (*WORKDAYS, "sat", "sun")
SPLIT = [("08:00", "12:00"), ("13:30", "17:30")]


def week(windows: Any, days: Any = WORKDAYS) -> dict[str, Any]:
    return dict.fromkeys(days, windows)


def hours(**arguments: Any) -> Hours:
    return Hours(**{"zone": HANOI, "weekly": week(SPLIT), **arguments})


OFFICE = hours()
NIGHTS = hours(weekly=week([("22:00", "06:00")], ["fri"]))
ALWAYS = hours(weekly=week([("00:00", "24:00")], DAYS))
CENTRE = hours(weekly=week([("07:00", "24:00")], DAYS))


def at(text: str, zone: str = HANOI) -> datetime:
    """A wall time; a trailing `+` is its second reading."""
    moment = datetime.fromisoformat(text.rstrip("+")).replace(tzinfo=ZoneInfo(zone))
    return moment.replace(fold=1) if text.endswith("+") else moment


def span(text: str) -> timedelta:
    """`-1:30` is minus an hour and a half."""
    hour, _, minute = text.lstrip("-").partition(":")
    length = timedelta(hours=int(hour), minutes=int(minute or 0))
    return -length if text.startswith("-") else length


# Monday 9 March 2026
@pytest.mark.parametrize(
    ("calendar", "start", "amount", "close", "roll"),
    [
        # the second window of a day is not dropped, lunch is not worked
        (OFFICE, "2026-03-09T08:00", "6", "2026-03-09T15:30", None),
        (OFFICE, "2026-03-09T11:30", "1", "2026-03-09T14:00", None),
        (OFFICE, "2026-03-09T12:30", "1", "2026-03-09T14:30", None),
        # due exactly at closing
        (OFFICE, "2026-03-09T08:00", "4", "2026-03-09T12:00", "2026-03-09T13:30"),
        (OFFICE, "2026-03-09T08:00", "8", "2026-03-09T17:30", "2026-03-10T08:00"),
        (OFFICE, "2026-03-09T17:30", "8", "2026-03-10T17:30", "2026-03-11T08:00"),
        (OFFICE, "2026-03-13T16:30", "1", "2026-03-13T17:30", "2026-03-16T08:00"),
        # weekend, month end, year end
        (OFFICE, "2026-03-13T17:00", "1", "2026-03-16T08:30", None),
        (OFFICE, "2026-03-14T10:00", "1", "2026-03-16T09:00", None),
        (OFFICE, "2026-03-31T17:00", "1", "2026-04-01T08:30", None),
        (OFFICE, "2026-12-31T17:00", "1", "2027-01-01T08:30", None),
        (OFFICE, "2024-02-29T17:00", "1", "2024-03-01T08:30", None),
        # nothing: now if open, at a closing only for a deadline, else the next opening
        (OFFICE, "2026-03-09T09:00", "0", "2026-03-09T09:00", None),
        (OFFICE, "2026-03-09T08:00", "0", "2026-03-09T08:00", None),
        (OFFICE, "2026-03-09T12:00", "0", "2026-03-09T12:00", "2026-03-09T13:30"),
        (OFFICE, "2026-03-09T12:01", "0", "2026-03-09T13:30", None),
        (OFFICE, "2026-03-13T17:31", "0", "2026-03-16T08:00", None),
        # backwards
        (OFFICE, "2026-03-09T14:00", "-1", "2026-03-09T11:30", None),
        (OFFICE, "2026-03-09T12:00", "-4", "2026-03-09T08:00", None),
        (OFFICE, "2026-03-09T13:30", "-4", "2026-03-09T08:00", None),
        (OFFICE, "2026-03-16T08:00", "-8", "2026-03-13T08:00", None),
        (OFFICE, "2026-03-15T20:00", "-1", "2026-03-13T16:30", None),
        (OFFICE, "2027-01-01T08:30", "-1", "2026-12-31T17:00", None),
        # overnight: Friday's night, not Saturday's and not the first hours of Friday
        (NIGHTS, "2026-03-13T03:00", "1", "2026-03-13T23:00", None),
        (NIGHTS, "2026-03-13T22:00", "8", "2026-03-14T06:00", "2026-03-20T22:00"),
        (NIGHTS, "2026-03-14T05:00", "2", "2026-03-20T23:00", None),
        (NIGHTS, "2026-03-20T23:00", "-2", "2026-03-14T05:00", None),
        # 24/7 is 24/7, and closing at midnight eats nothing
        (ALWAYS, "2026-03-09T23:59", "24", "2026-03-10T23:59", None),
        (ALWAYS, "2026-12-31T23:00", "2", "2027-01-01T01:00", None),
        (CENTRE, "2026-03-09T23:00", "1", "2026-03-10T00:00", "2026-03-10T07:00"),
        (CENTRE, "2026-03-09T23:00", "2", "2026-03-10T08:00", None),
        (CENTRE, "2026-03-09T22:00", "1:59", "2026-03-09T23:59", None),
    ],
)
def test_add(calendar: Hours, start: str, amount: str, close: str, roll: str | None) -> None:
    assert calendar.add(at(start), span(amount)) == at(close)
    assert calendar.add(at(start), span(amount), boundary="roll") == at(roll or close)


@pytest.mark.parametrize(
    ("calendar", "a", "b", "expected"),
    [
        (OFFICE, "2026-03-09T08:00", "2026-03-09T17:30", "8"),
        (OFFICE, "2026-03-09T11:00", "2026-03-09T14:00", "1:30"),
        (OFFICE, "2026-03-13T16:00", "2026-03-16T09:00", "2:30"),
        (OFFICE, "2026-03-09T14:00", "2026-03-09T11:00", "-1:30"),
        (OFFICE, "2026-03-14T08:00", "2026-03-15T20:00", "0"),
        (OFFICE, "2026-02-28T08:00", "2026-03-31T08:00", "168"),
        (NIGHTS, "2026-03-13T00:00", "2026-03-15T00:00", "8"),
        (NIGHTS, "2026-03-14T02:00", "2026-03-15T00:00", "4"),
        (ALWAYS, "2025-12-31T12:00", "2027-01-01T12:00", str(366 * 24)),
        (CENTRE, "2026-03-09T00:00", "2026-03-11T00:00", "34"),
    ],
)
def test_elapsed(calendar: Hours, a: str, b: str, expected: str) -> None:
    assert calendar.elapsed(at(a), at(b)) == span(expected)


@pytest.mark.parametrize(
    ("calendar", "moment", "opens", "closes"),
    [
        (OFFICE, "2026-03-09T07:59:59", "2026-03-09T08:00", "2026-03-09T12:00"),
        (OFFICE, "2026-03-09T08:00", "2026-03-09T08:00", "2026-03-09T12:00"),
        (OFFICE, "2026-03-09T11:59:59.999999", "2026-03-09T11:59:59.999999", "2026-03-09T12:00"),
        (OFFICE, "2026-03-09T12:00", "2026-03-09T13:30", "2026-03-09T17:30"),
        (OFFICE, "2026-03-13T17:30", "2026-03-16T08:00", "2026-03-16T12:00"),
        (NIGHTS, "2026-03-13T00:30", "2026-03-13T22:00", "2026-03-14T06:00"),
        (NIGHTS, "2026-03-14T00:30", "2026-03-14T00:30", "2026-03-14T06:00"),
        (NIGHTS, "2026-03-14T06:00", "2026-03-20T22:00", "2026-03-21T06:00"),
        (CENTRE, "2026-03-09T23:59", "2026-03-09T23:59", "2026-03-10T00:00"),
    ],
)
def test_the_next_edges(calendar: Hours, moment: str, opens: str, closes: str) -> None:
    """The opening instant is open, the closing instant is not."""
    assert calendar.next_open(at(moment)) == at(opens)
    assert calendar.next_close(at(moment)) == at(closes)
    assert calendar.is_open(at(moment)) is (moment == opens)


def test_windows_that_touch_are_one() -> None:
    calendar = hours(weekly=week([("12:00", "24:00"), ("08:00", "12:00")], DAYS))
    assert calendar.next_close(at("2026-03-09T09:00")) == at("2026-03-10T00:00")
    nights = hours(
        weekly=week([("20:00", "06:00")], DAYS)
        | week([("05:00", "20:00"), ("20:00", "06:00")], ["tue"])
    )
    assert nights.next_close(at("2026-03-09T21:00")) == at("2026-03-11T06:00")
    day = nights.elapsed(at("2026-03-10T00:00"), at("2026-03-11T00:00"))
    assert day == span("24")  # what two windows cover counts once


# public holidays and the days around them
TET = [date(2026, 2, day) for day in (16, 17, 18, 19, 20)]
FIRM = hours(
    holidays=[*TET, date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)],
    overrides={
        date(2026, 8, 22): SPLIT,  # a Saturday worked for Monday 31 August
        date(2026, 2, 13): [("08:00", "12:00")],  # the last day before Tết is short
        date(2026, 9, 2): [("09:00", "11:00")],  # an override beats a holiday
        date(2026, 9, 4): [],  # closed
    },
)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-02-12T17:30", "4", "2026-02-13T12:00"),
        ("2026-02-13T11:00", "2", "2026-02-23T09:00"),  # a chain of weekend, Tết, weekend
        ("2026-02-18T09:00", "0", "2026-02-23T08:00"),
        ("2026-02-23T09:00", "-2", "2026-02-13T11:00"),
        ("2026-08-21T17:00", "1", "2026-08-22T08:30"),
        ("2026-08-28T17:00", "1:30", "2026-09-02T10:00"),
        ("2026-09-03T17:00", "1", "2026-09-07T08:30"),
    ],
)
def test_holidays_and_overrides(start: str, amount: str, expected: str) -> None:
    assert FIRM.add(at(start), span(amount)) == at(expected)


def test_a_night_that_began_before_a_holiday_ends_on_it() -> None:
    holiday = date(2026, 3, 14)
    for closed in ({"holidays": [holiday]}, {"overrides": {holiday: []}}):
        calendar = hours(weekly=week([("22:00", "06:00")], DAYS), **closed)
        assert calendar.next_close(at("2026-03-13T23:00")) == at("2026-03-14T06:00")
        assert calendar.next_open(at("2026-03-14T06:00")) == at("2026-03-15T22:00")


def test_breaks_are_taken_out_of_every_day() -> None:
    lunch = [("11:30", "13:00")]
    calendar = hours(
        weekly=week([("08:00", "17:00")]),
        breaks=lunch,
        overrides={date(2026, 3, 14): [("10:00", "12:00")]},
    )
    assert calendar.next_close(at("2026-03-09T09:00")) == at("2026-03-09T11:30")
    assert calendar.add(at("2026-03-09T11:00"), span("1")) == at("2026-03-09T13:30")
    assert calendar.elapsed(at("2026-03-14T00:00"), at("2026-03-15T00:00")) == span("1:30")
    friday = hours(weekly=week([("08:00", "17:00")]), breaks={"fri": lunch})
    assert friday.is_open(at("2026-03-09T12:00"))
    assert not friday.is_open(at("2026-03-13T12:00"))


def test_a_break_is_on_the_day_whose_clock_shows_it() -> None:
    """Saturday's break at two in the night is in the night that began on Friday."""
    nights = week([("22:00", "06:00")], ["fri"])
    pause = [("02:00", "02:30")]
    saturday = hours(weekly=nights, breaks={"sat": pause})
    friday = hours(weekly=nights, breaks={"fri": pause})
    assert saturday.elapsed(at("2026-03-13T00:00"), at("2026-03-15T00:00")) == span("7:30")
    assert friday.elapsed(at("2026-03-13T00:00"), at("2026-03-15T00:00")) == span("8")
    midnight = hours(weekly=nights, breaks={"fri": [("23:30", "00:30")]})
    assert midnight.next_open(at("2026-03-13T23:40")) == at("2026-03-14T00:30")


@pytest.mark.parametrize(
    ("pauses", "amount", "close", "roll"),
    [
        # Monday 09:00; a pause counts only where it overlaps working time
        ([("09:30", "10:30")], "2", "12:00", "13:30"),
        ([("12:10", "13:00")], "4", "14:30", None),
        ([("09:30", "10:30"), ("10:00", "11:00")], "1", "11:30", None),  # overlapping: once
        ([("10:00", "10:30"), ("09:30", "10:00")], "1", "11:00", None),  # in any order
        ([("07:00", "09:30")], "1", "10:30", None),
        ([("06:00", "08:30")], "1", "10:00", None),
        ([("11:00", "14:00")], "2", "11:00", "14:00"),  # used up when the pause begins
        ([("11:00", None)], "2", "11:00", NoSlot),
        ([("11:00", None)], "2:01", NoSlot, NoSlot),
        ([("12:30", "14:00")], "3", "12:00", "14:00"),
        ([("10:00", "10:00")], "1", "10:00", None),  # a pause of no length is none
        ([("09:00", "09:40")], "0", "09:00", "09:40"),
        ([("08:50", "09:40")], "0", "09:40", None),
        ([("09:30", "09:40")], "0", "09:00", None),
        ([("08:00", "08:30")], "-0:45", "17:15 before", None),
        ([("08:00", "08:30")], "-0:30", "08:30", None),
        ([("07:00", "08:45"), ("09:00", None)], "-0:15", "08:45", None),
    ],
)
def test_pauses(pauses: Any, amount: str, close: Any, roll: Any) -> None:
    def monday(text: str | None) -> datetime | None:
        if text == "17:15 before":
            return at("2026-03-06T17:15")
        return None if text is None else at(f"2026-03-09T{text}")

    told = [(monday(since), monday(till)) for since, till in pauses]
    for boundary, expected in (("close", close), ("roll", roll or close)):
        arguments = (monday("09:00"), span(amount), iter(told), boundary)
        if expected is NoSlot:
            with pytest.raises(NoSlot, match=r"before a pause without end|before the end of 2200"):
                OFFICE.add(*arguments)
        else:
            assert OFFICE.add(*arguments) == monday(expected)


def test_a_pause_does_not_count() -> None:
    monday, friday = at("2026-03-09T00:00"), at("2026-03-14T00:00")
    weekend = (at("2026-03-13T17:30"), at("2026-03-16T08:00"))
    waited = (at("2026-03-10T10:00"), at("2026-03-11T10:00"))
    assert OFFICE.elapsed(monday, friday, [weekend]) == span("40")
    assert OFFICE.elapsed(monday, friday, [waited, waited]) == span("32")
    assert OFFICE.elapsed(friday, monday, [waited]) == span("-32")
    assert OFFICE.elapsed(monday, friday, [(waited[0], None)]) == span("10")
    still = [(waited[0], None), waited]
    assert OFFICE.elapsed(monday, friday, still) == span("10")


def test_a_deadline_does_not_end_in_a_pause_it_ended_with() -> None:
    """Closed since before: a moment in the middle of a pause is no deadline of nothing."""
    pause = (at("2026-03-09T08:00"), at("2026-03-09T09:00"))
    assert OFFICE.add(at("2026-03-09T08:00"), span("0"), [pause]) == pause[1]
    assert OFFICE.add(at("2026-03-09T08:30"), span("0"), [pause]) == pause[1]
    later = (at("2026-03-09T09:00"), at("2026-03-09T10:00"))
    assert OFFICE.add(at("2026-03-09T09:00"), span("0"), [later]) == later[0]
    assert OFFICE.add(at("2026-03-09T09:00"), span("0"), [later], boundary="roll") == later[1]


# the clocks change: length is real time, edges are what the wall shows
def day_long(zone: str, day: str) -> timedelta:
    calendar = Hours(zone=zone, weekly=week([("00:00", "24:00")], DAYS))
    start = at(f"{day}T00:00", zone)
    return calendar.elapsed(start, start + timedelta(days=1))


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Paris", "2026-03-28", "24"),
        ("Europe/Paris", "2026-03-29", "23"),
        ("Europe/Paris", "2026-10-25", "25"),
        ("America/New_York", "2026-03-08", "23"),
        ("America/New_York", "2026-11-01", "25"),
        ("Australia/Lord_Howe", "2026-04-05", "24:30"),
        ("Australia/Lord_Howe", "2026-10-04", "23:30"),
        ("America/St_Johns", "2010-11-07", "25"),
        ("Pacific/Apia", "2011-12-30", "0"),
        ("Asia/Kathmandu", "2026-03-29", "24"),
    ],
)
def test_a_day_has_its_real_length(zone: str, day: str, length: str) -> None:
    assert day_long(zone, day) == span(length)


@pytest.mark.parametrize(
    ("zone", "day", "window", "opens", "closes", "length"),
    [
        # skipped: the first instant after the gap; a window inside it never opens
        ("Europe/Paris", "2026-03-29", ("02:30", "05:00"), "03:00", "05:00", "2"),
        ("Europe/Paris", "2026-03-29", ("01:00", "02:30"), "01:00", "03:00", "1"),
        ("Australia/Lord_Howe", "2026-10-04", ("02:10", "03:00"), "02:30", "03:00", "0:30"),
        # twice: from the first reading of the opening to the last of the closing
        ("Europe/Paris", "2026-10-25", ("02:15", "02:45"), "02:15", "02:45+", "1:30"),
        ("Europe/Paris", "2026-10-25", ("02:30", "09:00"), "02:30", "09:00", "7:30"),
        ("America/New_York", "2026-11-01", ("00:00", "01:30"), "00:00", "01:30+", "2:30"),
        ("Australia/Lord_Howe", "2026-04-05", ("01:40", "01:50"), "01:40", "01:50+", "0:40"),
        # daytime windows are what they say on both sides
        ("Europe/Paris", "2026-03-29", ("09:00", "17:00"), "09:00", "17:00", "8"),
        ("Europe/Paris", "2026-10-25", ("09:00", "17:00"), "09:00", "17:00", "8"),
    ],
)
def test_windows_on_a_day_of_change(
    zone: str, day: str, window: tuple[str, str], opens: str, closes: str, length: str
) -> None:
    calendar = Hours(zone=zone, weekly={}, overrides={date.fromisoformat(day): [window]})
    before = at(f"{day}T00:00", zone) - timedelta(days=1)
    opened, closed = calendar.next_open(before), calendar.next_close(before)
    assert opened.timestamp() == at(f"{day}T{opens}", zone).timestamp()
    assert closed.timestamp() == at(f"{day}T{closes}", zone).timestamp()
    assert calendar.elapsed(opened, closed) == span(length)
    assert calendar.add(opened, span(length)).isoformat() == closed.isoformat()


def test_a_window_that_never_was() -> None:
    skipped = {date(2026, 3, 29): [("02:10", "02:50")]}
    calendar = Hours(zone="Europe/Paris", weekly={}, overrides=skipped)
    with pytest.raises(NoSlot):
        calendar.next_open(at("2026-03-28T00:00", "Europe/Paris"))


def test_a_day_that_never_was() -> None:
    """Samoa went from Thursday to Saturday: nobody came to work on Friday, or for its night."""
    zone = "Pacific/Apia"
    office, nights = (
        Hours(zone=zone, weekly=week(windows)) for windows in (SPLIT, [("22:00", "06:00")])
    )
    thursday = at("2011-12-29T17:00", zone)
    assert office.add(thursday, span("1")) == at("2012-01-02T08:30", zone)
    assert nights.elapsed(thursday, at("2012-01-02T00:00", zone)) == span("2")
    assert nights.next_close(thursday) == at("2011-12-31T00:00", zone)


def test_the_second_reading_comes_back_as_such() -> None:
    always = Hours(zone="Europe/Paris", weekly=week([("00:00", "24:00")], DAYS))
    first = at("2026-10-25T02:30", "Europe/Paris")
    second = always.add(first, span("1"))
    assert (first.isoformat(), second.isoformat()) == (
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    )
    assert always.elapsed(first, second) == span("1")


def test_the_answer_is_on_the_calendar_s_clock() -> None:
    """Half past seven in Hanoi is not working time, whatever the asker's clock shows."""
    utc = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
    assert not OFFICE.is_open(utc)
    assert OFFICE.next_open(utc).isoformat() == "2026-03-09T08:00:00+07:00"
    assert OFFICE.add(utc, span("1")).tzinfo == ZoneInfo(HANOI)
    sunday_in_utc = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    early = hours(weekly={"mon": [("06:00", "07:00")]})
    assert early.is_open(sunday_in_utc)
    moment = pendulum.datetime(2026, 3, 9, 9, 0, tz="Asia/Tokyo")
    assert OFFICE.next_open(moment) == at("2026-03-09T08:00")


def test_microseconds_are_exact_centuries_away() -> None:
    for start in ("1901-01-07T09:00:00.000001", "2199-12-30T09:00:00.000001"):
        moment = at(start, "UTC")
        calendar = Hours(zone="UTC", weekly=week(SPLIT))
        later = calendar.add(moment, timedelta(microseconds=3))
        assert later - moment == timedelta(microseconds=3)
        assert calendar.elapsed(moment, later) == timedelta(microseconds=3)


# never "now": no slot is an answer of its own
@pytest.mark.parametrize(
    "arguments",
    [
        {"weekly": {}},
        {"weekly": week([], DAYS)},
        {"breaks": [("00:00", "24:00")]},
        {"overrides": {date(2020, 1, 1): SPLIT}, "weekly": {}},
        {
            "weekly": week(SPLIT, ["sun"]),
            "holidays": [date.fromordinal(n) for n in range(693594, 803900)],
        },
    ],
    ids=["empty week", "empty days", "breaks", "past", "holidays for ever"],
)
def test_nothing_open_is_no_slot(arguments: Any) -> None:
    calendar, now = hours(**arguments), at("2026-03-09T09:00")
    assert not calendar.is_open(now)
    assert calendar.elapsed(now, now + timedelta(days=900)) == timedelta(0)
    for ask in (
        calendar.next_open,
        calendar.next_close,
        lambda t: calendar.add(t, span("0")),
        lambda t: calendar.add(t, span("1")),
        lambda t: calendar.add(t, span("1"), boundary="roll"),
        lambda t: calendar.add(t, timedelta(hours=-9)),
    ):
        for _ in range(2):
            with pytest.raises(NoSlot, match=r"nothing (is open|closes) (before|after) the"):
                ask(now)


def test_beyond_the_horizon_is_no_slot() -> None:
    with pytest.raises(NoSlot, match="nothing closes before the end of 2200 in UTC"):
        ALWAYS.next_close(at("2026-03-09T09:00"))
    assert ALWAYS.is_open(at("2026-03-09T09:00"))
    for amount in (timedelta(days=80_000), -timedelta(days=80_000), timedelta.max, timedelta.min):
        with pytest.raises(NoSlot):
            ALWAYS.add(at("2026-03-09T09:00"), amount)
    last = datetime(2200, 12, 31, 23, tzinfo=UTC)
    assert ALWAYS.add(last, span("1")) == datetime(2201, 1, 1, tzinfo=UTC)
    first = datetime(1900, 1, 1, tzinfo=UTC)
    assert ALWAYS.add(first, span("0")) == first


# laws; instants are compared in UTC, as two times of one zone compare by what the wall shows
def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    zone = draw(st.sampled_from([HANOI, "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia"]))
    windows = st.sampled_from(
        [[], SPLIT, [("22:00", "06:00")], [("00:00", "24:00")], [("02:10", "02:40")]]
    )
    days = draw(st.dictionaries(st.sampled_from(DAYS), windows)) | {"mon": SPLIT}
    breaks = draw(st.sampled_from([[], [("11:30", "13:00")], [("23:50", "00:10")]]))
    return Hours(zone=zone, weekly=days, holidays=[date(2026, 9, 2)], breaks=breaks)


NEAR = st.integers(0, 400 * 86_400_000_000).map(
    lambda n: datetime(2025, 12, 20, tzinfo=UTC) + timedelta(microseconds=n)
)
INSTANTS = NEAR | st.sampled_from(
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        at("2026-03-09T12:00"),
        at("2026-03-09T13:30"),
    ]
)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=20)) | st.integers(0, 80).map(
    lambda n: timedelta(minutes=30 * n)
)
BOUNDARIES = st.sampled_from(["close", "roll"])
PAUSES = st.lists(
    st.tuples(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9))).map(
        lambda each: (each[0], each[0] + each[1])
    ),
    max_size=3,
)


@given(calendars(), INSTANTS, AMOUNTS, BOUNDARIES, PAUSES)
def test_what_is_added_has_elapsed(
    calendar: Hours, t: datetime, amount: timedelta, boundary: Any, pauses: Any
) -> None:
    later = calendar.add(t, amount, pauses, boundary)
    assert calendar.elapsed(t, later, pauses) == amount
    assert later >= t
    if boundary == "roll":
        assert calendar.is_open(later)
        assert not any(since <= later < till for since, till in pauses)


@given(calendars(), INSTANTS, AMOUNTS, BOUNDARIES, PAUSES)
def test_what_is_taken_off_has_elapsed(
    calendar: Hours, t: datetime, amount: timedelta, boundary: Any, pauses: Any
) -> None:
    if amount:
        earlier = calendar.add(t, -amount, pauses, boundary)
        assert calendar.elapsed(earlier, t, pauses) == amount
        assert calendar.is_open(earlier)
        assert earlier < t


@given(calendars(), INSTANTS, AMOUNTS, BOUNDARIES)
def test_there_and_back(calendar: Hours, t: datetime, amount: timedelta, boundary: Any) -> None:
    opened = calendar.next_open(t)
    later = calendar.add(opened, amount, boundary=boundary)
    back = calendar.add(later, -amount, boundary=boundary) if amount else later
    assert utc(back) == utc(opened)


@given(calendars(), st.tuples(INSTANTS, INSTANTS), st.tuples(AMOUNTS, AMOUNTS), BOUNDARIES, PAUSES)
def test_later_and_longer_is_never_earlier(
    calendar: Hours, times: Any, amounts: Any, boundary: Any, pauses: Any
) -> None:
    (s, t), (x, y) = sorted(times), sorted(amounts)

    def add(start: datetime, amount: timedelta) -> datetime:
        return utc(calendar.add(start, amount, pauses, boundary))

    assert add(s, x) <= add(t, x) <= add(t, y)
    assert add(s, -y) <= add(s, -x) <= add(t, -x)


@given(calendars(), INSTANTS, INSTANTS, INSTANTS, PAUSES)
def test_elapsed_adds_up(
    calendar: Hours, a: datetime, b: datetime, c: datetime, pauses: Any
) -> None:
    def elapsed(start: datetime, end: datetime) -> timedelta:
        return calendar.elapsed(start, end, pauses)

    assert elapsed(a, b) + elapsed(b, c) == elapsed(a, c)
    assert elapsed(a, b) == -elapsed(b, a)
    assert abs(elapsed(a, b)) <= abs(b - a)


@given(calendars(), INSTANTS)
def test_the_edges_bound_what_is_open(calendar: Hours, t: datetime) -> None:
    opens, closes = utc(calendar.next_open(t)), utc(calendar.next_close(t))
    assert t <= opens < closes
    assert calendar.is_open(opens)
    assert not calendar.is_open(closes)
    assert calendar.elapsed(t, opens) == timedelta(0)
    assert calendar.elapsed(opens, closes) == closes - opens
    assert (opens == utc(t)) is calendar.is_open(t)


@given(NEAR, NEAR, AMOUNTS)
def test_the_answer_does_not_depend_on_what_was_asked_before(
    a: datetime, b: datetime, amount: timedelta
) -> None:
    used, fresh = hours(), hours()
    for moment in (a.replace(year=2028, day=5), a.replace(year=2024, day=5), b):
        used.next_open(moment)
    assert used.add(a, amount) == fresh.add(a, amount)
    assert used.elapsed(a, b) == hours().elapsed(a, b) == -fresh.elapsed(b, a)


def test_years_are_compiled_apart_and_meet() -> None:
    """A fresh calendar each time: the first question falls on the seam."""
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    until_midnight = {"zone": "UTC", "weekly": week([("07:00", "24:00")], DAYS)}
    assert Hours(**until_midnight).add(new_year, span("0")) == new_year
    assert Hours(**until_midnight).add(new_year, span("-1")) == new_year - span("1")
    eve = {"weekly": {}, "overrides": {date(2026, 12, 31): [("20:00", "06:00")]}}
    west = Hours(zone="America/Los_Angeles", **eve)  # in UTC all of it is in 2027
    assert west.is_open(datetime(2027, 1, 1, 12, tzinfo=UTC))
    first = {"weekly": {}, "overrides": {date(2027, 1, 1): [("00:00", "02:00")]}}
    east = Hours(zone=HANOI, **first)  # in UTC all of it is in 2026
    assert east.is_open(datetime(2026, 12, 31, 18, tzinfo=UTC))


def test_threads_share_one_calendar() -> None:
    moments = [at(f"{year}-03-09T09:00") for year in (2026, 2019, 2031, 2022, 2036, 2015, 2028)] * 3
    alone = [hours().add(moment, span("2000")) for moment in moments]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(3):
                add = hours().add
                assert list(pool.map(add, moments, repeat(span("2000")))) == alone
    finally:
        sys.setswitchinterval(before)


def test_a_calendar_is_its_own() -> None:
    """What it was made of may change afterwards; it may travel to another process."""
    weekly: dict[str, Any] = {"mon": [("08:00", "12:00")]}
    holidays = [date(2026, 3, 9)]
    calendar = hours(weekly=weekly, holidays=iter(holidays))
    weekly["mon"].append(("13:00", "17:00"))
    weekly["tue"] = SPLIT
    assert calendar.next_open(at("2026-03-09T09:00")) == at("2026-03-16T08:00")
    assert calendar.elapsed(at("2026-03-16T00:00"), at("2026-03-18T00:00")) == span("4")
    sent = pickle.loads(pickle.dumps(calendar))
    assert sent.next_open(at("2026-03-09T09:00")) == at("2026-03-16T08:00")
    assert repr(sent) == "Hours(zone='Asia/Ho_Chi_Minh')"
    with pytest.raises(AttributeError):
        calendar.zone = "UTC"


# what is refused, each in one sentence
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"zone": "Asia/Hochiminh"}, 'a time zone. Did you mean "Asia/Ho_Chi_Minh"?'),
        ({"zone": "Hanoi"}, '"Hanoi" is not a time zone. Write an IANA name'),
        ({"zone": None}, '"None" is not a time zone'),
        ({"weekly": {"Mon": SPLIT}}, 'weekly: "Mon" is not a day of the week. Did you mean "mon"?'),
        ({"weekly": {"monday": SPLIT}}, 'Did you mean "mon"?'),
        ({"weekly": {"tuse": SPLIT}}, 'Did you mean "tue"?'),
        ({"weekly": {"xyz": SPLIT}}, "Write mon, tue, wed, thu, fri, sat, sun."),
        ({"weekly": {0: SPLIT}}, '"0" is not a day of the week'),
        ({"weekly": SPLIT}, "expected a mapping from mon..sun to windows"),
        ({"weekly": None}, "weekly is None; expected a mapping from mon..sun to windows"),
        ({"weekly": {"mon": None}}, "weekly mon is None; expected a list"),
        ({"weekly": {"mon": "08:00-12:00"}}, "weekly mon is '08:00-12:00'; expected a list"),
        ({"weekly": {"mon": ("08:00", "12:00")}}, "weekly mon: '08:00' is not a window; expected"),
        ({"weekly": {"mon": ["08"]}}, "weekly mon: '08' is not a window"),
        ({"weekly": {"mon": [("08:00",)]}}, "weekly mon: ('08:00',) is not a window"),
        ({"weekly": {"mon": [(time(8), time(12))]}}, "is not a window"),
        ({"weekly": {"mon": [("8h", "12:00")]}}, '"8h" is not a time of day. Write hours:minutes'),
        ({"weekly": {"mon": [("25:00", "26:00")]}}, '"25:00" is an hour that no clock shows'),
        ({"weekly": {"mon": [("08:00", "24:01")]}}, '"24:01" is an hour that no clock shows'),
        ({"weekly": {"mon": [("08:60", "12:00")]}}, '"08:60" is an hour that no clock shows'),
        ({"weekly": {"mon": [("24:00", "06:00")]}}, "a window starts at 24:00"),
        ({"weekly": {"mon": [("08:00", "08:00")]}}, "the window 08:00-08:00 has no length"),
        ({"weekly": {"mon": [("00:00", "00:00")]}}, "or 00:00-24:00 for a whole day"),
        (
            {"weekly": {"mon": [("11:00", "15:00"), ("08:00", "12:00")]}},
            "weekly mon: a window starts at 11:00 before the one ahead of it ends at 12:00; "
            "expected windows that do not overlap",
        ),
        (
            {"weekly": {"mon": [("22:00", "06:00"), ("23:00", "24:00")]}},
            "a window starts at 23:00 before the one ahead of it ends at 06:00 next day",
        ),
        ({"weekly": {"mon": [("08:00", "12:00")] * 2}}, "expected windows that do not overlap"),
        ({"holidays": ["2026-09-02"]}, "holidays: '2026-09-02' is not a date"),
        ({"holidays": [datetime(2026, 9, 2, tzinfo=UTC)]}, "is not a date; expected datetime.date"),
        ({"holidays": date(2026, 9, 2)}, "expected a list"),
        ({"holidays": "2026-09-02"}, "holidays is '2026-09-02'; expected a list"),
        ({"overrides": [date(2026, 9, 2)]}, "expected a mapping from dates to windows"),
        ({"overrides": {"2026-09-02": SPLIT}}, "overrides: '2026-09-02' is not a date"),
        ({"overrides": {date(2026, 9, 2): [("8", "9")]}}, 'overrides 2026-09-02: "8" is not'),
        ({"breaks": {"lunch": [("11:30", "13:00")]}}, 'breaks: "lunch" is not a day of the week'),
        ({"breaks": [("11:30", "11:30")]}, "breaks: the window 11:30-11:30 has no length"),
        ({"breaks": ("11:30", "13:00")}, "breaks: '11:30' is not a window"),
    ],
    ids=str,
)
def test_calendars_that_cannot_be(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the next line
        hours(**arguments)
    assert message in str(caught.value)


NAIVE = datetime(2026, 3, 9, 9, 0)  # noqa: DTZ001
NOW = at("2026-03-09T09:00")


@pytest.mark.parametrize(
    "ask",
    [
        OFFICE.is_open,
        OFFICE.next_open,
        OFFICE.next_close,
        lambda t: OFFICE.add(t, span("1")),
        lambda t: OFFICE.elapsed(t, NOW),
        lambda t: OFFICE.elapsed(NOW, t),
        lambda t: OFFICE.add(NOW, span("1"), [(t, None)]),
        lambda t: OFFICE.elapsed(NOW, NOW, [(NOW, t)]),
    ],
)
def test_times_that_are_refused_everywhere(ask: Any) -> None:
    for moment, message in (
        (NAIVE, "2026-03-09 09:00:00 has no time zone; expected an aware datetime"),
        (date(2026, 3, 9), "is not a time; expected an aware datetime"),
        ("2026-03-09T09:00+07:00", "is not a time; expected an aware datetime"),
        (datetime(1899, 12, 31, 23, tzinfo=UTC), "lies outside the years 1900 to 2200 in UTC"),
        (datetime(2201, 1, 1, tzinfo=UTC), "lies outside the years 1900 to 2200 in UTC"),
        (datetime.max.replace(tzinfo=UTC), "lies outside the years 1900 to 2200 in UTC"),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the next line
            ask(moment)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"amount": 3600}, "amount is 3600; expected a timedelta"),
        ({"boundary": "open"}, 'boundary is \'open\'; expected "close" or "roll"'),
        ({"boundary": None}, 'expected "close" or "roll"'),
        ({"pauses": [(NOW, NOW - span("1"))]}, "a pause ends at 2026-03-09 08:00:00+07:00, before"),
        ({"pauses": [NOW]}, "is not a pause; expected (start, end) or (start, None)"),
        ({"pauses": [(NOW,)]}, "is not a pause; expected (start, end) or (start, None)"),
    ],
    ids=str,
)
def test_questions_that_cannot_be(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the next line
        OFFICE.add(**{"t": NOW, "amount": span("1"), **arguments})
    assert message in str(caught.value)
