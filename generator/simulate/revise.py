"""A later version of simulated rows: columns renamed; rows removed, added, and reduced again.

The sky is the same. Which rows change depends on their ids, so the kinds of catalogue agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..model import Column, Table
from ..model.night import MJD_0

RENAMED = {"offset": "offsets", "offset_v": "offsets_v"}
REMOVED = ["tcomment"]
RETYPED = {"gaia_source_id": "long"}
NEW = 50
"""One in this many rows is new."""
FIRST_NIGHT = 59110
"""First day of the new rows, in September 2020."""
NEW_IDS = 500
"""First number of pointings of new rows."""
NONE = -9999

Simulated = Callable[[int, int], Iterator[pa.RecordBatch]]


def revised_table(table: Table) -> Table:
    """The schema of the later version."""
    columns = []
    for column in table.columns:
        if column.name in REMOVED:
            continue
        changes: dict[str, object] = {"name": RENAMED.get(column.name, column.name)}
        if column.name in RETYPED:
            changes |= {"datatype": RETYPED[column.name], "length": None}
        columns.append(Column.model_validate(column.model_copy(update=changes)))
    return table.model_copy(update={"columns": columns})


def revised(simulated: Simulated, rows: int, seed: int) -> Iterator[pa.RecordBatch]:
    """The later version of the rows of `simulated(rows, seed)`, followed by some new ones."""
    for batch in simulated(rows, seed):
        yield _renamed(_reduced(batch.filter(pa.array(_chance(batch, 1) >= 4e-3))))
    for batch in simulated(rows // NEW, seed + 1):
        yield _renamed(_new(batch))


def _chance(batch: pa.RecordBatch, salt: int) -> NDArray[np.float64]:
    """A number from 0 to 1 for each row, derived from its id."""
    ids = batch.column("obsid").to_numpy().astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (ids ^ (ids >> np.uint64(29)) ^ np.uint64(salt)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2**53)


def _reduced(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows in which every twentieth pointing was reduced again and some spectra were reclassified."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    plate = batch.column("obsid").to_numpy() // 100_000
    again, shift = plate % 20 == 3, _chance(batch, 2) - 0.5
    for name in [n for n in columns if n.startswith("snr")]:
        value = columns[name].to_numpy()
        better = np.minimum(np.round(value * (1.04 + 0.04 * shift), 2), 999.99)
        columns[name] = pa.array(np.where(again & (value > 0), better, value))
    for name in [n for n in columns if n in ("rv", "rv_b1", "rv_r1", "rv_br1", "rv_lasp1")]:
        value = columns[name].to_numpy()
        columns[name] = pa.array(np.where(again & (value != NONE), np.round(value + shift, 2), value))
    if "z" in columns:
        columns |= _classified(columns, again, shift, _chance(batch, 3))
    return pa.RecordBatch.from_arrays(
        [columns[f.name].cast(f.type) for f in batch.schema], schema=batch.schema
    )


def _classified(
    columns: dict[str, pa.Array],
    again: NDArray[np.bool_],
    shift: NDArray[np.float64],
    chance: NDArray[np.float64],
) -> dict[str, pa.Array]:
    """Redshifts remeasured; a few spectra newly recognized, and a few no longer."""
    kind, z, error = columns["class"], columns["z"].to_numpy(), columns["z_err"].to_numpy()
    known = z != NONE
    z = np.where(again & known, np.round(z + 2 * shift * error, 9), z)
    unknown = pc.equal(kind, "Unknown").to_numpy(zero_copy_only=False)
    found = unknown & (chance < 0.2)
    lost = known & (chance > 0.9995) & ("teff" not in columns)  # rows with parameters are stars
    z = np.where(found, np.round(0.05 + 0.3 * (shift + 0.5), 9), np.where(lost, NONE, z))
    error = np.where(found, 1e-4, np.where(lost, NONE, error))
    kind = pc.if_else(pa.array(found), "GALAXY", pc.if_else(pa.array(lost), "Unknown", kind))
    subclass = pc.if_else(pa.array(lost), "Non", columns["subclass"])
    return {"class": kind, "subclass": subclass, "z": pa.array(z), "z_err": pa.array(error)}


def _new(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of later nights, with unique ids."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    night = columns["mjd"].to_numpy()
    later = FIRST_NIGHT + night % 285 - night
    for name, step in (("mjd", 1), ("lmjd", 1), ("lmjm", 1440)):
        if name in columns:
            columns[name] = pa.array(columns[name].to_numpy() + later * step)
    first = MJD_0
    nights = [(first + timedelta(days=int(n))).isoformat() for n in columns["mjd"].to_numpy()]
    columns["obsdate"] = pa.array(nights)
    obsid = columns["obsid"].to_numpy() + NEW_IDS * 100_000
    columns["obsid"] = pa.array(obsid)
    if "mobsid" in columns:
        tail = pc.utf8_slice_codeunits(columns["mobsid"], -3)
        columns["mobsid"] = pc.binary_join_element_wise(pa.array(obsid).cast(pa.string()), tail, "")
    return pa.RecordBatch.from_arrays(
        [columns[f.name].cast(f.type) for f in batch.schema], schema=batch.schema
    )


def _renamed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rename to the columns of `revised_table`."""
    names, columns = [], []
    for field, values in zip(batch.schema, batch.columns, strict=True):
        if field.name in REMOVED:
            continue
        names.append(RENAMED.get(field.name, field.name))
        columns.append(values.cast(pa.int64()) if field.name in RETYPED else values)
    return pa.RecordBatch.from_arrays(columns, names=names)
