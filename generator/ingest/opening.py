"""Open the sources of a catalogue and determine its columns and roles before reading rows."""

from __future__ import annotations

from pathlib import Path

from ..checksums import Progress, silent
from ..formats import FoundRoles
from ..model import CatalogueSource, Release, Table
from ..problems import InputError, Problem
from .checks.rules import check_columns
from .inputs import Columns, Hidden, Input
from .readers.open_source import open_source
from .readers.simulated import simulated_source
from .readers.source import Source, unified
from .readers.unpack import source_files
from .role_limits import is_degrees
from .roles import find_roles, position_names
from .schema_columns import declared_missing, schema_table, worded
from .values.fields import PIXEL, ROW, Field, is_text, settled
from .values.missing import missing_by_column
from .withhold import hidden_of, roles_of_all, shown_fields, without_hidden_rows
from .write.ids import check_index


def open_input(
    spec: CatalogueSource,
    release: Release,
    scratch: Path,
    progress: Progress = silent,
    sources: list[Source] | None = None,
) -> Input:
    """Open the sources of a catalogue, check them against its schema and find the roles of its columns.

    `scratch` is a folder for unpacked files; `progress` reports their bytes. `sources` are taken in place of
    those of the release. Raises InputError.
    """
    sources = sources or open_sources(spec, release, scratch, progress)
    schema = schema_table(spec, release)
    datatypes: dict[str, str] = {c.name: c.datatype for c in schema[0].columns} if schema else {}
    every = _columns(spec, sources, datatypes)
    sources = without_hidden_rows(spec, release, sources, every)
    shown = shown_fields(spec, release, _columns(spec, sources, datatypes))
    known = known_columns(spec, release, schema, sources[0].file, len(sources) - 1, every, shown)
    return Input(**vars(known), sources=sources)


def known_columns(
    spec: CatalogueSource,
    release: Release,
    schema: tuple[Table, Path] | None,
    first: Path,
    more: int,
    every: list[Field],
    shown: list[Field],
) -> Columns:
    """Return the columns, descriptions and roles of a catalogue without reading a source.

    `schema` is the table of the schema and its file; `first` is the first source and `more` the number of
    others; `every` contains all their columns and `shown` those of the edition. Raises InputError where the
    release and the sources disagree.
    """
    place = f"catalogues[{spec.name}]"
    check_columns(spec, every, release.file, place)
    all_roles = roles_of_all(spec, release, every)
    if taken := [f.name for f in every if not f.match and f.name.startswith(spec.crossed)]:
        fix = "give the cross-match another name"
        what = f"column {taken[0]} of {first.name} begins with the name of a cross-match, as its columns do"
        raise InputError(Problem(str(release.file), place, what, fix))
    fields = worded(spec, schema, shown, first)
    _refuse_own_names(fields, first)
    roles = find_roles(fields, spec.roles, release.file, place)
    hidden = hidden_of(spec, all_roles, roles)
    roles = _placed(spec, release, first, fields, roles, hidden)
    missing = missing_by_column(fields, declared_missing(spec), release.file, place)
    check_index(spec, fields, release.file, place)
    name = first.name if not more else f"{first.name} and {more:,} more"
    return Columns(name, every, shown, fields, roles, missing, hidden)


def open_sources(spec: CatalogueSource, release: Release, scratch: Path, progress: Progress) -> list[Source]:
    """Open the sources that the release names. Raises InputError."""
    if spec.simulate is not None:
        made = spec.simulate
        return [simulated_source(made.kind, made.rows, made.seed, made.revised)]
    return [open_source(file, spec, scratch, progress) for file in source_files(spec, release)]


def _columns(spec: CatalogueSource, sources: list[Source], datatypes: dict[str, str]) -> list[Field]:
    fields = unified(sources)
    return settled(fields, datatypes, position_names(fields, spec.roles))


def _refuse_own_names(fields: list[Field], file: Path) -> None:
    reserved = [f.name for f in fields if f.name.lower() in (PIXEL, ROW)]
    if reserved:
        fix = "rename it, the name is used for the catalogue's own index"
        raise InputError(Problem(str(file), f"column {reserved[0]}", "cannot be used", fix))


def _placed(
    spec: CatalogueSource,
    release: Release,
    first: Path,
    fields: list[Field],
    roles: FoundRoles,
    hidden: Hidden,
) -> FoundRoles:
    """Return the roles, without position roles where the catalogue has or shows no position.

    Raises InputError where a position is required.
    """
    place = f"catalogues[{spec.name}]"
    if spec.positions == "none" or hidden.position:
        named = spec.roles.model_copy(update={"ra": None, "dec": None})
        return find_roles(fields, named, release.file, place)
    if roles.ra is None:
        what = f"no right ascension and declination among the columns of {first.name}"
        called = [f for f in fields if f.name in position_names(fields, spec.roles)]
        unfit = [f"{f.name}: {'text' if is_text(f.type) else f.unit}" for f in called if not is_degrees(f)]
        what += f" ({', '.join(unfit)}, where degrees are needed)" if unfit else ""
        fix = "give degrees, " if unfit else ""
        fix += 'name them as roles.ra and roles.dec, or set positions = "none"'
        raise InputError(Problem(str(release.file), f"{place}.roles", what, fix))
    return roles
