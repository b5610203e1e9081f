"""Customers from files: JSON lines, JSON or CSV, one record or its problems at a time."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import IO, Any

from careflow.customer.mapping import RecordMap, put
from careflow.customer.record import Customer, without_nulls
from careflow.errors import Finding, Problem, UsageError
from careflow.schema import read
from careflow.source import Place
from careflow.suggest import did_you_mean

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be used, with everything that is wrong with it."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A customer, and the line of the file they came from."""

    place: Place
    customer: Customer


Raw = tuple[int, dict[str, Any] | Finding]


def read_customers(path: Path, mapping: RecordMap | None = None) -> Iterator[Customer | BadRecord]:
    """Read the customers of a file, a bad record never stopping the good ones.

    Args:
        path: A file whose name ends in .jsonl, .ndjson, .json or .csv, in UTF-8.
        mapping: How the firm's columns map to the record, if they have other names.

    Returns:
        Each customer, or the problems of a record that cannot be used.

    Raises:
        UsageError: There is no such file, or it is of no known form.
    """
    found = read_records(path, mapping)
    return (each.customer if isinstance(each, Record) else each for each in found)


def read_records(path: Path, mapping: RecordMap | None = None) -> Iterator[Record | BadRecord]:
    """Do the same, each customer with the line they came from.

    Raises:
        UsageError: There is no such file, or it is of no known form.
    """
    return _read(path, _reader(path), mapping or RecordMap())


