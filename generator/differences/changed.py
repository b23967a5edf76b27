"""The changed rows as a table that ingest can read: one row each, with values before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.changes import ChangedTable, ColumnPair, ComparedCatalogue
from ..ingest.values.database import arrow_reader, connect
from ..ingest.values.sql_text import literal
from ..model.catalogue import ColumnWords
from .rows import Compared
from .stored_catalogue import is_number
from .values import CHANGED, GAINED, LOST

ROWS = 20_000
MAIN = ";meta.main"


@dataclass(frozen=True)
class Part:
    """A column of the table: its SQL and its description."""

    name: str
    value: str
    description: str
    unit: str | None = None
    ucd: str | None = None
    missing: tuple[Any, ...] = ()


def changed_columns(found: ComparedCatalogue, has_position: bool, labels: tuple[str, str]) -> list[Part]:
    """Return the columns: id, kind of change, position, and both values of each column with changes."""
    assert found.rows is not None
    key, old, new = found.rows.key_after, *labels
    names = _Names()
    counted = {v.name: v for v in found.values}
    listed = [
        (i, p) for i, p in enumerate(found.compared_pairs) if (v := counted.get(p.name)) and v.differing
    ]
    parts = [Part(names.free(key), "id", f"As {key} in {new}.", ucd="meta.id;meta.main")]
    if found.rows.repeated_before or found.rows.repeated_after:
        parts.append(
            Part(
                names.free("occurrence"),
                "n",
                f"Which of several rows of one {key}: 0 is the first in the files.",
            )
        )
    changed = "".join(
        f" || CASE WHEN s{i} IN ({CHANGED}, {LOST}, {GAINED}) THEN {literal(p.name + ';')} ELSE '' END"
        for i, p in listed
    )
    parts += [
        Part(
            names.free("change"),
            "change",
            f"added: only {new} has the row; removed: only {old} has it; changed: values differ.",
            ucd="meta.code",
        ),
        Part(
            names.free("changed_columns"),
            f"CASE WHEN change = 'changed' THEN ';'{changed} END",
            "Columns in which the values differ, each between semicolons.",
            ucd="meta.note",
        ),
    ]
    if has_position:
        for axis in ("ra", "dec"):
            text = f"Position in {new}; of removed rows in {old}."
            parts.append(Part(names.free(axis), axis, text, "deg", f"pos.eq.{axis}{MAIN}"))
    for i, pair in listed:
        parts += _values(i, pair, names, labels)
    return parts


def _values(i: int, pair: ColumnPair, names: _Names, labels: tuple[str, str]) -> list[Part]:
    old, new = pair.before, pair.after
    was = f"{labels[0]}, {old.name}" if old.name != new.name else labels[0]
    both = [
        Part(
            names.free(f"{new.name}_{when}"),
            f"{letter}{i}",
            f"{label}: {column.description or column.name}",
            column.unit,
            (column.ucd or "").replace(MAIN, "") or None,
            tuple(column.missing),
        )
        for when, letter, label, column in (("before", "a", was, old), ("after", "b", labels[1], new))
    ]
    if is_number(old) or is_number(new):
        text = f"{new.name}: {labels[1]} minus {labels[0]}, where the row has both and they differ."
        ucd = f"{new.ucd.replace(MAIN, '')};arith.diff" if new.ucd else None
        # Digits beyond single precision are meaningless in the difference of two such values.
        delta = f"TRY_CAST(d{i} AS FLOAT)" if old.datatype == new.datatype == "float" else f"d{i}"
        both.append(Part(names.free(f"{new.name}_delta"), delta, text, new.unit, ucd))
    return both


class _Names:
    """Column names that are distinct in SQL, which ignores case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, name: str) -> str:
        while name.lower() in self._taken:
            name += "_"
        self._taken.add(name.lower())
        return name


def write_changed(
    found: ComparedCatalogue, rows: Compared, labels: tuple[str, str], file: Path, scratch: Path
) -> list[Part]:
    """Write the changed rows as Parquet without column descriptions; return the columns written."""
    parts = changed_columns(found, rows.has_position, labels)
    files = ", ".join(literal(str(f)) for f in rows.files)
    shown = ", ".join(f"{part.value} AS c{i}" for i, part in enumerate(parts))
    with connect(scratch) as database:
        relation = database.sql(f"SELECT {shown} FROM read_parquet([{files}], hive_partitioning = false)")
        _write(arrow_reader(relation, ROWS), parts, file)
    return parts


def _write(batches: pa.RecordBatchReader, parts: list[Part], file: Path) -> None:
    schema = pa.schema([(part.name, field.type) for part, field in zip(parts, batches.schema, strict=True)])

    def renamed() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in renamed():
            writer.write_batch(batch, row_group_size=ROWS)


def words_of(found: ComparedCatalogue, has_position: bool, labels: tuple[str, str]) -> dict[str, ColumnWords]:
    """Return the descriptions of the table's columns, by name."""
    return {
        part.name: ColumnWords(unit=part.unit, ucd=part.ucd, description=part.description)
        for part in changed_columns(found, has_position, labels)
    }


def settings(parts: list[Part], has_position: bool) -> ChangedTable:
    """Return the table's settings, as release.toml would have them."""
    key = parts[0].name
    position = {p.value: p.name for p in parts if p.value in ("ra", "dec")}
    return ChangedTable(
        missing={p.name: list(p.missing) for p in parts if p.missing},
        roles={"id": key, "snr": [], **position},
        positions="require" if has_position else "none",
        index=[key],
    )
