"""Conditions that no column has: a spectrum in this copy, a known issue, a repeated object."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import duckdb
import numpy as np
import pytest

from ...browser import Browser
from ...python_portal import WithPython
from ...spectral_portal import Spectral
from ..pages.test_known_issues import flawed, flawed_base, stars  # noqa: F401
from .test_search_pages import search

pytestmark = pytest.mark.browser


def counted(release: Path, condition: str) -> int:
    """Rows of the catalogue that meet a condition, by DuckDB; `spectra` is the index of the set."""
    rows = f"read_parquet('{release}/data/lrs/dataset/**/*.parquet', hive_partitioning = false)"
    index = f"(SELECT id, pack FROM '{release}/data/spectra/lrs/index/*.parquet')"
    sql = f"WITH lrs AS (FROM {rows}), spectra AS (FROM {index}) SELECT count(*) FROM lrs WHERE {condition}"
    return int(duckdb.sql(sql).fetchall()[0][0])


NOTE = "document.getElementById('results-note').textContent"
AGAIN = " OR ".join(
    f"{name} IN (SELECT {name} FROM lrs GROUP BY 1 HAVING count(DISTINCT obsid) > 1)"
    for name in ("uid", "designation")
)


def test_spectra_of_this_copy_and_repeated_objects(
    watched: Browser, spectral: Spectral, spectral_base: str, tmp_path: Path
) -> None:
    release = spectral.release
    with_spectrum = "obsid IN (SELECT id FROM spectra)"
    assert search(watched, spectral_base, catalogue="lrs", has_spectrum="true") == counted(
        release, with_spectrum
    )
    chips = "[...document.querySelectorAll('#search-chips .chip')].map(c => c.textContent).join()"
    assert "Has a spectrum here yes" in watched.evaluate(chips)
    ticked = "document.querySelector('[data-field=has_spectrum] [value=true]').checked"
    assert watched.evaluate(ticked)
    both = counted(release, f"{with_spectrum} AND ({AGAIN})")
    assert 0 < both < counted(release, with_spectrum)
    found = search(watched, spectral_base, catalogue="lrs", has_spectrum="true", repeated="true")
    assert found == both
    none = counted(release, f"NOT ({AGAIN})")
    assert search(watched, spectral_base, catalogue="lrs", repeated="false") == none
    sql = 'SELECT count(*) AS n FROM lrs WHERE obsid IN (SELECT id FROM "lrs_repeated")'
    search(watched, spectral_base, "sql.html", sql=sql)
    shown = watched.evaluate("document.querySelector('#results tbody [data-column=n]').textContent")
    assert int(shown.replace(",", "")) == counted(release, AGAIN)


def test_the_first_search_shows_spectra(watched: Browser, with_python: WithPython) -> None:
    release = with_python.release
    link = re.search(r'search\.html\?(\S*has_spectrum=true\S*)"', (release / "index.html").read_text("utf-8"))
    assert link
    query = dict(parse_qsl(html.unescape(link[1])))
    wanted = f"obsid IN (SELECT id FROM spectra) AND class = '{query['class']}'"
    assert search(watched, release.as_uri() + "/", **query) == counted(release, wanted) > 0


@pytest.mark.complains("000001|ERR_FILE_NOT_FOUND|404|Failed to load")
def test_a_stick_with_a_part_of_the_spectra(browser: Browser, spectral: Spectral, tmp_path: Path) -> None:
    """Files of spectra that were not copied: their rows have no spectrum here."""
    copy = tmp_path / "stick"
    shutil.copytree(spectral.release, copy, copy_function=shutil.copy)
    spectra = copy / "data" / "spectra" / "lrs"
    (spectra / "packs" / "000" / "000001.parquet").unlink()
    shutil.rmtree(spectra / "chunks" / "000" / "000001")
    here = counted(spectral.release, "obsid IN (SELECT id FROM spectra WHERE pack <> 1)")
    assert search(browser, copy.as_uri() + "/", catalogue="lrs", has_spectrum="true") == here
    assert "only a part of the spectra" in browser.evaluate(NOTE)
    shutil.rmtree(spectra)
    browser.open(f"{copy.as_uri()}/search.html", keep=True)  # a page that has read no list before
    assert search(browser, copy.as_uri() + "/", catalogue="lrs", has_spectrum="true") == 0
    assert "No spectra of" in browser.evaluate(NOTE)


def test_rows_with_a_known_issue(watched: Browser, flawed_base: str) -> None:  # noqa: F811
    table = stars()
    bad = (table["snrg"] < 10) | np.isin(table["obsid"], [9007199254740993, 12])
    base = f"{flawed_base}dr1/"
    assert search(watched, base, catalogue="stars", has_issue="true") == int(bad.sum())
    assert search(watched, base, catalogue="stars", has_issue="false") == int((~bad).sum())
    assert (
        search(watched, base, catalogue="stars", has_issue="true", obsid="9007199254740993,9007199254740994")
        == 2
    )


def test_marked_rows_become_a_condition(watched: Browser, flawed_base: str) -> None:  # noqa: F811
    base = f"{flawed_base}dr1/"
    search(watched, base, catalogue="stars", obsid="9007199254740993,9007199254740994,12")
    watched.wait("document.querySelectorAll('#results tbody tr:not(.pending)').length === 3")
    watched.click("#results tbody tr:first-child .tick")
    watched.click("#marks")
    watched.click("[data-marks=filter]")
    watched.wait("/^\\?catalogue=stars&obsid=\\d+$/.test(location.search)")
    watched.wait("/^1 row in/.test(document.querySelector('main [role=status]').textContent)")


def test_steps_from_a_result(watched: Browser, flawed_base: str) -> None:  # noqa: F811
    base = f"{flawed_base}dr1/"
    sql = "SELECT snrg, CASE WHEN obsid <> 12 THEN z END AS z FROM stars"
    search(watched, base, "sql.html", sql=sql)
    watched.evaluate("{ const s = document.getElementById('step-column'); s.value = 'z'; }")
    watched.click("[data-step=mean]")
    first = "[...document.querySelectorAll('#results tbody tr:first-child [data-column]')]"
    shown = f"{first}.map(cell => cell.textContent)"
    watched.wait(f"{shown}.length === 3 && {shown}[2] === '1'")
    mean, values, missing = watched.evaluate(shown)
    table = stars()
    kept = table["z"][table["obsid"] != 12]
    assert float(mean) == pytest.approx(float(kept.mean()), rel=1e-12)
    assert (values, missing) == (str(len(kept)), "1")
    watched.evaluate("document.getElementById('step-digits').value = 2")
    watched.click("[data-step=round]")
    watched.wait(f"{shown}[0] === '{round(float(mean), 2)}'")
    assert "round(" in watched.evaluate(
        "document.getElementById('sql-source').value || document.body.textContent"
    )
    watched.click("[data-step=undo]")
    watched.wait(f"{shown}[0] === '{mean}'")
    watched.click("[data-step=undo]")
    watched.wait("document.querySelectorAll('#results tbody tr').length > 5")
