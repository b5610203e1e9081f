"""Dated triggers: the birthday, a day of the year, a single day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from careflow.calendar.windows import YearDay, parse_year_day
from careflow.errors import Finding
from careflow.suggest import closest

BIRTHDAY = "birthday"
CUSTOMER_ANNIVERSARY = "first-purchase"
NAMED = (BIRTHDAY, CUSTOMER_ANNIVERSARY)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A fixed day of the year, or the yearly return of a date on the customer's record."""

    day: YearDay | None = None
    named: str | None = None

    def __str__(self) -> str:
        return str(self.day) if self.day else str(self.named)

    def in_year(self, year: int, origin: date | None) -> date | None:
        """Return the day on which it falls in *year*, or `None` when it does not.

        Args:
            year: The local calendar year.
            origin: The date that returns every year, for an occasion of the record;
                its own year is the first return but one (nobody has a birthday at birth).
        """
        if self.day:
            return self.day.in_year(year)
        if origin is None or year <= origin.year:
            return None
        return YearDay(origin.month, origin.day).in_year(year)


def parse_occasion(value: object) -> Occasion:
    """Read `birthday`, `first-purchase`, `03-08` or `2026-03-08`.

    Raises:
        Finding: Another word, or a day that the calendar does not have.
    """
    text = str(value if value is not None else "").strip()
    if text in NAMED:
        return Occasion(named=text)
    if text[:1].isdigit():
        return Occasion(day=parse_year_day(text))
    guess = closest(text, NAMED)
    hint = f'Did you mean "{guess}"?' if guess else f'Write {", ".join(NAMED)} or "month-day".'
    raise Finding("bad-occasion", f'"{text}" is not an occasion', hint)
