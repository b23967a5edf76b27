"""The tutorials of a release: valid, in its own names and numbers, listed, and every one runs."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from astropy import units as u
from astropy.config.paths import set_temp_cache
from astropy.coordinates import SkyCoord
from astropy.table import Table

from drportal.metadata.release_facts import ReleaseFacts
from drportal.model import load_portal
from drportal.notebook.ipynb import Notebook
from drportal.pages.views import read_catalogues, read_spectra
from drportal.tutorials import write_tutorials

from ..conftest import Made, odd_table, serving
from ..described_portal import ADDRESS, Described
from ..notebook.cells import run_notebook
from ..services.running import serving_vo
from ..spectral_portal import Spectral

ALL = ["Astropy", "DuckDB", "LSDB", "PyVO", "STILTS, TOPCAT", "R"]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nothing is said of where the release is, and nothing fetched before is used."""
    monkeypatch.delenv("DRPORTAL_SITE", raising=False)
    (tmp_path / "cache").mkdir()
    with set_temp_cache(str(tmp_path / "cache")), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def run(release: Path, tool: str) -> dict[str, Any]:
    """The names that a script leaves."""
    return runpy.run_path(str(release / "tutorials" / f"with-{tool}.py"))


def numbers(release: Path) -> tuple[float, float, int]:
    """Right ascension, declination and radius of the cone of the tutorials, by the one of Astropy."""
    text = (release / "tutorials" / "with-astropy.py").read_text(encoding="utf-8")
    found = re.search(r"within (\d+) arcsec of ([\d.]+),(?:\n#)? (-?[\d.]+), ", text)
    assert found
    return float(found[2]), float(found[3]), int(found[1])


def in_cone(rows: Table, release: Path, names: tuple[str, str, str] = ("obsid", "ra", "dec")) -> set[int]:
    """The ids in that cone."""
    ra, dec, radius = numbers(release)
    places = SkyCoord(rows[names[1]], rows[names[2]], unit="deg")
    near = places.separation(SkyCoord(ra, dec, unit="deg")) <= radius * u.arcsec
    return {int(one) for one in rows[names[0]][near]}


def facts_of(described: Described, catalogues: list[str], spectra: list[str]) -> ReleaseFacts:
    portal = load_portal(described.portal).model_copy(update={"base_url": None, "services": None})
    release = next(r for r in portal.releases if r.id == "dr2")
    data = described.release / "data"
    return ReleaseFacts(
        portal,
        release,
        None,
        read_catalogues(release, {name: data / name for name in catalogues}),
        read_spectra(release, {name: data / "spectra" / name for name in spectra}),
    )


