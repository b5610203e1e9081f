"""The pipeline, and the only file that knows its order.

1. facts  2. segments  3. candidates  4. gates  5. slot  6. arbitration

`decide` is a pure function of the handbook, the record and `now`: no clock, no network,
no randomness; the same input gives the same decision, whatever the order of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from careflow.calendar.local import Moment, local_day, to_datetime, zone_named
from careflow.candidates import Candidate, candidates, deadline, suppressed
from careflow.conditions.compile import NOW, TODAY
from careflow.conditions.condition import shown
from careflow.contacts import Contact, contacts
from careflow.customer.attributes import read_attribute
from careflow.customer.facts import Facts
from careflow.customer.record import Customer, without_nulls
from careflow.decision import (
    Code,
    Decision,
    NextBestAction,
    Question,
    Reason,
    Suppressed,
)
from careflow.derive import derivations, membership, unknown_fields
from careflow.errors import Finding, RecordError, UsageError
from careflow.gates import CANDIDATE_GATES, CHANNEL_GATES, Case, first_refusal, is_minor
from careflow.playbook.document import CUSTOMER_OWNER, Tier, WhenClosed
from careflow.playbook.handbook import Handbook, Play, Role
from careflow.playbook.template import OWNER, QUESTIONS
from careflow.schema import read
from careflow.slots import Slot, constraints, earliest
from careflow.source import Place

MOST_QUESTIONS = 2  # asked at once; more is an interrogation
_RANK = {tier: rank for rank, tier in enumerate(Tier)}


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
        questions = self._questions(stopped, facts)
        actions, refused = _arbitrate(proposed, facts, _values(self.handbook, questions))
        return Decision(
            customer_id=facts.customer.id,
            name=facts.customer.name,
            now=now,
            language=self.handbook.language,
            segments=tuple(membership(each, facts) for each in self.handbook.dimensions),
            actions=tuple(actions),
            suppressed=tuple(sorted((*stopped, *refused), key=_by_play)),
            questions=questions,
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
        place = Place(f"customer {customer.id}", 0, 0)
        problems = []
        for name in self.handbook.questions:
            try:
                facts[name] = read_attribute(customer, self.handbook.fields[name])
            except Finding as finding:
                problems.append(finding.at(place))
        if customer.birth_date and customer.birth_date > facts[TODAY]:
            message = f'"{customer.birth_date}" lies after now in birth_date'
            problems.append(Finding("bad-date", message).at(place))
        if problems:
            raise RecordError(problems)
        return facts

    def _questions(self, stopped: Iterable[Suppressed], facts: Facts) -> tuple[Question, ...]:
        """Return what to ask: unknown fields, those that hold up most plays first."""
        plays: dict[str, list[str]] = {}
        for each in stopped:
            reason = each.reasons[0]
            if reason.code is Code.UNKNOWN:
                names = unknown_fields(self.handbook, reason.compared, facts)
                for name in dict.fromkeys(names):
                    plays.setdefault(name, []).append(f"{each.playbook}/{each.play}")
        ranked = sorted(plays.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(
            Question(name, known.title if known else name, known.ask if known else None, tuple(ids))
            for name, ids in ranked
            for known in [self.handbook.questions.get(name)]
        )


def _checked(customer: Customer | Mapping[str, Any]) -> Customer:
    if isinstance(customer, Customer):
        return customer
    place = Place(f"customer {customer.get('id', '?')}", 0, 0)
    found = read(Customer, without_nulls(customer), place=place)
    if isinstance(found, Customer):
        return found
    raise RecordError(found.problems)


def _values(handbook: Handbook, questions: tuple[Question, ...]) -> _Values:
    asked = [each.ask for each in questions if each.ask][:MOST_QUESTIONS]
    return _Values(handbook, " ".join(asked) or None)


class _Values:
    """What fills the slots of a message for one customer, looked up when needed."""

    def __init__(self, handbook: Handbook, questions: str | None) -> None:
        self._handbook = handbook
        self._questions = questions

    def of(self, play: Play, facts: Facts) -> Mapping[str, str | None]:
        """Return a value, or `None`, for every slot of the play's message."""
        message = play.action.message
        names = message.names if message else ()
        return {name: self._value(name, play, facts) for name in names}

    def _value(self, name: str, play: Play, facts: Facts) -> str | None:
        if name == OWNER:
            return _owner(play.action.owner, facts)
        if name == QUESTIONS:
            return self._questions
        field = name.removeprefix("customer.")
        value = facts[field]
        if value is not None and field.startswith("segment."):
            return self._title(field.removeprefix("segment."), value)
        return shown(value)

    def _title(self, dimension: str, segment: str) -> str:
        found = next(each for each in self._handbook.dimensions if each.name == dimension)
        titles = {rule.name: rule.title for rule in found.rules}
        return titles.get(segment, found.otherwise_title)


