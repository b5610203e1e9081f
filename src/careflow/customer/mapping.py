"""A firm's own columns and values, mapped to the record before it is read.

absent: [unknown, ""]              # these values mean "not known", in any column
fields:
  zone: tz                         # careflow's field: the firm's column
  age: {column: alter, absent: [999, -1]}
  kind: {column: loai, values: {KH: customer, NCC: supplier}}
  interactions:
    each: {times: n}               # inside every item of a list
others: keep                       # keep | ignore | attributes
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from careflow.customer.record import Customer
from careflow.errors import Finding, Problem, problem
from careflow.schema import Document, Field, before, parsed
from careflow.suggest import did_you_mean

_MISSING = object()


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _text_list(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Finding("wrong-type", "a list of values belongs here")
    return ["" if each is None else str(each) for each in value]


def _values(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        hint = "Write the firm's value, a colon and careflow's, as {KH: customer}."
        raise Finding("wrong-type", "pairs of values belong here", hint)
    return {str(key): str(each) for key, each in value.items()}


class FieldMap(Document):
    """Where one field comes from, and what its values mean."""

    what = "field"
    column: str | None = None
    absent: Annotated[list[str], parsed(_text_list)] = Field(default_factory=list)
    values: Annotated[dict[str, str], parsed(_values)] = Field(default_factory=dict)
    each: dict[str, Annotated[FieldMap, before(_as_column)]] = Field(default_factory=dict)


class RecordMap(Document):
    """A mapping file."""

    what = "mapping file"
    absent: Annotated[list[str], parsed(_text_list)] = Field(default_factory=list)
    fields: dict[str, Annotated[FieldMap, before(_as_column)]] = Field(default_factory=dict)
    others: Literal["keep", "ignore", "attributes"] = "keep"

    def problems(self) -> list[Problem]:
        """Return a problem for every field that no record has."""
        names = sorted(Customer.model_fields)
        return [
            problem(
                self.at("fields", target, key=True),
                "unknown-key",
                f'a record has no "{target.split(".")[0]}"',
                did_you_mean(target.split(".")[0], names),
            )
            for target in self.fields
            if target.split(".")[0] not in names
        ]

    def apply(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record that *raw*, one row or object of the firm, stands for."""
        return _apply(self.fields, raw, self.absent, self.others)


def _apply(
    fields: Mapping[str, FieldMap], raw: Mapping[str, Any], absent: list[str], others: str
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    columns = [rule.column or target for target, rule in fields.items()]
    taken = {*columns, *(column.split(".")[0] for column in columns)}
    for name, value in raw.items():
        if name not in taken and others != "ignore" and not _is_absent(value, absent):
            put(record, name if others == "keep" else f"attributes.{name}", value)
    for target, rule in fields.items():
        value = _get(raw, rule.column or target)
        if value is not _MISSING and not _is_absent(value, [*absent, *rule.absent]):
            put(record, target, _translate(rule, value, absent))
    return record


def _translate(rule: FieldMap, value: Any, absent: list[str]) -> Any:  # noqa: ANN401
    if rule.each and isinstance(value, list):
        return [
            _apply(rule.each, each, absent, "keep") if isinstance(each, dict) else each
            for each in value
        ]
    if isinstance(value, dict | list):
        return value
    return rule.values.get(_as_text(value), value)


def _is_absent(value: object, absent: list[str]) -> bool:
    if value is None or not absent:
        return value is None
    return not isinstance(value, dict | list) and _as_text(value) in absent


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _get(raw: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(raw, dict) and path in raw:
        return raw[path]
    for step in path.split("."):
        if not isinstance(raw, dict) or step not in raw:
            return _MISSING
        raw = raw[step]
    return raw


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 6


def put(record: dict[str, Any], path: str, value: object) -> None:
    """Enter *value* at a dotted *path*; a step that is a number counts items of a list.

    Raises:
        Finding: The path runs through a value that is no mapping.
    """
    if "." not in path:
        record[path] = value
        return
    here: Any = record
    steps = path.split(".")
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(here, list):
            index = int(step) if _is_index(step) else -1
            if not 0 <= index <= len(here):
                raise Finding("bad-column", f'column "{path}" skips an item of its list')
            key: Any = index
            if index == len(here):
                here.append(None)
        else:
            key = step
        if following is None:
            here[key] = value
            return
        below = here[key] if isinstance(here, list) else here.get(key)
        if below is None:
            below = here[key] = [] if _is_index(following) else {}
        if not isinstance(below, dict | list):
            raise Finding("bad-column", f'column "{path}" runs through a value')
        here = below
