"""What comes out: everything decided about one customer at one instant."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from careflow.calendar.moments import Language
from careflow.decision.values import Membership, NextBestAction, Question, Suppressed, plain
from careflow.decision.wording import explanation


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided about one customer at one instant.

    Every candidate is either among `actions`, best first, or among `suppressed`.
    """

    customer_id: str
    name: str | None
    now: datetime
    language: Language
    segments: tuple[Membership, ...]
    actions: tuple[NextBestAction, ...]
    suppressed: tuple[Suppressed, ...]
    questions: tuple[Question, ...]

    @property
    def next(self) -> NextBestAction | None:
        """The next best action, if there is anything to do."""
        return self.actions[0] if self.actions else None

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain JSON data: the same decision, the same data."""
        return {name.name: plain(getattr(self, name.name)) for name in fields(self)}

    def explain(self, language: Language | None = None) -> str:
        """Tell it to a person: why this, why not that, until when, by which rule.

        Args:
            language: `vi` or `en`; the playbooks' own language by default.
        """
        return explanation(
            (self.customer_id, self.name, self.now),
            (self.segments, self.actions, self.suppressed, self.questions),
            language or self.language,
        )
