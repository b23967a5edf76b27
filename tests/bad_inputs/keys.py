"""Each key of each TOML file with invalid values, misspelt, or missing; and text that is not TOML."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from drportal.model.text import Text

from .portal import document
from .spoil import Bad, in_bytes


def _spoilt(kind: object) -> Iterator[tuple[str, object]]:
    """Invalid values for a key of a type."""
    texts, numbers = (
        [("number", 5), ("fraction", 1.5), ("truth", True)],
        [("text", "many"), ("date", date(2026, 1, 2))],
    )
    lists = [("list", [[]]), ("table", {"no such key": {}})]
    origin = typing.get_origin(kind)
    if kind == Text:
        yield from [*texts, ("list", ["a"]), ("language", {"english": "a"}), ("inner", {"en": 5})]
    elif origin is typing.Annotated:
        yield from _spoilt(typing.get_args(kind)[0])
    elif origin in (typing.Union, types.UnionType):
        kinds = [k for k in typing.get_args(kind) if k is not type(None)]
        yield from _spoilt(kinds[0]) if len(kinds) == 1 else lists
    elif origin is Literal:
        yield from [*texts, *lists, ("word", "whatever"), ("empty", "")]
    elif origin in (list, tuple):
        yield from [*texts, ("text", "one"), ("table", {"a": 1}), ("inner", [{"no such key": []}])]
    elif origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield from [*texts, ("text", "one"), ("list", [5])]
    elif kind is bool:
        yield from [*numbers, *lists, ("number", 5)]
    elif kind in (int, float):
        yield from [*numbers, *lists]
    elif kind is str:
        yield from [*texts, *lists]


def _model(kind: object) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((m for k in typing.get_args(kind) if (m := _model(k))), None)


def _places(
    model: type[BaseModel], table: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], type[BaseModel]]]:
    """Every table of a file, with the model that validates it."""
    yield path, model
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = _model(field.annotation)
        value = table.get(key)
        if inner is None or value is None:
            continue
        if isinstance(value, list):
            ways = [(key, i) for i in range(len(value))]
        elif typing.get_origin(field.annotation) is dict:
            ways = [(key, k) for k in value if isinstance(value[k], dict)]
        else:
            ways = [(key,)]
        for way in ways:
            below = value if len(way) == 1 else value[way[1]]
            yield from _places(inner, below, (*path, *way))


def _with(table: Any, path: tuple[Any, ...], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copy = json.loads(json.dumps(table))
    here = copy
    for step in path:
        here = here[step]
    change(here)
    return copy


def spoilt_keys(file: str, table: dict[str, Any], model: type[BaseModel]) -> Iterator[Bad]:
    """Each key of a TOML file with invalid values, misspelt, or missing although required."""

    def bad(what: str, path: tuple[Any, ...], key: str, change: Callable[[dict[str, Any]], object]) -> Bad:
        text = document(_with(table, path, change))
        place = ".".join(map(str, (*path, key)))
        return Bad(f"{file}: {place}: {what}", file, lambda p: p.write_text(text), key)

    for path, one in _places(model, table):
        here = table
        for step in path:
            here = here[step]
        for name, field in one.model_fields.items():
            key = field.alias or name
            kind = Text if field.annotation == dict[str, str] and field.metadata else field.annotation
            for what, value in _spoilt(kind):
                if {"what": what, "key": key} in HARMLESS:
                    continue
                yield bad(what, path, key, lambda t, k=key, v=value: t.update({k: v}))
            yield bad("misspelt", path, f"{key}x", lambda t, k=key: t.update({f"{k}x": t.get(k, "a")}))
            if field.is_required() and key in here:
                yield bad("missing", path, key, lambda t, k=key: t.pop(k))


HARMLESS: list[dict[str, str]] = [
    {"what": "date", "key": "published"},
]


def broken_text(file: str, junk: str, lines: int) -> Iterator[Bad]:
    """In each line: a syntax error; bytes that are not UTF-8; the file cut off."""
    for n in range(lines):

        def insert(raw: bytes, n: int = n, what: bytes = junk.encode()) -> bytes:
            split = raw.split(b"\n")
            return b"\n".join([*split[:n], what, *split[n:]])

        yield in_bytes(file, f"junk in line {n + 1}", "", insert)
        yield in_bytes(
            file, f"no UTF-8 in line {n + 1}", "UTF-8", lambda raw, i=insert: i(raw, what=b"# \xff\xfe")
        )
