"""Working time held against a scan of the clock's face minute by minute, and a second library."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from careflow.calendar import Hours, NoSlot

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANGES = [
    (ZoneInfo(zone), date.fromisoformat(day))
    for zone, day in (
        ("Asia/Ho_Chi_Minh", "2026-03-08"),
        ("Asia/Ho_Chi_Minh", "2025-12-31"),  # years are compiled apart
        ("Asia/Kathmandu", "2027-01-01"),
        ("Asia/Kathmandu", "1986-01-01"),  # by a quarter of an hour, in a new year
        ("Europe/Paris", "2026-03-29"),
        ("Europe/Paris", "2026-10-25"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),  # by half an hour
        ("Australia/Lord_Howe", "2026-10-04"),
        ("America/St_Johns", "2026-03-08"),
        ("America/St_Johns", "2010-11-07"),  # 00:01 becomes 23:01 of the day before
        ("America/Havana", "2026-03-08"),  # a day without its midnight
        ("America/Havana", "2026-11-01"),  # a day with two
        ("Pacific/Apia", "2011-12-30"),  # a day that never was
    )
]
BEFORE, AFTER = 5, 9  # the days scanned around a change


@cache
def clock_face(zone: ZoneInfo, around: date) -> tuple[int, dict[datetime, list[int]]]:
    """The first minute scanned, and what the clock shows: at which minutes of the scan."""
    start = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=BEFORE)
    first = int(start.timestamp())
    shows: defaultdict[datetime, list[int]] = defaultdict(list)
    for minute in range((BEFORE + AFTER) * 1440):
        at = datetime.fromtimestamp(first + minute * 60, zone)
        shows[at.replace(tzinfo=None, fold=0)].append(minute)
    return first, dict(shows)


@cache
def dates_of(zone: ZoneInfo, around: date) -> set[date]:
    return {wall.date() for wall in clock_face(zone, around)[1]}


@cache
def minute_shown(zone: ZoneInfo, around: date, wall: datetime, which: int) -> int:
    """The first (0) or last (-1) minute that shows *wall*, or the first after it was skipped."""
    face = clock_face(zone, around)[1]
    if wall in face:
        return face[wall][which]
    last = max(face)
    while wall <= last and wall not in face:
        wall += timedelta(minutes=1)
    return face[wall][0] if wall <= last else (BEFORE + AFTER) * 1440


@dataclass(frozen=True)
class Case:
    """A calendar as its arguments, and the days around which it is asked."""

    zone: ZoneInfo
    around: date
    arguments: dict[str, Any]

    @property
    def hours(self) -> Hours:
        return Hours(zone=self.zone.key, **self.arguments)

    def windows(self, day: date) -> list[tuple[str, str]]:
        if day in self.arguments["overrides"]:
            return self.arguments["overrides"][day]
        if day in self.arguments["holidays"]:
            return []
        return self.arguments["weekly"].get(DAYS[day.weekday()], [])

    def breaks(self, day: date) -> list[tuple[str, str]]:
        breaks = self.arguments["breaks"]
        return breaks.get(DAYS[day.weekday()], []) if isinstance(breaks, dict) else breaks


class Scan:
    """Which minutes around a change are open; every answer is found by counting them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.zone = case.zone
        self.first, _ = clock_face(case.zone, case.around)
        self.open = [False] * ((BEFORE + AFTER) * 1440)
        days = [case.around + timedelta(days=n) for n in range(-BEFORE - 2, AFTER + 2)]
        dates = dates_of(case.zone, case.around)
        days = [day for day in days if day in dates or not min(dates) < day < max(dates)]
        for day in days:
            self._mark(day, case.windows(day), is_open=True)
        for day in days:
            self._mark(day, case.breaks(day), is_open=False)

    def _mark(self, day: date, windows: list[tuple[str, str]], *, is_open: bool) -> None:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        for opens, closes in windows:
            start, end = minutes_of(opens), minutes_of(closes)
            end += 1440 if end <= start else 0
            walls = [midnight + timedelta(minutes=each) for each in (start, end)]
            low = minute_shown(self.zone, self.case.around, walls[0], 0)
            high = minute_shown(self.zone, self.case.around, walls[1], -1)
            if low < high:
                self.open[low:high] = [is_open] * (high - low)

    def at(self, seconds: int) -> datetime:
        return datetime.fromtimestamp(self.first + seconds, self.zone)

    def pause(self, start: int, end: int | None) -> None:
        """Close whole minutes, given in seconds."""
        stop = len(self.open) if end is None else end // 60
        for minute in range(start // 60, stop):
            self.open[minute] = False

    def counted(self, start: int, end: int) -> int:
        """The open seconds in [start, end)."""
        return sum(
            min(end, minute * 60 + 60) - max(start, minute * 60)
            for minute in range(start // 60, -(-end // 60))
            if self.open[minute]
        )

    def opening(self, start: int) -> int | None:
        if self.open[start // 60]:
            return start
        return next((m * 60 for m in range(start // 60, len(self.open)) if self.open[m]), None)

    def closing(self, start: int) -> int | None:
        opens = self.opening(start)
        if opens is None:
            return None
        return next((m * 60 for m in range(opens // 60, len(self.open)) if not self.open[m]), None)

    def after(self, start: int, amount: int, boundary: str) -> int | None:
        """Walk on minute by minute until *amount* seconds were open; `None` off the scan."""
        if amount == 0 and boundary == "close" and self.open[(start - 1) // 60]:
            return start
        at, left = start, amount
        while at < len(self.open) * 60:
            step = 60 - at % 60
            if self.open[at // 60]:
                if left < step or (left == step and boundary == "close"):
                    return at + left
                left -= step
            at += step
        return None

    def back(self, start: int, amount: int) -> int | None:
        """Walk back minute by minute until *amount* seconds were open."""
        at, left = start, amount
        while at > 0:
            step = at % 60 or 60
            if self.open[(at - 1) // 60]:
                if left <= step:
                    return at - left
                left -= step
            at -= step
        return None


def minutes_of(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def windows(draw: st.DrawFn, most: int = 3) -> list[tuple[str, str]]:
    """Up to *most* windows of a day that do not overlap; the last may be overnight, one all day."""
    times = st.integers(0, 300) | st.integers(0, 1439) | st.sampled_from([0, 60, 120, 150, 720])
    number = draw(st.integers(0, most))
    cuts = sorted(draw(st.lists(times, min_size=2 * number, max_size=2 * number, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=True))
    if pairs and draw(st.booleans()):
        # to some time of the next day, up to a minute short of a whole day
        pairs[-1] = (pairs[-1][0], draw(st.integers(0, pairs[-1][0] - 1)) if pairs[-1][0] else 1440)
    elif most > 1 and draw(st.integers(0, 3)) == 0:
        pairs = [(0, 1440)]
    drawn = [(clock(start), clock(end)) for start, end in pairs]
    return draw(st.permutations(drawn))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A calendar with everything it may have, near a change of the clocks."""
    zone, around = draw(st.sampled_from(CHANGES))
    near = st.integers(-BEFORE, AFTER).map(lambda n: around + timedelta(days=n))
    week = st.dictionaries(st.sampled_from(DAYS), windows(), min_size=0, max_size=7)
    overrides = draw(st.dictionaries(near, windows(), max_size=3))
    # after the scan something opens and closes: nobody has to look for it until 2200
    overrides[around + timedelta(days=30)] = [("12:00", "13:00")]
    arguments = {
        "weekly": draw(week | windows().map(lambda each: dict.fromkeys(DAYS, each))),
        "holidays": draw(st.lists(near, max_size=3)),
        "overrides": overrides,
        "breaks": draw(
            st.just([]) | windows(1) | st.dictionaries(st.sampled_from(DAYS), windows(2))
        ),
    }
    return Case(zone, around, arguments)


# two whole days at either edge are left out: a window may begin before the scan does
SECONDS = st.integers(2 * 86400, (BEFORE + AFTER - 2) * 86400)
NEAR = st.integers((BEFORE - 1) * 86400, (BEFORE + 2) * 86400)
MOMENTS = NEAR | NEAR.map(lambda at: at // 60 * 60) | SECONDS
AMOUNTS = st.integers(0, 90_000) | st.integers(0, 50).map(lambda n: n * 1800)


def seen(scan: Scan, moment: datetime) -> int | None:
    """A moment as seconds of the scan; `None` near its end, where it has gaps of knowledge."""
    at = int(moment.timestamp()) - scan.first
    assert moment.tzinfo == scan.zone
    return at if at <= (BEFORE + AFTER - 2) * 86400 else None


def within(at: int | None) -> int | None:
    return None if at is None or at > (BEFORE + AFTER - 2) * 86400 else at


@given(cases(), st.lists(MOMENTS, min_size=1, max_size=10))
def test_open_and_the_next_edges(case: Case, moments: list[int]) -> None:
    scan, hours = Scan(case), case.hours
    for at in moments:
        moment = scan.at(at)
        assert hours.is_open(moment) is scan.open[at // 60]
        for ask, expected in ((hours.next_open, scan.opening), (hours.next_close, scan.closing)):
            try:
                found = seen(scan, ask(moment))
            except NoSlot:
                found = None
            assert found == within(expected(at))


@given(cases(), MOMENTS, MOMENTS)
def test_elapsed_is_the_open_seconds_between(case: Case, a: int, b: int) -> None:
    scan, hours = Scan(case), case.hours
    low, high = sorted((a, b))
    expected = timedelta(seconds=scan.counted(low, high))
    assert hours.elapsed(scan.at(low), scan.at(high)) == expected
    assert hours.elapsed(scan.at(high), scan.at(low)) == -expected


@st.composite
def pauses_in(draw: st.DrawFn) -> list[tuple[int, int | None]]:
    """Pauses of whole minutes; they may overlap, touch, be empty, or never end."""
    drawn: list[tuple[int, int | None]] = []
    for start in draw(st.lists(NEAR | SECONDS, max_size=3)):
        since = start // 60 * 60
        length = draw(st.none() | st.integers(0, 3000)) if not drawn else draw(st.integers(0, 3000))
        drawn.append((since, None if length is None else since + length * 60))
    return drawn


@given(cases(), MOMENTS, AMOUNTS, st.sampled_from(["close", "roll"]), pauses_in())
def test_add_walks_through_the_open_minutes(
    case: Case, start: int, amount: int, boundary: Any, drawn: list[tuple[int, int | None]]
) -> None:
    scan, hours = Scan(case), case.hours
    edge = (BEFORE + AFTER - 2) * 86400
    assume(all(end is None or end <= edge for _, end in drawn))
    pauses = [(scan.at(s), None if e is None else scan.at(e)) for s, e in drawn]
    for since, till in drawn:
        scan.pause(since, till)
    try:
        found = seen(scan, hours.add(scan.at(start), timedelta(seconds=amount), pauses, boundary))
    except NoSlot:
        found = None
    assert found == within(scan.after(start, amount, boundary))
    other = min(start + amount, edge)
    elapsed = hours.elapsed(scan.at(start), scan.at(other), pauses)
    assert elapsed == timedelta(seconds=scan.counted(start, other) if start <= other else 0)


@given(cases(), MOMENTS, st.integers(1, 90_000), st.sampled_from(["close", "roll"]), pauses_in())
def test_add_walks_back_through_the_open_minutes(
    case: Case, start: int, amount: int, boundary: Any, drawn: list[tuple[int, int | None]]
) -> None:
    scan, hours = Scan(case), case.hours
    edge = (BEFORE + AFTER - 2) * 86400
    assume(all(end is None or end <= edge for _, end in drawn))
    pauses = [(scan.at(s), None if e is None else scan.at(e)) for s, e in drawn]
    for since, till in drawn:
        scan.pause(since, till)
    expected = scan.back(start, amount)
    try:
        found = hours.add(scan.at(start), timedelta(seconds=-amount), pauses, boundary)
    except NoSlot:
        assert expected is None or expected < 2 * 86400
        return
    at = int(found.timestamp()) - scan.first
    if expected is not None and expected >= 2 * 86400:
        assert at == expected
    else:
        assert at < 2 * 86400


# the second library: its own reading of the same week, in OpenStreetMap's notation
OSM_DAYS = {
    "mon": "Mo",
    "tue": "Tu",
    "wed": "We",
    "thu": "Th",
    "fri": "Fr",
    "sat": "Sa",
    "sun": "Su",
}


def osm(arguments: dict[str, Any]) -> str:
    def rule(name: str, windows: list[tuple[str, str]]) -> str:
        return f"{name} {','.join('-'.join(each) for each in windows) or 'off'}"

    rules = [rule(OSM_DAYS[day], windows) for day, windows in arguments["weekly"].items()]
    dated = {day: [] for day in arguments["holidays"]} | arguments["overrides"]
    rules += [rule(f"{day:%Y %b %d}", windows) for day, windows in dated.items()]
    # ";" lets a rule replace what reaches into its day, "," adds to it
    return ("; " if dated else ", ").join(rules) or "off"


@st.composite
def plain_windows(draw: st.DrawFn, *, overnight: bool) -> list[tuple[str, str]]:
    """Windows between 05:00 and 22:00, beside which no clock changes; or one overnight."""
    if overnight:
        return [(clock(draw(st.integers(1200, 1430))), clock(draw(st.integers(1, 600))))]
    cuts = draw(st.lists(st.integers(300, 1320), max_size=6, unique=True).map(sorted))
    return [(clock(a), clock(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@st.composite
def second_opinions(draw: st.DrawFn) -> tuple[ZoneInfo, dict[str, Any], date]:
    """Where both define the same: a date of its own never touches a night that began before."""
    zone, around = draw(st.sampled_from(CHANGES))
    overnight = draw(st.booleans()) and zone.key.startswith("Asia/")
    near = st.integers(-10, 40).map(lambda n: around + timedelta(days=n))
    each = plain_windows(overnight=overnight)
    arguments = {
        "weekly": draw(st.dictionaries(st.sampled_from(DAYS), each, min_size=1, max_size=7)),
        "holidays": [] if overnight else draw(st.lists(near, max_size=5)),
        "overrides": {} if overnight else draw(st.dictionaries(near, each, max_size=3)),
    }
    return zone, arguments, around


@given(second_opinions())
def test_the_same_stretches_as_another_library(drawn: tuple[ZoneInfo, Any, date]) -> None:
    zone, arguments, around = drawn
    library = pytest.importorskip("opening_hours")
    start = datetime(around.year, around.month, around.day, tzinfo=zone) - timedelta(days=8)
    end = start + timedelta(days=45)
    other = library.OpeningHours(
        osm(arguments), timezone=zone, auto_country=False, auto_timezone=False
    )
    theirs = [
        (since.astimezone(UTC), till.astimezone(UTC))
        for since, till, state, _ in other.intervals(start, end)
        if state == library.State.OPEN and since < till  # it tells of windows in a gap
    ]
    assert stretches(Hours(zone=zone.key, **arguments), start, end) == theirs


def stretches(hours: Hours, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """All open stretches in [start, end), by asking for one edge after the other."""
    found = []
    at = start
    while True:
        try:
            at = hours.next_open(at)
        except NoSlot:
            return found
        if at >= end:
            return found
        closes = min(hours.next_close(at), end)
        found.append((at.astimezone(UTC), closes.astimezone(UTC)))
        at = closes
        if at >= end:
            return found
