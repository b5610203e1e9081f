"""From playbooks as written to the handbook: references followed, conditions typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from careflow.calendar.durations import parse_duration
from careflow.calendar.moments import Language
from careflow.errors import Problem
from careflow.playbook.document import PlaybookDocument
from careflow.playbook.handbook import Handbook, Playbook
from careflow.playbook.plays import plays, whole_days
from careflow.playbook.policy import joined, policy
from careflow.playbook.scope import Scope, build_scope, dimensions, process
from careflow.source import Place

ONE_DAY = parse_duration("1 day")
_ADULT = 18  # Vietnam, Civil Code 91/2015/QH13, article 20: an adult is 18 or older


@dataclass(frozen=True, slots=True)
class Source:
    """One playbook file: its document, and the files it uses, directly or not."""

    file: str
    document: PlaybookDocument
    uses: tuple[str, ...]


def resolve(sources: Sequence[Source]) -> tuple[Handbook, list[Problem]]:
    """Resolve the playbooks of a firm into its handbook.

    Args:
        sources: Every file once, each with all the files it uses.

    Returns:
        The handbook, and every problem of every file; with problems it must not be used.
    """
    ordered = sorted(sources, key=lambda source: source.file)
    documents = [source.document for source in ordered]
    scope = build_scope(documents)
    for source in ordered:
        place = source.document.at("playbook")
        scope.define("playbook", source.document.playbook, place)
    found = dimensions(documents, scope)
    processes = tuple(
        process(document, document.process, scope) for document in documents if document.process
    )
    by_file = {source.file: source for source in ordered}
    policies = {source.file: policy(source.document, scope) for source in ordered}
    playbooks = tuple(_playbook(source, by_file, policies, scope) for source in ordered)
    zone, language = _zone(ordered, scope), _agreed(documents, "language", scope)
    handbook = Handbook(
        playbooks=playbooks,
        zone=zone,
        language=cast("Language", language or "en"),
        fields=scope.fields,
        questions=scope.questions,
        dimensions=found,
        processes=processes,
    )
    return handbook, scope.problems


def _playbook(
    source: Source, by_file: Mapping[str, Source], policies: Mapping[str, Any], scope: Scope
) -> Playbook:
    document = source.document
    chain = [document, *(by_file[file].document for file in source.uses)]
    if document.plan_ahead:
        whole_days(document.plan_ahead, document.at("plan-ahead"), scope)
    return Playbook(
        id=document.playbook,
        title=document.title,
        file=source.file,
        plan_ahead=next((d.plan_ahead for d in chain if d.plan_ahead), ONE_DAY),
        adult_age=next((d.adult_age for d in chain if d.adult_age), _ADULT),
        plays=plays(document, scope),
        policy=joined(policies[file] for file in (source.file, *source.uses)),
    )


def _zone(sources: Sequence[Source], scope: Scope) -> str:
    zone = _agreed([source.document for source in sources], "zone", scope)
    if zone is None:
        place = Place(sources[0].file, 1)
        message = "no playbook says in which time zone the firm is"
        scope.wrong(place, "missing-key", message, "Add zone, as zone: Asia/Ho_Chi_Minh.")
    return zone or "UTC"


def _agreed(documents: Sequence[PlaybookDocument], key: str, scope: Scope) -> str | None:
    """Return the one value that the playbooks state for *key*; two are a problem."""
    stated: str | None = None
    for document in documents:
        value = getattr(document, key)
        if value and stated and value != stated:
            message = f'{key} is "{value}" here and "{stated}" in another playbook'
            scope.wrong(document.at(key), "conflicting-values", message, "State it once.")
        stated = stated or value
    return stated
