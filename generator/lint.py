"""Check the units and UCDs of a schema against the standards, and suggest what was probably meant."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

from .model import Column, Schema
from .notices import Notice
from .problems import Problem
from .standards.ucds import ucd_fault
from .standards.vounits import unit_fault


def lint_schema(schema: Schema, file: Path) -> tuple[list[Problem], list[Notice]]:
    """Problems with units (VOUnit) and UCDs (UCD1+) of all columns, and possible improvements."""
    lines = _lines(file)
    problems: list[Problem] = []
    notes: list[Notice] = []
    for table in schema.tables:
        for column in table.columns:
            at = lines.get((table.name, column.name), {})
            name = (
                f"column {column.name}" if len(schema.tables) == 1 else f"column {table.name}.{column.name}"
            )

            def place(*keys: str, at: dict[str, int] = at, name: str = name) -> str:
                line = next((at[key] for key in keys if key in at), None)
                return f"line {line}, {name}" if line else name

            if column.unit and (fault := unit_fault(column.unit)):
                problems.append(Problem(str(file), place("ivoa:unit", "fits:tunit"), *fault))
            if column.ucd and (fault := ucd_fault(column.ucd)):
                problems.append(Problem(str(file), place("ivoa:ucd"), *fault))
            about = "" if len(schema.tables) == 1 else f"table {table.name}"
            for kind, what, fix in _hints(column):
                problem = Problem(str(file), place("name"), what, fix)
                notes.append(
                    Notice("note", problem, about, kind, column.name, fix.replace("it is", "each is"))
                )
    return problems, notes


def _hints(column: Column) -> Iterator[tuple[str, str, str]]:
    if not (column.description or "").strip():
        yield "columns without a description", "has no description", "say what it is"
    if column.unit == "dex":
        what = "unit 'dex' is in common use but not in VOUnit"
        yield (
            "columns in dex, which is not in VOUnit",
            what,
            "leave it out, and put it in the description",
        )
    if column.name.lower() in _sql_words():
        fix = f'readers have to write "{column.name}"; another name is easier'
        yield "columns named like SQL keywords, to be quoted in SQL", "its name is an SQL keyword", fix


@functools.cache
def _sql_words() -> frozenset[str]:
    """Reserved SQL keywords."""
    words = duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
    return frozenset(str(word) for (word,) in words.fetchall())


def _lines(file: Path) -> dict[tuple[str, str], dict[str, int]]:
    """The line of each key of each column, by table and column."""
    with file.open(encoding="utf-8") as stream:
        root = yaml.compose(stream, Loader=yaml.SafeLoader)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for table in _items(_child(root, "tables")):
        name = getattr(_child(table, "name"), "value", "")
        for column in _items(_child(table, "columns")):
            keys = {key.value: key.start_mark.line + 1 for key, _ in column.value}
            found[name, getattr(_child(column, "name"), "value", "")] = keys
    return found


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for one, value in node.value if one.value == key), None)


def _items(node: yaml.Node | None) -> list[yaml.MappingNode]:
    found = node.value if isinstance(node, yaml.SequenceNode) else []
    return [one for one in found if isinstance(one, yaml.MappingNode)]
