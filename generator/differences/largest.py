"""The largest changes of each column, and the most frequent replacements of values."""

from __future__ import annotations

from pathlib import Path

from ..formats.changes import ChangedValues, LargestChange, Replacement
from ..ingest.values.as_json import shown_value
from ..ingest.values.database import connect
from ..ingest.values.sql_text import literal, shown
from .rows import Compared
from .values import CHANGED

SHOWN = 5


def with_largest(found: Compared, scratch: Path) -> list[ChangedValues]:
    """Return the columns with changes and their largest changes, in the order of the catalogue."""
    if not found.files:
        return []
    files = ", ".join(literal(str(f)) for f in found.files)
    result = []
    with connect(scratch) as database:
        for i, values in enumerate(found.values):
            if not (values.differing or values.rewritten or values.rounding):
                continue
            rows = f"read_parquet([{files}], hive_partitioning = false)"
            rows += f" WHERE change = 'changed' AND s{i} = {CHANGED}"
            if values.changed and values.is_number:
                middle = database.execute(f"SELECT quantile_cont(abs(d{i}), 0.5) FROM {rows}").fetchone()
                top = database.execute(
                    f"SELECT id::VARCHAR, a{i}::VARCHAR, b{i}::VARCHAR, d{i} FROM {rows} "
                    f"AND d{i} IS NOT NULL ORDER BY abs(d{i}) DESC, id, n LIMIT {SHOWN}"
                ).fetchall()
                largest = [LargestChange(id=a, before=b, after=c, delta=d) for a, b, c, d in top]
                values = values.model_copy(
                    update={"median": middle[0] if middle else None, "largest": largest}
                )
            elif values.changed:
                kinds = database.execute(f"SELECT typeof(a{i}), typeof(b{i}) FROM {rows} LIMIT 1").fetchone()
                a, b = (shown(f"{x}{i}", kind) for x, kind in zip("ab", kinds or ("", ""), strict=True))
                often = database.execute(
                    f"SELECT a, b, count(*) AS rows FROM (SELECT {a} AS a, {b} AS b FROM {rows}) "
                    f"GROUP BY a, b ORDER BY rows DESC, a, b LIMIT {SHOWN}"
                ).fetchall()
                replaced = [
                    Replacement(before=shown_value(a), after=shown_value(b), rows=n) for a, b, n in often
                ]
                values = values.model_copy(update={"replacements": replaced})
            result.append(values)
    return result
