"""The files of catalogues and sets of spectra with their sizes and checksums, and total sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..checksums import TWINS, DataFile, read_checksums
from ..formats import Spectra
from ..ingest.fits_twin import fits_name
from .views import CatalogueView, SpectraView

LISTED = 200
"""Files of a set of spectra that are listed one by one; SHA256SUMS has the others."""


@dataclass(frozen=True)
class CatalogueFiles:
    """The files of a catalogue, without script twins. Sizes are in bytes."""

    catalogue: CatalogueView
    partitions: list[tuple[DataFile, int]]
    """Partitions, each with its number of rows."""
    others: list[DataFile]
    bytes: int
    twins: int
    """Bytes of the script twins."""
    fits: int | None
    """Bytes of the same as one FITS file, if there is one."""


@dataclass(frozen=True)
class SpectraFiles:
    """The files of a set of spectra, if few, and a spectrum to try recipes with."""

    view: SpectraView
    meta: Spectra
    index_bytes: int
    grid_bytes: int
    files: list[DataFile]
    shipped: list[DataFile]
    """The original files."""
    ident: dict[str, str]
    """The first id, as written in SQL and Python."""
    arrays: list[str]

    @property
    def bytes(self) -> int:
        """Bytes of the set on a disc, script twins included."""
        return self.meta.bytes + self.index_bytes + self.grid_bytes + self.meta.scripts


@dataclass(frozen=True)
class Holdings:
    """The data files of a release."""

    sets: list[CatalogueFiles]
    spectra_sets: list[SpectraFiles]


def holdings_of(
    catalogues: Sequence[CatalogueView],
    spectra: Sequence[SpectraView],
    checksums: Mapping[str, list[DataFile]],
) -> Holdings:
    """The files of each catalogue (`checksums` by its name), partitions first, and of each set of spectra."""
    return Holdings([_catalogue(c, checksums[c.name]) for c in catalogues], [_spectra(s) for s in spectra])


def _catalogue(catalogue: CatalogueView, files: list[DataFile]) -> CatalogueFiles:
    rows = {p.path: p.rows for p in catalogue.meta.partitions}
    fits = catalogue.folder.parent / fits_name(catalogue.name)
    return CatalogueFiles(
        catalogue,
        partitions=[(f, rows[f.path]) for f in files if f.path in rows],
        others=[f for f in files if f.path not in rows],
        bytes=sum(f.size for f in files),
        twins=sum(f.stat().st_size for f in (catalogue.folder / TWINS).glob("*.js")),
        fits=fits.stat().st_size if fits.is_file() else None,
    )


def _spectra(view: SpectraView) -> SpectraFiles:
    meta = view.meta
    index = [file.size for file in meta.index]
    few = meta.packs + len(index) <= LISTED
    all_files = read_checksums(view.folder) if few else []
    shipped = [f for f in all_files if f.path.startswith("fits/")]
    return SpectraFiles(
        view,
        meta,
        index_bytes=sum(index),
        grid_bytes=meta.grids.size if meta.grids else 0,
        files=[f for f in all_files if not f.path.startswith("fits/")],
        shipped=shipped if len(shipped) <= LISTED else [],
        ident=_example(meta),
        arrays=[c.name for c in meta.columns if c.array],
    )


def _example(meta: Spectra) -> dict[str, str]:
    first = meta.index[0].first if meta.index else ""
    if meta.id.datatype == "long":
        return {"sql": str(first or 0), "python": str(first or 0)}
    plain = first if re.fullmatch(r"[\w.+ -]+", first) else "ID"
    return {"sql": f"'{plain}'", "python": json.dumps(plain, ensure_ascii=False)}
