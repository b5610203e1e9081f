"""careflow: a firm's customer-care handbook in YAML in, next best actions out.

engine = careflow.load("rules/")
decision = engine.decide(customer, now=now)
for action in decision.actions:
    print(action.title, action.channel, action.not_before)
print(decision.explain("vi"))
"""

from __future__ import annotations

from pathlib import Path

from careflow.customer.record import Customer
from careflow.decision import Code, Decision, NextBestAction, Question, Reason, Suppressed
from careflow.engine import Engine
from careflow.errors import CareflowError, PlaybookError, Problem, RecordError, UsageError
from careflow.loader import load_handbook

__all__ = [
    "CareflowError",
    "Code",
    "Customer",
    "Decision",
    "Engine",
    "NextBestAction",
    "PlaybookError",
    "Problem",
    "Question",
    "Reason",
    "RecordError",
    "Suppressed",
    "UsageError",
    "check",
    "load",
]


def load(path: str | Path) -> Engine:
    """Read a firm's playbooks and return the engine that decides by them.

    Args:
        path: A folder of playbooks, or one playbook.

    Raises:
        PlaybookError: With every problem of every playbook, each at its place.
        UsageError: There is no such path, or no playbook in it.
    """
    return Engine(load_handbook(path))


def check(path: str | Path) -> tuple[Problem, ...]:
    """Return every problem of a firm's playbooks, sorted by place; none means they load.

    Args:
        path: A folder of playbooks, or one playbook.

    Raises:
        UsageError: There is no such path, or no playbook in it.
    """
    try:
        load_handbook(path)
    except PlaybookError as error:
        return error.problems
    return ()
