"""Write a schema for a source that has none: Felis YAML, for the team to complete."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml
from astropy.io.votable import ucd as ucds

from ..model import CatalogueSource, Release
from ..problems import InputError, Problem
from ..standards.vounits import is_vounit, meant
from .fields import Field, is_array, is_number, is_text, settled
from .roles import position_names
from .source import open_source, source_files, unified

SENTINELS = [-9999, -999, -99, 99, 999, 9999, -1e30]
"""Numbers that in catalogues mean "no value" more often than they are one."""
WORDS = ["Non", "None", "NULL", "null", "nan", "NaN", "N/A", "-9999", "-999", "--"]
LOOKED_AT = 200_000
"""Rows searched for sentinels."""


def write_schema(spec: CatalogueSource, release: Release, file: Path) -> list[str]:
    """Write the schema of a catalogue's source to `file`, with the units, UCDs and meanings the source tells.

    Returns lines for the person: sentinels seen, and what could not be taken over. Raises InputError.
    """
    with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
        if spec.simulate is not None:
            from ..simulate import simulated_table

            file.write_bytes(simulated_table(spec.simulate.kind)[1].read_bytes())
            return []
        sources = [open_source(f, spec, Path(scratch)) for f in source_files(spec, release)]
        fields = unified(sources)
        fields = settled(fields, {}, position_names(fields, spec.roles))
        seen = _sentinels(fields, sources[0].batches())
    lines = [line for s in sources if s.notes for line in s.notes.lines]
    columns = [_column(f, spec.name, lines) for f in fields]
    name = spec.table or spec.name
    schema = {
        "name": spec.name,
        "@id": f"#schema.{spec.name}",
        "tables": [{"name": name, "@id": f"#{name}", "columns": columns}],
    }
    text = yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=110)
    source = ", ".join(s.file.name for s in sources[:3]) + (", ..." if len(sources) > 3 else "")
    head = f"# Columns of {source}: complete units (ivoa:unit), UCDs (ivoa:ucd) and descriptions.\n"
    if seen:
        suggestion = ", ".join(f"{toml_key(k)} = [{', '.join(map(toml_value, v))}]" for k, v in seen.items())
        head += '# Values that look like "no value"; if they are, say so in release.toml:\n'
        head += f"# missing = {{ {suggestion} }}\n"
        lines.append(
            f"these look like missing values; if they are, add to release.toml: missing = {{ {suggestion} }}"
        )
    try:
        file.write_text(head + text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            Problem(str(file), "", f"cannot be written: {error.strerror}", "see the folder")
        ) from None
    return lines


def toml_key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def toml_value(value: float | str) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _column(field: Field, table: str, lines: list[str]) -> dict[str, Any]:
    column: dict[str, Any] = {"name": field.name, "@id": f"#{table}.{field.name}", "datatype": field.datatype}
    kind = field.type.value_type if is_array(field.type) else field.type
    if is_text(kind):
        if field.length:
            column["length"] = field.length
        else:
            column["datatype"] = "text"
    elif pa.types.is_binary(kind):
        column |= {"length": 1, "votable:arraysize": "*"}
    if field.arraysize:
        column["votable:arraysize"] = field.arraysize
    if field.unit:
        unit = field.unit if is_vounit(field.unit) or field.unit == "dex" else meant(field.unit)
        if unit:
            column["ivoa:unit"] = unit
        if not unit:
            lines.append(f"column {field.name}: {field.unit!r} is no unit that is known; left out")
        elif unit != field.unit:
            lines.append(f"column {field.name}: {field.unit!r} is {unit!r} in VOUnit, and written so")
    if field.ucd:
        if _is_ucd(field.ucd):
            column["ivoa:ucd"] = field.ucd
        else:
            lines.append(f"column {field.name}: {field.ucd!r} is no UCD1+; left out")
    if field.description:
        column["description"] = field.description
    return column


def _is_ucd(ucd: str) -> bool:
    try:
        ucds.parse_ucd(ucd, check_controlled_vocabulary=True, has_colon=";" in ucd)
    except ValueError:
        return False
    return True


def apart(value: float, low: float, high: float) -> bool:
    """Whether a value is far from all others: 99 after 98 is a number like them."""
    gap = max(low - value, value - high)
    return gap > 0 and (gap > (high - low) / 10 or value < 0 <= low)


def _sentinels(fields: list[Field], batches: Any) -> dict[str, list[float | str]]:
    """Suspicious values by column: SENTINELS that lie apart from all other values, and words for nothing."""
    found: dict[str, dict[float | str, int]] = {f.name: {} for f in fields}
    ends: dict[str, list[float]] = {}
    rows = 0
    for batch in batches:
        for field in fields:
            column = batch.column(field.name)
            if pa.types.is_null(column.type):
                continue
            if is_text(field.type):
                marks = pc.is_in(column, pa.array(WORDS))
            elif is_number(field.type) and not pa.types.is_decimal(field.type):
                column = column.cast(pa.float64(), safe=False)
                marks = pc.is_in(column, pa.array(SENTINELS, pa.float64()))
                others = pc.min_max(column.filter(pc.invert(marks))).as_py()
                if others["min"] is not None:
                    low, high = ends.get(field.name, [others["min"], others["max"]])
                    ends[field.name] = [min(low, others["min"]), max(high, others["max"])]
            else:
                continue
            for entry in pc.value_counts(column.filter(marks)).to_pylist():
                value = entry["values"]
                found[field.name][value] = found[field.name].get(value, 0) + entry["counts"]
        rows += batch.num_rows
        if rows >= LOOKED_AT:
            break
    result: dict[str, list[float | str]] = {}
    for name, values in found.items():
        low, high = ends.get(name, [0.0, 0.0])
        kept = [v for v in values if isinstance(v, str) or apart(v, low, high)]
        if kept:
            result[name] = [int(v) if isinstance(v, float) and v.is_integer() else v for v in kept]
    return result
