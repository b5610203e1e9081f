"""The only file that knows rich: tables and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from careflow.calendar.moments import Language
from careflow.cli.output import Row
from careflow.errors import printable
from careflow.playbook.document import RANK

MOST_ROWS = 60  # what a person scrolls through; files are for the rest
_WIDTH = 110  # where the output is no terminal
_HEADS: dict[Language, tuple[str, ...]] = {
    "en": ("customer", "action", "channel", "from", "due", "by", "rule"),
    "vi": ("khách hàng", "việc cần làm", "kênh", "từ", "hạn", "người làm", "quy tắc"),
}
_REST: dict[Language, str] = {
    "en": "... and {rest} more; --format jsonl or csv writes them all.",
    "vi": "... và {rest} việc nữa; --format jsonl hoặc csv ghi ra tất cả.",
}
_UNBROKEN = {2, 3, 4, 6}  # columns that are read at a glance
T = TypeVar("T")


def table(rows: list[Row], language: Language, zone: ZoneInfo) -> None:
    """Print the rows as a table, the earliest first, and say how many are left out.

    Args:
        rows: One for each action.
        language: Of the heads.
        zone: The firm's, on whose clock its staff read the times.
    """
    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(file=sys.stdout, width=width, highlight=False)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(_HEADS[language]):
        shown.add_column(head, overflow="fold", no_wrap=number in _UNBROKEN)
    for row in sorted(rows, key=_order)[:MOST_ROWS]:
        shown.add_row(*(escape(printable(cell)) for cell in _cells(row, zone)))
    if rows:
        console.print(shown)
    if len(rows) > MOST_ROWS:
        console.print(_REST[language].format(rest=f"{len(rows) - MOST_ROWS:,}"))


def progress(records: Iterable[T], path: Path) -> Iterator[T]:
    """Yield *records*, with a bar on the terminal once it takes longer than a moment."""
    if not sys.stderr.isatty():
        yield from records
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        yield from bar.track(records, total=_lines(path), description=path.name)


def _lines(path: Path) -> int | None:
    """Count the lines of a file with a record a line, for a bar that knows its end."""
    if path.suffix.lower() == ".json":
        return None
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _order(row: Row) -> tuple[bool, datetime, int, int, str]:
    start = datetime.fromisoformat(row["not_before"])
    return (row["waits"], start, RANK[row["tier"]], -row["priority"], row["key"])


def _cells(row: Row, zone: ZoneInfo) -> tuple[str, ...]:
    moments = (datetime.fromisoformat(row[name]) for name in ("not_before", "due"))
    start, due = (moment.astimezone(zone) for moment in moments)
    name = f"{row['customer_id']} {row['to'] or ''}".rstrip()
    return (
        name,
        row["title"],
        row["channel"],
        f"{start:%d/%m %H:%M}",
        f"{due:%d/%m %H:%M}",
        row["owner"],
        Path(row["source"]).name,
    )
