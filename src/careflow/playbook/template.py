"""Messages with places to fill: `Chào {customer.name|quý khách}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from careflow.errors import Finding
from careflow.suggest import did_you_mean

_PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
OWNER = "owner"
QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to fill: the name of what goes in, and what stands there if it is unknown."""

    name: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A message: text and slots, in order."""

    parts: tuple[str | Slot, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what the message needs, fallback or not."""
        return tuple(part.name for part in self.parts if isinstance(part, Slot))

    def missing(self, values: Mapping[str, str | None]) -> tuple[str, ...]:
        """Return the names that have neither a value in *values* nor a fallback."""
        return tuple(
            part.name
            for part in self.parts
            if isinstance(part, Slot) and part.fallback is None and values[part.name] is None
        )

    def fill(self, values: Mapping[str, str | None]) -> str:
        """Return the message; every slot needs a value or a fallback."""
        return "".join(
            part if isinstance(part, str) else values[part.name] or part.fallback or ""
            for part in self.parts
        )


def parse_template(text: str, names: Mapping[str, object]) -> Template:
    """Read a message.

    Args:
        text: As written.
        names: What may be filled in.

    Raises:
        Finding: A slot that nothing fills, or a brace that does not pair.
    """
    parts: list[str | Slot] = []
    at = 0
    for match in _PLACE.finditer(text):
        parts.append(_literal(text[at : match.start()]))
        name = match[1].strip()
        if name not in names:
            message = f'nothing fills "{{{name}}}" in the message'
            raise Finding("unknown-slot", message, did_you_mean(name, names))
        parts.append(Slot(name, match[2]))
        at = match.end()
    parts.append(_literal(text[at:]))
    return Template(tuple(part for part in parts if part))


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise Finding("bad-slot", "a brace in the message has no partner", "Write {customer.name}.")
    return text
