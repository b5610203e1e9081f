"""Windows of local time, held against a scan of the clock minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.moments import parse_clock
from careflow.calendar.windows import (
    EVERY_DAY,
    Window,
    YearDay,
    covering,
    next_opening,
    parse_days,
)
from careflow.errors import Finding
from test_local import CHANGES, shown

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PARIS = ZoneInfo("Europe/Paris")
AHEAD = 3  # days that next_opening looks ahead
DAY_HINT = 'Write "every day" or mon, tue, wed, thu, fri, sat, sun.'


def window(text: str, days: frozenset[int] = EVERY_DAY) -> Window:
    start, end = text.split("-")
    return Window(parse_clock(start), parse_clock(end), days)


def at(text: str, zone: ZoneInfo = HANOI, fold: int = 0) -> float:
    """The instant at which the clock shows *text*; with fold=1 for the second time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def opens_on(each: Window, day: date) -> bool:
    if each.dates:
        named = {(one.year or day.year, one.month, one.day) for one in each.dates}
        return (day.year, day.month, day.day) in named
    return (day.toordinal() - 1) % 7 in each.days  # 0001-01-01 was a Monday


def openings(
    each: Window, zone: ZoneInfo, change: date, last: date
) -> list[tuple[list[float], list[float]]]:
    """For every day on which the window starts: all readings of its start and of its end."""
    found = []
    for offset in range(-4, (last - change).days + 1):
        day = change + timedelta(days=offset)
        if opens_on(each, day):
            end = each.end + (1440 if each.end < each.start else 0)
            readings = shown(zone, change, day, each.start), shown(zone, change, day, end)
            found.append(readings)
    return found


def closings(each: Window, instant: float, zone: ZoneInfo, change: date, *, wide: bool) -> set:
    """When the windows close that cover the instant: by any reading (*wide*), or by all."""
    some_or_all, close = (any, max) if wide else (all, min)
    return {
        close(ends)
        for starts, ends in openings(each, zone, change, change + timedelta(days=4))
        if some_or_all(start <= instant < end for start, end in product(starts, ends))
    }


EDGES = st.integers(0, 200) | st.integers(0, 1440) | st.sampled_from([0, 60, 120, 180, 1380, 1440])
WEEKDAYS = st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def windows(draw: st.DrawFn, change: date) -> Window:
    start = draw(EDGES.filter(lambda edge: edge < 1440))
    end = draw(EDGES.filter(lambda edge: edge != start))
    if draw(st.integers(0, 4)) > 0:
        return Window(start, end, draw(WEEKDAYS))
    days = draw(st.frozensets(st.integers(-3, 3), min_size=1))
    dates = [change + timedelta(days=each) for each in days]
    year = draw(st.sampled_from([None, change.year]))
    return Window(start, end, dates=frozenset(YearDay(d.month, d.day, year) for d in dates))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[ZoneInfo, date, float, list[Window]]:
    """A zone, a day of change, an instant near it, and windows; often on an edge of one."""
    zone, change = draw(st.sampled_from(CHANGES))
    made = draw(st.lists(windows(change), min_size=1, max_size=3))
    midnight = datetime(change.year, change.month, change.day, tzinfo=UTC).timestamp()
    edges = [
        edge
        for starts, ends in openings(made[0], zone, change, change + timedelta(days=1))
        for edge in (*starts, *ends)
        if abs(edge - midnight) < 2 * 86_400
    ]
    near = st.sampled_from(edges or [midnight])
    moment = draw(near | st.integers(-2880, 2880).map(lambda n: midnight + 60 * n))
    return zone, change, moment + draw(st.sampled_from([0, 0, -60, 60, -0.5, 0.5, 59])), made


@given(scenes(), st.booleans())
def test_covering_against_the_scan(
    scene: tuple[ZoneInfo, date, float, list[Window]], wide: bool
) -> None:
    """Where the readings differ, quiet time holds by any of them, permitted time by all."""
    zone, change, moment, (each, *_) = scene
    found = covering(each, moment, zone, wide=wide)
    expected = closings(each, moment, zone, change, wide=wide)
    assert found in expected if expected else found is None


