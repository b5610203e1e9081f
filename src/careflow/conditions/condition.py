"""A condition that can be asked, and asked why: one meaning, compiled when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from careflow.conditions.answers import Answer, Measure
from careflow.conditions.compile import Facts, compiled, measured
from careflow.conditions.fields import Field, Kind
from careflow.conditions.syntax import (
    All,
    AnyOf,
    Atom,
    Count,
    Exists,
    Node,
    Not,
    OneOf,
    Total,
)
from careflow.source import Place

_ANY_NUMBER = OneOf(Field("count", Kind.NUMBER), ())


@dataclass(frozen=True, slots=True)
class Compared:
    """One atom and the value it was compared with; `None` is "not known"."""

    field: str
    test: str
    value: str | None
    place: Place


class Condition:
    """A typed condition over facts; immutable once built.

    Args:
        node: What it says.
    """

    def __init__(self, node: Node) -> None:
        self.node = node

    @cached_property
    def ask(self) -> Callable[[Facts], Answer]:
        """The compiled function: true, false, or `None` for unknown."""
        return compiled(self.node)

    @cached_property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions it is made of; none for an atom."""
        match self.node:
            case All(parts=parts) | AnyOf(parts=parts):
                return tuple(map(Condition, parts))
            case Not(part=part):
                return (Condition(part),)
            case _:
                return ()

    @cached_property
    def _measure(self) -> Callable[[Facts], Measure] | None:
        match self.node:
            case Count() | Total():
                return measured(self.node)
            case Exists(field=field, where=where):
                return measured(Count(field, where, _ANY_NUMBER))
            case _:
                return None

    def deciding(self, facts: Facts) -> tuple[Compared, ...]:
        """Return the atoms without which it would have come out otherwise.

        Of an AND that is false that is its first false part; of one that is unknown, its
        unknown parts; of one that is true, all of them. An OR is the mirror image. The
        parts are asked by the same compiled functions, so this cannot disagree.
        """
        return tuple(self.why(facts, self.ask(facts)))

    def why(self, facts: Facts, answer: Answer) -> Iterator[Compared]:
        """Yield the deciding atoms, given the answer."""
        match self.node:
            case All() | AnyOf():
                decisive = isinstance(self.node, AnyOf)
                for part in self.parts:
                    if part.ask(facts) is answer:
                        yield from part.why(facts, answer)
                        if answer is decisive:
                            return
            case Not():
                part = self.parts[0]
                yield from part.why(facts, part.ask(facts))
            case atom:
                yield Compared(atom.field.name, atom.text, self._seen(atom, facts), atom.place)

    def _seen(self, atom: Atom, facts: Facts) -> str | None:
        if self._measure is None:
            return shown(facts[atom.field.name])
        measure = self._measure(facts)
        if measure is None:
            return None
        low, high = measure
        return str(low) if low == high else f"{low}..{high}"


def shown(value: object) -> str | None:
    """Write a fact as a person reads it; `None` stays "not known"."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    day = getattr(value, "day", None)
    return str(day) if day is not None and not isinstance(day, int) else str(value)
