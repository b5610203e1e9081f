"""Among what passed: which comes first, through which channel, at which moment."""

from __future__ import annotations

from typing import Any

import pytest

import careflow
from playbooks import customer, decide, firm, line_of, told

NOON = "2026-03-09T12:00"  # a Monday


def play(name: str, lines: str = "", **action: str) -> str:
    """Write a play, due at once unless *lines* say otherwise."""
    said = {"purpose": "care", "channels": "[zalo]", "owner": "seller"} | action
    words = ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in said.items())
    return f"  {name}:\n    title: {name.title()}\n{lines}    action: {{{words}}}"


def shop(folder, *plays: str, policy: str = "") -> careflow.Engine:
    return firm(folder, policy, "plays:", *plays)


def names(engine: careflow.Engine, record: dict[str, Any], now: str = NOON) -> list[str]:
    return [each.play for each in decide(engine, record, now).actions]


def slots(engine: careflow.Engine, record: dict[str, Any], now: str = NOON) -> list[str]:
    return [
        f"{each.play} {each.channel} {each.not_before:%m-%dT%H:%M}"
        for each in decide(engine, record, now).actions
    ]


AFTER = "    after: {event: purchase}\n    expires: never\n"
BOUGHT = {"purchases": [{"at": "2026-03-09T08:00+07:00", "id": "N1"}]}


def test_a_play_without_a_tier_has_the_one_of_its_purpose_or_trigger(tmp_path):
    engine = shop(
        tmp_path,
        play("marketing", AFTER, purpose="marketing"),
        play("rhythm", "    every: 5 days\n    since: last-done\n"),
        play("once"),
        play("day", "    on: 03-09\n"),
        play("follow-up", AFTER),
        play("complaint", "    on: 03-09\n", purpose="complaint"),
        play("legal", purpose="legal"),
        play("named", "    tier: promise\n    priority: 9\n", purpose="marketing"),
    )
    found = decide(engine, customer(**BOUGHT), NOON).actions
    assert [(each.play, each.tier) for each in found] == [
        ("legal", "legal"),
        ("complaint", "complaint"),
        ("named", "promise"),
        ("follow-up", "promise"),
        ("day", "occasion"),
        ("once", "cadence"),
        ("rhythm", "cadence"),
        ("marketing", "promotion"),
    ]


def test_a_tier_goes_before_any_priority(tmp_path):
    low = play("low", "    tier: occasion\n")
    high = play("high", "    tier: cadence\n    priority: 1000\n")
    assert names(shop(tmp_path, high, low), customer()) == ["low", "high"]


POINTS = """    priority:
      start: 3
      add:
        - {points: 4, when: {party: person}}
        - {points: 2, when: {gender: female}}
        - {points: 1, when: {gender: known}}
"""


@pytest.mark.parametrize(("gender", "points"), [("female", 10), ("male", 8), (None, 7)])
def test_points_are_added_where_their_condition_is_true(tmp_path, gender, points):
    engine = shop(tmp_path, play("less", "    priority: 6\n"), play("more", POINTS))
    first, second = decide(engine, customer(gender=gender), NOON).actions
    assert (first.play, first.priority, second.priority) == ("more", points, 6)
    start = line_of(engine, "points: 4")
    added = {7: [(0, "4")], 8: [(0, "4"), (2, "1")], 10: [(0, "4"), (1, "2"), (2, "1")]}[points]
    assert told(first)[1:] == [("priority", start + n, amount, None) for n, amount in added]
    assert [reason.compared[0].value for reason in first.reasons[1:]][:2] in (
        ["person"],
        ["person", gender],
    )


def test_then_what_is_due_first_then_what_expires_first_then_the_key(tmp_path):
    engine = shop(
        tmp_path,
        play("c", within="3 days"),
        play("b", within="3 days"),
        play("d", within="2 days"),
    )
    assert names(engine, customer()) == ["d", "b", "c"]
    expiring = "    tier: cadence\n    after: {{event: purchase}}\n    expires: {}\n".format
    engine = shop(
        tmp_path,
        play("a", expiring("never"), within="2 days"),
        play("y", expiring("9 days"), within="2 days"),
        play("z", expiring("8 days"), within="2 days"),
    )
    assert names(engine, customer(**BOUGHT)) == ["z", "y", "a"]


CAP = "caps:\n  - {title: Enough, max: 1, per: 7 days, purposes: [care, survey]}\n"


