"""The generated notebooks: valid, five for each release, and every one runs on the release's own files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import drportal
from drportal.formats import Catalogue, Spectra, Statistics
from drportal.notebook.example_facts import Source
from drportal.notebook.examples import Example, examples, statement
from drportal.notebook.ipynb import CodeCell, Notebook, notebook
from drportal.notebook.page.drportal import _astropy, _transport

from ..conftest import Made
from ..spectral_portal import Spectral
from .cells import run_notebook


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    import matplotlib as mpl

    mpl.use("agg")
    yield
    _transport.use(None)


def made_for(release: Path, *names: str) -> list[Example]:
    """The examples of a release; of some of its catalogues if they are named."""
    data = release / "data"
    found = [Catalogue.read(folder.parent) for folder in sorted(data.glob("*/catalogue.json"))]
    order = names or [meta.name for meta in found]
    catalogues = [(Catalogue.read(data / name), Statistics.read(data / name)) for name in order]
    sets = [
        (Spectra.read(one.parent), one.parent) for one in sorted((data / "spectra").glob("*/spectra.json"))
    ]
    return examples(catalogues, sets, {"release": "TEST", "address": "https://survey.example/"})


def code_of(example: Example) -> str:
    return "\n".join(str(cell.source) for cell in example.notebook.cells if isinstance(cell, CodeCell))


@pytest.mark.parametrize("astropy", [True, False])
def test_examples_of_a_survey(
    made: Made, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, astropy: bool
) -> None:
    """With tables of astropy, and with those of a page that lacks it."""
    monkeypatch.setattr(_astropy, "is_there", lambda: astropy)
    found = {one.name: one for one in made_for(made.moved, "sim")}
    assert list(found) == ["first-look", "colour-magnitude", "completeness", "redshifts", "cross-match"]
    for example in found.values():
        nbformat.validate(nbformat.reads(example.notebook.text(), as_version=4))
    drportal.open(made.moved)
    names = run_notebook(found["first-look"].notebook)
    by_numpy, by_duckdb = map(float, capsys.readouterr().out.split()[-2:])
    assert np.isclose(by_numpy, by_duckdb, rtol=1e-9)
    assert names["release"].catalogues["sim"].rows == 20000
    names = run_notebook(found["redshifts"].notebook)
    assert names["counts"].sum() > 0.98 * len(names["values"]) > 0
    assert np.allclose(names["errors"] ** 2, names["counts"])
    run_notebook(found["completeness"].notebook)
    run_notebook(found["colour-magnitude"].notebook)
    names = run_notebook(found["cross-match"].notebook)
    pairs = names["pairs"]
    assert {row for row, _, _ in pairs} <= set(range(len(names["rows"])))


def test_pairs_are_those_of_astropy(spectral: Spectral) -> None:
    example = next(one for one in made_for(spectral.release, "lrs") if one.name == "cross-match")
    drportal.open(spectral.release)
    names = run_notebook(example.notebook)
    one, other = (SkyCoord(names[name]["ra"], names[name]["dec"], unit="deg") for name in ("rows", "others"))
    first, second, _, _ = other.search_around_sky(one, 3 * u.arcsec)
    ids, ids2 = np.asarray(names["rows"]["obsid"]), np.asarray(names["others"]["obsid"])
    expected = {(a, b) for a, b in zip(first, second, strict=True) if ids[a] != ids2[b]}
    assert {(int(a), int(b)) for a, b, _ in names["pairs"]} == {(int(a), int(b)) for a, b in expected}


def test_a_stack_is_made_of_spectra_that_are_there(spectral: Spectral) -> None:
    found = {one.name: one for one in made_for(spectral.release, "lrs", "mrs")}
    assert "stack" in found and len(found) == 5
    drportal.open(spectral.release)
    names = run_notebook(found["stack"].notebook)
    assert len(names["spectra"]) == 12
    assert np.isfinite(names["stack"].filled(np.nan)).mean() > 0.9
    assert names["count"].max() == 12
    # the median of the normalized pieces at one wavelength, by hand
    at = len(names["grid"]) // 2
    values = [np.interp(names["grid"][at], *piece, left=np.nan, right=np.nan) for piece in names["pieces"]]
    assert np.isclose(names["stack"][at], np.nanmedian(values))


def test_examples_of_odd_and_plain_tables_run(made: Made) -> None:
    drportal.open(made.moved)
    for name in ("odd", "plain"):
        found = made_for(made.moved, name)
        assert len(found) == 5 and len({one.name for one in found}) == 5
        for example in found:
            nbformat.validate(nbformat.reads(example.notebook.text(), as_version=4))
            run_notebook(example.notebook)


def test_temperature_and_gravity_come_before_colours() -> None:
    def column(
        name: str, ucd: str | None = None, unit: str | None = None, kind: str = "float"
    ) -> dict[str, Any]:
        about = {"name": name, "datatype": kind, "unit": unit, "ucd": ucd, "description": None}
        return about | {"missing": [], "marked": []}

    columns = [
        column("teff_err", "stat.error;phys.temperature.effective"),
        column("teff", "phys.temperature.effective"),
        column("logg"),
        column("mag_ps_i", "phot.mag;em.opt.I", "mag"),
        column("mag_ps_g", "phot.mag;em.opt.G", "mag"),
        column("mag_ps_r", "phot.mag;em.opt.R", "mag"),
        column("bits", kind="binary"),
    ]
    meta = Catalogue.model_construct(
        name="stars",
        rows=9,
        position=None,
        id=None,
        columns=[_column(one) for one in columns],
    )
    statistics = Statistics.model_construct(
        columns=[_measured(one) for one in columns], classes=[], roles=_roles(), rows=9
    )
    source = Source(meta, statistics)
    assert source.magnitudes() == ["mag_ps_g", "mag_ps_r", "mag_ps_i"]
    found = examples([(meta, statistics)], [], {})
    assert found[1].name == "temperature-gravity"
    assert "np.asarray(rows['teff'], float), np.asarray(rows['logg'], float)" in code_of(found[1])
    assert "invert_xaxis" in code_of(found[1])
    assert len({one.name for one in found}) == 5


def _column(about: dict[str, Any]) -> Any:
    from drportal.formats import CatalogueColumn

    return CatalogueColumn.model_validate(about | {"arraysize": None})


def _measured(about: dict[str, Any]) -> Any:
    from drportal.formats import ColumnStatistics

    return ColumnStatistics.model_construct(
        name=about["name"], rows=9, nulls=0, marked=[], min=0, max=1, values=[], distinct=9
    )


def _roles() -> Any:
    from drportal.formats import FoundRoles

    return FoundRoles.none()


def test_a_release_without_rows_has_no_examples() -> None:
    assert examples([], [], {}) == []


@pytest.mark.parametrize(
    "text", ["SELECT 1", 'SELECT "a"', 'SELECT "a"\nFROM "b"', "a\\b", 'x """ y\nz', "a'b\"", "\u202e\n"]
)
def test_statements_are_the_same_in_python(text: str) -> None:
    assert eval(statement(text)).strip() == text.strip()


