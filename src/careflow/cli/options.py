"""Values of the command line, read with our own sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from careflow.calendar.moments import parse_instant
from careflow.errors import Finding, UsageError
from careflow.suggest import did_you_mean


def one_of(option: str, choices: Sequence[str]) -> Callable[[str], str]:
    """Make a reader of one of *choices* for *option*."""

    def read(value: str) -> str:
        if value not in choices:
            hint = did_you_mean(value, choices)
            raise UsageError("bad-choice", f'{option} cannot be "{value}"', hint)
        return value

    return read


language = one_of("--lang", ("vi", "en"))


def moment(value: str) -> datetime:
    """Read the instant of `--now`.

    Raises:
        UsageError: It is no time, or has no zone.
    """
    try:
        return parse_instant(value)
    except Finding as finding:
        message = f"--now: {finding.message}"
        raise UsageError(finding.check, message, finding.hint) from None


def now_in(zone: ZoneInfo) -> datetime:
    """Read the machine's clock, in *zone*: the one place where anything here does."""
    return datetime.now(zone).replace(microsecond=0)


def rules_folder(given: Path | None) -> tuple[Path, bool]:
    """Return the folder of playbooks, and whether it is the one shipped with careflow."""
    if given is not None:
        return given, False
    here = Path("rules")
    if here.is_dir():
        return here, False
    return shipped_rules(), True


def shipped_rules() -> Path:
    """Return the playbooks that come with careflow, installed or in a checkout."""
    inside = Path(str(files("careflow"))) / "rules"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "rules"
