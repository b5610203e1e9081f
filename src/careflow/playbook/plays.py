"""From a play as written to a play that can be decided."""

from __future__ import annotations

from careflow.calendar.durations import Duration
from careflow.conditions.fields import DATED, Kind
from careflow.customer.record import INTERNAL
from careflow.errors import Finding
from careflow.playbook.document import (
    ActionDocument,
    PlaybookDocument,
    PlayDocument,
    Tier,
)
from careflow.playbook.handbook import (
    Action,
    After,
    Every,
    Once,
    OnOccasion,
    Play,
    Points,
    Role,
    Trigger,
)
from careflow.playbook.scope import Scope
from careflow.playbook.template import OWNER, QUESTIONS, Template, parse_template
from careflow.source import Place
from careflow.suggest import did_you_mean

LAST_DONE = "last-done"
_NOBODY = Role("", "", None)


def plays(document: PlaybookDocument, scope: Scope) -> tuple[Play, ...]:
    """Read every play of a playbook, the tasks of its stages among them."""
    found = [
        _play(document, name, entry, None, document.at("plays", name, key=True), scope)
        for name, entry in document.plays.items()
    ]
    stages = document.process.stages if document.process else {}
    for stage, described in stages.items():
        for name, entry in described.tasks.items():
            place = document.at("process", "stages", stage, "tasks", name, key=True)
            found.append(_play(document, name, entry, stage, place, scope))
    for play in sorted(found, key=lambda play: play.place):
        scope.define("play", f"{play.playbook}/{play.id}", play.place)
    return tuple(found)


def _play(
    document: PlaybookDocument,
    name: str,
    entry: PlayDocument,
    stage: str | None,
    place: Place,
    scope: Scope,
) -> Play:
    trigger = _trigger(entry, place, scope)
    return Play(
        playbook=document.playbook,
        id=name,
        title=entry.title,
        stage=stage,
        when=scope.optional(entry.when, place),
        trigger=trigger,
        expires=entry.expires if isinstance(entry.expires, Duration) else None,
        tier=entry.tier or _tier(entry.action.purpose, trigger),
        start=entry.priority.start,
        add=tuple(
            Points(each.points, scope.condition(each.when, each.place))
            for each in entry.priority.add
        ),
        action=_action(entry.action, scope),
        place=place,
    )


def _tier(purpose: str, trigger: Trigger) -> Tier:
    """Return the tier of a play that names none: its purpose says it, or else its trigger."""
    by_purpose = {
        "legal": Tier.LEGAL,
        "complaint": Tier.COMPLAINT,
        "marketing": Tier.PROMOTION,
    }
    if purpose in by_purpose:
        return by_purpose[purpose]
    match trigger:
        case After():
            return Tier.PROMISE
        case OnOccasion():
            return Tier.OCCASION
        case _:
            return Tier.CADENCE


def _trigger(entry: PlayDocument, place: Place, scope: Scope) -> Trigger:
    written = [key for key in ("every", "after", "on") if getattr(entry, key) is not None]
    if len(written) > 1:
        message = f"a play has one trigger, and here are {' and '.join(written)}"
        scope.wrong(entry.at(written[1], key=True), "bad-trigger", message, "Keep one of them.")
    if entry.expires and not (entry.after or entry.on):
        message = "expires belongs to a play with after or on"
        hint = "Delete it, or add after or on."
        scope.wrong(entry.at("expires", key=True), "bad-trigger", message, hint)
    if entry.since and not entry.every:
        hint = "Delete it, or add every, as every: 30 days."
        scope.wrong(entry.at("since", key=True), "bad-trigger", "since belongs to every", hint)
    if entry.every:
        return _every(entry, entry.every, place, scope)
    if entry.after:
        if entry.expires is None:
            message = "a follow-up must say when it is too late"
            hint = "Add expires, as expires: 21 days, or expires: never."
            scope.wrong(entry.at("after", key=True), "missing-key", message, hint)
        return After(entry.after.event, entry.after.wait)
    return OnOccasion(tuple(entry.on)) if entry.on else Once()


def _every(entry: PlayDocument, period: Duration, place: Place, scope: Scope) -> Every:
    dated = [name for name, field in scope.fields.items() if field.kind in DATED]
    if entry.since is None:
        hint = "Add since, as since: last-contact."
        scope.wrong(place, "missing-key", "a rhythm must say from when it counts", hint)
    elif entry.since not in (*dated, LAST_DONE):
        message = f'"{entry.since}" is no date of the record'
        hint = did_you_mean(entry.since, [*dated, LAST_DONE])
        scope.wrong(entry.at("since"), "unknown-field", message, hint)
    whole_days(period, entry.at("every"), scope)
    return Every(period, entry.since or LAST_DONE)


def whole_days(period: Duration, place: Place, scope: Scope) -> None:
    """Refuse a duration in hours where local dates are counted."""
    if period.seconds is not None:
        message = f'"{period}" is counted in hours where days are counted'
        scope.wrong(place, "bad-duration", message, 'Write "1 day" or more.')


def _action(entry: ActionDocument, scope: Scope) -> Action:
    for index, channel in enumerate(entry.channels):
        known_channel(channel, entry.at("channels", index), scope)
    if INTERNAL in entry.channels and len(entry.channels) > 1:
        message = f"{INTERNAL} reaches no customer and stands alone"
        hint = f"Write channels: [{INTERNAL}], or leave it out."
        scope.wrong(entry.at("channels"), "bad-channels", message, hint)
    if not entry.channels or len(set(entry.channels)) < len(entry.channels):
        message = "channels lists none, or one of them twice"
        scope.wrong(entry.at("channels"), "bad-channels", message, "Name each channel once.")
    owner = scope.roles.get(entry.owner)
    if owner is None:
        message = f'there is no role "{entry.owner}" in staff'
        hint = did_you_mean(entry.owner, scope.roles)
        scope.wrong(entry.at("owner"), "unknown-role", message, hint)
    return Action(
        purpose=entry.purpose,
        channels=tuple(entry.channels),
        owner=owner or _NOBODY,
        message=_message(entry, scope),
        within=entry.within,
        when_closed=entry.when_closed,
        place=entry.place,
    )


def _message(entry: ActionDocument, scope: Scope) -> Template | None:
    if entry.message is None:
        return None
    names = {f"customer.{f}": f for f, kind in _scalars(scope)} | {OWNER: "", QUESTIONS: ""}
    try:
        return parse_template(entry.message, names)
    except Finding as finding:
        scope.problems.append(finding.at(entry.at("message")))
        return None


def _scalars(scope: Scope) -> list[tuple[str, Kind]]:
    return [(n, f.kind) for n, f in scope.fields.items() if f.kind is not Kind.COLLECTION]


def known_channel(channel: str, place: Place, scope: Scope) -> None:
    """Refuse a channel that no playbook knows."""
    if channel not in scope.channels:
        message = f'there is no channel "{channel}"'
        scope.wrong(place, "unknown-channel", message, did_you_mean(channel, scope.channels))
