"""A firm's own columns and values, mapped to the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.customer.mapping import RecordMap, put
from careflow.customer.reading import BadRecord, read_customers
from careflow.errors import Finding, PlaybookError, UsageError
from careflow.loader import load_mapping


@pytest.fixture
def mapped(tmp_path):
    """Apply a mapping file, given as its text, to one raw record."""

    def apply(text: str, raw: dict) -> dict:
        path = tmp_path / "map.yaml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path).apply(raw)

    return apply


def test_columns_are_renamed_and_the_rest_is_kept(mapped):
    text = "fields:\n  name: ho_ten\n  zone: {column: tz}\n"
    raw = {"id": 1, "ho_ten": "An", "tz": "UTC", "age": 30}
    assert mapped(text, raw) == {"id": 1, "name": "An", "zone": "UTC", "age": 30}


def test_dotted_columns_and_fields_reach_into_parts(mapped):
    text = "fields:\n  name: person.name\n  channels.phone.address: contact.tel\n"
    raw = {"id": 1, "person": {"name": "An"}, "contact": {"tel": "0912"}}
    expected = {"id": 1, "name": "An", "channels": {"phone": {"address": "0912"}}}
    assert mapped(text, raw) == expected


def test_a_column_whose_own_name_has_a_dot_comes_first(mapped):
    text = "fields:\n  name: person.name\n"
    assert mapped(text, {"person.name": "An"}) == {"name": "An"}


def test_a_column_that_is_not_there_is_absent(mapped):
    text = "fields:\n  name: person.name\n  age: alter\n"
    assert mapped(text, {"id": 1, "person": "An"}) == {"id": 1}


ABSENT = "absent: [unknown, -1]\nfields:\n  age: {column: alter, absent: [999, 0]}\n"


@pytest.mark.parametrize("value", ["unknown", "-1", -1, 999, "999", 0, None])
def test_sentinels_become_absent(mapped, value):
    assert mapped(ABSENT, {"id": 1, "alter": value}) == {"id": 1}


@pytest.mark.parametrize("value", [1, "99", 9990, "Unknown", "", False])
def test_what_is_no_sentinel_stays(mapped, value):
    assert mapped(ABSENT, {"id": 1, "alter": value}) == {"id": 1, "age": value}


def test_a_sentinel_of_one_column_is_a_value_in_another(mapped):
    raw = {"id": 1, "score": 999, "name": "unknown", "attributes": {"n": "unknown"}}
    assert mapped(ABSENT, raw) == {"id": 1, "score": 999, "attributes": {"n": "unknown"}}


def test_an_empty_value_can_be_a_sentinel(mapped):
    assert mapped('absent: [""]\n', {"id": 1, "name": ""}) == {"id": 1}
    assert mapped("absent: [~]\n", {"id": 1, "name": ""}) == {"id": 1}


VALUES = """
fields:
  kind: {column: loai, values: {KH: customer, NCC: supplier, 3: partner}}
  do_not_contact: {values: {true: "no", J: "yes"}}
"""


@pytest.mark.parametrize(
    ("raw", "record"),
    [
        ({"loai": "KH"}, {"kind": "customer"}),
        ({"loai": 3}, {"kind": "partner"}),
        ({"loai": "3"}, {"kind": "partner"}),
        ({"loai": "kh"}, {"kind": "kh"}),
        ({"do_not_contact": True}, {"do_not_contact": "no"}),
        ({"do_not_contact": "J"}, {"do_not_contact": "yes"}),
        ({"do_not_contact": False}, {"do_not_contact": False}),
    ],
)
def test_values_are_translated_and_others_pass(mapped, raw, record):
    assert mapped(VALUES, raw) == record


EACH = """
absent: [unknown]
fields:
  interactions:
    column: lich_su
    each:
      at: ngay
      times: {column: n, absent: [0]}
      direction: {values: {den: in, di: out}}
