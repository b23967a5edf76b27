"""A set of spectra as a piece of a build: what its folder is made from."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from .. import __version__
from ..checksums import Progress, link_tree, silent
from ..files import Entry
from ..ingest.piece import CatalogueData, simulator
from ..model import Release, SpectraSet
from ..pieces import DATA, Digests, Lines, Piece, digest_of
from ..pieces.sums import listed, sums_file, write_sums
from .source_files import source_paths, status_of


def spectra_piece(
    spec: SpectraSet,
    release: Release,
    of: CatalogueData | None,
    cache: Path,
    jobs: int,
    keep_going: bool,
    known: Digests,
    progress: Progress = silent,
) -> Piece:
    """What a set is made from; `of` is its catalogue, where it has one. Raises InputError."""
    import pyarrow as pa

    from .job import FORMAT

    said = spec.model_dump(mode="json")
    inputs = {"format": f"{__version__} {pa.__version__} {FORMAT}", "label": release.label}
    inputs |= {f"spectra[{spec.name}].{k}": digest_of(v)[:16] for k, v in said.items() if v is not None}
    inputs |= {"what readers may not see": digest_of(repr(spec.without))[:16]}
    inputs |= {"unreadable files": "left out"} if keep_going else {}
    inputs |= {f"rows of {spec.catalogue}": of.rows.content} if of else {}
    if spec.simulate:
        inputs |= {f"simulate/{file.name}": sha for file, sha in known.of_all(simulator()).items()}
    else:
        inputs |= {f"files of {spec.source}": _sources(spec, release, progress)}
    catalogue = of.unsaid if of else None
    return Piece(
        f"{release.label}: spectra {spec.name}",
        inputs,
        partial(_make, spec, release, cache, catalogue, jobs, keep_going),
    )


def _sources(spec: SpectraSet, release: Release, progress: Progress) -> str:
    """A digest of the names, sizes and times of all source files, in whatever order a disk lists them."""
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
    cache: Path,
    catalogue: Path | None,
    jobs: int,
    keep_going: bool,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import make_spectra

    damage: list[str] = []
    made, notes = make_spectra(spec, release, cache, catalogue, jobs, keep_going, progress, damage.append)
    link_tree(made, folder / DATA)
    own = (e for e in listed(sums_file(made)) if not e.path.startswith("../"))
    write_sums(folder, (Entry(f"{DATA}/{e.path}", e.bytes, e.sha256) for e in own))
    return Lines(notes, list(dict.fromkeys(damage)))
