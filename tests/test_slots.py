"""The slot, held against a scan over time that asks every rule about every quarter hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.durations import parse_duration
from careflow.calendar.local import moment_of
from careflow.calendar.windows import EVERY_DAY, Window
from careflow.contacts import Contact
from careflow.decision import Code, Reason
from careflow.playbook.document import CapUnit
from careflow.playbook.handbook import Applies, Cap, Hours
from careflow.slots import (
    HORIZON_DAYS,
    Capped,
    Constraint,
    Permitted,
    Quiet,
    Slot,
    constraints,
    earliest,
)
from careflow.source import Place

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
# clocks that change at night, outside the edges of the windows below
STARTS = [
    (ZoneInfo(zone), datetime.fromisoformat(f"{day}T00:00+00:00"))
    for zone, day in (
        ("Asia/Ho_Chi_Minh", "2026-03-08"),
        ("Asia/Kathmandu", "2026-03-08"),
        ("Europe/Paris", "2026-03-28"),
        ("Europe/Paris", "2026-10-24"),
        ("America/New_York", "2026-10-31"),
        ("Australia/Lord_Howe", "2026-04-04"),
        ("America/St_Johns", "2026-03-07"),
        ("Pacific/Apia", "2011-12-29"),
    )
]
QUARTER = 900  # everything below lies on quarters of an hour
EVERYTHING = Applies(None, None)


def hours(window: Window, line: int = 1, applies: Applies = EVERYTHING) -> Hours:
    return Hours(f"hours {line}", window, applies, Place("rules.yaml", line))


def cap(most: int, per: str, line: int = 50) -> Cap:
    period = CapUnit(per) if per in tuple(CapUnit) else parse_duration(per)
    return Cap(f"cap {line}", most, period, EVERYTHING, None, Place("rules.yaml", line))


def contact(moment: float, zone: ZoneInfo = HANOI) -> Contact:
    return Contact(moment_of(datetime.fromtimestamp(moment, zone), zone), None, None, None, 1)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).timestamp()


def said(slot: Slot) -> str | None:
    return slot.at and f"{datetime.fromtimestamp(slot.at, HANOI):%Y-%m-%dT%H:%M}"


def inside(window: Window, wall: datetime) -> bool:
    """Whether the clock's face lies in the window, of today or of yesterday."""
    minutes, today = wall.hour * 60 + wall.minute, wall.weekday() in window.days
    if window.start < window.end:
        return today and window.start <= minutes < window.end
    yesterday = (wall.weekday() - 1) % 7 in window.days
    return (today and minutes >= window.start) or (yesterday and minutes < window.end)


def blocks(each: Constraint, moment: float, zone: ZoneInfo) -> bool:
    wall = datetime.fromtimestamp(moment, zone)
    if isinstance(each, Quiet):
        return inside(each.hours.window, wall)
    if isinstance(each, Permitted):
        return not any(inside(window, wall) for window in each.granted)
    others = [one.at.at for one in each.made]
    if each.cap.per is CapUnit.DAY:
        same = [one for one in each.made if one.at.day == wall.date()]
        return len(same) >= each.cap.most
    length = each.cap.per.seconds
    ends = [moment, *(other for other in others if moment < other < moment + length)]
    full = (sum(end - length < other <= end for other in others) for end in ends)
    return max(full) >= each.cap.most


@st.composite
def windows(draw: st.DrawFn) -> Window:
    edges = st.integers(4 * 4, 24 * 4 - 1).map(lambda quarters: quarters * 15)
    start, end = draw(st.lists(edges, min_size=2, max_size=2, unique=True))
    return Window(start, end, draw(st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6))))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[float, list[Constraint], ZoneInfo]:
    """A start and up to five rules that may all move it."""
    zone, day = draw(st.sampled_from(STARTS))
    start = day.timestamp() + QUARTER * draw(st.integers(0, 2 * 96))
    quarters = st.integers(-2 * 96, 4 * 96).map(lambda n: contact(start + n * QUARTER, zone))
    found: list[Constraint] = [
        Quiet(hours(window, line), zone)
        for line, window in enumerate(draw(st.lists(windows(), max_size=2)))
    ]
    granted = draw(st.lists(windows(), max_size=3))
    if granted:
        listed = tuple(hours(window, 10 + line) for line, window in enumerate(granted))
        found.append(Permitted(listed, tuple(granted), zone))
    for line, per in enumerate(draw(st.lists(st.sampled_from(["2 hours", "24 hours", "day"])))[:2]):
        made = draw(st.lists(quarters, max_size=6))
        found.append(Capped(cap(draw(st.integers(1, 3)), per, 20 + line), made, zone))
    return start, found, zone


@given(scenes(), st.integers(-96, 9 * 96))
def test_earliest_against_the_scan(
    scene: tuple[float, list[Constraint], ZoneInfo], length: int
) -> None:
    start, found, zone = scene
    limit = start + length * QUARTER
    scan = (start + step * QUARTER for step in range(max(0, length)))
    expected = next((t for t in scan if not any(blocks(each, t, zone) for each in found)), None)
    assert earliest(start, limit, found).at == expected


@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(
    scene: tuple[float, list[Constraint], ZoneInfo], random: Any
) -> None:
    start, found, _ = scene
    shuffled = random.sample(found, len(found))
    assert earliest(start, None, shuffled).at == earliest(start, None, found).at