def test_notebooks_are_the_same_at_each_build(made: Made) -> None:
    assert [one.notebook.text() for one in made_for(made.moved, "sim")] == [
        one.notebook.text() for one in made_for(made.moved, "sim")
    ]


def test_a_notebook_of_jupyter_is_read_and_written() -> None:
    theirs = nbformat.v4.new_notebook()
    theirs.cells = [
        nbformat.v4.new_markdown_cell("# A"),
        nbformat.v4.new_code_cell("1 + 1"),
        nbformat.v4.new_raw_cell("r"),
    ]
    theirs.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="2\n")]
    theirs.metadata["widgets"] = {"x": 1}
    read = Notebook.model_validate_json(nbformat.writes(theirs))
    again = nbformat.reads(read.text(), as_version=4)
    nbformat.validate(again)
    assert again == theirs


@pytest.mark.slow
def test_a_notebook_runs_in_jupyter(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbclient import NotebookClient

    monkeypatch.setenv("DRPORTAL_SITE", str(made.moved))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    ours = notebook(
        [
            (
                "code",
                "import drportal\n"
                'rows = await drportal.sql("SELECT count(*) AS n FROM sim")\n'
                'print(rows["n"][0])',
            )
        ],
        {"release": "TEST"},
    )
    theirs = nbformat.reads(ours.text(), as_version=4)
    NotebookClient(theirs, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert json.loads(theirs.cells[0].outputs[0].text) == 20000
