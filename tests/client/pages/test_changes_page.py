"""The page of changes: each number links to the rows it counts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ...conftest import once, serving
from ...steps.test_build import run
from ...ways import few
from ..search.test_search_pages import search
from .test_every_page import look

HOSTILE = "<script>alert(1)</script>"
ROWS = 1500
FACTS = """name = "{name}"
published = "{year}"
[[resolutions]]
kind = "low"
spectra = {spectra}
plates = {plates}
"""
TABLE = """
[[catalogues]]
name = "stars"
title = {{ en = "Stars", zh = "恒星" }}
source = "stars.fits"
missing = {{ "*" = [-9999] }}
{more}
"""


def tables() -> tuple[Table, Table]:
    """Two versions of one table: 40 rows gone, 25 new, 320 with another z, ten of another class, and a column
    renamed."""
    random = np.random.default_rng(3)
    old = Table(
        {
            "obsid": 2**60 + np.arange(ROWS) * 7,
            "ra": random.uniform(0, 360, ROWS),
            "dec": random.uniform(-20, 60, ROWS),
            "z": np.round(random.uniform(0, 1, ROWS), 6),
            "class": random.choice(["STAR", "QSO"], ROWS).astype("U30"),
            "offset": random.integers(0, 2, ROWS),
        },
        units={"ra": "deg", "dec": "deg"},
    )
    new = old.copy()
    new.rename_column("offset", "offsets")
    new["z"][200:500] += 0.001
    new["z"][500:520] = -9999
    new["class"][600:609] = "GALAXY"
    new["class"][609] = HOSTILE
    new = new[40:]
    more = new[:25].copy()
    more["obsid"] = 2**61 + np.arange(25)
    from astropy.table import vstack

    return old, vstack([new, more])


@dataclass(frozen=True)
class Site:
    portal: Path
    folder: Path
    old: Table
    new: Table


def make_site(portal: Path) -> Site:
    (portal / "portal.toml").write_text('name = "T"\ntitle = "T"\nlanguages = ["en", "zh"]\n')
    old, new = tables()
    for number, (table, name) in enumerate([(None, HOSTILE), (old, "DR2"), (new, "DR3")], 1):
        folder = portal / "releases" / f"dr{number}"
        folder.mkdir(parents=True)
        text = FACTS.format(name=name, year=2019 + number, spectra=10**number, plates=7)
        if table is not None:
            table.write(folder / "stars.fits")
            text += TABLE.format(more="")
        (folder / "release.toml").write_text(text)
    run("build", "--portal", portal)
    return Site(portal, portal / "build" / "site", old, new)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return once(tmp_path_factory, "changes", make_site)


def test_facts_of_releases_without_data(site: Site) -> None:
    page = (site.folder / "dr2" / "changes.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert re.search(r"Spectra · Low resolution</th>.*?10</td>.*?100</td>.*?\+90</td>", page)
    assert "Plates" not in page, "they are the same"
    assert not (site.folder / "dr1" / "changes.html").exists()
    assert "changes.html" not in (site.folder / "dr1" / "index.html").read_text(encoding="utf-8")


def test_changed_rows_are_a_catalogue_like_any_other(site: Site) -> None:
    import lsdb

    data = site.folder / "dr3" / "data" / "stars_changes"
    rows = lsdb.open_catalog(data).compute()
    assert rows["change"].value_counts().to_dict() == {"changed": 330, "removed": 40, "added": 25}
    changed = rows[rows["changed_columns"] == ";z;"].set_index("obsid")
    before = {int(r["obsid"]): r for r in site.old}
    after = {int(r["obsid"]): r for r in site.new}
    assert len(changed) == 320
    for ident, row in changed.iterrows():
        assert (row["z_before"], row["z_after"]) == (before[ident]["z"], after[ident]["z"])
    assert "stars_changes" in (site.folder / "dr3" / "data.html").read_text(encoding="utf-8")
    assert (site.folder / "dr3" / "catalogues" / "stars_changes.html").is_file()


@pytest.mark.slow
def test_a_second_build_compares_nothing_and_writes_the_same(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.portal / "releases", tmp_path / "releases")
    shutil.copy(site.portal / "portal.toml", tmp_path)
    run("build", "--portal", tmp_path)
    other = tmp_path / "build" / "site" / "dr3"
    files = [p for p in (site.folder / "dr3").rglob("*") if p.is_file()]
    assert len(files) > 30
    for file in files:
        assert file.read_bytes() == (other / file.relative_to(site.folder / "dr3")).read_bytes(), file

    def noted() -> dict[Path, int]:
        notes = (tmp_path / "build" / "cache").rglob("*.json")
        return {p: p.stat().st_mtime_ns for p in notes if p.parent.name not in ("editions", "sites")}

    kept = noted()
    assert any(p.name == "differences.json" for p in kept)
    run("build", "dr3", "--portal", tmp_path)
    assert noted() == kept


def test_the_command_says_the_same_as_the_page(site: Site) -> None:
    found = json.loads(run("diff", "--json", "dr2", "dr3", "--portal", site.portal).stdout)
    rows = found["catalogues"][0]["rows"]
    assert (rows["added"], rows["removed"], rows["changed"], rows["paired"]) == (25, 40, 330, ROWS - 40)
    done = run("diff", "dr2", "dr9", "--portal", site.portal, ok=False)
    assert done.returncode == 2 and done.stderr.splitlines()[-1].endswith("use one of: dr1, dr2, dr3")
    same = run("diff", "dr2", "dr2", "--portal", site.portal, ok=False)
    assert same.returncode == 2 and "is the same release" in same.stderr


@pytest.mark.slow
def test_a_former_release_is_compared_with_as_it_stands_in_the_site(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.portal, tmp_path / "p", symlinks=True)
    (tmp_path / "p" / "releases" / "dr2" / "stars.fits").unlink()
    shutil.rmtree(tmp_path / "p" / "build" / "cache")
    page = tmp_path / "p" / "build" / "site" / "dr3" / "changes.html"
    before = page.read_bytes()
    run("build", "dr3", "--portal", tmp_path / "p")
    assert page.read_bytes() == before
    shutil.rmtree(tmp_path / "p" / "build")
    done = run("build", "dr3", "--portal", tmp_path / "p")
    assert "not compared with DR2" in done.stderr and "no file 'stars.fits'" in done.stderr
    assert "Rows changed" not in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_catalogues_of_other_names(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.portal / "releases", tmp_path / "releases")
    shutil.copy(site.portal / "portal.toml", tmp_path)
    toml = tmp_path / "releases" / "dr3" / "release.toml"
    text = toml.read_text().replace('name = "stars"', 'name = "lrs"')
    toml.write_text(text)
    done = run("diff", "dr2", "dr3", "--portal", tmp_path, ok=False)
    assert done.returncode == 2 and "no catalogue in common" in done.stderr and "formerly" in done.stderr
    toml.write_text(text + 'formerly = "stars"\nrenamed = { offset = "offsets" }\n')
    said = run("diff", "dr2", "dr3", "--portal", tmp_path).stdout
    assert "catalogue lrs (formerly stars)" in said and "offset -> offsets  (as release.toml says)" in said
    toml.write_text('compare = ["dr7"]\n' + text)
    done = run("check", "--portal", tmp_path, ok=False)
    assert "compare: no other release 'dr7'" in done.stderr


@pytest.fixture(scope="module", params=["file", "serve"])
def address(request: pytest.FixtureRequest, site: Site) -> Iterator[str]:
    """Of the newest release, from disk and served."""
    if request.param == "file":
        yield (site.folder / "dr3").as_uri()
        return
    with serving(site.folder) as address:
        yield f"{address}dr3"


@pytest.mark.browser
def test_numbers_lead_to_the_rows_they_count(watched: Browser, address: str) -> None:
    watched.open(f"{address}/changes.html")
    links = watched.evaluate(
        "[...document.querySelectorAll('main a[href*=\"search.html?catalogue=stars_changes&\"]')]"
        ".map((a) => [a.href, a.textContent])"
    )
    numbers = [int(text.replace(",", "")) for _, text in links]
    assert numbers[:3] == [25, 40, 330]
    assert {320, 10} <= set(numbers[3:]), "rows whose z and whose class differ"
    for at in (1, numbers.index(320), -1):
        (href, _), number = links[at], numbers[at]
        page, _, query = href.partition("?")
        assert page == f"{address}/search.html"
        assert search(watched, f"{address}/", **dict(parse_qsl(query))) == number, href


@pytest.mark.browser
@pytest.mark.slow
def test_the_largest_changes_lead_to_their_rows_and_to_sql(watched: Browser, site: Site) -> None:
    watched.open((site.folder / "dr3" / "changes.html").as_uri())
    first = watched.evaluate("document.querySelector('.change-details tbody a').href")
    sql = watched.evaluate("document.querySelector('main a[href*=\"sql.html\"]').href")
    ident = re.search(r"obsid=(\d+)$", first)
    assert ident and int(ident[1]) >= 2**60
    watched.open(first)
    watched.wait(f"document.body.textContent.includes('{ident[1]}')")
    base, _, query = sql.partition("sql.html?")
    assert search(watched, base, "sql.html", **dict(parse_qsl(query))) == 100


LOOKS = [("", 1280, False), ("zh/", 390, True), ("", 390, True), ("zh/", 1280, False)]


@pytest.mark.browser
@pytest.mark.parametrize("some", few(["first", "other"], "first"))
@pytest.mark.slow
def test_it_is_accessible(site: Site, chromium: Browser, some: str) -> None:
    for language, width, dark in LOOKS[:2] if some == "first" else LOOKS[2:]:
        for release in ("dr2", "dr3"):
            look(chromium, (site.folder / release / language / "changes.html").as_uri(), width, dark)
        chromium.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert chromium.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        said = chromium.evaluate("document.querySelector('main').textContent")
        assert ("自 DR2 以来" if language else "Since DR2") in said
