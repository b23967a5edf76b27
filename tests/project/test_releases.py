"""The portal of this repository: releases/ agrees with the published tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drportal.model import Portal, load_portal
from drportal.model.release import Release

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT.parent / "shared" / "reference" / "releases.md"


@pytest.fixture(scope="module")
def portal() -> Portal:
    return load_portal(ROOT)


def test_every_release_is_there(portal: Portal) -> None:
    assert len(portal.releases) == 33
    assert [sum(r.survey_phase == phase for r in portal.releases) for phase in (0, 1, 2)] == [1, 8, 24]


def test_order_is_that_of_publication(portal: Portal) -> None:
    ids = [r.id for r in portal.releases]
    assert [r.published for r in portal.releases] == sorted(r.published for r in portal.releases)
    assert ids[:4] == ["pilot", "dr1", "dr2", "dr3"]
    assert ids[-1] == "dr9/v0", "a season follows its last batch"
    assert ids.index("dr6/v1.1") < ids.index("dr7/v1.1"), "same month: by name"


def test_every_release_has_words_in_both_languages(portal: Portal) -> None:
    for release in portal.releases:
        for text in (release.title, release.description, release.acknowledgement):
            assert set(text) == {"en", "zh"}, release.id
        assert bool(release.reason) == (release.status == "obsolete"), release.id


def test_first_releases_have_no_version_and_no_audience(portal: Portal) -> None:
    by_id = {r.id: r for r in portal.releases}
    for name in ("pilot", "dr1", "dr2", "dr3"):
        assert by_id[name].version == ""
    assert all(r.phase is None for r in portal.releases if r.survey_phase != 2)
    assert all(r.phase == r.version[:2] for r in portal.releases if r.survey_phase == 2)


def test_successors_lead_to_a_current_version(portal: Portal) -> None:
    by_id = {r.id: r for r in portal.releases}
    for release in portal.releases:
        last = release
        for _ in portal.releases:
            if last.superseded_by is None:
                break
            last = by_id[last.superseded_by]
            assert last.name == release.name
        assert last.status == "current", release.id
        assert (release.superseded_by is None) == (release.status == "current"), release.id
    assert {r.id for r in portal.releases if r.status == "current"} == {
        "pilot", "dr1", "dr2", "dr3", "dr4/v2", "dr5/v3", "dr6/v2", "dr7/v1.3", "dr8/v1.0", "dr9/v0",
    }  # fmt: skip


def test_demo_distinguishes_real_totals_from_simulated_rows(portal: Portal) -> None:
    demo = next(r for r in portal.releases if r.id == "dr8/v1.0")
    assert [(r.kind, r.spectra) for r in demo.resolutions] == [("low", 10_388_423), ("medium", 6_038_218)]
    assert [(c.name, c.simulate and c.simulate.rows) for c in demo.catalogues] == [
        ("lrs", 50_000),
        ("lrs_stellar", 30_000),
        ("mrs", 20_000),
    ]
    assert demo.simulated
    assert all("simulated" in c.title["en"] and "模拟" in c.title["zh"] for c in demo.catalogues)
    assert "simulated" in demo.description["en"] and "模拟" in demo.description["zh"]
    later = next(r for r in portal.releases if r.id == "dr9/v0")
    assert [c.simulate and (c.simulate.rows, c.simulate.revised) for c in later.catalogues] == [
        (50_000, True),
        (30_000, True),
        (20_000, True),
    ]
    assert later.simulated
    assert "simulated" in later.description["en"] and "模拟" in later.description["zh"]
    assert not any(r.catalogues for r in portal.releases if r not in (demo, later))
    assert [r for r in portal.releases if r.chosen_python] == [demo, later]


def test_acknowledgement_of_the_portal_serves_releases_without_one(tmp_path: Path) -> None:
    for name, own in (("dr1", ""), ("dr2", 'acknowledgement = "Thank DR2."')):
        folder = tmp_path / "releases" / name
        folder.mkdir(parents=True)
        (folder / "release.toml").write_text(f'name = "{name}"\npublished = "2020"\n{own}\n')
    (tmp_path / "portal.toml").write_text('name = "S"\ntitle = "S"\nacknowledgement = "Thank S."\n')
    assert [r.acknowledgement[""] for r in load_portal(tmp_path).releases] == ["Thank S.", "Thank DR2."]


@pytest.mark.skipif(not TABLES.is_file(), reason="the real data are not here")
class TestAgainstTheTables:
    """Every fact of the tables, read again, is in release.toml, and there are no other releases."""

    def rows(self) -> list[list[str]]:
        lines = TABLES.read_text(encoding="utf-8").splitlines()
        return [
            [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| DR")
        ]

    def facts(self, release: Release) -> tuple[object, ...]:
        kinds = {"low": "L", "medium": "M"}
        observed = {(kinds[r.kind], r.observed_from, r.observed_to) for r in release.resolutions}
        address = (release.original or "").removeprefix("http://").rstrip("/")
        return release.name, release.version, release.batch, release.published, address, frozenset(observed)

    def test_facts(self, portal: Portal) -> None:
        expected = set()
        for row in self.rows():
            if len(row) == 7:
                name, version, _plates, _spectra, observed, published, site = row
                batch, ranges = "", {("L", *observed.split(" – "))}
            else:
                name, version, batch, observed, published, site = row
                ranges = set()
                for part in observed.split("; "):
                    letters, first, last = re.fullmatch(r"([LM, ]+) (\S+) – (\S+)", part).groups()  # type: ignore[union-attr]
                    ranges |= {(letter, first, last) for letter in letters.split(", ")}
            gone = {"–": "", "all": ""}
            version, batch = gone.get(version, version), gone.get(batch, batch)
            expected.add((name, version, batch, published, site.rstrip("/"), frozenset(ranges)))
        assert {self.facts(r) for r in portal.releases if r.survey_phase} == expected
        assert len(expected) == 32

    def test_totals(self, portal: Portal) -> None:
        expected = {
            (row[0], row[1].strip("–")): tuple(int(n.replace(",", "")) for n in row[2:4])
            for row in self.rows()
            if len(row) == 7
        }
        found = {
            (r.name, r.version): (r.resolutions[0].plates, r.resolutions[0].spectra)
            for r in portal.releases
            if r.survey_phase == 1
        }
        assert found == expected

    def test_pilot(self, portal: Portal) -> None:
        text = " ".join(TABLES.read_text(encoding="utf-8").split())
        assert "observed 2011-10-24 – 2012-06, 319,000 spectra, published 2012" in text
        pilot = portal.releases[0]
        (observed,) = pilot.resolutions
        assert (pilot.id, pilot.published) == ("pilot", "2012")
        assert (observed.observed_from, observed.observed_to) == ("2011-10-24", "2012-06")
        assert observed.spectra == 319_000
