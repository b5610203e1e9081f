"""Random firms: fields of every type, conditions as they are written, facts with gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from careflow.calendar.durations import parse_duration
from careflow.calendar.local import Moment, moment_of
from careflow.conditions.fields import DATED, ORDERED, Field, Kind, value_of
from careflow.source import Items, Map, Place, Text

Scope = Mapping[str, Field]
Words = Mapping[Kind, Sequence[str]]

SCALARS = (
    *(kind for kind in Kind if kind is not Kind.COLLECTION),
    *(Kind.MOMENT, Kind.DATE, Kind.MOMENT),  # there is most to say about times
)
ZONES = tuple(map(ZoneInfo, ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York")))
# ends of months, a leap day, the hours around a clock change
NOWS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2026-03-08T09:30:00+07:00",
        "2024-02-29T23:59:59+01:00",
        "2026-03-31T00:00:00+02:00",
        "2026-03-29T03:30:00+02:00",
        "2025-12-31T18:00:00-05:00",
    )
)
LENGTHS = ("1 day", "7 days", "2 weeks", "1 month", "12 months", "3 years")
SHORT_LENGTHS = ("1 hour", "24 hours", "90 minutes", "45 seconds")
FORMS = ("within {}", "more than {} ago", "in the next {}", "more than {} ahead")
_DATES = ("2026-03-08", "2026-03-07", "2024-02-29", "2026-02-28", "2025-12-31", "2026-04-01")
WORDS: Words = {
    Kind.NUMBER: ("1", "0", "-1", "2", "2.5", "3", "7", "1000000"),
    Kind.TEXT: ("a", "b", "Hà Nội", "Ha\u0300 No\u0323\u0302i", "1", 'it\'s "so"'),
    Kind.FLAG: ("yes", "no", "true", "False"),
    Kind.CHOICE: ("red", "green", "xanh lá"),
    Kind.DURATION: ("1 minute", "30 seconds", "90 minutes", "2 hours"),
    Kind.DATE: _DATES,
    Kind.MOMENT: _DATES,
}
COUNTS = ("1", "0", "2", "3", "-1", "5", "7")
_COUNTED = Field("count", Kind.NUMBER)

_AT = Field("at", Kind.MOMENT, never=True)
SCOPE: Scope = {
    field.name: field
    for field in (
        Field("age", Kind.NUMBER),
        Field("city", Kind.TEXT),
        Field("income", Kind.CHOICE, ("budget", "middle", "premium")),
        Field("vip", Kind.FLAG),
        Field("birth-date", Kind.DATE),
        Field("call", Kind.DURATION),
        Field("last-contact", Kind.MOMENT, never=True),
        Field("signed", Kind.MOMENT),
        Field(
            "purchases",
            Kind.COLLECTION,
            items=(_AT, Field("product", Kind.TEXT), Field("amount", Kind.NUMBER)),
        ),
    )
}


def written(value: object, places: Any = None) -> Any:
    """Return plain dicts, lists and words as the loader would, each on a line of its own."""
    places = places or (Place("rules.yaml", line) for line in count(1))
    here = next(places)
    if isinstance(value, dict):
        entries = Map(here)
        for key, each in value.items():
            entries.add(Text(key, next(places)), written(each, places), next(places))
        return entries
    if isinstance(value, list):
        items = Items(here)
        for each in value:
            items.add(written(each, places), next(places))
        return items
    return Text(str(value), here)


@cache
def below(end: int) -> st.SearchStrategy[int]:
    """Kept, for a strategy costs more to make than to draw from."""
    return st.integers(0, end - 1)


class Dice:
    """Draws one choice after another; the first option is the simplest."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self._draw(below(len(options)))]

    def number(self, low: int, high: int) -> int:
        return low + self._draw(below(high - low + 1))

    def some(self, options: Sequence[Any], low: int, high: int) -> list[Any]:
        """Draw up to *high* different options, in their order."""
        wanted = self.number(low, min(high, len(options)))
        left = list(options)
        chosen = [left.pop(self._draw(below(len(left)))) for _ in range(wanted)]
        return [each for each in options if each in chosen]


@st.composite
def scopes(draw: Any, kinds: Sequence[Kind] = SCALARS, most_collections: int = 2) -> Scope:
    """Fields of any type; those of items bear the names of the customer's own."""
    dice = Dice(draw)
    made = _scalars(dice, kinds)
    for number in range(dice.number(0, most_collections)):
        at = Field("at", Kind.MOMENT, never=dice.pick([True, False]))
        items = (at, *_scalars(dice, (*kinds, *[Kind.NUMBER] * 4)))
        made.append(Field(f"list-{number}", Kind.COLLECTION, items=items))
    return {field.name: field for field in made}


def _scalars(dice: Dice, kinds: Sequence[Kind]) -> list[Field]:
    made = []
    for number in range(dice.number(1, 4)):
        kind = dice.pick(kinds)
        choices = tuple(WORDS[kind]) if kind is Kind.CHOICE else ()
        never = kind is Kind.MOMENT and dice.pick([False, True])
        made.append(Field(f"field-{number}", kind, choices, never=never))
    return made


@st.composite
def conditions(
    draw: Any, scope: Scope, *, words: Words = WORDS, presence: bool = True, depth: int = 2
) -> dict[str, Any]:
    """Conditions as a firm may write them; without *presence*, never `known` or `missing`."""
    return _Writer(Dice(draw), words, presence).mapping(scope, depth)


