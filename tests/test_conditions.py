"""The meaning of conditions: rows to read, and laws that hold for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.local import moment_of
from careflow.calendar.moments import parse_moment
from careflow.conditions.condition import Condition, shown
from careflow.conditions.fields import Field, Kind, value_of
from careflow.conditions.parse import parse_condition
from careflow.conditions.syntax import ALWAYS, Node, atoms
from careflow.loader.tree import build_tree
from careflow.source import Place
from oracle import answer
from strategies import SCOPE, RandomFacts, Scope, conditions, facts, scopes, written

HERE = Place("rules.yaml", 1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime.fromisoformat("2026-03-31T09:30+07:00")
ANSWERS = {"true": True, "false": False, "unknown": None}

TABLE = """
# values, lists, comparisons
{age: 3}                      ; {age: 3}                     ; true
{age: 3}                      ; {age: 4}                     ; false
{age: 3}                      ; {}                           ; unknown
{age: 3.50}                   ; {age: 3.5}                   ; true
{age: -1}                     ; {age: -1}                    ; true
{age: [1, 2, 3]}              ; {age: 2}                     ; true
{age: [1, 2, 3]}              ; {age: 4}                     ; false
{age: [1, 2, 3]}              ; {}                           ; unknown
{age: ">= 3"}                 ; {age: 3}                     ; true
{age: "> 3"}                  ; {age: 3}                     ; false
{age: "<= 3"}                 ; {age: 3}                     ; true
{age: "<3"}                   ; {age: 3}                     ; false
{age: "!= 3"}                 ; {age: 3}                     ; false
{age: "!= 3"}                 ; {}                           ; unknown
{age: 18..27}                 ; {age: 18}                    ; true
{age: 18..27}                 ; {age: 27}                    ; true
{age: 18 .. 27}               ; {age: 28}                    ; false
{age: 18..27}                 ; {}                           ; unknown
{city: Hà Nội}                ; {city: Hà Nội}               ; true
{city: Hà Nội}                ; {city: hà nội}               ; false
{city: "!= Huế"}              ; {city: Hà Nội}               ; true
{income: [middle, premium]}   ; {income: premium}            ; true
{vip: yes}                    ; {vip: yes}                   ; true
{vip: true}                   ; {vip: no}                    ; false
{vip: "!= yes"}               ; {vip: no}                    ; true
{call: ">= 90 minutes"}       ; {call: 2 hours}              ; true
{call: 1 minute .. 1 hour}    ; {call: 60 minutes}           ; true
# known and missing are never unknown
{age: known}                  ; {}                           ; false
{age: missing}                ; {}                           ; true
{age: known}                  ; {age: 0}                     ; true
{not: {age: known}}           ; {}                           ; true
{last-contact: missing}       ; {}                           ; true
# AND, any, all, not
{age: 3, city: Huế}           ; {age: 4}                     ; false
{age: 3, city: Huế}           ; {age: 3}                     ; unknown
{any: [{age: 3}, {city: Huế}]}; {age: 3}                     ; true
{any: [{age: 3}, {city: Huế}]}; {age: 4}                     ; unknown
{any: [{age: 3}, {age: 4}]}   ; {age: 5}                     ; false
{all: [{age: 3}, {vip: yes}]} ; {vip: no}                    ; false
{not: {age: 3}}               ; {}                           ; unknown
{not: {age: 3, city: Huế}}    ; {city: Huế}                  ; unknown
{not: {age: 3, city: Huế}}    ; {city: Hà Nội}               ; true
# days and longer are counted on dates; a month ends on its last day
{birth-date: 2000-02-29}            ; {birth-date: 2000-02-29}            ; true
{birth-date: "< 2000-01-01"}        ; {birth-date: 1999-12-31}            ; true
{birth-date: within 1 month}        ; {birth-date: 2026-02-28}            ; true
{birth-date: within 1 month}        ; {birth-date: 2026-02-27}            ; false
{birth-date: more than 1 month ago} ; {birth-date: 2026-02-28}            ; false
{birth-date: more than 1 month ago} ; {birth-date: 2026-02-27}            ; true
{birth-date: within 1 day}          ; {birth-date: 2026-04-01}            ; false
{birth-date: in the next 3 days}    ; {birth-date: 2026-03-31}            ; true
{birth-date: in the next 3 days}    ; {birth-date: 2026-04-03}            ; true
{birth-date: in the next 3 days}    ; {birth-date: 2026-04-04}            ; false
{birth-date: more than 3 days ahead}; {birth-date: 2026-04-04}            ; true
{birth-date: more than 3 days ahead}; {birth-date: 2026-04-03}            ; false
{birth-date: within 1 month}        ; {}                                  ; unknown
{signed: within 7 days}             ; {signed: 2026-03-24}                ; true
{signed: within 7 days}             ; {signed: 2026-03-24T00:00+07:00}    ; true
{signed: within 7 days}             ; {signed: 2026-03-23T23:59+07:00}    ; false
{signed: 2026-03-24}                ; {signed: 2026-03-24T23:59+07:00}    ; true
{signed: "<= 2026-03-24"}           ; {signed: 2026-03-24T23:59+07:00}    ; true
# hours and shorter are counted on instants
{signed: within 24 hours}           ; {signed: 2026-03-30T09:30+07:00}    ; true
{signed: within 24 hours}           ; {signed: 2026-03-30T09:29:59+07:00} ; false
{signed: more than 24 hours ago}    ; {signed: 2026-03-30T09:30+07:00}    ; false
{signed: more than 24 hours ago}    ; {signed: 2026-03-30T09:29:59+07:00} ; true
{signed: in the next 90 minutes}    ; {signed: 2026-03-31T11:00+07:00}    ; true
{signed: more than 90 minutes ahead}; {signed: 2026-03-31T11:00:01+07:00} ; true
{signed: within 10 hours}           ; {signed: 2026-03-31}                ; unknown
{signed: within 10 hours}           ; {signed: 2026-03-30}                ; unknown
{signed: within 9 hours}            ; {signed: 2026-03-30}                ; false
{signed: within 60 hours}           ; {signed: 2026-03-30}                ; true
# what never happened is known not to have happened
{last-contact: within 7 days}       ; {}                                  ; false
{last-contact: more than 7 days ago}; {}                                  ; false
{last-contact: "!= 2026-03-01"}     ; {}                                  ; false
{not: {last-contact: within 7 days}}; {}                                  ; true
{signed: within 7 days}             ; {}                                  ; unknown
# collections
{purchases: some}                                 ; {}                                ; false
{purchases: none}                                 ; {}                                ; true
{purchases: some}                                 ; {purchases: [{}]}                 ; true
{purchases: {count: 0}}                           ; {}                                ; true
{purchases: {count: ">= 2"}}                      ; {purchases: [{}, {}]}             ; true
{purchases: {count: 2..3}}                        ; {purchases: [{}, {times: 2}]}     ; true
{purchases: {any: {product: a}}}                  ; {purchases: [{product: a}, {}]}   ; true
{purchases: {any: {product: a}}}                  ; {purchases: [{product: b}, {}]}   ; unknown
{purchases: {none: {product: a}}}                 ; {purchases: [{product: b}, {}]}   ; unknown
{purchases: {none: {product: a}}}                 ; {purchases: [{product: b}]}       ; true
{purchases: {count: ">= 1", where: {product: a}}} ; {purchases: [{}]}                 ; unknown
{purchases: {count: "<= 1", where: {product: a}}} ; {purchases: [{}]}                 ; true
{purchases: {count: 3, where: {product: a}}}      ; {purchases: [{}, {product: a}]}   ; false
{purchases: {count: "!= 1", where: {product: a}}} ; {purchases: [{times: 2}]}         ; unknown
{purchases: {total: {amount: ">= 5"}}}            ; {purchases: [{amount: 2}, {amount: 3}]}   ; true
{purchases: {total: {amount: ">= 5"}}}            ; {purchases: [{amount: 9}, {}]}    ; unknown
{purchases: {total: {amount: 9}, where: {product: a}}}; {purchases: [{amount: 9}]}  ; unknown
{purchases: {total: {amount: 0}}}                 ; {}                                ; true
{purchases: {total: {amount: 9}, where: {product: a}}}; {purchases: [{product: b}]}  ; false
{purchases: {count: 1, within: 7 days}}           ; {purchases: [{at: 2026-03-23}]}   ; false
{purchases: {count: 1, within: 7 days}}           ; {purchases: [{at: 2026-03-24}, {}]}       ; true
{purchases: {any: {amount: 3}, within: 7 days}}   ; {purchases: [{amount: 3}]}       ; false
{purchases: {count: 1, any: {product: a}}}        ; {purchases: [{product: b}]}       ; false
"""
ROWS = [row for line in TABLE.splitlines() if (row := line.strip()) and not row.startswith("#")]


def parsed(source: Any, scope: Scope) -> Node:
    node, problems = parse_condition(source, scope, HERE)
    assert problems == []
    return node


def condition(plain: object, scope: Scope) -> Condition:
    return Condition(parsed(written(plain), scope))


def read(field: Field, value: Any) -> Any:
    """Read a fact of the table."""
    if value is None:
        return [] if field.kind is Kind.COLLECTION else None
    if field.kind is Kind.COLLECTION:
        return [
            {each.name: read(each, item.get(each.name)) for each in field.items}
            | {"times": int(item.get("times", 1))}
            for item in value
        ]
    if field.kind is Kind.MOMENT:
        return moment_of(parse_moment(value), ZONE)
    return value_of(field, value)


@pytest.mark.parametrize("row", ROWS)
def test_the_table(row: str) -> None:
    source, given_facts, wanted = (build_tree(part, "rules.yaml")[0] for part in row.split(";"))
    found = RandomFacts(now=NOW.timestamp(), today=NOW.astimezone(ZONE).date())
    found |= {name: read(field, given_facts.get(name)) for name, field in SCOPE.items()}
    node = parsed(source, SCOPE)
    assert Condition(node).ask(found) is ANSWERS[str(wanted)]
    assert answer(node, found) is ANSWERS[str(wanted)]


def test_an_item_is_asked_about_itself_and_not_about_the_customer() -> None:
    amount = Field("amount", Kind.NUMBER)
    scope = {"amount": amount, "list": Field("list", Kind.COLLECTION, items=(amount,))}
    asked = condition({"list": {"any": {"amount": "1"}}}, scope)
    assert asked.ask({"amount": 1, "list": [{"amount": 2, "times": 1}]}) is False


def test_a_count_is_a_whole_number() -> None:
    """Between two and three there is no count, whatever is unknown."""
    asked = condition({"purchases": {"count": "2.2..2.8", "where": {"product": "a"}}}, SCOPE)
    items = [{"at": None, "product": None, "amount": None, "times": 1}] * 5
    assert asked.ask({"purchases": items}) is False


def test_the_empty_condition_is_true_and_nothing_decides_it() -> None:
    assert Condition(ALWAYS).ask({}) is True
    assert Condition(ALWAYS).deciding({}) == ()


def test_the_empty_disjunction_cannot_be_written() -> None:
    assert parse_condition(written({"any": []}), SCOPE, HERE)[1] != []


def test_a_condition_reads_its_text_in_any_unicode_form() -> None:
    asked = condition({"city": "Ha\u0300 No\u0323\u0302i"}, SCOPE)
    assert asked.ask({"city": "Hà Nội"}) is True


def test_a_value_and_its_opposite_never_hold_at_once() -> None:
    """Spaces belong to a text wherever it is written."""
    either = [condition({"city": text}, SCOPE) for text in ("a  b", "!= a  b")]
    for city in ("a  b", "a b"):
        assert sorted(bool(each.ask({"city": city})) for each in either) == [False, True]


def test_a_traceback_names_the_line_of_the_rule() -> None:
    asked = Condition(parsed(build_tree("\n\nage: '>= 3'", "rules.yaml")[0], SCOPE))
    with pytest.raises(TypeError) as caught:
        asked.ask({"age": "three"})
    code = caught.traceback[-1].frame.code
    assert (code.path, caught.traceback[-1].lineno + 1) == ("rules.yaml", 3)


@given(st.data())
def test_compiled_agrees_with_the_oracle(data: st.DataObject) -> None:
    scope = data.draw(scopes())
    asked = [condition(data.draw(conditions(scope)), scope) for _ in range(5)]
    for known in data.draw(st.lists(facts(scope), min_size=6, max_size=6)):
        assert [each.ask(known) for each in asked] == [answer(each.node, known) for each in asked]


@given(st.data())
def test_de_morgan(data: st.DataObject) -> None:
    scope = data.draw(scopes())
    parts = data.draw(st.lists(conditions(scope, depth=1), min_size=1, max_size=3))
    opposites = [{"not": part} for part in parts]
    known = data.draw(facts(scope))
    for joint, other in (("any", "all"), ("all", "any")):
        whole = condition({"not": {joint: parts}}, scope).ask(known)
        assert whole is condition({other: opposites}, scope).ask(known)
    assert condition({"not": opposites[0]}, scope).ask(known) is condition(parts[0], scope).ask(
        known
    )


@given(st.data())
def test_learning_a_fact_never_turns_an_answer_around(data: st.DataObject) -> None:
    scope = data.draw(scopes())
    asked = [condition(data.draw(conditions(scope, presence=False)), scope) for _ in range(3)]
    after = data.draw(facts(scope, gaps=False))
    before = forgotten(after, scope, data.draw(st.randoms(use_true_random=False)))
    for each in asked:
        assert each.ask(before) in (None, each.ask(after))


def forgotten(known: RandomFacts, scope: Scope, random: Any) -> RandomFacts:
    """Return *known* with some values unknown; what never happened stays as it is."""
    before = RandomFacts(known)
    for name, field in scope.items():
        if field.kind is Kind.COLLECTION:
            parts = {each.name: each for each in field.items}
            before[name] = [forgotten(RandomFacts(item), parts, random) for item in known[name]]
        elif not field.never and random.random() < 0.5:
            before[name] = None
    return before


@given(st.data())
def test_what_decides(data: st.DataObject) -> None:
    """It is part of the condition, it is never empty, and what is unknown shows as unknown."""
    scope = data.draw(scopes())
    asked = condition(data.draw(conditions(scope)), scope)
    written_atoms = {(each.field.name, each.text, each.place) for each in atoms(asked.node)}
    for known in data.draw(st.lists(facts(scope), min_size=3, max_size=3)):
        decided = asked.deciding(known)
        assert {(each.field, each.test, each.place) for each in decided} <= written_atoms
        assert decided
        if asked.ask(known) is None:
            assert any(each.value is None or ".." in each.value for each in decided)


@given(st.data())
def test_what_did_not_decide_does_not_matter(data: st.DataObject) -> None:
    scope = data.draw(scopes())
    asked = condition(data.draw(conditions(scope)), scope)
    known, other = data.draw(st.tuples(facts(scope), facts(scope)))
    found = asked.ask(known)
    if found is None:
        return
    decided = {each.field for each in asked.deciding(known)}
    kept = {key: known[key] for key in (*decided, "now", "today")}
    assert asked.ask(RandomFacts(other | kept)) is found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        ("Huế", "Huế"),
        (NOW.date(), "2026-03-31"),
        (moment_of(NOW, ZONE), "2026-03-31"),
    ],
)
def test_a_fact_is_shown_as_a_person_reads_it(value: object, words: str | None) -> None:
    assert shown(value) == words