@given(scenes())
def test_next_opening_against_the_scan(
    scene: tuple[ZoneInfo, date, float, list[Window]],
) -> None:
    zone, change, moment, made = scene
    last = datetime.fromtimestamp(moment, zone).date() + timedelta(days=AHEAD)
    opened = [
        max(starts)
        for each in made
        for starts, ends in openings(each, zone, change, last)
        if moment < max(starts) < min(ends)
    ]
    assert next_opening(made, moment, zone, days=AHEAD) == min(opened, default=None)


@given(scenes())
def test_nothing_is_permitted_that_is_not_also_quiet(
    scene: tuple[ZoneInfo, date, float, list[Window]],
) -> None:
    """Of one and the same window: the wide reading holds the narrow one."""
    zone, _, moment, (each, *_) = scene
    if covering(each, moment, zone, wide=False) is not None:
        assert covering(each, moment, zone, wide=True) is not None


INSIDE_OUTSIDE = [
    ("08:00-17:00", "08:00:00 12:00:00 16:59:59", "07:59:59 17:00:00 00:00:00"),
    ("22:00-07:00", "22:00:00 23:59:59 00:00:00 06:59:59", "07:00:00 12:00:00 21:59:59"),
    ("22:00-02:00", "22:00:00 00:30:00 01:59:59", "02:00:00 03:00:00 21:59:59"),
    ("00:00-24:00", "00:00:00 12:00:00 23:59:59", ""),
    ("17:00-24:00", "17:00:00 23:59:59", "00:00:00 16:59:59"),
    ("00:00-00:01", "00:00:00 00:00:59", "00:01:00 23:59:59"),
    ("12:00-11:59", "12:00:00 00:00:00 11:58:59", "11:59:00 11:59:59"),
]


@pytest.mark.parametrize("zone", [HANOI, PARIS, ZoneInfo("UTC"), ZoneInfo("America/St_Johns")])
@pytest.mark.parametrize(("text", "inside", "outside"), INSIDE_OUTSIDE)
def test_inside_and_outside(text: str, inside: str, outside: str, zone: ZoneInfo) -> None:
    """Half-open: the first minute is inside, the closing one is not."""
    for day in ("2026-06-08", "2026-12-13"):
        for wide in (True, False):
            for moment in inside.split():
                assert covering(window(text), at(f"{day}T{moment}", zone), zone, wide=wide)
            for moment in outside.split():
                assert not covering(window(text), at(f"{day}T{moment}", zone), zone, wide=wide)


@pytest.mark.parametrize(
    ("days", "inside", "outside"),
    [
        ("fri", "2026-03-06T22:00 2026-03-07T06:59", "2026-03-06T06:59 2026-03-07T22:00"),
        ("sat-sun", "2026-03-07T23:00 2026-03-09T06:00", "2026-03-07T06:00 2026-03-09T22:00"),
        ("sun-mon", "2026-03-08T22:00 2026-03-10T01:00", "2026-03-08T01:00 2026-03-10T22:00"),
    ],
)
def test_a_night_belongs_to_the_day_it_starts_on(days: str, inside: str, outside: str) -> None:
    night = window("22:00-07:00", parse_days(days))
    assert all(covering(night, at(each), HANOI, wide=True) for each in inside.split())
    assert not any(covering(night, at(each), HANOI, wide=True) for each in outside.split())


def test_after_an_overnight_window_one_waits_for_its_end_only() -> None:
    """22:00-02:00 at 01:00: an hour, neither no time at all nor 23 hours."""
    night = window("22:00-02:00")
    closes = at("2026-03-09T02:00")
    for moment in ("2026-03-08T22:00", "2026-03-08T23:30", "2026-03-09T01:00"):
        assert covering(night, at(moment), HANOI, wide=True) == closes
    assert next_opening([night], at("2026-03-09T02:00"), HANOI, days=2) == at("2026-03-09T22:00")


def test_half_past_seven_is_local_and_not_utc() -> None:
    """00:30 in UTC is 07:30 in Vietnam: not yet open there, and not past midnight either."""
    open_hours, moment = window("08:00-17:00"), datetime(2026, 3, 8, 0, 30, tzinfo=UTC).timestamp()
    assert covering(open_hours, moment, HANOI, wide=False) is None
    assert next_opening([open_hours], moment, HANOI, days=2) == moment + 30 * 60


