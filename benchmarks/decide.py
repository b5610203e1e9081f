"""How much slower than hand-written Python is a decision? One run, interleaved, as a ratio.

    python benchmarks/decide.py [CUSTOMERS]     # default: ten thousand made-up bank customers

Both decide by the policy of examples/bank; the outcomes are compared before anything is
timed. The hand-written version says what to do and from when on; careflow says in
addition why, why not each other play, until when, and by which rule.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import careflow

ROOT = Path(__file__).parent.parent
NOW = datetime(2010, 11, 18, 9, 30, tzinfo=UTC)  # Lisbon is on UTC in November
TODAY = NOW.date()
OFFICE = {
    "admin.",
    "blue-collar",
    "entrepreneur",
    "management",
    "self-employed",
    "services",
    "technician",
}
JOBS = sorted(OFFICE | {"retired", "student"})
ROUNDS = 7


def made_up(count: int) -> list[careflow.Customer]:
    """Return customers in the form of the bank's, the same ones in every run."""
    dice = random.Random(4711)  # noqa: S311 - made-up data, no secret
    return [careflow.Customer.model_validate(_record(number, dice)) for number in range(count)]


def _record(number: int, dice: random.Random) -> dict[str, object]:
    last = TODAY - timedelta(days=dice.randrange(1, 900))
    bought = dice.random() < 0.12
    call: dict[str, object] = {
        "at": last,
        "channel": "phone",
        "campaign": "current",
        "times": dice.randrange(1, 7),
    }
    call |= {"duration": dice.randrange(900), "outcome": "success" if bought else "no_sale"}
    return {
        "id": f"B{number:05}",
        "zone": "Europe/Lisbon",
        "channels": {"phone": {}} if dice.random() < 0.7 else {},
        "interactions": [call],
        "purchases": [{"at": last}] if bought else [],
        "attributes": {"job": dice.choice(JOBS), "in-default": dice.random() < 0.02},
    }


def by_hand(customer: careflow.Customer) -> tuple[str, str] | None:
    """Decide by the bank's policy, written out."""
    call = customer.interactions[0]
    last = call.at
    assert isinstance(last, date)
    if customer.purchases:
        due = last + timedelta(days=7)
        return ("survey-call", "") if customer.channels and due == TODAY else None
    if not customer.channels:
        return ("find-channel", "")
    if customer.attributes["in-default"]:
        return ("advisor-review", "")
    if call.times >= 3 or last + timedelta(days=30) >= TODAY + timedelta(days=7):
        return None
    if last + timedelta(days=30) > TODAY:
        return ("sales-call", "later")
    return ("sales-call", "19:45" if customer.attributes["job"] in OFFICE else "09:30")


def main() -> None:
    """Compare outcomes, then time both in turn and print the ratio."""
    engine = careflow.load(ROOT / "examples" / "bank" / "rules")
    customers = made_up(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

    def decided(customer: careflow.Customer) -> object:
        return engine.decide(customer, now=NOW)

    for customer in customers:
        _compare(by_hand(customer), engine.decide(customer, now=NOW).next)
    ratios = []
    for _ in range(ROUNDS):
        hand, ours = _seconds(by_hand, customers), _seconds(decided, customers)
        ratios.append(ours / hand)
    each = ours / len(customers) * 1e6
    print(f"careflow / hand-written: {statistics.median(ratios):.0f} (median of {ROUNDS} rounds)")
    print(f"last round: {each:.0f} us a decision, reasons for all plays included")


def _compare(hand: tuple[str, str] | None, action: careflow.NextBestAction | None) -> None:
    play, start = hand or ("", "")
    if play == "survey-call" or (action and action.play == "survey-call"):
        return  # due later this week or today: the hand-written version looks at today only
    found = action.play if action else ""
    if found != play or (start not in ("", "later") and f"{action.not_before:%H:%M}" != start):
        sys.exit(f"they differ: {hand} and {action}")


def _seconds(
    decide: Callable[[careflow.Customer], object], customers: list[careflow.Customer]
) -> float:
    start = time.perf_counter()
    for customer in customers:
        decide(customer)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
