"""The package in the page: answers become columns exactly, and astropy reads its FITS and VOTable."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from astropy.io import fits, votable
from astropy.table import Table as AstropyTable

from drportal.notebook.page import drportal
from drportal.notebook.page.drportal import _api, _astropy, _complete, _transport

from .fake_page import FakePage, column, result, text_column

HUGE = 1234567890123456789
WORDS = ["plain", None, "", "光谱 🔭"]


def answer() -> Any:
    """Four rows of every kind of column, with a NULL and a NaN."""
    with_null = [1, 0, 1, 1]
    lists = column("", "DOUBLE", np.arange(6.0), [1, 1, 1, 1, 0, 1])
    pairs = column("", "FLOAT", np.arange(8, dtype=np.float32))
    return result(
        column(
            "obsid",
            "BIGINT",
            np.array([HUGE, HUGE + 1, -(2**63), 2**63 - 1]),
            ucd="meta.id;meta.main",
            description="Identifier",
        ),
        column("z", "FLOAT", np.array([0.1, 7, np.nan, -0.0], np.float32), with_null),
        column("ra", "DOUBLE", np.array([0.1, 1e-300, 3, np.inf]), unit="deg"),
        column("n16", "SMALLINT", np.array([-(2**15), 5, 2**15 - 1, 1], np.int16), with_null),
        column("n8", "UTINYINT", np.array([0, 9, 255, 1], np.uint8), with_null),
        column("s8", "TINYINT", np.array([-128, 9, 127, 1], np.int8), with_null),
        column("u16", "USMALLINT", np.array([0, 9, 2**16 - 1, 1], np.uint16)),
        column("u32", "UINTEGER", np.array([0, 9, 2**32 - 1, 1], np.uint32), with_null),
        column("u64", "UBIGINT", np.array([0, 9, 2**64 - 1, 1], np.uint64), with_null),
        column("flag", "BOOLEAN", np.array([1, 0, 0, 1], np.uint8), with_null),
        column("day", "DATE", np.array([0, 5, 18000, -1], np.int32), with_null),
        column("time", "TIMESTAMP", np.array([0, 5, 10**15, 1], np.int64), with_null),
        text_column("class", WORDS),
        text_column("big", ["123456789012345678901.5", None, "0.1", "1"], "DECIMAL(38,18)"),
        text_column("blob", ["\x00\xff", None, "", "a"], "BLOB"),
        column("ragged", "DOUBLE[]", lists, with_null, [0, 2, 2, 5, 6]),
        column("pairs", "FLOAT[]", pairs, None, [0, 2, 4, 6, 8]),
        rows=4,
        sql="SELECT * FROM all_kinds",
    )


@pytest.fixture
def page() -> Iterator[FakePage]:
    made = FakePage(sql=answer(), table=answer())
    _transport.use(made)
    yield made
    _transport.use(None)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without astropy."""
    monkeypatch.setattr(_astropy, "is_there", lambda: False)


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


@pytest.mark.usefixtures("bare", "page")
def test_values_keep_their_types_and_nulls_are_masked() -> None:
    rows = run(drportal.sql("SELECT * FROM all_kinds"))
    assert isinstance(rows, drportal.Table)
    assert len(rows) == 4
    types = {name: rows[name].dtype.str[1:] for name in rows.colnames}
    assert types["obsid"] == "i8" and types["z"] == "f4" and types["ra"] == "f8" and types["n16"] == "i2"
    assert types["u64"] == "u8" and types["flag"] == "b1"
    assert types["day"] == "M8[D]" and types["time"] == "M8[us]"
    assert rows["obsid"].tolist() == [HUGE, HUGE + 1, -(2**63), 2**63 - 1]
    assert rows["z"].mask.tolist() == [False, True, False, False]
    assert np.isnan(rows["z"][2]), "NaN is a value"
    assert np.isnan(rows["z"].data[1]), "NULL among real numbers is NaN below the mask"
    assert np.signbit(rows["z"][3])
    assert rows["u64"].tolist() == [0, None, 2**64 - 1, 1]
    assert rows["class"].tolist() == WORDS
    assert rows["big"].tolist() == ["123456789012345678901.5", None, "0.1", "1"]
    assert rows["blob"].tolist() == [b"\x00\xff", None, b"", b"a"]
    assert str(rows["day"][2]) == "2019-04-14"
    assert rows["time"][2] == np.datetime64("2001-09-09T01:46:40")
    assert rows["ragged"].tolist()[0].tolist() == [0, 1]
    assert rows["ragged"][2].tolist() == [2, 3, None]
    assert rows["ragged"].mask.tolist() == [False, True, False, False]
    assert rows["pairs"].shape == (4, 2) and rows["pairs"].dtype == np.float32
    assert rows["ra"].unit == "deg" and rows["obsid"].description == "Identifier"
    assert rows["obsid"].ucd == "meta.id;meta.main"


