"""python.html of an edition, of damaged copies and of others; its cells in documents and in files."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import nbformat
import pytest
from astropy.io import fits

from drportal.publish.seal import seal
from drportal.report import Report

from ...browser import Browser
from ...commands import drportal
from ...conftest import once, serving
from ...publish.test_manifest import flip
from ...python_portal import LARGE, WithPython, build
from ...sealed_portal import PASSPHRASE
from ...ways import few
from ..results.test_downloads import KEEP
from ..sealed.test_sealed_pages import unlock
from .test_python_page import STATES, Lab

pytestmark = pytest.mark.browser

ONE = f"?cells={quote(json.dumps([['c', 'import numpy; print(6 * 7)']]))}"
PARTS = ["wasm", "stdlib", "snapshot", "lock", "bridge", "worker", "fonts", "numpy"]
SPECTRUM = """import drportal
rows = await drportal.sql("SELECT count(*) AS n FROM lrs")
spectrum = await drportal.spectrum({ident})
print(rows["n"][0], len(spectrum.flux) > 1000, (await drportal.release()).doi)"""


class Opened(Lab):
    """A page that is open already."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        browser.wait("document.querySelector('[data-cell]') !== null")


@pytest.fixture(params=["serve", "file"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextlib.contextmanager
def opened_from(folder: Path, way: str) -> Iterator[str]:
    """Address of a folder, ending in a slash."""
    if way == "file":
        yield folder.as_uri() + "/"
        return
    with serving(folder) as address:
        yield address


def make_sealed(base: Path, release: Path) -> Path:
    with Report() as report:
        seal(release, base / "edition", PASSPHRASE, report)
    return base / "edition"


@pytest.fixture(scope="session")
def sealed(with_python: WithPython, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "sealed python", lambda base: make_sealed(base, with_python.release))


@pytest.mark.slow
def test_an_encrypted_edition(
    browser: Browser,
    way: str,
    sealed: Path,
    with_python: WithPython,
    tmp_path: Path,
) -> None:
    """Rows, spectra and examples of the edition, also as files; none of them is in its files in clear."""
    ident = int(fits.getheader(with_python.files[0])["OBSID"])
    with opened_from(sealed, way) as address:
        browser.open(f"{address}python.html")
        unlock(browser)
        lab = Opened(browser, tmp_path)
        assert lab.run(SPECTRUM.format(ident=ident)) == ["3000 True 10.1234/test\n"]
        browser.click('[data-example="first-look"]')
        browser.wait("document.querySelectorAll('[data-cell]').length > 2")
        lab.begin()
        lab.finish()
        assert "failed" not in browser.evaluate(f"{STATES}.join()"), lab.outputs
        browser.evaluate(KEEP)
        browser.click('[data-example="first-look"] + .example-file')
        saved = base64.b64decode(browser.wait("handedOut[0]").partition(",")[2])
        assert saved == (with_python.release / "notebooks" / "first-look.ipynb").read_bytes()
        assert browser.complaints == []


def test_nothing_of_the_edition_is_in_clear(sealed: Path, with_python: WithPython) -> None:
    words = [b"10.1234/test", b"first-look", b"await drportal.sql", b"Cells to run"]
    texts = {path: path.read_bytes() for path in sealed.rglob("*") if path.is_file()}
    assert not [path for path in texts if path.suffix == ".ipynb"]
    known = {path.name for path in (with_python.release / "assets").rglob("*")}
    for path, text in texts.items():
        if path.name not in known:
            assert not [word for word in words if word in text], path


def make_altered(base: Path, release: Path) -> Path:
    """For each part a copy in which a bit of it is another, and one in which that is so of all."""
    for part in [*PARTS, "all"]:
        shutil.copytree(release, base / part, copy_function=os.link)
        for name in PARTS if part == "all" else [part]:
            for file in (base / part / "assets" / "python").glob(f"{name}.*"):
                content = file.read_bytes()
                file.unlink()
                file.write_bytes(content)
                flip(file)
    return base


@pytest.fixture(scope="session")
def altered(with_python: WithPython, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "altered", lambda base: make_altered(base, with_python.release))


@pytest.mark.parametrize("part", few(PARTS, "wasm"))
def test_an_altered_part_is_named_and_nothing_runs(
    browser: Browser, way: str, altered: Path, part: str, tmp_path: Path
) -> None:
    """A package alone matters only to the cells that need it."""
    with opened_from(altered, way) as address:
        lab = Lab(browser, f"{address}{part}/", tmp_path, ONE)
        lab.begin()
        lab.finish()
        [said] = lab.outputs
        assert f"assets/python/{part}." in said
        assert "42" not in said.partition(f"assets/python/{part}.")[2].partition(":")[2]
        if part == "numpy":
            plain, needing = lab.run("print(6 * 7)", "import numpy")
            assert plain == "42\n"
            assert "assets/python/numpy." in needing


def test_altered_parts_are_named_by_verify(altered: Path) -> None:
    done = drportal("verify", altered / "all")
    assert done.returncode == 1
    for part in PARTS:
        assert done.stdout.count(f"assets/python/{part}.") == 2, done.stdout


@pytest.mark.complains("404|FILE_NOT_FOUND")
@pytest.mark.slow
def test_a_copy_without_python_asks_for_nothing_that_is_not_there(
    browser: Browser,
    way: str,
    with_python: WithPython,
    tmp_path: Path,
) -> None:
    stick, mirror = tmp_path / "stick", tmp_path / "mirror"
    command = ["media", "test/p1", "--portal", with_python.portal, "--to", "usb", "--size", "1G"]
    done = drportal(*command, "--out", stick, "--without", "python")
    assert done.returncode == 0, done.stderr
    shutil.copytree(
        with_python.release,
        mirror,
        copy_function=os.link,
        ignore=lambda folder, _: ["python"] if folder.endswith("/assets") else [],
    )
    for folder, lacking in ((stick / "test" / "p1", 0), (mirror, 1)):
        with opened_from(folder, way) as address:
            lab = Lab(browser, address, tmp_path, ONE)
            lab.begin()
            lab.finish()
            [said] = lab.outputs
            assert "Python is not on this copy" in said
            assert "The whole release has it, in the folder assets/python." in said
            asked = [unquote(urlsplit(one).path) for one in browser.requests if one.startswith(address)]
            root = unquote(urlsplit(address).path)
            missing = [one for one in asked if not (folder / one.removeprefix(root)).is_file()]
            # Firefox does not list a file that it does not find on disk.
            assert len(missing) <= lacking, missing


def test_cells_of_a_document_open_as_a_notebook(browser: Browser, place: str, tmp_path: Path) -> None:
    browser.open(f"{place}zh/docs/cells.html")
    [_, last] = json.loads(
        browser.evaluate("JSON.stringify([...document.querySelectorAll('.run + p a')].map((a) => a.href))")
    )
    assert "/zh/python.html?cells=" in last
    browser.open(f"{place}docs/cells.html")
    assert browser.evaluate(
        "[...document.querySelectorAll('.run')].every((one) => one.matches('[data-run]'))"
    )
    browser.click(".run:last-of-type + p a")
    lab = Opened(browser, tmp_path)
    assert "not running" in lab.status
    browser.click('[data-example="counts"]')
    browser.wait("document.querySelector('.cell-text')?.textContent.startsWith('Counts of the team')")
    assert lab.outputs == ["", ""]  # its file alone has what the cells gave the team
    assert browser.complaints == []


@pytest.mark.slow
def test_cells_of_a_document_run(browser: Browser, place: str, tmp_path: Path) -> None:
    browser.open(f"{place}docs/cells.html")
    browser.click(".run:last-of-type + p a")
    lab = Opened(browser, tmp_path)
    lab.begin()
    lab.finish()
    assert lab.outputs == ["", "3000\n"]
    browser.click('[data-example="counts"]')
    browser.wait("document.querySelector('.cell-text')?.textContent.startsWith('Counts of the team')")
    assert lab.outputs == ["", ""]  # its file alone has what the cells gave the team
    assert browser.complaints == []


def test_examples_are_files_for_jupyter(with_python: WithPython) -> None:
    release = with_python.release
    listed = {one["path"] for one in json.loads((release / "manifest.json").read_text())["files"]}
    lists = (release / "files.html").read_text()
    for folder in (release, release / "zh"):
        page = (folder / "python.html").read_text()
        files = sorted((folder / "notebooks").glob("*.ipynb"))
        assert len(files) == (6 if folder == release else 5)
        for file in files:
            nbformat.validate(nbformat.read(file, as_version=4))
            path = file.relative_to(release).as_posix()
            assert path in listed
            assert f'href="{path}"' in lists
            assert f'{path}" download' in page
            assert f"{path}\n" in (release / "SHA256SUMS").read_text()
        assert "Counts of the team</a>" in page
        assert "an old output" not in page
    given = with_python.portal / "releases" / "test" / "p1" / "notebooks" / "counts.ipynb"
    assert (release / "notebooks" / "counts.ipynb").read_bytes() == given.read_bytes()


FRAMES = """import drportal
import pandas as pd
ids = (await drportal.sql("SELECT uid, v FROM ids ORDER BY v")).to_pandas()
print(ids["uid"].tolist(), ids["uid"].dtype)
rows = await drportal.sql("SELECT class, z, snrg FROM lrs")
found = await drportal.sql("SELECT class, avg(z) AS mean, count(z) AS n FROM lrs GROUP BY ALL ORDER BY ALL")
groups = rows.to_pandas().groupby("class")["z"].agg(["mean", "count"]).sort_index()
print(groups["count"].tolist() == found["n"].tolist(), abs(groups["mean"] - found["mean"]).max() < 1e-12)"""
SCIENCE = """from scipy import optimize, stats
import pyarrow as pa
print(round(stats.norm.cdf(1.96), 4), round(optimize.brentq(lambda x: x * x - 2, 0, 2), 6))
print(pa.table({"x": [1, 2, None]}).column("x").null_count)"""


@pytest.fixture(scope="session")
def with_more(tmp_path_factory: pytest.TempPathFactory) -> WithPython:
    return once(tmp_path_factory, "more python", lambda base: build(base, '["pandas", "scipy", "pyarrow"]'))


@pytest.mark.slow
def test_packages_by_name(browser: Browser, way: str, with_more: WithPython, tmp_path: Path) -> None:
    with opened_from(with_more.release, way) as address:
        frames, science = Lab(browser, address, tmp_path).run(FRAMES, SCIENCE)
        assert frames.splitlines() == [f"{LARGE} int64", "True True"]
        assert science.splitlines() == ["0.975 1.414214", "1"]
        assert browser.complaints == []
