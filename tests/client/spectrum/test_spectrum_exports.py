"""Spectra saved by pages, read by astropy and shell tools, compared with the original files."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.io import ascii as text_tables
from astropy.io import fits
from astropy.table import Table

from ...browser import Browser
from ...spectral_portal import Spectral
from ...ways import few
from ..pages.test_every_page import look, serious
from ..results.test_downloads import KEEP
from ..search.test_search_pages import search
from .test_spectrum_reading import Parts, ask, originals

READY = "!document.getElementById('spectra-dialog').ariaBusy"
STATE = "document.querySelector('[data-spectra=state]').textContent"


def assert_parts(tables: list[Table], parts: Parts) -> None:
    assert len(tables) == len(parts)
    for table, own in zip(tables, parts, strict=True):
        for name, values in own.items():
            stored = table["loglam" if name == "wavelength" and "loglam" in table.colnames else name]
            kept = np.asarray(stored)
            assert np.array_equal(kept, np.asarray(values), equal_nan=kept.dtype.kind == "f"), name
            assert np.array_equal(np.signbit(kept), np.signbit(np.asarray(values)))


def read_fits(data: bytes | Path) -> tuple[fits.Header, list[Table]]:
    """Header and tables of a file that breaks no rule of FITS."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(data if isinstance(data, Path) else io.BytesIO(data)) as hdus:
            hdus.verify("exception")
            return hdus[0].header, [Table.read(hdu) for hdu in hdus[1:]]


@pytest.mark.browser
def test_one_spectrum_of_every_layout(watched: Browser, spectral: Spectral, spectral_served: str) -> None:
    watched.open(spectral_served + "bench.html")
    for name, spectra in originals(spectral).items():
        ident, parts = list(spectra.items())[-1]
        made = ask(watched, "exported", name, ident)
        header, tables = read_fits(base64.b64decode(made["fits"]))
        assert_parts(tables, parts)
        assert header["RELEASE"] == "s1" and header["SPECSET"] == name and header["CITE"] == "\\u5149 'x'"
        assert tables[0]["wavelength"].unit == u.AA
        if name == "sdss":
            assert tables[0]["ivar"].unit == tables[0]["flux"].unit ** -2
            assert tables[0]["flux"].unit == 1e-17 * u.erg / u.s / u.cm**2 / u.AA
        lines = made["csv"].split("\r\n")
        head = [line for line in lines if line.startswith("#")]
        assert "# release: s1" in head and any(line.startswith("# cite: 光") for line in head)
        table = text_tables.read("\n".join(lines), format="csv", comment="#")
        flux = np.concatenate([np.asarray(part["flux"]) for part in parts])
        assert np.array_equal(flux.dtype.type(table["flux"]), flux, equal_nan=True)
        if len(parts) > 1:
            reported = zip(table["arm"].astype(str), table["exposure"].astype(str), strict=True)
            assert len(set(map(str, reported))) == len(parts)


def handed(browser: Browser, act: str) -> bytes:
    """The file the page saves when something is pressed."""
    browser.evaluate(KEEP)
    browser.evaluate(f"document.querySelector({json.dumps(act)}).click()")
    browser.wait(f"{READY} && handedOut.length === 1")
    assert browser.evaluate(STATE).startswith("Saved: ")
    return base64.b64decode(browser.evaluate("handedOut[0]").partition(",")[2])


def open_spectra(browser: Browser) -> str:
    """Open the window of spectra by keyboard; its text."""
    browser.evaluate("document.getElementById('save-as').focus()")
    browser.press("Enter")
    browser.press("End")
    if browser.evaluate("document.activeElement.id") == "save-place":
        browser.press("ArrowUp")
    browser.wait("document.activeElement.id === 'download-spectra'", 10)
    browser.press("Enter")
    browser.wait(f"document.getElementById('spectra-dialog').open && {READY} && {STATE}")
    return str(browser.evaluate(STATE))


