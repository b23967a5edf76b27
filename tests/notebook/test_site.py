"""`import drportal` in plain Python: the same questions, answered from the files of a site."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits, votable
from astropy.table import Table

import drportal
from drportal.notebook import shim, site
from drportal.notebook.files import Files
from drportal.notebook.page.drportal import __all__ as exported
from drportal.notebook.page.drportal import _transport

from ..conftest import Made, serving
from ..spectral_portal import Spectral


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    _transport.use(None)


@pytest.fixture(params=["folder", "address"])
def release(request: pytest.FixtureRequest, made: Made) -> str:
    """The moved release, from disk and over HTTP."""
    return str(made.moved) if request.param == "folder" else str(request.getfixturevalue("served"))


def source_rows(made: Made) -> Table:
    """The rows of `sim` as the survey wrote them, in the order of their ids."""
    rows = Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")
    rows.sort("obsid")
    return rows


def test_rows_are_those_of_the_source(made: Made, release: str) -> None:
    drportal.open(release)
    rows = run(drportal.sql("SELECT obsid, ra, z, class FROM sim ORDER BY obsid;"))
    source = source_rows(made)
    assert rows["obsid"].dtype == np.int64 and rows["obsid"].tolist() == source["obsid"].tolist()
    assert np.array_equal(rows["ra"], source["ra"]) and str(rows["ra"].unit) == "deg"
    z = np.asarray(source["z"]).astype(source["z"].dtype.newbyteorder("="))
    assert rows["z"].dtype == z.dtype
    assert np.array_equal(np.ma.getmaskarray(rows["z"]), np.isin(z, [-9999, -999]) | np.isnan(z))
    assert rows["class"].tolist() == [str(one).strip() for one in source["class"]]
    raw = run(drportal.sql("SELECT count(*) AS n FROM sim_raw WHERE z IN (-9999, -999)"))
    assert raw["n"][0] == np.isin(z, [-9999, -999]).sum() > 0


def test_averages_are_those_of_numpy(made: Made) -> None:
    drportal.open(str(made.moved))
    rows = run(
        drportal.sql("SELECT class, avg(z) AS mean, count(z) AS n FROM sim GROUP BY class ORDER BY class")
    )
    source = source_rows(made)
    names = np.char.strip(np.asarray(source["class"]).astype(str))
    z = np.asarray(source["z"], float)
    good = ~np.isin(z, [-9999, -999]) & np.isfinite(z)
    for name, mean, count in zip(rows["class"], rows["mean"], rows["n"], strict=True):
        chosen = z[good & (names == name)]
        assert count == len(chosen)
        if count:
            assert np.isclose(mean, chosen.mean(), rtol=1e-12)


def test_searches_are_those_of_the_page(made: Made, release: str) -> None:
    drportal.open(release)
    source = source_rows(made)
    places = SkyCoord(source["ra"], source["dec"], unit="deg")
    centre = places[100]
    apart = places.separation(centre).arcsec
    wanted = (apart <= 1800) & (np.asarray(source["snrg"]) >= 10)
    rows = run(
        drportal.table(
            "sim",
            cone=(centre.ra.deg, centre.dec.deg, 1800 * u.arcsec),
            columns=["obsid", "snrg"],
            where={"SNRG": (10, None)},
        )
    )
    assert rows.colnames == ["separation", "obsid", "snrg"]
    assert rows["separation"].unit == u.arcsec and np.all(np.diff(rows["separation"]) >= 0)
    assert sorted(rows["obsid"].tolist()) == sorted(source["obsid"][wanted].tolist())
    assert wanted.sum() > 1
    three = source["obsid"][[3, 5, 7]].tolist()
    rows = run(drportal.table("sim", columns="obsid", where={"obsid": three}, sort="-obsid"))
    assert rows["obsid"].tolist() == three[::-1]
    rows = run(drportal.table("sim", columns=["*"], where={"subclass": "K*", "class": "STAR"}, limit=7))
    assert len(rows) == 7 and all(one.startswith("K") for one in rows["subclass"])
    assert len(rows.colnames) == len(source.colnames)
    typical = run(drportal.table("sim", limit=1))
    assert "obsid" in typical.colnames and len(typical.colnames) <= len(source.colnames)


CONDITIONS = {
    "5..6": lambda v: (v >= 5) & (v <= 6),
    ">5..<6": lambda v: (v > 5) & (v < 6),
    "..5": lambda v: v <= 5,
    "1e1..": lambda v: v >= 10,
    "..5,10..": lambda v: (v <= 5) | (v >= 10),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_ranges(made: Made, text: str) -> None:
    drportal.open(str(made.moved))
    rows = run(drportal.sql("SELECT obsid, snrg FROM sim WHERE snrg IS NOT NULL"))
    expected = set(np.asarray(rows["obsid"])[CONDITIONS[text](np.asarray(rows["snrg"], np.float32))].tolist())
    found = run(drportal.table("sim", columns=["obsid"], where={"snrg": text}))
    assert set(found["obsid"].tolist()) == expected != set()


def test_odd_values_arrive_whole(made: Made, release: str) -> None:
    drportal.open(release)
    rows = run(drportal.sql('SELECT * FROM odd ORDER BY "order"'))
    assert rows["Id"].tolist()[:3] == [2**63 - 1, 2**53 + 1, 2**53 + 2]
    words = rows["Wörter"].tolist()
    assert "emoji 🔭 光谱" in words and "line\nbreak" in words and "" in words
    assert np.ma.getmaskarray(rows["select"])[0] and np.isinf(rows["select"][1])
    assert rows["flag"].dtype == bool
    found = run(drportal.table("odd", columns=["Id"], where={"Wörter": ["a,b;c|d", "__proto__"]}))
    assert len(found) == 2
    found = run(drportal.table("odd", columns=["Id"], where={"Id": 2**53 + 1}))
    assert found["Id"].tolist() == [2**53 + 1]
    back = votable.parse(io.BytesIO(drportal.write_votable(rows))).get_first_table()
    back = back.to_table(use_names_over_ids=True)
    assert back["Id"].tolist() == rows["Id"].tolist() and back["Wörter"].tolist() == words
    read = Table.read(io.BytesIO(drportal.write_fits(rows)))
    assert read["Id"].tolist() == rows["Id"].tolist()


def test_types_that_numpy_lacks_are_text(made: Made) -> None:
    drportal.open(str(made.moved))
    rows = run(
        drportal.sql(
            "SELECT 1.50::DECIMAL(20,2) AS d, 2::HUGEINT AS h, {'a': 1} AS s, [1.5::DECIMAL(4,1)] AS l, "
            "NULL AS n, TIMESTAMPTZ '2020-01-01 00:00:00+00' AS z, [[1, 2], [3]] AS deep, INTERVAL 1 DAY AS i"
        )
    )
    assert rows["d"][0] == "1.50" and rows["h"][0] == "2" and rows["s"][0] == "{'a': 1}"
    assert list(rows["l"][0]) == ["1.5"] and np.ma.getmaskarray(rows["n"])[0]
    assert rows["z"][0] == np.datetime64("2020-01-01") and rows["i"][0] == "1 day"
    assert [list(one) for one in rows["deep"][0]] == [[1, 2], [3]]


def test_functions_of_the_sky(made: Made) -> None:
    drportal.open(str(made.moved))
    rows = run(
        drportal.sql(
            "SELECT galactic_l(150.1, 2.2) AS l, galactic_b(150.1, 2.2) AS b, "
            "separation(10, 20, 10.5, 20) AS s, cone(359.9, 0, 0.1, 0, 721) AS near, "
            "angstrom_air(6564.614) AS air"
        )
    )
    place = SkyCoord(150.1, 2.2, unit="deg").galactic
    assert np.isclose(rows["l"][0], place.l.deg, atol=1e-9) and np.isclose(
        rows["b"][0], place.b.deg, atol=1e-9
    )
    apart = SkyCoord(10, 20, unit="deg").separation(SkyCoord(10.5, 20, unit="deg")).arcsec
    assert np.isclose(rows["s"][0], apart, atol=1e-9)
    assert rows["near"][0] and abs(rows["air"][0] - 6562.80) < 0.005


def test_flux_is_bit_by_bit_that_of_the_files(spectral: Spectral) -> None:
    drportal.open(str(spectral.release))
    for number, file in enumerate(spectral.files["plain"]):
        spectrum = run(drportal.spectrum(["007", "a b", "J0+1%", "<b>&\"'"][number], set="plain"))
        with fits.open(file) as hdus:
            table = next(one for one in hdus if getattr(one, "columns", None) is not None).data
            flux = np.asarray(table["F"]).ravel()
        assert (
            spectrum.flux.value.astype(flux.dtype.newbyteorder("=")).tobytes()
            == flux.astype(flux.dtype.newbyteorder("=")).tobytes()
        )


def test_arms_masks_and_grids(spectral: Spectral) -> None:
    drportal.open(str(spectral.release))
    rows = run(drportal.sql("SELECT obsid FROM mrs ORDER BY obsid"))
    spectra = (run(drportal.spectrum(one)) for one in rows["obsid"])  # some are of one arm without a name
    spectrum = next(one for one in spectra if {"B", "R"} <= {arm.name for arm in one})
    assert spectrum.set == "mrs"
    for arm in spectrum:
        assert len(arm.wavelength) == len(arm.flux) and np.all(np.isfinite(arm.wavelength.value))
        assert all(mask.dtype.kind == "i" and len(mask) == len(arm) for mask in arm.masks.values())
    assert spectrum["R"].wavelength.value.mean() > spectrum["B"].wavelength.value.mean() > 3000
    air = spectrum.air()
    shift = spectrum.wavelength.value / air.wavelength.value - 1
    assert np.allclose(shift, 2.78e-4, atol=2e-6)


def test_spectra_over_http_are_those_of_the_folder(spectral: Spectral, spectral_served: str) -> None:
    drportal.open(str(spectral.release))
    ident = int(run(drportal.sql("SELECT obsid FROM mrs LIMIT 1"))["obsid"][0])
    near = run(drportal.spectrum(ident))
    drportal.open(f"{spectral_served}index.html")
    far = run(drportal.spectrum(ident))
    for one, other in zip(near, far, strict=True):
        assert one.flux.value.tobytes() == other.flux.value.tobytes()
        assert one.wavelength.value.tobytes() == other.wavelength.value.tobytes()


WRONG = {
    'await drportal.sql("SELECT nothing FROM sim")': "nothing",
    'await drportal.sql("DROP VIEW sim")': "syntax error",
    'await drportal.sql("SELECT 1; SELECT 2")': "syntax error",
    'await drportal.table("none")': "has no catalogue 'none'; it has: sim, odd, plain",
    'await drportal.table("sim", columns=["nothing"])': "sim has no column 'nothing'; there are: obsid",
    'await drportal.table("sim", where={"snrg": "much"})': "'much' is not a value of this column (double)",
    'await drportal.table("sim", where={"class": \'"open\'})': "class: write a value, low..high",
    'await drportal.table("plain", cone=(1, 2, 3))': "plain has no positions",
    "await drportal.spectrum(1)": "has no spectrum 1",
    'await drportal.spectrum(1, set="x")': "has no set of spectra 'x'; it has: none",
}


@pytest.mark.parametrize("code", WRONG)
def test_errors_say_what_is_wrong(made: Made, code: str) -> None:
    drportal.open(str(made.moved))
    with pytest.raises(drportal.Error) as raised:
        names: dict[str, Any] = {"drportal": drportal}
        exec(f"async def f():\n    return {code}", names)
        run(names["f"]())
    assert WRONG[code] in str(raised.value) and "\n" not in str(raised.value)


def test_only_releases_are_opened(made: Made, tmp_path: Path) -> None:
    with pytest.raises(drportal.Error, match="is a portal: open one of its releases"):
        drportal.open(made.site)
    with pytest.raises(drportal.Error, match="No such file"):
        drportal.open(tmp_path)
    with pytest.raises(drportal.Error, match="no release is open"):
        run(drportal.sql("SELECT 1"))
    with serving(made.moved) as address, pytest.raises(drportal.Error, match="HTTP 404"):
        drportal.open(f"{address}nothing/")
    with pytest.raises(drportal.Error, match="is not reached"):
        drportal.open("http://127.0.0.1:9/")


def test_the_release_is_named_by_environment_or_notebook(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(site.VARIABLE, str(made.moved))
    assert run(drportal.release()).catalogues["sim"].rows == len(source_rows(made))
    _transport.use(None)
    monkeypatch.delenv(site.VARIABLE)
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps({"metadata": {"drportal": {"site": {"address": str(made.moved)}}}}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    assert run(drportal.release()).catalogues["sim"].columns["ra"].unit == "deg"


def test_a_notebook_asks_the_release_in_whose_folder_it_is(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a stick, the release beside it comes before the address that it names."""
    folder = Path(shutil.copytree(made.moved, tmp_path / "release", copy_function=os.link))
    (folder / "python.html").touch()
    for place in (folder / "notebooks", folder / "zh" / "notebooks"):
        place.mkdir(parents=True)
        file = place / "first-look.ipynb"
        file.write_text('{"metadata": {"drportal": {"site": {"address": "http://127.0.0.1:9/"}}}}')
        monkeypatch.setenv("JPY_SESSION_NAME", str(file))
        _transport.use(None)
        assert run(drportal.release()).catalogues["sim"].rows == len(source_rows(made))


