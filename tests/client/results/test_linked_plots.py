"""Several plots of one result: marks, the row pointed at, the address; and the plot that columns ask for."""

from __future__ import annotations

import re

import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ..pages.test_every_page import serious
from ..search.test_search_pages import search
from .test_plots import QUIET, STAGE, air, base, choose, drag, good, marked, shown, sim

pytestmark = pytest.mark.browser

__all__ = ["base", "sim"]


def test_linked_plots(watched: Browser, base: str, sim: Table) -> None:
    """Marks, the row pointed at and the address are those of all plots."""
    rows = sim[good(sim, "z", "snrg", "ra", "dec")]
    plots = "scatter:z,snrg,class;sky:equatorial"
    search(watched, base, catalogue="sim", z="..", columns="obsid,ra,dec,snrg,z,class", plot=plots)
    choose(watched, "#plot-detail", "auto")  # where another test has chosen otherwise
    watched.click("#plot-add")
    watched.wait("document.querySelectorAll('.plot-stage[data-shows]:not([aria-busy])').length === 3", 30)
    assert watched.evaluate("document.getElementById('plot-add').hidden")
    assert re.search(r"plot=scatter:z,snrg,class;sky:equatorial;\w+:", watched.address)

    # half of the first plot, outlined in another one
    z = np.asarray(rows["z"])
    low, high = air(z)
    drag(watched, (0, 0), (0.3, 0.5), (0.5, 1))
    some = int((z <= (low + high) / 2).sum())
    assert marked(watched) == some > 0
    assert f"{some:,} marked rows" in watched.evaluate(
        "document.getElementById('plot-save-marked').textContent"
    )
    watched.wait("!!document.querySelector('#plot-stage-2.marking')")
    assert watched.evaluate(
        "(() => { const { data } = (c => c.getContext('2d').getImageData(0, 0, c.width, c.height))"
        "(document.querySelector('#plot-stage-2 [data-layer=marks]')); return data.some((v) => v); })()"
    )
    watched.evaluate(f"{STAGE}.focus()")
    watched.press("Escape")
    assert marked(watched) == 0

    # a row of the table is shown in all plots, and the row that the keyboard finds in a plot in the table
    spots = "[...document.querySelectorAll('.plot-spot')].filter((spot) => !spot.hidden).length"
    watched.evaluate(
        "document.querySelector('#results tbody td[data-column]')"
        ".dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))"
    )
    watched.wait(f"{spots} >= 2 && document.querySelector('tr.pointed').dataset.row === '1'", 10)
    watched.evaluate(f"{STAGE}.focus()")
    watched.press("ArrowRight")
    said = watched.wait("document.querySelector('.plot-said').textContent", 10)
    assert said.startswith("z ")
    watched.press("Enter")
    number = watched.wait("document.querySelector('tr.pointed td[data-column=obsid]')?.textContent", 10)
    assert f"obsid {number}" in said
    watched.press(" ")
    assert marked(watched) == 1
    watched.evaluate("document.querySelector('.plot-card:first-child [data-plot=remove]').click()")
    assert "plot=sky:equatorial;" in watched.address
    assert serious(watched) == []


def test_plots_that_columns_ask_for(watched: Browser, base: str, sim: Table) -> None:
    watched.open(f"{base}search.html?catalogue=sim&class=GALAXY,QSO&columns=obsid,ra,dec,z,class")
    watched.wait("document.querySelectorAll('#results tbody tr').length > 5")
    watched.click("#plots-open")
    watched.wait(QUIET, 30)
    assert "plot=histogram:z,class" in watched.address
    far = good(sim, "z") & np.isin(np.asarray(sim["class"]), ["GALAXY", "QSO"])
    assert shown(watched)["drawn"] == str(far.sum())
