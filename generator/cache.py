"""Ingested catalogues, kept between builds and used again while nothing they depend on has changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from . import __version__, simulate
from .checksums import SUMS, TWINS, digest, digests_of, silent
from .faults import explained
from .files import Entry
from .ingest import FORMAT, ingest_catalogue, source_files
from .ingest.readers.text_kinds import description_beside
from .ingest.withhold import withheld_ids, withheld_notes
from .kept import MARK, damage_in, digests, sound, sums_file, unsound, write_sums
from .model import CatalogueSource, Release
from .problems import InputError


def catalogue_data(
    spec: CatalogueSource, release: Release, cache: Path, progress: Callable[[str, int, int], None]
) -> tuple[Path, list[str]]:
    """Folder of a catalogue's data as they go into the site, and a line about damage to what was kept of it.

    It is made anew where the cache has no sound copy. Raises InputError.
    """
    key = _key(spec, release, progress)
    folder = cache / release.id / spec.kept_as / key
    lines = []
    if folder.is_dir():
        if not (found := unsound(folder, progress)):
            return folder, []
        lines = [damage_in(folder, found)]
    shutil.rmtree(folder.parent, ignore_errors=True)  # what earlier, other or broken-off ingests left
    unfinished = folder.with_suffix(".part")
    unfinished.mkdir(parents=True)
    try:
        notes = ingest_catalogue(spec, release, unfinished, progress=progress, note=withheld_ids(folder))
        _notes_file(folder).write_text("".join(f"{line}\n" for line in notes), encoding="utf-8")
        sums = list(digests(unfinished, progress))
        travel = "".join(f"{e.sha256}  {e.path}\n" for e in sums if not e.path.startswith(f"{TWINS}/"))
        (unfinished / SUMS).write_text(travel, encoding="utf-8", newline="\n")
        beside = [_notes_file(folder), *withheld_notes(spec, folder)]
        more = [(SUMS, unfinished / SUMS), *((f"../{file.name}", file) for file in beside)]
        sums += [Entry(path, 0, digest(file)) for path, file in more]
        write_sums(sums_file(folder), sorted(sums, key=lambda e: e.path))
        unfinished.rename(folder)
    except (OSError, duckdb.Error) as error:
        raise explained(error, unfinished) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder, lines


def cached_data(spec: CatalogueSource, release: Release, cache: Path) -> Path | None:
    """The folder that the last build made of a catalogue; None where its sources or settings have changed."""
    made = cache / release.id / spec.kept_as
    if not made.is_dir():
        return None
    try:
        folder = made / _key(spec, release)
    except (InputError, OSError):
        return None
    return folder if all(sound(folder, name) for name in ("statistics.json", SUMS)) else None


def _key(spec: CatalogueSource, release: Release, progress: Callable[[str, int, int], None] = silent) -> str:
    """Everything that decides the bytes of a catalogue's folder."""
    sources = digests_of(source_files(spec, release), progress)
    files = {os.path.relpath(p, release.folder): sha256 for p, sha256 in sources.items()}
    files |= {p.name: digest(p) for f in source_files(spec, release) if (p := description_beside(f))}
    if spec.changes_since:
        files = {Path(name).name: sum_ for name, sum_ in files.items()}
    if spec.schema_file and (release.folder / spec.schema_file).is_file():
        files["schema"] = digest(release.folder / spec.schema_file)
    if spec.simulate:  # the simulator is the source
        files = {p.name: digest(p) for p in sorted(Path(simulate.__file__).parent.iterdir()) if p.is_file()}
    facts = [release.label, release.published, release.title, os.environ.get("SOURCE_DATE_EPOCH")]
    # How catalogues are compared, and in what words columns are described, makes no difference to their data.
    told_apart = {"columns", "formerly", "renamed", "compare_by", "audience", "public_from", "withheld"}
    said = spec.model_dump(mode="json", by_alias=True, exclude=told_apart)
    if spec.changes_since:  # the source lies in this cache, wherever that is
        said["source"] = ""
    words = {"description", "header", "audience", "public_from"}
    columns = {
        n: c.model_dump(mode="json", exclude=words) | {"bits": sorted(c.bits)}
        for n, c in spec.columns.items()
    }
    withheld = [w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost), spec.looked_up
    what = [__version__, FORMAT, MARK.decode(), facts, said, columns, files, withheld]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]


def known_notes(folder: Path) -> list[str]:
    """Lines to report about what a catalogue's folder was made from; kept beside it, as no part of a site."""
    file = _notes_file(folder)
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def _notes_file(folder: Path) -> Path:
    return folder.with_suffix(".notes")
