"""The changed rows as a table that ingest can read: one row each, with values before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.changes import ChangedTable, ColumnPair, ComparedCatalogue, ComparedColumn
from ..ingest.values.database import arrow_reader, connect
from ..ingest.values.sql_text import literal
from ..model import ColumnFacts
from ..model.catalogue import ColumnWords
from ..model.column_facts import facts_of_column
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
    chinese: str
    unit: str | None = None
    ucd: str | None = None
    missing: tuple[Any, ...] = ()


Facts = dict[str, ColumnFacts]
"""Facts of the columns of a catalogue, by name or pattern."""


def changed_columns(
    found: ComparedCatalogue,
    has_position: bool,
    labels: tuple[str, str],
    facts: tuple[Facts, Facts] = ({}, {}),
) -> list[Part]:
    """Return the columns: id, kind of change, position, and both values of each column with changes.

    `facts` are those of the catalogue before and after, whose descriptions in Chinese are taken over.
    """
    assert found.rows is not None
    key, old, new = found.rows.key_after, *labels
    names = _Names()
    counted = {v.name: v for v in found.values}
    listed = [
        (i, p) for i, p in enumerate(found.compared_pairs) if (v := counted.get(p.name)) and v.differing
    ]
    parts = [
        Part(
            names.free(key),
            "id",
            f"As {key} in {new}.",
            f"{new} 中的 {key}。",
            ucd="meta.id;meta.main",
        )
    ]
    if found.rows.repeated_before or found.rows.repeated_after:
        parts.append(
            Part(
                names.free("occurrence"),
                "n",
                f"Which of several rows of one {key}: 0 is the first in the files.",
                f"同一 {key} 有多条记录时的序号，0 为文件中的第一条。",
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
            f"added：仅 {new} 有此记录；removed：仅 {old} 有此记录；changed：两版数值不同。",
            ucd="meta.code",
        ),
        Part(
            names.free("changed_columns"),
            f"CASE WHEN change = 'changed' THEN ';'{changed} END",
            "Columns in which the values differ, each between semicolons.",
            "数值不同的各列，每个列名前后各有一个半角分号。",
            ucd="meta.note",
        ),
    ]
    if has_position:
        parts += _position(names, labels)
    for i, pair in listed:
        parts += _values(i, pair, names, labels, facts)
    return parts


def _position(names: _Names, labels: tuple[str, str]) -> list[Part]:
    old, new = labels
    text = f"Position in {new}; of removed rows in {old}."
    chinese = f"{new} 中的位置；已删除的记录取 {old} 中的位置。"
    return [
        Part(names.free(axis), axis, text, chinese, "deg", f"pos.eq.{axis}{MAIN}") for axis in ("ra", "dec")
    ]


def _values(
    i: int, pair: ColumnPair, names: _Names, labels: tuple[str, str], facts: tuple[Facts, Facts]
) -> list[Part]:
    old, new = pair.before, pair.after
    was, was_chinese = labels[0], labels[0]
    if old.name != new.name:
        was, was_chinese = f"{was}, {old.name}", f"{was}（{old.name}）"
    both = [
        Part(
            names.free(f"{new.name}_{when}"),
            f"{letter}{i}",
            f"{label}: {column.description or column.name}",
            f"{chinese}：{_chinese(column, own)}",
            column.unit,
            (column.ucd or "").replace(MAIN, "") or None,
            tuple(column.missing),
        )
        for when, letter, label, chinese, column, own in (
            ("before", "a", was, was_chinese, old, facts[0]),
            ("after", "b", labels[1], labels[1], new, facts[1]),
        )
    ]
    if is_number(old) or is_number(new):
        text = f"{new.name}: {labels[1]} minus {labels[0]}, where the row has both and they differ."
        ucd = f"{new.ucd.replace(MAIN, '')};arith.diff" if new.ucd else None
        # Digits beyond single precision are meaningless in the difference of two such values.
        delta = f"TRY_CAST(d{i} AS FLOAT)" if old.datatype == new.datatype == "float" else f"d{i}"
        chinese = f"{new.name}：{labels[1]} 减 {labels[0]}，限于两版都有且数值不同的记录。"
        both.append(Part(names.free(f"{new.name}_delta"), delta, text, chinese, new.unit, ucd))
    return both


def _chinese(column: ComparedColumn, facts: Facts) -> str:
    said = facts_of_column(column.name, facts).description
    return said.get("zh") or column.description or column.name


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


def chinese_of(
    found: ComparedCatalogue, has_position: bool, labels: tuple[str, str], facts: tuple[Facts, Facts]
) -> Facts:
    """Return the descriptions of the table's columns in Chinese, by name."""
    return {
        part.name: ColumnFacts(description={"zh": part.chinese})
        for part in changed_columns(found, has_position, labels, facts)
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
