"""Customers from JSON lines, JSON and CSV: the same in all three, and never all or nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careflow.customer.reading import BadRecord, read_customers
from careflow.customer.record import Customer
from careflow.errors import UsageError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
RECORD = {
    "id": "C17",
    "name": 'Nguyễn "An", giám đốc',
    "kind": "partner",
    "birth_date": "1990-02-28",
    "age": "36",
    "do_not_contact": "no",
    "address": "12 Hàng Bạc;\nHà Nội",
    "channels": {"phone": {"address": "0912", "consent": {"marketing": "yes"}}},
    "representative": {"name": "Bình"},
    "attributes": {"need": "insurance"},
    "interactions": [
        {"at": "2026-03-08T09:30+07:00", "direction": "in", "times": "2"},
        {"at": "2026-03-09", "channel": "zalo"},
    ],
    "purchases": [{"at": "2026-01-02", "amount": "12.50", "currency": "VND"}],
    "complaints": [{"opened_at": "2026-02-01", "events": [{"at": "2026-02-02", "kind": "note"}]}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("customers")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def outcomes(path: Path) -> list[str]:
    """Give each customer as their id, each bad record as its problems without the file."""
    return [
        found.id
        if isinstance(found, Customer)
        else " | ".join(str(each).removeprefix(f"{path}:") for each in found.problems)
        for found in read_customers(path)
    ]


def flat(value: object, path: str = "") -> dict[str, object]:
    if not isinstance(value, dict | list):
        return {path: value}
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    return {
        name: cell
        for step, below in steps
        for name, cell in flat(below, f"{path}.{step}" if path else str(step)).items()
    }


def as_csv(records: list[dict], delimiter: str = ",") -> str:
    rows = [flat(record) for record in records]
    header = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def in_every_form(records: list[dict]) -> dict[str, str]:
    forms = {
        "a.jsonl": "".join(json.dumps(each) + "\n" for each in records),
        "a.ndjson": "\r\n\n".join(json.dumps(each, ensure_ascii=False) for each in records),
        "a.json": json.dumps(records, indent=2),
    }
    return forms | {f"{name}.csv": as_csv(records, sign) for name, sign in DELIMITERS.items()}


characters = st.characters(exclude_categories=["Cs"])
words = st.text(characters, min_size=1).filter(lambda text: text == text.strip())


@given(st.lists(st.fixed_dictionaries({"name": words, "owner": words}), max_size=5))
def test_equal_content_gives_equal_customers_in_every_form(folder, several):
    records = [RECORD | each | {"id": f"C{n}"} for n, each in enumerate(several)]
    expected = [Customer.model_validate(record) for record in records]
    for name, content in in_every_form(records).items():
        assert list(read_customers(write(folder, name, content))) == expected, name
        marked = write(folder, f"bom-{name}", "\ufeff" + content)
        assert list(read_customers(marked)) == expected, name


def test_json_may_write_numbers_and_flags_as_such(folder):
    typed = RECORD | {"age": 36, "do_not_contact": False}
    path = write(folder, "typed.jsonl", json.dumps(typed))
    assert list(read_customers(path)) == [Customer.model_validate(RECORD)]


BAD_JSON = {
    b'{"id": true}': "wrong-type",
    b"[1]": "bad-json",
    b"null": "bad-json",
    b'{"name": "An"}': "missing-key",
    b'{"id": "X", "age": -1}': "bad-number",
    b'{"id": "X", "id": "Y"}': "duplicate-key",
    b'{"id": "X", "age": NaN}': "bad-number",
    b'{"id": "X", "age": 1e99999999999999999999}': "bad-number",
    b'{"id": "X", "nmae": "An"}': "unknown-key",
    b'{"id": "X", "name": "\xff"}': "not-utf8",
    b'{"id": "X", "interactions.\xc2\xb2.at": "2026-03-08"}': "wrong-type",
    b'{"id": "X", "attributes": {"x": ' + b"[" * 600 + b"]" * 600 + b"}}": "too-deep",
}
BAD_LINES = BAD_JSON | {
    b'{"id": "X"': "bad-json",
    b'{"id": "X",}': "bad-json",
    b"[" * 5000: "bad-json",
}
BAD_ROWS = {
    b"X": "ragged-row",
    b"X,An,1,2": "ragged-row",
    b",An,1": "missing-key",
    b"X,An,-1": "bad-number",
    b"X,\xff,1": "not-utf8",
    b'X,"An" Binh,1': "bad-csv",
}


def mixed(bad: dict[bytes, str]):
    """Draw lines: `None` for a good one, a bad one with its check, or a blank one."""
    choice = st.sampled_from([*bad.items(), (b"", ""), (b"  ", "")])
    return st.lists(st.none() | choice, max_size=12)


def expected(lines, first):
    numbered = [(n, each) for n, each in enumerate(lines, first) if each is None or each[1]]
    return [f"C{n}" if each is None else (n, each[1]) for n, each in numbered]


def told(path):
    """Give what was read: ids, and line and check of each bad record's one problem."""
    found = []
    for each in read_customers(path):
        if isinstance(each, BadRecord):
            (problem,) = each.problems
            assert problem.file == str(path)
            found.append((problem.line, problem.check))
        else:
            found.append(each.id)
    return found


