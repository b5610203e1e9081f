"""What broken YAML is called in plain words, and where it really went wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from careflow.errors import Finding
from careflow.source import Place

_UNQUOTED = re.compile(r"^\s*(- )?[^\s'\"#][^'\"]*?:\s+[^'\"\[{|>&*].*:(\s|$)")
_NO_SPACE = re.compile(r"^\s*(- )?[\w-]+:[^\s/]")
_GOES_ON = re.compile(
    r"""^\s*(?:- )?[^\s:]+:\s+(?:"[^"]*"|'[^']*'|\{[^{}]*\}|\[[^\[\]]*\])\s*(?=[^\s#])"""
)
_FOLDED = re.compile(r":\s+(?=[>|])")
_FULL_WIDTH = re.compile("[\uff1a\u201c\u201d]")


def explain(
    context: str | None,
    problem: str | None,
    context_mark: Any,  # noqa: ANN401 - a mark of either parser
    problem_mark: Any,  # noqa: ANN401
    text: str,
    file: str,
) -> Finding:
    """Return what is wrong, in our words, at the place where a reader would look.

    Args:
        context: What the parser was doing.
        problem: What it stumbled on.
        context_mark: Where it began to do so.
        problem_mark: Where it stumbled.
        text: The whole file.
        file: How the user names it.
    """
    said = f"{context or ''} {problem or ''}"
    lines = text.split("\n")
    start = _inside(_place(context_mark, file), lines)
    stumble = _inside(_place(problem_mark, file), lines)
    return (
        _opened(said, start)
        or _at_the_spot(said, lines, stumble)
        or _known_slip(lines, stumble.line, file)
        or _known_slip(lines, _earlier(lines, stumble), file)
        or _layout(said, stumble)
    )


def _opened(said: str, start: Place) -> Finding | None:
    """Point at what opens and does not close, where the parser points at the end."""
    if "quoted scalar" in said and "end of" in said:
        message = "a quote opens here and never closes"
        return Finding("bad-yaml", message, "Close it on the same line.", place=start)
    if "flow" in said and "flow node" not in said and start.line:
        message = "a bracket or brace opens here and does not close as it should"
        return Finding("bad-yaml", message, "Put text with braces into quotes.", place=start)
    return None


def _at_the_spot(said: str, lines: list[str], stumble: Place) -> Finding | None:
    if "escape" in said:
        message = "a backslash in double quotes starts an escape that does not exist"
        return Finding("bad-yaml", message, "Use single quotes.", place=stumble)
    if "flow node" in said and not _character(lines, stumble).strip():
        message = "a bracket or brace does not close before the file ends"
        return Finding("bad-yaml", message, "Look for the one that opens it.", place=stumble)
    if any(words in said for words in ("cannot start", "sequence entries", "flow node")):
        message = f'"{_character(lines, stumble)}" cannot start a value'
        return Finding("bad-yaml", message, "Put the value into quotes.", place=stumble)
    folded = _FOLDED.search(lines[stumble.line - 1]) if "line break" in said else None
    if folded:
        place = replace(stumble, column=folded.end() + 1)
        message = f'"{_character(lines, place)}" cannot start a value'
        return Finding("bad-yaml", message, "Put the value into quotes.", place=place)
    return None


def _layout(said: str, stumble: Place) -> Finding:
    if "alias" in said or "anchor" in said:
        message, hint = "* and & name repeated parts, and no name follows", "Use quotes."
    elif "simple key" in said or "mapping values" in said or "expected" in said:
        message = "the indentation does not fit the lines above, or a colon is missing"
        hint = "Align the line with its neighbours and write key: value."
    else:
        message = "the YAML cannot be read from here on"
        hint = "Look for a missing quote, colon or space."
    return Finding("bad-yaml", message, hint, place=stumble)


def _known_slip(lines: list[str], number: int, file: str) -> Finding | None:
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    wide = _FULL_WIDTH.search(line)
    if wide:
        message = f'"{wide[0]}" is a full-width or curly sign'
        hint = "Type an ordinary colon or straight quotes."
        return Finding("bad-yaml", message, hint, place=Place(file, number, wide.start() + 1))
    if _NO_SPACE.match(line):
        at = line.index(":") + 1
        message = "a space is missing after the colon"
        return Finding("bad-yaml", message, "Write key: value.", place=Place(file, number, at))
    goes_on = _GOES_ON.match(line)
    if goes_on:
        message = "text goes on after the closing quote or bracket"
        place = Place(file, number, goes_on.end() + 1)
        return Finding("bad-yaml", message, "Put the whole text into quotes.", place=place)
    if _UNQUOTED.match(line):
        at = line.rindex(":") + 1
        message = "a second colon stands in text without quotes"
        return Finding(
            "bad-yaml", message, "Put the text into quotes.", place=Place(file, number, at)
        )
    return None


def _place(mark: Any, file: str) -> Place:  # noqa: ANN401 - a mark of either parser
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 0)


def _inside(place: Place, lines: list[str]) -> Place:
    """Return *place*, or the end of the text if the parser points beyond it."""
    if not place.line or any(line.strip() for line in lines[place.line - 1 :]):
        return place
    last = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 1)
    return Place(place.file, last, len(lines[last - 1]) + 1)


def _earlier(lines: list[str], place: Place) -> int:
    """Return the number of the last line with text above *place*."""
    for number in range(min(place.line - 1, len(lines)), 0, -1):
        if lines[number - 1].strip() and not lines[number - 1].lstrip().startswith("#"):
            return number
    return 0


def _character(lines: list[str], place: Place) -> str:
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return line[place.column - 1 : place.column]
