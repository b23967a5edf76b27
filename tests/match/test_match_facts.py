"""What a match has found: its facts against astropy and DuckDB, and its page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from drportal.formats.crossmatches import Crossmatches

from .. import commands
from .test_built_match import ROWS, tables, write

pytestmark = pytest.mark.not_quick


@pytest.fixture(scope="module")
def release(built: Path) -> Path:
    return built / "build" / "site" / "t" / "v1"


@pytest.fixture(scope="module")
def near(release: Path) -> dict[str, Any]:
    facts = json.loads((release / "meta" / "crossmatches" / "stars.json").read_text())
    assert facts["rows"] == ROWS
    found: dict[str, Any] = facts["matches"][0]
    return found


def test_counts_are_those_of_astropy(near: dict[str, Any]) -> None:
    stars, others = tables()
    own, there = SkyCoord(stars["ra"], stars["dec"]), SkyCoord(others["RA"], others["DE"], unit="deg")
    nearest, apart, _ = own.match_to_catalog_sky(there)
    within = apart.arcsec <= 2
    pairs, *_ = there.search_around_sky(own, 2 * u.arcsec)
    each = np.bincount(pairs, minlength=ROWS)
    _, times = np.unique(nearest[within], return_counts=True)
    assert near["matched"] == within.sum()
    assert near["pairs"] == len(pairs)
    assert near["ambiguous"] == (each > 1).sum() > 0
    assert near["objects"] == len(times)
    assert near["repeated"] == (times > 1).sum()
    assert near["sharing"] == times[times > 1].sum()
    counts, edges = np.histogram(apart.arcsec[within], bins=len(near["counts"]), range=(0, 2))
    assert near["counts"] == counts.tolist()
    np.testing.assert_allclose(near["edges"], edges, rtol=1e-5, atol=1e-12)
    assert near["median"] == pytest.approx(np.median(apart.arcsec[within]), abs=2e-3)


def test_rows_that_share_an_object_are_counted(tmp_path: Path) -> None:
    write(tmp_path / "portal")
    folder = tmp_path / "portal" / "releases" / "t" / "v1"
    stars, _ = tables()
    again = stars[:30].copy()
    again["n"] += ROWS
    both = Table({name: np.concatenate([stars[name], again[name]]) for name in stars.colnames})
    for name in ("ra", "dec"):
        both[name].unit = "deg"
    both.write(folder / "stars.fits", overwrite=True)
    commands.drportal("build", "--portal", tmp_path / "portal", check=True)
    site = tmp_path / "portal" / "build" / "site" / "t" / "v1"
    facts = Crossmatches.of(site, "stars")
    assert facts is not None
    tycho = facts.matches[1]
    assert (tycho.matched, tycho.objects, tycho.repeated, tycho.sharing) == (80, 50, 30, 60)


def test_pairs_by_chance_are_those_of_shifted_positions(release: Path) -> None:
    """Positions of another catalogue that has nothing to do with the rows: as many matches as expected."""
    from drportal.match.facts import _Measured
    from drportal.match.other import Other
    from drportal.match.pairs import Positions
    from drportal.match.walk import Match

    from .test_pairs import positions

    chance = np.random.default_rng(3)

    def somewhere(count: int) -> Positions:
        ra, dec = chance.uniform(40, 60, count), np.degrees(np.arcsin(chance.uniform(0.1, 0.3, count)))
        return positions(ra, dec)

    own, there = somewhere(40_000), somewhere(60_000)
    other = Other(there, None, [], None)  # type: ignore[arg-type]
    measured = _Measured(Match(None, "", 30.0, Path()), other)  # type: ignore[arg-type]
    measured.own += np.bincount(own.pixel >> 46, minlength=len(measured.own))
    _, apart, _ = SkyCoord(own.ra, own.dec, unit="deg").match_to_catalog_sky(
        SkyCoord(there.ra, there.dec, unit="deg")
    )
    found, expected = int((apart.arcsec <= 30).sum()), sum(measured.chance)
    assert expected == pytest.approx(found, abs=4 * np.sqrt(found))
    assert found > 1000


def test_the_page_says_what_was_matched(release: Path, near: dict[str, Any]) -> None:
    page = (release / "matched.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert f"{near['matched']:,}" in text
    assert "others.fits" in text
    assert "Tycho-2" in text and "2000A&amp;A...355L..27H" in page
    assert 'href="catalogues/stars.html#col-near_mag"' in page
    assert 'href="search.html?catalogue=stars&amp;near_separation=.."' in page
    assert 'href="search.html?catalogue=stars&amp;near_matches=2.."' in page
    assert "交叉证认星表" in (release / "zh" / "matched.html").read_text(encoding="utf-8")
    assert 'href="matched.html"' in (release / "index.html").read_text(encoding="utf-8")


def test_the_example_of_sql_gives_the_closest_pairs(release: Path) -> None:
    import html

    page = (release / "matched.html").read_text(encoding="utf-8")
    shown = re.search(r'<pre class="code" id="sql-near"[^>]*>(.*?)</pre>', page, re.S)
    assert shown
    statement = html.unescape(shown[1])
    with duckdb.connect() as database:
        files = str(release / "data" / "stars" / "dataset" / "**" / "*.parquet")
        database.execute(f"CREATE VIEW stars AS SELECT * FROM read_parquet('{files}')")
        found = database.execute(statement).fetchnumpy()
    stars, others = tables()
    _, apart, _ = SkyCoord(stars["ra"], stars["dec"]).match_to_catalog_sky(
        SkyCoord(others["RA"], others["DE"], unit="deg")
    )
    np.testing.assert_allclose(found["near_separation"], np.sort(apart.arcsec)[:100], atol=1e-9)


def test_matched_catalogues_are_cited_everywhere(release: Path) -> None:
    bibtex = (release / "meta" / "citation.bib").read_text(encoding="utf-8")
    assert "@article{2000AA...355L..27H," in bibtex and "2000A%26A...355L..27H" in bibtex
    assert "JO  - A&A" in (release / "meta" / "citation.ris").read_text(encoding="utf-8")
    datacite = json.loads((release / "meta" / "datacite.json").read_text(encoding="utf-8"))
    related = {(one["relationType"], one["relatedIdentifierType"]) for one in datacite["relatedIdentifiers"]}
    assert {("IsDerivedFrom", "URL"), ("References", "bibcode")} <= related
    crate = json.loads((release / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    entities = {one["@id"]: one for one in crate["@graph"]}
    based = entities["data/stars/"]["isBasedOn"]
    based = based if isinstance(based, list) else [based]
    assert "Tycho-2" in {entities[one["@id"]]["name"] for one in based}
    cite = (release / "cite.html").read_text(encoding="utf-8")
    assert 'href="matched.html#tycho"' in cite


def test_nothing_is_said_of_a_withheld_match(tmp_path: Path) -> None:
    write(tmp_path / "portal")
    toml = tmp_path / "portal" / "releases" / "t" / "v1" / "release.toml"
    text = toml.read_text().replace('name = "near"', 'name = "near"\naudience = "team"')
    # Of the other one, only the separations are withheld.
    text = text.replace(
        'roles = { id = "n" }',
        'roles = { id = "n" }\n\n[catalogues.columns.tycho_separation]\naudience = "team"',
    )
    toml.write_text(text)
    commands.drportal("build", "--portal", tmp_path / "portal", check=True)
    site = tmp_path / "portal" / "build" / "site" / "t" / "v1"
    assert not (site / "matched.html").exists()
    facts = Crossmatches.of(site, "stars")
    assert facts is None or facts.matches == []
    pages = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.html"))
    assert "others.fits" not in pages and "near_" not in pages and "matched.html" not in pages
    assert "2000A" not in (site / "meta" / "citation.bib").read_text(encoding="utf-8")
