"""What each command does, between its options and its exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from careflow.calendar.local import zone_named
from careflow.calendar.moments import Language
from careflow.capacity import queues
from careflow.cli.options import now_in, rules_folder
from careflow.cli.output import Row, row, write_csv, write_jsonl
from careflow.cli.screen import progress, table
from careflow.cli.summary import Summary
from careflow.customer.reading import BadRecord, Record, read_records
from careflow.decision import Decision
from careflow.engine import Engine
from careflow.errors import Problem, RecordError, UsageError
from careflow.loader import load_handbook, load_mapping
from careflow.suggest import did_you_mean


def next_actions(options: argparse.Namespace) -> int:
    """Print the next best actions; 1 if a record could not be used."""
    engine, now, language = _engine(options)
    summary = Summary(engine.handbook, language)
    actions = [
        action
        for decision in _decisions(options, engine, now, summary)
        for action in (decision.actions if options.all else decision.actions[:1])
    ]
    places = queues(engine.handbook, actions)
    rows = [row(action, places.get(action.key), language) for action in actions]
    _write(rows, options.format, language, zone_named(engine.handbook.zone))
    print(summary.text(actions, places, everything=options.all), file=sys.stderr)
    return 1 if summary.bad else 0


def check(options: argparse.Namespace) -> int:
    """Report on the playbooks; problems are raised and end with 1."""
    folder, _ = rules_folder(options.rules)
    handbook = load_handbook(folder)
    plays = len(handbook.plays)
    print(f"{folder}: {len(handbook.playbooks)} playbooks, {plays} plays, no problems.")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Explain the decision about one customer; 1 if the record cannot be used."""
    engine, now, language = _engine(options)
    mapping = load_mapping(options.mapping) if options.mapping else None
    seen: list[str] = []
    for found in read_records(options.customers, mapping):
        if isinstance(found, Record):
            seen.append(found.customer.id)
            if found.customer.id == options.id:
                print(_decided(engine, found, now).explain(language))
                return 0
        else:
            _report(found.problems)
    message = f'no usable record has the id "{options.id}"'
    raise UsageError("unknown-customer", message, did_you_mean(options.id, seen))


def _engine(options: argparse.Namespace) -> tuple[Engine, datetime, Language]:
    folder, shipped = rules_folder(options.rules)
    if shipped:
        note = "careflow: no rules/ here, so the playbooks shipped with careflow are used"
        print(note, file=sys.stderr)
    engine = Engine(load_handbook(folder))
    now = options.now or now_in(zone_named(engine.handbook.zone))
    return engine, now, options.lang or engine.handbook.language


def _decisions(
    options: argparse.Namespace, engine: Engine, now: datetime, summary: Summary
) -> Iterator[Decision]:
    mapping = load_mapping(options.mapping) if options.mapping else None
    records = read_records(options.customers, mapping)
    for found in progress(records, Path(options.customers)):
        if isinstance(found, BadRecord):
            summary.bad += 1
            _report(found.problems)
            continue
        try:
            decision = _decided(engine, found, now)
        except RecordError as error:
            summary.bad += 1
            _report(error.problems)
            continue
        summary.add(decision)
        yield decision


def _decided(engine: Engine, record: Record, now: datetime) -> Decision:
    """Decide, and point at the line of the file if the record cannot be used."""
    try:
        return engine.decide(record.customer, now=now)
    except RecordError as error:
        place = record.place
        raise RecordError(
            replace(each, file=place.file, line=place.line) for each in error.problems
        ) from None


def _report(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)


def _write(rows: list[Row], form: str, language: Language, zone: ZoneInfo) -> None:
    if form == "jsonl":
        write_jsonl(rows, sys.stdout)
    elif form == "csv":
        write_csv(rows, sys.stdout)
    else:
        table(rows, language, zone)
