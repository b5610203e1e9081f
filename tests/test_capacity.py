"""Who comes first when the staff cannot do everything: the queue, its order, its limits."""

from __future__ import annotations

import random
from typing import Any

import pytest

import careflow
from careflow.capacity import queues
from playbooks import HEAD, customer, decide, firm, firm_of

NOON = "2026-03-09T12:00"
FIELDS = "fields: {balance: number, joined: date}\n"
CALL = """plays:
  call:
    title: Call
    priority: {start: 0, add: [{points: 5, when: {gender: female}}]}
    action: {purpose: care, channels: [phone], owner: seller}
"""


def room(*entries: str) -> str:
    """Write capacities, each as what stands between its braces."""
    return "capacity:\n" + "".join(f"  - {{{each}}}\n" for each in entries)


def places(engine: careflow.Engine, *records: dict[str, Any], now: str = NOON) -> list[str]:
    """Return the queues, first to last: the customer's id, the place, and whether they wait."""
    actions = [action for record in records for action in decide(engine, record, now).actions]
    found = queues(engine.handbook, actions)
    random.Random(7).shuffle(actions)
    assert queues(engine.handbook, actions) == found
    listed = sorted(found.items(), key=lambda item: (item[1].capacity, item[1].position, item[0]))
    return [
        f"{key.split('/')[2]} {place.capacity} {place.position}{' waits' * place.waits}"
        for key, place in listed
    ]


def known(identity: str, **attributes: Any) -> dict[str, Any]:
    return customer(id=identity, attributes=attributes)


def test_who_does_not_fit_waits_with_a_place(tmp_path):
    engine = firm(tmp_path, FIELDS, room("title: Calls, max: 2, per: plan"), CALL)
    found = places(engine, *(known(name) for name in "CABD"))
    assert found == ["A Calls 1", "B Calls 2", "C Calls 3 waits", "D Calls 4 waits"]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("highest: balance", "WBDACEF"),
        ("lowest: balance", "WCADBEF"),
        ("highest: joined", "WEABCDF"),
        ("lowest: joined", "WABCDEF"),
        ("highest: last-contact", "WFABCDE"),
    ],
)
def test_priority_then_the_preferred_value_then_the_unknown_then_the_key(
    tmp_path, prefer, expected
):
    policy = room(f"title: Calls, max: 3, per: plan, prefer: {{{prefer}}}")
    found = places(
        firm(tmp_path, FIELDS, policy, CALL),
        known("F") | {"interactions": [{"at": "2026-03-01"}]},
        known("E", joined="2026-01-02"),
        known("D", balance=30, joined="2025-01-01"),
        known("C", balance=-5.5, joined="2025-01-01"),
        known("B", balance="30.25", joined="2025-01-01"),
        known("A", balance=0, joined="2025-01-01"),
        known("W") | {"gender": "female"},
    )
    assert "".join(each[0] for each in found) == expected
    assert [each.endswith("waits") for each in found] == [False] * 3 + [True] * 4


def test_the_tier_goes_before_priority_and_what_is_due_before_the_key(tmp_path):
    plays = (
        CALL.replace("care", "marketing")
        + """
  later:
    title: Later
    action: {purpose: care, channels: [phone], owner: seller, within: 3 days}
  sooner:
    title: Sooner
    action: {purpose: care, channels: [phone], owner: seller, within: 2 days}
"""
    )
    engine = firm(tmp_path, room("title: Calls, max: 2, per: plan"), plays)
    actions = [
        action
        for identity in "AB"
        for action in decide(engine, customer(id=identity, gender="female"), NOON).actions
    ]
    found = queues(engine.handbook, actions)
    assert [key[5:] for key in sorted(found, key=lambda key: found[key].position)] == [
        *("sooner/A/once", "sooner/B/once", "later/A/once", "later/B/once"),
        *("call/A/once", "call/B/once"),
    ]


def test_each_day_has_its_own_queue(tmp_path):
    night = """
quiet-hours:
  - {title: Night, from: "18:00", to: "08:00", channels: [phone]}
"""
    engine = firm(tmp_path, night, room("title: Calls, max: 1, per: day"), CALL)
    today = [customer(id=identity) for identity in "BA"]
    tomorrow = [customer(id=identity, zone="Australia/Sydney") for identity in "DC"]
    assert places(engine, *today, *tomorrow, now="2026-03-09T15:00") == [
        "A Calls 1",
        "C Calls 1",
        "B Calls 2 waits",
        "D Calls 2 waits",
    ]


def test_a_capacity_covers_its_channels_and_purposes_only(tmp_path):
    for entry in ("channels: [zalo]", "purposes: [survey]"):
        engine = firm(tmp_path, room(f"title: Other, max: 1, per: plan, {entry}"), CALL)
        assert places(engine, customer()) == []
    engine = firm(
        tmp_path, room("title: This, max: 1, per: plan, channels: [phone], purposes: [care]"), CALL
    )
    assert places(engine, customer()) == ["C1 This 1"]


def test_under_two_capacities_one_stands_in_the_stricter_queue(tmp_path):
    policy = room(
        "title: Calls, max: 1, per: plan, channels: [phone]",
        "title: Work, max: 3, per: plan, prefer: {highest: balance}",
    )
    engine = firm(tmp_path, FIELDS, policy, CALL)
    found = places(engine, *(known(name, balance=n) for n, name in enumerate("ABCDE")))
    # B is second of one who can be called, and fourth of three who can be worked for
    assert found == [
        *("C Calls 3 waits", "D Calls 4 waits", "E Calls 5 waits"),
        *("B Work 4 waits", "A Work 5 waits"),
    ]


def test_a_capacity_that_playbooks_share_is_one(tmp_path):
    """What the staff can do does not double because two playbooks give them work."""
    common = HEAD.replace("playbook: firm", "playbook: common")
    common += room("title: Calls, max: 1, per: plan")
    own = "careflow: 1\nplaybook: {0}\ntitle: {0}\nuse: [common]\n".format
    engine = firm_of(tmp_path, common=common, one=own("one") + CALL, two=own("two") + CALL)
    assert places(engine, customer()) == ["C1 Calls 1", "C1 Calls 2 waits"]