def test_what_is_chosen_takes_the_place_of_what_follows(tmp_path):
    engine = shop(
        tmp_path,
        play("second", "    priority: 5\n", purpose="survey"),
        play("first", "    priority: 9\n"),
        play("free", "    priority: 1\n", purpose="service"),
        play("last", AFTER.replace("never", "7 days") + "    tier: cadence\n"),
        policy=CAP,
    )
    decision = decide(engine, customer(**BOUGHT), NOON)
    assert slots(engine, customer(**BOUGHT)) == [
        "first zalo 03-09T12:00",
        "second zalo 03-16T00:00",
        "free zalo 03-09T12:00",
    ]
    enough = line_of(engine, "title: Enough")
    assert told(decision.actions[1])[1:] == [("cap", enough, "Enough: 1", "2026-03-16T00:00")]
    [late] = decision.suppressed
    assert told(late) == [
        ("too-late", line_of(engine, "last:"), "2026-03-16", "2026-03-16T00:00"),
        ("cap", enough, "Enough: 2", "2026-03-23T00:00"),
    ]


def test_work_inside_the_firm_is_no_contact(tmp_path):
    """Neither planned nor done, recorded with its key, does it count for caps and cadences."""
    inside = play("inside", "    priority: 9\n", channels="[internal]")
    rhythm = play("rhythm", "    every: 30 days\n    since: last-contact\n")
    engine = shop(tmp_path, inside, rhythm, policy=CAP)
    past = {"at": "2026-01-01", "channel": "zalo", "purpose": "care"}
    record = customer(interactions=[past])
    outside = "rhythm zalo 03-09T12:00"
    assert slots(engine, record) == ["inside internal 03-09T12:00", outside]
    done = {"at": f"{NOON}+07:00", "channel": "internal", "purpose": "care"}
    record["interactions"].append(done | {"key": decide(engine, record, NOON).next.key})
    assert slots(engine, record) == [outside]


@pytest.mark.parametrize(
    ("per", "release"),
    [
        ("24 hours", "2026-03-10T09:30"),
        ("36 hours", "2026-03-10T21:30"),
        ("2 days", "2026-03-11T00:00"),
        ("1 month", "2026-04-09T00:00"),
        ("day", "2026-03-10T00:00"),
        ("week", "2026-03-16T00:00"),
        ("month", "2026-04-01T00:00"),
        ("lifetime", None),
    ],
)
def test_the_release_is_exact(tmp_path, per, release):
    cap = f"caps:\n  - {{title: Enough, max: 2, per: {per}}}\n"
    engine = shop(tmp_path, play("only"), policy=cap)
    made = [{"at": f"2026-03-09T{hour}+07:00"} for hour in ("09:30", "10:15")]
    [entry] = (decision := decide(engine, customer(interactions=made), NOON)).actions or (
        decision.suppressed
    )
    line = line_of(engine, "title: Enough")
    assert told(entry)[-1] == ("cap", line, "Enough: 2", release)
    assert bool(decision.actions) == (release is not None)
    assert not release or f"{entry.not_before:%Y-%m-%dT%H:%M}" == release


def test_of_two_caps_the_one_that_binds_last_is_told(tmp_path):
    caps = """caps:
  - {title: A day, max: 1, per: 24 hours}
  - {title: A week, max: 1, per: week}
"""
    engine = shop(tmp_path, play("only"), policy=caps)
    made = customer(interactions=[{"at": "2026-03-09T09:30+07:00"}])
    assert [each[2:] for each in told(decide(engine, made, NOON).next)[1:]] == [
        ("A day: 1", "2026-03-10T09:30"),
        ("A week: 1", "2026-03-16T00:00"),
    ]


HOURS = """quiet-hours:
  - {title: Lunch, from: "11:30", to: "13:30", channels: [phone]}
  - {title: Night, from: "21:00", to: "08:00", channels: [phone, zalo]}
contact-hours:
  - {title: Morning post, days: tue-fri, from: "07:00", to: "10:00", channels: [email]}
  - {title: Evening post, days: mon, from: "19:00", to: "20:00", channels: [email]}
"""


