"""`plots` of [[catalogues]]: what can be read, which columns can be plotted, and what an edition shows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from drportal.ingest.checks.rules import check_columns
from drportal.ingest.values.fields import Field
from drportal.model import CatalogueSource
from drportal.model.plots import StatedPlot, read_plot
from drportal.problems import InputError

FIELDS = [
    Field(name, kind)
    for name, kind in {
        "teff": pa.float32(),
        "a,b": pa.float64(),
        "class": pa.string(),
        "good": pa.bool_(),
        "flux": pa.list_(pa.float32()),
        "night": pa.date32(),
    }.items()
]


def catalogue(*plots: str) -> CatalogueSource:
    return CatalogueSource.model_validate({"name": "t", "source": "t.fits", "plots": list(plots)})


def test_plots_are_read_as_in_permalinks() -> None:
    assert read_plot('scatter:-log(teff),-"a,b",class') == StatedPlot("scatter", ("teff", "a,b"), "class")
    assert read_plot("histogram:log(x)") == StatedPlot("histogram", ("x",))
    assert read_plot("sky") == StatedPlot("sky", ())
    assert read_plot("sky:galactic,z").columns == ("z",)


@pytest.mark.parametrize(
    ("plots", "reported"),
    [
        (["pie:teff"], "of an unknown kind"),
        (["scatter:teff"], "without two columns"),
        (["histogram"], "without a column"),
        (["sky:ecliptic"], "in an unknown frame"),
        (["histogram:teff,class,good"], "more columns than its axes and a colour"),
        (["sky"] * 4, "has 4 plots; give one to 3"),
        ([], "has 0 plots"),
    ],
)
def test_plots_that_cannot_be_read(plots: list[str], reported: str) -> None:
    with pytest.raises(ValueError, match=reported):
        catalogue(*plots)


@pytest.mark.parametrize(
    ("plot", "reported"),
    [
        ("histogram:tef", "catalogues[t].plots[1]: no such column: 'tef'; did you mean teff?"),
        ("scatter:teff,class", "class is string, which no axis can show; plot columns of numbers"),
        ("scatter:teff,flux", "flux is float, which no axis can show"),
        ("sky:galactic,night", "which no colour can show; colour by numbers or short texts"),
    ],
)
def test_columns_that_cannot_be_plotted(plot: str, reported: str) -> None:
    with pytest.raises(InputError) as error:
        check_columns(catalogue("sky", plot), FIELDS, Path("release.toml"), "catalogues[t]")
    assert reported in str(error.value) and "\n" not in str(error.value)


def test_columns_that_can_be_plotted() -> None:
    spec = catalogue('scatter:teff,"a,b",class', "histogram:teff,good", "scatter:teff,gaia_g")
    spec.crossed = ("gaia_",)
    check_columns(spec, FIELDS, Path("release.toml"), "catalogues[t]")
