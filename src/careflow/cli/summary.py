"""The closing count of a run: what was read, decided, proposed and held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from careflow.calendar.moments import Language
from careflow.capacity import QueuePlace
from careflow.decision import Decision, NextBestAction
from careflow.playbook.handbook import Handbook

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "read": {
        "en": "{read:,} records read, {bad:,} of them unusable; {decided:,} customers decided.",
        "vi": "Đã đọc {read:,} hồ sơ, {bad:,} không dùng được; đã xét {decided:,} khách hàng.",
    },
    "actions": {
        "en": "{actions:,} actions for {customers:,} customers:",
        "vi": "{actions:,} việc cho {customers:,} khách hàng:",
    },
    "more": {
        "en": "{more:,} further actions of the same customers: --all shows them.",
        "vi": "Còn {more:,} việc khác cho chính những khách hàng này: --all sẽ hiện ra.",
    },
    "waits": {
        "en": "{capacity}: {fits:,} fit, {waits:,} wait",
        "vi": "{capacity}: làm được {fits:,}, phải chờ {waits:,}",
    },
    "reasons": {"en": "Not proposed:", "vi": "Chưa đề xuất:"},
    "segments": {"en": "Segments:", "vi": "Phân nhóm:"},
    "unknown": {"en": "not known", "vi": "chưa biết"},
}


class Summary:
    """Counts one run; decisions are added as they come and not kept."""

    def __init__(self, handbook: Handbook, language: Language) -> None:
        self.bad = 0
        self._decided = 0
        self._actions = 0
        self._language = language
        self._segments: Counter[tuple[str, str]] = Counter()
        self._reasons: Counter[str] = Counter()
        self._dimensions = [dimension.name for dimension in handbook.dimensions]

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self._decided += 1
        self._actions += len(decision.actions)
        for each in decision.segments:
            self._segments[each.dimension, each.name or self._word("unknown")] += 1
        for entry in decision.suppressed:
            self._reasons[entry.reasons[0].code.value] += 1

    def text(
        self,
        shown: Sequence[NextBestAction],
        places: Mapping[str, QueuePlace],
        *,
        everything: bool,
    ) -> str:
        """Return the closing count.

        Args:
            shown: The actions that were written.
            places: Their places in queues.
            everything: Whether all actions of a customer were written.
        """
        customers = len({each.customer_id for each in shown})
        read = self._decided + self.bad
        lines = [self._word("read", read=read, bad=self.bad, decided=self._decided)]
        lines.append(self._word("actions", actions=len(shown), customers=customers))
        plays = Counter(f"{each.playbook}/{each.play}" for each in shown)
        lines += [f"  {count:>7,}  {play}" for play, count in _ranked(plays)]
        lines += self._queues(places)
        if not everything and self._actions > len(shown):
            lines.append(self._word("more", more=self._actions - len(shown)))
        if self._reasons:
            listed = ", ".join(f"{code} {count:,}" for code, count in _ranked(self._reasons))
            lines.append(f"{self._word('reasons')} {listed}")
        lines += [f"{self._word('segments')} {each}" for each in self._by_dimension()]
        return "\n".join(lines)

    def _queues(self, places: Mapping[str, QueuePlace]) -> list[str]:
        waiting = Counter(each.capacity for each in places.values() if each.waits)
        total = Counter(each.capacity for each in places.values())
        return [
            "           "
            + self._word("waits", capacity=name, fits=count - waiting[name], waits=waiting[name])
            for name, count in sorted(total.items())
        ]

    def _by_dimension(self) -> list[str]:
        found = []
        for dimension in self._dimensions:
            counts = Counter(
                {name: count for (of, name), count in self._segments.items() if of == dimension}
            )
            listed = ", ".join(f"{name} {count:,}" for name, count in _ranked(counts))
            found.append(f"{dimension}: {listed}")
        return found if self._decided else []

    def _word(self, word: str, **values: object) -> str:
        return _WORDS[word][self._language].format(**values)


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
