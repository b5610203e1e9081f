"""The gates, one by one: what passes, what stops, by which rule; and as laws over any customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

import careflow
from careflow.candidates import Candidate, candidates
from careflow.customer.record import PURPOSES
from careflow.gates import Case, not_expired
from playbooks import RULES, cases, customer, decide, firm, line_of, local, start_of, told

ENGINE = careflow.load(RULES)
DUTIES = {"complaint", "legal"}
NOON = "2026-03-09T12:00"


@pytest.fixture
def made(tmp_path):
    """Make a firm with one play: its purpose and channels, its message, and the firm's policy."""

    def make(purpose: str, channels: str = "zalo", message: str = "Hello", policy: str = ""):
        action = (
            f"    action: {{purpose: {purpose}, channels: [{channels}], owner: seller, "
            f'message: "{message}"}}'
        )
        return firm(tmp_path, policy, "plays:\n  only:\n    title: Only", action)

    return make


def codes(engine: careflow.Engine, record: dict[str, Any]) -> list[str]:
    """Return the channel of the action, or the codes for which there is none."""
    decision = decide(engine, record, NOON)
    if decision.actions:
        return [each.channel for each in decision.actions]
    return [reason.code.value for reason in decision.suppressed[0].reasons]


def stopped(engine: careflow.Engine, record: dict[str, Any]):
    return told(*decide(engine, record, NOON).suppressed)


def test_what_passes_every_gate_says_only_why_it_is_proposed(made):
    engine = made("marketing")
    found = told(*decide(engine, customer(), NOON).actions)
    assert found == [("proposed", line_of(engine, "only:"), "once", None)]


def test_done_already(made):
    engine = made("care")
    done = {"at": "2026-01-05T23:30+07:00", "key": "firm/only/C1/once"}
    assert stopped(engine, customer(interactions=[done])) == [
        ("done", line_of(engine, "only:"), "2026-01-05", None)
    ]
    for other in ("firm/only/C2/once", "firm/only/C1/first", "other/only/C1/once", None):
        assert codes(engine, customer(interactions=[done | {"key": other}])) == ["zalo"]


def test_not_expired(made):
    """No trigger yields what has expired; the gate stands behind them all."""
    engine = made("care")
    facts = engine._facts(careflow.Customer.model_validate(customer()), local(NOON))
    [book] = engine.handbook.playbooks
    [candidate] = candidates(book.plays[0], book, facts)
    assert isinstance(candidate, Candidate)
    assert not_expired(Case(candidate, facts, {})) is None
    for seconds, code in ((0, "expired"), (-1, "expired"), (1, None)):
        expires = local(NOON).timestamp() + seconds
        reason = not_expired(Case(replace(candidate, expires=expires), facts, {}))
        assert (reason and (reason.code.value, reason.subject)) == (code and (code, "2026-03-09"))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_who_wants_no_contact_gets_only_what_is_owed(made, purpose):
    engine = made(purpose)
    record = customer(do_not_contact=True)
    if purpose in DUTIES:
        assert codes(engine, record) == ["zalo"]
    else:
        assert stopped(engine, record) == [("do-not-contact", line_of(engine, "only:"), "", None)]
        assert codes(made(purpose, "internal"), record) == ["internal"]


SON = {"age": 17}
MOTHER = {"name": "Bình", "channels": {"zalo": {"consent": {"marketing": True}}}}


def test_a_minor_for_whom_nobody_acts_is_left_alone(made):
    engine = made("care")
    line = line_of(engine, "only:")
    assert stopped(engine, customer(**SON)) == [("no-representative", line, "17", None)]


