"""A table with a column of every Arrow type that ingest accepts, with NULLs and extremes; rejected types."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 6
"""NULL, lowest, highest, zero or empty, two ordinary values; each row's own id and place."""

_DAYS = [
    dt.date(1, 1, 1),
    dt.date(9999, 12, 31),
    dt.date(1970, 1, 1),
    dt.date(2020, 2, 29),
    dt.date(2021, 5, 6),
]
_TEXTS = ["<b>&\"'", "光谱 🔭", "", "a,b;c", "last"]
_BYTES = [b"\x00\xff", b"<script>", b"", b"abc", b"\x80\x81\x82"]


def _whole(kind: pa.DataType) -> list[Any]:
    bits, signed = kind.bit_width, str(kind).startswith("i")
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return [low, high, 0, high - 1, 5]


def _reals(kind: pa.DataType) -> list[Any]:
    high = {16: 65504.0, 32: 3.4028234663852886e38, 64: 1.7976931348623157e308}[kind.bit_width]
    return [-high, high, -0.0, math.inf, 0.5]


def _decimals(kind: pa.DataType) -> list[Any]:
    unit = Decimal(1).scaleb(-kind.scale)
    high = int("9" * kind.precision)
    with_sign = [-high, high, 0, 1, high // 7 or 2]
    return [Decimal((int(n < 0), tuple(map(int, str(abs(n)))), unit.as_tuple().exponent)) for n in with_sign]


def _stamps(kind: pa.DataType) -> list[Any]:
    """Ticks with all their digits: of the years 1 and 9999, or those near the ends of the type."""
    ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
    low, high = (-62135596800, 253402300799) if ticks < 10**9 else (-9223286399, 9223286399)
    return [low * ticks, high * ticks + ticks - 1, 0, 1583020799 * ticks + ticks // 8, 1620284889 * ticks + 1]


def single_types() -> dict[str, tuple[pa.DataType, list[Any]]]:
    """By name of the column: its type, and five values."""
    found: dict[str, tuple[pa.DataType, list[Any]]] = {"bool": (pa.bool_(), [False, True, False, True, True])}
    for bits in (8, 16, 32, 64):
        for prefix in ("int", "uint"):
            kind = getattr(pa, f"{prefix}{bits}")()
            found[f"{prefix}{bits}"] = (kind, _whole(kind))
    for kind in (pa.float16(), pa.float32(), pa.float64()):
        found[f"float{kind.bit_width}"] = (kind, _reals(kind))
    for size, shapes in {
        32: [(5, 2)],
        64: [(12, 6)],
        128: [(5, 2), (9, 0), (15, 3), (18, 18), (38, 0), (38, 10), (38, 38)],
        256: [(20, 4), (38, 2)],
    }.items():
        for precision, scale in shapes:
            kind = getattr(pa, f"decimal{size}")(precision, scale)
            found[f"decimal{size}_{precision}_{scale}"] = (kind, _decimals(kind))
    found |= {"date32": (pa.date32(), _DAYS), "date64": (pa.date64(), _DAYS)}
    for unit in ("s", "ms", "us", "ns"):
        for zone in (None, "UTC", "Asia/Shanghai"):
            kind = pa.timestamp(unit, zone)
            name = f"timestamp_{unit}" + (f"_{zone[:3].lower()}" if zone else "")
            found[name] = (kind, _stamps(kind))
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        found[str(kind)] = (kind, _TEXTS)
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        found[str(kind)] = (kind, _BYTES)
    found["fixed_binary"] = (pa.binary(3), [b"\0\0\0", b"\xff\xff\xff", b"abc", b"a\0b", b"<b>"])
    found["dictionary_text"] = (pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a", "", "b"])
    found["dictionary_int"] = (pa.dictionary(pa.int32(), pa.int64()), [-(2**63), 2**63 - 1, 0, 0, 7])
    found["null"] = (pa.null(), [None] * 5)
    return found


ELEMENTS = [
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float16", "float32", "float64", "decimal128_15_3", "decimal128_38_10"),
    *("date32", "timestamp_s", "timestamp_us", "timestamp_ns_utc", "string", "large_string"),
    *("binary", "fixed_binary", "dictionary_text", "dictionary_int"),
]


def list_types() -> dict[str, tuple[pa.DataType, list[Any]]]:
    found: dict[str, tuple[pa.DataType, list[Any]]] = {}
    singles = single_types()
    for name in ELEMENTS:
        inner, values = singles[name]
        loose = [values, [], [None, values[0]], values[:1], values[3:]]
        found[f"list_{name}"] = (pa.list_(inner), loose)
        found[f"fixed_list_{name}"] = (
            pa.list_(inner, 2),
            [values[:2], values[1:3], [None, None], values[2:4], values[3:]],
        )
    found["large_list"] = (pa.large_list(pa.int64()), [[1], [], [None], [2**63 - 1], [5, 6]])
    found["list_empty"] = (pa.list_(pa.int32()), [[], [], [], [], []])
    found["list_null"] = (pa.list_(pa.null()), [[None], [], [], [], []])
    return found


REFUSED: dict[str, tuple[pa.DataType, Any]] = {
    "time_s": (pa.time32("s"), dt.time(1, 2, 3)),
    "time_us": (pa.time64("us"), dt.time(1, 2, 3)),
    "elapsed": (pa.duration("us"), dt.timedelta(seconds=1)),
    "wide_decimal": (pa.decimal256(60, 2), Decimal("1.25")),
    "structure": (pa.struct([("a", pa.int32())]), {"a": 1}),
    "mapping": (pa.map_(pa.string(), pa.int32()), [("a", 1)]),
    "nested": (pa.list_(pa.list_(pa.int32())), [[1]]),
    "list_of_structures": (pa.list_(pa.struct([("a", pa.int32())])), [{"a": 1}]),
    "list_of_none": (pa.list_(pa.int32(), 0), []),
    "list_of_times": (pa.list_(pa.time32("s")), [dt.time(1, 2, 3)]),
    "tensor": (pa.fixed_shape_tensor(pa.int32(), [2, 2]), [1, 2, 3, 4]),
    "list_of_identifiers": (pa.list_(pa.uuid()), [b"0123456789abcdef"]),
}


def every_type() -> pa.Table:
    columns = {
        "gaia_id": pa.array([2**63 - 1, 2**63, 2**64 - 1, 2**53 + 1, 7, 8], pa.uint64()),
        "ra": pa.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0]),
        "dec": pa.array([-50.0, -30.0, -10.0, 10.0, 30.0, 50.0]),
    }
    for name, (kind, values) in (single_types() | list_types()).items():
        columns[f"c_{name}"] = pa.array([None, *values], kind)
    return pa.table(columns)


def later(table: pa.Table) -> pa.Table:
    """The next release: the last row has the values of the second, the first is gone, one is new."""
    last, new = table.slice(1, 1), table.slice(4, 1)
    own = {"gaia_id": 8, "ra": 60.0, "dec": 50.0}
    fresh = {"gaia_id": 2**64 - 2, "ra": 70.0, "dec": 60.0}
    for name in own:
        i = table.schema.get_field_index(name)
        kind = table.schema.field(i).type
        last = last.set_column(i, name, pa.array([own[name]], kind))
        new = new.set_column(i, name, pa.array([fresh[name]], kind))
    return pa.concat_tables([table.slice(1, 4), last, new])


def write(table: pa.Table, file: Path) -> Path:
    pq.write_table(table, file)
    return file


def refused_column(name: str) -> pa.Array:
    kind, value = REFUSED[name]
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, pa.array([value], kind.storage_type))
    if pa.types.is_list(kind) and isinstance(kind.value_type, pa.BaseExtensionType):
        plain = pa.array(value, kind.value_type.storage_type)
        return pa.ListArray.from_arrays([0, 1], pa.ExtensionArray.from_storage(kind.value_type, plain))
    return pa.array([value], kind)
