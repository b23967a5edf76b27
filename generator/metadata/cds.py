"""The tables in CDS format: a ReadMe with byte-by-byte descriptions, and the first rows as text.

Made by cdspyreadme from a sample: as text, ten million rows would be larger than the rest of the release.
"""

from __future__ import annotations

import io
import math
import unicodedata
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..formats import ColumnStatistics
from ..problems import several
from .release_facts import CatalogueFacts, ReleaseFacts
from .vo_columns import NUMBERS, is_missing

ROWS = 100
"""Rows of the sample of each catalogue."""
AUTHORS = 20
WIDTH = 80


def write_cds(facts: ReleaseFacts, folder: Path) -> list[str]:
    """Write `folder`/ReadMe and a .dat for each catalogue that has rows; return the file names."""
    from cdspyreadme import CDSTablesMaker

    release = facts.release
    maker = CDSTablesMaker(outfolder=str(folder), license=release.license or "not stated")
    first = facts.authors[0]
    maker.title = plain(facts.title)
    maker.author = plain(first.family or facts.publisher).split(",")[0] + ("+" if facts.authors[1:] else "")
    maker.catalogue = plain(facts.label)
    maker.date = str(facts.year)
    for author in facts.authors[:AUTHORS]:
        maker.add_author(plain(author.short))
    maker.bibcode = f"doi:{release.doi}" if release.doi else plain(facts.label)
    maker.keywords = "Surveys ; Spectroscopy"
    maker.abstract = plain(facts.description)
    maker.more_description = (
        "The files below contain the first rows of each catalogue, in the order of the HEALPix index; "
        "array columns are left out. All rows are in ../../data/, as Parquet."
    )
    for name, address in [
        ("index.html", facts.address),
        *((p.doi or p.key, p.title) for p in release.papers),
    ]:
        if address:
            maker.putRef(plain(name), plain(address))
    if not maker.ref:
        maker.putRef("../../index.html", plain(facts.title))
    names = []
    for catalogue in facts.catalogues:
        sample = _sample(catalogue)
        if not len(sample) or not sample.colnames:
            continue
        name = f"{catalogue.name}.dat"
        title = (
            f"{plain(facts.title_of(catalogue))}: first {len(sample):,} of {several(catalogue.rows, 'row')}"
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            maker.addTable(sample, name=name, description=title)
        names.append(name)
    if not names:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    maker.writeCDSTables()
    text = io.StringIO()
    maker.makeReadMe(out=text)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    name, _, when = lines[0].partition("  ")
    lines[0] = f"{name} {when.strip().rjust(WIDTH - 1 - len(name))}"
    (folder / "ReadMe").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    return ["ReadMe", *names]


def plain(text: str) -> str:
    """Text converted to ASCII, which a ReadMe requires."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join(
        "".join(c for c in apart if not unicodedata.combining(c)).encode("ascii", "replace").decode().split()
    )


def _sample(catalogue: CatalogueFacts) -> Any:
    """The first rows as an astropy table with missing values masked."""
    from astropy.table import MaskedColumn, Table

    arrays = {c.name for c in catalogue.meta.columns if c.arraysize}
    statistics = catalogue.statistics.columns
    columns = [c for c in statistics if c.name not in arrays and c.datatype != "binary"]
    rows = _first_rows(catalogue, [c.name for c in columns])
    table = Table(masked=True)
    for column in columns if rows.num_rows else []:
        values, mask = _values(rows.column(column.name), column)
        if mask.all():
            continue  # a column without a value has no format
        label = "_".join(plain(column.name).split())
        made = MaskedColumn(values, mask=mask, description=plain(column.description or column.name))
        if column.unit and column.datatype in NUMBERS:
            made.unit = column.unit
        table[label] = made
    return table


def _first_rows(catalogue: CatalogueFacts, names: list[str]) -> pa.Table:
    taken: list[pa.RecordBatch] = []
    missing = ROWS
    for partition in catalogue.meta.partitions:
        with pq.ParquetFile(catalogue.folder / partition.path) as file:
            for batch in file.iter_batches(batch_size=missing, columns=names):
                taken.append(batch.slice(0, missing))
                missing -= taken[-1].num_rows
                break
        if not missing:
            break
    return pa.Table.from_batches(taken) if taken else pa.table({})


def _values(values: pa.ChunkedArray, column: ColumnStatistics) -> tuple[Any, Any]:
    listed = [None if is_missing(v, column) else v for v in values.to_pylist()]
    if column.datatype in NUMBERS:
        listed = [v if v is not None and math.isfinite(v) else None for v in listed]
        kind = _number_type(values.type, [v for v in listed if v is not None])
        if kind is not None:
            mask = np.array([v is None for v in listed])
            return np.array([0 if v is None else v for v in listed], dtype=kind), mask
    texts = ["" if v is None else plain(f"{v:f}" if isinstance(v, Decimal) else str(v)) for v in listed]
    return np.array(texts), np.array([not t for t in texts])


def _number_type(kind: pa.DataType, values: list[Any]) -> Any:
    """The type in which a ReadMe can represent all the numbers exactly; None if they must be texts."""
    # cdspyreadme marks missing values by numbers that small integer types cannot represent.
    if pa.types.is_integer(kind):
        return np.int64 if all(abs(v) < 2**63 for v in values) else None
    if pa.types.is_decimal(kind):
        return np.float64 if all(Decimal(repr(float(v))) == v for v in values) else None
    type_ = np.float32 if pa.types.is_float32(kind) else np.float64
    # cdspyreadme rounds the limits to hundredths.
    return type_ if all(abs(v) < np.finfo(type_).max / 100 for v in values) else None