def unpacked(data: bytes, folder: Path) -> Path:
    """The only folder in a ZIP, verified with its checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (inner,) = folder.iterdir()
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=inner, check=True)
    listed = {line.split("  ")[1] for line in (inner / "SHA256SUMS").read_text().splitlines()}
    assert listed | {"SHA256SUMS"} == {
        p.relative_to(inner).as_posix() for p in inner.rglob("*") if p.is_file()
    }
    return inner


def stop_zip(browser: Browser) -> None:
    """A ZIP that is stopped leaves nothing behind, and can be had again."""
    browser.evaluate(KEEP)
    browser.evaluate("document.querySelector('[data-spectra=zip]').click()")
    browser.evaluate("document.querySelector('[data-spectra=cancel]').click()")
    browser.wait(f"{READY} && {STATE} === 'Cancelled.'")
    assert browser.evaluate("handedOut.length") == 0


@pytest.mark.browser
def test_the_spectra_of_a_result(
    watched: Browser, spectral: Spectral, spectral_base: str, tmp_path: Path
) -> None:
    truth = originals(spectral)["mrs"]
    rows = search(watched, spectral_base, catalogue="mrs", sky="all", columns="designation")
    assert rows == len(spectral.files["mrs"])
    from_disk = spectral_base.startswith("file:")

    # a row's own pages first, with the list of all rows
    watched.evaluate("document.querySelector('#results .row-links').click()")
    watched.wait("document.querySelectorAll('#links-menu a.here').length === 2")
    first = watched.evaluate("document.querySelector('#links-menu a').getAttribute('href')")
    assert first.startswith("spectrum.html?obsid=")
    links = "[...document.querySelectorAll('#links-menu a')]"
    names = watched.evaluate(f"{links}.map((a) => [a.textContent, a.target])")
    assert names[:3] == [["Spectrum", ""], ["Object", ""], ["SIMBAD", "_blank"]]
    if from_disk:
        watched.wait(f"{links}[0].href.includes('&list=mrs:')")
        address = watched.evaluate(f"{links}[0].href")
        assert all(ident in address for ident in truth) and "&back=search.html" in address
    else:
        # the press of another key than the first opens a new tab, which shares no storage
        pressed = "new MouseEvent('pointerdown', { bubbles: true, ctrlKey: %s })"
        press = f"{links}[0].dispatchEvent({pressed})"
        watched.wait(f"{press % 'true'} && {links}[0].href.includes('&list=mrs:')")
        watched.evaluate(press % "false")
        assert "list=" not in watched.evaluate(f"{links}[0].href")
        kept = json.loads(watched.evaluate("sessionStorage.getItem('drportal.list')"))
        assert sorted(kept["ids"]) == sorted(truth) and kept["set"] == "mrs"
    watched.press("Escape")

    reported = open_spectra(watched)
    assert reported.startswith(f"{len(truth)} spectra, about ")
    assert serious(watched) == []
    stop_zip(watched)
    inner = unpacked(handed(watched, "[data-spectra=zip]"), tmp_path / "zip")
    with (inner / "MANIFEST.csv").open(newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert {row["id"] for row in listed} == set(truth)
    sources = {hashlib.sha256(f.read_bytes()).hexdigest() for f in spectral.files["mrs"]}
    for row in listed:
        file = inner / row["file"]
        assert int(row["size"]) == file.stat().st_size
        assert hashlib.sha256(file.read_bytes()).hexdigest() == row["sha256"]
        assert row["original"] == str(not from_disk).lower()
        assert (row["sha256"] in sources) is not from_disk
        if from_disk:
            header, tables = read_fits(file)
            assert str(header["OBSID"]) == row["id"]
            assert_parts(tables, truth[row["id"]])
    readme = (inner / "README.txt").read_text()
    assert "search.html?catalogue=mrs" in readme and "How to cite: " in readme

    scripts = {tool: handed(watched, f"[data-script={tool}]") for tool in ("wget", "curl", "aria2")}
    for tool in ("wget", "curl"):
        subprocess.run(["sh", "-n"], input=scripts[tool], check=True)
        (tmp_path / tool).mkdir()
        assert (b"${BASE:?" in scripts[tool]) is from_disk
        if from_disk:
            refused = run(scripts[tool], tmp_path / tool)
            assert refused.returncode != 0 and "where the release is published" in refused.stderr
        elif shutil.which(tool):
            check_script(scripts[tool], tmp_path / tool, spectral)
    check_aria2(scripts["aria2"].decode(), "BASE" if from_disk else spectral_base.rstrip("/"), spectral)


def run(script: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", script.decode()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})


def check_script(script: bytes, folder: Path, spectral: Spectral) -> None:
    """Run it; then once more when a file is broken and another is gone."""
    for _ in range(2):
        done = run(script, folder)
        assert done.returncode == 0, done.stderr
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        sums = sorted(hashlib.sha256(p.read_bytes()).hexdigest() for p in files)
        assert sums == sorted(hashlib.sha256(p.read_bytes()).hexdigest() for p in spectral.files["mrs"])
        for file in files:
            assert (
                file.read_bytes()
                == (spectral.release / "data/spectra" / file.relative_to(folder)).read_bytes()
            )
        files[0].write_bytes(b"broken")
        files[1].unlink()


def check_aria2(text: str, address: str, spectral: Spectral) -> None:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    entries = list(zip(lines[::3], lines[1::3], lines[2::3], strict=True))
    assert len(entries) == len(spectral.files["mrs"])
    for url, out, checksum in entries:
        path = out.removeprefix("  out=")
        assert url == f"{address}/data/spectra/{path}"
        data = (spectral.release / "data/spectra" / path).read_bytes()
        assert checksum == f"  checksum=sha-256={hashlib.sha256(data).hexdigest()}"


@pytest.mark.browser
@pytest.mark.slow
def test_packs_where_the_originals_do_not_ship(
    watched: Browser, spectral: Spectral, spectral_served: str, tmp_path: Path
) -> None:
    ids = sorted(look_up(spectral))
    files = sorted((spectral.release / "data/lrs/dataset").rglob("*.parquet"))
    rows = [i for file in files for i in pq.ParquetFile(file).read(["obsid"])["obsid"].to_pylist()]
    absent = next(i for i in sorted(rows) if i > ids[0] and i not in ids)
    asked = sorted([*ids[:30], absent])
    listed = ", ".join(map(str, asked))
    sql = f"""SELECT obsid, spectrum(obsid) AS link, spectrum(obsid, 'lrs') AS own,
    'spectrum.html?obsid=x' AS bad, 'javascript:alert(1)' AS worse, 'spectrum.html?obsid=5#<b>' AS html,
    spectrum(NULL) AS nothing FROM lrs WHERE obsid IN ({listed}) ORDER BY obsid"""
    found = search(watched, spectral_served, "sql.html", sql=sql)
    assert found == 31
    cell = "document.querySelector('#results tbody td[data-column=%s] a')?.getAttribute('href') ?? null"
    assert watched.evaluate(cell % "link") == f"spectrum.html?obsid={ids[0]}"
    assert watched.evaluate(cell % "own") == f"spectrum.html?obsid={ids[0]}&set=lrs"
    for name in ("bad", "worse", "html", "nothing", "obsid"):
        assert watched.evaluate(cell % name) is None
    watched.evaluate(KEEP)
    watched.click("#download-csv")
    watched.wait("handedOut.length === 1")
    text = base64.b64decode(watched.evaluate("handedOut[0]").partition(",")[2]).decode()
    assert f"spectrum.html?obsid={ids[0]},spectrum.html?obsid={ids[0]}&set=lrs" in text
    place = asked.index(absent)
    watched.evaluate(f"document.querySelectorAll('#results .row-links')[{place}].click()")
    watched.wait("document.querySelector('#links-menu a.absent') !== null")
    watched.press("Escape")
    assert open_spectra(watched).startswith("30 spectra, about ")
    script = handed(watched, "[data-script=curl]")
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    data = tmp_path / "lrs"
    assert {p.name for p in data.iterdir()} == {"packs", "grids.parquet", "spectra.json"}
    for file in (p for p in data.rglob("*") if p.is_file()):
        assert (
            file.read_bytes() == (spectral.release / "data/spectra" / file.relative_to(tmp_path)).read_bytes()
        )
    stop_zip(watched)
    inner = unpacked(handed(watched, "[data-spectra=zip]"), tmp_path / "zip")
    assert len(list(inner.glob("lrs/*.fits"))) == 30
    for page, width, dark in (
        ("index.html", 390, False),
        ("zh/data.html", 390, True),
        ("data.html", 1280, False),
    ):
        look(watched, spectral_served + page, width, dark)


def look_up(spectral: Spectral) -> list[int]:
    files = (spectral.release / "data/spectra/lrs/index").iterdir()
    return [i for file in files for i in pq.read_table(file).column("id").to_pylist()]


def recipe(page: str, name: str) -> str:
    found = re.search(rf'<pre class="code" id="spectra-{name}"[^>]*>(.*?)</pre>', page, re.S)
    assert found
    return html.unescape(found[1]) + "\n"


@pytest.mark.parametrize("name", few(["mrs", "sdss", "desi", "plain"], "mrs", "plain"))
def test_recipes_of_the_data_page(spectral: Spectral, name: str) -> None:
    page = (spectral.release / "data.html").read_text(encoding="utf-8")
    truth = originals(spectral)
    read = "import numpy as np\nfor values in found: print(np.asarray(values, 'f8').tobytes().hex())"
    code = recipe(page, f"{name}-astropy")
    if name == "mrs":
        code += recipe(page, "mrs-fits")
    own = f"found = [spectrum['flux'], spectrum['wavelength']]\n{read}\nprint(ident)\n"
    *_, flux, wavelength, ident = run_python(code + own, spectral)
    first = truth[name][ident][0]
    assert np.array_equal(np.frombuffer(bytes.fromhex(flux)), first["flux"].astype("f8"), equal_nan=True)
    assert np.array_equal(np.frombuffer(bytes.fromhex(wavelength)), first["wavelength"].astype("f8"))
    own = "rows = [dict(zip(spectra.columns, row)) for row in spectra.fetchall()]\n"
    own += f"found = [row[n] for row in rows for n in ('flux', 'wavelength')]\n{read}\nprint(len(rows))\n"
    *arrays, count = run_python(recipe(page, f"{name}-duckdb") + own, spectral)
    assert 1 <= int(count) <= len(truth[name][ident])
    assert {flux, wavelength} <= set(arrays[-2 * int(count) :])


def test_the_data_page_lists_the_sets(spectral: Spectral) -> None:
    for lang in ("", "zh/"):
        page = (spectral.release / f"{lang}data.html").read_text(encoding="utf-8")
        assert len(page) < 400_000
        for name in ("lrs", "mrs", "plain"):
            folder = spectral.release / "data" / "spectra" / name
            packs = sorted(p.relative_to(folder).as_posix() for p in folder.glob("packs/*/*"))
            shipped = sorted(p.relative_to(folder).as_posix() for p in folder.glob("fits/*/*/*"))
            assert bool(shipped) is (name == "mrs")
            for path in [*packs, *shipped, "spectra.json"]:
                sha = hashlib.sha256((folder / path).read_bytes()).hexdigest()
                assert f'href="{"../" if lang else ""}data/spectra/{name}/{path}" download>{path}</a>' in page
                assert sha in page
            about = json.loads((folder / "spectra.json").read_text())
            assert about["shipped"] == {
                "files": len(shipped),
                "bytes": sum((folder / p).stat().st_size for p in shipped),
            }
            chunks = folder.glob("chunks/[0-9]*/*/*.js")
            assert about["scripts"] == sum(p.stat().st_size for p in chunks)


def run_python(code: str, spectral: Spectral) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=spectral.release, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1]
