"""A site as it is at one moment: its tables as views of DuckDB, its spectra, and their descriptions.

A build replaces a site. A snapshot reads one state of it (`held.py`, `stored.py`), even if its files are
replaced or deleted meanwhile. `Site` opens another snapshot when the manifest has changed.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ...formats import Catalogue, Spectra, Statistics
from ...formats.manifest import Manifest, ManifestHead
from ...formats.sealed import SealedHeader
from ...problems import InputError, Problem
from ..database import Database
from ..faults import Busy, Stale
from ..releases import Release
from ..scopes import Scope, fill
from ..tables import words_of
from .held import Held, Mark, Place

EVERY = 2.0
"""Seconds between looks at a store."""


@dataclass
class Snapshot:
    """All releases of a site, and the database of their tables."""

    mark: Mark
    place: Place
    held: Held
    scopes: dict[str, Scope]
    """By address: that of a release, and "" for all of them."""
    database: Database
    users: int = 0

    def check(self, since: int) -> None:
        """Raise Stale if something that was read since `held.now()` returned that is of another site."""
        if not self.held.is_sound(since):
            raise Stale

    def explain(self, since: int) -> None:
        """After an error: raise Stale if another site takes the place of this one, Busy if nothing can be
        read at present.
        """
        with contextlib.suppress(OSError):
            if self.place.mark() != self.mark:
                raise Stale
            self.check(since)
        if self.held.fault:
            raise Busy(f"the files of the site cannot be read at present: {self.held.fault}")

    def close(self) -> None:
        """Close the database and the files."""
        self.database.close()
        self.held.close()


class Site:
    """The place that is served, whatever build is there."""

    def __init__(self, place: Place, scratch: Path, memory: int, threads: int) -> None:
        self.place = place
        self._settings = scratch, memory, threads
        self._lock, self._renewing, self._ended = threading.Lock(), threading.Lock(), threading.Event()
        self._now = self._open()
        if not place.is_near:
            threading.Thread(target=self._watch, daemon=True).start()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield the site as it is now; it stays open and the same meanwhile."""
        if self.place.is_near:
            self.renew()
        with self._lock:
            taken = self._now
            taken.users += 1
        try:
            yield taken
        finally:
            with self._lock:
                taken.users -= 1
                if not taken.users and taken is not self._now:
                    taken.close()

    def renew(self) -> None:
        """Open the site again if it has changed. Raises InputError, OSError."""
        with self._renewing:
            if self.place.mark() in (self._now.mark, None):
                return
            made = self._open()
            with self._lock:
                former, self._now = self._now, made
                if not former.users:
                    former.close()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            with contextlib.suppress(InputError, OSError, duckdb.Error):  # the former site stays
                self.renew()

    def close(self) -> None:
        self._ended.set()
        with self._renewing:
            self._now.close()

    def _open(self) -> Snapshot:
        for _ in range(5):
            before = self.place.mark()
            if before is None:
                fix = "build it first: drportal build"
                raise InputError(Problem(self.place.name, Manifest.FILE, self.place.problem, fix))
            try:
                made = open_snapshot(self.place, before, *self._settings)
            except (OSError, duckdb.Error):
                if self.place.mark() == before:
                    raise
                continue
            if self.place.mark() == before:
                return made
            made.close()
        raise InputError(Problem(self.place.name, "", "changes while it is read", "wait for the build"))


def open_snapshot(place: Place, mark: Mark, scratch: Path, memory: int, threads: int) -> Snapshot:
    """Open a site. Raises InputError, OSError, duckdb.Error."""
    held = place.hold(mark)
    try:
        _refuse_sealed(held, held.folder)
        releases = [_release(held, Path(place.name), ident) for ident in _idents(held.folder)]
        if len({r.key for r in releases}) < len(releases):
            releases = [_numbered(r, number) for number, r in enumerate(releases, 1)]
        database = Database(scratch, memory, threads, held.file_system)
        scopes = fill(database, releases, held)
        return Snapshot(mark, place, held, scopes, database)
    except BaseException as error:
        shown = str(held.folder)
        held.close()
        if isinstance(error, InputError):
            raise InputError(
                [replace(p, file=p.file.replace(shown, place.name, 1)) for p in error.problems]
            ) from None
        raise


def _refuse_sealed(held: Held, folder: Path) -> None:
    if held.has(folder / SealedHeader.PATH):
        fix = "serve the release that it was made from, or unseal it first: drportal unseal"
        what = "is an encrypted edition, which --vo cannot read"
        raise InputError(Problem(str(folder), "", what, fix))


def _idents(folder: Path) -> list[str]:
    """Releases of a portal that have a folder; [""] for a single release."""
    with (folder / Manifest.FILE).open(encoding="utf-8") as stream:
        head = manifest_head(stream.readline())
    return [one for one in head.releases if (folder / one / Manifest.FILE).is_file()] or (
        [] if head.releases else [""]
    )


def manifest_head(line: str) -> ManifestHead:
    """Read the first line of a manifest."""
    return ManifestHead.model_validate_json(line.rstrip().removesuffix('"files":[').rstrip(",") + "}")


def _release(held: Held, shown: Path, ident: str) -> Release:
    folder = held.folder / ident if ident else held.folder
    _refuse_sealed(held, folder)
    words = words_of(folder, shown / ident)
    catalogues, statistics, spectra = [], {}, []
    for file in sorted(folder.glob(f"data/*/{Catalogue.FILE}")):
        catalogue = Catalogue.read(file.parent)
        catalogues.append(catalogue)
        statistics[catalogue.name] = Statistics.read(file.parent)
    for file in sorted(folder.glob(f"data/spectra/*/{Spectra.FILE}")):
        spectra.append(Spectra.read(file.parent))
    key = schema_name(words.ident or ident)
    return Release(ident, key, folder, held.files(folder), words, catalogues, statistics, spectra)


def schema_name(ident: str) -> str:
    """The name of a release's schema, as an identifier that ADQL needs not quote: dr8/v1.0 is dr8_v1_0."""
    plain = re.sub(r"[^a-z0-9]+", "_", ident.lower()).strip("_") or "release"
    return plain if plain[0].isalpha() else f"r_{plain}"


def _numbered(release: Release, number: int) -> Release:
    return replace(release, key=f"{release.key}_{number}")
