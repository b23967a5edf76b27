"""Read TOML into models, with every error of a file as a Problem."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..problems import InputError, Problem

M = TypeVar("M", bound=BaseModel)


def read_toml(file: Path) -> dict[str, Any]:
    """Parse a TOML file; raises InputError with line and column."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fix = "create one with `drportal new DIR`"
        raise InputError(Problem(str(file), "", "no such file", fix)) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise InputError(Problem(str(file), "", what, "put a file there")) from None
    except UnicodeDecodeError as error:
        what = "is not UTF-8"
        raise InputError(Problem(str(file), f"byte {error.start}", what, "save it as UTF-8")) from None
    return parse_toml(text, file)


def parse_toml(text: str, file: Path) -> dict[str, Any]:
    """Parse the TOML text of `file`; raises InputError with line and column."""
    try:
        return tomllib.loads(text + "\n")
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        raise InputError(
            Problem(str(file), place.rstrip(")"), what, "correct the TOML syntax there")
        ) from None
    except RecursionError:
        raise InputError(Problem(str(file), "", "is nested too deeply", "remove brackets")) from None
    except ValueError as error:  # numbers and dates that Python cannot represent
        raise InputError(Problem(str(file), "", str(error), "write it as text, or correct it")) from None


def read_yaml(file: Path, what: str, form: str, absent: str) -> dict[str, Any]:
    """Parse a YAML file; raises InputError with line and column.

    Args:
        file: the file.
        what: what it is for people, e.g. "a schema".
        form: what to do if it is something else.
        absent: what to do if it does not exist.
    """
    import yaml

    try:
        with file.open(encoding="utf-8") as stream:
            data = yaml.safe_load(stream)
    except FileNotFoundError:
        raise InputError(Problem(str(file), "", "no such file", absent)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise InputError(Problem(str(file), "", fault, "name a YAML file")) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        fault = getattr(error, "problem", None) or str(error)
        raise InputError(
            Problem(str(file), place, f"is not YAML: {fault}", "correct the syntax there")
        ) from None
    except RecursionError:
        raise InputError(Problem(str(file), "", f"is nested deeper than {what} can be", form)) from None
    if not isinstance(data, dict):
        raise InputError(Problem(str(file), "", f"is not {what}", form))
    return data


def validate(model: type[M], data: dict[str, Any], file: Path) -> M:
    """Check data against a model; raises InputError that lists every problem of the file."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError([_problem(detail, model, data, file) for detail in error.errors()]) from None


def _problem(detail: ErrorDetails, model: type[BaseModel], data: Any, file: Path) -> Problem:
    place, keys = "", detail["loc"]
    value: Any = data
    for key in keys:
        if isinstance(key, int):
            entry = value[key] if isinstance(value, list) else None
            name = entry.get("name") if isinstance(entry, dict) else None
            place += f"[{name if name and isinstance(name, str) else key + 1}]"
        else:
            place += f".{key}" if place else str(key)
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            value = None
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _known_keys(model, keys[:-1])
        near = difflib.get_close_matches(str(keys[-1]), known, n=1)
        fix = f"did you mean `{near[0]}`?" if near else f"known keys are: {', '.join(known)}"
        return Problem(str(file), place, "unknown key", fix)
    if kind == "missing":
        return Problem(str(file), place, "is missing", f"add `{keys[-1]} = ...`" if keys else "add it")
    message = detail["msg"].removeprefix("Value error, ")
    what, _, fix = message.partition("; ")
    if kind != "value_error":
        shown = _as_written(detail["input"])
        if kind == "literal_error":
            _, _, allowed = message.partition("should be ")
            return Problem(str(file), place, f"{shown} is not an allowed value", f"use {allowed}")
        if kind in _WANTED:
            what, fix = _WANTED[kind]
            return Problem(str(file), place, f"{shown} is {what}", fix)
        what, fix = f"{shown}: {message[0].lower()}{message[1:]}", "write a value of that type"
    return Problem(str(file), place, what, fix)


_WANTED = {
    "string_type": ("not a text", 'write a text in quotes, e.g. "2026"'),
    "int_type": ("not a whole number", "write one without quotes"),
    "int_parsing": ("not a whole number", "write one without quotes"),
    "int_from_float": ("not a whole number", "write one without a fraction"),
    "list_type": ("not a list", "write a list in [ ]; a table of a list starts with [[ ]]"),
    "dict_type": ("not a table", "write it as { name = value }"),
    "model_type": ("not a table", "write it as { name = value }"),
    "bool_type": ("neither true nor false", "write true or false, without quotes"),
    "bool_parsing": ("neither true nor false", "write true or false, without quotes"),
}


def _as_written(value: Any) -> str:
    """A value as in the file, shortened if long."""
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    if isinstance(value, date):
        shown = value.isoformat()
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The allowed keys at a place of a model."""
    here: Any = model
    for key in path:
        if isinstance(key, int):
            continue
        fields = {(f.alias or n): f for n, f in here.model_fields.items()}
        if key not in fields:
            return []
        here = _model_in(fields[key].annotation)
        if here is None:
            return []
    return [f.alias or n for n, f in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := _model_in(argument):
            return found
    return None
