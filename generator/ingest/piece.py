"""A catalogue as a piece of a build: its data, and what is kept beside them and goes into no site."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import duckdb

from .. import __version__, simulate
from ..checksums import SUMS, TWINS, Progress, digest, silent
from ..faults import explained
from ..model import CatalogueSource, Release
from ..pieces import Digests, Piece, Store, digest_of
from ..pieces.sums import digests, write_sums
from ..publish.listing import Entry
from . import FORMAT, ingest_catalogue, source_files
from .text_kinds import description_beside
from .withhold import withheld_count

DATA = "data"
"""Folder of a piece: what goes into the site."""
WITHHELD = "withheld.parquet"
"""Ids of the rows that a catalogue lacks: beside the data, as no part of a site."""
NOT_OF_DATA = {
    "columns",
    "formerly",
    "renamed",
    "compare_by",
    "audience",
    "public_from",
    "withheld",
    "title",
    "description",
    "resolution",
}
"""Settings of a catalogue that change no byte of its data: how it is compared, and in what words it is described."""
WORDS = {"description", "header", "audience", "public_from"}
"""The same, of a column."""


def catalogue_piece(
    spec: CatalogueSource, release: Release, known: Digests, progress: Progress = silent
) -> Piece:
    """What a catalogue of a release is made from. Raises InputError where its sources are not there."""
    return Piece(
        f"{release.label}: catalogue {spec.name}",
        {"format": f"{__version__} {FORMAT}"}
        | _settings(spec, release)
        | _files(spec, release, known, progress),
        partial(_make, spec, release),
    )


def known_data(spec: CatalogueSource, release: Release, store: Store) -> Path | None:
    """The data that the last build made of a catalogue; None where its sources or settings have changed."""
    from ..problems import InputError

    try:
        kept = store.find(catalogue_piece(spec, release, store.digests))
    except (InputError, OSError):
        return None
    return kept.folder / DATA if kept else None


def withheld_ids(data: Path) -> Path:
    """Where the ids of rows that a catalogue's data lack are kept: beside them, as no part of a site."""
    return data.with_name(WITHHELD)


def _make(spec: CatalogueSource, release: Release, folder: Path, progress: Progress) -> list[str]:
    data = folder / DATA
    try:
        notes = ingest_catalogue(spec, release, data, progress=progress, note=withheld_ids(data))
        sums = list(digests(data, progress))
        travel = "".join(f"{e.sha256}  {e.path}\n" for e in sums if not e.path.startswith(f"{TWINS}/"))
        (data / SUMS).write_text(travel, encoding="utf-8", newline="\n")
        beside = [file for file in folder.iterdir() if file.is_file()]
        sums = [Entry(f"{DATA}/{e.path}", e.bytes, e.sha256) for e in sums]
        sums += [
            Entry(file.relative_to(folder).as_posix(), 0, digest(file)) for file in (data / SUMS, *beside)
        ]
        write_sums(folder, sorted(sums, key=lambda e: e.path))
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None
    lines = [str(line) for line in notes]
    if spec.withheld and not withheld_count(withheld_ids(data)):
        lines.append(f"{release.file}: catalogues[{spec.name}].withheld: no row meets a condition")
    return lines


def _settings(spec: CatalogueSource, release: Release) -> dict[str, str]:
    """What release.toml says that changes data, by the name of the setting."""
    said = spec.model_dump(mode="json", by_alias=True, exclude=NOT_OF_DATA)
    if spec.changes_since:  # the source lies in the cache, wherever that is
        said["source"] = ""
    said["columns"] = {
        name: facts.model_dump(mode="json", exclude=WORDS) | {"bits": sorted(facts.bits)}
        for name, facts in spec.columns.items()
    }
    said["withheld"] = [[w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost), spec.looked_up]
    of_release = {"label": release.label, "published": release.published, "title": release.title}
    of_release |= {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH")}
    place = f"catalogues[{spec.name}]"
    return {f"{place}.{name}": digest_of(value)[:16] for name, value in said.items() if value is not None} | {
        name: digest_of(value)[:16] for name, value in of_release.items()
    }


def _files(spec: CatalogueSource, release: Release, known: Digests, progress: Progress) -> dict[str, str]:
    """The digests of the files that a catalogue is made from."""
    files = {} if spec.simulate else {file: _name(file, spec, release) for file in source_files(spec, release)}
    files |= {p: p.name for file in files if (p := description_beside(file))}
    if spec.schema_file and (release.folder / spec.schema_file).is_file():
        files[release.folder / spec.schema_file] = spec.schema_file
    if spec.simulate:  # the simulator is the source
        folder = Path(simulate.__file__).parent
        files |= {file: f"simulate/{file.name}" for file in sorted(folder.iterdir()) if file.is_file()}
    found = known.of_all(files, progress)
    return {files[file]: sha256 for file, sha256 in found.items()}


def _name(file: Path, spec: CatalogueSource, release: Release) -> str:
    return file.name if spec.changes_since else os.path.relpath(file, release.folder)
