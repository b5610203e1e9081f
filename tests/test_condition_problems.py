"""Every way to write a condition wrong: one problem, at the word itself, with its cure.

The guillemets in a source stand around what the caret must underline; below it stand the
check, the message and, after a bar, the hint.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.conditions.parse import DEEPEST, parse_condition
from careflow.errors import Problem
from careflow.loader.tree import build_tree
from careflow.source import Place
from strategies import SCOPE, scopes, written

TABLE = """
# names
{«agee»: 3}
    unknown-field: there is no field "agee" | Did you mean "age"?
{city: Huế, «Age»: 3}
    unknown-field: there is no field "Age" | Did you mean "age"?
{«birthdate»: known}
    unknown-field: there is no field "birthdate" | Did you mean "birth-date"?
{«hobby»: golf}
    unknown-field: there is no field "hobby"
    | Choices: age, all, any, birth-date, call, city, income, last-contact, not, purchases,
    signed, vip.
{«nott»: {age: 3}}
    unknown-field: there is no field "nott" | Did you mean "not"?
# values of each type
{income: «premum»}
    unknown-value: "premum" is not a value of income | Did you mean "premium"?
{income: «rich»}
    unknown-value: "rich" is not a value of income | Choices: budget, middle, premium.
{income: "«!= premum»"}
    unknown-value: "premum" is not a value of income | Did you mean "premium"?
{vip: «maybe»}
    bad-flag: "maybe" is neither yes nor no
{age: «lots»}
    bad-number: "lots" is not a number
{age: «500.000»}
    bad-number: "500.000" looks like a number with separators of thousands | Write 500000.
{age: "«500,000»"}
    bad-number: "500,000" looks like a number with separators of thousands | Write 500000.
{age: "«>= 1.500.000»"}
    bad-number: "1.500.000" looks like a number with separators of thousands | Write 1500000.
{age: «0703»}
    bad-number: "0703" is not a number | Write 703.
{age: «1e5»}
    bad-number: "1e5" is not a number
{age: "«»"}
    bad-number: "" is not a number
{birth-date: «8/3/2026»}
    bad-date: "8/3/2026" is not a date | Write year-month-day, as "2026-03-08".
{birth-date: «2026-02-30»}
    bad-date: "2026-02-30" is not a day of the calendar
{call: «2 days»}
    bad-duration: "2 days" is longer than what is measured here | Use hours.
# tests that do not fit the type
{age: «within 3 days»}
    wrong-type: "within 3 days" tests a time, but age is a number
{vip: «more than 3 days ago»}
    wrong-type: "more than 3 days ago" tests a time, but vip is a flag
{call: «in the next 3 days»}
    wrong-type: "in the next 3 days" tests a time, but call is a duration
{city: "«> 3»"}
    wrong-type: ">" compares an order, but city is a text | Write the value, or a list of values.
{income: "«>= middle»"}
    wrong-type: ">=" compares an order, but income is a choice
    | Write the value, or a list of values.
{age: "«>= »"}
    bad-number: ">=" is not a number
{age: «27..18»}
    empty-range: "27..18" ends before it begins | Did you mean "18..27"?
{birth-date: «2026-03-08..2026-03-01»}
    empty-range: "2026-03-08..2026-03-01" ends before it begins
    | Did you mean "2026-03-01..2026-03-08"?
{age: «18..0703»}
    bad-number: "0703" is not a number | Write 703.
{birth-date: «within 3 hours»}
    bad-duration: birth-date is a date without an hour; it cannot be compared by 3 hours | Use days.
# durations
{last-contact: «within 12»}
    bad-duration: "12" is not a duration with its unit | Write "12 days", or another unit.
{last-contact: «within 12 mnths»}
    bad-duration: "mnths" is not a unit of time | Did you mean "12 months"?
{last-contact: «within 12 moons»}
    bad-duration: "moons" is not a unit of time
    | Units: seconds, minutes, hours, days, weeks, months, years.
{last-contact: «more than 0 days ago»}
    bad-duration: "0 days" lasts no time at all | Write "1 day" or more.
{last-contact: «within 300 years»}
    bad-duration: "300 years" is longer than 200 years
