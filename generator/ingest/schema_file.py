"""Write a schema for a source without one: Felis YAML, to be completed by the team."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from astropy.io.votable import ucd as ucds

from ..model import CatalogueSource, Release
from ..problems import InputError, Problem
from ..standards.vounits import is_vounit, meant
from .readers.open_source import open_source
from .readers.source import unified
from .readers.unpack import source_files
from .roles import position_names
from .values.fields import Field, is_array, is_text, settled


def write_schema(spec: CatalogueSource, release: Release, file: Path) -> list[str]:
    """Write the schema of a catalogue's source to `file`, with its units, UCDs and descriptions.

    Units and UCDs that are changed or left out are listed at its head and returned. Raises InputError.
    """
    with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
        if spec.simulate is not None:
            from ..simulate import simulated_table

            file.write_bytes(simulated_table(spec.simulate.kind)[1].read_bytes())
            return []
        fields, names = source_fields(spec, release, Path(scratch))
    lines: list[str] = []
    columns = [column_of(f, spec.name, lines) for f in fields]
    name = spec.table or spec.name
    schema = {
        "name": spec.name,
        "@id": f"#schema.{spec.name}",
        "tables": [{"name": name, "@id": f"#{name}", "columns": columns}],
    }
    text = yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=110)
    source = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    head = f"# Columns of {source}: complete units (ivoa:unit), UCDs (ivoa:ucd) and descriptions.\n"
    head += "".join(f"# {' '.join(line.split())}\n" for line in lines)
    try:
        file.write_text(head + text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            Problem(str(file), "", f"cannot be written: {error.strerror}", "see the folder")
        ) from None
    return lines


def source_fields(spec: CatalogueSource, release: Release, scratch: Path) -> tuple[list[Field], list[str]]:
    """Return the columns of a catalogue's sources as these describe them, and the names of their files."""
    sources = [open_source(file, spec, scratch) for file in source_files(spec, release)]
    fields = unified(sources)
    return settled(fields, {}, position_names(fields, spec.roles)), [one.file.name for one in sources]


def column_of(field: Field, table: str, lines: list[str]) -> dict[str, Any]:
    """Return a column for a schema; units and UCDs that are changed or left out are added to `lines`."""
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
            lines.append(f"column {field.name}: {field.unit!r} is not a known unit; left out")
        elif unit != field.unit:
            lines.append(f"column {field.name}: {field.unit!r} is {unit!r} in VOUnit, and written so")
    if field.ucd:
        if _is_ucd(field.ucd):
            column["ivoa:ucd"] = field.ucd
        else:
            lines.append(f"column {field.name}: {field.ucd!r} is not a UCD1+; left out")
    if field.description:
        column["description"] = field.description
    return column


def _is_ucd(ucd: str) -> bool:
    try:
        ucds.parse_ucd(ucd, check_controlled_vocabulary=True, has_colon=";" in ucd)
    except ValueError:
        return False
    return True