"""


def test_items_of_a_list_are_mapped_each(mapped):
    raw = {
        "lich_su": [
            {"ngay": "2026-03-08", "n": 3, "direction": "den", "channel": "zalo"},
            {"ngay": "2026-03-09", "n": 0, "direction": "in", "channel": "unknown"},
        ]
    }
    assert mapped(EACH, raw) == {
        "interactions": [
            {"at": "2026-03-08", "times": 3, "direction": "in", "channel": "zalo"},
            {"at": "2026-03-09", "direction": "in"},
        ]
    }


def test_lists_in_lists_are_mapped_each(mapped):
    text = "fields: {complaints: {each: {opened_at: mo, events: {column: log, each: {at: t}}}}}\n"
    raw = {"complaints": [{"mo": "2026-03-08", "log": [{"t": "2026-03-09", "kind": "note"}]}]}
    event = {"at": "2026-03-09", "kind": "note"}
    assert mapped(text, raw) == {"complaints": [{"opened_at": "2026-03-08", "events": [event]}]}


@pytest.mark.parametrize("odd", [["x"], "x", [[{"ngay": 1}]]])
def test_what_is_no_list_of_items_is_left_for_the_record_to_refuse(mapped, odd):
    assert mapped(EACH, {"lich_su": odd}) == {"interactions": odd}


@pytest.mark.parametrize(
    ("others", "record"),
    [
        ("keep", {"id": 1, "name": "An", "balance": 7, "need": "car"}),
        ("ignore", {"id": 1, "name": "An"}),
        ("attributes", {"id": 1, "name": "An", "attributes": {"balance": 7, "need": "car"}}),
    ],
)
def test_other_columns_are_kept_ignored_or_become_attributes(mapped, others, record):
    text = f"fields: {{id: ma, name: ten}}\nothers: {others}\n"
    assert mapped(text, {"ma": 1, "ten": "An", "balance": 7, "need": "car"}) == record


raws = st.dictionaries(
    st.sampled_from(["id", "name", "age", "x", "y"]),
    st.recursive(
        st.none() | st.text(max_size=3) | st.integers(), lambda v: st.lists(v, max_size=2)
    ),
)


@given(raws)
def test_an_empty_mapping_changes_nothing_but_nulls(raw):
    assert RecordMap().apply(raw) == {key: each for key, each in raw.items() if each is not None}


@given(st.permutations(["id", "name", "age", "balance"]))
def test_the_order_of_columns_does_not_matter(order):
    mapping = RecordMap.model_validate({"fields": {"name": "age", "age": "name"}})
    raw = {"id": 1, "name": 30, "age": "An", "balance": 7}
    expected = {"id": 1, "name": "An", "age": 30, "balance": 7}
    assert mapping.apply({column: raw[column] for column in order}) == expected


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["interactions.1.at"], 'column "interactions.1.at" skips an item of its list'),
        (["a.0", "a.x"], 'column "a.x" skips an item of its list'),
        (["a.0", "a.\u00b2"], 'column "a.\u00b2" skips an item of its list'),
        (["a.0", "a." + "9" * 5000], f'column "a.{"9" * 5000}" skips an item of its list'),
        (["a.b", "a.b.c"], 'column "a.b.c" runs through a value'),
    ],
)
def test_columns_that_contradict_each_other_are_refused(columns, message):
    record: dict = {}
    for column in columns[:-1]:
        put(record, column, "x")
    with pytest.raises(Finding) as caught:
        put(record, columns[-1], "x")
    assert (caught.value.check, caught.value.message) == ("bad-column", message)


def test_a_mapped_csv_file_is_read_as_any_other(tmp_path):
    (tmp_path / "map.yaml").write_text(
        "absent: [unknown]\nfields: {id: ma, age: {column: alter, absent: [999]}}\n"
        "others: attributes\n",
        encoding="utf-8",
    )
    path = tmp_path / "a.csv"
    path.write_text("ma;alter;need\n1;999;car\n2;old;unknown\n", encoding="utf-8")
    first, second = read_customers(path, load_mapping(tmp_path / "map.yaml"))
    assert (first.id, first.age, first.attributes) == ("1", None, {"need": "car"})
    assert isinstance(second, BadRecord)
    (problem,) = second.problems
    assert str(problem) == f'{path}:3: "old" is not a number in age. [bad-number]'


CHOICES = "Choices: attributes, ignore, keep."
MAPPING = "stands where a mapping (key: value) belongs."
CURE = "Write the firm's value, a colon and careflow's, as {KH: customer}."
PAIRS = f"pairs of values belong here. {CURE}"
WRONG = {
    "feilds: {}": '1:1: unknown key "feilds". Did you mean "fields"? [unknown-key]',
    "fields:\n  nmae: b": '2:3: a record has no "nmae". Did you mean "name"? [unknown-key]',
    "fields:\n  age: {colum: b}": '2:9: unknown key "colum". Did you mean "column"? [unknown-key]',
    "fields:\n  age: [b]": f"2:8: a list {MAPPING} [wrong-type]",
    "fields:\n  age:": f"2:7: nothing {MAPPING} [wrong-type]",
    "fields:\n  age: {each: {b: {c: d}}}": (
        '2:20: unknown key "c". Keys allowed here: absent, column, each, values. [unknown-key]'
    ),
    "fields:\n  age: x\n  age: y": (
        '3:3: key "age" stands twice; the first is on line 2. Keep one of them. [duplicate-key]'
    ),
    "others: drop": f'1:9: "drop" is not one of the choices. {CHOICES} [bad-choice]',
    "others: keeep": '1:9: "keeep" is not one of the choices. Did you mean "keep"? [bad-choice]',
    "others:": f"1:8: nothing stands where a choice belongs. {CHOICES} [wrong-type]",
    "absent: unknown": "1:9: a list of values belongs here. [wrong-type]",
    "fields:\n  age: {absent: {b: c}}": "2:17: a list of values belongs here. [wrong-type]",
    "fields:\n  kind: {values: [b]}": f"2:18: {PAIRS} [wrong-type]",
    "fields:\n  kind: {values: {b: [c]}}": f"2:18: {PAIRS} [wrong-type]",
    "": "1:1: the file is empty. [empty-file]",
    "- a": "1:1: the file is not a mapping (key: value). [empty-file]",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_in_a_mapping_file_is_said_at_its_place(tmp_path, text):
    path = tmp_path / "map.yaml"
    path.write_text(f"{text}\n" if text else "", encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_mapping(path)
    (problem,) = caught.value.problems
    assert str(problem).removeprefix(f"{path.as_posix()}:") == WRONG[text]


def test_every_problem_of_a_mapping_file_is_listed_with_its_line(tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text("other: keep\nfields:\n  age: {colum: x}\n  kind: {vals: {}}\n")
    with pytest.raises(PlaybookError) as caught:
        load_mapping(path)
    assert [(each.line, each.column) for each in caught.value.problems] == [(1, 1), (3, 9), (4, 10)]
    assert caught.value.problems[1].excerpt == "  age: {colum: x}"


def test_a_missing_mapping_file_is_wrong_use():
    with pytest.raises(UsageError) as caught:
        load_mapping(Path("no/map.yaml"))
    assert str(caught.value) == 'there is no mapping file "no/map.yaml". [no-file]'
