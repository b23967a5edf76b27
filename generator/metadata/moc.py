"""The sky coverage of a catalogue as MOC 2.0, made with mocpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from .release_facts import CatalogueFacts

ORDER = 10
"""Order of the finest cells: 3.4 arcminutes."""
CELLS = 50_000
"""Maximum number of cells; a larger coverage is degraded to a lower order."""


def coverage(catalogue: CatalogueFacts) -> Any:
    """The MOC of a catalogue with positions, from its column _healpix_29."""
    from mocpy import MOC

    order, cells = ORDER, np.empty(0, dtype=np.uint64)
    for partition in catalogue.meta.partitions:
        with pq.ParquetFile(catalogue.folder / partition.path) as file:
            for batch in file.iter_batches(columns=["_healpix_29"]):
                found = batch.column(0).to_numpy().astype(np.uint64)
                cells = np.union1d(cells, found >> np.uint64(2 * (29 - order)))
                while len(cells) > CELLS:
                    order -= 1
                    cells = np.unique(cells >> np.uint64(2))
    return MOC.from_healpix_cells(cells, np.full(len(cells), order, dtype=np.uint8), max_depth=order)


def write_moc(moc: Any, folder: Path, name: str) -> None:
    """Write <name>.moc.fits and <name>.moc.json."""
    _write_fits(moc, folder / f"{name}.moc.fits")
    moc.save(str(folder / f"{name}.moc.json"), format="json", overwrite=True)


def _write_fits(moc: Any, file: Path) -> None:
    """Write the cells as NUNIQ, which MOC 2.0 keeps for coverages of the sky: older readers know no ranges.

    Some of them, such as the library of Aladin in Debian 12, find nothing in ranges, without an error.
    """
    from astropy.io import fits

    order = moc.max_order
    cells = fits.Column(name="UNIQ", format="K", array=np.sort(moc.uniq_hpx).astype(np.int64))
    table = fits.BinTableHDU.from_columns([cells])
    for key, value, about in (
        ("MOCVERS", "2.0", "MOC version"),
        ("MOCDIM", "SPACE", "MOC dimension"),
        ("ORDERING", "NUNIQ", "coding of cells"),
        ("COORDSYS", "C", "ICRS"),
        ("MOCORD_S", order, "MOC order"),
        ("MOCORDER", order, "MOC order, as in MOC 1"),
        ("PIXTYPE", "HEALPIX", "HEALPix"),
        ("MOCTOOL", "drportal", "program that wrote it"),
    ):
        table.header[key] = value, about
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(file, overwrite=True)


def union(mocs: list[Any]) -> str | None:
    """The union of coverages as ASCII, to order 6 as VODataService requires; None if there are none."""
    if not mocs:
        return None
    whole = mocs[0]
    for other in mocs[1:]:
        whole = whole.union(other)
    if whole.max_order > 6:
        whole = whole.degrade_to_order(6)
    text: str = whole.to_string(format="ascii")
    return " ".join(text.split())