def test_the_weekday_is_the_local_one() -> None:
    """Monday 06:30 in Hanoi, when it is still Sunday in UTC."""
    monday = window("06:00-07:00", parse_days("mon"))
    moment = datetime(2026, 3, 8, 23, 30, tzinfo=UTC).timestamp()
    assert covering(monday, moment, HANOI, wide=False) == moment + 30 * 60


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [("2026-03-28", "2026-03-29", 23), ("2026-10-24", "2026-10-25", 25)],
)
def test_the_hour_stays_when_the_clocks_change(before: str, after: str, hours: int) -> None:
    open_hours = window("09:00-18:00")
    opened = at(f"{before}T09:00", PARIS)
    assert next_opening([open_hours], opened, PARIS, days=3) == opened + hours * 3600
    assert at(f"{after}T09:00", PARIS) == opened + hours * 3600


def test_in_an_hour_that_comes_twice_quiet_is_long_and_permitted_short() -> None:
    """In Paris on 25 October 2026, 02:00 to 03:00 comes twice."""
    half_past = [at("2026-10-25T02:30", PARIS, fold) for fold in (0, 1)]
    until, since = window("01:00-02:30"), window("02:30-04:00")
    assert covering(until, half_past[0], PARIS, wide=True) == half_past[1]
    assert covering(until, half_past[0] - 1, PARIS, wide=False) == half_past[0]
    assert covering(until, half_past[0], PARIS, wide=False) is None
    assert covering(since, half_past[0], PARIS, wide=True) == at("2026-10-25T04:00", PARIS)
    assert next_opening([since], half_past[0] - 1, PARIS, days=1) == half_past[1]
    inside = window("02:10-02:20")
    assert covering(inside, half_past[0], PARIS, wide=True) == half_past[1] - 600
    assert next_opening([inside], half_past[0] - 3600, PARIS, days=0) is None


def test_in_an_hour_that_is_skipped_a_window_opens_right_after_it() -> None:
    """In Paris on 29 March 2026 there is no 02:30."""
    after = at("2026-03-29T03:00", PARIS)
    assert next_opening([window("02:30-05:00")], after - 1, PARIS, days=1) == after
    assert covering(window("01:00-02:30"), after - 1, PARIS, wide=True) == after
    assert covering(window("02:10-02:50"), after, PARIS, wide=True) is None


def test_a_night_over_a_date_that_comes_back_is_quiet_throughout() -> None:
    """In St. John's the clocks went from 00:01 on 7 November 2010 to 23:01 on the 6th."""
    zone = ZoneInfo("America/St_Johns")
    again = at("2010-11-06T23:30", zone, fold=1)
    expected = at("2010-11-07T07:00", zone)
    assert covering(window("00:00-07:00"), again, zone, wide=True) == expected


def test_no_window_never_opens() -> None:
    assert next_opening([], at("2026-03-08T09:00"), HANOI, days=400) is None


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("every day", "0123456"),
        ("Daily", "0123456"),
        ("sat", "5"),
        ("mon-fri", "01234"),
        ("Sat - Sun", "56"),
        ("fri-mon", "4560"),
        ("mon-mon", "0"),
        (["mon", "wed-thu", "wed"], "023"),
        ([], ""),
    ],
)
def test_days_that_are(value: object, days: str) -> None:
    assert parse_days(value) == {int(each) for each in days}


@pytest.mark.parametrize(
    ("value", "word", "hint"),
    [
        ("sunday", "sunday", 'Did you mean "sun"?'),
        ("holiday", "holiday", DAY_HINT),
        ("mno", "mno", 'Did you mean "mon"?'),
        ("mon-fir", "fir", 'Did you mean "fri"?'),
        (["mon", "2"], "2", DAY_HINT),
        ("", "", DAY_HINT),
        (None, "", DAY_HINT),
        ("mon-", "", DAY_HINT),
        ("-fri", "", DAY_HINT),
    ],
)
def test_days_that_are_not(value: object, word: str, hint: str) -> None:
    with pytest.raises(Finding) as caught:
        parse_days(value)
    found = caught.value.check, caught.value.message, caught.value.hint
    assert found == ("bad-day", f'"{word}" is not a day of the week', hint)
