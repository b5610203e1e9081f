"""README and docs run as tests: Python blocks, console blocks, whole playbooks in YAML."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path

from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

import careflow
from careflow.cli.main import main


def run_console(example: Example) -> str | None:
    """Run every `$ careflow ...` line and compare what it prints; `...` stands for any lines."""
    for session in re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)[1:]:
        command, _, expected = session.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "careflow", command
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(arguments)
        if not _like(expected, out.getvalue()):
            return f"$ {command}\nexpected:\n{expected}\nprinted:\n{out.getvalue()}"
    return None


def _like(expected: str, printed: str) -> bool:
    lines = (
        ".*" if line.strip() == "..." else re.escape(line.rstrip())
        for line in expected.strip("\n").split("\n")
    )
    stripped = "\n".join(line.rstrip() for line in printed.strip("\n").split("\n"))
    return re.fullmatch("\n".join(lines), stripped, flags=re.DOTALL) is not None


def check_playbook(example: Example) -> str | None:
    """Load every YAML block that is a whole playbook; one that shows a mistake must have it."""
    if not example.parsed.startswith("careflow:"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "playbook.yaml"
        file.write_text(example.parsed, encoding="utf-8")
        problems = careflow.check(file)
    return "\n".join(map(str, problems)) or None


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=PythonEvaluator()),
        CodeBlockParser(language="console", evaluator=run_console),
        CodeBlockParser(language="yaml", evaluator=check_playbook),
    ],
    patterns=["README.md", "docs/*.md"],
    excludes=["docs/checks.md"],  # its examples are wrong on purpose: tests/test_checks.py
).pytest()
