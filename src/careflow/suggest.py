"""Did-you-mean: the one choice a misspelt word stands for, or silence.

Case, accents, đ, spaces, hyphens and underscores do not count as differences, so a
word typed without accents is found at once. Otherwise the optimal string alignment
distance decides (Damerau-Levenshtein with adjacent swaps, each place edited once),
with a cap that grows with the length of the word: a wrong hint is worse than none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_SHOWN = 12  # choices that a reader takes in at a glance
_LONGEST = 64  # a longer word is no slip of the finger
_LOOKALIKES = str.maketrans("đðаеорсухі", "ddaeopcyxi")


def fold(word: str) -> str:
    """Return *word* without case, accents, spaces, hyphens and underscores."""
    stripped = unicodedata.normalize("NFD", word.casefold()).translate(_LOOKALIKES)
    return "".join(c for c in stripped if not unicodedata.combining(c) and c not in " _-.")


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that *word* most likely stands for, or `None` when in doubt.

    Args:
        word: What was written.
        choices: What could have been written.
    """
    if len(word) > _LONGEST:
        return None
    folded = fold(word)
    ranked: list[tuple[float, str]] = []
    for choice in sorted(set(choices)):
        target = fold(choice)
        if target == folded:
            return choice
        edits = distance(folded, target)
        if edits <= _allowed(len(folded)):
            bonus = 0.5 if folded[:1] == target[:1] else 0.0
            ranked.append((edits - bonus, choice))
    ranked.sort()
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return the hint for *word*: the likely choice if there is one, else the choices."""
    options = sorted(set(choices))
    guess = closest(word, options)
    if guess is not None:
        return f'Did you mean "{guess}"?'
    rest = f" and {len(options) - _SHOWN} more" if len(options) > _SHOWN else ""
    return f"Choices: {', '.join(options[:_SHOWN])}{rest}." if options else ""


def distance(left: str, right: str) -> int:
    """Return the optimal string alignment distance of two words, in edits."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def _allowed(length: int) -> int:
    return 1 if length <= 4 else 2 if length <= 8 else 3
