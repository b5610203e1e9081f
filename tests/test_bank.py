"""The bank's question, answered for all of its 45,211 customers, against the data's own answers.

The data's README answers by first match; so do the rows here, from what was decided.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

import careflow
from careflow.calendar.moments import parse_instant
from careflow.capacity import QueuePlace, queues
from careflow.customer.reading import read_customers
from careflow.decision import Code, Decision, NextBestAction
from careflow.loader import load_mapping
from playbooks import ROOT

BANK = ROOT / "examples" / "bank"
NOW = "2010-11-18 09:30 Europe/Lisbon"
TODAY = date(2010, 11, 18)
OFFICE = {
    *("admin.", "blue-collar", "entrepreneur", "management"),
    *("self-employed", "services", "technician"),
}
HOLIDAYS = {date(2010, 11, 1), *(date(2010, 12, day) for day in (1, 8, 25)), date(2011, 1, 1)}


@dataclass(frozen=True)
class Answer:
    """What is kept of one decision."""

    id: str
    action: str | None
    response: str | None
    effort: str | None
    sales: frozenset[Code]


@dataclass(frozen=True)
class Bank:
    """All answers, the actions, the queue of the call centre, and the records as they came."""

    answers: list[Answer]
    actions: list[NextBestAction]
    places: dict[str, QueuePlace]
    records: list[dict[str, Any]]


@pytest.fixture(scope="module")
def bank(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    script = data / "bank_marketing" / "to_records.py"
    file = tmp_path_factory.mktemp("bank") / "customers.jsonl"
    with file.open("wb") as out:
        subprocess.run([sys.executable, "-I", str(script)], stdout=out, check=True)
    engine, now = careflow.load(BANK / "rules"), parse_instant(NOW)
    answers, actions = [], []
    for customer in read_customers(file, load_mapping(BANK / "mapping.yaml")):
        assert isinstance(customer, careflow.Customer)
        decision = engine.decide(customer, now=now)
        answers.append(answer(decision))
        actions.extend(decision.actions)
    with file.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return Bank(answers, actions, queues(engine.handbook, actions), records)


def answer(decision: Decision) -> Answer:
    segments = {each.dimension: each.name for each in decision.segments}
    assert len(decision.actions) <= 1
    sales = {
        reason.code
        for each in decision.suppressed
        if each.play == "sales-call"
        for reason in each.reasons
    }
    return Answer(
        decision.customer_id,
        decision.next.play if decision.next else None,
        segments["response"],
        segments["effort"],
        frozenset(sales),
    )


def row(found: Answer) -> str:
    """Return the row of the README that one customer is counted in: the first that matches."""
    rows = {
        "survey_call": found.action == "survey-call",
        "already_customer": found.response in ("loyal", "customer"),
        "find_channel": found.action == "find-channel",
        "advisor_review": found.action == "advisor-review",
        "over_cap": found.effort == "over-cap",
        "at_cap": found.effort == "at-cap",
        "negative": found.response == "negative",
        "cooling": found.sales == {Code.NOT_DUE},
        "sales_call": found.action == "sales-call",
    }
    return next((name for name, holds in rows.items() if holds), "none of them")


def test_every_customer_is_in_the_row_that_the_data_says(bank):
    assert Counter(map(row, bank.answers)) == {
        "sales_call": 17_444,
        "find_channel": 12_490,
        "over_cap": 6_283,
        "already_customer": 5_264,
        "at_cap": 3_176,
        "advisor_review": 488,
        "cooling": 41,
        "survey_call": 25,
    }


def test_the_actions_are_those_of_the_rows(bank):
    assert Counter(each.play for each in bank.actions) == {
        "sales-call": 17_444,
        "find-channel": 12_490,
        "advisor-review": 488,
        "survey-call": 25,
    }


def test_nobody_is_called_more_than_three_times_and_is_told_why(bank):
    """The cap stops who is due, the rhythm who is not yet, the rule who has said no for good."""
    for each in bank.answers:
        if row(each) in ("over_cap", "at_cap"):
            assert each.action is None
            assert (Code.NOT_FOR_CUSTOMER in each.sales) == (each.response == "negative")
            assert each.sales & {Code.CAP, Code.NOT_DUE, Code.NOT_FOR_CUSTOMER}


def test_who_is_over_the_cap(bank):
    over = [each for each in bank.answers if each.effort == "over-cap"]
    assert len(over) == 9_641
    assert sum(each.response not in ("loyal", "customer") for each in over) == 8_932


def test_the_first_minutes(bank):
    calls = [each.not_before for each in bank.actions if each.play == "sales-call"]
    today = Counter(f"{each:%H:%M}" for each in calls if each.date() == TODAY)
    assert today == {"09:30": 2_328, "19:45": 15_100}
    assert sum(each.date() > TODAY for each in calls) == 16


def test_every_call_is_at_the_first_permitted_minute(bank):
    """Said once more from the data: the windows of the job, from when the customer is due."""
    jobs = {each["id"]: each["attributes"].get("job") for each in bank.records}
    last = {each["id"]: max(i["at"] for i in each["interactions"]) for each in bank.records}
    for each in bank.actions:
        if each.play == "sales-call":
            due = date.fromisoformat(last[each.customer_id]).toordinal() + 30
            assert each.not_before.replace(tzinfo=None) == next(
                openings(jobs[each.customer_id], max(due, TODAY.toordinal()))
            )


def openings(job: str | None, first: int) -> Iterator[datetime]:
    """Yield the first permitted minute of each day from *first* on, today only from 09:30."""
    for day in map(date.fromordinal, range(first, first + 30)):
        weekday = day.weekday()
        if day in HOLIDAYS or weekday == 6 or (weekday == 5 and job not in OFFICE):
            continue
        if job in OFFICE:
            clock = time(10) if weekday == 5 else time(19, 45)
        else:
            clock = time(9, 30) if day == TODAY else time(9)
        yield datetime.combine(day, clock)


def test_five_hundred_calls_fit_into_the_week(bank):
    assert Counter(place.waits for place in bank.places.values()) == {False: 500, True: 16_944}
    called = {each.customer_id for each in bank.actions if each.play == "sales-call"}
    ranked = sorted(
        (-points(record), -record["attributes"]["balance_eur"], record["id"])
        for record in bank.records
        if record["id"] in called
    )
    queue = sorted((place.position, key.split("/")[2]) for key, place in bank.places.items())
    assert [identity for _, identity in queue] == [identity for *_, identity in ranked]
    assert [position for position, _ in queue] == list(range(1, 17_445))


def points(record: dict[str, Any]) -> int:
    """Count the priority from the record as it came, as the data's README says it."""
    past = {each["campaign"]: each for each in record["interactions"]}
    previous, current = past.get("previous"), past["current"]
    if previous and previous["outcome"] == "success":
        found = 100
    elif current["duration_s"] >= 300:
        found = 80
    else:
        found = 60 if previous else 20
    return found + 10 * (record["attributes"]["balance_eur"] >= 1500)
