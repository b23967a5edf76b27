"""ECSV is read some rows at a time, each row as written, including texts of several lines."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from drportal.ingest.readers import read_ecsv
from drportal.ingest.readers.source import Source

from .test_text_tables import contents, lines, opened, plain, refused

TEXTS = ["x\ny  z\n#q", "w", 'a "b" c', "", '"\n"', "# no comment", "\ue000\n\ue001", "1,2 3"]


def written(table: Table, delimiter: str = " ") -> str:
    out = io.StringIO()
    table.write(out, format="ascii.ecsv", delimiter=delimiter)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [" ", ","])
@pytest.mark.parametrize(("start", "end"), [("", "\n"), ("", "\r\n"), ("\ufeff", "\n")])
def test_texts_of_several_lines_stay_whole(tmp_path: Path, delimiter: str, start: str, end: str) -> None:
    n = np.arange(len(TEXTS))
    table = Table({"n": n, "s": TEXTS, "m": n / 4}, units={"m": "mag"})
    table["t"] = MaskedColumn(TEXTS, mask=[n == 1 for n in range(len(TEXTS))], description="texts")
    source = opened(tmp_path, start + written(table, delimiter).replace("\n", end))
    found = contents(source)
    assert found["n"] == list(range(len(TEXTS))) and source.rows == len(TEXTS)
    assert [v or "" for v in found["s"]] == TEXTS
    assert [v or "" for v in found["t"]] == ["" if n == 1 else t for n, t in enumerate(TEXTS)]
    assert (source.fields[2].unit, source.fields[3].description) == ("mag", "texts")


def everything(rows: int) -> Table:
    """Columns of all kinds that ECSV has; some of their parts are empty throughout."""
    n = np.arange(rows)
    table = Table({"n": n, "f": (n / 8).astype(np.float32), "b": n % 2 == 0, "v": np.stack([n, -n], axis=1)})
    table["i"] = MaskedColumn(n, mask=n < 5)
    table["s"] = MaskedColumn([f"s {i}" for i in n], mask=n < 5)
    table["c"] = n * (1 + 2j)
    lists, objects = np.empty(rows, object), np.empty(rows, object)
    for i in n:
        lists[i] = np.arange(i % 3, dtype=float)
        objects[i] = [] if i < 5 else [1, 2]
    table["w"], table["o"] = lists, objects
    when = Time(50_000.0 + n, format="mjd")
    when[n > 6] = np.ma.masked
    table["when"], table["sky"] = when, SkyCoord(n, n / 2, unit="deg")
    return table


@pytest.mark.parametrize("some", [1, 4, 100])
def test_parts_join_without_a_seam(tmp_path: Path, monkeypatch, some: int) -> None:
    monkeypatch.setattr(read_ecsv, "BATCH", some)
    table = everything(11)
    source = opened(tmp_path, written(table))
    found = contents(source)
    assert sum(1 for _ in source.batches()) == max(-(-11 // some), 1)
    assert list(found) == ["n", "f", "b", "v", "i", "s", "c", "w", "o", "when", "sky.ra", "sky.dec"]
    for name in ("n", "f", "b", "i", "s"):
        assert found[name] == [plain(v) for v in table[name]], name
    for name in ("v", "w", "o"):
        assert found[name] == [list(v) for v in table[name]], name
    assert found["c"] == [[v.real, v.imag] for v in table["c"]]
    assert found["when"] == [50_000.0 + i if i <= 6 else None for i in range(11)]
    assert found["sky.dec"] == [i / 2 for i in range(11)]


def test_only_some_rows_are_in_memory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(read_ecsv, "BATCH", 100)
    seen: list[int] = []
    table = read_ecsv._Rows._table
    monkeypatch.setattr(
        read_ecsv._Rows,
        "_table",
        lambda self, head, rows: (seen.append(len(rows)), table(self, head, rows))[1],
    )
    assert contents(opened(tmp_path, written(Table({"n": np.arange(1000)}))))["n"] == list(range(1000))
    assert max(seen) == 100 and sum(seen) == 1000 + 100  # the first part also says what the columns are


def test_what_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch) -> None:
    good = written(Table({"a": [1, 2], "s": ["b", "c"]}))
    assert "line 10: opens a quote that is never closed" in refused(tmp_path, good + '3 "abc\n4 d\n')
    assert "is not readable as ECSV" in refused(tmp_path, good + "x abc\n")
    monkeypatch.setattr(read_ecsv, "BATCH", 1)
    assert "lines 11 to 11: is not readable as ECSV" in refused(tmp_path, f"{good}4 d\n5 e f\n")
    one, other = np.empty(2, object), np.empty(2, object)
    one[:], other[:] = [[1], ["a"]], [None, {"a": 1}]
    said = refused(tmp_path, written(Table({"o": one})))
    assert "column o: is list<item: int64> in some rows, string in others" in said
    assert "column o: contains compound objects" in refused(tmp_path, written(Table({"o": other})))


def test_quotes_within_a_value_begin_no_text(tmp_path: Path) -> None:
    good = written(Table({"a": [1, 2], "s": ["b", "c"]}))
    source: Source = opened(tmp_path, good + '4 5"\n5 6"\n')
    assert contents(source) == {"a": [1, 2, 4, 5], "s": ["b", "c", '5"', '6"']} and not lines(source)
