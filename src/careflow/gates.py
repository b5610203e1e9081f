"""The gates: each looks at one case and lets it pass or says why not.

A gate is a function from a case to a `Reason` or `None`; to add one, write it and put it
into the list it belongs to. Unknown never opens a gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from careflow.calendar.local import to_datetime
from careflow.candidates import Candidate
from careflow.conditions.compile import NOW
from careflow.customer.facts import Facts
from careflow.customer.record import INTERNAL, Channel
from careflow.decision import Code, Reason
from careflow.playbook.handbook import ConsentRule, Suppression

DUTIES = frozenset({"complaint", "legal"})  # owed to the customer even if they want no contact


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate for one customer; through one channel, once channels are tried."""

    candidate: Candidate
    facts: Facts
    values: Mapping[str, str | None]
    channel: str = ""

    @property
    def purpose(self) -> str:
        """Why the customer would be contacted."""
        return self.candidate.play.action.purpose

    @property
    def internal(self) -> bool:
        """Whether the action stays inside the firm."""
        return INTERNAL in self.candidate.play.action.channels

    def reach(self) -> Channel | None:
        """Return the customer's (or their representative's) side of the channel."""
        customer = self.facts.customer
        if is_minor(self) and customer.representative:
            return customer.representative.channels.get(self.channel)
        return customer.channels.get(self.channel)


Gate = Callable[[Case], Reason | None]


def is_minor(case: Case) -> bool:
    """Say whether the customer is known to be a minor."""
    age = case.facts["age"]
    person = case.facts.customer.party == "person"
    return person and age is not None and bool(age < case.candidate.playbook.adult_age)


def done_already(case: Case) -> Reason | None:
    """Stop what the history shows as done: the same occurrence never happens twice."""
    for each in case.facts["interactions"]:
        if each["key"] == case.candidate.key:
            day = str(each["at"].day)
            return Reason(Code.DONE, case.candidate.play.place, day)
    return None


def not_expired(case: Case) -> Reason | None:
    """Stop what has become worthless."""
    expires = case.candidate.expires
    if expires is not None and expires <= case.facts[NOW]:
        subject = str(to_datetime(expires, case.facts.zone).date())
        return Reason(Code.EXPIRED, case.candidate.play.place, subject)
    return None


def may_be_contacted(case: Case) -> Reason | None:
    """Stop contact with who wants none, except for what the firm owes them."""
    if case.internal or case.purpose in DUTIES or not case.facts.customer.do_not_contact:
        return None
    return Reason(Code.DO_NOT_CONTACT, case.candidate.play.place)


def represented(case: Case) -> Reason | None:
    """Stop contact with a minor for whom nobody acts."""
    if case.internal or not is_minor(case) or case.facts.customer.representative:
        return None
    return Reason(Code.NO_REPRESENTATIVE, case.candidate.play.place, str(case.facts["age"]))


def not_suppressed(case: Case) -> Reason | None:
    """Stop what the firm does not do while something else holds, or may hold."""
    return next((found for each in _suppressions(case) if (found := _held_back(each, case))), None)


def _suppressions(case: Case) -> Iterator[Suppression]:
    """Yield the suppressions of the purpose, or of the channel once there is one."""
    for rule in case.candidate.playbook.policy.suppressions:
        by_channel = rule.applies.channels is not None
        if by_channel == bool(case.channel) and rule.applies.covers(case.channel, case.purpose):
            yield rule


def _held_back(rule: Suppression, case: Case) -> Reason | None:
    when = rule.applies.when
    if when is None or when.ask(case.facts) is False:
        return None
    return Reason(Code.SUPPRESSED, rule.place, rule.title, when.deciding(case.facts))


def message_complete(case: Case) -> Reason | None:
    """Stop a message with a hole in it."""
    message = case.candidate.play.action.message
    missing = message.missing(case.values) if message else ()
    if missing:
        return Reason(Code.MESSAGE_INCOMPLETE, case.candidate.play.action.place, missing[0])
    return None


def reachable(case: Case) -> Reason | None:
    """Stop a channel that the record does not have."""
    if case.internal or case.reach():
        return None
    return Reason(Code.NO_CHANNEL, case.candidate.play.action.place, case.channel)


def agreed(case: Case) -> Reason | None:
    """Stop what the customer refused, and what needs a consent that was never given."""
    channel = case.reach()
    if case.internal or channel is None:
        return None
    answer = channel.agrees(case.purpose)
    rule = _consent_rule(case)
    place = rule.place if rule else case.candidate.play.action.place
    subject = f"{case.channel} / {case.purpose}"
    if answer is False and not (case.purpose in DUTIES and channel.consent is False):
        return Reason(Code.REFUSED, place, subject)
    required = rule.required if rule else case.purpose == "marketing"
    if required and answer is not True:
        return Reason(Code.NO_CONSENT, place, subject)
    return None


def _consent_rule(case: Case) -> ConsentRule | None:
    """Return the strictest rule about this channel and purpose."""
    rules = [
        rule
        for rule in case.candidate.playbook.policy.consent
        if rule.applies.covers(case.channel, case.purpose)
    ]
    return max(rules, key=lambda rule: rule.required, default=None)


CANDIDATE_GATES: tuple[Gate, ...] = (
    done_already,
    not_expired,
    may_be_contacted,
    represented,
    not_suppressed,
    message_complete,
)
CHANNEL_GATES: tuple[Gate, ...] = (reachable, not_suppressed, agreed)


def first_refusal(gates: tuple[Gate, ...], case: Case) -> Reason | None:
    """Return the reason of the first gate that does not let *case* pass."""
    for gate in gates:
        reason = gate(case)
        if reason:
            return reason
    return None
