"""Conditions compiled to Python functions: built as `ast`, never from a firm's text.

A firm's words enter the tree only as constants. Each function takes the facts, a mapping
from field names to values where `None` is "not known", and answers `True`, `False` or
`None`. Every node carries the line of the rule, so a traceback names the playbook.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from careflow.calendar.durations import Duration
from careflow.conditions.answers import Answer, Measure, after, before, between, bounds_inside
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
    NumberTest,
    OneOf,
    Op,
    Present,
    Relation,
    Timed,
    Total,
)
from careflow.source import Place

Facts = Mapping[Any, Any]

_CALLED = {each.__name__: each for each in (bounds_inside, between, before, after)}
NOW = "now"
TODAY = "today"
_OPERATORS: dict[Op, type[ast.cmpop]] = {
    Op.LESS: ast.Lt,
    Op.AT_MOST: ast.LtE,
    Op.MORE: ast.Gt,
    Op.AT_LEAST: ast.GtE,
    Op.DIFFERENT: ast.NotEq,
}


def day_key(duration: Duration, times: int) -> tuple[str, Duration, int]:
    """Return the fact that holds the local date *times* the *duration* from today."""
    return ("day", duration, times)


def compiled(node: Node) -> Callable[[Facts], Answer]:
    """Return the function that answers *node*."""
    emitter = _Emitter()
    body = emitter.emit(node, "facts", "answer")
    return cast("Callable[[Facts], Answer]", emitter.function("condition", body, node.place))


def measured(node: Count | Total) -> Callable[[Facts], Measure]:
    """Return the function that counts or adds up what *node* asks about.

    It returns the least and the most the number can be, or `None` when unbounded.
    """
    emitter = _Emitter()
    body = emitter.measure(node, "facts", "answer")
    return cast("Callable[[Facts], Measure]", emitter.function("measure", body, node.place))


class _Emitter:
    """Builds the statements of one function; names of ours only, values as constants."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = dict(_CALLED)
        self._names = 0

    def function(self, name: str, body: list[ast.stmt], place: Place) -> Callable[..., Any]:
        """Compile *body*, which leaves its answer in `answer`, and return the function."""
        arguments = ast.arguments(
            posonlyargs=[], args=[ast.arg("facts")], kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        made = ast.FunctionDef(name, arguments, [*body, ast.Return(_load("answer"))], [])
        if "type_params" in ast.FunctionDef._fields:  # since Python 3.12
            made.type_params = []  # type: ignore[attr-defined,unused-ignore]
        module = ast.Module([made], [])
        for each in ast.walk(module):
            if isinstance(each, ast.stmt | ast.expr | ast.arg):
                each.lineno = each.end_lineno = max(1, place.line)
                each.col_offset = each.end_col_offset = 0
        code = compile(module, place.file or "<condition>", "exec")
        space = dict(self.constants)
        exec(code, space)  # noqa: S102 - our own tree, in which a firm's words are constants
        return cast("Callable[..., Any]", space[name])

    def emit(self, node: Node, item: str, result: str) -> list[ast.stmt]:
        """Return statements that leave the answer to *node* about *item* in *result*."""
        match node:
            case All(parts=parts):
                return self._combine(parts, item, result, neutral=True)
            case AnyOf(parts=parts):
                return self._combine(parts, item, result, neutral=False)
            case Not(part=part):
                inner = self._name()
                flipped = _if_unknown(_load(inner), ast.UnaryOp(ast.Not(), _load(inner)))
                return [*self.emit(part, item, inner), _assign(result, flipped)]
            case Exists():
                return self._exists(node, item, result)
            case Count() | Total():
                return self._number(node, item, result)
            case _:
                return self._scalar(node, item, result)

    def measure(self, node: Count | Total, item: str, result: str) -> list[ast.stmt]:
        """Return statements that leave the least and most of *node*'s number in *result*."""
        return (
            self._count(node, item, result)
            if isinstance(node, Count)
            else self._total(node, item, result)
        )

    def _combine(
        self, parts: tuple[Node, ...], item: str, result: str, *, neutral: bool
    ) -> list[ast.stmt]:
        """Kleene's AND (neutral true) or OR (neutral false), stopping when decided."""
        body = [_assign(result, ast.Constant(neutral))]
        for part in parts:
            inner = self._name()
            keep = ast.If(_is_not(inner, neutral), [_assign(result, _load(inner))], [])
            asked = [*self.emit(part, item, inner), keep]
            body.append(ast.If(_is_not(result, not neutral), asked, []))
        return body

    def _scalar(self, node: Any, item: str, result: str) -> list[ast.stmt]:  # noqa: ANN401
        value = self._name()
        body: list[ast.stmt] = [_assign(value, _fact(item, node.field.name))]
        if isinstance(node, Present):
            operator = ast.IsNot() if node.wanted else ast.Is()
            test: ast.expr = ast.Compare(_load(value), [operator], [_none()])
            return [*body, _assign(result, test)]
        match node:
            case Timed():
                test = self._timed(node, value)
            case _:
                asked = _attribute(value, "day") if node.field.kind is Kind.MOMENT else _load(value)
                test = self._constant_test(node, asked)
        missing = _false() if node.field.never else _none()
        return [*body, _assign(result, _if_unknown(_load(value), test, missing))]

    def _constant_test(self, node: NumberTest, value: ast.expr) -> ast.expr:
        match node:
            case OneOf(values=(single,)):
                return ast.Compare(value, [ast.Eq()], [self._constant(single)])
            case OneOf(values=values):
                return ast.Compare(value, [ast.In()], [self._constant(values)])
            case Compare(op=op, value=limit):
                return ast.Compare(value, [_OPERATORS[op]()], [self._constant(limit)])
            case Between(low=low, high=high):
                ends: list[ast.cmpop] = [ast.LtE(), ast.LtE()]
                return ast.Compare(self._constant(low), ends, [value, self._constant(high)])

    def _timed(self, node: Timed, value: str) -> ast.expr:
        seconds = node.duration.seconds
        ahead = node.relation in (Relation.IN_THE_NEXT, Relation.MORE_THAN_AHEAD)
        if seconds is not None:
            operator = ast.Add() if ahead else ast.Sub()
            limit: ast.expr = ast.BinOp(_fact("facts", NOW), operator, ast.Constant(seconds))
            return _hours(node.relation, value, _fact("facts", NOW), limit)
        asked = _attribute(value, "day") if node.field.kind is Kind.MOMENT else _load(value)
        limit = self._day(node.duration, 1 if ahead else -1)
        return _days(node.relation, asked, _fact("facts", TODAY), limit)

    def _day(self, duration: Duration, times: int) -> ast.expr:
        return ast.Subscript(_load("facts"), self._constant(day_key(duration, times)), ast.Load())

    def _exists(self, node: Exists, item: str, result: str) -> list[ast.stmt]:
        each, inner = self._name(), self._name()
        found: list[ast.stmt] = [_assign(result, _true()), ast.Break()]
        unsure: list[ast.stmt] = [ast.If(_is_unknown(inner), [_assign(result, _none())], [])]
        loop = [*self._match(node.where, each, inner), ast.If(_is_true(inner), found, unsure)]
        return [_assign(result, _false()), self._loop(each, item, node.field.name, loop)]

    def _number(self, node: Count | Total, item: str, result: str) -> list[ast.stmt]:
        measure, number = self._name(), "number"
        test = ast.Lambda(
            ast.arguments(
                posonlyargs=[], args=[ast.arg(number)], kwonlyargs=[], kw_defaults=[], defaults=[]
            ),
            self._constant_test(node.test, _load(number)),
        )
        ends = self._constant(_ends(node.test))
        call = _call("bounds_inside", _load(measure), test, ends)
        return [*self.measure(node, item, measure), _assign(result, call)]

    def _count(self, node: Count, item: str, result: str) -> list[ast.stmt]:
        each, inner, low, high = (self._name() for _ in range(4))
        times = _fact(each, "times")
        sure: list[ast.stmt] = [ast.If(_is_true(inner), [_add(low, times)], [])]
        may = ast.If(_may_be(inner), [_add(high, times), *sure], [])
        loop = [*self._match(node.where, each, inner), may]
        return [
            _assign(low, ast.Constant(0)),
            _assign(high, ast.Constant(0)),
            self._loop(each, item, node.field.name, loop),
            _assign(result, ast.Tuple([_load(low), _load(high)], ast.Load())),
        ]

    def _total(self, node: Total, item: str, result: str) -> list[ast.stmt]:
        each, inner, amount, total, known = (self._name() for _ in range(5))
        unsure = ast.BoolOp(ast.Or(), [_is_unknown(inner), _is_unknown(amount)])
        add = ast.If(unsure, [_assign(known, _false())], [_add(total, _load(amount))])
        may = ast.If(_may_be(inner), [add], [])
        read = _assign(amount, _fact(each, node.number.name))
        loop = [*self._match(node.where, each, inner), read, may]
        both = ast.Tuple([_load(total), _load(total)], ast.Load())
        return [
            _assign(total, ast.Constant(0)),
            _assign(known, _true()),
            self._loop(each, item, node.field.name, loop),
            _assign(result, ast.IfExp(_load(known), both, _none())),
        ]

    def _match(self, where: Node | None, each: str, inner: str) -> list[ast.stmt]:
        if where is None:
            return [_assign(inner, _true())]
        return self.emit(where, each, inner)

    def _loop(self, each: str, item: str, field: str, body: list[ast.stmt]) -> ast.stmt:
        return ast.For(ast.Name(each, ast.Store()), _fact(item, field), body, [])

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def _constant(self, value: object) -> ast.expr:
        if isinstance(value, str | int | bool):
            return ast.Constant(value)
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return _load(name)


def _ends(test: NumberTest) -> tuple[int | Decimal, ...]:
    match test:
        case OneOf(values=values):
            found: tuple[object, ...] = values
        case Compare(value=value):
            found = (value,)
        case Between(low=low, high=high):
            found = (low, high)
    return cast("tuple[int | Decimal, ...]", found)


def _true() -> ast.expr:
    return ast.Constant(value=True)


def _false() -> ast.expr:
    return ast.Constant(value=False)


def _none() -> ast.expr:
    return ast.Constant(value=None)


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _add(name: str, value: ast.expr) -> ast.stmt:
    return ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), value)


