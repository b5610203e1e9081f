"""Random firms: fields of every type, conditions as they are written, facts with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from careflow.calendar.durations import parse_duration
from careflow.calendar.local import Moment, moment_of
from careflow.conditions.fields import DATED, ORDERED, Field, Kind, value_of
from careflow.source import Items, Map, Place, Text

Scope = Mapping[str, Field]
Words = Mapping[Kind, st.SearchStrategy[str]]

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
_dates = st.dates(date(2025, 12, 1), date(2026, 4, 30)).map(str)
WORDS: Words = {
    Kind.NUMBER: st.sampled_from(["-1", "0", "1", "2", "2.5", "3", "7", "1000000"]),
    Kind.TEXT: st.sampled_from(["a", "b", "Hà Nội", "Ha\u0300 No\u0323\u0302i", "1", "it's \"so\""]),
    Kind.FLAG: st.sampled_from(["yes", "no", "true", "False"]),
    Kind.DURATION: st.sampled_from(["30 seconds", "1 minute", "90 minutes", "2 hours"]),
    Kind.DATE: _dates,
    Kind.MOMENT: _dates,
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


@st.composite
def scalars(draw: Any, name: str, kinds: tuple[Kind, ...]) -> Field:
    kind = draw(st.sampled_from(kinds))
    choices = ("red", "green", "xanh lá") if kind is Kind.CHOICE else ()
    return Field(name, kind, choices, never=kind is Kind.MOMENT and draw(st.booleans()))


@st.composite
def scopes(draw: Any, kinds: tuple[Kind, ...] = (), most_collections: int = 2) -> Scope:
    """Fields of any type; those of items bear the names of the customer's own."""
    kinds = kinds or tuple(kind for kind in Kind if kind is not Kind.COLLECTION)
    made = [draw(scalars(f"field-{n}", kinds)) for n in range(draw(st.integers(1, 5)))]
    for number in range(draw(st.integers(0, most_collections))):
        items = [draw(scalars(f"field-{n}", kinds)) for n in range(draw(st.integers(1, 4)))]
        at = Field("at", Kind.MOMENT, never=draw(st.booleans()))
        made.append(Field(f"list-{number}", Kind.COLLECTION, items=(at, *items)))
    return {field.name: field for field in made}


@st.composite
def conditions(
    draw: Any, scope: Scope, *, words: Words = WORDS, presence: bool = True, depth: int = 2
) -> dict[str, Any]:
    """Conditions as a firm may write them; without *presence*, never `known` or `missing`."""
    inner = conditions(scope, words=words, presence=presence, depth=depth - 1)
    joints = draw(st.sets(st.sampled_from(["any", "all", "not"]), max_size=2)) if depth > 0 else ()
    found = {
        joint: draw(inner if joint == "not" else st.lists(inner, min_size=1, max_size=3))
        for joint in sorted(joints)
    }
    names = st.lists(
        st.sampled_from(sorted(scope)), min_size=not joints, max_size=2, unique=True
    )
    for name in draw(names):
        field = scope[name]
        many = field.kind is Kind.COLLECTION
        test = collection_tests(field, presence) if many else tests_of(field, words, presence)
        found[name] = draw(test)
    return found


def words_of(field: Field, words: Words) -> st.SearchStrategy[str]:
    return st.sampled_from(field.choices) if field.choices else words[field.kind]


def tests_of(field: Field, words: Words, presence: bool) -> st.SearchStrategy[Any]:
    """Every way there is to test one value of the type of *field*."""
    value = words_of(field, words)
    ways: list[st.SearchStrategy[Any]] = [
        value,
        st.lists(value, min_size=1, max_size=3),
        value.map("!= {}".format),
    ]
    if presence:
        ways.append(st.sampled_from(["known", "missing"]))
    if field.kind in ORDERED:
        ways.append(st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), value))
        ends = st.lists(value, min_size=2, max_size=2)
        ways.append(ends.map(lambda two: "..".join(sorted(two, key=lambda w: value_of(field, w)))))
    if field.kind in DATED:
        ways += [times(field)] * 3
    return st.one_of(ways)


