"""Every key, value and item knows where it stands: random documents, dumped line by line."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from careflow.loader.tree import build_tree
from careflow.source import Items, Map, Place, Text, locate

Path = tuple[str | int, ...]
Spots = dict[tuple[str, Path], Place]

# letters of several widths, and words that YAML would like to read as something else
words = st.sampled_from(
    [
        *("a", "no", "22:00", "0703123456", "tên", "te\u0302n", "phân-khúc", "😀", "日本", "x y"),
        *("2026-03-08", "500.000", "+84", "Lan's", "a#b", "a:b", "<", "=", "-x", "> 3", "{x}"),
        *("null", "~", "[QC] Hi", "a: b", "# c", "* d", "", "! e", "%", "'", "- f", "<<"),
    ]
)
keys = words.filter(bool)
trees = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)
SPECIAL = ("null", "~", "", "<<", "=")


class Writer:
    """Writes a tree down and notes where each part of it came to stand."""

    def __init__(self, draw: st.DataObject) -> None:
        self.lines = [""]
        self.spots: Spots = {}
        self._draw = draw

    def text(self) -> str:
        return "\n".join(self.lines)

    def put(self, written: str) -> Place:
        """Write at the end of the last line."""
        place = Place("f", len(self.lines), len(self.lines[-1]) + 1, max(1, len(written)))
        self.lines[-1] += written
        return place

    def line(self, indent: int) -> None:
        """Begin a line, sometimes after an empty one or a comment."""
        between = self._choose([[], [], [], [""], ["# kh\u00f3a: [", "  "], ["   # -"]])
        self.lines += [*between, " " * indent]

    def word(self, word: str) -> Place:
        return self.put(self._choose(list(quoted(word))))

    def flow(self, node: Any, path: Path) -> Place:
        if isinstance(node, str):
            return self.word(node)
        start = self.put("{" if isinstance(node, dict) else "[")
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for number, (step, inner) in enumerate(pairs):
            if number:
                self.put(self._choose([",", ", ", " ,  "]))
            if isinstance(node, dict):
                self.spots["key", (*path, step)] = self.word(step)
                self.put(": ")
            self.spots["value", (*path, step)] = self.flow(inner, (*path, step))
        self.put(" }" if isinstance(node, dict) else " ]")
        return start

    def block(self, node: Any, path: Path, indent: int) -> Place:
        """Write *node* with its first line begun already, at column *indent*."""
        if isinstance(node, str) or not node or self._choose([True, False, False]):
            return self.flow(node, path)
        start = Place("f", len(self.lines), len(self.lines[-1]) + 1)
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for number, (step, inner) in enumerate(pairs):
            if number:
                self.line(indent)
            if isinstance(node, dict):
                self.spots["key", (*path, step)] = self.word(step)
                self.put(":")
                self._below(inner, (*path, step), indent)
            else:
                self.put("- ")
                self.spots["value", (*path, step)] = self.block(inner, (*path, step), indent + 2)
        return start

    def _below(self, inner: Any, path: Path, indent: int) -> None:
        if isinstance(inner, str) or not inner:
            self.put(self._choose([" ", "   "]))
            self.spots["value", path] = self.flow(inner, path)
        else:
            step = self._choose([1, 2, 4])
            self.line(indent + step)
            self.spots["value", path] = self.block(inner, path, indent + step)

    def _choose(self, options: list[Any]) -> Any:
        return self._draw.draw(st.sampled_from(options))


def quoted(word: str) -> list[str]:
    """Return every way to write *word* on one line."""
    found = [f'"{word}"', "'" + word.replace("'", "''") + "'"]
    if word not in SPECIAL and word[0] not in "[{#*!%'-<>=" and ": " not in word:
        found.append(word)
    return found


def plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: plain(each) for key, each in node.items()}
    return [plain(each) for each in node] if isinstance(node, list) else str(node)


def found_spots(node: Any, path: Path = ()) -> Spots:
    spots: Spots = {}
    if isinstance(node, Map):
        assert node.key_places.keys() == node.value_places.keys() == node.keys()
        for key, inner in node.items():
            spots["key", (*path, key)] = node.key_places[key]
            spots["value", (*path, key)] = node.value_places[key]
            spots |= found_spots(inner, (*path, key))
    elif isinstance(node, Items):
        for number, (inner, place) in enumerate(zip(node, node.item_places, strict=True)):
            spots["value", (*path, number)] = place
            spots |= found_spots(inner, (*path, number))
    else:
        assert isinstance(node, Text)
    return spots


@given(st.data(), trees)
def test_every_part_knows_its_place(data: st.DataObject, tree: Any) -> None:
    tree = without_twins(tree)
    writer = Writer(data)
    writer.block(tree, (), 0)
    read, problems = build_tree(writer.text() + "\n", "f")
    assert problems == []
    assert plain(read) == tree
    found = found_spots(read)
    assert found.keys() == writer.spots.keys()
    for (kind, path), place in writer.spots.items():
        spot = found[kind, path]
        assert (spot.line, spot.column) == (place.line, place.column), (kind, path)
        assert locate(read, path, key=kind == "key") == spot
        if kind == "key" or isinstance(_at(read, path), Text):
            assert spot.width == place.width


def without_twins(node: Any) -> Any:
    """Keep one of the keys that differ only in how their letters are composed."""
    if isinstance(node, dict):
        kept = {key: each for key, each in node.items() if key != "te\u0302n"}
        return {key: without_twins(each) for key, each in kept.items()}
    return [without_twins(each) for each in node] if isinstance(node, list) else node


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step]
    return node
