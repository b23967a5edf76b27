"""Indexes of ids: contents, choice of columns, and look-ups in both browsers."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ..browser import node
from ..ingest_fixtures import described, ingest, refused, values

LOOK_UP = Path(__file__).parents[1] / "browser" / "id-lookup.mjs"
ROWS = 60_000
TEXTS = [
    "",
    "it's",
    'a "b"',
    "🔭",
    "\uffee",
    "mid\ufeffdle",
    "光谱",
    "a,b",
    "*",
    "%",
    "line\nbreak",
    "<script>",
    "é",
    "~",
]
NUMBERS = [2**63 - 1, -(2**63), 2**53 + 1, 2**53 + 2, 0, -1, 1, -9998, -10000]


def odd_ids() -> pa.Table:
    """Difficult ids, scattered among plain ones: each is in at least two distant rows."""
    rng, rows = np.random.default_rng(5), ROWS
    numbers = rng.integers(-(2**62), 2**62, rows)
    numbers[: 2 * len(NUMBERS)] = NUMBERS * 2
    numbers[rows // 2 :: 100] = -9999
    texts = [f"J{i:05}" for i in rng.integers(0, rows, rows)]
    texts[: 2 * len(TEXTS)] = TEXTS * 2
    unsigned = rng.integers(0, 2**64 - 1, rows, dtype=np.uint64)
    unsigned[:2] = [2**64 - 1, 2**63]
    order = rng.permutation(rows)
    near = np.arange(rows) % 2 == 0  # together in a file of several tiles
    columns: dict[str, Any] = {
        "obsid": pa.array(np.arange(rows) * 7 + 2**60),
        "ra": np.where(near, rng.uniform(50, 80, rows), rng.uniform(0, 360, rows)),
        "dec": np.where(near, rng.uniform(10, 40, rows), np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))),
        "source_id": pa.array(numbers, mask=np.arange(rows) % 50 == 49).take(order),
        "uid": pa.array([None if i % 50 == 49 else t for i, t in enumerate(texts)]).take(order),
        "wide id": pa.array(unsigned),
        "small": pa.array((np.arange(rows) % 300).astype(np.int16)),
        "class": pa.array(["STAR", "QSO"] * (rows // 2)),
    }
    return pa.table(columns)


SETTINGS: dict[str, Any] = {
    "missing": {"source_id": [-9999], "uid": ["~"]},
    "roles": {"id": "obsid"},
    "index": ["obsid", "source_id", "uid", "wide id", "small"],
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of odd ids, as data/t below a release's folder."""
    folder = tmp_path_factory.mktemp("odd")
    pq.write_table(odd_ids(), folder / "a.parquet")
    (folder / "data").mkdir()
    return ingest(folder, "a.parquet", out="data/t", **SETTINGS)


def entries(out: Path, column: str) -> list[tuple[Any, int]]:
    """All ids and tiles of an index, in the order of its files."""
    about = next(i for i in described(out)["ids"] if i["column"] == column)
    found: list[tuple[Any, int]] = []
    for file in about["files"]:
        table = pq.read_table(out / file["path"], partitioning=None)
        ids, tiles = table.column("id").to_pylist(), table.column("tile").to_pylist()
        assert [str(ids[0]), str(ids[-1])] == [str(file["first"]), str(file["last"])]
        assert (out / file["path"]).stat().st_size == file["size"]
        meta = pq.read_metadata(out / file["path"])
        last = meta.row_group(meta.num_row_groups - 1)
        ends = [last.column(c).data_page_offset + last.column(c).total_compressed_size for c in range(2)]
        assert file["footer"] == max(ends)
        found += zip(ids, tiles, strict=True)
    assert about["rows"] == len(found)
    return found


def truth(out: Path, column: str, missing: list[Any]) -> list[tuple[Any, int]]:
    """Every id with each tile that contains it, from the catalogue itself; texts ordered by bytes."""
    found = set()
    tile = 0
    for partition in described(out)["partitions"]:
        with pq.ParquetFile(out / partition["path"]) as file:
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=[column]).column(0).to_pylist()
                found |= {(v, tile) for v in ids if v is not None and v not in missing}
                tile += 1
    assert tile > 3
    return sorted(found, key=lambda e: (e[0].encode() if isinstance(e[0], str) else e[0], e[1]))


@pytest.mark.parametrize("column", SETTINGS["index"])
def test_every_row_is_found_and_none_is_made_up(odd: Path, column: str) -> None:
    found = entries(odd, column)
    assert found == truth(odd, column, SETTINGS["missing"].get(column, []))
    if column == "source_id":
        assert {v for v, _ in found} >= set(NUMBERS)
    if column == "uid":
        assert {v for v, _ in found} >= set(TEXTS) - {"~"}


