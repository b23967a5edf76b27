"""The example plugins of docs/plugins.md, installed by pip and used by builds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import fits

from drportal.pieces.digests import SETTLED

from ..conftest import DRPORTAL, once

EXAMPLES = Path(__file__).parent / "examples"
KINDS = ["reader", "layout", "writer"]
DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
N = 25_000
RELEASE = """
name = "DR1"
published = "2026"
[[catalogues]]
name = "stars"
source = "stars.npy"
roles = { id = "target" }
[[spectra]]
name = "sky"
catalogue = "stars"
source = "spectra"
"""


def install(folder: Path) -> Path:
    """A folder with the three packages, as pip installs them."""
    for kind in KINDS:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run(
            [*command, "--no-index", "--target", folder, "--upgrade", EXAMPLES / kind],
            check=True, capture_output=True,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "installed-plugins", install)


def stars() -> np.ndarray:
    kinds = [("target", "<i8"), ("ra", "<f8"), ("dec", "<f8"), ("mag", "<f4")]
    table = np.zeros(N, kinds)
    table["target"] = 2**53 + 1 + np.arange(N)
    table["ra"], table["dec"] = np.linspace(0, 359, N), np.linspace(-80, 80, N)
    table["mag"] = np.linspace(10, 20, N)
    return table


def write_portal(folder: Path) -> Path:
    release = folder / "releases" / "dr1"
    (release / "spectra").mkdir(parents=True)
    (folder / "portal.toml").write_text('name = "S"\ntitle = "S"\n')
    (release / "release.toml").write_text(RELEASE)
    np.save(release / "stars.npy", stars())
    for number in range(3):
        image = fits.PrimaryHDU(np.array([np.arange(50) + number, np.full(50, 0.5)], np.float32))
        image.header["ORIGIN"] = "EXAMPLE-SPECTROGRAPH"
        image.header["TARGET"] = 2**53 + 1 + number
        image.header["CRVAL1"], image.header["CDELT1"] = 400.0, 0.5
        image.writeto(release / "spectra" / f"{number}.fits")
    old = time.time_ns() - 3 * SETTLED  # a build trusts the times of files that were not written just now
    for file in folder.rglob("*"):
        os.utime(file, ns=(old, old))
    return folder


def command(installed: Path | None, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if installed:
        environment["PYTHONPATH"] = str(installed)
    words = list(map(str, [DRPORTAL, *arguments]))
    return subprocess.run(words, env=environment, capture_output=True, text=True)


@pytest.mark.not_quick
def test_the_three_examples(installed: Path, tmp_path: Path) -> None:
    portal = write_portal(tmp_path / "p")
    done = command(installed, "build", "--portal", portal)
    assert done.returncode == 0, done.stderr
    release = portal / "build/site/dr1"
    # Each value of the array is in the catalogue, to the last bit, and columns have their units.
    parts = sorted((release / "data/stars/dataset").rglob("Npix=*.parquet"))
    table = pq.read_table(parts, columns=["target", "ra", "dec", "mag"]).sort_by("target")
    for name in stars().dtype.names or ():
        assert np.array_equal(table[name].to_numpy(), stars()[name]), name
    described = json.loads((release / "data/stars/catalogue.json").read_bytes())
    assert {c["name"]: c.get("unit") for c in described["columns"]}["mag"] == "mag"
    spectra = json.loads((release / "data/spectra/sky/spectra.json").read_bytes())
    assert spectra["spectra"] == 3 and list(spectra["layouts"]) == ["example-spectrograph"]
    assert spectra["id"]["name"] == "target" and spectra["pixels"] == 150
    summary = json.loads((release / "meta/summary.json").read_bytes())
    assert summary["rows"] == {"stars": N}
    page = (release / "meta/index.html").read_text(encoding="utf-8")
    assert "Survey summary 1.0" in page and "python -m json.tool meta/summary.json" in page
    # A build with the same plugins has nothing to do; without them the table has no reader.
    assert "nothing has changed" in command(installed, "build", "--portal", portal).stdout
    without = command(None, "build", "--portal", portal)
    assert without.returncode == 2 and "is a NumPy array" in without.stderr
    assert (release / "meta/summary.json").is_file()


def written(folder: Path, name: str, text: str) -> Path:
    """A package that is installed: a module, and what pip writes about it."""
    (folder / f"{name}.py").write_text(text)
    about = folder / f"{name}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[drportal.plugins]\n{name} = {name}\n")
    return folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_such", "plugin bad: bad: cannot be loaded: ModuleNotFoundError"),
        pytest.param("x = 1", "plugin bad: bad: defines no hook", marks=pytest.mark.slow),
        (
            "def open_table(file, head):\n    raise ValueError('odd')",
            "plugin bad: open_table failed: ValueError: odd",
        ),
        pytest.param(
            "def write_metadata(facts, out):\n    return 1 / 0",
            "plugin bad: write_metadata failed: ZeroDivisionError",
            marks=pytest.mark.slow,
        ),
    ],
)
@pytest.mark.not_quick
def test_a_plugin_that_fails_is_named(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    portal = tmp_path / "p"
    (portal / "releases/dr1").mkdir(parents=True)
    (portal / "portal.toml").write_text('name = "S"\ntitle = "S"\n')
    (portal / "releases/dr1/t.csv").write_text("id,n\n1,2\n")
    (portal / "releases/dr1/release.toml").write_text(
        'name = "DR1"\npublished = "2026"\n[[catalogues]]\nname = "t"\nsource = "t.csv"\npositions = "none"\n'
    )
    done = command(written(folder, "bad", text), "build", "--portal", portal)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    (line,) = [one for one in done.stderr.splitlines() if one.startswith("drportal: ")]
    assert said in line


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_has_the_examples(kind: str) -> None:
    code = (EXAMPLES / kind / f"drportal_{kind}_example.py").read_text(encoding="utf-8")
    assert f"```python\n{code.rstrip()}\n```" in DOCUMENT
    assert len(code.splitlines()) < 60
    if kind == "reader":
        assert (EXAMPLES / kind / "pyproject.toml").read_text().rstrip() in DOCUMENT


def test_the_document_names_every_hook() -> None:
    from drportal.plugins import HOOKS

    table = DOCUMENT.partition("|---|---|---|")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)", table, re.M)) == HOOKS
