"""Caps, held against a search through every window of the period that one more would be in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.durations import Duration, Unit, parse_duration
from careflow.calendar.local import moment_of
from careflow.contacts import NEVER, Contact, blocked_until, contacts, counted
from careflow.playbook.document import CapUnit
from careflow.playbook.handbook import Applies, Cap
from careflow.source import NOWHERE

ZONES = [
    (ZoneInfo("Asia/Ho_Chi_Minh"), date(2026, 3, 1)),
    (ZoneInfo("Asia/Kathmandu"), date(2024, 2, 28)),
    (ZoneInfo("Europe/Paris"), date(2026, 3, 29)),
    (ZoneInfo("Europe/Paris"), date(2026, 10, 25)),
    (ZoneInfo("America/New_York"), date(2026, 11, 1)),
    (ZoneInfo("America/Havana"), date(2026, 3, 8)),
    (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5)),
    (ZoneInfo("Pacific/Apia"), date(2011, 12, 30)),
]
HANOI = ZONES[0][0]
TICK = 1800  # on this grid lie all contacts, periods and local midnights below
EVERYTHING = Applies(None, None)


def cap(most: int, per: str, applies: Applies = EVERYTHING, campaign: str | None = None) -> Cap:
    period = CapUnit(per) if per in tuple(CapUnit) else parse_duration(per)
    return Cap(f"at most {most}", most, period, applies, campaign, NOWHERE)


def contact(when: date | datetime, zone: ZoneInfo = HANOI, times: int = 1) -> Contact:
    return Contact(moment_of(when, zone), None, None, None, times)


def at(text: str, zone: ZoneInfo = HANOI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def release(made: Cap, whens: list[str], wanted: str) -> str | None:
    """When one more is free after contacts at *whens*; `None` if at *wanted* already."""
    found = [contact(at(when)) for when in whens]
    free = blocked_until(made, found, at(wanted).timestamp(), HANOI)
    return None if free is None else f"{datetime.fromtimestamp(free, HANOI):%Y-%m-%dT%H:%M}"


def fits(made: Cap, found: list[Contact], moment: float, zone: ZoneInfo) -> bool:
    """Whether one more contact, at *moment*, leaves no window of the period over-full."""
    day = datetime.fromtimestamp(moment, zone).date()
    if isinstance(made.per, Duration):
        seconds = made.per.seconds
        return fits_hours(made, found, moment, seconds) if seconds else fits_days(made, found, day)
    same = {
        CapUnit.DAY: lambda other: other == day,
        CapUnit.WEEK: lambda other: other.isocalendar()[:2] == day.isocalendar()[:2],
        CapUnit.MONTH: lambda other: (other.year, other.month) == (day.year, day.month),
        CapUnit.LIFETIME: lambda _: True,
    }[made.per]
    return sum(each.times for each in found if same(each.at.day)) < made.most


def fits_hours(made: Cap, found: list[Contact], moment: float, seconds: int) -> bool:
    """A contact known by date may have been at any instant of it: it fills what it may be in."""
    for step in range(seconds // TICK):
        end = moment + step * TICK  # the window (end - period, end]
        held = [each for each in found if each.at.at <= end < each.at.latest + seconds]
        if sum(each.times for each in held) >= made.most:
            return False
    return True


def fits_days(made: Cap, found: list[Contact], day: date) -> bool:
    for ahead in count():
        last = day + timedelta(days=ahead)  # the last date of a window
        if last >= after(day, made.per):
            return True
        held = [each for each in found if each.at.day <= last < after(each.at.day, made.per)]
        if sum(each.times for each in held) >= made.most:
            return False
    raise AssertionError


def after(day: date, per: Duration) -> date:
    """The date on which a contact of *day* is no longer inside the period."""
    if per.unit is not Unit.MONTHS:
        return day + timedelta(days=per.amount * (7 if per.unit is Unit.WEEKS else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + per.amount, 12)
    last = date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def starts_of_days(zone: ZoneInfo, moment: float) -> list[float]:
    """The instants after *moment* at which a local date begins, for seventy days."""
    ticks = [moment + step * TICK for step in range(70 * 48)]
    dates = [datetime.fromtimestamp(each, zone).date() for each in ticks]
    return [each for each, old, new in zip(ticks[1:], dates, dates[1:], strict=False) if new > old]


def search(made: Cap, found: list[Contact], moment: float, zone: ZoneInfo) -> float | None:
    """Go on from *moment*, by ticks or by days, until one more contact fits."""
    if fits(made, found, moment, zone):
        return None
    if isinstance(made.per, Duration) and made.per.seconds:
        later = (moment + step * TICK for step in range(1, 10 * 48))
    else:
        later = iter(starts_of_days(zone, moment))
    return next((each for each in later if fits(made, found, each, zone)), NEVER)


@st.composite
def scenes(draw: st.DrawFn, pers: list[str]) -> tuple[Cap, list[Contact], float, ZoneInfo]:
    """A cap, contacts around a day of change, some later than the wanted one, and that one."""
    zone, change = draw(st.sampled_from(ZONES))
    midnight = int(moment_of(change - timedelta(days=2), zone).at)
    made = cap(draw(st.integers(1, 4)), draw(st.sampled_from(pers)))
    exact = st.integers(0, 5 * 48).map(lambda n: datetime.fromtimestamp(midnight + n * TICK, zone))
    days = [change + timedelta(days=n) for n in range(-2, 4)]
    dated = st.sampled_from([day for day in days if day != date(2011, 12, 30)])  # was not in Apia
    each = st.builds(
        contact, exact | exact | dated, st.just(zone), st.sampled_from([1, 1, 1, 2, 3])
    )
    found = draw(st.lists(each, max_size=6))
    return made, found, float(midnight + TICK * draw(st.integers(0, 5 * 48))), zone


@given(scenes(["30 minutes", "90 minutes", "6 hours", "24 hours", "25 hours"]))
def test_hours_against_the_search(scene: tuple[Cap, list[Contact], float, ZoneInfo]) -> None:
    assert blocked_until(*scene) == search(*scene)


@given(scenes(["1 day", "2 days", "3 days", "1 week", "1 month"]))
def test_days_against_the_search(scene: tuple[Cap, list[Contact], float, ZoneInfo]) -> None:
    assert blocked_until(*scene) == search(*scene)


@given(scenes(["day", "week", "month", "lifetime"]))
def test_calendar_against_the_search(scene: tuple[Cap, list[Contact], float, ZoneInfo]) -> None:
    assert blocked_until(*scene) == search(*scene)


@given(scenes(["6 hours", "24 hours", "3 days", "1 month", "day", "week"]))
def test_a_release_is_later_and_needs_no_second_one(
    scene: tuple[Cap, list[Contact], float, ZoneInfo],
) -> None:
    made, found, moment, zone = scene
    free = blocked_until(made, found, moment, zone)
    if free is not None:
        assert free > moment
        assert blocked_until(made, found, free, zone) is None
        assert blocked_until(made, found, free - 1, zone) == free


@given(scenes(["6 hours", "24 hours", "3 days", "day", "week"]), st.randoms(use_true_random=False))
def test_the_order_of_contacts_does_not_matter(
    scene: tuple[Cap, list[Contact], float, ZoneInfo], random: object
) -> None:
    made, found, moment, zone = scene
    shuffled = random.sample(found, len(found))
    assert blocked_until(made, shuffled, moment, zone) == blocked_until(made, found, moment, zone)


@pytest.mark.parametrize(
    ("made", "whens", "wanted", "expected"),
    [
        # not a whole period after the refusal: the third latest contact and seven days
        (cap(3, "7 days"), "01T12:00 02T12:00 07T12:00", "07T23:00", "08T00:00"),
        (cap(3, "168 hours"), "01T12:00 02T12:00 07T12:00", "07T23:00", "08T12:00"),
        (cap(2, "168 hours"), "01T12:00 02T12:00 07T12:00", "07T23:00", "09T12:00"),
        # around midnight: two dates, but not two days
        (cap(1, "day"), "08T23:00", "09T00:00", None),
        (cap(1, "day"), "08T23:00", "08T23:59", "09T00:00"),
        (cap(1, "24 hours"), "08T23:00", "09T00:00", "09T23:00"),
        (cap(1, "24 hours"), "08T23:00", "09T22:59", "09T23:00"),
        (cap(1, "24 hours"), "08T23:00", "09T23:00", None),
        (cap(1, "1 day"), "08T23:00", "09T00:00", None),
        (cap(1, "2 days"), "08T23:00", "09T12:00", "10T00:00"),
        # 9 March 2026 is a Monday
        (cap(1, "week"), "08T12:00", "09T00:00", None),
        (cap(1, "week"), "02T12:00", "08T23:59", "09T00:00"),
        (cap(1, "month"), "31T12:00", "31T13:00", "2026-04-01T00:00"),
        # reserved for the evening: the morning before it is in the same 24 hours
        (cap(1, "24 hours"), "08T18:00", "08T09:00", "09T18:00"),
        (cap(1, "24 hours"), "08T18:00", "07T18:00", None),
        (cap(1, "24 hours"), "08T18:00", "07T18:01", "09T18:00"),
    ],
)
def test_release(made: Cap, whens: str, wanted: str, expected: str | None) -> None:
    found = [f"2026-03-{when}" for when in whens.split()]
    full = f"2026-03-{expected}" if expected and len(expected) == 8 else expected
    assert release(made, found, f"2026-03-{wanted}") == full


def test_a_rolling_cap_opens_for_one_at_a_time() -> None:
    """Contacts on days 0, 1 and 6, a fourth wanted on day 6.5, the next ones after it."""
    made, whens = cap(3, "168 hours"), ["2026-03-01T00:00", "2026-03-02T00:00", "2026-03-07T00:00"]
    assert release(made, whens, "2026-03-07T12:00") == "2026-03-08T00:00"
    whens.append("2026-03-08T00:00")
    assert release(made, whens, "2026-03-08T00:00") == "2026-03-09T00:00"
    whens.append("2026-03-09T00:00")
    assert release(made, whens, "2026-03-09T00:00") == "2026-03-14T00:00"


def test_a_cap_for_life_never_releases() -> None:
    moment = at("2026-03-08T12:00").timestamp()
    once = [contact(date(1999, 1, 1))]
    assert blocked_until(cap(1, "lifetime"), once, moment, HANOI) == NEVER
    assert blocked_until(cap(2, "lifetime"), once, moment, HANOI) is None
    assert blocked_until(cap(3, "lifetime"), [contact(date(1999, 1, 1), times=3)], moment, HANOI)


def test_a_contact_known_by_date_counts_to_the_end_of_it() -> None:
    found = [contact(date(2026, 3, 8))]
    free = blocked_until(cap(1, "24 hours"), found, at("2026-03-09T12:00").timestamp(), HANOI)
    assert free == at("2026-03-10T00:00").timestamp()


@pytest.mark.parametrize(("per", "hours"), [("1 day", 23), ("24 hours", 24)])
def test_a_day_is_a_date_and_24_hours_are_24_hours(per: str, hours: int) -> None:
    """Over the night in which Paris loses an hour."""
    paris = ZoneInfo("Europe/Paris")
    midnight = at("2026-03-29T00:00", paris)
    free = blocked_until(
        cap(1, per), [contact(midnight, paris)], midnight.timestamp() + 60.0, paris
    )
    assert free == midnight.timestamp() + hours * 3600


@pytest.mark.parametrize("per", ["day", "1 day"])
def test_a_date_that_comes_back_is_still_the_same_date(per: str) -> None:
    """In St. John's the clocks went from 00:01 on 7 November 2010 to 23:01 on the 6th."""
    zone = ZoneInfo("America/St_Johns")
    found = [contact(at("2010-11-06T12:00", zone), zone)]
    again = at("2010-11-06T23:30", zone).replace(fold=1).timestamp()
    expected = at("2010-11-07T00:00", zone).replace(fold=1).timestamp()
    assert blocked_until(cap(1, per), found, again, zone) == expected