@pytest.mark.usefixtures("bare", "page")
def test_rows_are_selected_with_what_columns_mean() -> None:
    rows = run(drportal.sql("SELECT"))
    some = rows[rows["z"] < 1]
    assert some["obsid"].tolist() == [HUGE, 2**63 - 1], "rows without a value do not meet a condition"
    assert some["ra"].unit == "deg"
    assert rows["ra"][1:].unit == "deg"
    assert (rows["ra"] * 2).unit is None, "the unit of a product may be another"
    assert rows[["z", "ra"]].colnames == ["z", "ra"]
    assert rows[1]["z"] is np.ma.masked
    assert rows.sorted("n16", reverse=True)["n16"].tolist() == [2**15 - 1, 1, -(2**15), None]
    rows["double"] = rows["ra"] * 2
    assert rows["double"][0] == 0.2
    with pytest.raises(drportal.Error, match="no column 'RA'; there are: obsid, z"):
        rows["RA"]
    record = rows.as_array()
    assert record["obsid"][0] == HUGE and record["z"].mask[1]
    assert record.dtype["z"] == np.float32


@pytest.mark.usefixtures("bare", "page")
def test_pandas_keeps_whole_numbers_whole() -> None:
    frame = run(drportal.sql("SELECT")).to_pandas()
    assert frame["obsid"].tolist() == [HUGE, HUGE + 1, -(2**63), 2**63 - 1]
    assert str(frame["n16"].dtype) == "Int16" and frame["n16"].isna().tolist() == [False, True, False, False]
    assert str(frame["z"].dtype) == "float32"
    assert str(frame["u64"].dtype) == "UInt64" and frame["u64"][2] == 2**64 - 1


@pytest.mark.usefixtures("page")
def test_with_astropy_tables_are_its_own() -> None:
    rows = run(drportal.sql("SELECT"))
    assert isinstance(rows, AstropyTable)
    assert rows["obsid"].dtype == np.int64 and rows["obsid"][0] == HUGE
    assert rows["z"].mask.tolist() == [False, True, False, False] and rows["z"].dtype == np.float32
    assert str(rows["ra"].unit) == "deg" and rows["obsid"].description == "Identifier"
    assert rows.meta["sql"] == "SELECT * FROM all_kinds"


