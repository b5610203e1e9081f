"""Where a handbook's own facts come from: attributes, channels, segments, stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from careflow.conditions.condition import Compared
from careflow.customer.attributes import attribute
from careflow.customer.facts import DERIVE, Derive, Facts
from careflow.decision import Membership
from careflow.playbook.handbook import Dimension, Handbook, Process, SegmentRule
from careflow.playbook.scope import DONE, OUTSIDE


def derivations(handbook: Handbook) -> Derive:
    """Return how every fact of *handbook* follows from a record."""
    found = dict(DERIVE)
    for name in handbook.questions:
        found[name] = attribute(handbook.fields[name])
    for name in handbook.fields:
        if name.startswith("channel."):
            found[name] = _channel(name.removeprefix("channel."))
    for dimension in handbook.dimensions:
        found[f"segment.{dimension.name}"] = _segment(dimension)
    for process in handbook.processes:
        found[f"stage.{process.playbook}"] = _stage(process)
    return found


def _channel(name: str) -> Callable[[Facts], str | None]:
    def value(facts: Facts) -> str | None:
        channel = facts.customer.channels.get(name)
        return None if channel is None else channel.kind or "yes"

    return value


def _deciding_rule(dimension: Dimension, facts: Facts) -> tuple[SegmentRule | None, bool]:
    """Return the first rule that matches or cannot be answered, and whether it matches."""
    for rule in dimension.rules:
        answer = rule.when.ask(facts)
        if answer is not False:
            return rule, answer is True
    return None, True


def _segment(dimension: Dimension) -> Callable[[Facts], str | None]:
    """First match wins; a rule that cannot be answered leaves the segment unknown."""

    def value(facts: Facts) -> str | None:
        rule, matches = _deciding_rule(dimension, facts)
        return (rule.name if matches else None) if rule else dimension.otherwise

    return value


def _stage(process: Process) -> Callable[[Facts], str | None]:
    """The first stage not passed; what cannot be answered passes nothing."""

    def value(facts: Facts) -> str | None:
        inside = process.when.ask(facts) if process.when else True
        if inside is not True:
            return OUTSIDE if inside is False else None
        for stage in process.stages:
            if stage.until is None or stage.until.ask(facts) is not True:
                return stage.name
        return DONE

    return value


def membership(dimension: Dimension, facts: Facts) -> Membership:
    """Return the customer's segment in *dimension* with the rule that decided."""
    name = facts[f"segment.{dimension.name}"]
    rule, _ = _deciding_rule(dimension, facts)
    if rule is None:
        place = dimension.otherwise_place
        return Membership(dimension.name, name, dimension.otherwise_title, place)
    return Membership(dimension.name, name, rule.title, rule.place, rule.when.deciding(facts))


def unknown_fields(
    handbook: Handbook, compared: tuple[Compared, ...], facts: Facts
) -> Iterator[str]:
    """Yield the fields of the record behind what was not known, segments looked into."""
    for each in compared:
        if each.value is not None and ".." not in each.value:
            continue
        prefix, _, name = each.field.partition(".")
        if prefix == "segment":
            dimension = next(d for d in handbook.dimensions if d.name == name)
            yield from unknown_fields(handbook, membership(dimension, facts).compared, facts)
        elif prefix == "stage":
            process = next(p for p in handbook.processes if p.playbook == name)
            reasons = process.when.deciding(facts) if process.when else ()
            yield from unknown_fields(handbook, reasons, facts)
        else:
            yield each.field