@pytest.mark.parametrize(
    ("known", "channels", "policy", "expected"),
    [
        (SON, "internal", "", ["internal"]),
        ({"birth_date": "2008-03-10"}, "zalo", "", ["no-representative"]),
        ({"birth_date": "2008-03-09"}, "zalo", "", ["zalo"]),
        ({"age": 18}, "zalo", "", ["zalo"]),
        ({"age": 20}, "zalo", "adult-age: 21", ["no-representative"]),
        ({}, "zalo", "", ["zalo"]),
        (SON | {"party": "organisation"}, "zalo", "", ["zalo"]),
        (SON | {"representative": MOTHER}, "zalo", "", ["zalo"]),
        (SON | {"representative": MOTHER}, "phone", "", ["no-channel"]),
        (SON | {"representative": MOTHER | {"channels": {"zalo": {}}}}, "zalo", "", ["no-consent"]),
        (SON | {"representative": MOTHER, "channels": {}}, "phone, zalo", "", ["zalo"]),
        # an adult's representative changes nothing
        ({"age": 30, "representative": MOTHER}, "phone", "", ["phone"]),
    ],
)
def test_minors_are_reached_through_their_representative(made, known, channels, policy, expected):
    engine = made("marketing", channels, policy=policy)
    record = customer(**known)
    assert codes(engine, record) == expected
    if expected == ["zalo"]:
        through = known.get("representative") if known.get("age") == 17 else None
        assert decide(engine, record, NOON).next.to == ("Bình" if through else "An")


SUPPRESS = """
fields: {vip: flag, angry: flag}
suppress:
  - {title: Trouble, when: {complaints: {any: {status: open}}}, purposes: [survey, care]}
  - {title: Never calls, when: {vip: yes}, channels: [phone]}
  - {title: Angry, when: {angry: yes}, purposes: [marketing]}
"""
OPEN = {"complaints": [{"opened_at": "2026-03-01"}]}


def known(**more: Any) -> dict[str, Any]:
    return {"attributes": {"vip": False, "angry": False} | more}


@pytest.mark.parametrize(
    ("purpose", "record", "expected"),
    [
        ("care", known() | OPEN, "Trouble"),
        ("service", known() | OPEN, None),
        ("care", known(), None),
        ("care", known() | {"complaints": [{"opened_at": "2026-03-10"}]}, None),
        (
            "care",
            known() | {"complaints": [OPEN["complaints"][0] | {"closed_at": NOON + "+07:00"}]},
            None,
        ),
        ("marketing", known(angry=True), "Angry"),
        # not known to be calm is not calm
        ("marketing", known(angry=None), "Angry"),
        ("care", known(angry=True), None),
    ],
)
def test_suppressed(made, purpose, record, expected):
    engine = made(purpose, policy=SUPPRESS)
    if expected:
        line = line_of(engine, f"title: {expected}")
        assert stopped(engine, customer(**record)) == [("suppressed", line, expected, None)]
    else:
        assert codes(engine, customer(**record)) == ["zalo"]


@pytest.mark.parametrize(("vip", "expected"), [(True, "zalo"), (None, "zalo"), (False, "phone")])
def test_a_suppressed_channel_leaves_the_others(made, vip, expected):
    record = customer(**known(vip=vip))
    assert codes(made("care", "phone, zalo", policy=SUPPRESS), record) == [expected]
    alone = ["phone" if vip is False else "suppressed"]
    assert codes(made("care", "phone", policy=SUPPRESS), record) == alone


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Hello {customer.name}", "Hello An"),
        ("On {customer.need}", "customer.need"),
        ("On {customer.need|your case}", "On your case"),
        ("{owner} asks", "Seller asks"),
        ("{questions|How are you?}", "How are you?"),
        ("{questions}", "questions"),
    ],
)
def test_no_message_with_a_hole(made, message, expected):
    engine = made("care", message=message, policy="fields: {need: text}")
    decision = decide(engine, customer(), NOON)
    if decision.actions:
        assert decision.next.message == expected
    else:
        line = line_of(engine, "action:")
        assert stopped(engine, customer()) == [("message-incomplete", line, expected, None)]


def test_every_channel_that_is_missing_is_named(made):
    engine = made("care", "phone, email")
    line = line_of(engine, "action:")
    found = stopped(engine, customer(channels={"zalo": {}}))
    assert found == [("no-channel", line, "phone", None), ("no-channel", line, "email", None)]


CONSENT = """
consent:
  - {purposes: [survey], channels: [zalo, phone], required: yes}
  - {purposes: [survey], channels: [phone], required: no}
  - {purposes: [marketing], channels: [phone], required: no}
"""