@pytest.mark.parametrize(
    ("applies", "campaign", "expected"),
    [
        (EVERYTHING, None, "abcd"),
        (Applies(frozenset({"phone"}), None), None, "acd"),
        (Applies(None, frozenset({"survey"})), None, "bd"),
        (Applies(frozenset({"sms"}), frozenset({"survey", "marketing"})), None, "bd"),
        (EVERYTHING, "tet", "acd"),
    ],
)
def test_what_is_not_known_of_a_contact_counts(
    applies: Applies, campaign: str | None, expected: str
) -> None:
    moment = moment_of(datetime(2026, 3, 8, tzinfo=UTC), HANOI)
    made = {
        "a": Contact(moment, "phone", "marketing", "tet", 1),
        "b": Contact(moment, "sms", "survey", "birthday", 1),
        "c": Contact(moment, "phone", "marketing", None, 1),
        "d": Contact(moment, None, None, None, 1),
    }
    found = counted(cap(1, "day", applies, campaign), made.values())
    assert found == [made[name] for name in expected]


def test_only_what_the_firm_sent_is_a_contact() -> None:
    moment = moment_of(date(2026, 3, 8), HANOI)
    common = {"at": moment, "channel": "sms", "purpose": None, "campaign": None, "times": 2}
    facts = {"interactions": [common | {"direction": way} for way in ("in", "out", None)]}
    assert contacts(facts) == [Contact(moment, "sms", None, None, 2)]
