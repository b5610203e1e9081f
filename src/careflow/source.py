"""Where a value was written: text, mappings and lists that remember their place.

The loader builds these from a file; everything above reads them as ordinary
`str`, `dict` and `list` and asks for the place only when it has something to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One stretch of one line of one file; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("", 0)


class Text(str):
    """A scalar exactly as written; `plain` says that no quotes stood around it."""

    __slots__ = ("place", "plain")
    place: Place
    plain: bool

    def __new__(cls, value: str, place: Place = NOWHERE, *, plain: bool = True) -> Self:
        """Write *value* down as standing at *place*."""
        text = super().__new__(cls, value)
        text.place = place
        text.plain = plain
        return text


class Map(dict[str, Any]):
    """A mapping that knows where it starts and where each key and value stands."""

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.key_places: dict[str, Place] = {}
        self.value_places: dict[str, Place] = {}

    def add(self, key: Text, value: object, place: Place) -> None:
        """Enter *value*, written at *place*, under *key*."""
        self[str(key)] = value
        self.key_places[str(key)] = key.place
        self.value_places[str(key)] = place


class Items(list[Any]):
    """A list that knows where it starts and where each item stands."""

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.item_places: list[Place] = []

    def add(self, value: object, place: Place) -> None:
        """Append *value*, written at *place*."""
        self.append(value)
        self.item_places.append(place)


def place_of(value: object, default: Place = NOWHERE) -> Place:
    """Return where *value* was written, or *default* for a value from elsewhere."""
    return value.place if isinstance(value, Text | Map | Items) else default


def locate(root: object, path: Sequence[str | int], *, key: bool = False) -> Place:
    """Find the place of the value (or, with *key*, of the key) at *path* below *root*.

    Steps that do not exist in the source are passed over, so the answer is the
    nearest place that a reader can be sent to.
    """
    place, node = place_of(root), root
    for index, step in enumerate(path):
        if isinstance(node, Map) and step in node:
            wants_key = key and index == len(path) - 1
            place = (node.key_places if wants_key else node.value_places)[str(step)]
            node = node[str(step)]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
            place, node = node.item_places[step], node[step]
    return place