def test_tutorials_are_valid_and_listed(described: Described) -> None:
    folder = described.release / "tutorials"
    page = (described.release / "data.html").read_text(encoding="utf-8")
    listed = re.findall(r'href="tutorials/([^"]+)"', page)
    assert sorted(listed) == sorted(one.name for one in folder.iterdir())
    assert re.findall(r'<tr><th scope="row">([^<]+)</th><td>[^<]+</td><td><code>', page) == ALL
    graph = json.loads((described.release / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    crate = {one["@id"]: one.get("encodingFormat") for one in graph if one["@type"] == "File"}
    manifest = (described.release / "SHA256SUMS").read_text(encoding="utf-8")
    for name in listed:
        assert f"tutorials/{name}" in crate and f"tutorials/{name}\n" in manifest
        text = (folder / name).read_text(encoding="utf-8")
        assert f"{ADDRESS}/dr2/cite.html" in text and "10.12345/sky.dr2" in text
        if name.endswith(".ipynb"):
            read = nbformat.reads(text, as_version=4)
            nbformat.validate(read)
            assert read.nbformat_minor == 5
            assert r"\<script\>" in read.cells[0].source and "<script>" not in read.cells[0].source
            code = "\n\n".join(cell.source for cell in read.cells if cell.cell_type == "code")
            script = (folder / name).with_suffix(".py").read_text(encoding="utf-8")
            compile(script, name, "exec")
            assert [one for one in code.splitlines() if one and one not in script.splitlines()] == []
    assert crate["tutorials/with-lsdb.ipynb"] == "application/x-ipynb+json"
    chinese = (described.release / "zh" / "data.html").read_text(encoding="utf-8")
    assert "可下载的教程" in chinese and chinese.count('href="../tutorials/') == len(listed)


def test_astropy_and_duckdb_find_the_rows_of_the_source(described: Described) -> None:
    """In the downloaded folder, which the scripts find by themselves."""
    expected = in_cone(Table.read(described.source / "stars.fits"), described.release)
    assert 0 < len(expected) < 1000
    names = run(described.release, "astropy")
    assert {int(one) for one in names["cone"]["obsid"]} == expected
    assert names["rows"]["ra"].unit == "deg"
    assert len(names["known"]) and not np.isin(names["known"], [-9999, -999]).any()
    assert len(names["spectrum"]) > 1000 and names["part"]["obsid"] == names["IDENT"]
    names = run(described.release, "duckdb")
    rows = names["cone"]
    assert {int(row[rows.columns.index("obsid")]) for row in rows.fetchall()} == expected
    assert sum(row[-1] for row in names["counts"].fetchall()) == 4000


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["astropy", "duckdb", "lsdb"])
def test_tutorials_run_by_address(
    described: Described, tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As notebooks, and as scripts away from the release."""
    expected = in_cone(Table.read(described.source / "stars.fits"), described.release)
    file = tmp_path / f"with-{tool}.py"
    shutil.copy(described.release / "tutorials" / file.name, file)
    assert f'[*FOLDERS, "{ADDRESS}/dr2"][0]' in file.read_text(encoding="utf-8")
    with serving(described.release) as address:
        monkeypatch.setenv("DRPORTAL_SITE", address)
        names = runpy.run_path(str(file))
        assert names["RELEASE"] == address.rstrip("/")
        assert ids(names["cone"]) == expected
        text = (described.release / "tutorials" / f"with-{tool}.ipynb").read_text(encoding="utf-8")
        assert ids(run_notebook(Notebook.model_validate_json(text))["cone"]) == expected
    monkeypatch.delenv("DRPORTAL_SITE")
    assert ids(run(described.release, tool)["cone"]) == expected


def ids(rows: Any) -> set[int]:
    """The ids in rows as any of the tools has them."""
    if hasattr(rows, "fetchnumpy"):
        rows = rows.fetchnumpy()
    return {int(one) for one in rows["obsid"]}


@pytest.mark.slow
def test_pyvo_and_stilts_ask_the_services(described: Described, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = in_cone(Table.read(described.source / "stars.fits"), described.release)
    text = (described.release / "tutorials" / "with-pyvo.py").read_text(encoding="utf-8")
    assert '"https://vo.sky.example.org/dr2/vo/"' in text
    with serving_vo(described.release) as served:
        monkeypatch.setenv("DRPORTAL_VO", f"{served.address}vo")
        names = run(described.release, "pyvo")
        assert ids(names["cone"]) == expected
        assert int(names["counts"]["number"].sum()) == 4000 and len(names["spectra"]) > 0
        printed = run_stilts(described.release)
    assert all(str(one) in printed for one in expected)


def run_stilts(release: Path) -> str:
    """What the commands of STILTS print."""
    command = ["sh", str(release / "tutorials" / "with-stilts.sh")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ.copy())
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["astropy", "duckdb", "lsdb"])
def test_without_an_address_and_in_any_folder(made: Made, tool: str) -> None:
    """A catalogue without a unit, in a folder with any name; the folder has no services."""
    names = run(made.moved, tool)
    assert len(ids(names["cone"])) > 0
    assert names["RELEASE"] == str(made.moved)
    assert not list((made.moved / "tutorials").glob("with-pyvo*"))


def test_a_release_gets_what_it_has_something_for(
    described: Described, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRPORTAL_SITE", str(described.release))
    made = {}
    for name, kept in {
        "nothing": ([], []),
        "plain": (["plain"], []),
        "spectra": ([], ["packed"]),
        "odd": (["odd"], []),
    }.items():
        out = tmp_path / name
        (out / "meta").mkdir(parents=True)
        shutil.copy(described.release / "meta" / "sky.sql", out / "meta")
        made[name] = [one.tool for one in write_tutorials(facts_of(described, *kept), out)]
    assert made == {
        "nothing": [],
        "plain": ["Astropy", "DuckDB", "R"],
        "spectra": ["Astropy"],
        "odd": ["Astropy", "DuckDB", "LSDB", "STILTS, TOPCAT", "R"],
    }
    assert len(run(tmp_path / "plain", "astropy")["rows"]) == 2
    assert run(tmp_path / "plain", "duckdb")["counts"].fetchall()[0][-1] in (1, 2)
    assert list(run(tmp_path / "spectra", "astropy")["spectrum"]["flux"]) == [0, 1, 2, 3, 4]
    expected = in_cone(odd_table(), tmp_path / "odd", ("Id", "RAJ2000", "DEJ2000"))
    assert {int(one) for one in run(tmp_path / "odd", "astropy")["cone"]["Id"]} == expected != set()
    assert run(tmp_path / "odd", "duckdb")["cone"].fetchall()


def test_a_cone_takes_the_files_it_reaches_into() -> None:
    from drportal.tutorials.subject import _pixels

    # the corner of four pixels of order 0, and the pole, which all northern ones have
    assert {pixel for _, pixel in _pixels(0.0, 0.0, 60, {0})} >= {4}
    assert _pixels(45.0, 90.0, 60, {0, 1}) >= {(0, n) for n in range(4)} | {(1, 4 * n + 3) for n in range(4)}


@pytest.mark.slow
def test_spectra_of_texts_and_of_grids(spectral: Spectral) -> None:
    names = run(spectral.release, "astropy")
    assert len(names["spectrum"]["wavelength"]) == len(names["spectrum"]["flux"]) > 1000


def test_r_is_sound(described: Described) -> None:
    """Debian has no package of R that reads Parquet: the script is only read, by the lexer of Pygments."""
    from pygments.lexers.r import SLexer
    from pygments.token import Error, Punctuation

    text = (described.release / "tutorials" / "with-r.R").read_text(encoding="utf-8")
    open_, pairs = [], {")": "(", "]": "[", "}": "{"}
    for kind, token in SLexer().get_tokens(text):
        assert kind is not Error, token
        for sign in token if kind in Punctuation else "":
            if sign in pairs.values():
                open_.append(sign)
            elif sign in pairs:
                assert open_.pop() == pairs[sign]
    assert not open_