@given(mixed(BAD_LINES))
def test_a_bad_json_line_does_not_stop_the_rest(folder, lines):
    written = [b'{"id": "C%d"}' % n if each is None else each[0] for n, each in enumerate(lines, 1)]
    path = write(folder, "mixed.jsonl", b"\n".join(written))
    assert told(path) == expected(lines, 1)


@given(mixed(BAD_JSON))
def test_a_bad_item_of_a_json_list_does_not_stop_the_rest(folder, lines):
    lines = [each for each in lines if each is None or each[1]]
    written = [b'{"id": "C%d"}' % n if each is None else each[0] for n, each in enumerate(lines, 2)]
    path = write(folder, "mixed.json", b"[\n" + b",\n".join(written) + b"\n]\n")
    assert told(path) == expected(lines, 2)


@given(mixed(BAD_ROWS))
def test_a_bad_csv_row_does_not_stop_the_rest(folder, lines):
    written = [b"C%d,An,1" % n if each is None else each[0] for n, each in enumerate(lines, 2)]
    path = write(folder, "mixed.csv", b"id,name,age\r\n" + b"\r\n".join(written))
    assert told(path) == expected(lines, 2)


JSON_LINES = {
    '{"id": 1}\n{"id": "1"}': [
        "1",
        '2: customer "1" stands on line 1 already. [duplicate-customer]',
    ],
    '{"id": 1, "id": 2}': ['1: key "id" stands twice in one object. [duplicate-key]'],
    '{"id": 1, "age": -Infinity}': ['1: "-Infinity" is not a number. [bad-number]'],
    b'{"id": "\xff"}': ["1: byte 9 is not UTF-8. Save the file as UTF-8. [not-utf8]"],
    '{"id": 1, "n': ["1: the JSON breaks off or goes wrong at column 11. [bad-json]"],
    '{"id": 1\n{"id": 2}': ["1: the JSON breaks off or goes wrong at column 9. [bad-json]", "2"],
    "[" * 100_000: ["1: the JSON nests too deep to be a record. [bad-json]"],
    '{"id": %s}' % ("9" * 5000): ["1: a number has too many digits. [bad-number]"],
    "\n17": ['2: a record is a JSON object. Write {"id": ...}. [bad-json]'],
}
JSON = {
    '[{"id": 1},\n {"id": 2,\n  "age": }]': [
        "1",
        "3: the JSON breaks off or goes wrong at column 10; the rest was not read. [bad-json]",
    ],
    '[{"id": 1}\n {"id": 2}]': [
        "1",
        "2: a comma or ] is missing; the rest was not read. [bad-json]",
    ],
    '[{"id": 1}]\n[]': ["1", "2: the list ends before this; the rest was not read. [bad-json]"],
    '{"id": 1}': ["1: the file does not hold a list of records. Start with [. [bad-json]"],
    b'["\xff",\n {"id": 2}]': [
        "1: the record is not UTF-8. Save the file as UTF-8. [not-utf8]",
        "2",
    ],
    "[" * 100_000: ["1: the JSON nests too deep to be a record; the rest was not read. [bad-json]"],
}
QUOTE = "Look for a quote that does not close."
RAGGED = "the header has 2 columns, and this row has"
CSV = {
    "id,name\n1\n": [f"2: {RAGGED} 1. [ragged-row]"],
    'id,name\n1,"A\nB"\n2\n\n,,\n3,"A\r\n\r\nB"\n4,x,y\n': [
        "1",
        f"4: {RAGGED} 1. [ragged-row]",
        "3",
        f"10: {RAGGED} 3. [ragged-row]",
    ],
    'id,name\n1,"An\n2,Chi\n': [
        f"2: the row cannot be read; lines 2 to 3 were not read. {QUOTE} [bad-csv]"
    ],
    "id,name,name\n1,An,Chi\n": [
        '1: column "name" stands twice. Rename one of them. [duplicate-key]'
    ],
    b"id,n\xffme\n1,An\n": ["1: the header is not UTF-8. Save the file as UTF-8. [not-utf8]"],
    "\n\nid;name\n1;An\n": ["1"],
    "id,name\r1,An\r2,Chi\r": ["1", "2"],
    "": [],
}
FORMS = {"jsonl": JSON_LINES, "json": JSON, "csv": CSV}


