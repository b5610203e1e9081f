"""A decision in words: every rule by file and line, in both languages; CAREFLOW_ACCEPT=1 accepts.

The texts under golden/ are what a care manager reads; look at the difference before accepting it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import careflow
from careflow.decision import Code, Decision, Reason
from careflow.decision.wording import sentence
from careflow.source import Place
from playbooks import CARE, EXAMPLES, RULES, cases, customer, decide, firm, local

GOLDEN = Path(__file__).parent / "golden"
ENGINE = careflow.load(RULES)
BY_ID = {each["id"]: each for each in EXAMPLES}
LANGUAGES = ("vi", "en")
MORNING = "2026-03-09T09:30"
# a complaint and points; a customer abroad, asleep; one about whom little is known
SHOWN = {"KH009": MORNING, "KH017": MORNING, "KH051": "2026-03-09T12:00"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", SHOWN)
def test_the_explanation_reads_as_it_was_accepted(root, monkeypatch, identity, language):
    monkeypatch.chdir(root)  # so that the rules are named as the firm names them
    decision = decide(careflow.load("rules"), BY_ID[identity], SHOWN[identity])
    text = decision.explain(language) + "\n"
    golden = GOLDEN / f"{identity}.{language}.txt"
    if os.environ.get("CAREFLOW_ACCEPT"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def lines_of(decision: Decision, language: str) -> list[str]:
    return decision.explain(language).splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", BY_ID)
def test_everything_is_told_with_its_rule(identity, language):
    decision = decide(ENGINE, BY_ID[identity], MORNING)
    lines = lines_of(decision, language)
    for each in (*decision.actions, *decision.suppressed):
        assert any(each.title in line and line.endswith(f"[{each.source}]") for line in lines)
        for reason in each.reasons:
            words = f"{sentence(reason, language)}  [{reason.source}]"
            assert any(line.strip() == words for line in lines)
    for segment in decision.segments:
        assert any(
            segment.dimension in line and line.endswith(f"[{segment.source}]") for line in lines
        )
    for question in decision.questions:
        told = [line for line in lines if line.startswith(f"  - {question.title}")]
        assert any(all(play in line for play in question.plays) for line in told)


@given(cases(), st.sampled_from(LANGUAGES))
@settings(max_examples=50)
def test_every_section_is_there_whoever_it_is_and_whenever(case, language):
    record, now = case
    lines = lines_of(ENGINE.decide(record, now=now), language)
    heads = {
        "vi": ["Phân nhóm", "Việc cần làm", "Chưa làm", "Nên hỏi thêm"],
        "en": ["Segments", "To do", "Not now", "To ask next"],
    }
    assert [line for line in lines[1:] if not line.startswith(" ")] == heads[language]
    assert lines[0].startswith(record["id"])
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_sentence(code, language):
    until = local("2026-03-10T08:00")
    plain = sentence(Reason(code, Place("rules.yaml", 1)), language)
    told = sentence(Reason(code, Place("rules.yaml", 1), "{word}", until=until), language)
    assert plain
    assert told.endswith("10/03/2026 08:00" if language == "vi" else "10 March 2026 08:00")
    assert "{subject}" not in told


@pytest.mark.parametrize("code", Code)
def test_the_two_languages_say_the_same_subjects(code):
    told = [
        "{mark}" in sentence(Reason(code, Place("rules.yaml", 1), "{mark}"), language)
        for language in LANGUAGES
    ]
    assert told[0] == told[1]


def test_the_language_of_the_playbooks_is_the_default(tmp_path):
    decision = decide(ENGINE, customer(), MORNING)
    assert decision.explain() == decision.explain("vi")
    english = firm(tmp_path, f"plays:\n  hi:\n    title: Hi\n    {CARE}")
    decision = decide(english, customer(), MORNING)
    assert decision.explain() == decision.explain("en")


SEGMENTS = f"""
fields: {{income: {{choice: [low, high], title: Income, ask: What may it cost?}}}}
segments:
  purse:
    thin: {{when: {{income: low}}}}
    women: {{when: {{gender: female}}}}
    otherwise: {{name: thick, title: Well off}}
plays:
  offer:
    title: Offer
    when: {{segment.purse: [women, thick]}}
    {CARE}
"""


def test_a_segment_that_cannot_be_known_is_said_to_be_unknown_and_asked_for(tmp_path):
    """An earlier line that cannot be answered leaves it open, whatever later lines say."""
    engine = firm(tmp_path, SEGMENTS)
    for gender in ("female", "male"):
        decision = decide(engine, customer(gender=gender), MORNING)
        lines = lines_of(decision, "en")
        assert not decision.actions
        assert lines[2].startswith("  purse: not known  [")
        assert lines[-1] == "  - Income: What may it cost? (holds up: firm/offer)"
    told = customer(attributes={"income": "high"})
    assert decide(engine, told | {"gender": "female"}, MORNING).segments[0].name == "women"
    assert "  purse: Well off  [" in decide(engine, told | {"gender": "male"}, MORNING).explain()


def test_a_vietnamese_explanation_says_dates_in_vietnamese():
    text = "\n".join(decide(ENGINE, each, MORNING).explain("vi") for each in EXAMPLES)
    assert "Thứ Hai 09/03/2026 09:30" in text
    assert not re.search(r"\b(Monday|Sunday|March|until|from|nothing)\b", text)
