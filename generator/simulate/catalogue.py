"""Simulated catalogues with the columns of LAMOST DR8: for demonstrations, tests and benchmarks."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits

from ..model import ColumnFacts, Table, load_schema
from ..model.read import read_toml, validate
from ..model.strict import Strict
from .observe import MRS_ROWS, observe
from .revise import revised, revised_table
from .sky import pointings

KINDS = ["lrs", "lrs_stellar", "mrs"]
_MISSING: dict[str, list[int | float | str]] = {
    "*": [-9999, -999],
    "mag_ps_?": [99],
    "subclass": ["Non"],
    "gaia_source_id": ["-9999"],
}
_ARROW = {
    "long": pa.int64(),
    "int": pa.int32(),
    "short": pa.int16(),
    "double": pa.float64(),
    "string": pa.string(),
}


def missing_values(kind: str) -> dict[str, list[int | float | str]]:
    """Values that mean "no value", by column or pattern, as in the survey's own tables."""
    names = schema_of(kind).names
    return {key: values for key, values in _MISSING.items() if "*" in key or "?" in key or key in names}


def schema_of(kind: str, later: bool = False) -> pa.Schema:
    """Arrow schema of a kind of catalogue (lrs, lrs_stellar or mrs), or of its later version."""
    return pa.schema([(c.name, _ARROW[c.datatype]) for c in simulated_table(kind, later)[0].columns])


def simulated_table(kind: str, later: bool = False) -> tuple[Table, Path]:
    """The schema of a kind of catalogue, or of its later version, and its file."""
    file = Path(__file__).parent / f"{kind}.yaml"
    table = load_schema(file).tables[0]
    return revised_table(table) if later else table, file


@functools.cache
def simulated_columns(kind: str) -> dict[str, ColumnFacts]:
    """Facts about the columns of a kind of catalogue beyond their schema."""
    file = Path(__file__).parent / "columns.toml"
    facts = validate(_ColumnFacts, read_toml(file), file)
    return facts.columns | facts.kinds.get(kind, {})


class _ColumnFacts(Strict):
    columns: dict[str, ColumnFacts]
    kinds: dict[str, dict[str, ColumnFacts]]
    """Columns that differ in a kind of catalogue."""


def simulate(kind: str, rows: int, seed: int = 1) -> Iterator[pa.RecordBatch]:
    """Exactly `rows` rows, one batch per pointing of the telescope (at most about 22,000 rows).

    The same arguments give identical rows; memory does not grow with `rows`. Ids are consistent across kinds:
    the stars of `lrs_stellar` are the first ones of an `lrs` with 5/3 as many rows (from 60 on).
    """
    schema = schema_of(kind)
    left = rows
    for pointing in pointings(targets_of(kind, rows), seed) if rows else []:
        columns = observe(kind, pointing, seed)
        arrays = []
        for field in schema:
            values = columns[field.name]
            arrays.append(values if isinstance(values, pa.Array) else pa.array(values).cast(field.type))
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema).slice(0, left)
        left -= batch.num_rows
        yield batch
        if not left:
            return


def targets_of(kind: str, rows: int) -> int:
    """How many targets, counted once a pointing, are observed for a number of rows."""
    return {"mrs": -(-rows // MRS_ROWS), "lrs_stellar": max(-(-rows * 5 // 3), rows + 40)}.get(kind, rows)


def simulated_rows(kind: str, rows: int, seed: int, later: bool = False) -> Iterator[pa.RecordBatch]:
    """Simulated rows, or their later version, in which some rows are added and some removed."""
    return revised(partial(simulate, kind), rows, seed) if later else simulate(kind, rows, seed)


def write(kind: str, rows: int, seed: int, path: Path) -> None:
    """Write simulated rows as FITS (if the name ends in .fits) or Parquet."""
    if path.suffix == ".fits":
        write_fits(kind, rows, seed, path)
        return
    with pq.ParquetWriter(path, schema_of(kind), compression="zstd") as writer:
        for batch in simulate(kind, rows, seed):
            writer.write_batch(batch)


def write_fits(kind: str, rows: int, seed: int, path: Path) -> None:
    """Write simulated rows as a FITS binary table, without loading all into memory."""
    table, _ = simulated_table(kind)
    forms = {"long": ("K", ">i8"), "int": ("J", ">i4"), "short": ("I", ">i2"), "double": ("D", ">f8")}
    columns, dtype = [], []
    for c in table.columns:
        form, kind_of = forms.get(c.datatype) or (f"{c.length}A", f"S{c.length}")
        columns.append(fits.Column(c.name, form, unit=c.unit))
        dtype.append((c.name, kind_of))
    hdu = fits.BinTableHDU.from_columns(columns, nrows=0, name=kind.upper())
    hdu.header["NAXIS2"] = rows
    for i, c in enumerate(table.columns, 1):
        hdu.header[f"TCOMM{i}"] = c.description
        hdu.header[f"TUCD{i}"] = c.ucd
    with path.open("wb") as out:
        out.write(fits.PrimaryHDU().header.tostring().encode())
        out.write(hdu.header.tostring().encode())
        size = 0
        for batch in simulate(kind, rows, seed):
            block = np.empty(batch.num_rows, dtype)
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                text = pa.types.is_string(values.type)
                block[name] = np.array(values.to_pylist(), "S") if text else values.to_numpy()
            block.tofile(out)
            size += block.nbytes
        out.write(b"\0" * (-size % 2880))
