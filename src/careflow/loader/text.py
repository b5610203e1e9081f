"""From the bytes of a file to text that people and editors see alike."""

from __future__ import annotations

import codecs
import re

from careflow.errors import Finding
from careflow.source import Place

MOST_BYTES = 8_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TRAPS = re.compile(
    "(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f])"
    "|(?P<newline>[\x85\u2028\u2029])"
    "|(?P<invisible>[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])"
    "|(?:^|(?<=\n))[ ]*(?P<tab>\t)"
    "|(?:^|(?<=\n))[ ]*(?P<space>[\u00a0\u3000])"
    "|(?:^|(?<=\n))[ ]*(?P<dash>[\u2013\u2014])[ ]"
)
_SAID = {
    "control": ("an invisible control character", "Delete it."),
    "newline": ("a line break that most editors do not show", "Press Enter instead."),
    "invisible": ("an invisible character", "Delete it and type the word again."),
    "tab": ("a tab where YAML wants spaces", "Indent with spaces."),
    "space": ("a non-breaking space where YAML wants spaces", "Indent with ordinary spaces."),
    "dash": ("a long dash where a list item starts", 'Type a hyphen, "-".'),
}


def lines_of(data: bytes) -> list[str]:
    """Return the lines of a file for showing them, whatever is wrong with it."""
    code = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    return _ordinary_breaks(data.decode(code, "replace")).split("\n")


def decode(data: bytes, file: str) -> str:
    """Return the text of a playbook file, line breaks as they are.

    Raises:
        Finding: Too large, not UTF-8 (or UTF-16 with a mark), or with characters that
            nobody sees.
    """
    if len(data) > MOST_BYTES:
        message = f"the file has {len(data):,} bytes, more than {MOST_BYTES:,}"
        raise Finding("too-large", message, place=Place(file, 1))
    text = _ordinary_breaks(_decoded(data, file))
    trap = _TRAPS.search(text)
    if trap:
        name = str(trap.lastgroup)
        what, cure = _SAID[name]
        raise Finding(
            "bad-character", f"here is {what}", cure, place=_place(text, trap.start(name), file)
        )
    return text


def _ordinary_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, file: str) -> str:
    try:
        if data.startswith(_UTF16):
            return data.decode("utf-16")
        if b"\0" in data[:4]:
            message = "the file looks like UTF-16 without its mark"
            raise Finding("not-utf8", message, "Save the file as UTF-8.", place=Place(file, 1))
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = _place(before.replace("\r\n", "\n"), len(before), file)
        message = f"byte {error.start + 1} of the file is not UTF-8"
        raise Finding("not-utf8", message, "Save the file as UTF-8.", place=place) from None


def _place(text: str, at: int, file: str) -> Place:
    start = text.rfind("\n", 0, at) + 1
    return Place(file, text.count("\n", 0, at) + 1, at - start + 1)
