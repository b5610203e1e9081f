"""The pipeline, and the only file that knows its order.

1. facts  2. segments  3. candidates  4. gates  5. slot  6. arbitration

`decide` is a pure function of the handbook, the record and `now`: no clock, no network,
no randomness; the same input gives the same decision, whatever the order of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from careflow.calendar.local import zone_named
from careflow.candidates import Candidate, candidates, suppressed
from careflow.conditions.compile import TODAY
from careflow.contacts import contacts
from careflow.customer.facts import Facts
from careflow.customer.record import Customer, without_nulls
from careflow.decision import Decision, NextBestAction, Suppressed
from careflow.derive import derivations, membership
from careflow.errors import RecordError, UsageError
from careflow.fit import misfits
from careflow.gates import CANDIDATE_GATES, Case, first_refusal
from careflow.messages import Values
from careflow.playbook.document import RANK
from careflow.playbook.handbook import Handbook
from careflow.questions import questions
from careflow.schema import read
from careflow.source import Place
from careflow.treatment import reserved, treat


class Engine:
    """A handbook, ready to decide; immutable, and safe to share between threads.

    Args:
        handbook: The firm's resolved playbooks, as `careflow.load` returns inside.
    """

    def __init__(self, handbook: Handbook) -> None:
        self.handbook = handbook
        self._derive = derivations(handbook)
        self._zone = zone_named(handbook.zone)

    def decide(self, customer: Customer | Mapping[str, Any], *, now: datetime) -> Decision:
        """Decide what to do for one customer.

        Args:
            customer: The record, or a mapping with the record's keys.
            now: The aware instant for which to decide; nothing after it is seen.

        Returns:
            The decision: actions, best first, and why everything else is not proposed.

        Raises:
            RecordError: The record cannot be used, with everything that is wrong with it.
            UsageError: *now* has no time zone.
        """
        if now.tzinfo is None or now.utcoffset() is None:
            hint = "Use datetime(..., tzinfo=ZoneInfo(...))."
            raise UsageError("naive-time", f"now ({now}) has no time zone", hint)
        facts = self._facts(_checked(customer), now)
        listed = [
            found
            for playbook in self.handbook.playbooks
            for play in playbook.plays
            for found in candidates(play, playbook, facts)
        ]
        proposed = [each for each in listed if isinstance(each, Candidate)]
        stopped = [each for each in listed if isinstance(each, Suppressed)]
        asked = questions(self.handbook, stopped, facts)
        actions, refused = _arbitrate(proposed, facts, Values(self.handbook, asked))
        return Decision(
            customer_id=facts.customer.id,
            name=facts.customer.name,
            now=now,
            language=self.handbook.language,
            segments=tuple(membership(each, facts) for each in self.handbook.dimensions),
            actions=tuple(actions),
            suppressed=tuple(sorted((*stopped, *refused), key=_by_play)),
            questions=asked,
        )

    def decide_many(
        self, customers: Iterable[Customer | Mapping[str, Any]], *, now: datetime
    ) -> Iterator[Decision]:
        """Decide for each of many customers, one by one and in their order.

        Raises:
            RecordError: At the first record that cannot be used.
            UsageError: *now* has no time zone.
        """
        for customer in customers:
            yield self.decide(customer, now=now)

    def _facts(self, customer: Customer, now: datetime) -> Facts:
        zone = zone_named(customer.zone) if customer.zone else self._zone
        facts = Facts(customer, now, zone, self._derive)
        problems = misfits(customer, self.handbook, facts[TODAY])
        if problems:
            raise RecordError(problems)
        return facts


def _checked(customer: Customer | Mapping[str, Any]) -> Customer:
    if isinstance(customer, Customer):
        return customer
    place = Place(f"customer {customer.get('id', '?')}", 0, 0)
    found = read(Customer, without_nulls(dict(customer)), place=place)
    if isinstance(found, Customer):
        return found
    raise RecordError(found.problems)


def _arbitrate(
    proposed: list[Candidate], facts: Facts, values: Values
) -> tuple[list[NextBestAction], list[Suppressed]]:
    """Take the candidates in their total order; each reserves its contact for the next."""
    made = contacts(facts)
    actions: list[NextBestAction] = []
    refused: list[Suppressed] = []
    for candidate in sorted(proposed, key=_order):
        case = Case(candidate, facts, values.of(candidate.play, facts))
        reason = first_refusal(CANDIDATE_GATES, case)
        outcome = (reason,) if reason else treat(case, made)
        if isinstance(outcome, NextBestAction):
            actions.append(outcome)
            if not case.internal:
                made.append(reserved(outcome, facts))
        else:
            refused.append(suppressed(candidate.play, candidate.key, outcome))
    return actions, refused


def _order(candidate: Candidate) -> tuple[int, int, float, float, str]:
    play = candidate.play
    expires = float("inf") if candidate.expires is None else candidate.expires
    return (RANK[play.tier], -candidate.priority, candidate.due, expires, candidate.key)


def _by_play(entry: Suppressed) -> tuple[str, str, str]:
    return (entry.playbook, entry.play, entry.key or "")
