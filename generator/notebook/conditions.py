"""A search of the page as SQL: the values of permalinks (`low..high`, lists, patterns) on a catalogue's
columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..formats import Catalogue, CatalogueColumn
from ..ingest.values.sql import literal, quoted
from .page.drportal import Error
from .views import WHOLE, separation

ITEM = re.compile(r'\s*([<>]=?)?\s*(?:"((?:[^"]|"")*)"|([^,"]*?))\s*(?=\.\.|,|$)')
REAL = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)", re.IGNORECASE)
DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ][\d:.]*)?)?)?")


class Word:
    """A value as written: its text, its sign, and whether it was quoted."""

    def __init__(self, found: re.Match[str]) -> None:
        self.sign, self.quoted = found[1] or "", found[2] is not None
        self.text = found[2].replace('""', '"') if self.quoted else found[3]


def words(column: str, text: str) -> Iterator[tuple[Word, Word | None]]:
    """The items of a text: a value, or the two ends of a range."""
    at = 0
    while True:
        found = ITEM.match(text, at)
        if not found:
            raise Error(f"{column}: write a value, low..high, or several separated by commas")
        low, high, at = Word(found), None, found.end()
        if text.startswith("..", at):
            found = ITEM.match(text, at + 2)
            if not found:
                raise Error(f"{column}: the end of the range {text!r} cannot be read")
            high, at = Word(found), found.end()
        if high or low.text or low.quoted:
            yield low, high
        if at >= len(text):
            return
        if text[at] != ",":
            raise Error(f"{column}: write a value, low..high, or several separated by commas")
        at += 1


def condition(column: CatalogueColumn, text: str) -> str:
    """The rows where a column meets any of the items of a text."""
    found = [_one(column, low, high) for low, high in words(column.name, text)]
    if not found:
        raise Error(f"{column.name}: the condition is empty")
    return "(" + " OR ".join(found) + ")"


def _one(column: CatalogueColumn, low: Word, high: Word | None) -> str:
    name = quoted(column.name)
    if high is not None:
        parts = [f"{name} IS NOT NULL"]
        if low.text:
            parts.append(_end(column, low.text, ">" if low.sign == ">" else ">=", False))
        if high.text:
            parts.append(_end(column, high.text, "<" if high.sign == "<" else "<=", True))
        return "(" + " AND ".join(parts) + ")"
    if low.sign:
        raise Error(f"{column.name}: write {low.sign}{low.text} as a range, {low.text}.. or ..{low.text}")
    if not low.quoted and low.text.lower() == "null":
        return f"{name} IS NULL"
    if not low.quoted and "*" in low.text and column.datatype == "string":
        escaped = re.sub(r"([%_!])", r"!\1", low.text).replace("*", "%")
        return f"{name} LIKE {literal(escaped)} ESCAPE '!'"
    if column.datatype == "timestamp":
        return f"starts_with(CAST({name} AS VARCHAR), {_value(column, low.text)})"
    if low.text.lower() == "nan" and column.datatype in ("float", "double"):
        return f"({name} IS NULL OR isnan({name}))"
    return f"{name} = {_value(column, low.text)}"


def _end(column: CatalogueColumn, text: str, sign: str, upper: bool) -> str:
    """One end of a range. A day, month or year as an upper end includes all of it."""
    name, value = quoted(column.name), _value(column, text)
    if column.datatype == "timestamp":
        shown = f"CAST({name} AS VARCHAR)"
        return f"left({shown}, {len(text)}) {sign} {value}" if upper else f"{shown} {sign} {value}"
    if upper and column.datatype == "string" and DATE.fullmatch(text):
        return f"left({name}, {len(text)}) {sign} {value}"
    return f"{name} {sign} {value}"


def _value(column: CatalogueColumn, text: str) -> str:
    """A value of the column's type as SQL."""
    kind = column.datatype
    if kind == "string":
        return literal(text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.upper()
    if kind == "timestamp" and DATE.fullmatch(text):
        return literal(text.replace("T", " "))
    if kind in WHOLE and re.fullmatch(r"[+-]?\d{1,38}", text):
        return str(int(text))
    if kind in (*WHOLE, "float", "double") and REAL.fullmatch(text):
        # a number copied from a table of single precision finds its row
        return f"CAST({literal(text)} AS {'FLOAT' if kind == 'float' else 'DOUBLE'})"
    raise Error(f"{column.name}: {text!r} is not a value of this column ({kind})")


def search(meta: Catalogue, asked: dict[str, Any], typical: list[str]) -> str:
    """The statement of a search of one catalogue; `asked` as `drportal.table` asks it."""
    columns = {column.name: column for column in meta.columns}
    folded = {name.lower(): name for name in columns}

    def named(name: str) -> str:
        found = name if name in columns else folded.get(name.lower())
        if found is None:
            raise Error(f"{meta.name} has no column {name!r}; there are: {', '.join(columns)}")
        return found

    names = typical if asked.get("columns") is None else asked["columns"]
    shown = list(columns) if names == ["*"] else [named(name) for name in names]
    where = [condition(columns[named(name)], text) for name, text in (asked.get("where") or {}).items()]
    select, order = [quoted(name) for name in dict.fromkeys(shown)], []
    apart = "separation" if "separation" not in columns else "separation_"
    cone = asked.get("cone")
    if cone:
        if not meta.position:
            raise Error(f"{meta.name} has no positions")
        position = quoted(meta.position.ra), quoted(meta.position.dec)
        ra, dec, radius = (repr(float(one)) for one in cone)
        where.insert(0, f"cone({', '.join(position)}, {ra}, {dec}, {radius})")
        select.insert(0, f"{separation(*position, ra, dec)} AS {quoted(apart)}")
        order = [f"{quoted(apart)} ASC"]
    if sort := asked.get("sort"):
        keys = [key.strip() for key in sort.split(",") if key.strip()]
        order = [
            f"{quoted(apart if cone and key.lstrip('-') == apart else named(key.lstrip('-')))} "
            f"{'DESC' if key.startswith('-') else 'ASC'} NULLS LAST"
            for key in keys
        ]
    limit = asked.get("limit")
    if limit is not None and int(limit) < 0:
        raise Error("limit must not be negative")
    return (
        f"SELECT {', '.join(select)} FROM {quoted(meta.name)}"
        + (f" WHERE {' AND '.join(where)}" if where else "")
        + (f" ORDER BY {', '.join(order)}" if order else "")
        + ("" if limit is None else f" LIMIT {int(limit)}")
    )
