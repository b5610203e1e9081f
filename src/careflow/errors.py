"""What is wrong, as a value: every problem names its place, its check and its cure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from careflow.source import NOWHERE, Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend in one place.

    Args:
        file: The file as the user named it.
        line: From 1; 0 when the file as a whole is meant.
        column: From 1; 0 when the line as a whole is meant.
        check: The id of the check, which is also its heading in `docs/checks.md`.
        message: One sentence: what was found and what was expected.
        hint: The cure: a did-you-mean, or the choices there are.
        width: How many characters the caret underlines.
        excerpt: The source line, where there is one.
    """

    file: str
    line: int
    column: int
    check: str
    message: str
    hint: str = ""
    width: int = field(default=1, compare=False)
    excerpt: str = field(default="", compare=False)

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}: {printable(self.message)}.{printable(hint)} [{self.check}]"

    def render(self) -> str:
        """Return the sentence and, below it, the source line with a caret under the spot."""
        if not self.excerpt:
            return str(self)
        number = str(self.line)
        gutter = " " * len(number)
        before, after = self.excerpt[: self.column - 1], self.excerpt[self.column - 1 :]
        shown = max(1, min(self.width, len(after) or 1))
        caret = " " * columns(_shown(before)) + "^" * max(1, columns(_shown(after[:shown])))
        line = _shown(self.excerpt)
        return f"{self}\n{gutter} |\n{number} | {line}\n{gutter} | {caret}"


def problem(
    place: Place, check: str, message: str, hint: str = "", *, excerpt: str = ""
) -> Problem:
    """Build the problem that stands at *place*."""
    return Problem(place.file, place.line, place.column, check, message, hint, place.width, excerpt)


class Finding(ValueError):  # noqa: N818 - a finding about one value, not yet an error of the run
    """What a parser of one value found wrong; whoever reads the file adds the place."""

    def __init__(self, check: str, message: str, hint: str = "", *, place: Place = NOWHERE) -> None:
        super().__init__(message)
        self.check = check
        self.message = message
        self.hint = hint
        self.place = place

    def at(self, place: Place) -> Problem:
        """Return the problem this finding is at *place*, unless it knows a closer one."""
        return problem(
            self.place if self.place.line else place, self.check, self.message, self.hint
        )


class CareflowError(Exception):
    """Base of all that careflow raises on purpose; carries every problem, not the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(each.render() for each in self.problems)


class PlaybookError(CareflowError):
    """A playbook cannot be used: the firm's rules are wrong, not a customer's data."""


class RecordError(CareflowError):
    """A customer record cannot be used: the data is wrong, not the firm's rules."""


class UsageError(CareflowError):
    """careflow was asked for something that cannot be done: a missing file, a naive time."""

    def __init__(self, check: str, message: str, hint: str = "") -> None:
        super().__init__([Problem("", 0, 0, check, message, hint)])

    def __str__(self) -> str:
        return str(self.problems[0]).removeprefix(": ")


def _shown(line: str) -> str:
    return printable(line.replace("\t", " "))


def columns(text: str) -> int:
    """Count the terminal columns of *text*: wide East Asian 2, combining marks 0."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def printable(text: str) -> str:
    """Return *text* with control and direction-changing characters made visible."""
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in hidden else c for c in text)
