"""What comes out of a decision, as values and as words."""

from careflow.decision.decision import Decision
from careflow.decision.values import (
    Code,
    Membership,
    NextBestAction,
    Question,
    Reason,
    Suppressed,
    plain,
)

__all__ = [
    "Code",
    "Decision",
    "Membership",
    "NextBestAction",
    "Question",
    "Reason",
    "Suppressed",
    "plain",
]
