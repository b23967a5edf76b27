"""Every field of LAMOST's own search form has a counterpart, generated from the columns alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from astropy.table import Table

from drportal.formats import Catalogue, Statistics
from drportal.pages.forms import SearchForm, search_form

from ...browser import Browser
from ...commands import drportal
from ...conftest import RELEASE, once
from ...ways import few
from ...wide_tables import ROWS, wide_table
from .test_search_pages import search

WIDE = {"mrs": "MRS_stellar", "a_stars": "LRS_astellar", "m_stars": "LRS_mstellar"}
NAMES = few(WIDE, "a_stars")

POSITION = {"ra", "dec"}
ASKED = {
    "lrs": {
        "identifiers": ["obsid", "uid", "gaia_source_id", "designation"],
        "observation": ["mjd", "lmjd", "obsdate", "planid", "spid", "fiberid", "objtype", "tsource", "tfrom"],
        "photometry": ["mag_ps_g", "mag_ps_r", "mag_ps_i", "mag_ps_z", "mag_ps_y", "gaia_g_mean_mag"],
        "quality": ["snru", "snrg", "snrr", "snri", "snrz"],
        "classification": ["class", "subclass", "z"],
    },
    "lrs_stellar": {
        "parameters": ["teff", "logg", "feh", "rv", "teff_err", "logg_err", "feh_err", "rv_err"],
    },
    "mrs": {"identifiers": ["obsid", "mobsid"], "quality": ["snr"], "observation": ["band", "lmjd"]},
}
"""What the survey's own form asks of such a catalogue, by the group where a reader looks for it."""


def make_site(portal: Path, simulated: Iterable[str], wide: Iterable[str]) -> Path:
    """A release of simulated catalogues and wide tables."""
    release = portal / "releases" / "r"
    release.mkdir(parents=True)
    (portal / "portal.toml").write_text('name = "P"\ntitle = "P"\nlanguages = ["en"]\n')
    text = RELEASE.format(version="v1")
    for kind in simulated:
        text += (
            f'\n[[catalogues]]\nname = "{kind}_sim"\nsimulate = {{ kind = "{kind}", rows = 300, seed = 4 }}\n'
        )
    for name in wide:
        wide_table(WIDE[name]).write(release / f"{name}.parquet")
        text += f'\n[[catalogues]]\nname = "{name}"\nsource = "{name}.parquet"\n'
    (release / "release.toml").write_text(text)
    drportal("build", "--portal", portal, check=True)
    return portal / "build" / "site" / "r"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "parity", lambda portal: make_site(portal, ASKED, []))


@pytest.fixture(scope="module", params=NAMES)
def wide(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A wide table, and the site of it alone."""
    name = request.param
    return name, once(tmp_path_factory, f"wide {name}", lambda portal: make_site(portal, [], [name]))


def form(site: Path, name: str) -> SearchForm:
    folder = site / "data" / name
    return search_form(Catalogue.read(folder), Statistics.read(folder), name)


@pytest.mark.parametrize("kind", ASKED)
def test_fields_of_the_surveys_own_form_have_their_place(site: Path, kind: str) -> None:
    made = form(site, f"{kind}_sim")
    assert made.position
    groups = {field.name: group.key for group in made.groups for field in group.fields}
    columns = {field.name: field for field in made.columns}
    for group, names in ASKED[kind].items():
        known = [name for name in names if name in columns]
        assert len(known) >= 0.6 * len(names), (kind, group, sorted(columns))
        for name in known:
            assert columns[name].widget != "none"
            assert groups[name] == group, name
            if group in ("identifiers",) and columns[name].datatype == "long":
                assert columns[name].widget == "ids", name
            if group in ("quality", "photometry", "parameters"):
                assert columns[name].widget == "range" and name in made.drawn, name


def test_line_indices_and_parameters_of_wide_tables_have_ranges(wide: tuple[str, Path]) -> None:
    name, site = wide
    made = form(site, name)
    assert len(made.columns) == len(wide_table(WIDE[name]).colnames)
    groups = {field.name: group.key for group in made.groups for field in group.fields}
    assert set(groups) == {column.name for column in made.columns}
    indices = [
        c
        for c in made.columns
        if re.match(r"(kp|h(alpha|beta|gamma|delta)|paschen|tio|cah|caoh|zeta)", c.name)
    ]
    for column in indices:
        assert (column.widget, groups[column.name]) == ("range", "parameters"), column.name
        assert column.name in made.drawn


@pytest.mark.browser
def test_every_column_of_a_wide_table_is_searched(watched: Browser, wide: tuple[str, Path]) -> None:
    """All columns at once with the values of one row: only that row is found."""
    name, site = wide
    table = Table(wide_table(WIDE[name]))
    row = table[ROWS // 3]
    query: dict[str, str] = {}
    for column in table.colnames:
        value = row[column]
        key = f"column.{column}" if column in ("limit", "sort", "sky") else column
        if isinstance(value, float | np.floating):
            query[key] = f"{float(np.nextafter(value, -np.inf))!r}..{float(np.nextafter(value, np.inf))!r}"
        else:
            query[key] = f'"{value}"' if isinstance(value, str) else str(value)
    assert search(watched, f"{site.as_uri()}/", catalogue=name, columns="*", **query) == 1
    shown = watched.evaluate("document.querySelectorAll('#results thead [data-column]').length")
    assert shown == len(table.colnames)
    assert urlencode({"columns": "*"}).split("=")[1] in watched.address
