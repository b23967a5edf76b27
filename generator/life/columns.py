"""Compare the columns of a new table with those that the older release describes, and adapt the schema."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import CatalogueSource, Release
from ..problems import InputError, Problem, plural

if TYPE_CHECKING:
    from ..ingest.values.fields import Field


@dataclass(frozen=True)
class Described:
    """What is known of a column."""

    datatype: str
    unit: str | None


def compare_columns(
    spec: CatalogueSource, older: Release, table: Path, folder: Path, schema: str
) -> Iterator[str]:
    """Yield lines about the columns that differ; a schema in `folder` gets those that are new.

    Raises InputError.
    """
    before = _former(spec, older)
    fields = _fields(spec.model_copy(update={"source": str(table.resolve()), "simulate": None}), older)
    now = {f.name: f for f in fields}
    place = f"catalogue {spec.name}"
    added = [f for f in fields if f.name not in before]
    removed = [name for name in before if name not in now]
    if added:
        named = ", ".join(f"{f.name} ({f.datatype})" for f in added)
        yield f"{place}: new {plural(len(added), 'column')}: {named}"
    if removed:
        yield f"{place}: {plural(len(removed), 'column')} not in {table.name}: {', '.join(removed)}"
    for name, was in before.items():
        if name in now and was.datatype != now[name].datatype:
            yield f"{place}: column {name}: {was.datatype} in {older.label}, {now[name].datatype} now"
        if name in now and was.unit and now[name].unit and was.unit != now[name].unit:
            yield f"{place}: column {name}: unit {was.unit} in {older.label}, {now[name].unit} now"
    for name in _mentioned(spec):
        if name in removed:
            yield f"{place}: release.toml names the column {name}, which is not there any more"
    if not added and not removed:
        yield f"{place}: the columns are those of {older.label}"
    file = folder / schema
    if schema and file.resolve().is_relative_to(folder.resolve()):
        file.write_text(adapted(file, spec, added, removed, table.name), encoding="utf-8")
    elif schema and (added or removed):
        yield f"{file}: several releases share this schema; write one for {table.name}"


def _former(spec: CatalogueSource, older: Release) -> dict[str, Described]:
    """The columns of the older release, by name: as its schema says, or its source."""
    from ..ingest.schema_columns import schema_table

    if found := schema_table(spec, older):
        return {c.name: Described(c.datatype, c.unit) for c in found[0].columns}
    return {f.name: Described(f.datatype, f.unit) for f in _fields(spec, older)}


def _fields(spec: CatalogueSource, release: Release) -> list[Field]:
    """The columns of a source as it describes them itself."""
    from ..ingest.schema_file import source_fields

    with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
        return source_fields(spec, release, Path(scratch))[0]


def _mentioned(spec: CatalogueSource) -> list[str]:
    """Columns that release.toml names."""
    names = [name for name in (*spec.missing, *spec.columns) if "*" not in name]
    for value in spec.roles.model_dump().values():
        names += value if isinstance(value, list) else [value] if value else []
    return list(dict.fromkeys([*names, *(spec.index or ())]))


def adapted(file: Path, spec: CatalogueSource, added: list[Field], removed: list[str], table: str) -> str:
    """The text of a schema with new columns at the end of its table, and commented columns that are gone.

    Everything else stays as it is written. Raises InputError.
    """
    import yaml

    from ..ingest.schema_file import column_of

    text = file.read_text(encoding="utf-8")
    columns = _columns_node(yaml.compose(text), spec)
    if columns is None:
        fix = f"describe the columns of {table} in it"
        raise InputError(Problem(str(file), "", f"has no list of columns for {spec.name}", fix))
    lines = text.splitlines(keepends=True)
    margin = " " * columns.start_mark.column
    remarks: list[str] = []
    new = []
    for one in added:
        described = column_of(one, spec.table or spec.name, remarks)
        described.setdefault("description", "TODO")
        block = yaml.safe_dump([described], sort_keys=False, allow_unicode=True, width=110)
        new += [f"{margin}{line}\n" for line in block.splitlines()]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    last = _end(columns.value[-1], lines)
    for node in reversed(columns.value):
        if _name_of(node) in removed:
            first, end = node.start_mark.line, _end(node, lines)
            gone = [f"{margin}# TODO {table} has no such column:\n"]
            lines[first:end] = gone + [f"{margin}# {line[len(margin) :]}" for line in lines[first:end]]
            last += 1
    lines[last:last] = new
    return "".join(lines)


def _end(node: Any, lines: list[str]) -> int:
    """The number of the line after a block of YAML, without comments and empty lines that follow it."""
    end: int = int(node.end_mark.line) + (node.end_mark.column > 0)
    while end > node.start_mark.line + 1 and lines[end - 1].strip()[:1] in ("", "#"):
        end -= 1
    return end


def _columns_node(root: Any, spec: CatalogueSource) -> Any:
    """The node of a table's list of columns in a Felis file; None if it is not there, or in one line."""
    tables = _member(root, "tables")
    every = tables.value if tables is not None else []
    wanted = [t for t in every if _name_of(t) == (spec.table or spec.name)] or (
        every if len(every) == 1 else []
    )
    columns = _member(wanted[0], "columns") if wanted else None
    return None if columns is None or columns.flow_style or not columns.value else columns


def _member(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(getattr(node, "value", None), list) else []
    return next((value for name, value in pairs if name.value == key), None)


def _name_of(node: Any) -> str:
    name = _member(node, "name")
    return str(name.value) if name is not None else ""
