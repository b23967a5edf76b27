"""A set of spectra as a piece of a build, with its inputs."""

from __future__ import annotations

import contextlib
import hashlib
from functools import partial
from pathlib import Path

from .. import __version__, plugins
from ..checksums import Progress, silent
from ..formats import Spectra
from ..ingest.piece import CatalogueData, simulator
from ..model import Release, SpectraSet
from ..pieces import Lines, Piece, Store, digest_of
from ..problems import InputError
from .source_files import source_paths, status_of


def spectra_piece(
    spec: SpectraSet,
    release: Release,
    of: CatalogueData | None,
    store: Store,
    jobs: int = 1,
    keep_going: bool = False,
    progress: Progress = silent,
) -> Piece:
    """Return the piece of a set; `of` is its catalogue, if it has one. Raises InputError."""
    import pyarrow as pa

    from .job import FORMAT, piece_name

    settings = spec.model_dump(mode="json")
    inputs = {"format": f"{__version__} {pa.__version__} {FORMAT}", "label": release.label}
    inputs |= {f"spectra[{spec.name}].{k}": digest_of(v)[:16] for k, v in settings.items() if v is not None}
    inputs |= plugins.inputs(plugins.LAYOUT)
    inputs |= {"what readers may not see": digest_of(repr(spec.without))[:16]}
    inputs |= {"unreadable files": "left out"} if keep_going else {}
    inputs |= {f"rows of {spec.catalogue}": of.rows.content} if of else {}
    if spec.simulate:
        inputs |= {f"simulate/{file.name}": sha for file, sha in store.digests.of_all(simulator()).items()}
    else:
        inputs |= {f"files of {spec.source}": _sources(spec, release, progress)}
    catalogue = of.without_words if of else None
    return Piece(
        piece_name(release, spec),
        inputs,
        partial(_make, spec, release, store, catalogue, jobs, keep_going),
    )


def known_set(spec: SpectraSet, release: Release, of: CatalogueData | None, store: Store) -> Spectra | None:
    """Return the description of a set from the last build; None if anything has changed since."""
    with contextlib.suppress(InputError, OSError):
        for keep_going in (False, True):
            if kept := store.kept(spectra_piece(spec, release, of, store, keep_going=keep_going).key):
                return Spectra.read(kept.data)
    return None


def _sources(spec: SpectraSet, release: Release, progress: Progress) -> str:
    """Return a digest of names, sizes and times of all source files, independent of their order."""
    total = 0
    for count, file in enumerate(source_paths(spec, release), start=1):
        line = f"{file} {status_of(file)}".encode("utf-8", "surrogateescape")
        total += int.from_bytes(hashlib.sha256(line).digest())
        if count % 1024 == 0:
            progress("count", count, 0)
    return f"{total % 2**256:064x}"


def _make(
    spec: SpectraSet,
    release: Release,
    store: Store,
    catalogue: Path | None,
    jobs: int,
    keep_going: bool,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import make_spectra  # slow to import, and not needed for a set that is up to date

    return make_spectra(spec, release, store, folder, catalogue, jobs, keep_going, progress)
