"""One customer record: every wrong value is one problem, in words that name the field."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.customer import record
from careflow.customer.record import Customer, without_nulls
from careflow.schema import Rejected, read
from careflow.source import Place

PLACE = Place("c.jsonl", 7, 0)


def customer(**fields):
    found = read(Customer, without_nulls({"id": "C1", **fields}), place=PLACE)
    assert isinstance(found, Customer), found
    return found


def problems(**fields):
    found = read(Customer, without_nulls({"id": "C1", **fields}), place=PLACE)
    assert isinstance(found, Rejected), found
    return [str(each).removeprefix("c.jsonl:7: ") for each in found.problems]


DATE = 'Write year-month-day, as "2026-03-08".'
TIME = 'Write "2026-03-08T09:30+07:00".'
ZONE = 'Write an IANA name, as "Asia/Ho_Chi_Minh".'
SPELLED = 'as "2026-03-08T09:30+07:00" or "2026-03-08T09:30 Asia/Ho_Chi_Minh".'
OFFSET = f"Write the offset or the zone, {SPELLED}"
THOUSANDS = "looks like a number with separators of thousands"
PURPOSES = "Choices: care, complaint, greeting, legal, marketing, service, survey."

MAPPING = "stands where a mapping (key: value) belongs in"
WRONG = [
    ("id", True, '"true" stands where text belongs in {}.'),
    ("id", "  ", "nothing stands where text belongs in {}."),
    ("name", False, '"false" stands where text belongs in {}.'),
    ("name", 1.5, '"1.5" stands where text belongs in {}.'),
    ("name", ["An"], "a list stands where text belongs in {}."),
    ("name", {"a": 1}, "a mapping stands where text belongs in {}."),
    ("name", "x" * 10_001, "text longer than 10000 characters in {}."),
    ("name", "A\ud800", "text holds half of a character (a lone surrogate) in {}."),
    ("\ud800", 1, "a key holds half of a character (a lone surrogate)."),
    ("nmae", "An", 'unknown key "nmae". Did you mean "name"?'),
    ("birth-date", "x", 'unknown key "birth-date". Did you mean "birth_date"?'),
    ("kind", "custumer", '"custumer" is not one of the choices in {}. Did you mean "customer"?'),
    ("kind", 3, '"3" is not one of the choices in {}. Choices: customer, partner, supplier.'),
    ("party", "firm", '"firm" is not one of the choices in {}. Choices: organisation, person.'),
    ("gender", "Male", '"Male" is not one of the choices in {}. Did you mean "male"?'),
    ("zone", "Asia/Tokio", '"Asia/Tokio" is not a time zone in {}. Did you mean "Asia/Tokyo"?'),
    ("zone", "+07:00", f'"+07:00" is not a time zone in {{}}. {ZONE}'),
    ("zone", ["UTC"], "a list stands where text belongs in {}."),
    ("birth_date", "2001-02-29", '"2001-02-29" is not a day of the calendar in {}.'),
    ("birth_date", "29.02.2000", f'"29.02.2000" is not a date in {{}}. {DATE}'),
    ("birth_date", "2000-01-01T00:00Z", f'"2000-01-01T00:00Z" is not a date in {{}}. {DATE}'),
    ("birth_date", 20000101, '"20000101" stands where a date belongs in {}.'),
    ("birth_date", "0001-01-01", '"0001-01-01" lies outside the years 1900 to 2200 in {}.'),
    ("age", -1, '"-1" is not a whole number from 0 to 150 in {}.'),
    ("age", "17.5", '"17.5" is not a whole number from 0 to 150 in {}.'),
    ("age", True, '"true" stands where a number belongs in {}.'),
    ("age", "017", '"017" is not a number in {}. Write 17.'),
    ("age", "old", '"old" is not a number in {}.'),
    ("do_not_contact", "maybe", '"maybe" is neither yes nor no in {}.'),
    ("do_not_contact", 1, '"1" stands where yes or no belongs in {}.'),
    ("representative", "Mai", f'"Mai" {MAPPING} {{}}.'),
    ("representative", {"relation": "mother"}, 'representative has no "name".'),
    ("channels", ["phone"], f"a list {MAPPING} {{}}."),
    ("channels", {"": {}}, "nothing stands where text belongs in {}."),
    ("attributes", ["x"], f"a list {MAPPING} {{}}."),
    ("interactions", {"at": "2026-03-08"}, "a mapping stands where a list belongs in {}."),
    ("interactions", ["x"], f'"x" {MAPPING} {{}}[0].'),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_a_wrong_value_is_one_problem(field, value, sentence):
    (said,) = problems(**{field: value})
    assert said.startswith(sentence.format(field) + " [")


CHOICES = "is not one of the choices in"
PARTS = [
    (
        "interactions.at",
        "2026-03-08T09:30",
        f'"2026-03-08T09:30" has no time zone in {{}}. {OFFSET}',
    ),
    ("interactions.at", "2026-02-30", '"2026-02-30" is not a day of the calendar in {}.'),
    ("interactions.at", "2026-03-08T25:00Z", f'"2026-03-08T25:00Z" is not a time in {{}}. {TIME}'),
    ("interactions.at", "20260308", f'"20260308" is not a date in {{}}. {DATE}'),
    ("interactions.at", 20260308, '"20260308" stands where a date or time belongs in {}.'),
    ("interactions.at", "9999-12-31", '"9999-12-31" lies outside the years 1900 to 2200 in {}.'),
    ("interactions.at", None, 'interactions[1] has no "at".'),
    ("interactions.times", 0, '"0" is not a whole number from 1 to 1000000 in {}.'),
    ("interactions.direction", "IN", f'"IN" {CHOICES} {{}}. Did you mean "in"?'),
    ("interactions.purpose", "sale", f'"sale" {CHOICES} {{}}. {PURPOSES}'),
    (
        "interactions.chanel",
        "x",
        'unknown key "chanel" in interactions[1]. Did you mean "channel"?',
    ),
    ("purchases.amount", "500.000", f'"500.000" {THOUSANDS} in {{}}. Write 500000.'),
    ("purchases.amount", "1.250,50", '"1.250,50" is not a number in {}.'),
    ("purchases.amount", float("nan"), '"nan" is not a number in {}.'),
    ("complaints.severity", "grave", f'"grave" {CHOICES} {{}}. Choices: high, low, medium.'),
    ("complaints.events", [{"at": "2026-03-08"}], '{}[0] has no "kind".'),
    ("opportunities.won", "perhaps", '"perhaps" is neither yes nor no in {}.'),
    ("appointments.status", "canceled", f'"canceled" {CHOICES} {{}}. Did you mean "cancelled"?'),
    ("feedback.score", 101, '"101" is not a whole number from 0 to 100 in {}.'),
    ("feedback.kind", None, 'feedback[1] has no "kind".'),
]
GOOD = {
    "interactions": {"at": "2026-03-08"},
    "purchases": {"at": "2026-03-08"},
    "complaints": {"opened_at": "2026-03-08"},
    "opportunities": {"opened_at": "2026-03-08"},
    "appointments": {"at": "2026-03-08"},
    "feedback": {"at": "2026-03-08", "kind": "nps", "score": 9},
}


@pytest.mark.parametrize(("path", "value", "sentence"), PARTS)
def test_a_wrong_value_in_a_part_names_the_part(path, value, sentence):
    part, field = path.split(".")
    (said,) = problems(**{part: [GOOD[part], GOOD[part] | {field: value}]})
    assert said.startswith(sentence.format(f"{part}[1].{field}") + " [")


CONSENT = [
    ("maybe", '"maybe" is neither yes nor no in {}.'),
    (1, '"1" stands where yes or no belongs in {}.'),
    ({"promo": True}, f'"promo" is not a purpose in {{}}. {PURPOSES}'),
    ({"marketting": True}, '"marketting" is not a purpose in {}. Did you mean "marketing"?'),
    ({"marketing": "maybe"}, '"maybe" is neither yes nor no for marketing in {}.'),
]


@pytest.mark.parametrize(("consent", "sentence"), CONSENT)
def test_consent_that_is_no_answer_is_refused(consent, sentence):
    (said,) = problems(channels={"phone": {"consent": consent}})
    assert said.startswith(sentence.format("channels.phone.consent") + " [")


@pytest.mark.parametrize(
    ("consent", "marketing", "service"),
    [
        (True, True, True),
        ("no", False, False),
        ({"marketing": "no", "service": None}, False, None),
        ({"service": "Yes"}, None, True),
        (None, None, None),
    ],
)
def test_consent_is_read_per_purpose_and_silence_is_no_answer(consent, marketing, service):
    phone = customer(channels={"phone": {"consent": consent}}).channels["phone"]
    assert (phone.agrees("marketing"), phone.agrees("service")) == (marketing, service)


def test_a_naive_datetime_is_refused():
    (said,) = problems(interactions=[{"at": datetime(2026, 3, 8)}])  # noqa: DTZ001
    sentence = '"2026-03-08 00:00:00" has no time zone in interactions[0].at. Add the offset.'
    assert said == f"{sentence} [naive-time]"


def test_a_record_without_id_says_so():
    assert problems(id=None) == ['the record has no "id". [missing-key]']


def test_every_wrong_value_is_reported_not_only_the_first():
    said = problems(age=-1, zone="Mars", interactions=[{"at": "x"}, {"at": "y"}])
    assert len(said) == 4


MODELS = [each for each in vars(record).values() if isinstance(each, type(Customer))]
MODELS.remove(record.Model)
FIELDS = [(model, field) for model in MODELS for field in model.model_fields]
NEEDED = GOOD["feedback"] | {"id": "C1", "opened_at": "2026-03-08", "name": "An"}


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_no_field_takes_a_list_of_lists(model, field):
    good = {name: NEEDED[name] for name, f in model.model_fields.items() if f.is_required()}
    assert isinstance(read(model, good, place=PLACE), model)
    (said,) = read(model, good | {field: [["x"]]}, place=PLACE).problems
    assert said.message.startswith("a list ")
    assert f" in {field}" in said.message


@pytest.mark.parametrize("field", [name for name in Customer.model_fields if name != "id"])
def test_null_equals_absent(field):
    assert customer(**{field: None}) == customer()


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_what_may_be_absent_may_be_none_in_python(model, field):
    good = {name: NEEDED[name] for name, f in model.model_fields.items() if f.is_required()}
    if field not in good and model.model_fields[field].default is None:
        assert model(**good, **{field: None}) == model(**good)


def test_null_equals_absent_inside_parts_and_lists():
    full = {"channels": {"phone": None, "sms": {"address": None}}, "attributes": {"a": None}}
    assert customer(**full) == customer(channels={"sms": {}})
    assert customer(interactions=[{"at": "2026-03-08", "note": None}]) == customer(
        interactions=[{"at": "2026-03-08"}]
    )


@pytest.mark.parametrize(("written", "id_"), [(17, "17"), (0, "0"), ("007", "007"), (" a ", "a")])
def test_an_id_given_as_a_number_becomes_text(written, id_):
    assert customer(id=written).id == id_


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_text_is_nfc_however_it_was_typed(name):
    forms = {unicodedata.normalize(form, name.strip()) for form in ("NFC", "NFD")}
    read_ = {customer(name=form).name for form in forms}
    assert len(read_) == 1
    assert all(unicodedata.is_normalized("NFC", each) for each in read_)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-03-08", date(2026, 3, 8)),
        (date(2026, 3, 8), date(2026, 3, 8)),
        ("2026-03-08T09:30+07:00", datetime(2026, 3, 8, 2, 30, tzinfo=UTC)),
        ("2026-03-08T02:30Z", datetime(2026, 3, 8, 2, 30, tzinfo=UTC)),
        ("2026-03-08 09:30 Asia/Ho_Chi_Minh", datetime(2026, 3, 8, 2, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_every_spelling(written, value):
    assert customer(interactions=[{"at": written}]).interactions[0].at == value


@pytest.mark.parametrize(
    ("written", "value"),
    [(500000, 500000), ("500000", 500000), (0.1, Decimal("0.1")), ("12.50", Decimal("12.5"))],
)
def test_amounts_are_exact(written, value):
    found = customer(purchases=[{"at": "2026-03-08", "amount": written}]).purchases[0].amount
    assert found == value
    assert not isinstance(found, float)


def test_a_huge_exponent_is_refused_at_once():
    start = time.process_time()
    (said,) = problems(age=Decimal("1E+300000"))
    assert said == '"1E+300000" is not a whole number from 0 to 150 in age. [bad-number]'
    assert time.process_time() - start < 1


def test_values_that_nest_too_deep_are_refused():
    deep = "x"
    for _ in range(10_000):
        deep = [deep]
    assert problems(attributes={"a": deep}) == [
        "values nest deeper than 16 levels in attributes.a. [too-deep]"
    ]


@pytest.mark.parametrize(
    ("kind", "score", "scale"),
    [("nps", 11, "0 to 10"), ("csat", 0, "1 to 5"), ("csat", 6, "1 to 5")],
)
def test_a_score_lies_on_the_scale_of_its_kind(kind, score, scale):
    feedback = [{"at": "2026-03-08", "kind": kind, "score": score}]
    found = read(Customer, {"id": "C1", "feedback": feedback}, place=Place("c.jsonl", 3, 0))
    assert [problem.message for problem in found.problems] == [
        f'"{score}" is not on the scale of {kind}, {scale} in feedback[0]'
    ]
