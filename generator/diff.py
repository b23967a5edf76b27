"""`drportal diff`: compare two releases of a portal, or two tables."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .differences import changes_of, paired
from .differences.catalogues import compare_catalogues
from .differences.hints import Hints
from .formats.changes import Differences
from .ingest import ingest_catalogue
from .model import Audience, CatalogueSource, Edition, Portal, Release, load_portal
from .model.chosen import choose
from .pieces import Store, Workshop
from .problems import InputError, Problem
from .publish.place import alone
from .report import Report
from .steps.make import Maker, side

TABLES = {".fits", ".fit", ".vot", ".xml", ".ecsv", ".csv", ".parquet", ".gz", ".bz2", ".xz"}


def compare(
    before: str, after: str, portal: Path, report: Report, audience: Audience = Audience.public
) -> Differences:
    """The differences between two releases (dr8/v1.0) or two files. Raises InputError."""
    files = [Path(name) for name in (before, after)]
    if all(file.is_file() for file in files):
        return _files(files[0], files[1], report)
    for file in files:
        if file.suffix.lower() in TABLES and not file.is_file():
            raise InputError(Problem(str(file), "", "no such file", "name two tables, or two releases"))
    loaded = load_portal(portal, Edition.today(audience))
    old, new = _releases(loaded, [before, after])
    pairs = paired(old, new)
    if not pairs and old.catalogues and new.catalogues:
        names = [", ".join(c.name for c in r.catalogues) for r in (old, new)]
        what = f"{old.label} has {names[0]}; {new.label} has {names[1]}: no catalogue in common"
        fix = 'say which one it was with `formerly = "..."` in release.toml'
        raise InputError(Problem(str(new.file), "catalogues", what, fix))
    cache = portal / "build" / "cache"
    wanted = {old.id: {c.name for c, _ in pairs}, new.id: {c.name for _, c in pairs}}
    with alone(cache), Workshop(Store(cache), 1, report.progress, report.step) as workshop:
        if line := workshop.store.begin():
            report.warn(line)
        maker = Maker(workshop, report)
        made = maker.catalogues([old, new], lambda r, c: c.name in wanted[r.id])
        sides = {name: side(one) for name, one in made[old.id].catalogues.items()}
        found = maker.comparisons(old, new, sides, made[new.id])
        return changes_of(old, new, found).differences


def _releases(portal: Portal, names: list[str]) -> list[Release]:
    found = [choose(portal, [name])[0] for name in names]
    if found[0] is found[1]:
        fix = "name two releases, the earlier one first"
        raise InputError(Problem("diff", names[1], "is the same release", fix))
    return found


def _files(before: Path, after: Path, report: Report) -> Differences:
    with tempfile.TemporaryDirectory(prefix="drportal-") as name:
        scratch = Path(name)
        folders = []
        for number, file in enumerate((before, after)):
            report.step(str(file))
            spec = CatalogueSource(name="table", source=str(file.resolve()), positions="none", index=[])
            release = Release(name=file.name, published="2000", catalogues=[spec])
            release.file = file
            ingest_catalogue(spec, release, scratch / f"{number}", progress=report.progress, scripts=False)
            folders.append(scratch / f"{number}")
        report.step(f"{before.name} and {after.name}")
        hints = Hints(after.stem, before.stem, file=after)
        found, _ = compare_catalogues(folders[0], folders[1], hints, scratch, report.progress)
    return Differences(
        before=str(before),
        after=str(after),
        before_label=before.name,
        after_label=after.name,
        catalogues=[found],
    )
