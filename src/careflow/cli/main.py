"""The commands: `careflow next`, `careflow check`, `careflow explain`.

Exit 0: all is well. 1: findings, in the playbooks or in customers' records. 2: asked for
something that cannot be done.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from careflow.cli.commands import check, explain, next_actions
from careflow.cli.options import language, moment, one_of
from careflow.errors import CareflowError, UsageError
from careflow.suggest import closest

_FORMATS = ("table", "jsonl", "csv")
_OPTIONS = ("--all", "--format", "--help", "--id", "--lang", "--mapping", "--now", "--rules")


def run() -> NoReturn:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        print("careflow: stopped", file=sys.stderr)
        code = 130
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: The words after `careflow`.
    """
    try:
        options = _parser().parse_args(arguments)
        return int(options.command(options))
    except UsageError as error:
        print(f"careflow: {error}", file=sys.stderr)
        return 2
    except CareflowError as error:
        print(error, file=sys.stderr)
        return 1


class _Parser(argparse.ArgumentParser):
    """Says in our words what is wrong with the command line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("bad-usage", *_said(message))


def _said(message: str) -> tuple[str, str]:
    help_hint = "See careflow --help."
    unknown = re.match(r"unrecognized arguments: (\S+)", message)
    if unknown:
        guess = closest(unknown[1], _OPTIONS)
        hint = f'Did you mean "{guess}"?' if guess else help_hint
        return f'nothing is called "{unknown[1]}" here', hint
    missing = re.match(r"the following arguments are required: (.+)", message)
    if missing:
        return f"{missing[1]} is missing", help_hint
    value = re.match(r"argument (\S+?): expected one argument", message)
    if value:
        return f"{value[1]} needs a value", help_hint
    command = re.search(r"invalid choice: '([^']*)'", message)
    if command:
        guess = closest(command[1], ("next", "check", "explain"))
        hint = f'Did you mean "{guess}"?' if guess else "Commands: check, explain, next."
        return f'there is no command "{command[1]}"', hint
    return "the command cannot be understood", help_hint


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="careflow",
        description="A firm's customer-care handbook in YAML in, next best actions out.",
        allow_abbrev=False,
    )
    version = importlib.metadata.version("careflow")
    parser.add_argument("--version", action="version", version=f"careflow {version}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add_next(commands)
    _add_check(commands)
    _add_explain(commands)
    return parser


def _add_next(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "next",
        help="the next best action for each customer",
        description="Print the next best action for each customer of a file.",
        allow_abbrev=False,
    )
    _add_customers(command)
    command.add_argument(
        "--format",
        type=one_of("--format", _FORMATS),
        default="table",
        metavar="FORMAT",
        help="table (default), jsonl or csv",
    )
    command.add_argument(
        "--all", action="store_true", help="every action of a customer, not only the first"
    )
    command.set_defaults(command=next_actions)


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "check",
        help="what is wrong with the playbooks",
        description="Report every problem of the playbooks in a folder, each at its place.",
        allow_abbrev=False,
    )
    command.add_argument("rules", nargs="?", type=Path, metavar="DIR", help="default: rules/")
    command.set_defaults(command=check)


def _add_explain(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "explain",
        help="why this, why not that, until when",
        description="Explain the decision about one customer.",
        allow_abbrev=False,
    )
    _add_customers(command)
    command.add_argument("--id", required=True, metavar="ID", help="the customer's id")
    command.set_defaults(command=explain)


def _add_customers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "customers", type=Path, metavar="CUSTOMERS", help="a .jsonl, .json or .csv file"
    )
    command.add_argument(
        "--rules",
        type=Path,
        metavar="DIR",
        help="a folder of playbooks, or one; default: rules/, else those shipped",
    )
    command.add_argument(
        "--now",
        type=moment,
        metavar="ISO",
        help='as 2026-03-09T09:00+07:00 or "2026-03-09 09:00 Asia/Ho_Chi_Minh"; default: now',
    )
    command.add_argument(
        "--lang", type=language, metavar="LANG", help="vi or en; default: the playbooks' own"
    )
    command.add_argument(
        "--mapping", type=Path, metavar="FILE", help="maps a firm's own columns to the record"
    )
