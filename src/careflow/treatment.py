"""The treatment: through which channel, at which moment, with which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from careflow.calendar.local import Moment, local_day, to_datetime
from careflow.candidates import deadline
from careflow.conditions.compile import NOW
from careflow.contacts import Contact
from careflow.customer.facts import Facts
from careflow.decision import Code, NextBestAction, Reason
from careflow.gates import CHANNEL_GATES, Case, first_refusal, is_minor
from careflow.messages import owner
from careflow.playbook.document import WhenClosed
from careflow.slots import Slot, constraints, earliest


def treat(case: Case, made: Sequence[Contact]) -> NextBestAction | tuple[Reason, ...]:
    """Choose the channel and its slot, or say of every channel why not.

    Args:
        case: A candidate that its own gates let pass.
        made: The contacts made and reserved so far, which the caps count.

    Returns:
        The action, or the reasons of all its channels.
    """
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
        owner=owner(play.action.owner, facts),
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


def reserved(action: NextBestAction, facts: Facts) -> Contact:
    """Return the contact that *action* takes up, for the caps of what follows."""
    at = action.not_before.timestamp()
    moment = Moment(at, at, local_day(at, facts.zone))
    return Contact(moment, action.channel, action.purpose, None, 1)
