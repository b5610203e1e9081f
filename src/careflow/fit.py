"""Whether a record fits a handbook: its attributes, its channels, its dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from careflow.customer.attributes import read_attribute
from careflow.customer.record import Customer
from careflow.errors import Finding, Problem
from careflow.playbook.handbook import Handbook
from careflow.source import Place
from careflow.suggest import did_you_mean


def misfits(customer: Customer, handbook: Handbook, today: date) -> list[Problem]:
    """Return everything for which *handbook* cannot use the record.

    Args:
        customer: The record.
        handbook: Declares the attributes and knows the channels.
        today: The customer's local date.
    """
    place = Place(f"customer {customer.id}", 0, 0)
    found = (*_attributes(customer, handbook), *_channels(customer, handbook))
    return [each.at(place) for each in (*found, *_dates(customer, today))]


def _attributes(customer: Customer, handbook: Handbook) -> Iterator[Finding]:
    for name in handbook.questions:
        try:
            read_attribute(customer, handbook.fields[name])
        except Finding as finding:
            yield finding


def _channels(customer: Customer, handbook: Handbook) -> Iterator[Finding]:
    """A channel that no playbook knows would leave the customer out of reach in silence."""
    for name in customer.channels:
        if f"channel.{name}" not in handbook.fields:
            hint = did_you_mean(name, handbook.channels)
            message = f'"{name}" is not a channel of the playbooks in channels'
            yield Finding("unknown-channel", message, hint)


def _dates(customer: Customer, today: date) -> Iterator[Finding]:
    born = customer.birth_date
    if born and born > today:
        yield Finding("bad-date", f'"{born}" lies after now in birth_date')
