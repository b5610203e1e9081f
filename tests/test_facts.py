"""Facts: nothing after now is seen, order does not matter, ages turn on the birthday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from careflow.customer.events import EVENTS
from careflow.customer.facts import DERIVE, FIELDS, Facts
from careflow.customer.record import Customer, without_nulls

VN = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 8, 9, 30, tzinfo=VN)
COLLECTIONS = [name for name, field in FIELDS.items() if field.items]


def facts_of(record: dict, now: datetime = NOW, zone: ZoneInfo = VN) -> Facts:
    customer = Customer.model_validate(without_nulls({"id": "C1"} | record))
    return Facts(customer, now, zone, DERIVE)


def everything(record: dict) -> dict:
    """Derive every fact and event; lists are compared without their order."""
    facts = facts_of(record)
    found = {name: facts[name] for name in FIELDS}
    found |= {name: sorted(map(repr, facts[name])) for name in COLLECTIONS}
    return found | {name: sorted(each(facts)) for name, each in EVENTS.items()}


def test_every_field_has_its_derivation():
    assert DERIVE.keys() == FIELDS.keys()


offsets = st.integers(-14 * 4, 14 * 4).map(
    lambda quarters: timezone(timedelta(minutes=15 * quarters))
)
instants = st.builds(
    lambda hours, offset: (NOW + timedelta(hours=hours)).astimezone(offset),
    st.integers(-60, 60) | st.sampled_from([0, 0.0001, -0.0001]),
    offsets,
)
times = instants | st.integers(-3, 3).map(lambda days: NOW.date() + timedelta(days=days))
maybe = st.none() | times
ids = st.none() | st.sampled_from(["a", "b"])


def part(**fields):
    return st.lists(st.fixed_dictionaries(fields), max_size=4)


events = part(at=times, kind=st.sampled_from(["closed", "reopened", "note"]))
records = st.fixed_dictionaries(
    {
        "interactions": part(at=times, direction=st.sampled_from(["in", "out"])),
        "purchases": part(at=times, id=ids, completed_at=maybe),
        "complaints": part(opened_at=times, id=ids, closed_at=maybe, events=events),
        "opportunities": part(opened_at=times, closed_at=maybe, won=st.none() | st.booleans()),
        "appointments": part(
            at=times,
            booked_at=maybe,
            status=st.sampled_from(["planned", "kept", "missed", "cancelled"]),
        ),
        "feedback": part(at=times, kind=st.sampled_from(["nps", "csat"]), score=st.integers(1, 5)),
    }
)


def later(value) -> bool:
    if value is None:
        return False
    if isinstance(value, datetime):
        return value > NOW
    return value > NOW.date()


def known(items: list[dict], start: str) -> list[dict]:
    """Copy the items that had begun by `NOW`, without the later ends of those."""
    return [
        {
            key: None if key.endswith("_at") and later(value) else value
            for key, value in each.items()
        }
        for each in items
        if not later(each[start])
    ]


def cut(record: dict) -> dict:
    """Write the record as the firm had it at `NOW`, when nothing of what follows was known."""
    past = {name: known(record[name], "at") for name in ("interactions", "purchases", "feedback")}
    past["complaints"] = [
        each | {"events": known(each["events"], "at")}
        for each in known(record["complaints"], "opened_at")
    ]
    past["opportunities"] = [
        dict(each, closed_at=None, won=None) if later(each["closed_at"]) else each
        for each in record["opportunities"]
        if not later(each["opened_at"])
    ]
    past["appointments"] = [
        each | {"status": "planned"}
        if later(each["at"]) and each["status"] in ("kept", "missed")
        else each
        for each in record["appointments"]
        if not later(each["booked_at"])
    ]
    return past


@given(records)
def test_nothing_after_now_is_seen(record):
    assert everything(record) == everything(cut(record))


@given(records, st.randoms(use_true_random=False))
def test_the_order_of_a_list_changes_nothing(record, random):
    shuffled = {name: random.sample(items, len(items)) for name, items in record.items()}
    for complaint in shuffled["complaints"]:
        complaint["events"] = random.sample(complaint["events"], len(complaint["events"]))
    assert everything(shuffled) == everything(record)


def test_of_two_scores_at_one_time_the_lower_counts():
    scores = [{"at": "2026-03-01", "kind": "nps", "score": score} for score in (3, 9)]
    assert facts_of({"feedback": scores})["nps"] == 3
    assert facts_of({"feedback": scores[::-1]})["nps"] == 3


def test_what_is_now_is_seen_and_a_second_later_is_not():
    for seconds, seen in ((0, 1), (1, 0)):
        at = NOW + timedelta(seconds=seconds)
        assert len(facts_of({"interactions": [{"at": at}]})["interactions"]) == seen


@pytest.mark.parametrize(("zone", "seen"), [("Asia/Ho_Chi_Minh", 1), ("America/New_York", 0)])
def test_today_is_the_day_where_the_customer_lives(zone, seen):
    facts = facts_of({"interactions": [{"at": "2026-03-08"}]}, NOW, ZoneInfo(zone))
    assert len(facts["interactions"]) == seen


def anniversary(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


@given(st.dates(date(1920, 1, 1), date(2024, 12, 31)), st.dates(date(2025, 1, 1), date(2060, 1, 1)))
@example(date(2004, 2, 29), date(2025, 2, 27))
@example(date(2004, 2, 29), date(2025, 2, 28))
@example(date(2004, 2, 29), date(2028, 2, 28))
@example(date(2004, 2, 29), date(2028, 2, 29))
@example(date(2004, 2, 29), date(2028, 3, 1))
def test_an_age_counts_the_birthdays_that_were(born, today):
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=VN)
    facts = facts_of({"birth_date": born, "age": 7}, noon)
    birthdays = [anniversary(born, year) for year in range(born.year + 1, today.year + 2)]
    assert facts["age"] == sum(each <= today for each in birthdays)
    assert facts["next-birthday"] == min(each for each in birthdays if each >= today)


def test_an_age_turns_at_local_midnight():
    midnight = datetime(2026, 3, 8, tzinfo=VN)
    ages = [
        facts_of({"birth_date": "2008-03-08"}, midnight + timedelta(seconds=s))["age"]
        for s in (-1, 0)
    ]
    assert ages == [17, 18]


def test_without_a_birth_date_the_recorded_age_counts():
    assert facts_of({"age": 7})["age"] == 7
    assert facts_of({})["age"] is None
    assert facts_of({"age": 7})["next-birthday"] is None


def test_a_birth_date_that_lies_ahead_makes_nobody_a_minor():
    assert facts_of({"birth_date": "2026-03-09"})["age"] is None


OPEN, CLOSED = "open", "closed"
D1, D2, D3, AHEAD = "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-09"


@pytest.mark.parametrize(
    ("closed_at", "log", "status"),
    [
        (None, [], OPEN),
        (D1, [], CLOSED),
        (AHEAD, [], OPEN),
        (None, [("closed", D1)], CLOSED),
        (None, [("closed", AHEAD)], OPEN),
        (None, [("closed", D1), ("reopened", D2)], OPEN),
        (D1, [("reopened", D2)], OPEN),
        (D1, [("reopened", AHEAD)], CLOSED),
        (D3, [("closed", D1), ("reopened", D2)], CLOSED),
        (AHEAD, [("closed", D1), ("reopened", D2)], OPEN),
        (None, [("reopened", D2), ("closed", D3)], CLOSED),
        (D1, [("reopened", D1)], OPEN),
        (None, [("note", D3)], OPEN),
    ],
)
def test_a_complaint_is_closed_unless_it_was_reopened_since(closed_at, log, status):
    log = [{"kind": kind, "at": at} for kind, at in log]
    complaint = {"opened_at": "2026-02-01", "closed_at": closed_at, "events": log}
    (found,) = facts_of({"complaints": [complaint]})["complaints"]
    assert found["status"] == status
    assert (found["closed"] is not None) == (status == CLOSED)


@pytest.mark.parametrize(
    ("at", "status", "seen", "is_next"),
    [
        (AHEAD, "planned", "planned", True),
        (AHEAD, "kept", "planned", True),
        (AHEAD, "missed", "planned", True),
        (AHEAD, "cancelled", "cancelled", False),
        (D1, "kept", "kept", False),
        (D1, "missed", "missed", False),
        (D1, "planned", "planned", False),
        ("2026-03-08", "planned", "planned", True),
    ],
)
def test_nobody_has_kept_the_appointment_of_tomorrow(at, status, seen, is_next):
    facts = facts_of({"appointments": [{"at": at, "status": status}]})
    assert [each["status"] for each in facts["appointments"]] == [seen]
    assert (facts["next-appointment"] is not None) == is_next


@pytest.mark.parametrize(("booked", "count"), [(None, 1), (D1, 1), (AHEAD, 0)])
def test_an_appointment_is_known_from_its_booking_on(booked, count):
    facts = facts_of({"appointments": [{"at": "2026-04-01", "booked_at": booked}]})
    assert len(facts["appointments"]) == count


def once(at) -> dict:
    """A record in which everything that can be an event happened at *at*."""
    return {
        "interactions": [{"at": at, "direction": "in"}],
        "purchases": [{"at": at, "completed_at": at}],
        "complaints": [{"opened_at": at, "closed_at": at}, {"opened_at": at}],
        "opportunities": [{"opened_at": at, "closed_at": at, "won": won} for won in (True, False)],
        "appointments": [{"at": at, "status": status} for status in ("kept", "missed")],
        "feedback": [{"at": at, "kind": "nps", "score": 9}],
    }


@given(offsets, st.integers(0, 10**6))
def test_the_id_of_an_event_does_not_depend_on_the_offset_it_was_written_with(offset, ago):
    at = (NOW - timedelta(seconds=ago)).astimezone(offset)
    facts = facts_of(once(at.isoformat()))
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for name, found in EVENTS.items():
        assert {each.id for each in found(facts)} == {stamp}, name


def test_an_event_known_by_its_day_is_named_by_its_day_and_one_with_an_id_by_that():
    facts = facts_of(once(D1))
    assert {each.id for found in EVENTS.values() for each in found(facts)} == {D1}
    facts = facts_of({"purchases": [{"at": D1, "id": "P7"}]})
    assert [each.id for each in EVENTS["purchase"](facts)] == ["P7"]
