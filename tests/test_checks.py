"""Every check has a wrong playbook with the report it gets, and a section in docs/checks.md.

`tests/checks/ID.yaml` (or `ID.VARIANT.yaml`, where one check has several sentences) is loaded
alone, and `.out` beside it holds the report; CAREFLOW_ACCEPT=1 writes the reports anew, and the
difference in version control is the review.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml

import careflow

HERE = Path(__file__).resolve().parent
CHECKS = HERE / "checks"
SOURCES = sorted((HERE.parent / "src" / "careflow").rglob("*.py"))
GOLDEN = sorted(file.name for file in CHECKS.glob("*.yaml"))
FINE = sorted(file.name for file in (CHECKS / "ok").glob("*.yaml"))
DOCS = (HERE.parent / "docs" / "checks.md").read_text(encoding="utf-8")

# no playbook can give these: they are about a record, or about what was asked for
ELSEWHERE = {
    "bad-column": "a column of a table of customers",
    "bad-csv": "a row of a table of customers",
    "bad-json": "a record in JSON",
    "bad-time": "a time in a record, or --now",
    "bad-usage": "the command line",
    "duplicate-customer": "two records of one customer",
    "naive-time": "a time in a record, or --now",
    "no-file": "a path that leads nowhere",
    "no-playbooks": "a folder without playbooks",
    "ragged-row": "a row of a table of customers",
    "unknown-customer": "the option --id",
}
# mistakes that cannot be shown: bytes, or a file that is too long to print
UNSHOWN = {"more-problems", "not-utf8"}
RAISERS = {"Finding", "Problem", "UsageError", "problem", "wrong", "_wrong"}
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def check_of(name: str) -> str:
    return name.partition(".")[0]


@pytest.fixture(autouse=True)
def _short_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKS)


# --- the pairs


@pytest.mark.parametrize("name", GOLDEN)
def test_a_wrong_playbook_gets_its_report(name: str) -> None:
    report = "".join(f"{each.render()}\n" for each in careflow.check(name))
    accepted = Path(name).with_suffix(".out")
    if os.environ.get("CAREFLOW_ACCEPT") == "1":
        accepted.write_text(report, encoding="utf-8")
    assert report == accepted.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GOLDEN)
def test_one_slip_is_one_problem(name: str) -> None:
    found = [each.check for each in careflow.check(name)]
    if check_of(name) == "more-problems":
        assert len(found) == 51
        found = found[-1:]
    assert found == [check_of(name)]


@pytest.mark.parametrize("name", GOLDEN)
def test_a_problem_can_be_read_and_found(name: str) -> None:
    """No word of Python or of a library, a place in the file, and no full stop too many."""
    for each in careflow.check(name):
        lines = Path(each.file).read_bytes().replace(b"\r\n", b"\n").split(b"\n")
        assert 1 <= each.line <= len(lines)
        assert each.excerpt or each.check == "more-problems"
        assert 1 <= each.column <= len(each.excerpt) + 1 or each.check == "more-problems"
        assert not each.message.endswith((".", " "))
        assert not each.hint or each.hint.endswith((".", "?"))
        said = f"{each.message} {each.hint}"
        foreign = r"None|NoneType|\bdict\b|\bstr\b|pydantic|libyaml|Traceback|<class|object at|\['"
        assert not re.search(foreign, said), said


@pytest.mark.parametrize("name", FINE)
def test_a_right_playbook_gets_no_report(name: str) -> None:
    assert careflow.check(Path("ok") / name) == ()


def test_all_right_files_are_read() -> None:
    assert len(FINE) >= 4
    assert not {file.stem for file in CHECKS.glob("*.out")} - {Path(each).stem for each in GOLDEN}


# --- the ids


def _ids(tree: ast.AST) -> set[str]:
    """Collect what is passed as a check: to a raiser, or returned as the first of a tuple."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += node.args if name in RAISERS else []
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            found += node.value.elts[:1]
    words = {each.value for each in found if isinstance(each, ast.Constant)}
    return {word for word in words if isinstance(word, str) and KEBAB.fullmatch(word)}


USED = set().union(*(_ids(ast.parse(file.read_text(encoding="utf-8"))) for file in SOURCES))


def test_every_check_has_its_wrong_playbook() -> None:
    assert len(USED) > 50
    assert {check_of(name) for name in GOLDEN} == USED - set(ELSEWHERE)
    assert set(ELSEWHERE) <= USED


def test_every_check_is_explained() -> None:
    headings = re.findall(r"^## (.*)$", DOCS, re.MULTILINE)
    assert headings == sorted(USED)


# --- the examples of the documentation


SECTIONS = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", DOCS, re.MULTILINE))
SHOWN = sorted(set(map(check_of, GOLDEN)) - UNSHOWN)


def blocks(check: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[check], re.MULTILINE | re.DOTALL)


def shown_pair(check: str) -> tuple[str, str]:
    """Return the name of the wrong playbook that a section is about, and its report."""
    (printed,) = blocks(check, "text")
    name = printed.split(":")[0]
    if check == "use-cycle":
        name = "use-cycle.yaml"
    assert check_of(name) == check
    return name, printed


@pytest.mark.parametrize("check", sorted(set(map(check_of, GOLDEN))))
def test_what_the_documentation_prints_is_what_is_printed(check: str) -> None:
    name, printed = shown_pair(check)
    assert printed in Path(name).with_suffix(".out").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", SHOWN)
def test_the_examples_are_that_mistake_and_its_cure(check: str, tmp_path: Path) -> None:
    """The wrong lines stand in the wrong playbook; the right ones in their place mend it."""
    name, _ = shown_pair(check)
    wrong, right = blocks(check, "yaml")
    yaml.safe_load(right)
    written = Path(name).read_text(encoding="utf-8")
    for indent in range(0, 13, 2):
        inside = textwrap.indent(wrong, " " * indent)
        if f"\n{inside}" in f"\n{written}":
            mended = f"\n{written}".replace(
                f"\n{inside}", "\n" + textwrap.indent(right, " " * indent)
            )
            (tmp_path / "mended.yaml").write_text(mended.lstrip("\n"), encoding="utf-8")
            shutil.copytree("also", tmp_path / "also")
            assert careflow.check(tmp_path / "mended.yaml") == ()
            return
    pytest.fail(f"the wrong example of {check} does not stand in {name}")
