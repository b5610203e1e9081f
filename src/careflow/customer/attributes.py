"""What a firm knows beyond the standard record: declared fields, read by their type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from careflow.calendar.moments import parse_date
from careflow.conditions.fields import Field, Kind, value_of
from careflow.customer.facts import Facts
from careflow.customer.record import Customer, number
from careflow.errors import Finding


def attribute(field: Field) -> Callable[[Facts], Any]:
    """Return how the fact *field* follows from the record's attributes."""
    return lambda facts: read_attribute(facts.customer, field)


def read_attribute(customer: Customer, field: Field) -> Any:  # noqa: ANN401 - of the field's type
    """Read the attribute that *field* declares; `None` when the record has none.

    The record may spell the name as the playbook does (`balance-eur`) or with
    underscores (`balance_eur`).

    Raises:
        Finding: The value is not of the declared type, or both spellings are present.
    """
    spellings = {field.name, field.name.replace("-", "_")} & customer.attributes.keys()
    if len(spellings) > 1:
        both = " and ".join(sorted(spellings))
        raise Finding("duplicate-key", f"attributes has both {both}", "Keep one of them.")
    if not spellings:
        return None
    name = spellings.pop()
    try:
        return _read(field, customer.attributes[name])
    except Finding as finding:
        message = f"{finding.message} in attributes.{name}"
        raise Finding(finding.check, message, finding.hint) from None


def _read(field: Field, raw: object) -> Any:  # noqa: ANN401 - of the field's type
    if raw is None:
        return None
    if field.kind is Kind.FLAG and isinstance(raw, bool):
        return raw
    if field.kind is Kind.NUMBER and isinstance(raw, int | float | Decimal):
        return number(raw)
    if field.kind is Kind.DATE and isinstance(raw, date | datetime):
        return raw.date() if isinstance(raw, datetime) else raw
    if isinstance(raw, int) and not isinstance(raw, bool) and field.kind is Kind.TEXT:
        raw = str(raw)
    if not isinstance(raw, str):
        raise Finding("wrong-type", f"{raw!r:.40} is not a {field.kind}")
    text = raw.strip()
    return parse_date(text) if field.kind is Kind.DATE else value_of(field, text)
