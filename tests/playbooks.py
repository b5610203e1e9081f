"""Small firms written in YAML, customers as dictionaries, and both drawn at random."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import careflow
from careflow.customer.record import PURPOSES
from careflow.decision import Decision, NextBestAction, Suppressed

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
EXAMPLES = [
    json.loads(line)
    for line in (ROOT / "examples" / "customers.jsonl").read_text(encoding="utf-8").splitlines()
]
ZONES = (
    *("Asia/Ho_Chi_Minh", "Europe/Paris", "America/Los_Angeles", "Australia/Sydney"),
    *("Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns"),
)
HEAD = """\
careflow: 1
playbook: firm
title: A firm
language: en
zone: Asia/Ho_Chi_Minh
staff:
  seller: {title: Seller}
"""
CARE = "action: {purpose: care, channels: [zalo], owner: seller}"

Record = dict[str, Any]


# --- firms


def firm(folder: Path, *parts: str) -> careflow.Engine:
    """Write one playbook, the head and what a test adds to it, and load it."""
    text = HEAD + "".join(f"{part.rstrip()}\n" for part in parts)
    return firm_of(folder, firm=text)


def firm_of(folder: Path, **files: str) -> careflow.Engine:
    """Write several playbooks as they are and load them together."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return careflow.load(folder)


def line_of(engine: careflow.Engine, words: str) -> int:
    """Return the line of the engine's first playbook in which *words* first stand."""
    text = Path(engine.handbook.playbooks[0].file).read_text(encoding="utf-8")
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def reordered(text: str, key: str, random: random.Random) -> str:
    """Shuffle the entries of the block mapping under every line that says only *key*."""
    lines, done = text.splitlines(), 0
    while True:
        at = next((n for n in range(done, len(lines)) if _says(lines[n], key)), None)
        if at is None:
            return "\n".join(lines) + "\n"
        depth = len(lines[at]) - len(lines[at].lstrip())
        end = next((n for n in range(at + 1, len(lines)) if _leaves(lines[n], depth)), len(lines))
        blocks: list[list[str]] = []
        for line in lines[at + 1 : end]:
            if _indent(line) == depth + 2 and not line.lstrip().startswith("#"):
                blocks.append([])
            if blocks:  # a remark above the first entry is dropped: it says nothing to the engine
                blocks[-1].append(line)
        random.shuffle(blocks)
        lines[at + 1 : end] = [line for block in blocks for line in block]
        done = at + 1


def _says(line: str, key: str) -> bool:
    return line.partition("#")[0].strip() == f"{key}:"


def _indent(line: str) -> int | None:
    return len(line) - len(line.lstrip()) if line.strip() else None


def _leaves(line: str, depth: int) -> bool:
    indent = _indent(line)
    return indent is not None and indent <= depth and not line.lstrip().startswith("#")


# --- customers and what is decided about them


def customer(**known: Any) -> Record:
    """Return somebody who agreed to everything, with what a test says of them."""
    channels = {name: {"consent": True} for name in ("phone", "zalo", "sms", "email")}
    return {"id": "C1", "name": "An", "channels": channels} | known


def local(text: str, zone: str = "Asia/Ho_Chi_Minh") -> datetime:
    """Return what the clocks of *zone* call *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def start_of(text: str, zone: ZoneInfo) -> datetime:
    """Return the first instant that a time, or a date without an hour, may mean in *zone*."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def decide(engine: careflow.Engine, record: Record, now: str | datetime) -> Decision:
    """Decide at *now*, on Hanoi's clock unless it has a zone of its own."""
    return engine.decide(record, now=local(now) if isinstance(now, str) else now)


def told(found: NextBestAction | Suppressed) -> list[tuple[str, int, str, str | None]]:
    """Return each reason as its code, the line of its rule, its subject and until when."""
    return [
        (r.code.value, r.source.line, r.subject, r.until and f"{r.until:%Y-%m-%dT%H:%M}")
        for r in found.reasons
    ]


# --- drawn at random

