"""What of a release's settings and schema decides which part of a catalogue, as inputs of its pieces.

Words decide nothing, so they are inputs of none but the piece that has them in its files. Units and UCDs are
words, too, but for what they say about roles: see `role_profile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..model import CatalogueSource, ColumnFacts, Table
from ..pieces import digest_of
from .role_limits import ucd_against, unit_against
from .role_table import ROLES
from .roles import role_profile
from .schema_columns import said_missing

OF_WORDS = {
    "columns",
    "formerly",
    "renamed",
    "compare_by",
    "audience",
    "public_from",
    "title",
    "description",
    "resolution",
    "doi",
}
"""Settings that change neither rows nor statistics: how a catalogue is compared, what it is called."""
ELSEWHERE = {"withheld", "index", "schema_file", "table", "roles", "missing"}
"""Settings of which only a part decides, or something else than rows and statistics."""
WORDS_OF_FACTS = {"description", "header", "audience", "public_from"}
"""What is said of a column in release.toml and decides nothing."""
DECIDING = {"name", "id", "datatype", "length", "nullable", "arraysize"}
"""What a schema says of a column that its rows must meet."""
READ = {"name", "datatype", "arraysize"}
"""What of it decides how rows are read."""
OF_ROWS = ("ra", "dec", "id")
"""Roles that decide what is written: where rows stand on the sky, and their order elsewhere."""
Schema = tuple[Table, Path] | None


def rows_settings(spec: CatalogueSource, schema: Schema) -> dict[str, str]:
    """What decides the rows, besides their sources."""
    place = f"catalogues[{spec.name}]"
    said = _plain(spec)
    said["roles"] = {role: getattr(spec.roles, role) for role in OF_ROWS}
    missing = said_missing(spec)
    candidates = _maybe_positions(spec, schema)
    said["missing"] = missing if candidates is None else _of_columns(missing, candidates)
    return _digests(place, said) | _columns(spec, schema, OF_ROWS, READ)


def statistics_settings(spec: CatalogueSource, schema: Schema) -> dict[str, str]:
    """What decides what is measured of the rows, and what they must meet."""
    place = f"catalogues[{spec.name}]"
    said = _plain(spec)
    said["roles"] = spec.roles.model_dump(mode="json", by_alias=True)
    said["missing"] = said_missing(spec)
    deciding = {name: one for name, facts in spec.columns.items() if (one := _deciding(facts))}
    said |= {f"columns.{name}": one for name, one in deciding.items()}
    said["order of columns"] = list(deciding)  # later patterns win
    if schema:
        said["primaryKey"] = schema[0].primary_key
    return _digests(place, said) | _columns(spec, schema, tuple(ROLES), DECIDING)


def _deciding(facts: ColumnFacts) -> dict[str, Any]:
    """What of the facts of a column is not words; under patterns only what is said at all counts."""
    said = facts.model_dump(mode="json", include=facts.model_fields_set - WORDS_OF_FACTS)
    return said | ({"bits": sorted(facts.bits)} if "bits" in said else {})


def _plain(spec: CatalogueSource) -> dict[str, Any]:
    """Settings that decide both, by their names."""
    said: dict[str, Any] = spec.model_dump(mode="json", by_alias=True, exclude=OF_WORDS | ELSEWHERE)
    if spec.changes_since:  # the source lies in the cache, wherever that is
        said["source"] = ""
    said["withheld"] = [[w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost), spec.looked_up]
    return said


def _digests(place: str, said: dict[str, Any]) -> dict[str, str]:
    return {f"{place}.{name}": digest_of(value)[:16] for name, value in said.items() if value is not None}


def _columns(
    spec: CatalogueSource, schema: Schema, roles: Sequence[str], deciding: set[str]
) -> dict[str, str]:
    """What a schema, or the words of a table without one, says of each column that decides something."""
    found = {
        name: digest_of([role_profile(words.unit, words.ucd, roles)]) for name, words in spec.words.items()
    }
    for column in schema[0].columns if schema else []:
        said = column.model_dump(mode="json", include=deciding)
        found[column.name] = digest_of([said, role_profile(column.unit, column.ucd, roles)])
    name = spec.schema_file or "columns"
    return {f"{name}: {column}": digest[:16] for column, digest in found.items()}


def _maybe_positions(spec: CatalogueSource, schema: Schema) -> list[str] | None:
    """The columns that may be right ascension or declination; None where only the source can say which."""
    if spec.positions == "none":
        return []
    named = [name for name in (spec.roles.ra, spec.roles.dec) if name]
    if len(named) == 2:
        return named
    if schema:
        words = [(c.name, c.unit, c.ucd) for c in schema[0].columns]
    elif spec.words:
        words = [(name, said.unit, said.ucd) for name, said in spec.words.items()]
    else:
        return None
    return named + [
        name
        for name, unit, ucd in words
        if any(not (unit_against(r, unit) or ucd_against(r, ucd)) for r in ("ra", "dec"))
    ]


def _of_columns(missing: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The values that mean "nothing" in some columns, by their names."""
    found = {}
    for name in names:
        if missing.get(name) == []:
            continue
        values = [v for key, some in missing.items() if key == name or fnmatchcase(name, key) for v in some]
        if values:
            found[name] = values
    return found
