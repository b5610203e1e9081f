"""Did-you-mean: the one choice a misspelt word stands for, or silence.

Case, accents, đ, spaces, hyphens and underscores do not count as differences, so a
word typed without accents is found at once. Otherwise the optimal string alignment
distance decides (Damerau-Levenshtein with adjacent swaps, each place edited once),
with a cap that grows with the length of the word, one edit for five letters, two for
six: a wrong hint is worse than none.
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
        most = _allowed(folded, target)
        if abs(len(folded) - len(target)) > most or _digits(folded) != _digits(target):
            continue
        edits = distance(folded, target)
        if edits <= most:
            # people begin words right, and swap letters more often than they change them
            bonus = 0.5 * (folded[:1] == target[:1]) + 0.25 * (sorted(folded) == sorted(target))
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


def _digits(word: str) -> str:
    """Return the digits of *word*, which must agree: GMT+7 is no misspelling of GMT+0."""
    return "".join(c for c in word if c.isdigit())


def _allowed(left: str, right: str) -> int:
    length = max(len(left), len(right))
    if length <= 4 and left[1:] == right[1:]:
        return 0  # so short, another first letter makes another word: fax is no max
    return 1 if length <= 5 else 2 if length <= 9 else 3
