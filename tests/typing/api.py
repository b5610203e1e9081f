"""What users' type checkers see; only mypy reads this file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_type

import careflow

engine = careflow.load("rules/")
assert_type(engine, careflow.Engine)
assert_type(careflow.check("rules/"), tuple[careflow.Problem, ...])


def uses(customer: careflow.Customer, now: datetime) -> None:
    decision = engine.decide(customer, now=now)
    assert_type(decision, careflow.Decision)
    assert_type(decision.next, careflow.NextBestAction | None)
    assert_type(decision.actions, tuple[careflow.NextBestAction, ...])
    assert_type(decision.suppressed, tuple[careflow.Suppressed, ...])
    assert_type(decision.suppressed[0].reasons, tuple[careflow.Reason, ...])
    assert_type(decision.suppressed[0].reasons[0].until, datetime | None)
    assert_type(decision.questions, tuple[careflow.Question, ...])
    assert_type(decision.explain("vi"), str)
    assert_type(engine.decide_many([customer], now=now), Iterator[careflow.Decision])
    engine.decide({"id": "C1"}, now=now)
    engine.decide(customer)  # type: ignore[call-arg]  # now is required
    engine.decide(customer, now)  # type: ignore[call-arg]  # and a keyword
    decision.explain("fr")  # type: ignore[arg-type]  # Vietnamese or English
