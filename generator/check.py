"""`drportal check`: find mistakes without building."""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .documents.check import document_problems
from .documents.drafts import Drafts
from .documents.facts import Declared, Facts, document_facts
from .formats import Spectra, Statistics
from .i18n import Language
from .ingest.piece import CatalogueData, known_data, known_files
from .match.piece import known_matched
from .model import (
    Audience,
    CatalogueSource,
    Edition,
    Portal,
    Release,
    load_portal,
    load_schema,
    until,
)
from .model.chosen import choose
from .notices import Notice, said
from .pages.registry import known_pages, release_outline
from .pages.theme import load_theme
from .pieces import Store
from .problems import InputError, Problem
from .report import Report
from .spectra.piece import known_set
from .standards.vounits import unit_fault

if TYPE_CHECKING:
    from .ingest.values.fields import Field


def check_portal(
    folder: Path,
    names: list[str],
    write: bool,
    rows: bool = True,
    audience: Audience = Audience.public,
    report: Report | None = None,
) -> tuple[list[Notice], list[Problem]]:
    """Read what a build would read, optionally the rows as well; returns doubts and notes, and faults."""
    portal = load_portal(folder, Edition.today(audience))
    notices = list(withheld(portal))
    problems: list[Problem] = []
    declared: dict[tuple[str, str], Declared] = {}
    chosen = choose(portal, names)
    for release in chosen:
        for spec in release.catalogues:
            if report:
                report.begin(f"{release.label}: catalogue {spec.name}")
            try:
                _check_catalogue(spec, release, write, rows, declared, notices, report)
            except InputError as error:
                problems += error.problems
        problems += _placeholders(release)
    problems += check_documents(portal, declared)
    problems += _python_problems(portal, chosen)
    return notices, problems


def _placeholders(release: Release) -> Iterator[Problem]:
    """What `drportal add` could not know, and nobody has written since."""
    schemas = {release.folder / c.schema_file for c in release.catalogues if c.schema_file}
    for file in (release.file, *sorted(schemas)):
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines() if file.is_file() else ()
        for number, line in enumerate(lines, 1):
            if re.search(r"\bTODO\b", line):
                what = f"still says {' '.join(line.split())[:80]!r}"
                yield Problem(str(file), f"line {number}", what, "write what belongs there, without TODO")


def _python_problems(portal: Portal, releases: list[Release]) -> list[Problem]:
    """Packages for the pages of releases that are not to be had."""
    if not any(release.chosen_python for release in releases):
        return []
    from .pages import Assets

    try:
        Assets.load(portal).refuse_python(releases)
    except InputError as error:
        return error.problems
    return []


def withheld(portal: Portal) -> Iterator[Notice]:
    """Notices of what this edition withholds, and of what it no longer withholds."""
    for one in portal.hidden.values():
        yield said(f"{one.file}: {until(one)}; not checked")
    for release in portal.releases:
        for name in portal.withheld[release.id]:
            problem = Problem(str(release.file), "", f"{name}: withheld", "")
            yield Notice("said", problem, "", "things withheld", name)
    yield from map(said, portal.public_since)