@given(scenes())
def test_whoever_is_named_blocked_and_the_last_one_until_the_slot(
    scene: tuple[float, list[Constraint], ZoneInfo],
) -> None:
    start, found, zone = scene
    slot = earliest(start, start + 9 * 86_400, found)
    assert (slot.at == start) == (not slot.reasons)
    untils = [reason.until for reason in slot.reasons]
    assert untils == sorted(untils, key=lambda until: until or datetime.max.replace(tzinfo=UTC))
    if slot.reasons and slot.at is not None:
        assert slot.reasons[-1].until == datetime.fromtimestamp(slot.at, zone)
        assert all(each.blocked_until(slot.at) is None for each in found)


def test_every_rule_at_once_to_the_minute() -> None:
    """After the cap comes lunch, after lunch a closed afternoon, then the next morning."""
    found: list[Constraint] = [
        Quiet(hours(Window(11 * 60 + 30, 13 * 60 + 37), 1), HANOI),
        Permitted((hours(Window(8 * 60 + 7, 13 * 60), 2),), (Window(8 * 60 + 7, 13 * 60),), HANOI),
        Capped(cap(1, "24 hours", 3), [contact(at("2026-03-08T11:43"))], HANOI),
    ]
    slot = earliest(at("2026-03-08T20:00"), None, found)
    assert said(slot) == "2026-03-10T08:07"
    assert [(each.code, each.source.line, each.subject) for each in slot.reasons] == [
        (Code.CAP, 3, "cap 3: 1"),
        (Code.QUIET_HOURS, 1, "hours 1 (11:30-13:37)"),
        (Code.CONTACT_HOURS, 2, "hours 2 (08:07-13:00)"),
    ]


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-03-08T09:00", "2026-03-08T09:01", "2026-03-08T09:00"),
        ("2026-03-08T12:00", "2026-03-08T13:31", "2026-03-08T13:30"),
        ("2026-03-08T12:00", "2026-03-08T13:30", None),  # worthless at 13:30
        ("2026-03-08T12:00", None, "2026-03-08T13:30"),
        ("2026-03-08T11:30", None, "2026-03-08T13:30"),
        ("2026-03-08T13:30", None, "2026-03-08T13:30"),
        ("2026-03-08T09:00", "2026-03-08T09:00", None),
        ("2026-03-08T09:00", "2026-03-07T09:00", None),
    ],
)
def test_before_the_limit(start: str, limit: str | None, expected: str | None) -> None:
    lunch = Quiet(hours(Window(690, 810)), HANOI)
    assert said(earliest(at(start), limit and at(limit), [lunch])) == expected


NEVER_FREE = [
    Permitted((hours(Window()),), (), HANOI),
    Permitted((hours(Window()),), (Window(days=frozenset()),), HANOI),
    Quiet(hours(Window()), HANOI),
    Capped(cap(1, "lifetime"), [contact(0.0)], HANOI),
]


@pytest.mark.parametrize("rule", NEVER_FREE, ids=["none granted", "no day", "always quiet", "cap"])
def test_never_and_who_says_so(rule: Constraint) -> None:
    slot = earliest(at("2026-03-08T09:00"), None, [rule])
    assert slot.at is None
    assert [each.source for each in slot.reasons] == [rule.reason(at("2026-03-08T09:00")).source]


def test_no_rule_no_wait() -> None:
    assert earliest(12.5, None, []) == Slot(12.5, ())


@dataclass(frozen=True)
class Until:
    """Blocks up to one instant."""

    free: float

    def blocked_until(self, moment: float) -> float | None:
        return self.free if moment < self.free else None

    def reason(self, _until: float) -> Reason:
        return Reason(Code.CAP, Place("rules.yaml", 1))


def test_the_horizon() -> None:
    horizon = HORIZON_DAYS * 86_400.0
    assert earliest(0.0, None, [Until(horizon - 1)]).at == horizon - 1
    assert earliest(0.0, None, [Until(horizon)]).at is None


def test_a_permitted_hour_may_end_at_any_instant() -> None:
    """Also at the one whose number is zero."""
    utc, window = ZoneInfo("UTC"), Window(12 * 60, 24 * 60)
    evening = -timedelta(hours=2).total_seconds()
    assert earliest(evening, None, [Permitted((hours(window),), (window,), utc)]).at == evening


@pytest.mark.parametrize(
    ("answer", "quiet_holds", "permitted_holds"),
    [(True, True, True), (False, False, False), (None, True, False)],
)
def test_unknown_is_quiet_and_not_permitted(
    answer: bool | None, quiet_holds: bool, permitted_holds: bool
) -> None:
    applies = Applies(None, None, SimpleNamespace(ask=lambda _: answer))
    each = hours(Window(480, 1020), 1, applies)
    rules = case(quiet_hours=(each,), contact_hours=(each,))
    granted = (each.window,) if permitted_holds else ()
    expected = [Quiet(each, HANOI)] if quiet_holds else []
    assert constraints(rules, []) == [*expected, Permitted((each,), granted, HANOI)]


def test_only_the_rules_of_the_channel_and_the_purpose_hold() -> None:
    sms, survey = Applies(frozenset({"sms"}), None), Applies(None, frozenset({"survey"}))
    listed = tuple(hours(Window(480, 1020), line, of) for line, of in enumerate((sms, survey)))
    rules = case(quiet_hours=listed, contact_hours=listed[:1])
    assert constraints(rules, []) == [Quiet(listed[1], HANOI)]
    rules.internal = True
    assert constraints(rules, []) == []


def case(**policy: Any) -> Any:
    """A case through the phone, for a survey, under a contact policy."""
    under = SimpleNamespace(**({"quiet_hours": (), "contact_hours": (), "caps": ()} | policy))
    candidate = SimpleNamespace(playbook=SimpleNamespace(policy=under))
    facts = SimpleNamespace(zone=HANOI)
    return SimpleNamespace(
        internal=False, candidate=candidate, facts=facts, channel="phone", purpose="survey"
    )
