"""Rules that a release declares for its columns, and the rows that break them.

Rules are SQL aggregates over a table `t`, so that rows can be streamed. `t` contains the files written by a
build, or the sources themselves for `drportal check`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ...model import CatalogueSource, Column, ColumnFacts, Release, Table, facts_of_column
from ...problems import InputError, Problem, several
from ..inputs import Columns
from ..schema_columns import column_facts, schema_table
from ..values.fields import INTEGERS, Field, is_array, is_number, is_text, is_whole
from ..values.missing import in_type
from ..values.sql_text import literal, present, quoted
from .stated_plots import unfit_plots

Ask = Callable[[str], tuple[Any, ...]]
"""Returns the single result row of a statement about `t`."""
Ends = tuple[int | float | None, int | float | None]

AT_A_TIME = 60
"""Number of rules per statement; each statement reads the table once."""
LARGEST_FLOAT = 3.4028234663852886e38
ALL_BITS = 2**63 - 1


@dataclass(frozen=True)
class Rule:
    """A rule for a column. `broken` is SQL that is true for rows that break it."""

    broken: str
    what: str
    """What is wrong with these rows; the message is "<what>: 12 rows of stars.fits"."""
    fix: str
    where: tuple[str, str]
    """File and place where the rule is declared."""
    shown: str = "NULL"
    """SQL for the value given as an example."""


def check_columns(spec: CatalogueSource, fields: list[Field], file: Path, place: str) -> None:
    """Raise InputError where release.toml describes a column that does not exist or has the wrong type.

    Columns of cross-matches may be among `fields` or not: they are added later.
    """
    names = [f.name for f in fields]
    matched = {f.match for f in fields if f.match}
    problems = []
    for key, declared in spec.columns.items():
        one = f"{place}.columns.{key}"
        matching = [f for f in fields if f.name == key or fnmatchcase(f.name, key)]
        later = [prefix for prefix in spec.crossed if key.startswith(prefix)]
        if not matching and not any(prefix.removesuffix("_") in matched for prefix in later) and later:
            continue
        if not matching:
            near = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
            whole = f"name a column of {spec.source or 'the source'}, or a pattern"
            fix = f"did you mean {' or '.join(near)}?" if near else whole
            problems.append(Problem(str(file), one, "no such column", fix))
        for field in matching:
            if declared.bits and not is_whole(field.type):
                what = f"has bits, and {field.name} is {field.datatype}"
                problems.append(Problem(str(file), one, what, "give bits to columns of whole numbers"))
            if declared.range and not is_number(field.type):
                what = f"has a range, and {field.name} is {field.datatype}"
                problems.append(Problem(str(file), one, what, "give a range to columns of numbers"))
            unfit = [
                v
                for v in declared.values or []
                if not is_array(field.type) and in_type(v, field.type) is None
            ]
            if unfit:
                what = f"lists {unfit[0]!r}, which {field.name} of type {field.datatype} cannot represent"
                problems.append(Problem(str(file), one, what, "write values of the column's type"))
    problems += unfit_plots(spec, fields, file, place)
    if problems:
        raise InputError(problems)


def broken_promises(ask: Ask, spec: CatalogueSource, release: Release, source: Columns) -> list[Problem]:
    """Return a problem for each broken rule, with the number of rows and an example."""
    schema = schema_table(spec, release)
    rules: list[Rule] = []
    columns = {c.name: c for c in schema[0].columns} if schema else {}
    for field in source.fields:
        if schema and (column := columns.get(field.name)):
            rules += _of_schema(field, column, source, (str(schema[1]), f"column {field.name}"))
    facts = column_facts(spec)
    for field in source.fields:
        if not is_array(field.type):
            place = f"catalogues[{spec.name}].columns.{field.name}"
            rules += _of_release(
                field, facts_of_column(field.name, facts), source, (str(release.file), place)
            )
    rules += _of_positions(spec, release, source)
    problems = [
        p for first in range(0, len(rules), AT_A_TIME) for p in _break(ask, rules[first:][:AT_A_TIME], source)
    ]
    return problems + (_repeated(ask, schema[0], str(schema[1]), source) if schema else [])


def _of_schema(field: Field, column: Column, source: Columns, where: tuple[str, str]) -> Iterator[Rule]:
    """Yield rules of the schema: required values, width of numbers, length of texts."""
    name, kind, declared = quoted(field.name), str(field.type), column.datatype
    if not column.nullable:
        value = present(field, source.missing.get(field.name, []))
        fix = "give every row a value, or write `nullable: true`"
        yield Rule(f"{value} IS NULL", "no value, which `nullable: false` forbids", fix, where)
    # Felis has no type wider than long, so long includes unsigned 64-bit numbers.
    if (bits := INTEGERS.get(declared)) and is_whole(field.type) and declared != "long":
        low, high = (-128, 255) if bits == 8 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        broken = f"{name} < {low} OR {name} > {high}"
        fix = f"write `datatype: {field.datatype}`"
        yield Rule(broken, f"numbers outside the range of {declared}", fix, where, name)
    if declared == "float" and kind == "double":
        broken = f"isfinite({name}) AND abs({name}) > {literal(LARGEST_FLOAT)}"
        yield Rule(broken, "numbers outside the range of float", "write `datatype: double`", where, name)
    if column.length and is_text(field.type):
        what = f"texts of more than the {column.length} characters of `length`"
        fix = "write the length of the longest, or correct the rows"
        yield Rule(f"length({name}) > {column.length}", what, fix, where, name)


def _of_release(
    field: Field, declared: ColumnFacts, source: Columns, where: tuple[str, str]
) -> Iterator[Rule]:
    """Yield rules of release.toml: range, list of values, known bits."""
    value = present(field, source.missing.get(field.name, []))
    if declared.range and is_number(field.type):
        yield _within(field, value, declared.range, "correct the rows or the range", where)
    if declared.values is not None:
        listed = (in_type(v, field.type) for v in declared.values)
        known = [literal(v, field.type) for v in listed if v is not None]
        broken = f"{value} IS NOT NULL AND ({value} IN ({', '.join(known) or 'NULL'})) IS NOT TRUE"
        yield Rule(broken, "values that `values` does not list", "correct the rows or the list", where, value)
    if declared.bits and is_whole(field.type):
        others = ALL_BITS - sum(1 << bit for bit in declared.bits)
        broken = f"{value} < 0 OR ({value}::HUGEINT & {others}::HUGEINT) <> 0"
        fix = "describe the bit, or name the value under missing"
        yield Rule(broken, "bits that `bits` does not describe", fix, where, value)


def _of_positions(spec: CatalogueSource, release: Release, source: Columns) -> Iterator[Rule]:
    """Yield rules for positions: each row must be on the sky."""
    ra, dec = source.roles.ra, source.roles.dec
    if spec.positions == "none" or ra is None or dec is None:
        return
    fields = {f.name: f for f in source.fields}
    values = [present(fields[n], source.missing.get(n, [])) for n in (ra, dec)]
    place = f"catalogues[{spec.name}]"
    fix = "give degrees (ICRS), or name the right column as roles.{role}"
    if not spec.wrap_ra:
        fix += "; wrap_ra = true takes right ascensions of -180 to 0"
    yield _within(
        fields[ra],
        values[0],
        (-180 if spec.wrap_ra else 0, 360),
        fix.format(role="ra"),
        (str(release.file), f"{place}.roles.ra"),
    )
    fix = "give degrees, or name the right column as roles.dec"
    yield _within(fields[dec], values[1], (-90, 90), fix, (str(release.file), f"{place}.roles.dec"))
    if spec.positions == "require":
        broken = f"{values[0]} IS NULL OR {values[1]} IS NULL"
        fix = 'correct the rows, or set positions = "drop_missing" to leave them out'
        yield Rule(broken, "no position", fix, (str(release.file), f"{place}.positions"))


def _within(field: Field, value: str, ends: Ends, fix: str, where: tuple[str, str]) -> Rule:
    low, high = ends
    tests = [f"{value} < {low!r}"] * (low is not None) + [f"{value} > {high!r}"] * (high is not None)
    shown = (
        f"{low} to {high}" if len(tests) == 2 else f"{low} and more" if high is None else f"{high} and less"
    )
    what = f"{field.name} outside of {shown}"
    return Rule(" OR ".join(tests) or "false", what, fix, where, value)


def _break(ask: Ask, rules: list[Rule], source: Columns) -> Iterator[Problem]:
    """Count the rows that break each rule, and fetch one example of each broken rule."""
    if not rules:
        return
    counts = ask(f"SELECT {', '.join(f'count(*) FILTER ({rule.broken})' for rule in rules)} FROM t")
    ident = f"{quoted(source.roles.id)}::VARCHAR" if source.roles.id else None
    for rule, count in zip(rules, counts, strict=True):
        if not count:
            continue
        shown = f"({rule.shown})::VARCHAR"
        example = f"min({ident}), arg_min({shown}, {ident})" if ident else f"NULL, min({shown})"
        row, value = ask(f"SELECT {example} FROM t WHERE {rule.broken}")
        seen = [f"{source.roles.id} = {row}"] if row is not None else []
        seen += [str(value)[:60]] if value is not None else []
        text = f"{rule.what}: {several(count, 'row')} of {source.name}"
        text += f" (e.g. {': '.join(seen)})" if seen else ""
        yield Problem(*rule.where, text, rule.fix)


def _repeated(ask: Ask, table: Table, file: str, source: Columns) -> list[Problem]:
    """Return a problem if rows share the primary key."""
    if not table.primary_key:
        return []
    keys: list[str] = [table.primary_key] if isinstance(table.primary_key, str) else table.primary_key
    ids = {key: c.name for c in table.columns for key in (c.id, c.name)}
    unknown = [key for key in keys if key not in ids]
    if unknown:
        what = f"names {unknown[0]!r}, which is the @id of no column"
        return [Problem(file, "primaryKey", what, "name a column by its @id")]
    names: list[str] = [ids[key] for key in keys]
    if any(is_array(f.type) for f in source.fields if f.name in names):
        return []
    listed = ", ".join(quoted(n) for n in names)
    groups = (
        f"SELECT count(*) AS n, concat_ws(', ', {listed}) AS one FROM t GROUP BY {listed} HAVING count(*) > 1"
    )
    count, rows, example = ask(f"SELECT count(*), sum(n)::BIGINT, min(one) FROM ({groups})")
    if not count:
        return []
    what = (
        f"{several(rows, 'row')} of {source.name} share {several(count, 'value')} of {', '.join(names)} "
        f"(e.g. {example})"
    )
    fix = "remove the repeated rows, or name the columns that identify a row"
    return [Problem(file, "primaryKey", what, fix)]