def _check_catalogue(
    spec: CatalogueSource,
    release: Release,
    write: bool,
    rows: bool,
    declared: dict[tuple[str, str], Declared],
    notices: list[Notice],
    report: Report | None,
) -> None:
    """Add what is noticed to `notices`, and the columns and rows to `declared`. Raises InputError."""
    # All this takes seconds to import, and a portal of documents alone needs none of it.
    from .ingest import open_input, write_schema
    from .ingest.checks.rows import check_rows
    from .ingest.roles import explained_roles, roles_line
    from .lint import lint_schema

    file = release.folder / (spec.schema_file or f"{spec.name}.yaml")
    if write and spec.source and not file.exists():
        seen = ", and its first lines say what was changed" if write_schema(spec, release, file) else ""
        notices.append(said(f'{file}: written{seen}; name it in release.toml: schema = "{file.name}"'))
    problems: list[Problem] = []
    if spec.schema_file or file.exists():
        problems, found = lint_schema(load_schema(file), file)
        notices += found
    try:
        with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
            opened = open_input(spec, release, Path(scratch))
            counts = [source.rows for source in opened.sources if source.rows is not None]
            whole = sum(counts) if len(counts) == len(opened.sources) and not spec.withheld else None
            names = [field.name for field in opened.fields]
            declared[release.id, spec.name] = Declared(spec.name, names, whole)
            if not spec.schema_file:
                notices += _units(spec, release, opened.fields)
            roles = explained_roles(opened.fields, spec.roles, release.file, f"catalogues[{spec.name}]")[1]
            if spec.positions == "none" or opened.hidden.position:
                roles = [one for one in roles if one.role not in ("ra", "dec")]
            notices.append(said(f"{release.file}: catalogues[{spec.name}]: {roles_line(roles)}"))
            if rows:
                progress = report.progress if report else lambda _stage, _done, _total: None
                doubts, broken = check_rows(spec, release, opened, Path(scratch), progress)
                notices += doubts
                problems += broken
            else:
                notices += [Notice("doubt", problem) for problem in opened.notes]
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)


def _units(spec: CatalogueSource, release: Release, fields: list[Field]) -> Iterator[Notice]:
    """Doubts about units of a source that no schema corrects."""
    place = f"catalogues[{spec.name}]"
    for field in fields:
        if field.unit and (fault := unit_fault(field.unit)):
            what, fix = fault
            problem = Problem(
                str(release.file), f"{place}, column {field.name}", what, f"{fix} (in a schema)"
            )
            subject = f"{field.name} {field.unit!r}"
            yield Notice(
                "doubt", problem, place, "units that are not VOUnits", subject, "correct them in a schema"
            )


def check_documents(
    portal: Portal,
    declared: Mapping[tuple[str, str], Declared] | None = None,
    cache: Path | None = None,
) -> list[Problem]:
    """Faults in the documents of all releases.

    Statistics are those of the last build if `cache` has them and the sources are unchanged; for other
    catalogues `declared` gives, by release and name, what is known without reading the data.
    """
    store = Store(cache or portal.folder / "build" / "cache")
    return document_problems(
        portal,
        lambda release: known_facts(portal, release, declared or {}, store),
        lambda release, documents: known_pages(release_outline(portal, release, documents)),
        Drafts(store.folder / "documents"),
        _languages(portal),
    )


def _languages(portal: Portal) -> Callable[[str], Language]:
    """Returns a language by its code, with the words of the theme as in a build."""
    try:
        theme = load_theme(portal)
    except InputError:  # a build reports it
        return Language
    return functools.cache(lambda code: Language(code, theme.catalogues(code), theme.words.get(code)))


@dataclass(frozen=True)
class Cached:
    """The statistics of a catalogue from the last build."""

    name: str
    statistics: Statistics


def known_facts(
    portal: Portal, release: Release, declared: Mapping[tuple[str, str], Declared], store: Store
) -> Facts:
    """The facts of a release that are known without making its data."""
    catalogues: list[Cached | Declared] = []
    files, made = {}, dict[str, CatalogueData]()
    for spec in release.catalogues:
        known = known_data(spec, release, store, functools.partial(known_matched, spec, release, store))
        if known is None:
            catalogues.append(declared.get((release.id, spec.name)) or Declared(spec.name, None))
            continue
        catalogues.append(Cached(spec.name, Statistics.read(known.data)))
        made[spec.name] = known
        files[spec.name] = known_files(known)
    spectra: dict[str, Spectra | None] = {}
    for one in release.spectra:
        spectra[one.name] = known_set(one, release, made.get(one.catalogue or ""), store)
    return document_facts(portal, release, catalogues, spectra, files)
