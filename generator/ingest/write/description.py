"""catalogue.json: what pages know of a catalogue before they read a byte of its rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..job import Job
from ..values.as_json import plain
from ..values.fields import Field, element_type, is_array
from ..values.missing import Sentinel
from .partitions import Written


def description(
    job: Job,
    written: Written,
    measured: list[dict[str, Any]],
    ids: list[dict[str, Any]],
    chunks: list[tuple[int, int, int]],
) -> dict[str, Any]:
    """What catalogue.json says. `measured` are the columns of statistics.json, `ids` the indexes of ids."""
    position = job.position and {"ra": job.position[0], "dec": job.position[1]}
    return {
        "name": job.spec.name,
        "rows": written.rows,
        "position": position,
        "id": job.source.roles.id,
        "columns": [
            _column(field, job.source.missing.get(field.name, []), one)
            for field, one in zip(job.source.fields, measured, strict=True)
        ],
        "partitions": [
            {"path": p.path, "size": p.size, "rows": p.rows, "footer": p.footer, "tiles": p.tiles}
            for p in written.partitions
        ],
        "ids": ids,
        "chunks": chunks,
        "bytes": written.bytes,
    }


def write_description(out: Path, said: dict[str, Any]) -> None:
    """catalogue.json, and the same as a script."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    (out / "catalogue.json").write_bytes(safe.encode() + b"\n")
    (out / "catalogue.js").write_bytes(f"drportal.catalogue({safe});\n".encode())


def _column(field: Field, missing: list[Sentinel], measured: dict[str, Any]) -> dict[str, Any]:
    kind = element_type(field.type)
    return {
        "name": field.name,
        "datatype": field.datatype,
        "unit": field.unit,
        "ucd": field.ucd,
        "description": field.description,
        "missing": [plain(v, kind) for v in missing],
        "marked": _marked(field, missing, measured),
        "arraysize": field.arraysize,
        **({"unsigned": True} if pa.types.is_uint64(field.type) else {}),
        **_scale(kind),
    }


def _scale(kind: pa.DataType) -> dict[str, int]:
    """Digits behind the point, where the datatype does not say: of decimals, and of seconds in nanoseconds.

    DuckDB has no nanoseconds in a time zone.
    """
    if pa.types.is_decimal(kind):
        return {"scale": kind.scale}
    return {"scale": 9} if kind == pa.timestamp("ns") else {}


def _marked(field: Field, missing: list[Sentinel], measured: dict[str, Any]) -> list[Any]:
    """Those values that mean "nothing" which the column has; elements of arrays are not counted."""
    if is_array(field.type):
        return [plain(v, element_type(field.type)) for v in missing]
    return [value for value, count in measured.get("marked", []) if count]
