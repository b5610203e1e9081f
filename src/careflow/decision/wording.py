"""Decisions in words, Vietnamese and English; the only file that knows their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from careflow.calendar.moments import Language, say_moment
from careflow.conditions.condition import Compared
from careflow.decision.values import (
    Code,
    Membership,
    NextBestAction,
    Question,
    Reason,
    Suppressed,
)

Parts = tuple[
    tuple[Membership, ...],
    tuple[NextBestAction, ...],
    tuple[Suppressed, ...],
    tuple[Question, ...],
]

_REASONS: Mapping[Code, Mapping[Language, str]] = {
    Code.PROPOSED: {"en": "due: {subject}", "vi": "đến lượt: {subject}"},
    Code.NOT_FOR_CUSTOMER: {
        "en": "not for this customer",
        "vi": "không dành cho khách hàng này",
    },
    Code.UNKNOWN: {
        "en": "cannot be decided: something is not known",
        "vi": "chưa quyết định được: còn thiếu thông tin",
    },
    Code.OTHER_STAGE: {
        "en": "belongs to stage {subject}",
        "vi": "thuộc bước {subject}",
    },
    Code.NO_EVENT: {
        "en": "nothing has set it off ({subject})",
        "vi": "chưa có sự kiện khởi đầu ({subject})",
    },
    Code.NOT_DUE: {"en": "not due yet ({subject})", "vi": "chưa đến lúc ({subject})"},
    Code.DONE: {"en": "done already on {subject}", "vi": "đã làm ngày {subject}"},
    Code.EXPIRED: {"en": "too late ({subject})", "vi": "đã quá hạn ({subject})"},
    Code.DO_NOT_CONTACT: {
        "en": "the customer wants no contact",
        "vi": "khách hàng không muốn được liên hệ",
    },
    Code.NO_REPRESENTATIVE: {
        "en": "a minor of {subject}, and nobody is known to act for them",
        "vi": "khách hàng {subject} tuổi, chưa biết người đại diện",
    },
    Code.SUPPRESSED: {"en": "held back: {subject}", "vi": "tạm dừng: {subject}"},
    Code.MESSAGE_INCOMPLETE: {
        "en": "the message needs {subject}, which is not known",
        "vi": "lời nhắn cần {subject} nhưng chưa biết",
    },
    Code.NO_CHANNEL: {
        "en": "no {subject} on the record",
        "vi": "hồ sơ chưa có kênh {subject}",
    },
    Code.REFUSED: {
        "en": "the customer refused {subject}",
        "vi": "khách hàng đã từ chối {subject}",
    },
    Code.NO_CONSENT: {
        "en": "no consent to {subject} on the record",
        "vi": "chưa có sự đồng ý cho {subject}",
    },
    Code.QUIET_HOURS: {"en": "quiet hours: {subject}", "vi": "giờ không liên hệ: {subject}"},
    Code.CONTACT_HOURS: {
        "en": "contact hours: {subject}",
        "vi": "giờ được liên hệ: {subject}",
    },
    Code.CAP: {"en": "cap reached: {subject}", "vi": "đã đủ số lần liên hệ: {subject}"},
    Code.TOO_LATE: {
        "en": "no permitted moment before it expires on {subject}",
        "vi": "không còn lúc nào phù hợp trước khi hết hạn ngày {subject}",
    },
    Code.CLOSED_NOW: {
        "en": "{subject} is not permitted at this moment, and it is not put off",
        "vi": "lúc này không được dùng {subject}, và việc này không dời lại",
    },
    Code.PRIORITY: {"en": "priority +{subject}", "vi": "ưu tiên +{subject}"},
}
_FROM = frozenset({Code.NOT_DUE, Code.CONTACT_HOURS})  # their moment opens, it does not end
_WORDS: Mapping[str, Mapping[Language, str]] = {
    "segments": {"en": "Segments", "vi": "Phân nhóm"},
    "actions": {"en": "To do", "vi": "Việc cần làm"},
    "suppressed": {"en": "Not now", "vi": "Chưa làm"},
    "questions": {"en": "To ask next", "vi": "Nên hỏi thêm"},
    "none": {"en": "nothing", "vi": "không có"},
    "unknown": {"en": "not known", "vi": "chưa biết"},
    "is": {"en": "is", "vi": "hiện là"},
    "until": {"en": "until", "vi": "đến"},
    "from": {"en": "from", "vi": "từ"},
    "due": {"en": "due", "vi": "hạn"},
    "expires": {"en": "worthless after", "vi": "hết ý nghĩa sau"},
    "owner": {"en": "by", "vi": "người phụ trách"},
    "internal": {"en": "inside the firm", "vi": "việc nội bộ"},
    "holds_up": {"en": "holds up", "vi": "đang chờ"},
}


def sentence(reason: Reason, language: Language) -> str:
    """Say one reason, with what was compared and until when it holds."""
    text = _REASONS[reason.code][language].format(subject=reason.subject)
    if reason.compared:
        text += ": " + "; ".join(_comparison(each, language) for each in reason.compared)
    if reason.until:
        word = "from" if reason.code in _FROM else "until"
        text += f", {_word(word, language)} {say_moment(reason.until, language)}"
    return text


def explanation(head: tuple[str, str | None, datetime], parts: Parts, language: Language) -> str:
    """Return a whole decision in words.

    Args:
        head: The customer's id and name, and the instant of the decision.
        parts: Segments, actions, suppressed, questions.
        language: `vi` or `en`.
    """
    identity, name, now = head
    title = f"{identity} {name or ''}".rstrip()
    lines = [f"{title} - {say_moment(now, language)} ({now:%Z})"]
    segments, actions, suppressed, questions = parts
    sections = (
        ("segments", [line for each in segments for line in _membership(each, language)]),
        (
            "actions",
            [line for n, a in enumerate(actions, 1) for line in _action(n, a, now, language)],
        ),
        ("suppressed", [line for each in suppressed for line in _suppressed(each, language)]),
        ("questions", [_question(each, language) for each in questions]),
    )
    for section, content in sections:
        lines += [_word(section, language), *(content or [f"  {_word('none', language)}"])]
    return "\n".join(lines)


def _word(word: str, language: Language) -> str:
    return _WORDS[word][language]


def _comparison(each: Compared, language: Language) -> str:
    if each.value is None:
        return f"{each.field} {each.test} ({_word('unknown', language)})"
    return f"{each.field} {each.test} ({_word('is', language)} {each.value})"


def _membership(each: Membership, language: Language) -> Iterator[str]:
    title = each.title if each.name else _word("unknown", language)
    yield f"  {each.dimension}: {title}  [{each.source}]"
    for compared in each.compared:
        yield f"    {_comparison(compared, language)}"


def _action(
    number: int, action: NextBestAction, now: datetime, language: Language
) -> Iterator[str]:
    channel = action.channel if action.to is not None else _word("internal", language)
    yield f"  {number}. {action.title} - {channel}  [{action.source}]"
    start = say_moment(action.not_before, language)
    due = say_moment(action.due, language)
    if action.not_before.utcoffset() != now.utcoffset():
        due += f" ({action.not_before:%Z})"  # the customer's clock is not the one of the heading
    yield (
        f"     {_word('from', language)} {start}, {_word('due', language)} {due}, "
        f"{_word('owner', language)}: {action.owner}"
    )
    for reason in action.reasons:
        yield f"     {sentence(reason, language)}  [{reason.source}]"
    if action.message:
        yield f"     > {action.message}"


def _suppressed(entry: Suppressed, language: Language) -> Iterator[str]:
    yield f"  - {entry.title}  [{entry.source}]"
    for reason in entry.reasons:
        yield f"    {sentence(reason, language)}  [{reason.source}]"


def _question(each: Question, language: Language) -> str:
    plays = ", ".join(each.plays)
    asked = f": {each.ask}" if each.ask else ""
    return f"  - {each.title}{asked} ({_word('holds_up', language)}: {plays})"