def _fact(item: str, field: str) -> ast.expr:
    return ast.Subscript(_load(item), ast.Constant(field), ast.Load())


def _attribute(name: str, attribute: str) -> ast.expr:
    return ast.Attribute(_load(name), attribute, ast.Load())


def _is_not(name: str, value: object) -> ast.expr:
    return ast.Compare(_load(name), [ast.IsNot()], [ast.Constant(value)])  # type: ignore[arg-type]


def _is_true(name: str) -> ast.expr:
    return ast.Compare(_load(name), [ast.Is()], [_true()])


def _is_unknown(name: str) -> ast.expr:
    return ast.Compare(_load(name), [ast.Is()], [_none()])


def _may_be(name: str) -> ast.expr:
    return ast.Compare(_load(name), [ast.IsNot()], [_false()])


def _hours(relation: Relation, value: str, now: ast.expr, limit: ast.expr) -> ast.expr:
    match relation:
        case Relation.WITHIN:
            return _call("between", _load(value), limit, now)
        case Relation.IN_THE_NEXT:
            return _call("between", _load(value), now, limit)
        case Relation.MORE_THAN_AGO:
            return _call("before", _load(value), limit)
        case Relation.MORE_THAN_AHEAD:
            return _call("after", _load(value), limit)


def _days(relation: Relation, asked: ast.expr, today: ast.expr, limit: ast.expr) -> ast.expr:
    match relation:
        case Relation.WITHIN:
            return _chain(limit, asked, today)
        case Relation.IN_THE_NEXT:
            return _chain(today, asked, limit)
        case Relation.MORE_THAN_AGO:
            return ast.Compare(asked, [ast.Lt()], [limit])
        case Relation.MORE_THAN_AHEAD:
            return ast.Compare(asked, [ast.Gt()], [limit])


def _call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(_load(function), list(arguments), [])


def _chain(low: ast.expr, value: ast.expr, high: ast.expr) -> ast.expr:
    return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])


def _if_unknown(value: ast.expr, known: ast.expr, missing: ast.expr | None = None) -> ast.expr:
    unknown = ast.Compare(value, [ast.Is()], [_none()])
    return ast.IfExp(unknown, missing or _none(), known)
