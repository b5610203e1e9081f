"""The parts of a decision: actions, what was not proposed and why, what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from careflow.conditions.condition import Compared
from careflow.source import Place


class Code(StrEnum):
    """Every reason there is; a closed set, so that hosts and tests can rely on it."""

    PROPOSED = "proposed"
    NOT_FOR_CUSTOMER = "not-for-customer"
    UNKNOWN = "unknown"
    OTHER_STAGE = "other-stage"
    NO_EVENT = "no-event"
    NOT_DUE = "not-due"
    DONE = "done"
    EXPIRED = "expired"
    DO_NOT_CONTACT = "do-not-contact"
    NO_REPRESENTATIVE = "no-representative"
    SUPPRESSED = "suppressed"
    MESSAGE_INCOMPLETE = "message-incomplete"
    NO_CHANNEL = "no-channel"
    REFUSED = "refused"
    NO_CONSENT = "no-consent"
    QUIET_HOURS = "quiet-hours"
    CONTACT_HOURS = "contact-hours"
    CAP = "cap"
    TOO_LATE = "too-late"
    CLOSED_NOW = "closed-now"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with the rule behind it.

    Args:
        code: Which of the closed set.
        source: The rule, as file:line.
        subject: What it is about: a rule's title, a channel, a number of points.
        compared: The values that were compared, where a condition decided.
        until: When it would change by itself, if that is known.
    """

    code: Code
    source: Place
    subject: str = ""
    compared: tuple[Compared, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The segment of a customer in one dimension; `None` while it cannot be known."""

    dimension: str
    name: str | None
    title: str
    source: Place
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the customer next: an unknown field that kept plays from deciding."""

    field: str
    title: str
    ask: str | None
    plays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextBestAction:
    """One thing to do for one customer: who, what, how, when, and why.

    Args:
        customer_id: For whom.
        playbook: The playbook, and
        play: the play in it that proposes the action.
        title: The play's title.
        tier: What it comes before and after, whatever the priorities.
        priority: Points inside the tier; more comes first.
        purpose: Why the customer is contacted; law and policy depend on it.
        channel: How; `internal` reaches no customer.
        to: Whom: the customer, or who represents them.
        not_before: The first permitted moment, on the customer's clock.
        due: By when it should be done.
        expires: From when on it is worthless, if ever.
        owner: Who does it.
        message: The words, filled in.
        key: The occurrence: the same key never means two contacts.
        source: The rule, as file:line.
        reasons: Why, and what moved it; the first says why it was proposed.
        preference: What the firm's capacity ranks by, if it does.
    """

    customer_id: str
    playbook: str
    play: str
    title: str
    tier: str
    priority: int
    purpose: str
    channel: str
    to: str | None
    not_before: datetime
    due: datetime
    expires: datetime | None
    owner: str
    message: str | None
    key: str
    source: Place
    reasons: tuple[Reason, ...]
    preference: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A play that proposes nothing now, and why; `key` where an occurrence is meant."""

    playbook: str
    play: str
    title: str
    key: str | None
    source: Place
    reasons: tuple[Reason, ...]


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a decision in, JSON data out
    """Return *value* as JSON data: times in ISO 8601, places as file:line."""
    if isinstance(value, Place):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return value if value is None or isinstance(value, bool | int) else str(value)
