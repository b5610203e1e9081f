"""What YAML makes of a careless word, a broken file or a hostile one, and what careflow does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import careflow
from careflow.errors import Problem
from careflow.loader import load_handbook
from careflow.loader.tree import DEEPEST, LONGEST_KEY, LONGEST_SCALAR
from careflow.playbook.handbook import Handbook

HEAD = "careflow: 1\nplaybook: firm\ntitle: A firm\nzone: Asia/Ho_Chi_Minh\n"
STAFF = HEAD + "staff:\n  seller: {title: Seller}\n"
NIGHT = HEAD + "quiet-hours:\n  - {title: Night, from: %s, to: 8:00}\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str | bytes, name: str = "firm.yaml") -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def loaded(text: str | bytes) -> Handbook:
    return load_handbook(write(text))


def report(text: str | bytes) -> tuple[Problem, ...]:
    """Load the one file; whatever it holds, within a second."""
    file = write(text)
    start = time.perf_counter()
    found = careflow.check(file)
    assert time.perf_counter() - start < 1
    assert all(each.file == "firm.yaml" for each in found)
    return found


def said(text: str | bytes) -> list[str]:
    return [f"{each.line}:{each.column} {each.check}: {each.message}" for each in report(text)]


# --- words stay what was written


@pytest.mark.parametrize(
    "word",
    [
        *("no", "off", "NO", "yes", "on", "y", "true", "010", "0x1F", "0b11", "1_000", "84_903"),
        *("0703123456", "+84903123456", "500.000", "1.10", "5.", "1e3", "1.0e+3", ".5", "5%"),
        *("22:00", "8:30", "190:20:30", "2024-10-13", "2024-02-30", "0000-01-01", ".inf", ".nan"),
        *("=", "1.500.000", "500,000", "1990-1-5", "2024-10-13T25:00:00", "-", "a: b", "#1"),
        *("null", "~", "Null", "<<", "{x}", "[QC] Hi", "! hi", "&x", "*x", "@x", "%x", "`x`"),
    ],
)
def test_text_is_kept_as_it_was_written(word: str) -> None:
    """Plain where YAML lets it stand plain, and in quotes all the same."""
    plain = (
        word not in ("null", "~", "Null", "-") and word[0] not in "{[!&*@%`#" and ": " not in word
    )
    for written in [f"'{word}'", f'"{word}"', *([word] if plain else [])]:
        text = f"{HEAD}staff:\n  seller:\n    title: {written}\n    person: {written}\n"
        (role,) = _roles(loaded(text + PLAY))
        assert (role.title, role.person) == (word, word)


PLAY = """\
plays:
  hello:
    title: Hello
    action: {purpose: care, channels: [phone], owner: seller}