_WALLS = ("00:00", "03:30", "07:59", "08:00", "11:29", "11:30", "12:15", "13:30", "18:45", "21:00")
_DAYS = ("2026-02-15", "2026-02-17", "2026-02-21", "2025-12-31", "2026-03-08", "2026-03-09")
_DAYS_AGO = (2, 4, 5, 7, 8, 13, 15, 29, 31, 60, 62, 200, 364, 400)
_HOURS = (0, 1, 5, 23, 25, *(24 * days for days in _DAYS_AGO))
_WAYS = ("phone", "zalo", "sms", "email")
_KEYS = ("aftersale/birthday/C1/2026", "presale/find-channel/C1/once")


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Draw an instant of 2025 to 2027: any, or one at which something opens, closes or rests."""
    days = st.one_of(
        st.dates(date(2025, 1, 1), date(2027, 12, 31)),
        st.sampled_from(_DAYS).map(date.fromisoformat),
    )
    walls = st.one_of(
        st.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
        st.sampled_from(_WALLS).map(time.fromisoformat),
    )
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return datetime.combine(draw(days), draw(walls), zone).astimezone(UTC).astimezone(zone)


class Ago(NamedTuple):
    """A time before now, or after it; without an hour, or at an offset from UTC."""

    hours: int
    offset: int | None

    def text(self, now: datetime) -> str:
        at = now - timedelta(hours=self.hours)
        if self.offset is None:
            return str(at.date())
        return at.astimezone(timezone(timedelta(hours=self.offset))).isoformat()


class Born(NamedTuple):
    """A birthday so many years ago, give or take some days."""

    years: int
    days: int

    def text(self, now: datetime) -> str:
        return str((now - timedelta(days=self.years * 365 + self.years // 4 + self.days)).date())


def _placed(value: Any, now: datetime) -> Any:
    """Write every time in *value* as seen from *now*."""
    if isinstance(value, Ago | Born):
        return value.text(now)
    if isinstance(value, dict):
        return {key: _placed(each, now) for key, each in value.items()}
    return [_placed(each, now) for each in value] if isinstance(value, list) else value


# from few hours, so that some coincide, and one in four to come
_TIMES = (*_HOURS, *_HOURS, *_HOURS, *(-hours for hours in _HOURS))
_WHEN = st.builds(Ago, st.sampled_from(_TIMES), st.sampled_from((7, 7, 0, -5, None)))


def _dated(at: str, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Record]:
    optional["id"] = st.sampled_from(("N1", "N2", "N/3", "N4"))
    return st.fixed_dictionaries({at: _WHEN}, optional=optional)


_STEPS = st.fixed_dictionaries(
    {"at": _WHEN, "kind": st.sampled_from(("closed", "reopened", "correct"))}
)
_LISTS = {
    "interactions": st.fixed_dictionaries(
        {"at": _WHEN},
        optional={
            "direction": st.sampled_from(("in", "out")),
            "channel": st.sampled_from((*_WAYS, "internal")),
            "purpose": st.sampled_from(("marketing", "care", "survey", "service")),
            "times": st.integers(1, 3),
            "key": st.sampled_from(_KEYS),
            "play": st.sampled_from(("aftersale/win-back", "presale/invite-to-workshop")),
        },
    ),
    "purchases": _dated("at", completed_at=_WHEN, amount=st.just(5)),
    "complaints": _dated(
        "opened_at",
        closed_at=_WHEN,
        severity=st.sampled_from(("low", "high")),
        events=st.lists(_STEPS, max_size=2),
    ),
    "opportunities": _dated("opened_at", closed_at=_WHEN, won=st.booleans()),
    "appointments": _dated("at", status=st.sampled_from(("kept", "missed"))),
    "feedback": st.fixed_dictionaries(
        {"at": _WHEN, "kind": st.just("nps"), "score": st.integers(0, 10)}
    ),
}
_ANSWERS = st.dictionaries(st.sampled_from(PURPOSES), st.booleans(), max_size=4)
_CHANNEL = st.fixed_dictionaries({}, optional={"consent": st.one_of(st.booleans(), _ANSWERS)})
_CHANNELS = st.one_of(
    st.just({name: {"consent": True} for name in _WAYS}),
    st.dictionaries(st.sampled_from(_WAYS), _CHANNEL),
)
_KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "need": st.just("Ly hôn"),
        "need-level": st.sampled_from(("clear", "vague", "none")),
        "can-pay": st.booleans(),
        "income": st.sampled_from(("budget", "premium")),
    },
)
_WAVERING = st.just({"need": "Ly hôn", "need-level": "vague", "can-pay": True})
_STRANGER = st.fixed_dictionaries(
    {"id": st.sampled_from(("C1", "a/b", "a%2Fb", "50%", "Khách 1")), "channels": _CHANNELS},
    optional={
        "name": st.just("An"),
        "kind": st.sampled_from(("customer", "supplier")),
        "party": st.sampled_from(("person", "organisation")),
        "gender": st.sampled_from(("female", "male")),
        "zone": st.sampled_from(ZONES),
        "birth_date": st.builds(Born, st.integers(1, 80), st.integers(-2, 2)),
        "age": st.integers(10, 60),
        "representative": st.fixed_dictionaries({"name": st.just("Bình"), "channels": _CHANNELS}),
        "do_not_contact": st.sampled_from((False, False, False, True)),
        "owner": st.just("Lan"),
        "attributes": st.one_of(_KNOWN, _WAVERING),
        **{name: st.lists(item, max_size=6) for name, item in _LISTS.items()},
    },
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Record, datetime]:
    """Draw a customer, an example mutated or one from nowhere, and an instant."""
    now = draw(instants())
    drawn = _plausible(_placed(draw(_STRANGER), now))
    if draw(st.booleans()):
        return drawn, now
    known = dict(draw(st.sampled_from(EXAMPLES)))
    for name in draw(st.lists(st.sampled_from(sorted(known.keys() - {"id"})), max_size=2)):
        known.pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(drawn.keys() - {"id"})), max_size=4)):
        both = isinstance(drawn[name], list) and name in known
        known[name] = known[name] + drawn[name] if both else drawn[name]
    return known, now


def _plausible(record: Record) -> Record:
    """Give each id to one thing only: a firm's own numbers are unique."""
    for name in ("purchases", "complaints", "opportunities", "appointments"):
        seen: set[str] = set()
        for each in record.get(name, ()):
            if each.get("id") in seen:
                del each["id"]
            seen.add(each.get("id", ""))
    return record


def shuffled(value: Any, random: random.Random) -> Any:
    """Return the same record with every list and every mapping in another order."""
    if isinstance(value, dict):
        entries = [(key, shuffled(each, random)) for key, each in value.items()]
        random.shuffle(entries)
        return dict(entries)
    if isinstance(value, list):
        listed = [shuffled(each, random) for each in value]
        random.shuffle(listed)
        return listed
    return value
