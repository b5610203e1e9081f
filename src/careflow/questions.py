"""What to ask the customer next: the unknown fields that hold up most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from careflow.customer.facts import Facts
from careflow.decision import Code, Question, Suppressed
from careflow.derive import unknown_fields
from careflow.playbook.handbook import Handbook


def questions(
    handbook: Handbook, stopped: Sequence[Suppressed], facts: Facts
) -> tuple[Question, ...]:
    """Return what to ask, the field that holds up most plays first, then as the firm lists them.

    Args:
        handbook: Knows how to ask.
        stopped: The plays that propose nothing, with their reasons.
        facts: Of the customer.
    """
    plays: dict[str, set[str]] = defaultdict(set)
    for reasons in (_undecided, _staying):
        for name, waiting in reasons(handbook, stopped, facts):
            plays[name] |= waiting
    order = {name: number for number, name in enumerate(handbook.questions)}
    ranked = sorted(
        plays.items(), key=lambda item: (-len(item[1]), order.get(item[0], len(order)), item[0])
    )
    return tuple(_question(handbook, name, tuple(sorted(ids))) for name, ids in ranked)


def _undecided(
    handbook: Handbook, stopped: Sequence[Suppressed], facts: Facts
) -> Iterator[tuple[str, set[str]]]:
    """Yield what was not known where it mattered, with the play that could not be decided."""
    for each in stopped:
        reason = each.reasons[0]
        if reason.code is Code.UNKNOWN:
            for name in unknown_fields(handbook, reason.compared, facts):
                yield name, {_name(each)}


def _staying(
    handbook: Handbook, stopped: Sequence[Suppressed], facts: Facts
) -> Iterator[tuple[str, set[str]]]:
    """Yield what keeps the customer in their stage, with the tasks that wait behind it."""
    for process in handbook.processes:
        here = facts[f"stage.{process.playbook}"]
        stage = next((each for each in process.stages if each.name == here), None)
        if stage is None or stage.until is None:
            continue
        waiting = {
            _name(each)
            for each in stopped
            if each.playbook == process.playbook and each.reasons[0].code is Code.OTHER_STAGE
        }
        for part in stage.until.parts or (stage.until,):
            if part.ask(facts) is not True:
                for name in unknown_fields(handbook, part.deciding(facts), facts):
                    yield name, waiting


def _name(entry: Suppressed) -> str:
    return f"{entry.playbook}/{entry.play}"


def _question(handbook: Handbook, name: str, plays: tuple[str, ...]) -> Question:
    known = handbook.questions.get(name)
    return Question(name, known.title if known else name, known.ask if known else None, plays)
