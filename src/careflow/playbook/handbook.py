"""The handbook: all playbooks of a firm, resolved.

Every reference holds, every condition is typed, everything carries the place it was
written at. Immutable, safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from careflow.calendar.durations import Duration
from careflow.calendar.moments import Language
from careflow.calendar.occasions import Occasion
from careflow.calendar.windows import Window
from careflow.conditions.condition import Condition
from careflow.conditions.fields import Field
from careflow.playbook.document import CapUnit, Tier, WhenClosed
from careflow.playbook.template import Template
from careflow.source import Place


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """One class of a dimension and who belongs to it."""

    name: str
    title: str
    when: Condition
    place: Place


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide customers: the first rule that matches names the segment."""

    name: str
    rules: tuple[SegmentRule, ...]
    otherwise: str | None
    otherwise_title: str
    place: Place
    otherwise_place: Place


@dataclass(frozen=True, slots=True)
class Stage:
    """A place in a process; who meets `until` has passed it."""

    name: str
    title: str
    until: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Process:
    """The pre-sale process of one playbook."""

    playbook: str
    when: Condition | None
    stages: tuple[Stage, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Role:
    """Who in the firm does a thing; `customer-owner` is whoever owns the customer."""

    id: str
    title: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Applies:
    """What a policy is about; `None` means everything."""

    channels: frozenset[str] | None
    purposes: frozenset[str] | None
    when: Condition | None = None

    def covers(self, channel: str, purpose: str) -> bool:
        """Say whether a contact through *channel* for *purpose* is meant."""
        return (self.channels is None or channel in self.channels) and (
            self.purposes is None or purpose in self.purposes
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours, or permitted ones."""

    title: str
    window: Window
    applies: Applies
    place: Place


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts per period."""

    title: str
    most: int
    per: Duration | CapUnit
    applies: Applies
    campaign: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Suppression:
    """While its condition holds, what it covers is not done."""

    title: str
    applies: Applies
    place: Place


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Whether the customer must have agreed beforehand."""

    required: bool
    applies: Applies
    place: Place


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many actions the firm itself can do per plan or per day."""

    title: str
    most: int
    per: str
    applies: Applies
    prefer: str | None
    highest: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """The contact policy that holds for one playbook, its own and what it uses."""

    quiet_hours: tuple[Hours, ...]
    contact_hours: tuple[Hours, ...]
    caps: tuple[Cap, ...]
    consent: tuple[ConsentRule, ...]
    suppressions: tuple[Suppression, ...]
    capacity: tuple[Capacity, ...]


@dataclass(frozen=True, slots=True)
class Once:
    """As soon as the conditions hold, one time only."""


@dataclass(frozen=True, slots=True)
class Every:
    """A rhythm: again so long after a date of the record."""

    period: Duration
    since: str


@dataclass(frozen=True, slots=True)
class After:
    """So long after an event, once for each event."""

    event: str
    wait: Duration | None


@dataclass(frozen=True, slots=True)
class OnOccasion:
    """On a day that returns, once each time."""

    occasions: tuple[Occasion, ...]


Trigger = Once | Every | After | OnOccasion


@dataclass(frozen=True, slots=True)
class Points:
    """What a condition adds to a priority."""

    points: int
    when: Condition


@dataclass(frozen=True, slots=True)
class Action:
    """What to do."""

    purpose: str
    channels: tuple[str, ...]
    owner: Role
    message: Template | None
    within: Duration
    when_closed: WhenClosed
    place: Place


@dataclass(frozen=True, slots=True)
class Play:
    """One entry that can propose an action."""

    playbook: str
    id: str
    title: str
    stage: str | None
    when: Condition | None
    trigger: Trigger
    expires: Duration | None
    tier: Tier
    start: int
    add: tuple[Points, ...]
    action: Action
    place: Place


@dataclass(frozen=True, slots=True)
class Playbook:
    """One playbook with its plays and the contact policy they are under."""

    id: str
    title: str
    file: str
    plan_ahead: Duration
    adult_age: int
    plays: tuple[Play, ...]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Question:
    """How to ask a customer for a field the firm wants to know."""

    field: str
    title: str
    ask: str | None


@dataclass(frozen=True, slots=True)
class Handbook:
    """All playbooks of a firm, ready to decide."""

    playbooks: tuple[Playbook, ...]
    zone: str
    language: Language
    fields: Mapping[str, Field]
    questions: Mapping[str, Question]
    dimensions: tuple[Dimension, ...]
    processes: tuple[Process, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that the playbooks know."""
        prefix = "channel."
        return tuple(f.removeprefix(prefix) for f in self.fields if f.startswith(prefix))

    @property
    def plays(self) -> tuple[Play, ...]:
        """Every play of every playbook."""
        return tuple(play for playbook in self.playbooks for play in playbook.plays)