@pytest.mark.parametrize(
    ("ending", "content", "said"),
    [(ending, *case) for ending, cases in FORMS.items() for case in cases.items()],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, ending, content, said):
    assert outcomes(write(tmp_path, f"a.{ending}", content)) == said


MISSING = 'there is no customers file "{}".'
ENDINGS = "Names end in .jsonl, .ndjson, .json, .csv."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("custmers.csv", f'{MISSING} Did you mean "customers.csv"? [no-file]'),
        ("no/folder/a.csv", f"{MISSING} [no-file]"),
        ("sub.json", '"{}" is a directory, not a customers file. [no-file]'),
        ("a.xlsx", f'"{{}}" does not say its form by its name. {ENDINGS} [no-file]'),
        (".csv", f'"{{}}" does not say its form by its name. {ENDINGS} [no-file]'),
    ],
)
def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path, name, sentence):
    (tmp_path / "sub.json").mkdir()
    for present in ("customers.csv", "a.xlsx", ".csv"):
        write(tmp_path, present, "id\n1\n")
    with pytest.raises(UsageError) as caught:
        read_customers(tmp_path / name)
    assert str(caught.value) == sentence.format(tmp_path / name)


def test_a_file_that_may_not_be_opened_is_wrong_use(tmp_path, monkeypatch):
    path = write(tmp_path, "a.csv", "id\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError) as caught:
        list(read_customers(path))
    assert str(caught.value) == f'the customers file "{path}" cannot be opened. [no-file]'


PIECES = b'[ ] { } , : " \\ \n \r ; \t 1 -1 1e9 NaN null "id" id name . .0 \\ud800'.split(b" ")
PIECES += [b"\xef\xbb\xbf", b"\xff", b"\x00", b" ", "\u00b2".encode(), b'{"id":"a"}', b'"at":']


@settings(deadline=timedelta(seconds=5))
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
def test_arbitrary_bytes_give_customers_or_problems_and_nothing_else(folder, ending, content):
    path = write(folder, f"any.{ending}", content)
    for found in read_customers(path):
        if isinstance(found, BadRecord):
            assert found.problems
            assert all(each.line >= 1 and str(each) for each in found.problems)
        else:
            assert found.id
