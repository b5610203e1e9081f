"""Actions as rows of a file: one JSON object a line, or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import IO, Any

from careflow.calendar.moments import Language
from careflow.capacity import QueuePlace
from careflow.decision import NextBestAction, plain
from careflow.decision.wording import sentence

Row = dict[str, Any]
COLUMNS = (
    "customer_id",
    "playbook",
    "play",
    "title",
    "tier",
    "priority",
    "purpose",
    "channel",
    "to",
    "not_before",
    "due",
    "expires",
    "owner",
    "message",
    "key",
    "reason",
    "source",
    "capacity",
    "queue",
    "waits",
)


def row(action: NextBestAction, place: QueuePlace | None, language: Language) -> Row:
    """Return the row of one action.

    Args:
        action: The action.
        place: Its place in the queue of a capacity, if one covers it.
        language: Of the reason.
    """
    values = {name: plain(getattr(action, name, None)) for name in COLUMNS}
    values["reason"] = "; ".join(sentence(each, language) for each in action.reasons)
    values["capacity"] = place.capacity if place else None
    values["queue"] = place.position if place else None
    values["waits"] = place.waits if place else False
    return values


def write_jsonl(rows: Iterable[Row], out: IO[str]) -> None:
    """Write one JSON object a line."""
    for each in rows:
        out.write(json.dumps(each, ensure_ascii=False) + "\n")


def write_csv(rows: Iterable[Row], out: IO[str]) -> None:
    """Write a header and one line for each row."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in each.items()} for each in rows)


def _cell(value: object) -> object:
    """Keep a spreadsheet from running text that starts like a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
