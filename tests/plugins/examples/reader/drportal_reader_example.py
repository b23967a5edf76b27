"""Read structured arrays of NumPy (.npy) as source tables of drportal.

source = "stars.npy"
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from drportal.plugins import Table

ROWS = 10_000
"""Rows in memory at a time."""
UNITS = {"ra": "deg", "dec": "deg", "mag": "mag"}


def open_table(file: Path, head: bytes) -> Table | None:
    """Open a file if it is an array with named columns."""
    if not head.startswith(b"\x93NUMPY"):
        return None
    array = np.load(file, mmap_mode="r")  # nothing is read yet
    if array.dtype.names is None:
        raise ValueError("is an array without names of columns")

    def batch(part: np.ndarray) -> pa.RecordBatch:
        return pa.record_batch(
            {name: pa.array(np.ascontiguousarray(part[name])) for name in array.dtype.names}
        )

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(array), ROWS):
            yield batch(array[start : start + ROWS])

    columns = [
        one.with_metadata({"unit": UNITS[one.name]} if one.name in UNITS else None)
        for one in batch(array[:0]).schema
    ]
    return Table(pa.schema(columns), batches, len(array))
