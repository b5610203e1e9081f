"""Durations: dates for days and longer, seconds below, and no number without its unit."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.durations import Duration, Unit, parse_duration
from careflow.errors import Finding

DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))
AMOUNTS = st.integers(1, 400)
INSTANT_UNITS = (Unit.SECONDS, Unit.MINUTES, Unit.HOURS)
NO_UNIT = 'Write "7 days".'
UNITS = "Units: seconds, minutes, hours, days, weeks, months, years."


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("7 days", 7, Unit.DAYS),
        ("1 day", 1, Unit.DAYS),
        ("1 days", 1, Unit.DAYS),
        ("7 day", 7, Unit.DAYS),
        ("  24   Hours ", 24, Unit.HOURS),
        ("90 minutes", 90, Unit.MINUTES),
        ("45 SECONDS", 45, Unit.SECONDS),
        ("2 weeks", 2, Unit.WEEKS),
        ("1 month", 1, Unit.MONTHS),
        ("200 years", 200, Unit.YEARS),
    ],
)
def test_accepted(text: str, amount: int, unit: Unit) -> None:
    assert parse_duration(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("7", '"7" is not a duration with its unit', 'Write "7 days", or another unit.'),
        (7, '"7" is not a duration with its unit', 'Write "7 days", or another unit.'),
        ("", '"" is not a duration with its unit', NO_UNIT),
        (None, '"" is not a duration with its unit', NO_UNIT),
        ("7days", '"7days" is not a duration with its unit', NO_UNIT),
        ("-7 days", '"-7 days" is not a duration with its unit', NO_UNIT),
        ("1.5 hours", '"1.5 hours" is not a duration with its unit', NO_UNIT),
        ("a week", '"a week" is not a duration with its unit', NO_UNIT),
        ("7 days ago", '"7 days ago" is not a duration with its unit', NO_UNIT),
        ("3 ngày", '"ngày" is not a unit of time', UNITS),
        ("7 fortnights", '"fortnights" is not a unit of time', UNITS),
        ("3 mounth", '"mounth" is not a unit of time', 'Did you mean "3 month"?'),
        ("2 huors", '"huors" is not a unit of time', 'Did you mean "2 hours"?'),
        ("0 days", '"0 days" lasts no time at all', 'Write "1 day" or more.'),
        ("201 years", '"201 years" is longer than 200 years', ""),
        ("2500 months", '"2500 months" is longer than 200 years', ""),
        ("73201 days", '"73201 days" is longer than 200 years', ""),
    ],
)
def test_refused(value: object, message: str, hint: str) -> None:
    with pytest.raises(Finding) as caught:
        parse_duration(value)
    finding = caught.value
    assert (finding.check, finding.message, finding.hint) == ("bad-duration", message, hint)


@given(st.integers(1, 200), st.sampled_from(Unit))
def test_what_is_shown_reads_back(amount: int, unit: Unit) -> None:
    duration = parse_duration(f"{amount} {unit}")
    assert parse_duration(str(duration)) == duration == Duration(amount, unit)


def test_shown_in_the_singular_and_the_plural() -> None:
    assert [str(Duration(n, Unit.WEEKS)) for n in (1, 2)] == ["1 week", "2 weeks"]


@given(AMOUNTS)
def test_hours_and_shorter_have_seconds_and_move_no_date(amount: int) -> None:
    for unit in INSTANT_UNITS:
        duration = Duration(amount, unit)
        assert duration.seconds == timedelta(**{unit.value: amount}).total_seconds()
        with pytest.raises(ValueError, match=f"{duration} is counted on instants, not on dates"):
            duration.days_from(date(2026, 3, 8))


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit not in INSTANT_UNITS])
def test_days_and_longer_have_no_seconds(unit: Unit) -> None:
    assert Duration(1, unit).seconds is None


@given(DATES, AMOUNTS, st.sampled_from([1, -1]))
def test_days_and_weeks_against_a_walk_over_the_calendar(day: date, amount: int, way: int) -> None:
    walked = [day]
    for _ in range(amount * 7):
        walked.append(date.fromordinal(walked[-1].toordinal() + way))
    assert Duration(amount, Unit.DAYS).days_from(day, way) == walked[amount]
    assert Duration(amount, Unit.WEEKS).days_from(day, way) == walked[amount * 7]


@given(DATES, st.integers(1, 60), st.sampled_from([1, -1]))
def test_months_keep_the_day_or_take_the_last(day: date, amount: int, way: int) -> None:
    found = Duration(amount, Unit.MONTHS).days_from(day, way)
    assert months_apart(day, found) == amount * way
    if found.day != day.day:
        assert found.day < day.day
        assert (found + timedelta(days=1)).day == 1


@given(DATES, st.integers(1, 50), st.sampled_from([1, -1]))
def test_a_year_is_twelve_months(day: date, amount: int, way: int) -> None:
    years = Duration(amount, Unit.YEARS).days_from(day, way)
    assert years == Duration(amount * 12, Unit.MONTHS).days_from(day, way)
    assert years.year == day.year + amount * way


@given(DATES, st.integers(1, 24), st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS]))
def test_a_later_day_never_lands_earlier(day: date, amount: int, unit: Unit) -> None:
    """Caps rely on it: who came later leaves later."""
    landed = [Duration(amount, unit).days_from(day + timedelta(days=n)) for n in range(35)]
    assert all(before <= after for before, after in pairwise(landed))


@pytest.mark.parametrize(
    ("day", "duration", "expected"),
    [
        ("2026-03-03", "7 days", "2026-03-10"),
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2028-01-31", "1 month", "2028-02-29"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-02-29", "4 years", "2028-02-29"),
        ("2026-12-31", "2 months", "2027-02-28"),
        ("2026-11-30", "1 month", "2026-12-30"),
    ],
)
def test_landing(day: str, duration: str, expected: str) -> None:
    landed = parse_duration(duration).days_from(date.fromisoformat(day))
    assert landed == date.fromisoformat(expected)


def months_apart(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month
