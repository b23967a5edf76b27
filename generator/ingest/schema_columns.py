"""Check a source's columns against the release's schema, and take units, UCDs and descriptions from it."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from ..model import CatalogueSource, Column, ColumnFacts, Release, Table, load_schema
from ..problems import InputError, Problem
from .values.fields import INTEGERS, Field, element_type, is_array, is_number, is_text
from .values.missing import Sentinel

TEXTS = {"char", "string", "unicode", "text"}


def schema_table(spec: CatalogueSource, release: Release) -> tuple[Table, Path] | None:
    """Return the schema table that describes a catalogue, or the simulator's own, and its file.

    None where release.toml names no schema. Raises InputError.
    """
    if spec.schema_file is None:
        return _simulated(spec)
    file = release.folder / spec.schema_file
    tables = load_schema(file).tables
    wanted = spec.table or spec.name
    found = next(
        (t for t in tables if t.name == wanted), tables[0] if len(tables) == 1 and not spec.table else None
    )
    if found is None:
        fix = f"set `table` of the catalogue to one of: {', '.join(t.name for t in tables)}"
        raise InputError(Problem(str(file), "tables", f"no table {wanted!r}", fix))
    return shown_table(spec, found), file


def _simulated(spec: CatalogueSource) -> tuple[Table, Path] | None:
    if spec.simulate is None:
        return None
    from ..simulate import simulated_table

    table, file = simulated_table(spec.simulate.kind, spec.simulate.revised)
    return shown_table(spec, table), file


def shown_table(spec: CatalogueSource, table: Table) -> Table:
    """Return a table without withheld columns, and without a primary key that needs one of them."""
    hidden = {word for c in table.columns if spec.hides(c.name) for word in (c.name, c.id)}
    key = table.primary_key
    lost = not hidden.isdisjoint([key] if isinstance(key, str) else key or [])
    columns = [c for c in table.columns if not spec.hides(c.name)]
    return table.model_copy(update={"columns": columns, "primary_key": None if lost else key})


def column_facts(spec: CatalogueSource) -> dict[str, ColumnFacts]:
    """Return the column facts of release.toml, merged over those of the simulator."""
    if spec.simulate is None:
        return spec.columns
    from ..simulate import simulated_columns

    facts = dict(simulated_columns(spec.simulate.kind))
    for name, declared in spec.columns.items():
        known = facts.get(name, ColumnFacts())
        facts[name] = known.model_copy(update={k: getattr(declared, k) for k in declared.model_fields_set})
    return facts


def worded(
    spec: CatalogueSource, schema: tuple[Table, Path] | None, fields: list[Field], source: Path
) -> list[Field]:
    """Return the source's fields with descriptions from the release. Raises InputError."""
    if schema is not None:
        return described(fields, *schema, source)
    words = spec.words
    return [replace(f, **words[f.name].model_dump()) if f.name in words else f for f in fields]


def declared_missing(spec: CatalogueSource) -> dict[str, list[Sentinel]]:
    """Return the `missing` setting of release.toml, merged over the simulator's missing values."""
    if spec.simulate is None:
        return dict(spec.missing)
    from ..simulate import missing_values

    usual = missing_values(spec.simulate.kind)
    return {name: values for name, values in usual.items() if not spec.hides(name)} | spec.missing


def described(
    fields: list[Field], table: Table, schema_file: Path, source: Path, crossed: tuple[str, ...] = ()
) -> list[Field]:
    """Return the source's fields, in its order, with units, UCDs and descriptions from the schema.

    Columns whose names begin with one of `crossed` belong to cross-matches, which may be added later.

    Raises one InputError with every column that either side lacks or whose kind differs.
    """
    columns = {c.name: c for c in table.columns}
    names = {f.name for f in fields}
    crossed = () if any(f.match for f in fields) else crossed
    problems = []
    for name in columns:
        if name not in names and not name.startswith(crossed):
            near = difflib.get_close_matches(
                name.lower(), [n.lower() for n in names - columns.keys()], n=1, cutoff=0.6
            )
            near = [n for n in sorted(names - columns.keys()) if n.lower() in near]
            fix = f"rename it to {near[0]!r} in the schema" if near else "take it out of the schema"
            problems.append(
                Problem(str(schema_file), f"column {name}", f"{source.name} has no such column", fix)
            )
    result = []
    for field in fields:
        column = columns.get(field.name)
        if column is None and field.match:
            result.append(field)
            continue
        if column is None:
            fix = "add it to the schema (`drportal check --write-schema` shows how)"
            what = f"is in {source.name} and not in the schema"
            problems.append(Problem(str(schema_file), f"column {field.name}", what, fix))
            continue
        if misfit := _misfit(field, column):
            what = f"is {column.datatype} in the schema, {misfit} in {source.name}"
            fix = f"write `datatype: {field.datatype}`" + (
                f' and `votable:arraysize: "{field.arraysize}"`' if field.arraysize else ""
            )
            problems.append(Problem(str(schema_file), f"column {field.name}", what, fix))
        result.append(
            replace(
                field,
                unit=column.unit or field.unit,
                ucd=column.ucd or field.ucd,
                description=" ".join((column.description or field.description or "").split()) or None,
                length=column.length or field.length,
            )
        )
    if problems:
        raise InputError(problems)
    return result


def _misfit(field: Field, column: Column) -> str | None:
    """Return what the source has instead of the schema's type; None if they agree in kind.

    Widths are checked by value later: FITS writers often store small numbers as 64-bit integers.
    """
    kind = element_type(field.type)
    # For texts and bytes, arraysize is their length.
    declared = column.arraysize is not None and column.datatype not in TEXTS | {"binary"}
    if is_array(field.type) and column.arraysize is None:
        return f"an array of {kind}"
    if declared and not is_array(field.type) and str(column.arraysize) != "1":
        return f"a single {kind}"
    name = column.datatype
    if name in INTEGERS:
        fits = pa.types.is_integer(kind)
    elif name in ("float", "double"):
        fits = is_number(kind)
    elif name in TEXTS:
        fits = is_text(kind) or pa.types.is_temporal(kind)
    elif name == "boolean":
        fits = pa.types.is_boolean(kind)
    elif name == "timestamp":
        fits = pa.types.is_temporal(kind) or is_text(kind)
    else:
        fits = pa.types.is_binary(kind)
    if not fits:
        return "text" if is_text(kind) else str(kind)
    return None
