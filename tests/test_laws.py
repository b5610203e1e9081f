"""What must hold for every customer at every instant, under the playbooks as they are shipped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

import careflow
from careflow.candidates import candidates
from careflow.decision import Code, Decision, NextBestAction
from careflow.loader.tree import build_tree
from careflow.playbook.handbook import Every
from playbooks import EXAMPLES, RULES, cases, instants, reordered, shuffled, start_of

ENGINE = careflow.load(RULES)
OTHER = careflow.load(RULES)
PLAYS = {(play.playbook, play.id): play for play in ENGINE.handbook.plays}
POLICY: Any = build_tree((RULES / "common.yaml").read_text(encoding="utf-8"), "common.yaml")[0]
LINES = {
    f"{file.as_posix()}:{number}": line
    for file in sorted(RULES.glob("*.yaml"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
}
RANDOM = st.randoms(use_true_random=False)
Case = tuple[dict[str, Any], datetime]


def decided(case: Case) -> Decision:
    record, now = case
    return ENGINE.decide(record, now=now)


def told(decision: Decision) -> str:
    return json.dumps(decision.as_dict(), ensure_ascii=False)


def outgoing(decision: Decision) -> Iterator[NextBestAction]:
    return (each for each in decision.actions if each.channel != "internal")


@given(cases())
def test_nothing_vanishes(case):
    decision = decided(case)
    found = (*decision.actions, *decision.suppressed)
    assert {(each.playbook, each.play) for each in found} == PLAYS.keys()
    facts = ENGINE._facts(careflow.Customer.model_validate(case[0]), case[1])
    listed = [
        (play.playbook, play.id, proposed.key)
        for book in ENGINE.handbook.playbooks
        for play in book.plays
        for proposed in candidates(play, book, facts)
    ]
    assert sorted((e.playbook, e.play, e.key or "") for e in found) == sorted(
        (book, play, key or "") for book, play, key in listed
    )


@given(cases())
def test_every_reason_names_a_rule_that_is_there(case):
    decision = decided(case)
    for each in (*decision.actions, *decision.suppressed):
        assert each.reasons
        assert LINES[str(each.source)].strip() == f"{each.play}:"
        for reason in each.reasons:
            assert LINES[str(reason.source)].strip()
            assert all(LINES[str(compared.place)].strip() for compared in reason.compared)
    for segment in decision.segments:
        assert segment.name is None or segment.name in LINES[str(segment.source)]


@given(cases())
def test_the_same_again_byte_for_byte(case):
    first = told(decided(case))
    assert told(decided(case)) == first
    assert told(OTHER.decide(case[0], now=case[1])) == first


@given(cases(), RANDOM)
def test_the_order_inside_a_record_is_irrelevant(case, random):
    record, now = case
    assert told(decided((shuffled(record, random), now))) == told(decided(case))


@given(instants(), RANDOM)
@settings(max_examples=10)
def test_the_order_of_customers_is_irrelevant(now, random):
    order = random.sample(range(len(EXAMPLES)), len(EXAMPLES))
    found = list(ENGINE.decide_many((EXAMPLES[n] for n in order), now=now))
    assert [told(each) for each in found] == [told(decided((EXAMPLES[n], now))) for n in order]


@given(st.lists(cases(), min_size=3, max_size=3), RANDOM)
@settings(max_examples=30)
def test_the_order_inside_a_playbook_is_irrelevant(tmp_path_factory, listed, random):
    folder = tmp_path_factory.mktemp("rules")
    for file in RULES.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for key in ("plays", "segments", "tasks", "staff"):
            text = reordered(text, key, random)
        (folder / file.name).write_text(text, encoding="utf-8")
    other = careflow.load(folder)
    for record, now in listed:
        found = other.decide(record, now=now)
        assert placeless(found, folder) == placeless(decided((record, now)), RULES)


def placeless(decision: Decision, folder: Path) -> str:
    return re.sub(r"\.yaml:\d+", ".yaml", told(decision).replace(folder.as_posix(), "rules"))


NEWS = {
    "interactions": {},
    "purchases": {"id": "N8"},
    "feedback": {"kind": "nps", "score": 1},
    "complaints": {"id": "N8", "severity": "high"},
    "opportunities": {"id": "N8"},
    "appointments": {"id": "N8", "at": "2026-03-09T10:00+07:00", "status": "missed"},
}
AT = {"complaints": "opened_at", "opportunities": "opened_at", "appointments": "booked_at"}


@given(cases(), st.lists(st.sampled_from(sorted(NEWS)), min_size=1), st.data())
def test_nothing_after_now_is_seen(case, names, data):
    record, now = case
    seconds = st.integers(1, 10**7).map(lambda amount: now + timedelta(seconds=amount))
    days = st.integers(3, 99).map(lambda amount: (now + timedelta(days=amount)).date())
    later = st.one_of(seconds, days).map(lambda when: when.isoformat())
    more = {name: [*record.get(name, ())] for name in ("complaints", *names)}
    for name in names:
        more[name].append(NEWS[name] | {AT.get(name, "at"): data.draw(later)})
    for n, each in enumerate(more["complaints"]):
        change = {
            "at": data.draw(later),
            "kind": data.draw(st.sampled_from(("closed", "reopened"))),
        }
        more["complaints"][n] = each | {"events": [*each.get("events", ()), change]}
    assert told(decided((record | more, now))) == told(decided(case))


@given(cases())
def test_nobody_is_disturbed_in_quiet_hours(case):
    for action in outgoing(decided(case)):
        for entry in POLICY["quiet-hours"]:
            if covers(entry, action.channel, action.purpose):
                assert not rests(entry, action.not_before), (entry["title"], action.not_before)


def covers(entry: dict[str, Any], channel: str | None, purpose: str | None) -> bool:
    """Say whether an entry is about a contact, or may be where that is not known."""
    return (channel is None or channel in entry.get("channels", (channel,))) and (
        purpose is None or purpose in entry.get("purposes", (purpose,))
    )


def rests(entry: dict[str, Any], moment: datetime) -> bool:
    clock, today = f"{moment:%H:%M}", moment.date()
    start, end = entry.get("from", "00:00"), entry.get("to", "24:00")
    if start < end:
        return begins(entry, today) and start <= clock < end
    yesterday = today - timedelta(days=1)
    return (begins(entry, today) and clock >= start) or (begins(entry, yesterday) and clock < end)


def begins(entry: dict[str, Any], day: date) -> bool:
    if "dates" in entry:
        return bool({f"{day:%m-%d}", str(day)} & set(entry["dates"]))
    return f"{day:%a}".lower() in entry.get("days", f"{day:%a}".lower())


BURST = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 200),
            "channel": st.sampled_from(("phone", "zalo", "email", None)),
            "purpose": st.sampled_from(("marketing", "care", "survey", None)),
        }
    ),
    max_size=4,
)


@given(cases(), BURST)
def test_no_cap_is_exceeded(case, burst):
    """In whatever window an action falls, there are no more contacts than the cap says."""
    record, now = case
    lately = [each | {"at": (now - timedelta(hours=each["at"])).isoformat()} for each in burst]
    record = record | {"interactions": [*record.get("interactions", ()), *lately]}
    decision = decided((record, now))
    zone = ZoneInfo(record.get("zone", ENGINE.handbook.zone))
    made = [
        *past(record, now, zone),
        *((a.not_before, a.not_before, a) for a in outgoing(decision)),
    ]
    for cap in POLICY["caps"]:
        amount, unit = cap["per"].split()
        mine = [each for each in made if covers(cap, *about(each[2]))]
        for action in outgoing(decision):
            if covers(cap, action.channel, action.purpose):
                most = fullest(mine, action.not_before, int(amount), unit, zone)
                assert most <= int(cap["max"]), (cap["title"], action.key)


Made = tuple[datetime, datetime, Any]


def past(record: dict[str, Any], now: datetime, zone: ZoneInfo) -> Iterator[Made]:
    """Yield the firm's contacts by now: from and to when each may have been."""
    for each in record.get("interactions", ()):
        first = start_of(each["at"], zone)
        last = first + timedelta(days=len(each["at"]) == 10)
        outward = each.get("direction", "out") == "out" and each.get("channel") != "internal"
        if outward and first <= now:
            for _ in range(each.get("times", 1)):
                yield first, last, each