# shapes
{age: «»}
    bad-condition: nothing stands where a test of age belongs
{age: «{»count: 3}}
    bad-condition: a mapping stands where a test of age belongs
{age: «[»]}
    bad-condition: an empty list matches nothing
{age: [1, «two»]}
    bad-number: "two" is not a number
{income: [middle, «premum»]}
    unknown-value: "premum" is not a value of income | Did you mean "premium"?
{age: [1, «[»2]]}
    bad-condition: a list of values of age holds something else
{age: [1, «known»]}
    bad-number: "known" is not a number
{any: «{»age: 3}}
    bad-condition: any: and all: take a list of conditions
{any: «[»]}
    bad-condition: any: and all: take a list of conditions
{all: «age»}
    bad-condition: any: and all: take a list of conditions
{any: [{age: 3}, «age»]}
    bad-condition: a condition is a mapping of field: test
{any: [{age: 3}, «{»}]}
    bad-condition: an empty condition says nothing
{not: «[»{age: 3}]}
    bad-condition: a condition is a mapping of field: test
{not: {any: [{«aeg»: 3}]}}
    unknown-field: there is no field "aeg" | Did you mean "age"?
«{»}
    bad-condition: an empty condition says nothing
# collections
{purchases: «3»}
    bad-condition: purchases is a collection
    | Write "some", "none" or a mapping of count, total, any, none, within, where.
{purchases: «[»some]}
    bad-condition: purchases is a collection
    | Write "some", "none" or a mapping of count, total, any, none, within, where.
{purchases: «{»}}
    bad-condition: nothing is asked of purchases | Add one of count, total, any, none.
{purchases: «{»within: 7 days}}
    bad-condition: nothing is asked of purchases | Add one of count, total, any, none.
{purchases: {«cuont»: 3}}
    unknown-key: unknown key "cuont" | Did you mean "count"?
{purchases: {count: 3, «wher»: {product: a}}}
    unknown-key: unknown key "wher" | Did you mean "where"?
{purchases: {count: «lots»}}
    bad-number: "lots" is not a number
{purchases: {count: [1, «two»]}}
    bad-number: "two" is not a number
{purchases: {count: «known»}}
    bad-condition: a count or total is tested by a number | Write "0" or ">= 1".
{purchases: {count: «within 3 days»}}
    wrong-type: "within 3 days" tests a time, but count is a number
{purchases: {count: 3, within: «7»}}
    bad-duration: "7" is not a duration with its unit | Write "7 days", or another unit.
{purchases: {count: 3, where: «a»}}
    bad-condition: a condition is a mapping of field: test
{purchases: {any: {«prodct»: a}}}
    unknown-field: there is no field "prodct" | Did you mean "product"?
{purchases: {any: {«age»: 3}}}
    unknown-field: there is no field "age" | Choices: all, amount, any, at, not, product.
{purchases: {none: «[»{product: a}]}}
    bad-condition: a condition is a mapping of field: test
{purchases: {count: 3, where: {product: a, amount: «500.000»}}}
    bad-number: "500.000" looks like a number with separators of thousands | Write 500000.
{purchases: {total: «3»}}
    bad-condition: total: takes one number and its test | Write total: {amount: ">= 1"}.
{purchases: {total: {«amont»: 3}}}
    unknown-field: "amont" is not a number of purchases | Did you mean "amount"?
{purchases: {total: {«product»: 3}}}
    unknown-field: "product" is not a number of purchases | Choices: amount.
{purchases: {total: {amount: «lots»}}}
    bad-number: "lots" is not a number
