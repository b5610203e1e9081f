"""Who comes first when the firm itself has room for some only.

A cap protects the customer; a capacity is what the staff can do. Nobody vanishes: who
does not fit waits, with their place in the queue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from careflow.decision import NextBestAction
from careflow.playbook.document import RANK
from careflow.playbook.handbook import Capacity, Handbook


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where an action stands in the queue of one capacity; from 1."""

    capacity: str
    position: int
    waits: bool


def queues(handbook: Handbook, actions: Iterable[NextBestAction]) -> dict[str, QueuePlace]:
    """Return the place of every action that a capacity covers, by the action's key.

    Inside a capacity the order is tier, priority, the preferred value, due, key. An
    action under two capacities stands in the stricter queue.

    Args:
        handbook: Whose capacities.
        actions: All actions of one plan.
    """
    listed = list(actions)
    users: dict[Capacity, set[str]] = defaultdict(set)  # one capacity may serve many playbooks
    for playbook in handbook.playbooks:
        for capacity in playbook.policy.capacity:
            users[capacity].add(playbook.id)
    places: dict[str, QueuePlace] = {}
    for capacity, playbooks in users.items():
        mine = (each for each in listed if each.playbook in playbooks)
        for key, place in _queue(capacity, mine).items():
            known = places.get(key)
            if known is None or (place.waits, place.position) > (known.waits, known.position):
                places[key] = place
    return places


def _queue(capacity: Capacity, actions: Iterable[NextBestAction]) -> dict[str, QueuePlace]:
    groups: Mapping[Any, list[NextBestAction]] = defaultdict(list)
    for each in actions:
        if capacity.applies.covers(each.channel, each.purpose):
            day = each.not_before.date() if capacity.per == "day" else None
            groups[day].append(each)
    return {
        each.key: QueuePlace(capacity.title, position, position > capacity.most)
        for group in groups.values()
        for position, each in enumerate(sorted(group, key=_order(capacity)), 1)
    }


def _order(capacity: Capacity) -> Any:  # noqa: ANN401 - a sort key
    def key(action: NextBestAction) -> tuple[Any, ...]:
        value = (action.preference or {}).get(capacity.prefer or "")
        number = _number(value)
        # what is not known comes after everything that is
        preferred = (
            number is None,
            0 if number is None else -number if capacity.highest else number,
        )
        return (RANK[action.tier], -action.priority, preferred, action.due, action.key)

    return key


def _number(value: Any) -> Any:  # noqa: ANN401 - a fact of an ordered field
    if value is None:
        return None
    at = getattr(value, "at", None)
    if at is not None:
        return at
    return value.toordinal() if hasattr(value, "toordinal") else value
