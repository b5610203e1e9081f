"""Which files make a handbook: a folder, a single playbook, and what they use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from careflow.customer.mapping import RecordMap
from careflow.errors import Finding, PlaybookError, Problem, UsageError, problem
from careflow.loader.repair import read_all
from careflow.loader.text import decode, lines_of
from careflow.loader.tree import build_tree
from careflow.playbook.document import PlaybookDocument
from careflow.playbook.handbook import Handbook
from careflow.playbook.resolve import Source, resolve
from careflow.schema import Model
from careflow.source import Map, Place
from careflow.suggest import did_you_mean

_SUFFIXES = (".yaml", ".yml")
_MOST_PROBLEMS = 50
# what seems to be missing or to stand alone may lean on what could not be read
_DOUBTFUL = frozenset({"missing-key", "bad-trigger", "bad-channels", "bad-preference"})
M = TypeVar("M", bound=Model)


def load_handbook(path: str | Path) -> Handbook:
    """Read the playbooks of a folder, or one playbook, with all that they use.

    Args:
        path: A folder, in which every .yaml file but `*_test.yaml` is a playbook, or
            one such file.

    Raises:
        UsageError: There is no such path, or the folder holds no playbook.
        PlaybookError: With every problem of every playbook, sorted by place.
    """
    reader = _Reader()
    for file in _playbook_files(Path(path)):
        reader.read(file)
    handbook, problems = None, reader.problems
    if reader.whole:  # else a reference to what could not be read would look wrong
        handbook, found = resolve(reader.sources())
        doubtful = _DOUBTFUL if reader.cut else frozenset[str]()
        problems = [*problems, *(each for each in found if each.check not in doubtful)]
    if handbook is None or problems:
        raise PlaybookError(reader.excerpted(problems))
    return handbook


def load_mapping(path: str | Path) -> RecordMap:
    """Read a mapping file.

    Raises:
        UsageError: There is no such file.
        PlaybookError: With every problem of the file.
    """
    if not Path(path).is_file():
        raise UsageError("no-file", f'there is no mapping file "{path}"')
    reader = _Reader()
    found = reader.document(Path(path), RecordMap)
    problems = [*reader.problems, *(found.problems() if found else ())]
    if found is None or problems:
        raise PlaybookError(reader.excerpted(problems))
    return found


def _playbook_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near[:50])
        raise UsageError("no-file", f'there is no file or folder "{path}"', hint)
    files = sorted(
        each
        for each in path.iterdir()
        if each.suffix in _SUFFIXES and not each.stem.endswith("_test") and each.is_file()
    )
    if not files:
        message = f'the folder "{path}" holds no playbook'
        raise UsageError("no-playbooks", message, "A playbook is a file that ends in .yaml.")
    return files


class _Reader:
    """Reads files once each, follows `use`, and keeps the lines for the excerpts."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.cut = False
        self.whole = True
        self._documents: dict[Path, PlaybookDocument | None] = {}
        self._names: dict[Path, str] = {}
        self._used: dict[Path, list[Path]] = {}
        self._lines: dict[str, list[str]] = {}

    def read(self, file: Path, trail: tuple[Path, ...] = (), place: Place | None = None) -> None:
        """Read one playbook and what it uses; *trail* are the files that led here."""
        real = file.resolve()
        if real in trail:
            names = " -> ".join(self._names[each] for each in (*trail[trail.index(real) :], real))
            self._wrong(place, "use-cycle", f"playbooks use each other: {names}")
        elif real not in self._documents:
            self._names[real] = file.as_posix()
            self._used[real] = []
            self._documents[real] = self.document(file, PlaybookDocument)
            self._follow(file, real, trail)

    def _follow(self, file: Path, real: Path, trail: tuple[Path, ...]) -> None:
        document = self._documents[real]
        for index, name in enumerate(document.use if document else ()):
            used = file.parent / name
            used = used if used.suffix in _SUFFIXES else used.with_name(f"{used.name}.yaml")
            place = document.at("use", index) if document else None
            if used.is_file():
                self._used[real].append(used)
                self.read(used, (*trail, real), place)
            else:
                folder, suffix = Path(name).parent, used.name == Path(name).name
                near = [
                    (folder / (each.name if suffix else each.stem)).as_posix()
                    for each in used.parent.glob("*.y*ml")
                    if each.resolve() != real
                ]
                message = f'there is no playbook "{name}" to use'
                self._wrong(place, "unknown-playbook", message, did_you_mean(name, near))
                self.whole = False

    def sources(self) -> list[Source]:
        """Return what was read, each file with everything it uses, nearest first."""
        return [
            Source(
                self._names[real], document, tuple(self._names[each] for each in self._all(real))
            )
            for real, document in self._documents.items()
            if document is not None
        ]

    def _all(self, real: Path) -> list[Path]:
        found: list[Path] = []
        queue = [used.resolve() for used in self._used[real]]
        while queue:
            first = queue.pop(0)
            if first not in found:
                found.append(first)
                queue.extend(used.resolve() for used in self._used[first])
        return found

    def document(self, file: Path, model: type[M]) -> M | None:
        """Read one file as *model*; `None` when problems were noted."""
        name = file.as_posix()
        try:
            data = file.read_bytes()
            self._lines[name] = lines_of(data)
            text = decode(data, name)
            tree, problems = build_tree(text, name)
        except (Finding, OSError) as error:
            unread = Finding("no-file", "the file cannot be read")
            finding = error if isinstance(error, Finding) else unread
            self._unread(finding.at(Place(name, 1)))
            return None
        self.problems.extend(problems)
        if not isinstance(tree, Map):
            what = "is empty" if tree is None else "is not a mapping (key: value)"
            hint = "Start with careflow: 1." if model is PlaybookDocument else ""
            self._unread(problem(Place(name, 1), "empty-file", f"the file {what}", hint))
            return None
        found = read_all(model, tree)
        self.problems.extend(found.problems)
        self.cut = self.cut or found.cut
        self.whole = self.whole and found.whole
        return found.document

    def _unread(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.whole = False

    def _wrong(self, place: Place | None, check: str, message: str, hint: str = "") -> None:
        self.problems.append(problem(place or Place("", 0), check, message, hint))

    def excerpted(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the first problems, each once, with its source line; say how many follow."""
        listed = sorted(set(problems))
        shown = [replace(each, excerpt=self._line(each)) for each in listed[:_MOST_PROBLEMS]]
        rest = len(listed) - len(shown)
        if rest:
            last = listed[-1]
            message = f"and {rest} more problems"
            shown.append(Problem(last.file, last.line, last.column, "more-problems", message))
        return shown

    def _line(self, each: Problem) -> str:
        lines = self._lines.get(each.file, [])
        return lines[each.line - 1] if 1 <= each.line <= len(lines) else ""
