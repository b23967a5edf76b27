"""Known issues: listed with the affected rows, counted from the data, and marked in tables."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ...commands import drportal
from ...conftest import once, serving
from ...ways import few
from ..search.test_search_pages import search
from .test_every_page import serious

ISSUES = """
[[known_issues]]
name = "low"
title = { en = "Low <b>signal</b>", zh = "信号低" }
description = "Too faint."
catalogue = "stars"
where = "snrg < 10"
columns = ["z"]
found = "2021-05"

[[known_issues]]
name = "named"
title = "Wrong names"
catalogue = "stars"
ids = [9007199254740993, 12]
status = "stays"

[[known_issues]]
name = "all"
title = "Everything is a little off"
status = "fixed"
fixed_in = "dr2"
"""


def stars() -> Table:
    n = 400
    return Table(
        {
            "obsid": np.array([9007199254740993, 9007199254740994, *range(10, n + 8)], dtype=np.int64),
            "ra": np.linspace(10, 12, n),
            "dec": np.linspace(20, 22, n),
            "snrg": np.linspace(1, 100, n),
            "z": np.linspace(0, 1, n),
            "class": ["STAR", "QSO"] * (n // 2),
        }
    )


def write_portal(folder: Path, issues: str = ISSUES) -> Path:
    for name in ("dr1", "dr2"):
        release = folder / "releases" / name
        release.mkdir(parents=True, exist_ok=True)
        text = f'name = "{name.upper()}"\npublished = "202{name[-1]}"\n'
        if name == "dr1":
            stars().write(release / "stars.fits", overwrite=True)
            text += 'status = "obsolete"\nsuperseded_by = "dr2"\n'
            text += '[[catalogues]]\nname = "stars"\nsource = "stars.fits"\n' + issues
        (release / "release.toml").write_text(text, encoding="utf-8")
    (folder / "portal.toml").write_text('name = "T"\ntitle = "T"\nlanguages = ["en", "zh"]\n')
    return folder


def build(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return drportal("build", "--portal", folder, *more)


def make_flawed(folder: Path) -> Path:
    built = build(write_portal(folder))
    assert built.returncode == 0, built.stderr
    return folder / "build" / "site"


@pytest.fixture(scope="session")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "flawed", make_flawed)


def test_rows_are_counted_on_the_data(flawed: Path) -> None:
    table = stars()
    reported = {one["name"]: one for one in json.loads((flawed / "dr1/known-issues/issues.json").read_text())}
    faint = sorted(int(i) for i in table["obsid"][table["snrg"] < 10])
    assert reported["low"]["rows"] == len(faint)
    listed = (flawed / "dr1" / reported["low"]["ids"]).read_text().split()
    assert listed == ["obsid", *map(str, faint)]
    assert (flawed / "dr1" / reported["named"]["ids"]).read_text().split() == [
        "obsid",
        "12",
        "9007199254740993",
    ]
    page = (flawed / "dr1" / "issues.html").read_text(encoding="utf-8")
    assert "Low &lt;b&gt;signal&lt;/b&gt;" in page
    assert "信号低" in (flawed / "dr1" / "zh" / "issues.html").read_text(encoding="utf-8")
    assert f">{len(faint)}</a>" in page
    records = (flawed / "dr1" / "assets" / "records.en.js").read_text(encoding="utf-8")
    assert '"issue","Low \\u003cb\\u003esignal\\u003c/b\\u003e","","issues.html#low"' in records


BAD = {
    'where = "snrg <"': "known_issues[low].where: is not a condition on stars",
    'where = "1=1); DROP VIEW t; SELECT (1"': "is not a condition on stars",
    'where = "nosuch > 1"': "is not a condition on stars",
    "ids = [5]": "known_issues[low].ids: stars has no row of obsid 5; remove or correct it",
    'columns = ["zz"]': "known_issues[low].columns: stars has no column 'zz'; did you mean 'z'?",
    'catalogue = "star"': "has a known issue 'low' of an unknown catalogue 'star'",
    'status = "fixed"\nfixed_in = "dr3"': "known_issues[low].fixed_in: no release 'dr3'; use one of: dr2",
}


SIMILAR = ('where = "snrg <"', 'where = "nosuch > 1"')
"""Fail as another condition does, each in a build."""


@pytest.mark.parametrize(
    ("line", "said"),
    [pytest.param(*one, marks=[pytest.mark.slow] if one[0] in SIMILAR else []) for one in BAD.items()],
)
def test_what_is_wrong_with_an_issue_is_one_line(tmp_path: Path, line: str, said: str) -> None:
    catalogue = "" if line.startswith("catalogue") else 'catalogue = "stars"\n'
    issue = f'[[known_issues]]\nname = "low"\ntitle = "Low"\n{catalogue}{line}\n'
    built = build(write_portal(tmp_path, issue))
    assert built.returncode == 2
    assert said in built.stderr
    assert built.stderr.count("drportal: ") == 1
    assert "Traceback" not in built.stderr


def test_nothing_is_ever_removed(tmp_path: Path) -> None:
    folder = write_portal(tmp_path, "")
    assert build(folder).returncode == 0
    (folder / "releases" / "dr2" / "release.toml").rename(tmp_path / "kept.toml")
    text = (folder / "releases" / "dr1" / "release.toml").read_text().replace('superseded_by = "dr2"\n', "")
    (folder / "releases" / "dr1" / "release.toml").write_text(text)
    built = build(folder)
    assert built.returncode == 2
    assert "dr2: is a release that is no longer in the portal; put its folder back" in built.stderr
    assert (folder / "build" / "site" / "dr2" / "index.html").is_file()


@pytest.fixture(scope="module", params=["serve", "file"])
def flawed_base(request: pytest.FixtureRequest, flawed: Path) -> Iterator[str]:
    if request.param == "file":
        yield flawed.as_uri() + "/"
        return
    with serving(flawed) as address:
        yield address


def test_rows_are_marked_and_lead_to_their_issue(watched: Browser, flawed_base: str) -> None:
    numbers = "9007199254740993,9007199254740994,200"
    assert search(watched, f"{flawed_base}dr1/", catalogue="stars", obsid=numbers) == 3
    watched.wait("document.querySelectorAll('#results tbody tr:not(.pending)').length === 3")
    marked = watched.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#results tbody tr')].map(r => "
        "[r.querySelector('[data-column=obsid]').textContent, r.querySelector('.row-open').title]))"
    )
    assert marked == {
        "9007199254740993": "Known issues: Low <b>signal</b> · Wrong names",
        "9007199254740994": "Known issues: Low <b>signal</b>",
        "200": "",
    }
    watched.wait("!document.body.hasAttribute('aria-busy')")
    watched.click("#results tbody tr:first-child .row-links")
    found = "[...document.querySelectorAll('#links-menu a')].map(a => a.textContent)"
    watched.wait(f"{found}.includes('Known issue: Low <b>signal</b>')")
    watched.click("#links-menu a[href$='#low']")
    watched.wait("!!document.querySelector('article.issue:target')")
    search(watched, f"{flawed_base}dr1/", "sql.html", sql="SELECT obsid FROM stars WHERE obsid=12")
    watched.wait("!!document.querySelector('#results .row-open.flagged')")
    watched.goto(f"{flawed_base}dr1/object.html?obsid=12")
    watched.wait("!!document.querySelector('#object-issues .issue-notice a')")


@pytest.mark.slow
def test_the_link_of_an_issue_finds_its_rows(watched: Browser, flawed_base: str) -> None:
    watched.open(f"{flawed_base}dr1/issues.html")
    address = watched.evaluate("document.querySelector('#low dd a[href*=sql]').href")
    reported = watched.evaluate("document.querySelector('#low dd a[href*=sql]').textContent")
    query = dict(parse_qsl(address.partition("?")[2]))
    assert search(watched, f"{flawed_base}dr1/", "sql.html", **query) == int(reported)


def test_the_same_page_of_another_version(watched: Browser, flawed_base: str) -> None:
    """The query is kept if the other release has the page; otherwise its home page opens."""
    watched.open(f"{flawed_base}dr2/index.html")
    watched.click(".version-menu summary")
    watched.click(".version-menu a[href*='dr1']")
    watched.wait("location.pathname.endsWith('/dr1/index.html')")
    watched.goto(f"{flawed_base}dr1/help.html?x=1#search")
    assert "Use DR2" in watched.evaluate("document.querySelector('.status-banner').textContent")
    watched.click(".status-banner a")
    watched.wait("location.pathname.endsWith('/dr2/help.html') && location.search === '?x=1'")
    assert watched.evaluate("location.hash") == "#search"
    watched.goto(f"{flawed_base}dr1/search.html?catalogue=stars")
    assert watched.evaluate("document.querySelector('.version-menu a[href*=dr2]').className") == "other"
    watched.goto(f"{flawed_base}dr1/data.html")
    watched.evaluate("document.querySelector('.version-menu summary').focus()")
    watched.press("Enter")
    watched.wait("document.querySelector('.version-menu').open")
    watched.press("Tab")
    watched.wait("!!document.activeElement.closest('.version-menu')")
    watched.press("Escape")
    watched.wait("document.activeElement.matches('.version-menu summary')")
    assert not watched.evaluate("document.querySelector('.version-menu').open")
    # the header is one stop, with arrow keys inside; out of a menu: to its neighbour
    watched.press("ArrowDown")
    watched.evaluate("[...document.querySelectorAll('.version-menu a')].at(-1).focus()")
    watched.press("Tab")
    assert watched.evaluate("document.activeElement === document.querySelector('.nav-bar a')")
    assert not watched.evaluate("document.querySelector('.version-menu').open")
    watched.press("ArrowLeft")
    assert watched.evaluate("document.activeElement.matches('.version-menu summary')")
    watched.press("End")
    assert watched.evaluate("document.activeElement.matches('.theme-toggle')")
    watched.press("Tab")
    assert not watched.evaluate("!!document.activeElement.closest('.site-bar')")
    watched.press("Shift+Tab")
    assert watched.evaluate("document.activeElement.matches('.theme-toggle')")


def test_the_index_of_releases_is_narrowed(watched: Browser, flawed_base: str) -> None:
    watched.open(f"{flawed_base}index.html?status=obsolete")
    shown = "[...document.querySelectorAll('#release-table tbody tr')].filter(r => !r.hidden).length"
    watched.wait(f"{shown} === 1")
    assert watched.evaluate("document.querySelector('[data-filter-count]').textContent") == "1 of 2"
    watched.evaluate(
        "{ const f = document.getElementById('filter-status'); f.value = ''; "
        "f.dispatchEvent(new Event('input')) }"
    )
    watched.wait(f"{shown} === 2 && !location.search")


@pytest.mark.parametrize(("language", "width", "dark"), few([("", 1280, False), ("zh/", 390, True)], "zh/"))
@pytest.mark.slow
def test_pages_about_versions_are_accessible(
    watched: Browser, flawed: Path, language: str, width: int, dark: bool
) -> None:
    for page in ("issues.html", "index.html", "help.html", "catalogues/stars.html"):
        watched.open((flawed / "dr1" / language / page).as_uri(), width=width, dark=dark)
        watched.click(".version-menu summary")
        assert serious(watched) == []
        assert watched.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
