"""Did-you-mean: right for slips of the finger, silent for everything else."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow.calendar.durations import Unit
from careflow.calendar.windows import DAY_NAMES
from careflow.customer.events import EVENTS
from careflow.customer.facts import FIELDS
from careflow.playbook import document
from careflow.schema import Document
from careflow.suggest import closest, did_you_mean, distance, fold

LETTERS = "abcdefghijklmnopqrstuvwxyz"
VIETNAMESE = [
    *("khach-hang-trung-thanh", "khách-hàng-bình-thường", "khách-hàng-tiêu-cực", "phân-khúc"),
    *("sinh-nhật", "giữ-liên-lạc", "thu-thập-và-sàng-lọc", "tư-vấn-và-chốt", "hỏi-ý-kiến"),
    *("ngày-phụ-nữ", "nhu-cầu", "mức-thu-nhập", "chuyên-viên-phụ-trách", "đang-khiếu-nại"),
    *("điện-thoại", "trưởng-phòng", "Đã-mua", "giờ-nghỉ-trưa"),
]
UNRELATED = [
    *("budget", "apple", "river", "window", "colour", "salary", "revenue", "invoice"),
    *("market", "table", "kitchen", "garden", "summer", "winter", "doctor", "loyalty"),
    *("reward", "coupon", "voucher", "discount", "telephone", "fax", "letter", "visitor"),
    *("street", "city", "office", "tết", "xuân", "hoa", "quà-tặng", "khuyến-mãi"),
    *("giảm-giá", "hợp-đồng", "báo-giá", "luật-sư", "công-ty", "nhà", "xe", "lương"),
    *("ngân-hàng", "gia-đình", "bạn-bè", "lịch-hẹn", "đặt-hàng", "giao-hàng", "hoàn-tiền"),
    *("123", "x", "zz", "foo", "bar", "baz", "description", "weight"),
]


def _models() -> Iterator[list[str]]:
    for found in vars(document).values():
        if isinstance(found, type) and issubclass(found, Document) and found.model_fields:
            yield sorted(field.alias or name for name, field in found.model_fields.items())


# every list of words that a playbook's author may misspell
LISTS = [*_models(), sorted(FIELDS), sorted(EVENTS), VIETNAMESE]
LONG = [[word for word in words if len(fold(word)) >= 6] for words in LISTS]


def edited(rng: random.Random, word: str) -> str:
    at, letter = rng.randrange(len(word)), rng.choice(LETTERS)
    match rng.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + letter + word[at:]
        case 2:
            return word[:at] + letter + word[at + 1 :]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def hit_rates(lists: list[list[str]], wanted: list[list[str]], edits: int) -> tuple[float, float]:
    """Return the shares of right and of wrong answers, each word misspelt twenty times."""
    rng = random.Random(edits)
    right = wrong = asked = 0
    for choices, words in zip(lists, wanted, strict=True):
        for word in words * 20:
            slip = word
            for _ in range(edits):
                slip = edited(rng, slip) if len(slip) > 1 else slip
            if slip not in choices:
                guess = closest(slip, choices)
                asked, right = asked + 1, right + (guess == word)
                wrong += guess not in (word, None)
    assert asked > 1000
    return right / asked, wrong / asked


def test_one_slip_is_seen_through() -> None:
    right, wrong = hit_rates(LISTS, LISTS, edits=1)
    assert right >= 0.98
    assert wrong <= 0.002


def test_two_slips_are_seen_through_in_words_of_six_letters() -> None:
    """In a shorter word two slips leave too little to tell what it was."""
    right, wrong = hit_rates(LISTS, LONG, edits=2)
    assert right >= 0.97
    assert wrong <= 0.01


def test_two_slips_in_any_word_are_hardly_ever_taken_for_another() -> None:
    _, wrong = hit_rates(LISTS, LISTS, edits=2)
    assert wrong <= 0.005


@pytest.mark.parametrize("word", VIETNAMESE)
def test_accents_may_be_left_out(word: str) -> None:
    plain = fold(word)
    assert plain.isascii()
    for slip in (plain, plain.upper(), word.replace("-", " "), word.replace("-", "_").upper()):
        assert closest(slip, VIETNAMESE) == word


@pytest.mark.parametrize("word", UNRELATED)
@pytest.mark.parametrize("choices", LISTS, ids=lambda words: words[0])
def test_an_unrelated_word_gets_no_hint(word: str, choices: list[str]) -> None:
    assert closest(word, choices) is None


@pytest.mark.parametrize(
    ("word", "choices", "wanted"),
    [
        ("GMT+7", available_timezones(), None),  # another zone, not a misspelt one
        ("Asia/HoChiMinh", available_timezones(), "Asia/Ho_Chi_Minh"),
        ("asia/saigonn", available_timezones(), "Asia/Saigon"),
        ("dasy", [*Unit, "day", "month"], "days"),  # a swap rather than a lost letter
        ("mnths", list(Unit), "months"),
        ("chu", DAY_NAMES, None),
        ("mno", DAY_NAMES, "mon"),
        ("fri", DAY_NAMES, "fri"),
        ("step-2", ["step-1", "step-3"], None),
        ("stpe-2", ["step-1", "step-2"], "step-2"),
        ("zal0", ["zalo", "sms"], None),
        ("caps", ["cap"], "cap"),
        ("aa", ["ab", "ac"], None),  # in doubt, silence
        ("", ["a", "on"], None),
        ("\N{CYRILLIC SMALL LETTER ES}ustomer", ["customer"], "customer"),  # a lookalike
        ("x" * 65, ["x" * 64], None),
    ],
)
def test_hints(word: str, choices: list[str], wanted: str | None) -> None:
    assert closest(word, choices) == wanted


def test_the_choices_are_named_where_no_hint_helps() -> None:
    assert did_you_mean("phon", ["phone", "sms"]) == 'Did you mean "phone"?'
    assert did_you_mean("fax", ["sms", "phone", "sms"]) == "Choices: phone, sms."
    assert did_you_mean("fax", []) == ""
    many = [f"word-{number:02}" for number in range(15)]
    assert did_you_mean("fax", many) == f"Choices: {', '.join(many[:12])} and 3 more."


def test_hints_are_fast() -> None:
    """The longest list there is, asked for as often as a report has problems."""
    zones = sorted(available_timezones())
    start = time.perf_counter()
    for number in range(50):
        closest(f"Asia/Ho_Chi_Minhh{'x' * (number % 40)}", zones)
    assert time.perf_counter() - start < 5


words = st.text("abcd", max_size=7)


def _slow_distance(left: str, right: str) -> int:
    """Count the edits by the definition, each place edited once."""
    if not left or not right:
        return len(left) + len(right)
    best = min(
        _slow_distance(left[1:], right) + 1,
        _slow_distance(left, right[1:]) + 1,
        _slow_distance(left[1:], right[1:]) + (left[0] != right[0]),
    )
    if len(left) > 1 and len(right) > 1 and left[:2] == right[1::-1]:
        best = min(best, _slow_distance(left[2:], right[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_the_distance_is_what_it_says(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left) == _slow_distance(left, right)


@given(words, st.lists(words, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_choices_does_not_matter(
    word: str, choices: list[str], rng: random.Random
) -> None:
    guess = closest(word, choices)
    assert guess is None or guess in choices
    rng.shuffle(choices)
    assert closest(word, choices) == guess


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_answered(word: str, choices: list[str]) -> None:
    assert closest(word, [*choices, word]) is not None
    assert isinstance(did_you_mean(word, choices), str)
