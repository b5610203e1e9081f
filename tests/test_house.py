"""The house rules that no linter holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent.parent / "src").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_file_is_longer_than_400_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_imports_stand_at_the_top(file):
    """A late import often hides a cycle."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nested = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not nested


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nobody_but_the_command_line_reads_a_clock(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if file.parent.name != "cli":
        assert not calls & {"now", "today", "utcnow", "monotonic", "perf_counter"}