def test_objects_observed_more_than_once(odd: Path) -> None:
    """An object is what has one `uid`; its missing value and NULL are no object."""
    table = odd_ids()
    uids = table.column("uid").to_pylist()
    count = Counter(one for one in uids if one not in (None, "~"))
    rows = zip(table.column("obsid").to_pylist(), uids, strict=True)
    expected = sorted(obsid for obsid, uid in rows if count[uid] > 1)
    about = described(odd)["repeated"]
    found = pq.read_table(odd / about["path"]).column("id").to_pylist()
    assert found == expected
    assert about["rows"] == len(expected)
    assert about["objects"] == ["uid"]
    assert (odd / about["path"]).stat().st_size == about["size"] < 3 * len(expected)


def test_pages_are_small_and_listed_in_footers(odd: Path) -> None:
    for about in described(odd)["ids"]:
        for file in about["files"]:
            meta = pq.read_metadata(odd / file["path"])
            for group in (meta.row_group(g) for g in range(meta.num_row_groups)):
                assert group.num_rows <= 8192
                assert group.total_byte_size < 120_000
                assert group.column(0).compression == "UNCOMPRESSED"
                assert group.column(0).statistics.has_min_max


def test_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drportal.ingest.write.ids.PAGE_ROWS", 100)
    monkeypatch.setattr("drportal.ingest.write.ids.FILE_PAGES", 3)
    rows = 12_000
    table = pa.table(
        {"obsid": np.arange(rows)[::-1] // 2, "ra": np.linspace(0, 359, rows), "dec": np.zeros(rows)}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    out = ingest(tmp_path, "a.parquet")
    assert entries(out, "obsid") == truth(out, "obsid", [])
    files = described(out)["ids"][0]["files"]
    assert 5 < len(files) < 15  # about as many files as pages in a file
    assert [f["path"] for f in files[:2]] == ["ids/obsid/0000.parquet", "ids/obsid/0001.parquet"]


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_numpy_and_duckdb_sort_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[np.integer[Any]]
) -> None:
    """Few rows of numbers are sorted by one, many by the other; ids recur in several tiles."""
    random, rows = np.random.default_rng(3), 50_000
    ids = random.choice(np.array([2**63 - 1, 2**53 + 1, 0, *random.integers(0, 2**62, 20_000)], kind), rows)
    dec = random.uniform(-90, 90, rows)
    pq.write_table(
        pa.table({"obsid": ids, "ra": random.uniform(0, 360, rows), "dec": dec}), tmp_path / "a.parquet"
    )
    files = []
    for most in (rows, 0):
        monkeypatch.setattr("drportal.ingest.write.ids.SORTED_HERE", most)
        out = ingest(tmp_path, "a.parquet", out=f"out-{most}", roles={"id": "obsid"})
        files.append([file.read_bytes() for file in sorted((out / "ids").rglob("*.parquet"))])
    assert files[0] == files[1] != []
    assert entries(out, "obsid") == truth(out, "obsid", [])


def test_ids_are_found_by_role_ucd_and_name(tmp_path: Path) -> None:
    rows = 2000
    unique, few = np.arange(rows), np.arange(rows) % 150
    table = pa.table(
        {
            "obsid": unique,
            "ra": np.linspace(0, 359, rows),
            "dec": np.zeros(rows),
            "designation": ["same"] * rows,
            "gaia_source_id": unique.astype(str),
            "gp_id": few,
            "uid": unique.astype(float),
            "planid": unique,
            "nothing_source_id": pa.nulls(rows, pa.int64()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")

    def chosen(**settings: Any) -> list[str]:
        out = ingest(tmp_path, "a.parquet", out=f"out{len(list(tmp_path.iterdir()))}", **settings)
        return [i["column"] for i in described(out)["ids"]]

    assert chosen() == ["obsid", "designation", "gaia_source_id"]
    assert chosen(index=["planid", "gp_id"]) == ["gp_id", "planid"]
    assert chosen(index=[]) == []


def test_a_column_named_for_an_index_must_exist_and_contain_ids(tmp_path: Path) -> None:
    pq.write_table(pa.table({"obsid": [1], "ra": [1.0], "dec": [1.0]}), tmp_path / "a.parquet")
    said = refused(tmp_path, "a.parquet", index=["obsidd", "ra"])
    assert "catalogues[t].index: no column 'obsidd'; did you mean obsid?" in said
    assert "'ra' is of type double; name columns of whole numbers or text" in said


def test_no_rows_and_no_positions(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("obsid,ra,dec\n")
    assert described(ingest(tmp_path, "a.csv"))["ids"] == []
    (tmp_path / "b.csv").write_text("name,obsid\n" + "".join(f"n{i},{-i}\n" for i in range(5000)))
    out = ingest(tmp_path, "b.csv", out="b", positions="none", index=["name", "obsid"])
    assert described(out)["position"] is None
    for column in ("name", "obsid"):
        assert [v for v, _ in entries(out, column)] == sorted(values(out, column))


def cases(out: Path) -> list[dict[str, Any]]:
    """Look-ups and their true answers, by DuckDB on the Parquet files."""
    files = [str(out / p["path"]) for p in described(out)["partitions"]]
    columns = ["obsid", "source_id", "uid", "wide id", "ra"]
    found: list[dict[str, Any]] = []

    def integer(value: int) -> dict[str, str]:
        return {"int": str(value)}

    def add(name: str, where: list[dict[str, Any]], condition: str, **more: Any) -> None:
        select = ", ".join(f'"{c}"' for c in columns)
        source = f"read_parquet({files!r}, hive_partitioning = false)"
        answer = duckdb.sql(f"SELECT {select} FROM {source} WHERE {condition} ORDER BY ALL").fetchall()
        rows = [["" if v is None else str(v) for v in row] for row in answer]
        found.append(
            {"name": name, "where": where, "condition": condition, "columns": columns, "rows": rows, **more}
        )

    def texts(values: list[str]) -> str:
        return "uid IN (" + ", ".join("'" + v.replace("'", "''") + "'" for v in values) + ")"

    one = 2**60 + 7 * 31
    add(
        "one id",
        [{"column": "obsid", "values": [integer(one)]}],
        f"obsid = {one}",
        tiles=1,
        most=300_000,
    )
    for value in NUMBERS:
        add(
            f"source_id {value}",
            [{"column": "source_id", "values": [integer(value)]}],
            f"source_id = {value}",
        )
    for value in TEXTS:
        add(f"uid {value!r}", [{"column": "uid", "values": [value]}], texts([value]))
    add("all odd texts", [{"column": "uid", "values": TEXTS[:-1]}], texts(TEXTS[:-1]))
    unsigned = [2**64 - 1, 2**63]
    add(
        "beyond int64",
        [{"column": "wide id", "values": [integer(v) for v in unsigned]}],
        f'"wide id" IN ({unsigned[0]}, {unsigned[1]})',
    )
    add(
        "the missing value itself", [{"column": "source_id", "values": [integer(-9999)]}], "source_id = -9999"
    )
    add(
        "no such number",
        [{"column": "obsid", "values": [integer(2**60 + 1)]}],
        f"obsid = {2**60 + 1}",
        tiles=0,
    )
    add("far beyond", [{"column": "obsid", "values": [integer(-5)]}], "obsid = -5", tiles=0)
    add("no such text", [{"column": "uid", "values": ["🔭🔭"]}], texts(["🔭🔭"]), tiles=0)
    low, high = 2**60 + 70, 2**60 + 700
    add(
        "a range",
        [{"column": "obsid", "low": integer(low), "high": integer(high)}],
        f"obsid BETWEEN {low} AND {high}",
    )
    some = [2**60 + 7 * i for i in range(0, ROWS, 40)]
    listed = ", ".join(map(str, some))
    add("a list", [{"column": "obsid", "values": [integer(v) for v in some]}], f"obsid IN ({listed})")
    region = {"type": "box", "ra_min": 0, "ra_max": 180, "dec_min": 0, "dec_max": 90}
    add(
        "a list in a region",
        [{"column": "obsid", "values": [integer(v) for v in some[:50]]}],
        f"obsid IN ({', '.join(map(str, some[:50]))}) AND ra <= 180 AND dec >= 0",
        region=region,
    )
    add(
        "two columns",
        [
            {"column": "obsid", "values": [integer(v) for v in some]},
            {"column": "uid", "values": ["J00007", "J00012"]},
        ],
        f"obsid IN ({listed}) AND uid IN ('J00007', 'J00012')",
    )
    return found


@pytest.mark.browser
@pytest.mark.parametrize("which", ["chrome", pytest.param("firefox", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_look_up(odd: Path, tmp_path: Path, which: str) -> None:
    assert any(p["by_columns"] for p in described(odd)["partitions"])
    expected = tmp_path / "cases.json"
    expected.write_text(json.dumps(cases(odd)), encoding="utf-8")
    command = [node(), str(LOOK_UP), str(odd.parents[1]), "t", str(expected), which]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
