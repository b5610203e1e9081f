"""From the contact policy as written to one that can be applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from careflow.calendar.moments import clock
from careflow.calendar.windows import Window
from careflow.conditions.condition import Condition
from careflow.conditions.fields import ORDERED
from careflow.playbook.document import (
    CapacityDocument,
    CapDocument,
    PlaybookDocument,
    WindowDocument,
)
from careflow.playbook.handbook import (
    Applies,
    Cap,
    Capacity,
    ConsentRule,
    Hours,
    Policy,
    Suppression,
)
from careflow.playbook.plays import known_channel
from careflow.playbook.scope import Scope
from careflow.schema import Document
from careflow.suggest import did_you_mean


def policy(document: PlaybookDocument, scope: Scope) -> Policy:
    """Read the contact policy that one playbook file states."""
    return Policy(
        quiet_hours=tuple(_hours(entry, scope) for entry in document.quiet_hours),
        contact_hours=tuple(_hours(entry, scope) for entry in document.contact_hours),
        caps=tuple(_cap(entry, scope) for entry in document.caps),
        consent=tuple(
            ConsentRule(
                each.required, _applies(each, each.channels, each.purposes, scope), each.place
            )
            for each in document.consent
        ),
        suppressions=tuple(
            Suppression(
                each.title,
                _applies(
                    each,
                    each.channels,
                    each.purposes,
                    scope,
                    scope.condition(each.when, each.place),
                ),
                each.place,
            )
            for each in document.suppress
        ),
        capacity=tuple(_capacity(entry, scope) for entry in document.capacity),
    )


def joined(policies: Iterable[Policy]) -> Policy:
    """Put policies together: all of them hold."""
    listed = list(policies)
    return Policy(
        quiet_hours=tuple(each for policy in listed for each in policy.quiet_hours),
        contact_hours=tuple(each for policy in listed for each in policy.contact_hours),
        caps=tuple(each for policy in listed for each in policy.caps),
        consent=tuple(each for policy in listed for each in policy.consent),
        suppressions=tuple(each for policy in listed for each in policy.suppressions),
        capacity=tuple(each for policy in listed for each in policy.capacity),
    )


def _applies(
    entry: Document,
    channels: Sequence[str] | None,
    purposes: Sequence[str] | None,
    scope: Scope,
    when: Condition | None = None,
) -> Applies:
    for index, channel in enumerate(channels or ()):
        known_channel(channel, entry.at("channels", index), scope)
    return Applies(
        None if channels is None else frozenset(channels),
        None if purposes is None else frozenset(purposes),
        when,
    )


def _hours(entry: WindowDocument, scope: Scope) -> Hours:
    start, end = entry.from_, entry.to
    if (start is None) != (end is None):
        missing = "from" if start is None else "to"
        message = f'"{entry.title}" has no "{missing}"'
        hint = "Write both, or neither for the whole day."
        scope.wrong(entry.place, "missing-key", message, hint)
    if start is not None and start == end:
        message = f"from and to are both {clock(start)}, which is no time at all"
        hint = "For the whole day leave both out."
        scope.wrong(entry.at("to"), "empty-window", message, hint)
    if start == 1440:
        hint = "Write 00:00 for the start of the day."
        scope.wrong(entry.at("from"), "bad-clock", "nothing starts at 24:00", hint)
    window = Window(start or 0, 1440 if end is None else end, entry.days, frozenset(entry.dates))
    when = scope.optional(entry.when, entry.place)
    applies = _applies(entry, entry.channels, entry.purposes, scope, when)
    return Hours(entry.title, window, applies, entry.place)


def _cap(entry: CapDocument, scope: Scope) -> Cap:
    title = entry.title or f"{entry.max} / {entry.per}"
    applies = _applies(entry, entry.channels, entry.purposes, scope)
    return Cap(title, entry.max, entry.per, applies, entry.campaign, entry.place)


def _capacity(entry: CapacityDocument, scope: Scope) -> Capacity:
    applies = _applies(entry, entry.channels, entry.purposes, scope)
    prefer, highest = None, True
    if entry.prefer:
        highest = entry.prefer.highest is not None
        prefer = entry.prefer.highest or entry.prefer.lowest
        field = scope.fields.get(prefer or "")
        ordered = [name for name, each in scope.fields.items() if each.kind in ORDERED]
        if entry.prefer.highest and entry.prefer.lowest:
            message = "a preference is for the highest or the lowest, not for both"
            scope.wrong(entry.at("prefer"), "bad-preference", message, "Keep one of them.")
        elif prefer is None:
            message, hint = "a preference names no field", "Write {highest: age}, or lowest."
            scope.wrong(entry.at("prefer"), "bad-preference", message, hint)
        elif field is None or field.kind not in ORDERED:
            message = f'"{prefer}" is no field with an order'
            hint = did_you_mean(prefer, ordered)
            place = entry.at("prefer", "highest" if highest else "lowest")
            scope.wrong(place, "bad-preference", message, hint)
    return Capacity(entry.title, entry.max, entry.per, applies, prefer, highest, entry.place)
