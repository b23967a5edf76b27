"""A catalogue as one FITS file: values of every type, NULL, and a catalogue without rows."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits
from astropy.table import Table

from drportal.ingest.fits_twin import write_fits_twin

from ..every_type import every_type, write
from ..ingest_fixtures import ingest


def twin(folder: Path) -> Path:
    """The FITS file of the catalogue in t.parquet."""
    out = ingest(folder, "t.parquet", positions="none")
    write_fits_twin(out, folder / "t.fits")
    return folder / "t.fits"


def test_values_of_every_type_are_in_the_file(tmp_path: Path) -> None:
    table = every_type()
    write(table, tmp_path / "t.parquet")
    file = twin(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(file) as hdus:
            hdus.verify("exception")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NULL among booleans
        found = Table.read(file)
    assert len(found) == len(table) and found.colnames[:3] == ["gaia_id", "ra", "dec"]
    place = {str(int(ident)): row for row, ident in enumerate(found["gaia_id"])}
    order = [place[str(ident)] for ident in table["gaia_id"].to_pylist()]
    compared = 0
    for name in found.colnames[1:]:
        kind = table.schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or kind in (
            pa.uint64(),
            pa.float16(),
        ):
            continue
        column = np.ma.asarray(found[name])[order]
        for value, true in zip(column, table[name].to_pylist(), strict=True):
            if true is None:
                assert np.ma.is_masked(value) or np.isnan(value), name
            else:
                assert value == true or (value != value and true != true), name
        compared += 1
    assert compared > 8


def test_a_catalogue_without_rows_is_a_table_without_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.array([], pa.int64())}), tmp_path / "t.parquet")
    file = twin(tmp_path)
    with fits.open(file) as hdus:
        hdus.verify("exception")
        assert hdus[1].header["NAXIS2"] == 0