"""


def _roles(handbook: Handbook) -> tuple:
    return tuple(play.action.owner for play in handbook.plays)


def _hours(text: str) -> tuple[int, int]:
    (entry,) = loaded(NIGHT % text).playbooks[0].policy.quiet_hours
    return entry.window.start, entry.window.end


@pytest.mark.parametrize("written", ["22:00", '"22:00"', "'22:00'", "!!str 22:00"])
def test_an_hour_is_an_hour_with_or_without_quotes(written: str) -> None:
    assert _hours(written) == (22 * 60, 8 * 60)


@pytest.mark.parametrize("written", ["8:30", "08:30"])
def test_the_first_digit_of_an_hour_does_not_matter(written: str) -> None:
    assert _hours(written)[0] == 8 * 60 + 30


@pytest.mark.parametrize("written", ["18:60", "190:20:30", "1320", "22h", "-1:00", "25:00"])
def test_another_hour_is_refused(written: str) -> None:
    (found,) = said(NIGHT % written)
    assert found.startswith("6:26 bad-clock: ")


@pytest.mark.parametrize(
    "number", ["0x10", "0b11", "1_0", "1e3", ".inf", ".nan", "010", "+3", "3.5"]
)
def test_numbers_are_decimal(number: str) -> None:
    (found,) = said(HEAD + f"caps:\n  - {{max: {number}, per: 7 days}}\n")
    assert found.startswith("6:11 bad-number: ")


def test_choices_keep_their_words() -> None:
    text = HEAD + "fields:\n  code: {choice: [no, 010, 1_000, 22:00, 500.000]}\n"
    assert loaded(text).fields["code"].choices == ("no", "010", "1_000", "22:00", "500.000")


def test_keys_keep_their_words() -> None:
    text = HEAD + "staff:\n  no: {title: A}\n  010: {title: B}\n  2026-03-08: {title: C}\n"
    assert said(text + "  8: {title: D}\n") == []
    assert said(text + '  "010": {title: D}\n') == [
        '9:3 duplicate-key: key "010" stands twice; the first is on line 7'
    ]


@pytest.mark.parametrize("empty", ["", "~", "null", "# 1st"])
def test_nothing_is_no_text(empty: str) -> None:
    (found,) = report(f"{HEAD}staff:\n  seller:\n    title: {empty}\n")
    assert (found.check, found.line) == ("wrong-type", 7)


def test_letters_are_the_same_however_they_are_composed() -> None:
    accented, apart = "t\u00ean", "te\u0302n"
    (found,) = report(HEAD + f"staff:\n  {accented}: {{title: A}}\n  {apart}: {{title: B}}\n")
    assert (found.check, found.line) == ("duplicate-key", 7)
    mixed = f"{HEAD}staff:\n  {apart}: {{title: A}}\n{PLAY.replace('seller', accented)}"
    assert said(mixed) == []


# --- bytes and signs


@pytest.mark.parametrize(
    "data",
    [
        STAFF.encode("utf-8-sig"),
        STAFF.encode("utf-16"),
        b"\xfe\xff" + STAFF.encode("utf-16-be"),
        STAFF.replace("\n", "\r\n").encode(),
        STAFF.replace("\n", "\r").encode(),
        STAFF.removesuffix("\n").encode(),
        b"%YAML 1.2\n---\n" + STAFF.encode() + b"...\n",
        STAFF.replace("Seller", "Người bán 😀").encode(),
        STAFF.replace("Seller", '"\\u0110\\U0001F600\\t\\x41"').encode(),
    ],
)
def test_a_file_may_be_saved_in_many_ways(data: bytes) -> None:
    assert said(data) == []


def test_places_count_lines_as_editors_do() -> None:
    slip = STAFF + "plan-ahed: 3 days\n"
    for text in (slip, slip.replace("\n", "\r\n"), slip.replace("\n", "\r"), "\ufeff" + slip):
        assert said(text) == ['7:1 unknown-key: unknown key "plan-ahed"']


LOOKS = "bad-character: here is "
SIGNS = {
    "\t": ("\tseller: {title: S}", 1, "a tab where YAML wants spaces"),
    "nbsp": ("\u00a0 seller: {title: S}", 1, "a non-breaking space where YAML wants spaces"),
    "wide": ("\u3000seller: {title: S}", 1, "a non-breaking space where YAML wants spaces"),
    "zero": ("  sel\u200bler: {title: S}", 6, "an invisible character"),
    "bom": ("  \ufeffseller: {title: S}", 3, "an invisible character"),
    "rtl": ("  seller: {title: \u202eS}", 19, "an invisible character"),
    "nul": ("  seller: {title: S\0}", 20, "an invisible control character"),
    "bell": ("  seller: {title: S\x07}", 20, "an invisible control character"),
    "esc": ("  seller: {title: \x1b[31mS}", 19, "an invisible control character"),
    "nel": ("  seller: {title: S}\u0085", 21, "a line break that most editors do not show"),
    "ls": ("  seller: {title: S}\u2028", 21, "a line break that most editors do not show"),
    "dash": ("  – seller", 3, "a long dash where a list item starts"),
}


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_that_nobody_sees_is_shown(name: str) -> None:
    line, column, sentence = SIGNS[name]
    (found,) = report(HEAD + "staff:\n" + line + "\n")
    assert f"{found.line}:{found.column} {found.check}: {found.message}" == (
        f"6:{column} {LOOKS}{sentence}"
    )
    assert found.excerpt
    assert found.hint


def test_such_signs_may_stand_in_text() -> None:
    text = STAFF.replace("Seller", "Seller – the\u00a0best “one” 10\u00a0000 đ")
    assert said(text) == []


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        ("title：Seller", 6, '"：" is a full-width or curly sign'),
        ("seller：{title: S}", 7, '"：" is a full-width sign'),
        ("title： Seller", 6, '"：" is a full-width or curly sign'),
        ("“title”：Seller", 1, '"“" is a full-width or curly sign'),
    ],
)
def test_signs_of_other_keyboards(line: str, column: int, sentence: str) -> None:
    (found,) = report(HEAD + line + "\n")
    assert (found.line, found.column, found.message) == (5, column, sentence)


def test_bytes_of_another_code_are_named() -> None:
    latin = STAFF.replace("Seller", "Vendeur zélé").encode("latin-1")
    assert said(latin) == ["6:28 not-utf8: byte 99 of the file is not UTF-8"]
    for name in ("utf-16-le", "utf-16-be"):
        (found,) = said(STAFF.encode(name))
        assert found == "1:1 not-utf8: the file looks like UTF-16 without its mark"
    (found,) = said(STAFF.encode("utf-16") + b"\x00")
    assert "not-utf8" in found


# --- what has no place in a playbook


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("!!python/object/apply:os.system [echo]", "!!python/object/apply:os.system"),
        ("!!python/name:os.system ''", "!!python/name:os.system"),
        ("!role x", "!role"),
        ("!!int 3", "!!int"),
        ("!!binary aGk=", "!!binary"),
        ("!!set {a, b}", "!!set"),
        ("! x", "!"),
        ("!= x", "!="),
    ],
)
def test_tags_are_refused(value: str, tag: str) -> None:
    (found,) = said(HEAD + f"staff:\n  seller:\n    title: {value}\n")
    assert found == f'7:12 bad-tag: the tag "{tag}" is not allowed'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1:1 empty-file: the file is empty"),
        ("\n\n  \n", "1:1 empty-file: the file is empty"),
        ("# only a comment\n", "1:1 empty-file: the file is empty"),
        ("---\n...\n", "1:1 empty-file: the file is empty"),
        ("- a\n- b\n", "1:1 empty-file: the file is not a mapping (key: value)"),
        ("hello\n", "1:1 empty-file: the file is not a mapping (key: value)"),
        (HEAD + "---\n" + HEAD, "5:1 several-documents: a second document starts here"),
        (HEAD + "staff: [seller]\n", "5:8 wrong-type: a list stands where a mapping"),
        (HEAD + "? [a, b]\n: c\n", "5:3 bad-key: a key is a word, not a list or mapping"),
        (HEAD + "? {a: b}\n: c\n", "5:3 bad-key: a key is a word, not a list or mapping"),
        (HEAD + '"": c\n', "5:1 bad-key: a key is missing before the colon"),
        (HEAD + "staff: &a [*a]\n", '5:12 bad-alias: "*a" would contain itself'),
        (HEAD + "staff: {a: &a {title: *a}}\n", '5:23 bad-alias: "*a" would contain itself'),
        (HEAD + "staff: *gone\n", '5:8 bad-alias: nothing is named "&gone" above'),
        (HEAD + "staff: {<<: x}\n", '5:13 bad-merge: "<<" takes over the keys of a mapping'),
        (HEAD + "staff: {<<: [{}, x]}\n", '5:13 bad-merge: "<<" takes over the keys of'),
    ],
)
def test_a_file_of_another_shape(text: str, found: str) -> None:
    (answer,) = said(text)
    assert answer.startswith(found)


# --- files that are too much


@pytest.mark.parametrize(
    ("text", "check", "line"),
    [
        (HEAD + "staff: " + "[" * 30_000, "too-deep", 5),
        (HEAD + "staff: " + "{" * 30_000, "bad-key", 5),
        (HEAD + "staff: " + "[" * 30_000 + "]" * 30_000, "too-deep", 5),
        (HEAD + "".join(f"{' ' * n}k:\n" for n in range(2_000)), "too-deep", 5 + DEEPEST),
        (HEAD + "staff: " + "{a: " * 10_000 + "1" + "}" * 10_000, "too-deep", 5),
        (HEAD + "- " * 10_000, "bad-yaml", 5),
        (HEAD + "x: " + "- " * 10_000, "bad-yaml", 5),
        (HEAD + "#" * 9_000_000, "too-large", 1),
        (HEAD + f"title: {'x' * (LONGEST_SCALAR + 1)}\n", "too-large", 5),
        (HEAD + f"x: '{'x' * 1_000_000}'\n", "too-large", 5),
        (HEAD + f"{'x' * (LONGEST_KEY + 1)}: 1\n", "too-large", 5),
        (HEAD + f"{'x' * 5_000}: 1\n", "bad-yaml", 5),
        (HEAD + f"staff: {{seller: {{title: {'x' * 10_001}}}}}\n", "wrong-type", 5),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_too_much_is_refused_at_once(text: str, check: str, line: int) -> None:
    found = report(text)[0]
    assert (found.check, found.line) == (check, line)
    assert len(found.message) < 200