def times(field: Field) -> st.SearchStrategy[str]:
    lengths = LENGTHS + SHORT_LENGTHS * (field.kind is Kind.MOMENT)
    forms = ("within {}", "more than {} ago", "in the next {}", "more than {} ahead")
    return st.builds(str.format, st.sampled_from(forms), st.sampled_from(lengths))


@st.composite
def collection_tests(draw: Any, field: Field, presence: bool) -> Any:
    """`some`, `none`, or questions about the items that selectors leave."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(["some", "none"]))
    items = {each.name: each for each in field.items}
    inner = conditions(items, presence=presence, depth=1)
    number = tests_of(Field("count", Kind.NUMBER), WORDS, presence=False)
    asked = {"count": number, "any": inner, "none": inner}
    sums = sorted(name for name, each in items.items() if each.kind is Kind.NUMBER)
    if sums:
        asked["total"] = st.dictionaries(st.sampled_from(sums), number, min_size=1, max_size=1)
    chosen = draw(st.sets(st.sampled_from(sorted(asked)), min_size=1, max_size=2))
    found = {key: draw(asked[key]) for key in sorted(chosen)}
    if draw(st.booleans()):
        found["where"] = draw(inner)
    if draw(st.booleans()):
        found["within"] = draw(st.sampled_from(LENGTHS + SHORT_LENGTHS))
    return found


class RandomFacts(dict[Any, Any]):
    """Facts that derive days as the facts of a customer do."""

    def __missing__(self, key: Any) -> Any:
        _, duration, amount = key
        return duration.days_from(self["today"], amount)


@st.composite
def facts(draw: Any, scope: Scope, *, words: Words = WORDS, gaps: bool = True) -> RandomFacts:
    """What may be known of one customer; with *gaps*, any value may be unknown."""
    now, zone = draw(st.sampled_from(NOWS)), draw(st.sampled_from(ZONES))
    found = RandomFacts(now=now.timestamp(), today=now.astimezone(zone).date())
    for name, field in scope.items():
        if field.kind is Kind.COLLECTION:
            parts = {each.name: values(each, now, zone, words, gaps) for each in field.items}
            item = st.fixed_dictionaries({**parts, "times": st.sampled_from([1, 1, 1, 2, 5])})
            found[name] = draw(st.lists(item, max_size=4))
        else:
            found[name] = draw(values(field, now, zone, words, gaps))
    return found


def values(
    field: Field, now: datetime, zone: ZoneInfo, words: Words, gaps: bool
) -> st.SearchStrategy[Any]:
    if field.kind is Kind.DATE:
        known: st.SearchStrategy[Any] = days_near(now.astimezone(zone).date())
    elif field.kind is Kind.MOMENT:
        known = moments(now, zone)
    else:
        known = words_of(field, words).map(lambda word: value_of(field, word))
    return st.none() | known if gaps or field.never else known


@st.composite
def days_near(draw: Any, today: date) -> date:
    """A day at, just before or just after an end of one of the lengths."""
    length = parse_duration(draw(st.sampled_from(LENGTHS)))
    day = length.days_from(today, draw(st.sampled_from([-1, 0, 1])))
    return day + timedelta(days=draw(st.integers(-1, 1)))


@st.composite
def moments(draw: Any, now: datetime, zone: ZoneInfo) -> Moment:
    """A date, an hour of a date, or an instant a second around an end of a short length."""
    form = draw(st.sampled_from(["date", "hour", "instant"]))
    if form == "instant":
        seconds = parse_duration(draw(st.sampled_from(SHORT_LENGTHS))).seconds or 0
        away = seconds * draw(st.sampled_from([-1, 0, 1])) + draw(st.integers(-1, 1))
        return moment_of(now + timedelta(seconds=away), zone)
    day = draw(days_near(now.astimezone(zone).date()))
    if form == "date":
        return moment_of(day, zone)
    return moment_of(datetime.combine(day, time(draw(st.integers(0, 23))), zone), zone)
