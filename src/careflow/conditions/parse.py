"""From what is written to typed conditions: every field and value is checked here.

A mapping of `field: test` is an AND; `any:`, `all:` and `not:` nest. A test is a value,
a list (any of), a comparison (`">= 3"`, `18..27`), a time test (`within 12 months`,
`more than 90 days ago`, `in the next 3 days`, `more than 3 days ahead`), `known` or
`missing`; a collection takes `some`, `none` or a mapping of `count`, `total`, `any`,
`none`, `within` and `where`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from careflow.calendar.durations import parse_duration
from careflow.conditions.fields import DATED, ORDERED, Field, Kind, value_of
from careflow.conditions.syntax import (
    All,
    AnyOf,
    Atom,
    Between,
    Compare,
    Count,
    Exists,
    Node,
    Not,
    NumberTest,
    OneOf,
    Op,
    Present,
    Relation,
    Timed,
    Total,
)
from careflow.errors import Finding, Problem, problem
from careflow.source import Items, Map, Place, Text
from careflow.suggest import did_you_mean

Scope = Mapping[str, Field]

DEEPEST = 16  # levels of any/all/not: more than a person can read aloud
_WORDS = ("all", "any", "not")
_QUESTIONS = ("count", "total", "any", "none")
_SELECTORS = ("within", "where")
_COMPARISON = re.compile(r"(>=|<=|!=|>(?!=)|<(?!=))\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)")
_TIMES = {
    Relation.WITHIN: re.compile(r"within (.+)"),
    Relation.MORE_THAN_AGO: re.compile(r"more than (.+) ago"),
    Relation.IN_THE_NEXT: re.compile(r"in the next (.+)"),
    Relation.MORE_THAN_AHEAD: re.compile(r"more than (.+) ahead"),
}
_COUNT = Field("count", Kind.NUMBER)


def parse_condition(source: object, scope: Scope, place: Place) -> tuple[Node, list[Problem]]:
    """Read a condition.

    Args:
        source: The mapping as written.
        scope: The fields there are.
        place: Where to point when the source has no place of its own.

    Returns:
        The condition and every problem found in it; with problems, the condition is
        what could be read and must not be used.
    """
    reader = _Reader()
    node = reader.mapping(source, scope, place, depth=0)
    return node, reader.problems


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def mapping(self, source: object, scope: Scope, place: Place, depth: int) -> Node:
        """Read a mapping of tests, an AND."""
        if not isinstance(source, Map):
            self._wrong("bad-condition", "a condition is a mapping of field: test", place)
            return All((), place)
        if depth > DEEPEST:
            self._wrong("bad-condition", f"conditions nest deeper than {DEEPEST} levels", place)
            return All((), place)
        if not source:
            self._wrong("bad-condition", "an empty condition says nothing", source.place)
        parts = [self._entry(source, key, scope, depth) for key in source]
        return parts[0] if len(parts) == 1 else All(tuple(parts), source.place)

    def _entry(self, source: Map, key: str, scope: Scope, depth: int) -> Node:
        value, at, key_at = source[key], source.value_places[key], source.key_places[key]
        if key == "not":
            return Not(self.mapping(value, scope, at, depth + 1), key_at)
        if key in ("any", "all"):
            parts = self._branches(value, scope, at, depth)
            return AnyOf(parts, key_at) if key == "any" else All(parts, key_at)
        field = scope.get(key)
        if field is None:
            hint = did_you_mean(key, [*scope, *_WORDS])
            self._wrong("unknown-field", f'there is no field "{key}"', key_at, hint)
            return All((), key_at)
        if field.kind is Kind.COLLECTION:
            return self._collection(field, value, at, key_at, depth)
        return self._attempt(lambda: scalar_test(field, value, at, key_at), at)

    def _branches(self, value: object, scope: Scope, place: Place, depth: int) -> tuple[Node, ...]:
        if not isinstance(value, Items) or not value:
            self._wrong("bad-condition", "any: and all: take a list of conditions", place)
            return ()
        places = value.item_places
        return tuple(
            self.mapping(each, scope, at, depth + 1) for each, at in zip(value, places, strict=True)
        )

    def _collection(
        self, field: Field, value: object, at: Place, key_at: Place, depth: int
    ) -> Node:
        if isinstance(value, Text) and value in ("some", "none"):
            atom = Exists(field, None, str(value), key_at)
            return atom if value == "some" else Not(atom, key_at)
        if not isinstance(value, Map):
            hint = 'Write "some", "none" or a mapping of count, total, any, none, within, where.'
            self._wrong("bad-condition", f"{field} is a collection", at, hint)
            return All((), at)
        unknown = [key for key in value if key not in (*_QUESTIONS, *_SELECTORS)]
        for key in unknown:
            hint = did_you_mean(key, (*_QUESTIONS, *_SELECTORS))
            self._wrong("unknown-key", f'unknown key "{key}"', value.key_places[key], hint)
        chosen = self._selection(field, value, depth)
        asked = [
            self._question(field, key, value, chosen, depth) for key in value if key in _QUESTIONS
        ]
        if not asked and not unknown:
            hint = f"Add one of {', '.join(_QUESTIONS)}."
            self._wrong("bad-condition", f"nothing is asked of {field}", at, hint)
        return asked[0] if len(asked) == 1 else All(tuple(asked), key_at)

    def _selection(self, field: Field, value: Map, depth: int) -> list[Node]:
        chosen: list[Node] = []
        items = _scope_of(field)
        if "within" in value:
            at, length = value.value_places["within"], value["within"]
            if isinstance(length, Text):
                words = Text(f"within {length}", at)
                chosen.append(self._attempt(lambda: scalar_test(items["at"], words, at, at), at))
            else:
                self._wrong("bad-duration", "within: takes a duration", at, 'Write "7 days".')
        if "where" in value:
            at = value.value_places["where"]
            chosen.append(self.mapping(value["where"], items, at, depth + 1))
        return chosen

    def _question(self, field: Field, key: str, value: Map, chosen: list[Node], depth: int) -> Node:
        at, asked = value.value_places[key], value[key]
        text = _flow(
            Map() if asked is None else {k: value[k] for k in (key, *_SELECTORS) if k in value}
        )
        if key in ("any", "none"):
            inner = self.mapping(asked, _scope_of(field), at, depth + 1)
            found = Exists(field, _conjunction([*chosen, inner]), text, value.key_places[key])
            return found if key == "any" else Not(found, value.key_places[key])
        where = _conjunction(chosen)
        if key == "count":
            test = self._number_test(_COUNT, asked, at)
            return Count(field, where, test, text, at) if test else All((), at)
        return self._total(field, asked, where, text, at)

    def _number_test(self, number: Field, asked: object, at: Place) -> NumberTest | None:
        test = self._attempt(lambda: scalar_test(number, asked, at, at), at)
        if isinstance(test, Present):
            message = "a count or total is tested by a number"
            self._wrong("bad-condition", message, at, 'Write "0" or ">= 1".')
        return test if isinstance(test, OneOf | Compare | Between) else None

    def _total(self, field: Field, asked: object, where: Node | None, text: str, at: Place) -> Node:
        numbers = {f.name: f for f in field.items if f.kind is Kind.NUMBER}
        if not isinstance(asked, Map) or len(asked) != 1:
            hint = f'Write total: {{{next(iter(numbers), "amount")}: ">= 1"}}.'
            self._wrong("bad-condition", "total: takes one number and its test", at, hint)
            return All((), at)
        name, words = next(iter(asked.items()))
        number_at = asked.value_places[name]
        if name not in numbers:
            hint = did_you_mean(name, numbers)
            message = f'"{name}" is not a number of {field}'
            self._wrong("unknown-field", message, asked.key_places[name], hint)
            return All((), at)
        test = self._number_test(numbers[name], words, number_at)
        return Total(field, numbers[name], where, test, text, at) if test else All((), at)

    def _attempt(self, read: Callable[[], Node], place: Place) -> Node:
        try:
            return read()
        except Finding as finding:
            self.problems.append(finding.at(place))
            return All((), place)

    def _wrong(self, check: str, message: str, place: Place, hint: str = "") -> None:
        self.problems.append(problem(place, check, message, hint))


def scalar_test(field: Field, value: object, at: Place, key_at: Place) -> Atom:
    """Read one test of one scalar field.

    Raises:
        Finding: The test does not fit the field.
    """
    if isinstance(value, Items):
        if not value:
            raise Finding("bad-condition", "an empty list matches nothing", place=at)
        values = tuple(_value(field, each, where) for each, where in _placed(value))
        return OneOf(field, values, " / ".join(map(str, value)), key_at)
    if not isinstance(value, str):
        found = "nothing" if value is None else "a mapping"
        raise Finding("bad-condition", f"{found} stands where a test of {field} belongs", place=at)
    text = " ".join(value.split())
    if text in ("known", "missing"):
        return Present(field, text == "known", text, key_at)
    timed = _time_test(field, text, key_at)
    if timed:
        return timed
    comparison = _COMPARISON.fullmatch(value.strip())
    if comparison:
        return _comparison(field, Op(comparison[1]), comparison[2], key_at)
    spread = _RANGE.fullmatch(text) if field.kind in ORDERED else None
    if spread:
        return _between(field, spread[1], spread[2], key_at)
    return OneOf(field, (value_of(field, value),), text, key_at)


def _time_test(field: Field, text: str, key_at: Place) -> Timed | None:
    for relation, pattern in _TIMES.items():
        match = pattern.fullmatch(text)
        if match and field.kind in DATED:
            duration = parse_duration(match[1])
            if duration.seconds is not None and field.kind is Kind.DATE:
                message = f"{field} is a date without an hour; it cannot be compared by {duration}"
                raise Finding("bad-duration", message, "Use days.")
            return Timed(field, relation, duration, text, key_at)
        if match and field.kind not in (Kind.TEXT, Kind.CHOICE):
            message = f'"{text}" tests a time, but {field} is a {field.kind}'
            raise Finding("wrong-type", message)
    return None


def _comparison(field: Field, op: Op, text: str, key_at: Place) -> Compare:
    if op is not Op.DIFFERENT and field.kind not in ORDERED:
        message = f'"{op}" compares an order, but {field} is a {field.kind}'
        raise Finding("wrong-type", message, "Write the value, or a list of values.")
    return Compare(field, op, value_of(field, text), f"{op} {text}", key_at)


def _between(field: Field, low: str, high: str, key_at: Place) -> Between:
    ends = value_of(field, low), value_of(field, high)
    if cast("int", ends[0]) > cast("int", ends[1]):
        message = f'"{low}..{high}" ends before it begins'
        raise Finding("empty-range", message, f'Did you mean "{high}..{low}"?')
    return Between(field, *ends, text=f"{low}..{high}", place=key_at)


def _value(field: Field, each: object, at: Place) -> object:
    if not isinstance(each, str):
        raise Finding(
            "bad-condition", f"a list of values of {field} holds something else", place=at
        )
    try:
        return value_of(field, each)
    except Finding as finding:
        finding.place = at
        raise


def _placed(items: Items) -> list[tuple[object, Place]]:
    return list(zip(items, items.item_places, strict=True))


def _scope_of(field: Field) -> Scope:
    return {each.name: each for each in field.items}


def _conjunction(parts: list[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _flow(value: object) -> str:
    """Write a test back in one line, as a person would read it aloud."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flow(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " / ".join(map(_flow, value))
    return str(value)
