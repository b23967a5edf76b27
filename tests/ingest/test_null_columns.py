"""Logical columns of FITS as they are met, and columns in which every value turns out to be NULL."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.io.votable import from_table, writeto
from astropy.table import MaskedColumn, Table

from drportal.ingest.readers.read_fits import open_fits
from drportal.ingest.readers.source import BATCH
from drportal.problems import InputError

from ..commands import drportal
from ..ingest_fixtures import ingest, release_in

RELEASE = 'name = "DR1"\npublished = "2020-05"\n\n[[catalogues]]\nname = "stars"\nsource = "{source}"\n'


def table(folder: Path, form: str, cells: list[bytes], dim: str = "") -> Path:
    """A table with one logical column whose bytes are those given, and a column before and after it."""
    rows, width = len(cells), max(map(len, cells))
    jagged = form[0] in "PQ"
    if jagged:
        array: Any = np.empty(rows, object)
        array[:] = [np.frombuffer(c, np.uint8) for c in cells]
        kind = form[0] + "B()"
    else:
        array = np.frombuffer(b"".join(cells), np.uint8).reshape(rows, width)
        kind = f"{width}B"
    columns = [
        fits.Column("a", "J", array=np.arange(rows)),
        fits.Column("good", kind, array=array, dim=dim or None),
        fits.Column("z", "D", array=np.arange(rows) / 2),
    ]
    file = folder / "a.fits"
    fits.BinTableHDU.from_columns(columns, name="T").writeto(file, overwrite=True)
    fits.setval(file, "TFORM2", value=form if not jagged else f"{form[0]}L({width})", ext=1)
    return file


def contents(file: Path) -> tuple[list[Any], list[str]]:
    source = open_fits(file, file, None)
    found = [v for b in source.batches() for v in b.column("good").to_pylist()]
    again = [v for b in source.batches() for v in b.column("z").to_pylist()]
    assert again == [i / 2 for i in range(len(again))]
    assert source.notes is not None
    return found, source.notes.lines


@pytest.mark.parametrize("form", ["PL", "QL"])
def test_arrays_of_varying_length(tmp_path: Path, form: str) -> None:
    file = table(tmp_path, form, [b"\1\0\1", b"\1", b"", b"\0\0"])
    found, lines = contents(file)
    assert found == [[True, False, True], [True], [], [False, False]]
    with pytest.warns(UserWarning, match="older astropy"), fits.open(file) as hdus:
        assert [list(map(bool, v)) for v in hdus[1].data["good"]] == found
    assert len(lines) == 1
    assert "column good: stores its logical values as bytes 1 and 0" in lines[0]
    assert contents(table(tmp_path, form, [b"TF\0", b"T"])) == ([[True, False, None], [True]], [])


@pytest.mark.parametrize(
    ("form", "cells", "expected", "reported"),
    [
        ("L", [b"T", b"F", b"\0"], [True, False, None], 0),
        ("L", [b"\1", b"\0", b"\1"], [True, False, True], 1),
        ("L", [b"\1", b"\1"], [True, True], 1),
        ("L", [b"F", b"F"], [False, False], 0),
        ("L", [b"\0", b"\0"], [None, None], 0),
        ("2L", [b"T\0", b"\0F"], [[True, None], [None, False]], 0),
        ("2L", [b"\1\0", b"\0\0"], [[True, False], [False, False]], 1),
    ],
)
def test_of_fixed_width(
    tmp_path: Path, form: str, cells: list[bytes], expected: list[Any], reported: int
) -> None:
    found, lines = contents(table(tmp_path, form, cells))
    assert found == expected
    assert len(lines) == reported


def test_other_bytes_are_refused_with_their_place(tmp_path: Path) -> None:
    for form, cells, what in [
        ("L", [b"T", b"F", b"Y"], "extension T, column good, row 3: contains the byte 0x59"),
        ("L", [b"t", b"T"], "column good, row 1: contains the byte 0x74"),
        ("2L", [b"TF", b"F "], "column good, row 2: contains the byte 0x20"),
        ("PL", [b"\1\0", b"", b"\1\2"], "column good, row 3: contains the byte 0x02"),
        ("PL", [b"T", b"", b"F", b"\0\1"], "column good, row 4: mixes logical values"),
        ("L", [b"\1", b"\0", b"F"], "column good, row 3: mixes logical values"),
    ]:
        with pytest.raises(InputError, match=what):
            contents(table(tmp_path, form, cells))


def test_the_whole_column_decides(tmp_path: Path) -> None:
    """What the byte 0 means in the first row may be known by the last alone."""
    cells = [b"\0"] * (BATCH + 5)
    found, _ = contents(table(tmp_path, "L", [*cells, b"\1"]))
    assert found == [False] * (BATCH + 5) + [True]
    with pytest.raises(InputError, match=f"row {BATCH + 7}: contains the byte 0x78"):
        contents(table(tmp_path, "L", [*cells, b"\1", b"x"]))


def lines_of(folder: Path, source: str) -> list[str]:
    """What a build reports of a source."""
    from drportal.ingest import ingest_catalogue

    spec, release = release_in(folder, source=source, positions="none")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        notes = ingest_catalogue(spec, release, Path(out), progress=lambda *_: None)
        return [str(problem) for problem in notes]


def test_a_column_that_turned_null_is_reported(tmp_path: Path) -> None:
    table(tmp_path, "L", [b"\0"] * 3)
    (line,) = lines_of(tmp_path, "a.fits")
    assert "a.fits: column good: is NULL in all 3 rows, though the file declares no missing value" in line
    table(tmp_path, "PL", [b"\0\0", b"\0"])
    (line,) = lines_of(tmp_path, "a.fits")
    assert "column good: is NULL in all 2 rows" in line
    table(tmp_path, "L", [b"\0", b"T"])
    assert lines_of(tmp_path, "a.fits") == []


def test_columns_without_a_value_in_every_format(tmp_path: Path) -> None:
    made = Table({"id": [1, 2], "f": [np.nan, np.nan], "n": MaskedColumn([1, 2], mask=[True, True])})
    made["v"] = MaskedColumn([[1, 2], [3, 4]], mask=True)
    made["some"] = [1.0, np.nan]
    writeto(from_table(made["id", "f", "n", "some"]), str(tmp_path / "a.xml"))
    made["id", "f", "n", "some"].write(tmp_path / "b.fits")
    made["id", "f", "n", "some"].write(tmp_path / "c.ecsv")
    pq.write_table(
        pa.table(
            {"id": [1, 2], "f": pa.nulls(2, pa.float64()), "n": pa.array([[None], None], pa.list_(pa.int8()))}
        ),
        tmp_path / "d.parquet",
    )
    (tmp_path / "e.csv").write_text("id,f,n,some\n1,,--,x\n2,,,\n")
    expected = {
        "a.xml": ["f (empty cells)", "n ("],
        "b.fits": ["f (NaN)", "n (TNULL 999999)"],
        "c.ecsv": ["f (empty fields)", "n (empty fields)"],
        "d.parquet": ["f (NULL)", "n (NULL)"],
        "e.csv": ["f (empty fields)", "n (empty fields or words such as NULL and --)"],
    }
    for source, parts in expected.items():
        (line,) = lines_of(tmp_path, source)
        assert "no value in any of 2 rows" in line, source
        assert all(part in line for part in parts), line
        assert "some" not in line
    (tmp_path / "f.csv").write_text("id,f\n")
    assert lines_of(tmp_path, "f.csv") == []


def test_a_value_in_the_last_file_is_enough(tmp_path: Path) -> None:
    (tmp_path / "p1.csv").write_text("id,f,n\n1,,\n")
    (tmp_path / "p2.csv").write_text("id,f,n\n2,7,\n")
    (line,) = lines_of(tmp_path, "p*.csv")
    assert "p1.csv and 1 more: column n (" in line


def test_check_and_build_report_it_every_time(tmp_path: Path) -> None:
    """A build that takes its data from the cache says it too."""
    folder = tmp_path / "p" / "releases" / "dr1"
    folder.mkdir(parents=True)
    (tmp_path / "p" / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    (folder / "release.toml").write_text(RELEASE.format(source="a.fits") + 'positions = "none"\n')
    table(folder, "PL", [b"\1\0\1", b"\1"])

    def said(command: str) -> str:
        done = drportal(command, "--portal", tmp_path / "p", check=True)
        return done.stdout + done.stderr

    for command in ["check", "build", "build"]:
        assert said(command).count("stores its logical values as bytes 1 and 0") == 1, command


def test_nothing_is_said_of_sound_columns(tmp_path: Path) -> None:
    table(tmp_path, "L", [b"T", b"F"])
    assert lines_of(tmp_path, "a.fits") == []
    ingest(tmp_path, "a.fits", positions="none")
