"""Ingested catalogues, kept between builds and used again while nothing they depend on has changed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from . import __version__, simulate
from .checksums import SUMS, TWINS, digest
from .ingest import FORMAT, ingest_catalogue, source_files
from .ingest.text_kinds import description_beside
from .model import CatalogueSource, Release
from .problems import InputError


def catalogue_data(
    spec: CatalogueSource, release: Release, cache: Path, progress: Callable[[str, int, int], None]
) -> Path:
    """Folder of a catalogue's data as they go into the site; made anew where the cache has no sound copy.

    Raises InputError.
    """
    key = _key(spec, release)
    folder = cache / release.id / spec.kept_as / key
    if folder.is_dir() and _sound(folder) and (not spec.lacks or withheld_ids(folder).is_file()):
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)  # what earlier, other or broken-off ingests left
    unfinished = folder.with_suffix(".part")
    unfinished.mkdir(parents=True)
    try:
        lines = ingest_catalogue(spec, release, unfinished, progress=progress, note=withheld_ids(folder))
        _notes_file(folder).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        sums = _sums(unfinished)
        kept = "".join(line for line in sums.splitlines(True) if f"  {TWINS}/" not in line)
        (unfinished / SUMS).write_text(kept, encoding="utf-8", newline="\n")
        sums_file(folder).write_text(_sums(unfinished), encoding="utf-8")
        unfinished.rename(folder)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _told(error, unfinished) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _told(error: Exception, folder: Path) -> OSError:
    """What libraries say of a disc, as the system says it: which folder, and what is wrong."""
    if isinstance(error, OSError) and error.filename:
        return error
    said = " ".join(str(error).split())
    if "No space left" in said or "errno 28" in said or isinstance(error, duckdb.OutOfMemoryException):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    return OSError(getattr(error, "errno", None) or errno.EIO, said[:200], str(folder))


def cached_data(spec: CatalogueSource, release: Release, cache: Path) -> Path | None:
    """The folder that the last build made of a catalogue; None where its sources or settings have changed."""
    made = cache / release.id / spec.kept_as
    if not made.is_dir():
        return None
    try:
        folder = made / _key(spec, release)
    except (InputError, OSError):
        return None
    return folder if (folder / "statistics.json").is_file() else None


def _key(spec: CatalogueSource, release: Release) -> str:
    """Everything that decides the bytes of a catalogue's folder."""
    files = {os.path.relpath(p, release.folder): digest(p) for p in source_files(spec, release)}
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
    withheld = [w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost)
    what = [__version__, FORMAT, facts, said, columns, files, withheld]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]


def _sums(folder: Path) -> str:
    """A line `<sha256>  <path>` for every file of a folder."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return "".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)


def sums_file(folder: Path) -> Path:
    """Where the checksums of every file of a catalogue's folder are kept, those of its script twins too."""
    return folder.with_suffix(".sums")


def known_notes(folder: Path) -> list[str]:
    """Lines to report about what a catalogue's folder was made from; kept beside it, as no part of a site."""
    file = _notes_file(folder)
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def _notes_file(folder: Path) -> Path:
    return folder.with_suffix(".notes")


def withheld_ids(folder: Path) -> Path:
    """Where the ids of rows that a catalogue's folder lacks are kept: beside it, as no part of a site."""
    return folder.with_suffix(".withheld")


def _sound(folder: Path) -> bool:
    """Whether every byte is as it was written: a site's files may share theirs with the cache."""
    file = sums_file(folder)
    return file.is_file() and file.read_text(encoding="utf-8") == _sums(folder)
