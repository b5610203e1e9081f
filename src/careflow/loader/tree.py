"""The only file that knows yaml: from text to a tree in which everything has its place.

Built on the parser's events, which come one by one however deep the nesting is, so every
limit is checked before memory or the stack is spent. Scalars stay the text that was
written: the type of the field that reads them decides what they mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from careflow.errors import Finding, Problem
from careflow.loader.syntax import explain
from careflow.source import Items, Map, Place, Text
from careflow.suggest import did_you_mean

DEEPEST = 48
MOST_NODES = 1_000_000
LONGEST_SCALAR = 200_000
LONGEST_KEY = 128
MOST_EXPANDED = 10_000  # nodes that aliases may add, however small the file is
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_STRING_TAG = "tag:yaml.org,2002:str"
_MERGE = "<<"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Node = Map | Items | Text | None


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    node: Map | Items
    anchor: str | None
    start: int
    key: Text | None = None
    refused: bool = False
    merges: list[tuple[Node, Place]] = field(default_factory=list)


def build_tree(text: str, file: str) -> tuple[Node, list[Problem]]:
    """Read one YAML document.

    Args:
        text: The text of the file.
        file: How the user names it.

    Returns:
        The tree, and the problems that leave the rest of it readable.

    Raises:
        Finding: The file cannot be read as a whole.
    """
    builder = _Builder(file)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise explain(
            error.context, error.problem, error.context_mark, error.problem_mark, text, file
        ) from None
    except yaml.YAMLError:
        raise Finding("bad-yaml", "the file is not YAML text", place=Place(file, 1)) from None
    return builder.root, builder.problems


def _events(text: str) -> Iterator[yaml.Event]:
    return yaml.parse(text, Loader=_LOADER)


class _Builder:
    def __init__(self, file: str) -> None:
        self.root: Node = None
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._nodes = 0
        self._expanded = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the file."""
        place = self._place(event)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    message = "a second document starts here"
                    hint = "Put each playbook into a file of its own and delete the ---."
                    raise Finding("several-documents", message, hint, place=place)
            case yaml.ScalarEvent():
                self._count(place)
                self._value(self._scalar(event, place), place, event.anchor)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._start(event, place)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.AliasEvent():
                self._alias(str(event.anchor), place)

    def _place(self, event: Any) -> Place:  # noqa: ANN401 - every event has its marks
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Place(self._file, start.line + 1, start.column + 1, max(1, width))

    def _count(self, place: Place) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Finding("too-large", f"more than {MOST_NODES:,} values", place=place)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Text | None:
        self._check_tag(event, place)
        if len(event.value) > LONGEST_SCALAR:
            message = f"one value has more than {LONGEST_SCALAR:,} characters"
            raise Finding("too-large", message, place=place)
        plain = event.style in (None, "")
        if any("\ud800" <= c <= "\udfff" for c in event.value):
            raise Finding("bad-character", "here is half of a character", place=place)
        if plain and event.value in _NULLS and event.tag is None:
            return Text("", place) if self._is_key() else None
        return Text(event.value, place, plain=plain)

    def _check_tag(self, event: Any, place: Place) -> None:  # noqa: ANN401 - any node event
        if event.tag not in (None, _STRING_TAG):
            message = f'the tag "{event.tag.replace("tag:yaml.org,2002:", "!!")}" is not allowed'
            hint = 'Put text that starts with "!" into quotes.'
            raise Finding("bad-tag", message, hint, place=place)

    def _is_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node, Map) and not self._open[-1].key

    def _start(self, event: Any, place: Place) -> None:  # noqa: ANN401 - a start event
        self._count(place)
        self._check_tag(event, place)
        if len(self._open) >= DEEPEST:
            message = f"values nest deeper than {DEEPEST} levels"
            raise Finding("too-deep", message, place=place)
        if self._is_key():
            raise Finding("bad-key", "a key is a word, not a list or mapping", _QUOTE, place=place)
        node = Map(place) if isinstance(event, yaml.MappingStartEvent) else Items(place)
        if event.anchor:
            self._anchors.pop(event.anchor, None)  # an alias inside would hold itself
        self._open.append(_Open(node, event.anchor, self._nodes + self._expanded))

    def _end(self) -> None:
        closed = self._open.pop()
        for source, place in closed.merges:
            self._merge(closed.node, source, place)
        self._value(closed.node, closed.node.place, None)
        if closed.anchor:
            weight = self._nodes + self._expanded - closed.start + 1
            self._anchors[closed.anchor] = (closed.node, weight)

    def _alias(self, anchor: str, place: Place) -> None:
        if any(each.anchor == anchor for each in self._open):
            raise Finding("bad-alias", f'"*{anchor}" would contain itself', place=place)
        if anchor not in self._anchors:
            hint = did_you_mean(anchor, self._anchors)
            raise Finding("bad-alias", f'nothing is named "&{anchor}" above', hint, place=place)
        node, weight = self._anchors[anchor]
        self._expand(weight, place)
        if self._is_key() and not isinstance(node, Text):
            raise Finding("bad-key", "a key is a word, not a list or mapping", place=place)
        self._value(node, place, None)

    def _expand(self, weight: int, place: Place) -> None:
        self._expanded += weight
        if self._expanded > MOST_EXPANDED and self._expanded > 10 * self._nodes:
            message = "parts repeated by * make this file too large"
            raise Finding("too-large", message, "Repeat less, or write it out.", place=place)

    def _value(self, value: Node, place: Place, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (value, 1)
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.node, Items):
            top.node.add(value, place)
        elif top.key is None:
            top.key = self._key(value, place)
            top.refused = top.key in top.node
            if top.refused:
                first = top.node.key_places[str(top.key)]
                message = f'key "{top.key}" stands twice; the first is on line {first.line}'
                finding = Finding("duplicate-key", message, "Keep one of them.")
                self.problems.append(finding.at(place))
        else:
            if top.key == _MERGE and top.key.plain:
                top.merges.append((value, place))
            elif not top.refused:
                top.node.add(top.key, value, place)
            top.key = None

    def _key(self, value: Node, place: Place) -> Text:
        if not isinstance(value, Text):
            raise Finding("bad-key", "a key is a word, not a list or mapping", place=place)
        if len(value) > LONGEST_KEY:
            message = f"a key has more than {LONGEST_KEY} characters"
            raise Finding("too-large", message, place=place)
        if not value:
            raise Finding("bad-key", "a key is missing before the colon", place=place)
        if value.plain and "\uff1a" in value:
            column = place.column + value.index("\uff1a")
            message, hint = '"\uff1a" is a full-width sign', "Type an ordinary colon and a space."
            raise Finding("bad-yaml", message, hint, place=replace(place, column=column, width=1))
        return Text(unicodedata.normalize("NFC", value), place, plain=value.plain)

    def _merge(self, node: Map | Items, source: Node, place: Place) -> None:
        """Take over the keys of *source* that *node* does not have itself."""
        sources = list(source) if isinstance(source, Items) else [source]
        for each in sources:
            if not isinstance(each, Map) or not isinstance(node, Map):
                message = '"<<" takes over the keys of a mapping, and this is none'
                self.problems.append(Finding("bad-merge", message).at(place))
                continue
            self._expand(len(each), place)
            for key in each:
                if key not in node:
                    text = Text(key, each.key_places[key])
                    node.add(text, each[key], each.value_places[key])


_QUOTE = "Put text with braces into quotes."
