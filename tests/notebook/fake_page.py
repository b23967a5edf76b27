"""A page that answers with arrays, as the worker's module `_drportal` does."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np


class Typed:
    """A typed array of the page, as Python sees one: it has a method `values`, and can be copied out."""

    def __init__(self, values: Any) -> None:
        self._values = np.ascontiguousarray(values)

    def to_memoryview(self) -> memoryview:
        return memoryview(self._values)

    def values(self) -> None:
        raise AssertionError("the method of JavaScript, not the member of a column")


def column(
    name: str, kind: str, values: Any, valid: Any = None, offsets: Any = None, **about: Any
) -> SimpleNamespace:
    """A column of a Result."""
    described = {"unit": None, "ucd": None, "description": None} | about
    if not isinstance(values, SimpleNamespace):
        values = Typed(values)
    return SimpleNamespace(
        name=name,
        type=kind,
        values=values,
        valid=None if valid is None else Typed(np.array(valid, np.uint8)),
        offsets=None if offsets is None else Typed(np.array(offsets, np.int32)),
        **described,
    )


def text_column(name: str, texts: list[str | None], kind: str = "VARCHAR", **about: Any) -> SimpleNamespace:
    """A column of texts, or of bytes written as Latin-1 for BLOBs."""
    encoded = [(one or "").encode("latin-1" if kind == "BLOB" else "utf-8") for one in texts]
    offsets = np.cumsum([0, *map(len, encoded)])
    valid = [one is not None for one in texts] if None in texts else None
    return column(name, kind, np.frombuffer(b"".join(encoded), np.uint8), valid, offsets, **about)


def result(*columns: SimpleNamespace, rows: int, sql: str = "SELECT 1") -> SimpleNamespace:
    return SimpleNamespace(rows=rows, sql=sql, columns=list(columns))


class FakePage:
    """Answers by name, and what was asked and handed over."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.saved: dict[str, bytes] = {}
        self.shown: list[str] = []
        self.displayed: list[tuple[str, Any]] = []

    async def request(self, name: str, arguments: str, /) -> Any:
        self.asked.append((name, json.loads(arguments)))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def save(self, name: str, data: Any, /) -> None:
        self.saved[name] = data

    def show(self, statement: str, /) -> None:
        self.shown.append(statement)

    def display(self, mime: str, data: Any, /) -> None:
        self.displayed.append((mime, data))