def about(contact: Any) -> tuple[str | None, str | None]:
    if isinstance(contact, NextBestAction):
        return contact.channel, contact.purpose
    return contact.get("channel"), contact.get("purpose")


def fullest(made: list[Made], at: datetime, amount: int, unit: str, zone: ZoneInfo) -> int:
    """Return the most contacts in any window that holds *at*: of so many dates, or hours."""
    if unit == "days":
        day = at.astimezone(zone).date()
        dates = [first.astimezone(zone).date() for first, _, _ in made]
        starts = [day - timedelta(days=back) for back in range(amount)]
        return max(sum(s <= d < s + timedelta(days=amount) for d in dates) for s in starts)
    length = Fraction(amount * 3600)
    instant = Fraction(at.timestamp())
    spans = [(Fraction(a.timestamp()), Fraction(b.timestamp())) for a, b, _ in made]
    ends = [instant, *(last for _, last in spans if instant <= last < instant + length)]
    return max(sum(first <= end < last + length for first, last in spans) for end in ends)


@given(cases(), st.data())
def test_what_is_forgotten_never_makes_a_play_fit(case, data):
    """No shipped condition asks whether an attribute is missing: less known, less done."""
    record, now = case
    names = sorted(record.keys() & {"attributes", "birth_date", "age", "gender"})
    gone = set(data.draw(st.lists(st.sampled_from(names)))) if names else set()
    less = {name: each for name, each in record.items() if name not in gone}
    if "attributes" in less:
        kept = data.draw(st.sets(st.sampled_from(sorted(less["attributes"]) or [""])))
        less["attributes"] = {n: each for n, each in less["attributes"].items() if n in kept}
    before, after = decided(case), decided((less, now))
    refused = {
        (each.playbook, each.play)
        for each in before.suppressed
        if each.reasons[0].code is Code.NOT_FOR_CUSTOMER
    }
    assert not refused & {(each.playbook, each.play) for each in after.actions}


@given(cases())
def test_what_is_done_is_not_proposed_again(case):
    record, _ = case
    for action in decided(case).actions:
        done = {
            "at": action.not_before.isoformat(),
            "channel": action.channel,
            "purpose": action.purpose,
            "key": action.key,
        }
        then = record | {"interactions": [*record.get("interactions", ()), done]}
        again = decided((then, action.not_before)).actions
        assert action.key not in {each.key for each in again}
        if isinstance(PLAYS[action.playbook, action.play].trigger, Every):
            assert action.play not in {each.play for each in again}


@given(cases())
def test_now_then_due_then_expiry(case):
    for action in decided(case).actions:
        expires = action.expires or action.due
        assert case[1] <= action.not_before < action.due <= expires


@given(cases())
def test_keys_are_unique_and_tell_what_they_are_for(case):
    decision = decided(case)
    keys = [each.key for each in (*decision.actions, *decision.suppressed) if each.key]
    assert len(set(keys)) == len(keys)
    for each in (*decision.actions, *decision.suppressed):
        if each.key:
            *ids, occurrence = map(unquote, each.key.split("/"))
            assert ids == [each.playbook, each.play, decision.customer_id]
            assert occurrence
