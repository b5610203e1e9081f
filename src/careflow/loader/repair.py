"""Repair and go on: one slip must not hide the others from the reader of the report.

A misspelt key is put right in memory, what cannot be read is taken out, and the rest is
read again. Nothing that was repaired is ever used to decide; it only finds more problems.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from careflow.errors import Problem
from careflow.schema import Fault, Model, Rejected, read
from careflow.source import Items, Map, Place, Text

_MOST_ROUNDS = 8
# what other parts refer to: with one of these taken out, a missing reference proves nothing
_DEFINING = frozenset(
    {"channels", "fields", "playbook", "process", "segments", "staff", "use", "zone"}
)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Reading(Generic[M]):
    """What one file yielded.

    Args:
        document: The document, as far as it can be read; `None` if not at all.
        problems: Everything that was wrong with it.
        cut: Whether something was taken out, so that a missing part proves nothing.
        whole: Whether all that other parts may refer to was read, so that a missing
            reference is a problem of its own.
    """

    document: M | None
    problems: tuple[Problem, ...]
    cut: bool
    whole: bool


def read_all(model: type[M], tree: Map) -> Reading[M]:
    """Read *tree* as *model*, going on after each problem as far as that makes sense."""
    problems: dict[Problem, None] = {}
    removed: set[tuple[str | int, ...]] = set()
    cut, whole = False, True
    for _ in range(_MOST_ROUNDS):
        found = read(model, tree, place=Place(tree.place.file, 1))
        if not isinstance(found, Rejected):
            return Reading(found, tuple(problems), cut, whole)
        problems.update(
            (fault.problem, None) for fault in found.faults if fault.path not in removed
        )
        # last first, so that the numbers of earlier list items stay right
        for fault in sorted(found.faults, key=_from_the_end):
            path = _mend(tree, fault)
            if path is None:
                return Reading(None, tuple(problems), cut=True, whole=False)
            removed.add(path)
            cut = cut or fault.rename is None
            whole = whole and (fault.rename is not None or not _defines(path))
    return Reading(None, tuple(problems), cut=True, whole=False)


def _from_the_end(fault: Fault) -> tuple[tuple[str, int], ...]:
    return tuple((step, 0) if isinstance(step, str) else ("", -step) for step in fault.path)


def _defines(path: tuple[str | int, ...]) -> bool:
    return path[0] in _DEFINING and "tasks" not in path


def _mend(tree: Map, fault: Fault) -> tuple[str | int, ...] | None:
    """Rename the key or take the part out; return its path, `None` if nothing is left."""
    path = fault.path
    if fault.problem.check == "missing-key":
        path = path[:-1]
    parent: Map | Items = tree
    for step in path[:-1]:
        below = _step(parent, step)
        if below is None:
            return path  # an earlier repair took it out already
        parent = below
    if not path:
        return None
    if fault.rename is not None and isinstance(parent, Map):
        _rename(parent, str(path[-1]), fault.rename)
        return (*path[:-1], "")
    _remove(parent, path[-1])
    return path


def _step(node: object, step: str | int) -> Map | Items | None:
    below: object = None
    if isinstance(node, Map):
        below = node.get(str(step))
    elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
        below = node[step]
    return below if isinstance(below, Map | Items) else None


def _remove(node: Map | Items, step: str | int) -> None:
    if isinstance(node, Map):
        node.pop(str(step), None)
    elif isinstance(step, int) and step < len(node):
        del node[step], node.item_places[step]


def _rename(node: Map, wrong: str, right: str) -> None:
    if wrong in node and right not in node:
        key = Text(right, node.key_places[wrong])
        node.add(key, node.pop(wrong), node.value_places[wrong])
