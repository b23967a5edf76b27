"""ObsCore's columns as VOTable: the header of the Parquet file, and the whole table if it is small."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from .obscore_columns import COLUMNS
from .standards import VOTABLE

REFERENCES = {"s_ra": "ICRS", "s_dec": "ICRS", "t_min": "mjd_utc", "t_max": "mjd_utc"}
LARGEST = 100_000
"""Maximum rows of a VOTable, which is built in memory."""
VERSION = VOTABLE.name.split()[1]


def obscore_header(rows: int, lengths: dict[str, int]) -> str:
    """A VOTable without rows. Texts have fixed sizes, `lengths`, as astropy needs them."""
    votable, _ = _table(rows, {name: str(length) for name, length in lengths.items()})
    text = io.BytesIO()
    votable.to_xml(text)
    return text.getvalue().decode()


def write_obscore_votable(parquet: Path, file: Path) -> None:
    """Write the rows of the Parquet file as BINARY2, in which any value can be marked as missing."""
    rows = pq.read_table(parquet)
    votable, table = _table(rows.num_rows, {})
    table.create_arrays(rows.num_rows)
    for name, kind, *_ in COLUMNS:
        column = rows.column(name)
        if kind == "char":
            table.array[name] = np.array(column.to_pylist(), dtype=object)
        else:
            table.array[name] = column.fill_null(0).to_numpy()
            table.array.mask[name] = column.is_null().to_numpy()
    table.format = "binary2"
    votable.to_xml(str(file))


def _table(rows: int, sizes: dict[str, str]) -> tuple[Any, Any]:
    from astropy.io.votable import tree

    votable = tree.VOTableFile(version=VERSION)
    resource = tree.Resource(type="results")
    votable.resources.append(resource)
    table = tree.TableElement(votable, name="obscore", nrows=rows)
    resource.coordinate_systems.append(tree.CooSys(ID="ICRS", system="ICRS"))
    resource.time_systems.append(
        tree.TimeSys(ID="mjd_utc", timeorigin="MJD-origin", timescale="UTC", refposition="TOPOCENTER")
    )
    table.utype = "ivo://ivoa.net/std/obscore#table-1.1"
    resource.tables.append(table)
    for name, kind, about, unit, ucd, utype in COLUMNS:
        text = kind == "char"
        field = tree.Field(
            votable, name=name, datatype="unicodeChar" if text else kind,
            arraysize=sizes.get(name, "*") if text else None, unit=unit, ucd=ucd, utype=f"obscore:{utype}",
        )  # fmt: skip
        if name == "s_region":
            field.xtype = "adql:REGION"
        field.ref = REFERENCES.get(name)
        field.description = about
        table.fields.append(field)
    return votable, table
