"""Content for the team or partners is in no byte of other editions; the team's edition has all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ..commands import twin
from ..conftest import once
from ..secret_portal import (
    AFTER,
    BEFORE,
    DAY,
    FIRST,
    FOR_PARTNERS,
    FOR_TEAM,
    IN_NO_SITE,
    NUMBERS,
    SHOWN,
    TARGET,
    Hay,
    build,
    stars,
    write_portal,
)

WORDS = FOR_TEAM | FOR_PARTNERS


@dataclass(frozen=True)
class Sites:
    portal: Path
    team: Path
    public: Path


def make(folder: Path) -> Sites:
    portal = write_portal(folder)
    # The team's first: nothing that it left in the cache may be used for others.
    for audience, jobs in (("team", "1"), (None, "2")):
        done = build(portal, audience, BEFORE, "--jobs", jobs)
        assert done.returncode == 0, done.stderr
    return Sites(portal, portal / "build/site-team", portal / "build/site")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    return once(tmp_path_factory, "audiences", make)


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.slow  # test_withheld_twins.py finds any byte that a secret decides
def test_the_public_edition_contains_no_secret_and_the_teams_contains_all(sites: Sites) -> None:
    team, public = Hay(sites.team), Hay(sites.public)
    assert [name for name, word in WORDS.items() if not team.word(word)] == []
    assert [name for name, number in NUMBERS.items() if not team.number(number)] == []
    secret = WORDS | IN_NO_SITE
    assert {name: found for name, word in secret.items() if (found := public.word(word))} == {}
    assert {name: found for name, n in NUMBERS.items() if (found := public.number(n))} == {}


def test_what_is_shown_is_whole(sites: Sites) -> None:
    here = sites.public / "dr1/v1"
    files = sorted(here.glob("data/stars/dataset/Norder=*/**/*.parquet"))
    rows = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
    source = stars()[:SHOWN]
    source.sort("obsid")
    assert rows.column_names == ["_healpix_29", *source.colnames[:5], "snrg", "remark"]
    rows = rows.sort_by("obsid")
    for name in ("obsid", "ra", "dec", "class", "z"):
        assert rows[name].to_pylist() == source[name].tolist()
    statistics = read(here / "data/stars/statistics.json")
    assert (statistics["rows"], statistics["left_out"], statistics["sources"]) == (SHOWN, 0, [])
    lrs, desi = (read(here / f"data/spectra/{name}/spectra.json") for name in ("lrs", "desi"))
    assert (lrs["spectra"], lrs["originals"], desi["spectra"], desi["left_out"]["count"]) == (6, False, 5, 0)
    # Of files of many spectra none ships: a list of those that do would show where the withheld ones are.
    assert (desi["originals"], list(here.glob("data/spectra/**/fits/**/*.fits"))) == (False, [])
    packs = pq.read_table(here / "data/spectra/desi/packs/000/000000.parquet", columns=["targetid"])
    assert set(packs["targetid"].to_pylist()) == {TARGET + n for n in (0, 2, 3, 4, 5)}
    headers = pq.read_table(here / "data/spectra/lrs/packs/000/000000.parquet")["header"].drop_null()
    reported = [json.loads(text) for text in headers.to_pylist()]
    assert all(
        t.items() == {"layout": "lamost-lrs-image", "class": "STAR", "z": 0.1, "vacuum": True}.items()
        for t in reported
    )


def test_what_is_shown_says_nothing_of_the_rest(sites: Sites) -> None:
    here = sites.public / "dr1/v1"
    (issue,) = read(here / "known-issues/issues.json")
    assert (issue["columns"], issue["rows"], issue["status"]) == (["z"], 1, "open")
    assert (here / issue["ids"]).read_text().split() == ["obsid", str(FIRST)]
    page = (here / "index.html").read_text(encoding="utf-8")
    assert "obsolete" not in page.lower() and not (sites.public / "edition.json").exists()
    notes = (here / "docs/notes.html").read_text(encoding="utf-8")
    assert "the other" in notes and "Known things" in notes
    for name in ("lrs", "desi"):  # the same as if the rest had never been there
        assert (sites.team / f"dr1/v1/data/spectra/{name}").is_dir()


def test_an_edition_says_whose_it_is_on_every_page(sites: Sites) -> None:
    for site, others in ((sites.team, False), (sites.public, True)):
        for page in site.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            assert ('<meta name="robots" content="noindex' in text) is not others, page
            assert ('<aside class="edition"' in text) is not others, page
    team = sites.team / "dr1/v1"
    assert "Not for distribution." in (team / "search.html").read_text(encoding="utf-8")
    assert "工作组内部版 · 请勿外传。" in (team / "zh/search.html").read_text(encoding="utf-8")
    assert read(team / "edition.json") == read(sites.team / "edition.json") == {"audience": "team"}
    assert (sites.public / "sitemap.xml").is_file() and not (sites.team / "sitemap.xml").exists()


@pytest.fixture
def own(sites: Sites, tmp_path: Path) -> Sites:
    """A copy, for tests that build."""
    portal = twin(sites.portal, tmp_path / "portal")
    return Sites(portal, portal / "build/site-team", portal / "build/site")


@pytest.mark.slow
def test_editions_are_not_mixed(own: Sites) -> None:
    before = {p: p.stat().st_mtime_ns for p in own.public.parent.glob("site*/**/*.html")}
    for audience, out in ((None, own.team), ("team", own.public), ("partners", own.team)):
        done = build(own.portal, audience, BEFORE, "--out", str(out))
        assert done.returncode == 2 and "name another folder with --out" in done.stderr
    done = build(own.portal, None, BEFORE, "dr2zeta")
    assert done.returncode == 2
    assert f"is for the team until {DAY}; build it with --audience team" in done.stderr
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_what_is_withheld_later_is_not_kept(own: Sites) -> None:
    toml = own.portal / "releases/dr1/v1/release.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("z = {", 'snrg = { audience = "team" }\nz = {'), encoding="utf-8")
    done = build(own.portal, None, BEFORE, "dr0")
    assert done.returncode == 2
    assert "dr1/v1: may show what is now withheld (column stars.snrg)" in done.stderr
    toml.write_text('audience = "team"\n' + text, encoding="utf-8")
    done = build(own.portal, None, BEFORE, "dr0")
    assert done.returncode == 2 and "delete it from the site yourself" in done.stderr


@pytest.mark.slow
def test_when_the_day_has_come_all_is_public(own: Sites) -> None:
    done = build(own.portal, None, AFTER)
    assert done.returncode == 0, done.stderr
    assert f"DR1 v1: catalogue cryptids: public since {DAY}" in done.stderr
    public = Hay(own.public)
    assert [name for name, word in WORDS.items() if not public.word(word)] == []
    assert [name for name, number in NUMBERS.items() if not public.number(number)] == []
