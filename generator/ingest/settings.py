"""Settings of a release and schema that affect each part of a catalogue, as inputs of its pieces.

Titles and descriptions affect only the piece that writes them into its files. So do units and UCDs, except
where they determine roles: see `role_profile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..model import CatalogueSource, ColumnFacts, Table
from ..pieces import digest_of
from .role_table import ROLES
from .roles import role_profile
from .schema_columns import declared_missing

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
    "default_columns",
    "plots",
}
"""Settings that change neither rows nor statistics: names, and how a catalogue is compared."""
ELSEWHERE = {"withheld", "index", "schema_file", "table", "roles", "missing", "margin"}
"""Settings that only partly affect rows and statistics, or affect something else."""
WORDS_OF_FACTS = {"description", "header", "audience", "public_from"}
"""Texts about a column in release.toml, which affect neither rows nor statistics."""
DECIDING = {"name", "id", "datatype", "length", "nullable", "arraysize"}
"""Schema properties that rows are checked against."""
READ = {"name", "datatype", "arraysize"}
"""Schema properties that affect how rows are read."""
OF_ROWS = ("ra", "dec", "id")
"""Roles that affect what is written: positions, and the sort order of rows without positions."""
Schema = tuple[Table, Path] | None


def rows_settings(spec: CatalogueSource, schema: Schema) -> dict[str, str]:
    """Return the settings that determine the rows, in addition to their sources and `missing_of`."""
    place = f"catalogues[{spec.name}]"
    values = _plain(spec)
    values["roles"] = {role: getattr(spec.roles, role) for role in OF_ROWS}
    return _digests(place, values) | _columns(spec, schema, OF_ROWS, READ)


def named_positions(spec: CatalogueSource) -> list[str] | None:
    """Return the columns of positions that the settings name; None where only the source shows them."""
    if spec.positions == "none":
        return []
    named = [name for name in (spec.roles.ra, spec.roles.dec) if name]
    return named if len(named) == 2 else None


def missing_of(spec: CatalogueSource, positions: list[str] | None) -> dict[str, str]:
    """Return the missing values of the columns of positions, which determine rows; of all if None."""
    missing = declared_missing(spec)
    values = missing if positions is None else _of_columns(missing, positions)
    return _digests(f"catalogues[{spec.name}]", {"missing": values})


def statistics_settings(spec: CatalogueSource, schema: Schema) -> dict[str, str]:
    """Return the settings that determine statistics and checks of the rows."""
    place = f"catalogues[{spec.name}]"
    values = _plain(spec)
    values["roles"] = spec.roles.model_dump(mode="json", by_alias=True)
    values["missing"] = declared_missing(spec)
    deciding = {name: one for name, facts in spec.columns.items() if (one := _deciding(facts))}
    values |= {f"columns.{name}": one for name, one in deciding.items()}
    values["order of columns"] = list(deciding)  # later patterns win
    if schema:
        values["primaryKey"] = schema[0].primary_key
    return _digests(place, values) | _columns(spec, schema, tuple(ROLES), DECIDING)


def _deciding(facts: ColumnFacts) -> dict[str, Any]:
    """Return the column facts other than texts; under patterns, only those that are set count."""
    values = facts.model_dump(mode="json", include=facts.model_fields_set - WORDS_OF_FACTS)
    return values | ({"bits": sorted(facts.bits)} if "bits" in values else {})


def _plain(spec: CatalogueSource) -> dict[str, Any]:
    """Return the settings, by name, that affect both."""
    values: dict[str, Any] = spec.model_dump(mode="json", by_alias=True, exclude=OF_WORDS | ELSEWHERE)
    if spec.changes_since:  # the source is in the cache, whose path does not matter
        values["source"] = ""
    values["withheld"] = [[w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost), spec.looked_up]
    return values


def _digests(place: str, values: dict[str, Any]) -> dict[str, str]:
    return {f"{place}.{name}": digest_of(value)[:16] for name, value in values.items() if value is not None}


def _columns(
    spec: CatalogueSource, schema: Schema, roles: Sequence[str], deciding: set[str]
) -> dict[str, str]:
    """Return, for each relevant column, a digest of its description in the schema or source."""
    found = {
        name: digest_of([role_profile(words.unit, words.ucd, roles)]) for name, words in spec.words.items()
    }
    for column in schema[0].columns if schema else []:
        properties = column.model_dump(mode="json", include=deciding)
        found[column.name] = digest_of([properties, role_profile(column.unit, column.ucd, roles)])
    name = spec.schema_file or "columns"
    return {f"{name}: {column}": digest[:16] for column, digest in found.items()}


def _of_columns(missing: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the missing values of some columns, by column name."""
    found = {}
    for name in names:
        if missing.get(name) == []:
            continue
        values = [v for key, some in missing.items() if key == name or fnmatchcase(name, key) for v in some]
        if values:
            found[name] = values
    return found
