"""The only file that knows pydantic: base model, text-parsed types, errors in our words.

Values arrive as they were written (`Text`), and each field's own parser reads them:
`22:00` is an hour to one field and text to another, never the number 1320.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from careflow.errors import Finding, Problem, problem
from careflow.source import Place, locate, place_of
from careflow.suggest import closest, did_you_mean

__all__ = ["Document", "Fault", "Field", "Model", "Rejected", "before", "checked", "parsed", "read"]


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Model(BaseModel):
    """A frozen value that refuses unknown keys; its keys are written in snake_case."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Document(Model):
    """A part of a playbook: keys in kebab-case, and it remembers where it was written."""

    model_config = ConfigDict(alias_generator=_kebab)
    what: ClassVar[str] = "entry"
    _source: Any = PrivateAttr(default=None)

    @property
    def place(self) -> Place:
        """Where the entry starts in its file."""
        return place_of(self._source)

    def at(self, *path: str | int, key: bool = False) -> Place:
        """Where the value (or the key) at *path* below the entry was written."""
        return locate(self._source, path, key=key)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_source(cls, data: Any, handler: Callable[[Any], Self]) -> Self:  # noqa: ANN401
        entry = handler(data)
        entry._source = data  # noqa: SLF001 - its own, before anyone else has it
        return entry


M = TypeVar("M", bound=Model)


# a method that looks at the finished model; it returns the model or raises a Finding
checked = model_validator(mode="after")


def parsed(parse: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - an annotation for pydantic
    """Make a field annotation whose value is what *parse* makes of the written one."""
    return PlainValidator(parse)


def before(change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - an annotation for pydantic
    """Make a field annotation that applies *change* before the field's own type reads."""
    return BeforeValidator(change)


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem with the path to it; `rename` is the key that a misspelt one stands for."""

    problem: Problem
    path: tuple[str | int, ...]
    rename: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Everything that keeps data from being what it should be."""

    faults: tuple[Fault, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, sorted by place."""
        return tuple(sorted(fault.problem for fault in self.faults))


def read(model: type[M], data: object, *, place: Place) -> M | Rejected:
    """Read *data* as *model*, or say everything that is wrong with it.

    Args:
        model: What the data should be.
        data: What was written, with places where it comes from a file.
        place: Where to point when the data has no place of its own.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return Rejected(tuple(_faults(error, model, data, place)))


def _faults(
    error: ValidationError, model: type[Model], data: object, place: Place
) -> Iterator[Fault]:
    details = error.errors(include_url=False)
    renames = {
        each["loc"]: _guess(model, each, data)
        for each in details
        if each["type"] == "extra_forbidden"
    }
    meant = {(*loc[:-1], guess) for loc, guess in renames.items() if guess}
    for each in details:
        if each["type"] == "missing" and each["loc"] in meant:
            continue  # the misspelt key is the cause; one cause, one problem
        path = tuple(step for step in each["loc"] if step != "[key]")
        yield Fault(_problem(model, each, data, place), path, renames.get(each["loc"]))


def _guess(model: type[Model], each: ErrorDetails, data: object) -> str | None:
    present = _follow(data, each["loc"][:-1])
    allowed = set(_keys(model, each["loc"][:-1])) - set(
        present if isinstance(present, dict) else ()
    )
    return closest(str(each["loc"][-1]), allowed)


def _problem(model: type[Model], each: ErrorDetails, data: object, place: Place) -> Problem:
    path = [step for step in each["loc"] if step != "[key]"]
    finding = each.get("ctx", {}).get("error")
    spot = _spot(each, path, data, place)
    on_key = each["type"] in ("extra_forbidden", "missing") or "[key]" in each["loc"]
    inner = path[:-1] if on_key else path
    trail = f" in {_dotted(inner)}" if inner and not place_of(data).line else ""
    if isinstance(finding, Finding):
        made = finding.at(spot)
        return problem(
            Place(made.file, made.line, made.column, made.width),
            made.check,
            made.message + trail,
            made.hint,
        )
    check, message, hint = _sentence(model, each, path, data)
    return problem(spot, check, message + ("" if check == "missing-key" else trail), hint)


def _spot(each: ErrorDetails, path: list[str | int], data: object, place: Place) -> Place:
    """Point at the value, at the key that is wrong, or at whose key is missing."""
    if not place_of(data).line:
        return place
    if each["type"] == "missing":
        return locate(data, path[:-1], key=True) if path[:-1] else place
    return locate(data, path, key=each["type"] == "extra_forbidden" or "[key]" in each["loc"])


def _sentence(
    model: type[Model], each: ErrorDetails, path: list[str | int], data: object
) -> tuple[str, str, str]:
    kind, found = each["type"], _shown(each["input"])
    if kind == "missing":
        return "missing-key", f'{_owner(model, path)} has no "{path[-1]}"', ""
    if kind == "string_unicode":
        return "wrong-type", "a key holds half of a character (a lone surrogate)", ""
    if kind == "extra_forbidden":
        guess = _guess(model, each, data)
        allowed = ", ".join(sorted(_keys(model, each["loc"][:-1])))
        hint = f'Did you mean "{guess}"?' if guess else f"Keys allowed here: {allowed}."
        return "unknown-key", f'unknown key "{path[-1]}"', hint
    if kind == "literal_error":
        choices = _choices(each)
        if each["input"] is None:
            return "wrong-type", "nothing stands where a choice belongs", did_you_mean("", choices)
        hint = did_you_mean(str(each["input"]), choices)
        return "bad-choice", f"{found} is not one of the choices", hint
    expected = _EXPECTED.get(kind, "another kind of value")
    return "wrong-type", f"{found} stands where {expected} belongs", ""


_EXPECTED = {
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "dict_type": "a mapping (key: value)",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "bool_type": "yes or no",
    "bool_parsing": "yes or no",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
}


def _choices(each: ErrorDetails) -> list[str]:
    words = each["ctx"]["expected"].replace(" or ", ", ").split(", ")
    return [word.strip("'") for word in words]


def _owner(model: type[Model], path: list[str | int]) -> str:
    name = path[-2] if len(path) > 1 else 0
    what = _model_at(model, path[:-1])
    if not (isinstance(what, type) and issubclass(what, Document)):
        return _dotted(path[:-1]) or "the record"
    word = what.what
    return f"the {word}" if isinstance(name, int) or name == word else f'{word} "{name}"'


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f'"{text[:40]}..."' if len(text) > 40 else f'"{text}"'


def _dotted(path: list[str | int]) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


def _follow(data: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any tree
    for step in path:
        inside = step in data if isinstance(data, dict) else False
        if isinstance(data, list) and isinstance(step, int):
            inside = step < len(data)
        data = data[step] if inside else data
    return data


def _keys(model: type[Model], path: tuple[str | int, ...]) -> list[str]:
    found = _model_at(model, path)
    if isinstance(found, type) and issubclass(found, Model):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


def _model_at(model: Any, path: tuple[str | int, ...] | list[str | int]) -> Any:  # noqa: ANN401
    """Follow *path* through the annotations down to the model that reads its end."""
    here: Any = model
    for step in path:
        here = _plain(here)
        if isinstance(here, type) and issubclass(here, Model):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            here = fields[str(step)].annotation if str(step) in fields else None
        elif typing.get_args(here):
            here = [arg for arg in typing.get_args(here) if arg is not Ellipsis][-1]
    return _plain(here)


def _plain(annotation: Any) -> Any:  # noqa: ANN401
    while typing.get_origin(annotation) in (Annotated, Union, types.UnionType):
        args = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        annotation = args[0]
    return annotation