@pytest.mark.parametrize(
    ("purpose", "channel", "consent", "expected", "line"),
    [
        ("marketing", "zalo", None, "no-consent", "action:"),
        ("marketing", "zalo", {"care": True}, "no-consent", "action:"),
        ("marketing", "zalo", {"marketing": True}, None, ""),
        ("marketing", "zalo", True, None, ""),
        ("marketing", "zalo", False, "refused", "action:"),
        ("marketing", "phone", None, None, ""),
        ("marketing", "phone", {"marketing": False}, "refused", "[marketing], channels: [phone"),
        ("survey", "zalo", None, "no-consent", "[survey], channels: [zalo"),
        # of two rules about one channel the stricter one holds
        ("survey", "phone", None, "no-consent", "[survey], channels: [zalo"),
        ("survey", "email", None, None, ""),
        ("survey", "zalo", {"survey": False}, "refused", "[survey], channels: [zalo"),
        ("care", "zalo", None, None, ""),
        ("care", "zalo", {"marketing": False}, None, ""),
        ("care", "zalo", False, "refused", "action:"),
        # what is owed outlasts a general refusal, not one of just this
        ("complaint", "zalo", False, None, ""),
        ("complaint", "zalo", {"complaint": False}, "refused", "action:"),
        ("legal", "zalo", False, None, ""),
        ("legal", "zalo", {"legal": False}, "refused", "action:"),
    ],
)
def test_consent(made, purpose, channel, consent, expected, line):
    engine = made(purpose, channel, policy=CONSENT)
    record = customer(channels={channel: {"consent": consent}})
    if expected is None:
        assert codes(engine, record) == [channel]
        return
    subject = f"{channel} / {purpose}"
    assert stopped(engine, record) == [(expected, line_of(engine, line), subject, None)]


def test_the_first_gate_that_stops_is_the_one_that_is_told(made):
    record = customer(do_not_contact=True, channels={}, **SON)
    assert codes(made("marketing", message="{customer.address}"), record) == ["do-not-contact"]


@given(cases())
def test_consent_opt_out_and_minority_are_respected(case):
    record, now = case
    decision = ENGINE.decide(record, now=now)
    day = now.astimezone(ZoneInfo(record.get("zone", ENGINE.handbook.zone))).date()
    for action in decision.actions:
        if action.channel == "internal":
            continue
        reached = record["representative"] if minor(record, day) else record
        consent = reached["channels"][action.channel].get("consent")
        answer = consent.get(action.purpose) if isinstance(consent, dict) else consent
        assert action.to == reached.get("name")
        assert action.purpose != "marketing" or answer is True
        assert answer is not False or (action.purpose in DUTIES and consent is False)
        assert not record.get("do_not_contact") or action.purpose in DUTIES


def minor(record: dict[str, Any], day: date) -> bool:
    """Count birthdays; whoever was born on 29 February has one on the 28th in between."""
    age = record.get("age")
    if "birth_date" in record:
        year, *birthday = map(int, record["birth_date"].split("-"))
        kept = [2, 28] if birthday == [2, 29] and day.year % 4 else birthday
        age = day.year - year - ([day.month, day.day] < kept)
    return record.get("party", "person") == "person" and age is not None and age < 18


@given(cases())
def test_an_open_complaint_stops_promotion_and_surveys(case):
    record, now = case
    zone = ZoneInfo(record.get("zone", ENGINE.handbook.zone))
    if any(unsettled(each, now, zone) for each in record.get("complaints", ())):
        actions = ENGINE.decide(record, now=now).actions
        assert not {"marketing", "survey"} & {each.purpose for each in actions}


def unsettled(complaint: dict[str, Any], now: datetime, zone: ZoneInfo) -> bool:
    """Read the log: the last closing or reopening by now counts, of two at once the latter."""
    log = [(complaint["opened_at"], "opened"), (complaint.get("closed_at", ""), "closed")]
    log += [(each["at"], each["kind"]) for each in complaint.get("events", ())]
    seen = sorted(
        (at, kind)
        for text, kind in log
        if text and kind in ("opened", "closed", "reopened") and (at := start_of(text, zone)) <= now
    )
    last = [kind for _, kind in seen if kind != "opened"][-1:]
    return any(kind == "opened" for _, kind in seen) and last != ["closed"]
