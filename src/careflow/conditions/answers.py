"""What compiled conditions call where one comparison is not enough: ranges that may straddle.

Each answers about a value of which only the least and the most is known: true when every
value in between passes, false when none does, `None` when it depends.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from careflow.calendar.local import Moment

Answer = bool | None
Measure = tuple[Any, Any] | None


def bounds_inside(measure: Measure, test: Callable[[Any], bool], ends: tuple[Any, ...]) -> Answer:
    """Answer a number test about a count or total.

    Args:
        measure: The least and the most, or `None` when nothing is known.
        test: The test of one number; it changes only at or next to one of *ends*.
        ends: The constants of the test.
    """
    if measure is None:
        return None
    low, high = measure
    if low == high:
        return test(low)
    near = {floor(end) + step for end in ends for step in (-1, 0, 1, 2)}
    answers = {test(each) for each in (low, high, *(n for n in near if low < n < high))}
    return answers.pop() if len(answers) == 1 else None


def between(moment: Moment, low: float, high: float) -> Answer:
    """Say whether *moment* lies in [low, high]; a date may be any instant of its day."""
    first, last = moment.at, moment.latest
    if first == last:
        return low <= first <= high
    if first >= low and last <= high:
        return True
    return False if last <= low or first > high else None


def before(moment: Moment, limit: float) -> Answer:
    """Say whether *moment* lies before *limit*; a date may be any instant of its day."""
    if moment.at == moment.latest:
        return moment.at < limit
    return True if moment.latest <= limit else False if moment.at >= limit else None


def after(moment: Moment, limit: float) -> Answer:
    """Say whether *moment* lies after *limit*; a date may be any instant of its day."""
    if moment.at == moment.latest:
        return moment.at > limit
    return True if moment.at > limit else False if moment.latest <= limit else None
