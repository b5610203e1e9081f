"""What a condition means, said once more: a plain walk over the tree, with nothing compiled.

Kleene's logic is ordered false < unknown < true: AND is the least, OR the most, NOT the
mirror. A count is the set of the numbers it may turn out to be; a time is compared by
counting dates on the calendar, without the durations' own arithmetic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from careflow.conditions.fields import Kind
from careflow.conditions.syntax import (
    All,
    AnyOf,
    Between,
    Compare,
    Count,
    Exists,
    Node,
    Not,
    OneOf,
    Present,
    Timed,
    Total,
)

Answer = bool | None
Facts = Mapping[Any, Any]
_ORDER = {False: 0, None: 1, True: 2}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "years": 12}


def answer(node: Node | None, facts: Facts, item: Facts | None = None) -> Answer:
    """Answer *node* about *item* of a collection, or about the customer."""
    match node:
        case None:
            found: Answer = True
        case All(parts=parts):
            found = least(answer(each, facts, item) for each in parts)
        case AnyOf(parts=parts):
            found = most(answer(each, facts, item) for each in parts)
        case Not(part=part):
            found = opposite(answer(part, facts, item))
        case Exists(field=field, where=where):
            found = most(answer(where, facts, each) for each in facts[field.name])
        case Count(field=field, where=where, test=test):
            matches = [(answer(where, facts, each), each["times"]) for each in facts[field.name]]
            found = agreed(passes(test, number) for number in numbers(matches))
        case Total():
            found = total(node, facts)
        case _:
            found = about(node, (facts if item is None else item)[node.field.name], facts)
    return found


def about(node: Any, value: Any, facts: Facts) -> Answer:
    """Answer a test of one value."""
    if isinstance(node, Present):
        return (value is not None) is node.wanted
    if value is None:
        return False if node.field.never else None
    if isinstance(node, Timed):
        return in_time(node, value, facts)
    return passes(node, value.day if node.field.kind is Kind.MOMENT else value)


def passes(test: Any, value: Any) -> bool:
    """Tell whether a known value passes a test against constants."""
    match test:
        case OneOf(values=values):
            return any(value == each for each in values)
        case Compare(op=op, value=limit):
            return _OPERATORS[op.value](value, limit)
        case Between(low=low, high=high):
            return not value < low and not value > high
    raise AssertionError(test)


def least(answers: Iterable[Answer]) -> Answer:
    return min(answers, key=_ORDER.__getitem__, default=True)


def most(answers: Iterable[Answer]) -> Answer:
    return max(answers, key=_ORDER.__getitem__, default=False)


def opposite(given: Answer) -> Answer:
    return {True: False, False: True, None: None}[given]


def agreed(answers: Iterable[bool]) -> Answer:
    """Return what all the possible worlds answer, or unknown when they differ."""
    different = set(answers)
    return different.pop() if len(different) == 1 else None


def numbers(matches: Iterable[tuple[Answer, int]]) -> set[int]:
    """Return every number that a count may be; each contact of an unknown item may match."""
    possible = {0}
    for matched, times in matches:
        more = {True: {times}, False: {0}, None: range(times + 1)}[matched]
        possible = {known + extra for known in possible for extra in more}
    return possible


def total(node: Total, facts: Facts) -> Answer:
    """Answer about a sum: unknown as soon as one item that belongs or may belong is unsure."""
    items = facts[node.field.name]
    matching = [(answer(node.where, facts, each), each[node.number.name]) for each in items]
    possible = [(matched, amount) for matched, amount in matching if matched is not False]
    if any(matched is None or amount is None for matched, amount in possible):
        return None
    return passes(node.test, sum(amount for _, amount in possible))


def in_time(node: Timed, value: Any, facts: Facts) -> Answer:
    """Answer a time test; a date without an hour may have been any instant of its day."""
    if node.duration.unit.value not in _SECONDS:
        return at_instant(node, value, facts)
    longest = node.duration.amount * _SECONDS[node.duration.unit.value]
    turns = (facts["now"] + side + shift for side in (-longest, 0, longest) for shift in (-1, 0, 1))
    tried = [value.at, *(turn for turn in turns if value.at < turn < value.latest)]
    if value.latest > value.at:
        tried.append(value.latest - 1)
    answers = {at_instant(node, value._replace(at=each), facts) for each in tried}
    return answers.pop() if len(answers) == 1 else None


def at_instant(node: Timed, value: Any, facts: Facts) -> bool:
    """Answer a time test; what is exactly as long ago as asked is still within."""
    unit, amount = node.duration.unit.value, node.duration.amount
    sign = 1 if node.relation.value in ("in the next", "more than, ahead") else -1
    if unit in _SECONDS:
        distance = (value.at - facts["now"]) * sign
        longest: Any = amount * _SECONDS[unit]
    else:
        day = value.day if node.field.kind is Kind.MOMENT else value
        distance = (day - facts["today"]).days * sign
        longest = abs((moved(facts["today"], unit, amount * sign) - facts["today"]).days)
    if node.relation.value.startswith("more than"):
        return distance > longest
    return 0 <= distance <= longest


def moved(day: date, unit: str, amount: int) -> date:
    """Move *day* by whole days or months; a day that the month lacks becomes its last."""
    if unit in _DAYS:
        return day + timedelta(days=amount * _DAYS[unit])
    years, month = divmod(day.month - 1 + amount * _MONTHS[unit], 12)
    first = date(day.year + years, month + 1, 1)
    inside = [first + timedelta(days=n) for n in range(day.day)]
    return max(each for each in inside if each.month == first.month)