def test_files_are_saved_in_the_folder(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    drportal.open(made.moved)
    rows = run(drportal.sql("SELECT obsid FROM sim LIMIT 3"))
    drportal.save("rows.fits", drportal.write_fits(rows))
    assert len(Table.read(tmp_path / "rows.fits")) == 3
    drportal.show(rows)
    assert "sql.html?sql=SELECT%20obsid" in capsys.readouterr().out


def test_names_are_those_of_the_page() -> None:
    assert sorted(drportal.NOTEBOOK) == sorted(exported)
    for name in exported:
        assert shim.name(name) is not None
    with pytest.raises(AttributeError):
        drportal.nothing  # noqa: B018


def test_importing_drportal_stays_cheap() -> None:
    code = "import sys, drportal; print([m for m in ('numpy', 'duckdb', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_threads_read_one_file_each_at_its_own_place(made: Made, served: str) -> None:
    """As DuckDB does: a seek, then a read, between which another thread does the same."""
    files = Files(served)
    path = sorted((made.moved / "data/sim").rglob("*.parquet"), key=lambda file: file.stat().st_size)[-1]
    content = path.read_bytes()
    file = files.open(path.relative_to(made.moved).as_posix())

    def read(start: int) -> bool:
        file.seek(start)
        time.sleep(0.002)
        return file.read(1000) == content[start : start + 1000]

    starts = np.random.default_rng(1).integers(0, len(content), 60).tolist()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, [*starts, len(content) - 5, len(content)]))
