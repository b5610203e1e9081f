"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import pytest

from careflow.cli.main import main

NOW = "2026-03-09T09:00+07:00"
KEYS = (
    "customer_id playbook play title tier priority purpose channel not_before due expires "
    "owner message key reason source"
)


@pytest.fixture(autouse=True)
def at_home(monkeypatch, root):
    monkeypatch.chdir(root)


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def jsonl(run, *arguments):
    code, out, err = run("next", *arguments, "--format", "jsonl")
    return code, [json.loads(line) for line in out.splitlines()], err


def test_next_gives_one_action_for_each_customer_with_all_its_keys(run):
    code, rows, err = jsonl(run, "examples/customers.jsonl", "--now", NOW)
    assert code == 0
    assert len({row["customer_id"] for row in rows}) == len(rows) > 30
    assert all(set(KEYS.split()) <= set(row) for row in rows)
    assert all(re.fullmatch(r"rules/\w+\.yaml:\d+", row["source"]) for row in rows)
    assert err.startswith("Đã đọc 52 hồ sơ, 0 không dùng được; đã xét 52 khách hàng.\n")


def test_all_gives_every_action_and_the_first_is_the_one_next_gives(run):
    _, first, _ = jsonl(run, "examples/customers.jsonl", "--now", NOW)
    _, every, _ = jsonl(run, "examples/customers.jsonl", "--now", NOW, "--all")
    assert len(every) > len(first)
    leading = {}
    for row in every:
        leading.setdefault(row["customer_id"], row)
    assert list(leading.values()) == first


def test_csv_and_json_lines_say_the_same(run):
    _, rows, _ = jsonl(run, "examples/customers.jsonl", "--now", NOW)
    _, out, _ = run("next", "examples/customers.jsonl", "--now", NOW, "--format", "csv")
    table = list(csv.DictReader(io.StringIO(out)))
    assert [row["key"] for row in table] == [row["key"] for row in rows]
    assert [row["message"] for row in table] == [row["message"] or "" for row in rows]


def test_the_table_shows_every_action_or_says_how_many_more(run):
    _, rows, _ = jsonl(run, "examples/customers.jsonl", "--now", NOW, "--all")
    _, out, _ = run("next", "examples/customers.jsonl", "--now", NOW, "--all", "--lang", "en")
    assert out.count(".yaml:") == len(rows)


def test_the_same_run_prints_the_same_bytes(run):
    arguments = ("next", "examples/customers.jsonl", "--now", NOW, "--format", "jsonl")
    assert run(*arguments) == run(*arguments)


def test_a_bad_record_is_named_and_does_not_stop_the_others(run, tmp_path):
    file = tmp_path / "customers.jsonl"
    file.write_text(
        '{"id": "A", "channels": {"phone": {}}}\n'
        '{"id": "B", "age": "forty"}\n'
        '{"id": "C", "attributes": {"income": "rich"}}\n'
        '{"id": "D", "channels": {"phone": {}}}\n'
    )
    code, rows, err = jsonl(run, file, "--now", NOW, "--lang", "en")
    assert code == 1
    assert {row["customer_id"] for row in rows} == {"A", "D"}
    assert f'{file}:2: "forty" is not a number in age. [bad-number]' in err
    assert f'{file}:3: "rich" is not a value of income in attributes.income.' in err
    assert "4 records read, 2 of them unusable; 2 customers decided." in err


def test_check_is_clean_for_the_shipped_playbooks(run):
    code, out, err = run("check", "rules/")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"rules: 3 playbooks, \d+ plays, no problems\.\n", out)


def test_check_prints_every_problem_and_ends_with_1(run, tmp_path):
    (tmp_path / "p.yaml").write_text("careflow: 1\nplaybook: p\ntitel: P\nzone: UTC\nplay: {}\n")
    code, out, err = run("check", tmp_path)
    assert (code, out) == (1, "")
    assert 'p.yaml:3:1: unknown key "titel". Did you mean "title"? [unknown-key]' in err
    assert 'p.yaml:5:1: unknown key "play"' in err


@pytest.mark.parametrize("language", ["vi", "en"])
def test_explain_names_rules_by_file_and_line(run, language):
    code, out, _ = run(
        "explain", "examples/customers.jsonl", "--id", "KH009", "--now", NOW, "--lang", language
    )
    assert code == 0
    assert "aftersale/answer-complaint" not in out
    assert re.search(r"\[rules/aftersale\.yaml:\d+\]", out)
    assert ("Việc cần làm" in out) == (language == "vi")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "COMMAND is missing. See careflow --help. [bad-usage]"),
        ("next", "CUSTOMERS is missing. See careflow --help. [bad-usage]"),
        ("nxt", 'there is no command "nxt". Did you mean "next"? [bad-usage]'),
        (
            "next examples/customer.jsonl",
            'there is no customers file "examples/customer.jsonl". '
            'Did you mean "customers.jsonl"? [no-file]',
        ),
        ("next rules", '"rules" is a directory, not a customers file. [no-file]'),
        (
            "next README.md",
            '"README.md" does not say its form by its name. '
            "Names end in .jsonl, .ndjson, .json, .csv. [no-file]",
        ),
        ("next x.csv --fromat csv", 'nothing is called "--fromat" here. Did you mean "--format"?'),
        ("next x.csv --format xml", '--format cannot be "xml". Choices: csv, jsonl, table.'),
        ("next x.csv --format cvs", '--format cannot be "cvs". Did you mean "csv"? [bad-choice]'),
        ("next x.csv --lang", "--lang needs a value. See careflow --help. [bad-usage]"),
        ("next x.csv --lang fr", '--lang cannot be "fr". Choices: en, vi. [bad-choice]'),
        (
            "next x.csv --now 2026-03-09T09:00",
            '--now: "2026-03-09T09:00" has no time zone. Write the offset or the zone, as '
            '"2026-03-09T09:00+07:00" or "2026-03-09T09:00 Asia/Ho_Chi_Minh". [naive-time]',
        ),
        ("next x.csv --now soon", '--now: "soon" is not a time.'),
        ("check rulez", 'there is no file or folder "rulez". Did you mean "rules"? [no-file]'),
        (
            "check tests/typing",
            'the folder "tests/typing" holds no playbook. '
            "A playbook is a file that ends in .yaml. [no-playbooks]",
        ),
        (
            "explain examples/customers.jsonl --id KH1",
            'no usable record has the id "KH1".',
        ),
        (
            "next examples/customers.jsonl --mapping no.yaml",
            'there is no mapping file "no.yaml". [no-file]',
        ),
    ],
)
def test_wrong_use_is_one_clear_sentence_and_exit_2(run, arguments, said):
    code, out, err = run(*arguments.split())
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"careflow: {said}")


def test_the_program_itself_keeps_vietnamese_whatever_the_locale(root):
    command = [sys.executable, "-m", "careflow", "explain", "examples/customers.jsonl"]
    found = subprocess.run(
        [*command, "--id", "KH009", "--now", NOW],
        cwd=root,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert "Việc cần làm" in found.stdout.decode("utf-8")


def test_without_a_folder_of_rules_the_shipped_ones_are_used(run, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, rows, err = jsonl(run, root / "examples" / "customers.jsonl", "--now", NOW)
    assert code == 0
    assert len(rows) > 30
    assert err.startswith("careflow: no rules/ here, so the playbooks shipped with careflow are")