@pytest.mark.parametrize(
    ("channels", "closed", "now", "expected"),
    [
        ("[phone, zalo]", "defer", NOON, "phone 03-09T13:30"),
        ("[phone, zalo]", "switch-channel", NOON, "zalo 03-09T12:00"),
        ("[phone, zalo]", "drop", NOON, "zalo 03-09T12:00"),
        ("[zalo, phone]", "defer", NOON, "zalo 03-09T12:00"),
        ("[phone]", "switch-channel", NOON, "phone 03-09T13:30"),
        ("[phone]", "drop", NOON, None),
        ("[phone, email]", "drop", NOON, None),
        # nothing is open: the channel that opens first, and of equals the one listed first
        ("[email, phone]", "switch-channel", NOON, "phone 03-09T13:30"),
        ("[email, phone, zalo]", "switch-channel", "2026-03-09T23:00", "email 03-10T07:00"),
        ("[zalo, phone]", "switch-channel", "2026-03-09T22:00", "zalo 03-10T08:00"),
        ("[phone, zalo]", "switch-channel", "2026-03-09T22:00", "phone 03-10T08:00"),
        ("[visit, phone]", "defer", NOON, "phone 03-09T13:30"),
        ("[email]", "defer", NOON, "email 03-09T19:00"),
        ("[email]", "defer", "2026-03-09T20:00", "email 03-10T07:00"),
        ("[email]", "defer", "2026-03-13T10:00", "email 03-16T19:00"),
        ("[phone]", "drop", "2026-03-09T13:30", "phone 03-09T13:30"),
    ],
)
def test_when_closed(tmp_path, channels, closed, now, expected):
    engine = shop(tmp_path, play("only", channels=channels, when_closed=closed), policy=HOURS)
    assert slots(engine, customer(), now) == ([f"only {expected}"] if expected else [])


def test_what_is_dropped_says_what_was_closed_and_until_when(tmp_path):
    engine = shop(
        tmp_path, play("only", channels="[phone, email]", when_closed="drop"), policy=HOURS
    )
    [entry] = decide(engine, customer(), NOON).suppressed
    action = line_of(engine, "action:")
    assert told(entry) == [
        ("closed-now", action, "phone", None),
        ("quiet-hours", line_of(engine, "Lunch"), "Lunch (11:30-13:30)", "2026-03-09T13:30"),
        ("closed-now", action, "email", None),
        (
            "contact-hours",
            line_of(engine, "Morning post"),
            "Morning post (07:00-10:00), Evening post (19:00-20:00)",
            "2026-03-09T19:00",
        ),
    ]


def test_what_expires_before_its_moment_is_too_late(tmp_path):
    lines = "    after: {event: purchase}\n    expires: 5 hours\n"
    engine = shop(tmp_path, play("only", lines, channels="[phone]"), policy=HOURS)
    assert slots(engine, customer(**BOUGHT), "2026-03-09T11:00") == ["only phone 03-09T11:00"]
    [entry] = decide(engine, customer(**BOUGHT), NOON).suppressed
    assert told(entry) == [
        ("too-late", line_of(engine, "only:"), "2026-03-09", "2026-03-09T13:00"),
        ("quiet-hours", line_of(engine, "Lunch"), "Lunch (11:30-13:30)", "2026-03-09T13:30"),
    ]


@pytest.mark.parametrize(
    ("when", "known", "expected"),
    [
        ("gender: female", {"gender": "female"}, "13:30"),
        ("gender: female", {"gender": "male"}, "12:00"),
        # not known to be a man: the quiet time holds
        ("gender: female", {}, "13:30"),
    ],
)
def test_a_quiet_time_of_some_holds_for_whoever_may_be_one_of_them(tmp_path, when, known, expected):
    quiet = f'quiet-hours:\n  - {{title: Lunch, from: "11:30", to: "13:30", when: {{{when}}}}}\n'
    engine = shop(tmp_path, play("only"), policy=quiet)
    assert slots(engine, customer(**known)) == [f"only zalo 03-09T{expected}"]


def test_hours_permitted_to_some_are_no_ones_who_is_not_known_to_be_one(tmp_path):
    hours = "contact-hours:\n  - {title: Ladies, when: {gender: female}}\n"
    engine = shop(tmp_path, play("only"), policy=hours)
    assert slots(engine, customer(gender="female")) == ["only zalo 03-09T12:00"]
    for gender in ("male", None):
        [entry] = decide(engine, customer(gender=gender), NOON).suppressed
        assert told(entry) == [("contact-hours", line_of(engine, "Ladies"), "-", None)]


@pytest.mark.parametrize(("expires", "due"), [("never", "14:30"), ("6 hours", "14:00")])
def test_due_follows_a_moment_that_comes_later(tmp_path, expires, due):
    lines = AFTER.replace("never", expires)
    engine = shop(tmp_path, play("only", lines, channels="[phone]", within="1 hour"), policy=HOURS)
    [action] = decide(engine, customer(**BOUGHT), NOON).actions
    assert (f"{action.not_before:%H:%M}", f"{action.due:%H:%M}") == ("13:30", due)


def test_the_hours_are_those_of_the_customers_clock(tmp_path):
    engine = shop(tmp_path, play("only", channels="[phone]"), policy=HOURS)
    record = customer(zone="America/New_York")  # 01:00, and summer time since the night before
    [action] = decide(engine, record, NOON).actions
    assert action.not_before.isoformat() == "2026-03-09T08:00:00-04:00"
