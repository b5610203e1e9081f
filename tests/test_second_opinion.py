"""Compiled conditions against a rule engine that knows nothing of them.

durable_rules evaluates in a process of its own, where a crash of its C code ends only
that process. It is asked what it answers well: and, or, comparisons of one fact with
whole numbers and short texts. It has two answers, so only "true" is compared; NOT is
pushed inwards, where the opposite of a comparison is as little true of a gap as before.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Iterator
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from careflow.conditions.condition import Condition
from careflow.conditions.fields import Kind
from careflow.conditions.parse import parse_condition
from careflow.conditions.syntax import (
    All,
    AnyOf,
    Atom,
    Between,
    Compare,
    Node,
    Not,
    OneOf,
    Op,
    Present,
)
from careflow.source import Place
from strategies import WORDS, Scope, conditions, facts, scopes, written

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("durable_rules_engine") is None,
    reason="durable_rules is not installed; it has no build for this Python",
)
PATIENCE = 20  # seconds; it answers in milliseconds or never
MOST_JOBS = 200  # of one process: the engine never gives a ruleset's memory back
MOST_LEAVES = 10  # the engine has 32 slots for the expressions of a rule
KINDS = (Kind.NUMBER, Kind.TEXT, Kind.FLAG, Kind.CHOICE)
OUR_WORDS = {**WORDS, Kind.NUMBER: ("1", "0", "-1", "2", "3", "7", "1000000", "-2147483647")}

Expression = dict[str, Any]
_OPERATORS = {
    Op.LESS: ("$lt", "$gte"),
    Op.AT_MOST: ("$lte", "$gt"),
    Op.MORE: ("$gt", "$lte"),
    Op.AT_LEAST: ("$gte", "$lt"),
}


def serve(pipe: Connection) -> None:
    """Answer jobs, in the other process: which of the rules each message fires."""
    from durable import engine

    class Quiet(engine.Host):
        def _run(self) -> None:
            """Start no timers: everything happens in the calls below."""

    engine._unix_now = lambda: 0.0

    while True:
        rules, messages = pipe.recv()
        fired: set[str] = set()
        made = {name: _rule(name, each, fired) for name, each in rules.items()}
        # a message that fires nothing is refused; this one hears them all
        made["heard"] = _rule("heard", {"T": 1}, fired)
        host = Quiet({"rules": made})
        answers = []
        for message in messages:
            fired.clear()
            host.assert_fact("rules", dict(message))
            host.retract_fact("rules", dict(message))
            answers.append(sorted(fired))
        pipe.send(answers)


def _rule(name: str, condition: Expression, fired: set[str]) -> dict[str, Any]:
    def run(_context: object) -> None:
        fired.add(name)

    return {"all": [{"m": {"$and": [{"T": 1}, condition]}}], "run": run}


class Engine:
    """The other process, started again when it has grown."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._jobs = 0

    def fired(self, rules: dict[str, Expression], messages: list[Any]) -> list[list[str]]:
        if self._process is None or self._jobs >= MOST_JOBS:
            self.restart()
        self._jobs += 1
        try:
            self._pipe.send((rules, messages))
            if self._pipe.poll(PATIENCE):
                return self._pipe.recv()
            silent = "gave no answer"
        except (EOFError, OSError):
            silent = "crashed"
        self.close()
        pytest.fail(f"durable_rules {silent}: {rules} {messages}")

    def restart(self) -> None:
        self.close()
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._jobs = 0

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._process = None


@pytest.fixture(scope="module")
def second() -> Iterator[Engine]:
    found = Engine()
    yield found
    found.close()


