"""A site as it is at one moment: its tables as views of DuckDB, its spectra, and their descriptions.

A build replaces the folder of a site in one step. A snapshot keeps the former folder's Parquet files open,
and its views name these open files, so that a statement reads one state of the site, even if the files are
deleted meanwhile. `Site` opens another snapshot when the manifest has changed.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from ..formats import Catalogue, Spectra, Statistics
from ..formats.manifest import Manifest, ManifestHead
from ..formats.sealed import SealedHeader
from ..problems import InputError, Problem
from .database import Database
from .releases import Release
from .scopes import Scope, fill
from .tables import words_of

DESCRIPTORS = Path("/proc/self/fd")
"""Files that this process has open, under their numbers: on Linux these names open the same file again."""
SPARE = 256
"""File descriptors that are left for connections."""


@dataclass
class Snapshot:
    """All releases of a site, and the database of their tables."""

    mark: tuple[int, ...]
    place: Path
    """Where it was, under the name that people know."""
    folder: Path
    scopes: dict[str, Scope]
    """By address: that of a release, and "" for all of them."""
    database: Database
    users: int = 0
    descriptors: list[int] = field(default_factory=list)

    def is_stale(self) -> bool:
        """Whether another site has taken the place of this one."""
        return _mark(self.place) != self.mark

    def close(self) -> None:
        """Close the database and the files."""
        self.database.close()
        for one in self.descriptors:
            os.close(one)
        self.descriptors.clear()


class Site:
    """The folder that is served, whatever build is in it."""

    def __init__(self, folder: Path, scratch: Path, memory: int, threads: int) -> None:
        self.folder = folder
        self._settings = scratch, memory, threads
        self._lock = threading.Lock()
        self._now = self._open()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield the site as it is now; it stays open and the same meanwhile."""
        with self._lock:
            if _mark(self.folder) not in (self._now.mark, None):
                former, self._now = self._now, self._open()
                if not former.users:
                    former.close()
            taken = self._now
            taken.users += 1
        try:
            yield taken
        finally:
            with self._lock:
                taken.users -= 1
                if not taken.users and taken is not self._now:
                    taken.close()

    def close(self) -> None:
        self._now.close()

    def _open(self) -> Snapshot:
        for _ in range(5):
            before = _mark(self.folder)
            if before is None:
                fix = "build it first: drportal build"
                raise InputError(Problem(str(self.folder), Manifest.FILE, "is missing: not a site", fix))
            try:
                made = open_snapshot(self.folder, before, *self._settings)
            except (OSError, duckdb.Error):
                if _mark(self.folder) == before:
                    raise
                continue
            if _mark(self.folder) == before:
                return made
            made.close()
        raise InputError(Problem(str(self.folder), "", "changes while it is read", "wait for the build"))


def _mark(folder: Path) -> tuple[int, ...] | None:
    """What changes with a build; None if there is no manifest."""
    try:
        found = (folder / Manifest.FILE).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def open_snapshot(folder: Path, mark: tuple[int, ...], scratch: Path, memory: int, threads: int) -> Snapshot:
    """Open a site. Raises InputError, OSError, duckdb.Error."""
    _refuse_sealed(folder)
    descriptors: list[int] = []
    try:
        place = _held(folder, descriptors)
        releases = [_release(folder, place, ident) for ident in _idents(place)]
        if len({r.key for r in releases}) < len(releases):
            releases = [_numbered(r, number) for number, r in enumerate(releases, 1)]
        left = _room()
        database = Database(scratch, memory, threads)
        scopes = fill(database, releases, lambda file: _held_file(file, descriptors, left))
        return Snapshot(mark, folder, place, scopes, database, 0, descriptors)
    except BaseException:
        for one in descriptors:
            os.close(one)
        raise


def _refuse_sealed(folder: Path) -> None:
    if (folder / SealedHeader.PATH).is_file():
        fix = "serve the release that it was made from, or unseal it first: drportal unseal"
        what = "is an encrypted edition, which --vo cannot read"
        raise InputError(Problem(str(folder), "", what, fix))


def _held(folder: Path, descriptors: list[int]) -> Path:
    """The folder under a name that stays with it when another takes its place."""
    if not sys.platform.startswith("linux") or not DESCRIPTORS.is_dir():
        return folder
    descriptors.append(os.open(folder, os.O_RDONLY))
    return DESCRIPTORS / str(descriptors[-1])


def _held_file(file: Path, descriptors: list[int], left: list[int]) -> Path:
    """An open file under the name of its descriptor, as long as there are descriptors."""
    if not file.is_relative_to(DESCRIPTORS) or left[0] <= 0:
        return file
    left[0] -= 1
    descriptors.append(os.open(file, os.O_RDONLY))
    return DESCRIPTORS / str(descriptors[-1])


def _room() -> list[int]:
    """How many files can be kept open."""
    if sys.platform == "win32":
        return [0]
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return [(1 << 20 if limit == resource.RLIM_INFINITY else limit) // 2 - SPARE]


def _idents(place: Path) -> list[str]:
    """Releases of a portal that have a folder; [""] for a single release."""
    with (place / Manifest.FILE).open(encoding="utf-8") as stream:
        head = stream.readline().rstrip().removesuffix('"files":[').rstrip(",") + "}"
    listed = ManifestHead.model_validate_json(head).releases
    return [one for one in listed if (place / one / Manifest.FILE).is_file()] if listed else [""]


def _release(shown: Path, place: Path, ident: str) -> Release:
    folder = place / ident if ident else place
    _refuse_sealed(folder)
    words = words_of(folder, shown / ident)
    catalogues, statistics, spectra = [], {}, []
    for file in sorted(folder.glob(f"data/*/{Catalogue.FILE}")):
        catalogue = Catalogue.read(file.parent)
        catalogues.append(catalogue)
        statistics[catalogue.name] = Statistics.read(file.parent)
    for file in sorted(folder.glob(f"data/spectra/*/{Spectra.FILE}")):
        spectra.append(Spectra.read(file.parent))
    return Release(ident, schema_name(words.ident or ident), folder, words, catalogues, statistics, spectra)


def schema_name(ident: str) -> str:
    """The name of a release's schema, as an identifier that ADQL needs not quote: dr8/v1.0 is dr8_v1_0."""
    plain = re.sub(r"[^a-z0-9]+", "_", ident.lower()).strip("_") or "release"
    return plain if plain[0].isalpha() else f"r_{plain}"


def _numbered(release: Release, number: int) -> Release:
    return replace(release, key=f"{release.key}_{number}")
