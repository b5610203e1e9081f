"""What the words of a handbook mean: its fields, segments, stages, channels and roles.

A handbook is one namespace: a word defined in any of its playbooks means the same in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from careflow.conditions.compile import NOW, TODAY
from careflow.conditions.condition import Condition
from careflow.conditions.fields import Field, Kind
from careflow.conditions.parse import parse_condition
from careflow.conditions.syntax import ALWAYS, atoms
from careflow.customer.facts import FIELDS
from careflow.errors import Problem, problem
from careflow.playbook.document import (
    STANDARD_CHANNELS,
    FieldDocument,
    PlaybookDocument,
    ProcessDocument,
    SegmentDocument,
)
from careflow.playbook.handbook import (
    Dimension,
    Process,
    Question,
    Role,
    SegmentRule,
    Stage,
)
from careflow.source import Place

OTHERWISE = "otherwise"
OUTSIDE = "outside"
_TAKEN = frozenset({"all", "any", "not", NOW, TODAY})
DONE = "done"


@dataclass(frozen=True)
class Scope:
    """The words of one handbook, and the problems met while reading them."""

    fields: dict[str, Field] = field(default_factory=lambda: dict(FIELDS))
    questions: dict[str, Question] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    channels: set[str] = field(default_factory=lambda: set(STANDARD_CHANNELS))
    problems: list[Problem] = field(default_factory=list)
    _defined: dict[str, Place] = field(default_factory=dict)

    def wrong(self, place: Place, check: str, message: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(problem(place, check, message, hint))

    def condition(self, source: object, place: Place) -> Condition:
        """Read a condition in this scope; its problems are noted."""
        node, problems = parse_condition(source, self.fields, place)
        self.problems.extend(problems)
        return Condition(ALWAYS if problems else node)

    def optional(self, source: object, place: Place) -> Condition | None:
        """Read a condition that may be left out."""
        return None if source is None else self.condition(source, place)

    def define(self, what: str, name: str, place: Place) -> bool:
        """Claim *name*; a second claim is a problem that names the first."""
        first = self._defined.setdefault(f"{what} {name}", place)
        if first is not place:
            message = f'{what} "{name}" is defined already, in {first}'
            self.wrong(place, "duplicate-definition", message, "Keep one of the two.")
        return first is place


def build_scope(documents: Iterable[PlaybookDocument]) -> Scope:
    """Collect every word that the playbooks define, before any condition is read."""
    scope = Scope()
    listed = list(documents)
    for document in listed:
        scope.channels.update(document.channels)
        for name, entry in document.fields.items():
            _add_field(scope, name, entry, document.at("fields", name, key=True))
        for name, role in document.staff.items():
            if scope.define("role", name, document.at("staff", name, key=True)):
                scope.roles[name] = Role(name, role.title, role.person)
    for document in listed:
        for name, entries in document.segments.items():
            place = document.at("segments", name, key=True)
            if scope.define("dimension", name, place):
                names = tuple(dict.fromkeys(_names(entries)))
                scope.fields[f"segment.{name}"] = Field(f"segment.{name}", Kind.CHOICE, names)
        if document.process:
            stages = (*document.process.stages, DONE, OUTSIDE)
            key = f"stage.{document.playbook}"
            scope.fields[key] = Field(key, Kind.CHOICE, stages)
    for channel in sorted(scope.channels):
        scope.fields[f"channel.{channel}"] = Field(f"channel.{channel}", Kind.TEXT)
    return scope


def _add_field(scope: Scope, name: str, entry: FieldDocument, place: Place) -> None:
    if name in _TAKEN:
        message = f'"{name}" has a meaning of its own in conditions'
        scope.wrong(place, "bad-field", message, "Give the field another name.")
        return
    if name in FIELDS:
        message = f'"{name}" is part of the standard record and needs no definition'
        scope.wrong(place, "duplicate-definition", message)
        return
    if (entry.type_ is None) == (entry.choice is None):
        hint = "Write a type (text, number, flag, date) or {choice: [...]}."
        scope.wrong(place, "bad-field", f'field "{name}" needs a type or its choices', hint)
        return
    if entry.choice is not None and len(set(entry.choice)) < max(1, len(entry.choice)):
        scope.wrong(place, "bad-field", f'field "{name}" lists no choices, or one twice')
    if scope.define("field", name, place):
        kind = Kind.CHOICE if entry.choice is not None else entry.type_ or Kind.TEXT
        scope.fields[name] = Field(name, kind, tuple(entry.choice or ()))
        scope.questions[name] = Question(name, entry.title or name, entry.ask)


def _names(entries: Mapping[str, SegmentDocument]) -> Iterator[str]:
    for name, entry in entries.items():
        yield entry.name or name if name == OTHERWISE else name


def dimensions(documents: Iterable[PlaybookDocument], scope: Scope) -> tuple[Dimension, ...]:
    """Read every dimension with its conditions."""
    found: dict[str, Dimension] = {}
    for document in documents:
        for name, entries in document.segments.items():
            if name not in found:
                found[name] = _dimension(document, name, entries, scope)
    _refuse_cycles(found, scope)
    return tuple(found[name] for name in sorted(found))


def _dimension(
    document: PlaybookDocument, name: str, entries: Mapping[str, SegmentDocument], scope: Scope
) -> Dimension:
    rules = []
    rest, rest_title, rest_place = None, "", document.at("segments", name, key=True)
    for key, entry in entries.items():
        place = document.at("segments", name, key, key=True)
        if key == OTHERWISE:
            rest, rest_title, rest_place = entry.name, entry.title or entry.name or "", place
            _check_otherwise(entry, place, scope)
        elif entry.when is None or entry.name is not None:
            hint = "Write {when: {...}}."
            scope.wrong(place, "bad-segment", f'segment "{key}" does not say who is in it', hint)
        else:
            when = scope.condition(entry.when, place)
            rules.append(SegmentRule(key, entry.title or key, when, place))
    titles = {rule.name: rule.title for rule in rules}
    title = titles.get(rest_title, rest_title)
    at = document.at("segments", name, key=True)
    return Dimension(name, tuple(rules), rest, title, at, rest_place)


def _check_otherwise(entry: SegmentDocument, place: Place, scope: Scope) -> None:
    if entry.name is None or entry.when is not None:
        message = "otherwise names the segment of everyone else and has no condition"
        scope.wrong(place, "bad-segment", message, "Write otherwise: a-name.")


def _refuse_cycles(found: Mapping[str, Dimension], scope: Scope) -> None:
    needs = {
        name: sorted(
            {
                other
                for rule in dimension.rules
                for atom in atoms(rule.when.node)
                if (other := atom.field.name.removeprefix("segment.")) != atom.field.name
            }
        )
        for name, dimension in found.items()
    }
    for name in sorted(needs):
        path = _path_back(needs, name)
        if path and name == min(path):
            message = f"dimensions need each other: {' -> '.join(path)}"
            scope.wrong(found[name].place, "segment-cycle", message)


def _path_back(needs: Mapping[str, list[str]], start: str) -> list[str] | None:
    """Find the shortest way from *start* along its needs back to itself."""
    paths, seen = [[start]], set[str]()
    while paths:
        path = paths.pop(0)
        for following in needs.get(path[-1], []):
            if following == start:
                return [*path, start]
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return None


def process(document: PlaybookDocument, entry: ProcessDocument, scope: Scope) -> Process:
    """Read the process of one playbook."""
    stages = []
    for name, stage in entry.stages.items():
        place = document.at("process", "stages", name, key=True)
        if name in (DONE, OUTSIDE):
            scope.wrong(place, "bad-id", f'"{name}" has a meaning of its own among stages')
        until = scope.optional(stage.until, place)
        stages.append(Stage(name, stage.title, until, place))
    when = scope.optional(entry.when, entry.place)
    if f"stage.{document.playbook}" in _fields(when, stages):
        message = "who is in which stage depends on the stage itself"
        scope.wrong(document.at("process", key=True), "stage-cycle", message)
    return Process(document.playbook, when, tuple(stages), entry.place)


def _fields(when: Condition | None, stages: Iterable[Stage]) -> set[str]:
    nodes = [when, *(stage.until for stage in stages)]
    return {atom.field.name for node in nodes if node for atom in atoms(node.node)}