"""
ROWS = re.findall(r"^([^#\s].*)\n((?: .+\n)+)", TABLE, re.MULTILINE)


def problems_of(source: str) -> list[Problem]:
    tree, broken = build_tree(source, "rules.yaml")
    assert broken == []
    return parse_condition(tree, SCOPE, Place("rules.yaml", 1))[1]


def marked(source: str) -> tuple[str, int, int]:
    """Return the source without its marks, the column of the first and the width between them.

    The caret of a quoted word begins at its quote and takes both quotes in.
    """
    before, word, _ = source.replace("»", "«").split("«")
    quotes = before.endswith('"')
    return (
        source.replace("«", "").replace("»", ""),
        len(before) + 1 - quotes,
        len(word) + 2 * quotes,
    )


@pytest.mark.parametrize(("source", "wanted"), ROWS, ids=[marked(row[0])[0] for row in ROWS])
def test_each_mistake_is_one_problem(source: str, wanted: str) -> None:
    text, column, width = marked(source)
    check, sentences = " ".join(wanted.split()).split(": ", 1)
    message, _, hint = sentences.partition(" | ")
    assert problems_of(text) == [Problem("rules.yaml", 1, column, check, message, hint)]
    assert problems_of(text)[0].width == max(width, 1)


def test_a_problem_in_a_block_stands_on_its_line() -> None:
    source = """
any:
  - age: 3
  - purchases:
      count: ">= 1"
      where:
        product: [a, b]
        amount: lots
"""
    assert [(each.line, each.column) for each in problems_of(source)] == [(8, 17)]


def test_all_problems_are_found_in_one_run() -> None:
    source = "{agee: 3, vip: maybe, any: [{age: two}, 3], purchases: {cuont: 1, total: 2}}"
    checks = ["unknown-field", "bad-flag", "bad-number", "bad-condition", "unknown-key"]
    assert [each.check for each in problems_of(source)] == [*checks, "bad-condition"]


def nested(levels: int) -> dict[str, Any]:
    plain: dict[str, Any] = {"age": "3"}
    for level in range(levels):
        plain = [{"not": plain}, {"any": [plain]}, {"all": [plain]}][level % 3]
    return plain


def test_as_deep_as_a_person_can_read_is_fine() -> None:
    assert parse_condition(written(nested(DEEPEST)), SCOPE, Place("rules.yaml", 1))[1] == []


@pytest.mark.parametrize("levels", [DEEPEST + 1, DEEPEST * 3])
def test_deeper_is_one_problem(levels: int) -> None:
    _, problems = parse_condition(written(nested(levels)), SCOPE, Place("rules.yaml", 1))
    messages = [(each.check, each.message, each.hint) for each in problems]
    assert messages == [("bad-condition", f"conditions nest deeper than {DEEPEST} levels", "")]


@pytest.mark.parametrize("source", ["[]", "age", "3", "~"])
def test_what_is_no_mapping_is_no_condition(source: str) -> None:
    """Where the source has no place of its own, the place of its key is shown."""
    tree, _ = build_tree(source, "rules.yaml")
    found = parse_condition(tree, SCOPE, Place("rules.yaml", 7, 3, 4))[1]
    message = "a condition is a mapping of field: test"
    assert found == [Problem("rules.yaml", 7, 3, "bad-condition", message)]


@pytest.mark.parametrize("within", ["«»", "«[»7 days]", "«{»days: 7}"])
def test_no_word_of_python_reaches_the_reader(within: str) -> None:
    text, column, _ = marked(f"{{purchases: {{count: 3, within: {within}}}}}")
    (found,) = problems_of(text)
    assert (found.check, found.column) == ("bad-duration", column)
    assert not any(word in found.message for word in ("None", "['", "{'"))


_words = st.text(max_size=8) | st.sampled_from(
    [
        "any",
        "not",
        "count",
        "within 3",
        "..",
        ">= ",
        "!= ",
        "1..",
        "more than  ago",
        "known",
        "some",
    ]
)
_shapes = st.recursive(
    _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_is_written_is_answered_with_problems(data: st.DataObject) -> None:
    """Never with an exception, and always with a place of the file."""
    scope = data.draw(scopes())
    keys = st.sampled_from(["any", "all", "not", *scope])
    source = data.draw(st.dictionaries(keys, _shapes, max_size=3))
    _, problems = parse_condition(written(source), scope, Place("rules.yaml", 1))
    assert all(each.line and each.check and each.message for each in problems)