def _arbitrate(
    proposed: list[Candidate], facts: Facts, values: _Values
) -> tuple[list[NextBestAction], list[Suppressed]]:
    """Take the candidates in their total order; each reserves its contact for the next."""
    made = contacts(facts)
    actions: list[NextBestAction] = []
    refused: list[Suppressed] = []
    for candidate in sorted(proposed, key=_order):
        case = Case(candidate, facts, values.of(candidate.play, facts))
        reason = first_refusal(CANDIDATE_GATES, case)
        outcome = (reason,) if reason else _treat(case, made)
        if isinstance(outcome, NextBestAction):
            actions.append(outcome)
            if not case.internal:
                made.append(_reserved(outcome, facts))
        else:
            refused.append(suppressed(candidate.play, candidate.key, outcome))
    return actions, refused


def _order(candidate: Candidate) -> tuple[int, int, float, float, str]:
    play = candidate.play
    expires = float("inf") if candidate.expires is None else candidate.expires
    return (_RANK[play.tier], -candidate.priority, candidate.due, expires, candidate.key)


def _by_play(entry: Suppressed) -> tuple[str, int, str]:
    return (entry.source.file, entry.source.line, entry.key or "")


def _treat(case: Case, made: list[Contact]) -> NextBestAction | tuple[Reason, ...]:
    """Choose the channel and its slot, or say of every channel why not."""
    candidate, action = case.candidate, case.candidate.play.action
    start = max(candidate.ready, case.facts[NOW])
    found: list[tuple[str, Slot]] = []
    reasons: list[Reason] = []
    for channel in action.channels:
        through = Case(candidate, case.facts, case.values, channel)
        refusal = first_refusal(CHANNEL_GATES, through)
        if refusal:
            reasons.append(refusal)
            continue
        slot = earliest(start, candidate.expires, constraints(through, made))
        if slot.at is None:
            reasons.extend(_too_late(case, slot))
        elif action.when_closed is WhenClosed.DROP and slot.at > start:
            reasons.append(Reason(Code.CLOSED_NOW, action.place, channel))
            reasons.extend(slot.reasons)
        else:
            found.append((channel, slot))
            if action.when_closed is not WhenClosed.SWITCH or slot.at == start:
                break
    if not found:
        return tuple(dict.fromkeys(reasons))
    channel, slot = min(found, key=lambda each: each[1].at or 0.0)
    return _action(Case(candidate, case.facts, case.values, channel), slot)


def _too_late(case: Case, slot: Slot) -> tuple[Reason, ...]:
    """Return what leaves no moment, the constraint that binds first."""
    binding = tuple(reversed(slot.reasons))
    if case.candidate.expires is None:
        return binding
    expires = to_datetime(case.candidate.expires, case.facts.zone)
    place = case.candidate.play.place
    return (Reason(Code.TOO_LATE, place, str(expires.date()), (), expires), *binding)


def _action(case: Case, slot: Slot) -> NextBestAction:
    candidate, facts, play = case.candidate, case.facts, case.candidate.play
    at = slot.at if slot.at is not None else facts[NOW]
    due = candidate.due if candidate.due > at else deadline(play, at, facts)
    if candidate.expires is not None:
        due = min(due, candidate.expires)
    message = play.action.message
    return NextBestAction(
        customer_id=facts.customer.id,
        playbook=play.playbook,
        play=play.id,
        title=play.title,
        tier=play.tier.value,
        priority=candidate.priority,
        purpose=case.purpose,
        channel=case.channel,
        to=_recipient(case),
        not_before=to_datetime(at, facts.zone),
        due=to_datetime(due, facts.zone),
        expires=(None if candidate.expires is None else to_datetime(candidate.expires, facts.zone)),
        owner=_owner(play.action.owner, facts),
        message=message.fill(case.values) if message else None,
        key=candidate.key,
        source=play.place,
        reasons=(*candidate.reasons, *slot.reasons),
        preference=_preference(case),
    )


def _preference(case: Case) -> Mapping[str, Any]:
    """Return the facts by which the firm's capacity ranks this action."""
    return {
        each.prefer: case.facts[each.prefer]
        for each in case.candidate.playbook.policy.capacity
        if each.prefer and each.applies.covers(case.channel, case.purpose)
    }


def _recipient(case: Case) -> str | None:
    customer = case.facts.customer
    if case.internal:
        return None
    if is_minor(case) and customer.representative:
        return customer.representative.name
    return customer.name


def _owner(role: Role, facts: Facts) -> str:
    if role.person == CUSTOMER_OWNER:
        return facts.customer.owner or role.title
    return role.person or role.title


def _reserved(action: NextBestAction, facts: Facts) -> Contact:
    at = action.not_before.timestamp()
    moment = Moment(at, at, local_day(at, facts.zone))
    return Contact(moment, action.channel, action.purpose, None, 1)
