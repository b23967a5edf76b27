"""The words a release has for a catalogue, and which ids are indexed: determined without reading rows."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from ..formats import Statistics
from ..model import CatalogueSource, Release
from ..model.text import in_language
from ..pieces import digest_of
from ..problems import InputError, Problem
from .checks.rules import check_columns
from .kept_rows import KeptRows
from .schema_columns import declared_missing, worded
from .settings import Schema
from .values.fields import Field
from .values.missing import Sentinel, missing_by_column
from .write.hats_files import build_date
from .write.ids import check_index, index_columns

Words = tuple[str | None, str | None, str | None]
"""Unit, UCD and description of a column."""


@dataclass(frozen=True)
class ReleaseWords:
    """Text of a release that is written into a catalogue's files and changes no row."""

    title: str
    published: str
    made: str
    columns: dict[str, Words]
    """By column name."""
    shown: list[str]
    """The columns to show first, if the release or its schema chooses them."""

    @property
    def inputs(self) -> dict[str, str]:
        """Return the words as inputs of a piece."""
        inputs = {"title": self.title, "published": self.published, "made": self.made}
        inputs |= {"default columns": digest_of(self.shown)[:16]} if self.shown else {}
        for kind, words in zip(
            ("unit", "ucd", "description"), zip(*self.columns.values(), strict=True), strict=True
        ):
            named = zip(self.columns, words, strict=True)
            inputs |= {f"{kind} of {name}": digest_of(word)[:16] for name, word in named if word is not None}
        return inputs


def words_of_release(spec: CatalogueSource, release: Release, schema: Schema, rows: Path) -> ReleaseWords:
    """Return the words of a release for the rows in the folder `rows`. Raises InputError."""
    check_columns(spec, KeptRows(rows).every, release.file, f"catalogues[{spec.name}]")
    columns = {f.name: (f.unit, f.ucd, f.description) for f in _worded(spec, schema, KeptRows(rows))}
    title = " ".join(in_language(release.title, "en", release.label).split())
    shown = _shown(spec, release, schema, list(columns))
    return ReleaseWords(title, release.published, build_date(release), columns, shown)


def _shown(spec: CatalogueSource, release: Release, schema: Schema, names: list[str]) -> list[str]:
    """Return the columns that release.toml or the schema chooses to show first. Raises InputError."""
    if spec.default_columns is None:
        principal = {c.name for c in schema[0].columns if c.tap_principal} if schema else set()
        return [name for name in names if name in principal]
    lost = [name for name in spec.default_columns if name not in names]
    if lost:
        near = difflib.get_close_matches(lost[0], names, n=3, cutoff=0.5)
        fix = f"did you mean {' or '.join(near)}?" if near else "name columns of the catalogue"
        place = f"catalogues[{spec.name}].default_columns"
        raise InputError(Problem(str(release.file), place, f"no such column: {lost[0]!r}", fix))
    return spec.default_columns


def chosen_ids(
    spec: CatalogueSource, release: Release, schema: Schema, rows: Path, statistics: Path
) -> list[tuple[Field, list[Sentinel]]]:
    """Return the id columns to index, each with its missing values. Raises InputError."""
    fields, measured = _worded(spec, schema, KeptRows(rows)), Statistics.read(statistics)
    place = f"catalogues[{spec.name}]"
    check_index(spec, fields, release.file, place)
    missing = missing_by_column(fields, declared_missing(spec), release.file, place)
    chosen = index_columns(spec, fields, measured.roles, measured.columns)
    return [(field, missing.get(field.name, [])) for field in chosen]


def _worded(spec: CatalogueSource, schema: Schema, kept: KeptRows) -> list[Field]:
    return worded(spec, schema, kept.shown, Path(kept.notes.first))
