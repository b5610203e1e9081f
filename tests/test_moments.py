"""Days and times as people write and read them: what is accepted, what is said otherwise."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.local import instant
from careflow.calendar.moments import (
    clock,
    parse_clock,
    parse_date,
    parse_instant,
    parse_moment,
    say_day,
    say_moment,
)
from careflow.calendar.occasions import Occasion, parse_occasion
from careflow.calendar.windows import YearDay, parse_year_day
from careflow.cli.options import now_in
from careflow.errors import Finding

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
DATE_HINT = 'Write year-month-day, as "2026-03-08".'
TIME_HINT = 'Write "2026-03-08T09:30+07:00".'
CLOCK_HINT = 'Write hours:minutes, as "08:30".'
MONDAY_ON = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "")
OCCASIONS = 'Write birthday, first-purchase or "month-day".'


def refusal(parse: Callable[[object], object], value: object) -> tuple[str, str, str]:
    with pytest.raises(Finding) as caught:
        parse(value)
    return caught.value.check, caught.value.message, caught.value.hint


@given(DATES)
def test_dates_read_back(day: date) -> None:
    assert parse_date(day) == parse_date(f" {day} ") == parse_moment(str(day)) == day


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("2026-02-29", '"2026-02-29" is not a day of the calendar', ""),
        ("2026-13-01", '"2026-13-01" is not a day of the calendar', ""),
        ("0000-01-01", '"0000-01-01" is not a day of the calendar', ""),
        ("1899-12-31", '"1899-12-31" lies outside the years 1900 to 2200', ""),
        ("9999-12-31", '"9999-12-31" lies outside the years 1900 to 2200', ""),
        ("08/03/2026", '"08/03/2026" is not a date', DATE_HINT),
        ("2026-3-8", '"2026-3-8" is not a date', DATE_HINT),
        ("20260308", '"20260308" is not a date', DATE_HINT),
        ("today", '"today" is not a date', DATE_HINT),
        (None, '"" is not a date', DATE_HINT),
    ],
)
def test_dates_that_are_not(value: object, message: str, hint: str) -> None:
    assert refusal(parse_date, value) == ("bad-date", message, hint)


@given(DATES, st.times(), st.integers(-14 * 4, 14 * 4))
def test_times_with_an_offset_read_back(day: date, hour: time, quarters: int) -> None:
    offset = timedelta(minutes=15 * quarters)
    sign, (hours, minutes) = "-" if quarters < 0 else "+", divmod(abs(quarters) * 15, 60)
    for separator in ("T", " "):
        found = parse_moment(f"{day}{separator}{hour}{sign}{hours:02}:{minutes:02}")
        assert isinstance(found, datetime)
        assert found.utcoffset() == offset
        assert found.replace(tzinfo=None) == datetime.combine(day, hour)


@given(DATES, st.integers(0, 1439), st.sampled_from(["Asia/Ho_Chi_Minh", "UTC", "Asia/Kathmandu"]))
def test_times_with_a_zone_are_times_of_that_zone(day: date, minutes: int, name: str) -> None:
    for form in ("{} {} {}", "{}T{} {}", "{}T{}[{}]"):
        found = parse_instant(form.format(day, clock(minutes), name))
        assert found.timestamp() == instant(day, minutes, ZoneInfo(name))
        assert str(found.tzinfo) == name


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2026-03-08T00:30Z", "2026-03-08T00:30"),
        ("2026-03-08T07:30+07:00", "2026-03-08T00:30"),
        ("2026-03-08 07:30 Asia/Ho_Chi_Minh", "2026-03-08T00:30"),
        ("2026-03-08 00:30 UTC", "2026-03-08T00:30"),
        ("2026-03-28 09:00 Europe/Paris", "2026-03-28T08:00"),
        ("2026-03-29 09:00 Europe/Paris", "2026-03-29T07:00"),
        ("2026-10-25 02:30 Europe/Paris", "2026-10-25T00:30"),  # comes twice: the first
        ("2026-03-29 02:30 Europe/Paris", "2026-03-29T01:00"),  # is skipped: right after
    ],
)
def test_instants(text: str, in_utc: str) -> None:
    assert parse_instant(text).astimezone(UTC) == datetime.fromisoformat(f"{in_utc}+00:00")


@pytest.mark.parametrize("parse", [parse_instant, parse_moment])
@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T09:30Z",
        "2026-03-08T25:00Z",
        "2026-03-08T9:30Z",
        "2026-03-08T09:30+07:00 Asia/Tokyo",
    ],
)
def test_times_that_are_not(parse: Callable[[object], object], text: str) -> None:
    assert refusal(parse, text) == ("bad-time", f'"{text}" is not a time', TIME_HINT)


@pytest.mark.parametrize("text", ["", "tomorrow", "8/3/2026", "2026-3-8", "Europe/Paris"])
def test_what_has_no_clock_is_read_as_a_date(text: str) -> None:
    assert refusal(parse_moment, text) == ("bad-date", f'"{text}" is not a date', DATE_HINT)


@pytest.mark.parametrize(
    ("value", "check", "message", "hint"),
    [
        (
            "2026-03-08 09:30 Asia/Hochiminh",
            "unknown-zone",
            '"Asia/Hochiminh" is not a time zone',
            'Did you mean "Asia/Ho_Chi_Minh"?',
        ),
        (
            "2026-03-08T09:30",
            "naive-time",
            '"2026-03-08T09:30" has no time zone',
            "Write the offset or the zone, as "
            '"2026-03-08T09:30+07:00" or "2026-03-08T09:30 Asia/Ho_Chi_Minh".',
        ),
        (
            "1899-12-31T23:59Z",
            "bad-date",
            '"1899-12-31 23:59:00+00:00" lies outside the years 1900 to 2200',
            "",
        ),
    ],
)
def test_instants_that_are_not(value: object, check: str, message: str, hint: str) -> None:
    assert refusal(parse_instant, value) == (check, message, hint)
    assert refusal(parse_moment, value) == (check, message, hint)


@pytest.mark.parametrize("text", ["2026-03-08T09:30", "2026-03-08 09:30:15", "2026-03-08"])
def test_the_cure_for_a_time_without_zone_is_a_cure(text: str) -> None:
    _, _, hint = refusal(parse_instant, text)
    for cure in hint.split('"')[1::2]:
        assert parse_instant(cure).tzinfo


@pytest.mark.parametrize("wall", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("zone", ["+00:00", "+07:00", " Asia/Tokyo", " America/New_York"])
def test_times_at_the_ends_of_the_calendar_are_refused(wall: str, zone: str) -> None:
    check, message, _ = refusal(parse_instant, wall + zone)
    assert check == "bad-date"
    assert message.endswith("lies outside the years 1900 to 2200")


@given(st.integers(0, 1440))
def test_clocks_read_back(minutes: int) -> None:
    assert parse_clock(clock(minutes)) == parse_clock(clock(minutes).removeprefix("0")) == minutes


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("24:01", '"24:01" is an hour that no clock shows', ""),
        ("25:00", '"25:00" is an hour that no clock shows', ""),
        ("12:60", '"12:60" is an hour that no clock shows', ""),
        ("8h30", '"8h30" is not a time of day', CLOCK_HINT),
        ("8.30", '"8.30" is not a time of day', CLOCK_HINT),
        ("08:30:00", '"08:30:00" is not a time of day', CLOCK_HINT),
        ("8:30 pm", '"8:30 pm" is not a time of day', CLOCK_HINT),
        ("510", '"510" is not a time of day', CLOCK_HINT),
        (None, '"" is not a time of day', CLOCK_HINT),
    ],
)
def test_clocks_that_are_not(value: object, message: str, hint: str) -> None:
    assert refusal(parse_clock, value) == ("bad-clock", message, hint)


@given(DATES)
def test_days_are_said_with_their_weekday(day: date) -> None:
    weekday = calendar.weekday(day.year, day.month, day.day)
    vietnamese = "Chủ Nhật" if weekday == 6 else f"Thứ {MONDAY_ON[weekday]}"
    assert say_day(day, "vi") == f"{vietnamese} {day.day:02}/{day.month:02}/{day.year}"
    english = f"{calendar.day_name[weekday]} {day.day} {calendar.month_name[day.month]} {day.year}"
    assert say_day(day, "en") == english


def test_moments_are_said_on_their_own_clock() -> None:
    moment = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    assert say_moment(moment, "en") == "Sunday 8 March 2026 23:30"
    assert say_moment(moment.astimezone(HANOI), "vi") == "Thứ Hai 09/03/2026 06:30"


def test_the_machine_s_clock_is_read_in_the_zone() -> None:
    now = now_in(HANOI)
    assert str(now.tzinfo) == "Asia/Ho_Chi_Minh"
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


@given(st.integers(1900, 2200), st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_a_day_of_every_year(year: int, day: date) -> None:
    """29 February is kept on the 28th where there is no 29th."""
    found = YearDay(day.month, day.day).in_year(year)
    kept = 28 if (day.month, day.day) == (2, 29) and not calendar.isleap(year) else day.day
    assert found == date(year, day.month, kept)
    assert YearDay(day.month, day.day, year + 1).in_year(year) is None


@pytest.mark.parametrize("text", ["03-08", "02-29", "12-31", "2026-03-08", "2024-02-29"])
def test_days_of_the_year_that_are(text: str) -> None:
    assert str(parse_year_day(f" {text} ")) == text


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("02-30", '"02-30" is not a day of any year', 'Write "month-day".'),
        ("13-01", '"13-01" is not a day of any year', 'Write "month-day".'),
        ("00-10", '"00-10" is not a day of any year', 'Write "month-day".'),
        ("04-00", '"04-00" is not a day of any year', 'Write "month-day".'),
        ("2026-02-29", '"2026-02-29" is not a day of the calendar', ""),
        ("8/3", '"8/3" is not a date', DATE_HINT),
        ("3-8", '"3-8" is not a date', DATE_HINT),
        (None, '"" is not a date', DATE_HINT),
    ],
)
def test_days_of_the_year_that_are_not(value: object, message: str, hint: str) -> None:
    assert refusal(parse_year_day, value) == ("bad-date", message, hint)


@pytest.mark.parametrize(
    ("text", "occasion"),
    [
        ("birthday", Occasion(named="birthday")),
        (" first-purchase ", Occasion(named="first-purchase")),
        ("10-13", Occasion(YearDay(10, 13))),
        ("2026-10-13", Occasion(YearDay(10, 13, 2026))),
    ],
)
def test_occasions_that_are(text: str, occasion: Occasion) -> None:
    assert parse_occasion(text) == occasion
    assert str(occasion) == text.strip()


@pytest.mark.parametrize(
    ("value", "check", "message", "hint"),
    [
        ("birthdy", "bad-occasion", '"birthdy" is not an occasion', 'Did you mean "birthday"?'),
        ("xmas", "bad-occasion", '"xmas" is not an occasion', OCCASIONS),
        (None, "bad-occasion", '"" is not an occasion', OCCASIONS),
        ("13-13", "bad-date", '"13-13" is not a day of any year', 'Write "month-day".'),
    ],
)
def test_occasions_that_are_not(value: object, check: str, message: str, hint: str) -> None:
    assert refusal(parse_occasion, value) == (check, message, hint)


def test_a_birthday_returns_every_year_after_the_first() -> None:
    birthday, born = parse_occasion("birthday"), date(2004, 2, 29)
    returns = [birthday.in_year(year, born) for year in (2003, 2004, 2005, 2008)]
    assert returns == [None, None, date(2005, 2, 28), date(2008, 2, 29)]
    assert birthday.in_year(2026, None) is None
