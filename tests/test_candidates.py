"""What each trigger proposes, and when: the occurrence, from when, until when, or why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from playbooks import CARE, customer, decide, firm, local


def play(trigger: str) -> str:
    return f"plays:\n  only:\n    title: Only\n    {trigger}\n    {CARE}\n"


@pytest.fixture
def said(tmp_path):
    """Decide for a firm of one play; tell of every occurrence what came of it."""

    def ask(trigger: str, record: dict, now: str, ahead: str = "1 day") -> list[str]:
        engine = firm(tmp_path, f"plan-ahead: {ahead}", play(trigger))
        decision = decide(engine, record, now)
        found = [f"{each.key[13:]} @ {each.not_before:%m-%dT%H:%M}" for each in decision.actions]
        for each in decision.suppressed:
            reason = each.reasons[0]
            until = f" until {reason.until:%Y-%m-%dT%H:%M}" if reason.until else ""
            found.append(f"{(each.key or '')[13:]} {reason.code.value}{until}".strip())
        return found

    return ask


def contacted(*whens: str, **more: str) -> dict:
    return customer(interactions=[{"at": when, "channel": "zalo"} | more for when in whens])


def bought(*whens: str, **more: str) -> dict:
    return customer(purchases=[{"at": when} | more for when in whens])


NOON = "2026-03-09T12:00"
MONTHLY = "every: 30 days\n    since: last-contact"


def test_a_play_without_trigger_is_due_at_once_and_once(said):
    assert said("when: {party: person}", customer(), NOON) == ["once @ 03-09T12:00"]
    done = contacted("2020-01-01", key="firm/only/C1/once")
    assert said("when: {party: person}", done, NOON) == ["once done"]


@pytest.mark.parametrize(
    ("last", "now", "ahead", "expected"),
    [
        (None, NOON, "1 day", "first @ 03-09T12:00"),
        (
            "2026-03-01T15:00+07:00",
            "2026-03-30T23:59",
            "1 day",
            "2026-03-31 not-due until 2026-03-31T00:00",
        ),
        ("2026-03-01T15:00+07:00", "2026-03-31T00:00", "1 day", "2026-03-31 @ 03-31T00:00"),
        ("2026-03-01T15:00+07:00", "2026-05-01T08:00", "1 day", "2026-03-31 @ 05-01T08:00"),
        ("2026-03-01", "2026-03-31T10:00", "1 day", "2026-03-31 @ 03-31T10:00"),
        # 02:00 on 1 March in Hanoi is still February in London and in New York
        ("2026-02-28T19:00Z", "2026-03-31T10:00", "1 day", "2026-03-31 @ 03-31T10:00"),
        ("2026-02-28T14:00-05:00", "2026-03-31T10:00", "1 day", "2026-03-31 @ 03-31T10:00"),
        # a plan of 7 days covers today and the six days after it
        ("2026-03-01", "2026-03-25T10:00", "7 days", "2026-03-31 @ 03-31T00:00"),
        ("2026-03-01", "2026-03-24T23:59", "7 days", "2026-03-31 not-due until 2026-03-31T00:00"),
        ("2026-03-01", "2026-02-28T10:00", "1 day", "first @ 02-28T10:00"),
    ],
)
def test_a_rhythm_counts_dates_from_the_last_contact(said, last, now, ahead, expected):
    record = contacted(last) if last else customer()
    assert said(MONTHLY, record, now, ahead) == [expected]


@pytest.mark.parametrize(
    ("period", "expected"),
    [("1 month", "2026-02-28"), ("2 weeks", "2026-02-14"), ("1 year", "2027-01-31")],
)
def test_a_rhythm_in_other_units(said, period, expected):
    found = said(
        f"every: {period}\n    since: last-contact", contacted("2026-01-31"), "2026-02-01T08:00"
    )
    assert found == [f"{expected} not-due until {expected}T00:00"]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ({"key": "firm/only/C1/first"}, "2026-03-31 @ 04-01T12:00"),
        ({"play": "firm/only"}, "2026-03-31 @ 04-01T12:00"),
        ({"key": "firm/only/C10/first"}, "first @ 04-01T12:00"),
        ({"key": "firm/only-too/C1/first"}, "first @ 04-01T12:00"),
        ({"play": "other/only"}, "first @ 04-01T12:00"),
        ({}, "first @ 04-01T12:00"),
    ],
)
def test_last_done_is_the_last_time_of_this_play(said, done, expected):
    trigger = "every: 30 days\n    since: last-done"
    record = contacted("2026-03-01", "2025-03-01", **done)
    assert said(trigger, record, "2026-04-01T12:00") == [expected]


@pytest.mark.parametrize(
    ("wait", "at", "expected"),
    [
        ("", "2026-03-09T10:00+07:00", "N1 @ 03-09T12:00"),
        ("", "2026-03-09", "N1 @ 03-09T12:00"),
        (", wait: 7 days", "2026-03-02T23:59+07:00", "N1 @ 03-09T12:00"),
        (", wait: 7 days", "2026-03-03T00:00+07:00", "N1 not-due until 2026-03-10T00:00"),
        (", wait: 7 days", "2026-03-02T17:00Z", "N1 not-due until 2026-03-10T00:00"),
        (", wait: 1 month", "2026-01-31", "N1 expired"),
        (", wait: 24 hours", "2026-03-08T23:00+07:00", "N1 @ 03-09T23:00"),
        (", wait: 90 minutes", "2026-03-09T11:45+07:00", "N1 @ 03-09T13:15"),
        (", wait: 24 hours", "2026-03-09T00:00+07:00", "N1 not-due until 2026-03-10T00:00"),
        # of a day without an hour, the wait in hours starts when the day is over
        (", wait: 4 hours", "2026-03-08", "N1 @ 03-09T12:00"),
        (", wait: 13 hours", "2026-03-08", "N1 @ 03-09T13:00"),
        (", wait: 24 hours", "2026-03-08", "N1 not-due until 2026-03-10T00:00"),
    ],
)
def test_a_follow_up_waits(said, wait, at, expected):
    trigger = f"after: {{event: purchase{wait}}}\n    expires: 5 days"
    assert said(trigger, bought(at, id="N1"), NOON) == [expected]


@pytest.mark.parametrize(
    ("expires", "now", "expected"),
    [
        ("5 days", "2026-03-13T23:59", "N1 @ 03-13T23:59"),
        ("5 days", "2026-03-14T00:00", "N1 expired"),
        ("4 hours", "2026-03-09T03:59", "N1 @ 03-09T03:59"),
        ("4 hours", "2026-03-09T04:00", "N1 expired"),
        ("never", "2031-01-01T00:00", "N1 @ 01-01T00:00"),
    ],
)
def test_a_follow_up_expires(said, expires, now, expected):
    trigger = f"after: {{event: purchase, wait: 2 days}}\n    expires: {expires}"
    assert said(trigger, bought("2026-03-07", id="N1"), now) == [expected]


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        (("2026-03-08", "2026-03-09"), ["2026-03-08 @ 03-09T12:00", "2026-03-09 @ 03-09T12:00"]),
        (("2026-03-08", "2026-03-08"), ["2026-03-08 @ 03-09T12:00"]),
        (("2026-03-08", "2025-03-09"), ["2026-03-08 @ 03-09T12:00"]),
        (("2024-03-08", "2025-03-09"), ["2025-03-09 expired"]),
        (("2025-03-09", "2024-03-08"), ["2025-03-09 expired"]),
        ((), ["no-event"]),
        (("2026-03-10",), ["no-event"]),
    ],
)
def test_every_event_is_followed_up_once(said, whens, expected):
    trigger = "after: {event: purchase}\n    expires: 5 days"
    assert said(trigger, bought(*whens), NOON) == expected
    assert said(trigger, bought(*reversed(whens)), NOON) == expected


def test_of_what_is_to_come_the_next_is_told(said):
    trigger = "after: {event: purchase, wait: 7 days}\n    expires: 5 days"
    found = said(trigger, bought("2026-03-08", "2026-03-07", "2026-01-01"), NOON)
    assert found == ["2026-03-07 not-due until 2026-03-14T00:00"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_that_expired_at_once_the_same_is_told_in_any_order(said, order):
    listed = [{"at": "2025-01-01", "id": "N1"}, {"at": "2025-01-01", "id": "N2"}]
    record = customer(purchases=listed[::order])
    assert said("after: {event: purchase}\n    expires: 5 days", record, NOON) == ["N2 expired"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_services_long_completed_the_last_completed_is_told(said, order):
    listed = [
        {"at": "2025-01-01", "id": "N1", "completed_at": "2025-09-01"},
        {"at": "2025-05-01", "id": "N2", "completed_at": "2025-06-01"},
    ]
    record = customer(purchases=listed[::order])
    trigger = "after: {event: service-completed}\n    expires: 5 days"
    assert said(trigger, record, NOON) == ["N1 expired"]


AT = "2026-03-09T09:00+07:00"
CLOSED = {"opened_at": "2026-03-01", "id": "N1", "closed_at": AT}
EVENTS = {
    "contact-from-customer": ("interactions", {"at": AT, "direction": "in"}, "20260309T020000Z"),
    "purchase": ("purchases", {"at": AT}, "20260309T020000Z"),
    "service-completed": (
        "purchases",
        {"at": "2026-01-01", "completed_at": AT, "id": "N/1"},
        "N%2F1",
    ),
    "complaint-opened": ("complaints", {"opened_at": AT, "id": "N1"}, "N1"),
    "complaint-still-open": ("complaints", {"opened_at": AT, "id": "N1"}, "N1"),
    "complaint-closed": ("complaints", CLOSED, "N1"),
    "opportunity-opened": ("opportunities", {"opened_at": AT, "id": "N1"}, "N1"),
    "opportunity-won": ("opportunities", CLOSED | {"won": True}, "N1"),
    "opportunity-lost": ("opportunities", CLOSED | {"won": False}, "N1"),
    "appointment-kept": ("appointments", {"at": AT, "status": "kept"}, "20260309T020000Z"),
    "appointment-missed": ("appointments", {"at": "2026-03-09", "status": "missed"}, "2026-03-09"),
    "feedback": ("feedback", {"at": AT, "kind": "nps", "score": 9}, "20260309T020000Z"),
}


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_sets_off_its_own_play(said, event):
    name, item, identity = EVENTS[event]
    trigger = f"after: {{event: {event}}}\n    expires: 5 days"
    assert said(trigger, customer(**{name: [item]}), NOON) == [f"{identity} @ 03-09T12:00"]
    assert said(trigger, customer(**{name: [item]}), "2026-03-08T12:00") == ["no-event"]


def test_a_settled_complaint_is_not_still_open(said):
    trigger = "after: {event: complaint-still-open}\n    expires: never"
    assert said(trigger, customer(complaints=[CLOSED]), NOON) == ["no-event"]


@pytest.mark.parametrize(
    ("born", "now", "expected"),
    [
        ("1990-03-09", NOON, "2026 @ 03-09T12:00"),
        ("1990-03-09", "2026-03-10T23:59", "2026 @ 03-10T23:59"),
        ("1990-03-09", "2026-03-11T00:00", "2027 not-due until 2027-03-09T00:00"),
        ("1990-03-10", NOON, "2026 not-due until 2026-03-10T00:00"),
        ("1990-12-31", "2027-01-01T08:00", "2026 @ 01-01T08:00"),
        ("2004-02-29", "2026-02-28T09:00", "2026 @ 02-28T09:00"),
        ("2004-02-29", "2026-03-01T09:00", "2026 @ 03-01T09:00"),
        ("2004-02-29", "2026-03-02T09:00", "2027 not-due until 2027-02-28T00:00"),
        ("2004-02-29", "2028-02-28T23:59", "2028 not-due until 2028-02-29T00:00"),
        ("2004-02-29", "2028-02-29T00:00", "2028 @ 02-29T00:00"),
        ("2026-03-09", NOON, "2027 not-due until 2027-03-09T00:00"),
        (None, NOON, "unknown"),
    ],
)
def test_a_birthday_returns_each_year(said, born, now, expected):
    record = customer(birth_date=born, representative={"name": "B", "channels": {"zalo": {}}})
    assert said("on: birthday\n    expires: 2 days", record, now) == [expected]


@pytest.mark.parametrize(
    ("days", "now", "expected"),
    [
        ("03-09", NOON, "2026-03-09 @ 03-09T12:00"),
        ("03-09", "2026-03-10T00:00", "2027-03-09 not-due until 2027-03-09T00:00"),
        ("[03-08, 10-20]", NOON, "2026-10-20 not-due until 2026-10-20T00:00"),
        ("[03-08, 10-20]", "2026-10-21T00:00", "2027-03-08 not-due until 2027-03-08T00:00"),
        ("02-29", "2027-02-28T10:00", "2027-02-28 @ 02-28T10:00"),
        ("2026-03-09", NOON, "2026-03-09 @ 03-09T12:00"),
        ("2026-03-09", "2026-03-10T00:00", "expired"),
        ("2026-03-10", NOON, "2026-03-10 not-due until 2026-03-10T00:00"),
    ],
)
def test_days_of_the_year_and_single_days(said, days, now, expected):
    assert said(f"on: {days}", customer(), now) == [expected]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, "2026 @ 03-09T12:00"),
        ("2025-03-08T12:00", "2025 not-due until 2025-03-09T00:00"),
        ("2024-03-08T12:00", "no-event"),
    ],
)
def test_the_first_purchase_has_its_anniversaries(said, now, expected):
    [found] = said("on: first-purchase", bought("2024-03-09", "2025-08-01"), now)
    assert found.endswith(expected)


def test_two_occasions_of_a_record_are_two_contacts(said):
    """The anniversary is not done because the birthday was."""
    record = bought("2020-03-09") | {"birth_date": "1990-01-05"}
    assert len(said("on: [birthday, first-purchase]", record, NOON)) == 1
    birthday = said("on: [birthday, first-purchase]", record, "2026-01-05T12:00")[0].split()[0]
    record["interactions"] = [{"at": "2026-01-05", "key": f"firm/only/C1/{birthday}"}]
    assert said("on: [birthday, first-purchase]", record, NOON)[0].endswith("@ 03-09T12:00")


def test_the_key_is_the_same_whenever_it_is_asked(tmp_path):
    engine = firm(tmp_path, play("after: {event: purchase}\n    expires: 30 days"))
    whens = ("2026-03-01T10:00+07:00", "2026-03-01T03:00Z", "2026-02-28T22:00:00.000-05:00")
    found = {
        decide(engine, bought(when) | {"zone": zone}, local(NOON) + timedelta(days=days)).next.key
        for when in whens
        for zone in ("Asia/Ho_Chi_Minh", "America/New_York")
        for days in range(0, 20, 3)
    }
    assert found == {"firm/only/C1/20260301T030000Z"}


def test_who_it_is_not_for_is_not_asked_further(tmp_path):
    engine = firm(tmp_path, play("when: {gender: female}\n    on: birthday"))
    for gender, code in ((None, "unknown"), ("male", "not-for-customer")):
        [entry] = decide(engine, customer(gender=gender), NOON).suppressed
        assert entry.key is None
        assert [each.code.value for each in entry.reasons] == [code]
