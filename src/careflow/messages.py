"""What fills the slots of a message: the customer's facts, the owner, what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from careflow.conditions.condition import shown
from careflow.customer.facts import Facts
from careflow.decision import Question
from careflow.playbook.document import CUSTOMER_OWNER
from careflow.playbook.handbook import Handbook, Play, Role
from careflow.playbook.template import OWNER, QUESTIONS

MOST_QUESTIONS = 2  # asked at once; more is an interrogation


class Values:
    """The values for one customer, looked up when a message needs them.

    Args:
        handbook: Whose titles name the segments.
        questions: What to ask the customer, most wanted first.
    """

    def __init__(self, handbook: Handbook, questions: Sequence[Question]) -> None:
        self._handbook = handbook
        asked = [each.ask for each in questions if each.ask][:MOST_QUESTIONS]
        self._questions = " ".join(asked) or None

    def of(self, play: Play, facts: Facts) -> Mapping[str, str | None]:
        """Return a value, or `None`, for every slot of the play's message."""
        message = play.action.message
        names = message.names if message else ()
        return {name: self._value(name, play, facts) for name in names}

    def _value(self, name: str, play: Play, facts: Facts) -> str | None:
        if name == OWNER:
            return owner(play.action.owner, facts)
        if name == QUESTIONS:
            return self._questions
        field = name.removeprefix("customer.")
        value = facts[field]
        if value is not None and field.startswith("segment."):
            return self._title(field.removeprefix("segment."), value)
        return shown(value)

    def _title(self, dimension: str, segment: str) -> str:
        found = next(each for each in self._handbook.dimensions if each.name == dimension)
        titles = {rule.name: rule.title for rule in found.rules}
        return titles.get(segment, found.otherwise_title)


def owner(role: Role, facts: Facts) -> str:
    """Return who does it: the person of the role, or its title where nobody is named."""
    if role.person == CUSTOMER_OWNER:
        return facts.customer.owner or role.title
    return role.person or role.title