class _Writer:
    def __init__(self, dice: Dice, words: Words, presence: bool) -> None:
        self._dice, self._words, self._presence = dice, words, presence

    def mapping(self, scope: Scope, depth: int) -> dict[str, Any]:
        dice = self._dice
        found: dict[str, Any] = {}
        for joint in dice.some(["any", "all", "not"], 0, 2) if depth > 0 else ():
            parts = 1 if joint == "not" else dice.number(1, 3)
            inner = [self.mapping(scope, depth - 1) for _ in range(parts)]
            found[joint] = inner[0] if joint == "not" else inner
        for name in dice.some(sorted(scope), 0 if found else 1, 2):
            many = scope[name].kind is Kind.COLLECTION
            found[name] = self.collection(scope[name]) if many else self.scalar(scope[name])
        return found

    def scalar(self, field: Field) -> Any:
        """One of the ways there are to test a value of the type of *field*."""
        dice, words = self._dice, self._words[field.kind]
        ways = ["value", "list", "different", *["presence"] * self._presence]
        ways += ["order", "range"] * (field.kind in ORDERED)
        ways += ["time"] * 3 * (field.kind in DATED)
        way, word = dice.pick(ways), dice.pick(words)
        if way == "list":
            return dice.some(words, 1, 3)
        if way == "presence":
            return dice.pick(["known", "missing"])
        if way == "range":
            return "..".join(sorted([word, dice.pick(words)], key=lambda w: value_of(field, w)))
        if way == "time":
            lengths = LENGTHS + SHORT_LENGTHS * (field.kind is Kind.MOMENT)
            return dice.pick(FORMS).format(dice.pick(lengths))
        signs = {"different": ["!= "], "order": ["< ", "<= ", "> ", ">= "]}
        return dice.pick(signs.get(way, [""])) + word

    def number_test(self, words: Sequence[str] = WORDS[Kind.NUMBER]) -> Any:
        return _Writer(self._dice, {Kind.NUMBER: words}, presence=False).scalar(_COUNTED)

    def collection(self, field: Field) -> Any:
        """`some`, `none`, or questions about the items that selectors leave."""
        dice = self._dice
        if dice.number(0, 5) == 0:
            return dice.pick(["some", "none"])
        items = {each.name: each for each in field.items}
        sums = [name for name, each in items.items() if each.kind is Kind.NUMBER]
        questions = ["count", "any", "none", *["total"] * bool(sums)]
        found: dict[str, Any] = {}
        for key in dice.some(questions, 1, 2):
            if key == "count":
                found[key] = self.number_test(COUNTS)
            elif key == "total":
                found[key] = {dice.pick(sums): self.number_test()}
            else:
                found[key] = self.mapping(items, 1)
        if dice.pick([False, True]):
            found["where"] = self.mapping(items, 1)
        if dice.pick([False, True]):
            found["within"] = dice.pick(LENGTHS + SHORT_LENGTHS)
        return found


class RandomFacts(dict[Any, Any]):
    """Facts that derive days as the facts of a customer do."""

    def __missing__(self, key: Any) -> Any:
        _, duration, times = key
        return duration.days_from(self["today"], times)


@st.composite
def facts(draw: Any, scope: Scope, *, words: Words = WORDS, gaps: bool = True) -> RandomFacts:
    """What may be known of one customer; with *gaps*, any value may be unknown."""
    dice = Dice(draw)
    now, zone = dice.pick(NOWS), dice.pick(ZONES)

    def value(field: Field) -> Any:
        if (gaps or field.never) and dice.number(0, 2) == 0:
            return None
        if field.kind is Kind.MOMENT:
            return dice.pick(dice.pick(moments_near(now, zone)))
        if field.kind is Kind.DATE:
            return dice.pick(days_near(now.astimezone(zone).date()))
        return value_of(field, dice.pick(words[field.kind]))

    found = RandomFacts(now=now.timestamp(), today=now.astimezone(zone).date())
    for name, field in scope.items():
        if field.kind is Kind.COLLECTION:
            found[name] = [
                {each.name: value(each) for each in field.items}
                | {"times": dice.pick([1, 1, 1, 2, 5])}
                for _ in range(dice.number(0, 3))
            ]
        else:
            found[name] = value(field)
    return found


@cache
def days_near(today: date) -> list[date]:
    """The days at, just before and just after the ends of the lengths."""
    lengths = map(parse_duration, LENGTHS)
    ends = {length.days_from(today, times) for length in lengths for times in (-1, 1)}
    near = {end + timedelta(days=away) for end in {today, *ends} for away in (-1, 0, 1)}
    return sorted(near | set(map(date.fromisoformat, _DATES)), key=lambda day: abs(day - today))


@cache
def moments_near(now: datetime, zone: ZoneInfo) -> list[list[Moment]]:
    """Dates; instants a second around the ends of the short lengths; hours around the long."""
    seconds = [parse_duration(text).seconds or 0 for text in SHORT_LENGTHS]
    ends = [0, *(end * times for end in seconds for times in (-1, 1))]
    days = days_near(now.astimezone(zone).date())
    dates = [moment_of(day, zone) for day in days]
    instants = [now + timedelta(seconds=end + away) for end in ends for away in (-1, 0, 1)]
    hours = [datetime.combine(day, time(hour), zone) for day in days for hour in (0, 2, 9, 23)]
    return [dates, *([moment_of(each, zone) for each in kind] for kind in (instants, hours))]