@pytest.mark.usefixtures("bare", "page")
def test_fits_is_what_astropy_reads() -> None:
    rows = run(drportal.sql("SELECT"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Column 'flag' contains NULL")  # astropy has no NULL among them
        with fits.open(io.BytesIO(rows.write_fits()), checksum=True) as hdus:
            hdus.verify("exception")
            assert len(rows.write_fits()) % 2880 == 0
            ragged = hdus[1].data["ragged"]
            assert next(list(one) for one in ragged) == [0, 1]
            assert np.isnan(list(ragged)[2][2])
            assert "TNULL1" not in hdus[1].header
        read = AstropyTable.read(io.BytesIO(rows.write_fits()))
    assert read["obsid"].tolist() == [HUGE, HUGE + 1, -(2**63), 2**63 - 1]
    for name in ("n16", "n8", "s8", "u32", "u16"):
        assert read[name].tolist() == rows[name].tolist(), name
    assert np.asarray(read["u64"]).astype(str).tolist() == ["0", "", str(2**64 - 1), "1"], (
        "FITS has no such number beside NULL"
    )
    assert read["flag"].tolist() == [True, False, False, True]
    assert read["z"].dtype.kind == "f" and read["z"].dtype.itemsize == 4
    assert np.array_equal(np.isnan(np.asarray(read["z"].filled(np.nan))), [False, True, True, False])
    assert str(read["ra"].unit) == "deg" and read["ra"].tolist() == [0.1, 1e-300, 3, np.inf]
    assert np.asarray(read["class"]).astype(str).tolist() == ["plain", "", "", "\\u5149\\u8c31 \\U0001f52d"]
    assert read["day"].tolist()[2] == "2019-04-14"
    assert read["pairs"].shape == (4, 2) and read["pairs"][3].tolist() == [6, 7]
    assert read["blob"].tolist()[0] == "00ff"


@pytest.mark.usefixtures("bare", "page")
def test_votable_is_what_astropy_reads() -> None:
    rows = run(drportal.sql("SELECT"))
    data = rows.write_votable()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = votable.parse(io.BytesIO(data), verify="exception").get_first_table()
        read = table.to_table()
    assert b"<BINARY2>" in data
    assert read["obsid"].tolist() == [HUGE, HUGE + 1, -(2**63), 2**63 - 1]
    for name in ("n16", "n8", "s8", "u32", "u16", "flag"):
        assert read[name].tolist() == rows[name].tolist(), name
    assert read["u64"].tolist()[2] == str(2**64 - 1)
    assert read["z"].dtype == np.float32 and read["z"].tolist()[0] == np.float32(0.1)
    assert read["class"].tolist()[0] == "plain" and read["class"].tolist()[3] == "光谱 🔭"
    assert list(table.array["ragged"][0]) == [0, 1]
    assert read["pairs"].shape == (4, 2)
    assert str(read["ra"].unit) == "deg" and read["obsid"].meta["ucd"] == "meta.id;meta.main"
    assert read["obsid"].description == "Identifier"


@pytest.mark.usefixtures("bare", "page")
def test_votable_distinguishes_null_from_nan() -> None:
    """astropy reads both as masked, so the bytes themselves are looked at: a flag, then the number."""
    data = run(drportal.sql("SELECT"))[["z"]].write_votable()
    stream = data.split(b'<STREAM encoding="base64">')[1].split(b"</STREAM>")[0]
    read = np.frombuffer(base64.b64decode(stream), np.dtype([("flags", "u1"), ("z", ">f4")]))
    assert read["flags"].tolist() == [0, 128, 0, 0]
    assert np.isnan(read["z"][2]) and read["z"][0] == np.float32(0.1)


@pytest.mark.usefixtures("page")
def test_files_of_astropy_tables_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = drportal.write_fits(run(drportal.sql("SELECT")))
    monkeypatch.setattr(_astropy, "is_there", lambda: False)
    assert drportal.write_fits(run(drportal.sql("SELECT"))) == theirs


def test_long_descriptions_of_fits_go_on() -> None:
    text = "It's a long 'description' " * 12
    one = drportal.Column(np.arange(3), name="x", description=text.strip())
    with fits.open(io.BytesIO(drportal.Table([one]).write_fits())) as hdus:
        assert hdus[1].header["TCOMM1"] == text.strip()


def test_a_column_without_a_free_number_has_no_null_in_fits() -> None:
    values = np.arange(256, dtype=np.uint8)
    full = drportal.Column(np.append(values, values[:1]), np.append(np.zeros(256, bool), True), name="full")
    with pytest.raises(drportal.Error, match="full has all values of its type"):
        drportal.Table([full]).write_fits()
    gap = drportal.Column(
        np.append(values[values != 77], values[:1]), np.append(np.zeros(255, bool), True), name="gap"
    )
    with fits.open(io.BytesIO(drportal.Table([gap]).write_fits())) as hdus:
        assert hdus[1].header["TNULL1"] == 77


@pytest.mark.usefixtures("bare")
def test_an_empty_result_keeps_its_columns(page: FakePage) -> None:
    page.answers["sql"] = result(
        column("obsid", "BIGINT", np.zeros(0, np.int64)),
        text_column("class", []),
        column("l", "DOUBLE[]", column("", "DOUBLE", np.zeros(0)), None, [0]),
        rows=0,
    )
    rows = run(drportal.sql("SELECT"))
    assert rows.colnames == ["obsid", "class", "l"] and len(rows) == 0
    assert len(AstropyTable.read(io.BytesIO(rows.write_fits()))) == 0
    assert len(votable.parse(io.BytesIO(rows.write_votable())).get_first_table().array) == 0
    assert "0 rows" in repr(rows)


@pytest.mark.usefixtures("bare", "page")
def test_the_page_gets_first_and_last_rows() -> None:
    table = run(drportal.sql("SELECT"))
    shown = table._repr_mimebundle_()["application/vnd.drportal.table+json"]
    json.dumps(shown, allow_nan=False)
    assert shown["rows"] == 4 and shown["shown"] == [0, 1, 2, 3]
    assert shown["columns"][2] == {"name": "ra", "type": "DOUBLE", "unit": "deg", "description": None}
    assert shown["cells"][0][:3] == [str(HUGE), "0.1", "0.1"]
    assert shown["cells"][1][1] is None and shown["cells"][2][1] == "nan"
    many = drportal.Table([drportal.Column(np.arange(1000), name="n")])
    shown = many._repr_mimebundle_()["application/vnd.drportal.table+json"]
    assert shown["shown"] == [*range(10), *range(990, 1000)]
    assert "…" in repr(many) and "1,000 rows" in repr(many)


def test_questions_are_asked_in_the_page_own_words(page: FakePage) -> None:
    run(
        drportal.table(
            "lrs",
            cone=(150.1, 2.2, 60),
            columns=["obsid", "z"],
            where={"snrg": (10, None), "class": ["STAR", 'a,"b'], "obsid": np.int64(HUGE), "subclass": "K*"},
            sort=["-snrg", "z"],
            limit=np.int32(5),
        )
    )
    assert page.asked == [
        (
            "table",
            {
                "catalogue": "lrs",
                "cone": [150.1, 2.2, 60],
                "columns": ["obsid", "z"],
                "where": {
                    "snrg": "10..",
                    "class": '"STAR","a,""b"',
                    "obsid": str(HUGE),
                    "subclass": "K*",
                },
                "sort": "-snrg,z",
                "limit": 5,
            },
        )
    ]
    with pytest.raises(drportal.Error, match=r"cone must be \(ra, dec, radius\)"):
        run(drportal.table("lrs", cone=(1, 2)))  # type: ignore[arg-type]
    with pytest.raises(drportal.Error, match="snrg"):
        run(drportal.table("lrs", where={"snrg": (1, 2, 3)}))


def test_what_is_saved_and_shown(page: FakePage) -> None:
    drportal.save("a.txt", "é")
    drportal.save("b.bin", bytearray(b"\0"))
    assert page.saved == {"a.txt": "é".encode(), "b.bin": b"\0"}
    for name in ("", "..", "a/b", "a\\b"):
        with pytest.raises(drportal.Error, match="not a file name"):
            drportal.save(name, b"")
    rows = run(drportal.sql("SELECT"))
    drportal.show(rows)
    drportal.show("SELECT 2")
    assert page.shown == ["SELECT * FROM all_kinds", "SELECT 2"]
    with pytest.raises(drportal.Error, match="show takes a whole table"):
        drportal.show(rows[:2])


def test_errors_of_the_page_are_ours(page: FakePage) -> None:
    page.answers["sql"] = RuntimeError("Binder Error: no column")
    with pytest.raises(drportal.Error, match=r"^Binder Error: no column$"):
        run(drportal.sql("SELECT"))
    _transport.use(None)
    with pytest.raises(drportal.Error, match="no release is open"):
        run(drportal.sql("SELECT"))


def spectrum_answer(**about: Any) -> Any:
    arm = {
        "name": "B",
        "kind": "coadd",
        "exposure": "",
        "flux_unit": "1e-17 erg s**-1 cm**-2 Angstrom**-1",
        "wavelength_unit": "Angstrom",
        "scale": "linear",
        "vacuum": True,
        "arrays": {"flux": "0", "wavelength": "1", "ivar": "2", "sky": "3"},
        "masks": {"and_mask": "4"},
        "facts": {"snr": 3.5},
    } | about
    arrays = {
        "0": np.array([1, np.nan, 3], np.float32),
        "1": np.array([6564.614, 5008.24, 1999.0]),
        "2": np.array([1, 1, 0], np.float32),
        "3": np.zeros(3, np.float32),
        "4": np.array([0, 8, 0], np.int32),
    }
    return {
        "json": json.dumps({"id": HUGE, "set": "lrs", "facts": {"z": 0.1}, "arms": [arm]}),
        "arrays": arrays,
    }


@pytest.mark.parametrize("astropy", [True, False])
def test_spectra(page: FakePage, monkeypatch: pytest.MonkeyPatch, astropy: bool) -> None:
    monkeypatch.setattr(_astropy, "is_there", lambda: astropy)
    page.answers["spectrum"] = spectrum_answer()
    spectrum = run(drportal.spectrum(HUGE))
    assert page.asked == [("spectrum", {"id": str(HUGE), "set": None})]
    assert spectrum.id == HUGE and spectrum.facts["z"] == 0.1
    assert spectrum.flux.value.dtype == np.float32 and spectrum.flux.value[0] == 1
    assert str(spectrum.wavelength.unit) == "Angstrom"
    assert spectrum.good.tolist() == [True, False, False]
    assert spectrum.masks["and_mask"].tolist() == [0, 8, 0]
    assert spectrum["B"].facts == {"snr": 3.5} and list(spectrum["B"].arrays) == ["sky"]
    if astropy:
        assert spectrum.ivar.unit == spectrum.flux.unit**-2
    with pytest.raises(drportal.Error, match="no arm 'R'; it has: B"):
        spectrum["R"]
    air = spectrum.air()
    assert air.medium == "air" and spectrum.medium == "vacuum"
    # the vacuum and air wavelengths of H alpha and [O III], as NIST's and SDSS's line lists give them
    assert np.allclose(np.asarray(air.wavelength), [6562.80, 5006.843, 1999.0], atol=0.005)
    assert np.allclose(np.asarray(air.vacuum().wavelength), np.asarray(spectrum.wavelength), atol=1e-9)
    assert "3 pixels" in repr(air)


def test_logarithmic_wavelengths_are_computed(page: FakePage) -> None:
    page.answers["spectrum"] = spectrum_answer(scale="log10", arrays={"flux": "0", "wavelength": "2"})
    spectrum = run(drportal.spectrum("J0+1%"))
    assert np.asarray(spectrum.wavelength).tolist() == [10, 10, 1]
    assert spectrum.ivar is None and spectrum.good.tolist() == [True, False, True]


def test_release_says_how_to_cite(page: FakePage) -> None:
    page.answers["release"] = json.dumps(
        {
            "name": "DR8",
            "version": "v1.0",
            "title": "Survey DR8",
            "doi": "10.1/x",
            "citation": "Someone (2020)",
            "bibtex": "@misc{x}",
            "catalogues": [{"name": "lrs", "rows": 5, "columns": [{"name": "z", "unit": None}]}],
            "spectra": ["lrs"],
        }
    )
    facts = run(drportal.release())
    assert facts.doi == "10.1/x" and facts.catalogues["lrs"].columns["z"].unit is None
    assert facts.cite() == "Someone (2020)\n\n@misc{x}"
    assert "lrs: 5 rows" in repr(facts)


@pytest.mark.usefixtures("bare", "page")
def test_completion_of_names() -> None:
    rows = run(drportal.sql("SELECT"))
    names = {"rows": rows, "drportal": drportal, "np": np, "data": {"one": 1}}

    def labels(source: str) -> list[str]:
        found = json.loads(_complete.complete(source, len(source.encode("utf-16-le")) // 2, names))
        return [one["label"] for one in found["options"]]

    assert labels('rows["o') == ["obsid"]
    assert labels('rows[["obsid", "pa') == ["pairs"]
    assert labels('data["') == ["one"]
    assert labels("await drportal.sp") == ["spectrum"]
    assert labels("dr")[0] == "drportal"
    assert "import" in labels("im")
    assert "nonlocal" not in labels("np.non") and "nonzero" in labels("np.non")
    assert labels("1.") == [] and labels("") == []
    assert "json" in labels("import js")
    found = json.loads(_complete.complete("x = '🔭'; ro", 12, names))
    assert found["from"] == 10


def test_completion_computes_no_properties() -> None:
    class Trap:
        @property
        def deep(self) -> None:
            raise AssertionError("computed")

    assert json.loads(_complete.complete("trap.deep.x", 11, {"trap": Trap()}))["options"] == []


def test_names_of_the_package_are_documented() -> None:
    for name in drportal.__all__:
        assert getattr(drportal, name).__doc__, name
    assert _api.sql.__annotations__["statement"] == "str"
