"""The one typed representation of a condition, from which everything else is derived.

`All`, `AnyOf` and `Not` combine; every other node is an atom: it asks one thing of one
field and keeps the words it was written in. Every test has three answers, true, false
and unknown (Kleene's strong logic), and only true ever acts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from careflow.calendar.durations import Duration
from careflow.conditions.fields import Field
from careflow.source import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true."""

    parts: tuple[Node, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is true."""

    parts: tuple[Node, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false; unknown stays unknown."""

    part: Node
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Present:
    """Whether the field has a value at all: never unknown."""

    field: Field
    wanted: bool
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether the value is one of these."""

    field: Field
    values: tuple[object, ...]
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


class Op(StrEnum):
    """The comparisons, as written."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    DIFFERENT = "!="


@dataclass(frozen=True, slots=True)
class Compare:
    """How the value compares with a constant."""

    field: Field
    op: Op
    value: object
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Between:
    """Whether the value lies in a range, both ends included."""

    field: Field
    low: object
    high: object
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


class Relation(StrEnum):
    """How a time may stand to now; each ends where its neighbour begins."""

    WITHIN = "within"
    MORE_THAN_AGO = "more than, ago"
    IN_THE_NEXT = "in the next"
    MORE_THAN_AHEAD = "more than, ahead"


@dataclass(frozen=True, slots=True)
class Timed:
    """How far a date or time lies from now: days on local dates, hours on instants."""

    field: Field
    relation: Relation
    duration: Duration
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


NumberTest = OneOf | Compare | Between


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether any item of the collection matches; without a condition, any item at all."""

    field: Field
    where: Node | None
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Count:
    """How many items match; an item that stands for n contacts counts n times."""

    field: Field
    where: Node | None
    test: NumberTest
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Total:
    """What one number of the matching items adds up to."""

    field: Field
    number: Field
    where: Node | None
    test: NumberTest
    text: str = dataclasses.field(default="", compare=False)
    place: Place = NOWHERE


Atom = Present | OneOf | Compare | Between | Timed | Exists | Count | Total
Node = All | AnyOf | Not | Atom

ALWAYS = All(())


def atoms(node: Node) -> Iterator[Atom]:
    """Yield the atoms of a condition that ask about the customer, in writing order."""
    if isinstance(node, All | AnyOf):
        for part in node.parts:
            yield from atoms(part)
    elif isinstance(node, Not):
        yield from atoms(node.part)
    else:
        yield node
