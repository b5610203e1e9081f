"""docs/checks.md is true: every check has a section, every example gives its message.

`CAREFLOW_ACCEPT=1 pytest tests/test_checks.py` writes the messages anew; the diff is the
review.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

import careflow

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "checks.md"
SECTION = re.compile(r"^## (?P<id>[a-z0-9-]+)\n(?P<body>.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(
    r"```yaml\n(?P<wrong>.*?)```\n\n```text\n(?P<said>.*?)```\n\n```yaml\n(?P<right>.*?)```",
    re.DOTALL,
)
REST = {
    "careflow": "1",
    "playbook": "example",
    "title": "Example",
    "zone": "UTC",
    "staff": "{owner: {title: Owner}}",
}
SECTIONS = {match["id"]: match["body"] for match in SECTION.finditer(PAGE.read_text("utf-8"))}
EXAMPLES = {
    check: match for check, body in SECTIONS.items() if (match := EXAMPLE.search(body)) is not None
}


def whole(example):
    """Add what every playbook needs, below the example so that its lines keep their numbers."""
    rest = [f"{key}: {value}\n" for key, value in REST.items() if f"\n{key}:" not in f"\n{example}"]
    return example + "".join(rest)


@pytest.fixture
def problems(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def found(text):
        Path("playbook.yaml").write_text(text, encoding="utf-8")
        return careflow.check("playbook.yaml")

    return found


@pytest.mark.parametrize("check", EXAMPLES)
def test_the_wrong_example_gives_its_message_alone(check, problems):
    found = problems(whole(EXAMPLES[check]["wrong"]))
    assert [problem.check for problem in found] == [check]
    said = found[0].render() + "\n"
    if os.environ.get("CAREFLOW_ACCEPT"):
        accept(check, said)
    else:
        assert EXAMPLES[check]["said"] == said


def accept(check, said):
    page = PAGE.read_text("utf-8")
    old = EXAMPLES[check][0]
    new = old.replace(f"```text\n{EXAMPLES[check]['said']}```", f"```text\n{said}```")
    start = page.index(f"## {check}\n")
    PAGE.write_text(page[:start] + page[start:].replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("check", EXAMPLES)
def test_the_right_example_is_right(check, problems):
    assert problems(whole(EXAMPLES[check]["right"])) == ()


def test_every_check_has_a_section_and_every_section_a_check():
    assert list_of_checks() == set(SECTIONS)


def list_of_checks():
    """Collect the ids from the source: the constants that are passed on as the check."""
    found = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found.update(ids_in(node))
            elif isinstance(node, ast.Return) and file.name == "schema.py":
                found.update(ids_in_tuple(node.value))
    return found


def ids_in(call):
    """Of a call that makes a problem, return the argument that is the check."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    where = {"Finding": 0, "UsageError": 0, "problem": 1, "wrong": 1, "_wrong": None, "Problem": 3}
    if name not in where:
        return set()
    constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return {each for each in constants if isinstance(each, str) and is_id(each)}


def ids_in_tuple(value):
    if not isinstance(value, ast.Tuple) or not isinstance(value.elts[0], ast.Constant):
        return set()
    return {value.elts[0].value} if is_id(str(value.elts[0].value)) else set()


def is_id(text):
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text) is not None


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"a.yaml": "use: [b]", "b.yaml": "use: [a]\nplaybook: other"},
            "playbooks use each other: rules/a.yaml -> rules/b.yaml -> rules/a.yaml",
        ),
        (
            {"a.yaml": "language: vi", "b.yaml": "language: en\nplaybook: other"},
            'language is "en" here and "vi" in another playbook',
        ),
        ({"a.yaml": b""}, "the file is empty"),
        ({"a.yaml": b"title: caf\xe9"}, "byte 11 of the file is not UTF-8"),
        ({"a.yaml": "plays: " + "[" * 100 + "]" * 100}, "values nest deeper than 48 levels"),
        ({"a.yaml": "title: " + "x" * 200_001}, "one value has more than 200,000 characters"),
    ],
)
def test_checks_that_need_more_than_a_few_lines(files, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rules").mkdir()
    for name, text in files.items():
        data = (
            text
            if isinstance(text, bytes)
            else b""
            if text is None
            else whole(text + "\n").encode()
        )
        Path("rules", name).write_bytes(data)
    assert sentence in [problem.message for problem in careflow.check("rules")]


def test_at_most_fifty_problems_and_how_many_more(problems):
    found = problems(whole("plays:\n" + "".join(f"  p{n}: {{titel: T}}\n" for n in range(60))))
    assert len(found) == 51
    assert str(found[-1].message).startswith("and ")