def _reader(path: Path) -> Callable[[IO[bytes]], Iterator[Raw]]:
    readers = {".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json, ".csv": _csv}
    if not path.exists():
        near = [p.name for p in path.parent.glob("*.*")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, [n for n in near if Path(n).suffix in readers])
        raise UsageError("no-file", f'there is no customers file "{path}"', hint)
    if path.is_dir():
        raise UsageError("no-file", f'"{path}" is a directory, not a customers file')
    if path.suffix.lower() not in readers:
        message = f'"{path}" does not say its form by its name'
        raise UsageError("no-file", message, f"Names end in {', '.join(readers)}.")
    return readers[path.suffix.lower()]


def _read(
    path: Path, rows: Callable[[IO[bytes]], Iterator[Raw]], mapping: RecordMap
) -> Iterator[Record | BadRecord]:
    seen: dict[str, int] = {}
    try:
        opened = path.open("rb")
    except OSError:
        raise UsageError("no-file", f'the customers file "{path}" cannot be opened') from None
    with opened as file:
        for line, raw in rows(file):
            place = Place(str(path), line, 0)
            try:
                yield _record_of(raw, mapping, place, seen)
            except Finding as finding:
                yield BadRecord((finding.at(place),))


def _record_of(
    raw: dict[str, Any] | Finding, mapping: RecordMap, place: Place, seen: dict[str, int]
) -> Record | BadRecord:
    if isinstance(raw, Finding):
        raise raw
    found = read(Customer, without_nulls(mapping.apply(raw)), place=place)
    if not isinstance(found, Customer):
        return BadRecord(found.problems)
    if found.id in seen:
        message = f'customer "{found.id}" stands on line {seen[found.id]} already'
        raise Finding("duplicate-customer", message)
    seen[found.id] = place.line
    return Record(place, found)


def _json_lines(file: IO[bytes]) -> Iterator[Raw]:
    for line, written in enumerate(file, 1):
        text = _decoded(written if line > 1 else written.removeprefix(b"\xef\xbb\xbf"))
        if isinstance(text, Finding):
            yield line, text
        elif text.strip():
            yield line, _parsed(partial(_loads, text.rstrip()))


def _json(file: IO[bytes]) -> Iterator[Raw]:
    """Read a list of records, each decoded alone so that it is reported by its line."""
    # bytes that are not UTF-8 come through as lone surrogates and fail their own record only
    text = file.read().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] != "[":
        yield 1, Finding("bad-json", "the file does not hold a list of records", "Start with [.")
        return
    line, counted = 1, 0
    while True:
        at = _skip(text, at + 1)
        if text[at : at + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            raw, at = _one(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            # the rest cannot be told apart from here on
            message = f"{_json_finding(error).message}; the rest was not read"
            yield getattr(error, "lineno", line), Finding("bad-json", message)
            return
        yield line, raw
        at = _skip(text, at)
        if text[at : at + 1] not in (",", "]"):
            line += text.count("\n", counted, at)
            yield line, Finding("bad-json", "a comma or ] is missing; the rest was not read")
            return
        if text[at] == "]":
            rest = _skip(text, at + 1)
            if rest < len(text):
                line += text.count("\n", counted, rest)
                yield line, Finding("bad-json", "the list ends before this; the rest was not read")
            return


def _one(text: str, at: int) -> tuple[dict[str, Any] | Finding, int]:
    """Decode the record that starts at *at*, or say what is wrong and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, at)
        found = _record(value)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        found, end = _json_finding(error), _PASSER.raw_decode(text, at)[1]
    if not _is_utf8(text[at:end]):
        found = Finding("not-utf8", "the record is not UTF-8", "Save the file as UTF-8.")
    return found, end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _csv(file: IO[bytes]) -> Iterator[Raw]:
    # bytes that are not UTF-8 come through as lone surrogates and fail their own row only
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _csv_rows(text)
    finally:
        text.detach()  # the file is not the wrapper's to close


def _csv_rows(text: io.TextIOWrapper) -> Iterator[Raw]:
    lead = [text.readline()]
    while lead[-1] and not lead[-1].strip():
        lead.append(text.readline())
    delimiter = max(_DELIMITERS, key=lead[-1].count)
    rows = csv.reader(itertools.chain(lead, text), delimiter=delimiter, strict=True)
    header: list[str] = []
    while True:
        start = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield start, _broken_row(start, rows.line_num)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            if wrong := _broken_header(header):
                yield start, wrong
                return
        else:
            yield start, _parsed(partial(_row, header, cells))


def _broken_row(first: int, last: int) -> Finding:
    lost = f"; lines {first} to {last} were not read" if last > first else ""
    hint = "Look for a quote that does not close."
    return Finding("bad-csv", f"the row cannot be read{lost}", hint)


def _broken_header(header: list[str]) -> Finding | None:
    if not all(_is_utf8(name) for name in header):
        return Finding("not-utf8", "the header is not UTF-8", "Save the file as UTF-8.")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        return Finding("duplicate-key", f'column "{twice}" stands twice', "Rename one of them.")
    return None


def _row(header: list[str], cells: list[str]) -> dict[str, Any]:
    broken = next((cell for cell in cells if not _is_utf8(cell)), None)
    if broken is not None:
        raise Finding("not-utf8", "the row is not UTF-8", "Save the file as UTF-8.")
    if len(cells) != len(header):
        message = f"the header has {len(header)} columns, and this row has {len(cells)}"
        raise Finding("ragged-row", message)
    record: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        if cell.strip():
            put(record, name, cell.strip())
    return record


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(written: bytes) -> str | Finding:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8"
        return Finding("not-utf8", message, "Save the file as UTF-8.")


def _parsed(parse: Callable[[], Any]) -> dict[str, Any] | Finding:
    try:
        return _record(parse())
    except (ValueError, RecursionError) as error:
        return _json_finding(error)


def _record(value: object) -> dict[str, Any] | Finding:
    if isinstance(value, dict):
        return value
    return Finding("bad-json", "a record is a JSON object", 'Write {"id": ...}.')


def _json_finding(error: Exception) -> Finding:
    if isinstance(error, Finding):
        return error
    if isinstance(error, json.JSONDecodeError):
        return Finding("bad-json", f"the JSON breaks off or goes wrong at column {error.colno}")
    if isinstance(error, RecursionError):
        return Finding("bad-json", "the JSON nests too deep to be a record")
    return Finding("bad-number", "a number has too many digits")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Finding("duplicate-key", f'key "{twice}" stands twice in one object')
    return found


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError from None


def _no_constant(name: str) -> object:
    raise Finding("bad-number", f'"{name}" is not a number')


_DECODER = json.JSONDecoder(
    parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_pairs
)
_PASSER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_loads = _DECODER.decode
