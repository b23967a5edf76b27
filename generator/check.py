"""`drportal check`: mistakes that can be found without building."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .build import choose
from .ingest import open_input, write_schema
from .ingest.fields import Field
from .ingest.rows import check_rows
from .lint import lint_schema
from .model import Audience, CatalogueSource, Edition, Portal, Release, load_portal, load_schema, until
from .problems import InputError, Problem
from .standards.vounits import unit_fault

if TYPE_CHECKING:
    from .pages.facts import Declared


def check_portal(
    folder: Path,
    names: list[str],
    write: bool,
    rows: bool = True,
    audience: Audience = Audience.public,
) -> tuple[list[str], list[Problem]]:
    """Read what a build would read, the rows too where wanted; lines to tell, and the problems found."""
    portal = load_portal(folder, Edition.today(audience))
    lines = withheld_lines(portal)
    problems: list[Problem] = []
    from .pages.document_check import check_documents

    declared: dict[tuple[str, str], Declared] = {}
    for release in choose(portal, names):
        try:
            lines += _check_release(release, write, rows, declared)
        except InputError as error:
            problems += error.problems
    problems += check_documents(portal, declared)
    return lines, problems


def withheld_lines(portal: Portal) -> list[str]:
    """What this edition withholds, for the team that checks it, and what it no longer does."""
    lines = [f"{one.file}: {until(one)}; not checked" for one in portal.hidden.values()]
    for release in portal.releases:
        lines += [f"{release.file}: {name}: withheld" for name in portal.withheld[release.id]]
    return [*lines, *portal.public_since]


def _check_release(
    release: Release, write: bool, rows: bool, declared: dict[tuple[str, str], Declared]
) -> list[str]:
    """Lines to tell; adds the columns and rows of each catalogue to `declared`. Raises InputError."""
    from .pages.facts import Declared

    lines: list[str] = []
    problems: list[Problem] = []
    for spec in release.catalogues:
        try:
            file = release.folder / (spec.schema_file or f"{spec.name}.yaml")
            if write and spec.source and not file.exists():
                lines += write_schema(spec, release, file)
                lines.append(f'{file}: written; name it in release.toml: schema = "{file.name}"')
            if spec.schema_file or file.exists():
                found, hints = lint_schema(load_schema(file), file)
                problems += found
                lines += hints
            with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
                opened = open_input(spec, release, Path(scratch))
                counts = [source.rows for source in opened.sources if source.rows is not None]
                whole = sum(counts) if len(counts) == len(opened.sources) and not spec.withheld else None
                names = [field.name for field in opened.fields]
                declared[release.id, spec.name] = Declared(spec.name, names, whole)
                if not spec.schema_file:
                    lines += _units(spec, release, opened.fields)
                lines += check_rows(spec, release, opened, Path(scratch)) if rows else []
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return lines


def _units(spec: CatalogueSource, release: Release, fields: list[Field]) -> list[str]:
    """Lines about units of a source that no schema mends."""
    place = f"catalogues[{spec.name}]"
    return [
        str(Problem(str(release.file), f"{place}, column {field.name}", what, f"{mend} (in a schema)"))
        for field in fields
        if field.unit and (fault := unit_fault(field.unit))
        for what, mend in [fault]
    ]