class Translator:
    """Writes conditions as the engine reads them, under names that mean nothing to it."""

    def __init__(self, scope: Scope) -> None:
        self._slots = {name: f"f{number}" for number, name in enumerate(scope)}

    def message(self, known: dict[Any, Any]) -> Expression:
        slots = self._slots.items()
        values = {slot: plain(known[name]) for name, slot in slots if known[name] is not None}
        return {"id": "m", "T": 1, **values}

    def expression(self, node: Node, wanted: bool = True) -> Expression:
        """Return what is true where *node* is true or, unless *wanted*, false."""
        match node:
            case All(parts=parts) | AnyOf(parts=parts):
                inner = [self.expression(each, wanted) for each in parts]
                return joined("$and" if isinstance(node, All) is wanted else "$or", inner)
            case Not(part=part):
                return self.expression(part, not wanted)
        return self.atom(node, self._slots[node.field.name], wanted)

    def atom(self, node: Atom, slot: str, wanted: bool) -> Expression:
        match node:
            case Present(wanted=present):
                found = {"$ex" if present is wanted else "$nex": {slot: 1}}
            case OneOf(values=values):
                same = [equal(slot, each, wanted) for each in values]
                found = joined("$or" if wanted else "$and", same)
            case Compare(op=Op.DIFFERENT, value=value):
                found = equal(slot, value, not wanted)
            case Compare(op=op, value=value):
                found = {_OPERATORS[op][not wanted]: {slot: plain(value)}}
            case Between(low=low, high=high):
                ends = {"$gte" if wanted else "$lt": low, "$lte" if wanted else "$gt": high}
                parts = [{operator: {slot: end}} for operator, end in ends.items()]
                found = joined("$and" if wanted else "$or", parts)
        return found


def equal(slot: str, value: object, wanted: bool) -> Expression:
    return {slot: plain(value)} if wanted else {"$neq": {slot: plain(value)}}


def plain(value: Any) -> Any:
    """Return a flag as a number, for to the engine `true` and the word "true" are the same."""
    assert not isinstance(value, Decimal)
    return int(value) if isinstance(value, bool) else value


def joined(word: str, parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else {word: parts}


def leaves(expression: Expression) -> int:
    inner = expression.get("$and") or expression.get("$or")
    return sum(map(leaves, inner)) if inner else 1


@given(st.data())
def test_a_rule_engine_is_of_the_same_opinion(second: Engine, data: st.DataObject) -> None:
    scope = data.draw(scopes(KINDS, most_collections=0))
    translator = Translator(scope)
    asked: dict[str, Condition] = {}
    rules: dict[str, Expression] = {}
    for number in range(data.draw(st.integers(1, 8))):
        source = data.draw(conditions(scope, words=OUR_WORDS))
        node, problems = parse_condition(written(source), scope, Place("rules.yaml", 1))
        assert problems == []
        expression = translator.expression(node)
        if leaves(expression) <= MOST_LEAVES:
            asked[f"r{number}"], rules[f"r{number}"] = Condition(node), expression
    assume(rules)
    known = data.draw(st.lists(facts(scope, words=OUR_WORDS), min_size=6, max_size=6))
    theirs = second.fired(rules, [translator.message(each) for each in known])
    ours = [[name for name in asked if asked[name].ask(each) is True] for each in known]
    assert [["heard", *names] for names in ours] == theirs


def test_the_engine_tells_right_from_wrong(second: Engine) -> None:
    """An engine that fired always or never would agree with nothing."""
    rules = {"old": {"$gte": {"f0": 3}}, "gap": {"$nex": {"f0": 1}}, "hue": {"f1": "Huế"}}
    messages = [{"id": "m", "T": 1, **each} for each in ({"f0": 3}, {"f0": 2, "f1": "Huế"}, {})]
    assert second.fired(rules, messages) == [["heard", "old"], ["heard", "hue"], ["gap", "heard"]]


def test_a_crash_over_there_is_a_failure_here_and_nothing_more() -> None:
    lost = Engine()
    lost.restart()
    lost._process.kill()
    with pytest.raises(pytest.fail.Exception, match="crashed"):
        lost.fired({"r": {"f0": 1}}, [])
    lost.close()
