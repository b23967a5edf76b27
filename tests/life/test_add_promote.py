"""`drportal add` and `drportal promote`: what they carry over, what they leave out, what they show."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from astropy.table import Table

from ..commands import drportal

RELEASE = """# The release of the season.
name = "DR8"
version = "v1.0"
phase = "v1"
published = "2021-03"   # the day of the announcement
original = "http://survey.example/dr8/"
doi = "10.12345/dr8"
audience = "partners"
public_from = "2022-09-01"
title = { en = "Survey DR8 v1.0", zh = "第八次数据发布" }
description = "All stars of DR8."

# What was observed.
[[resolutions]]
kind = "low"
observed_from = "2011-10"
observed_to = "2020-05"
spectra = 10_388_423

[[catalogues]]
name = "stars"
title = "Stars of DR8"
source = "stars.csv"
schema = "stars.yaml"
roles = { id = "id" }
missing = { mag = [-99] }   # the pipeline writes it

[catalogues.columns]
flux = { audience = "team", public_from = "2022-01-01", range = [0, ""] }

[[catalogues]]
name = "stars_faint"
source = "faint.csv"

[[known_issues]]
name = "mag-zero"
title = "Zero point"
"""
SCHEMA = """# Our columns.
name: stars
"@id": "#stars"
tables:
- name: stars
  "@id": "#stars.stars"
  columns:
  - {name: id, "@id": "#stars.id", datatype: long, description: The number.}
  - {name: ra, "@id": "#stars.ra", datatype: double, "ivoa:unit": deg, "ivoa:ucd": pos.eq.ra;meta.main}
  - {name: dec, "@id": "#stars.dec", datatype: double, "ivoa:unit": deg, "ivoa:ucd": pos.eq.dec;meta.main}
  # In the system of the survey.
  - name: mag
    "@id": "#stars.mag"
    datatype: double
    ivoa:unit: mag
    description: Magnitude.

  - {name: flux, "@id": "#stars.flux", datatype: double, description: Flux.}
"""


def stars(**columns: Any) -> Table:
    n = np.arange(5)
    return Table({"id": n, "ra": n * 10.0, "dec": n * 5.0 - 10} | columns)


def write_portal(folder: Path) -> Path:
    release = folder / "releases" / "dr8" / "v1.0"
    (release / "docs").mkdir(parents=True)
    (folder / "portal.toml").write_text('name = "S"\ntitle = "S"\nlanguages = ["en", "zh"]\n')
    (release / "release.toml").write_text(RELEASE)
    (release / "stars.yaml").write_text(SCHEMA)
    (release / "docs" / "reduction.md").write_text("# Reduction\n\nAs always.\n")
    n = np.arange(5)
    stars(mag=n + 10.5, flux=n + 0.5).write(release / "stars.csv")
    stars().write(release / "faint.csv")
    return folder


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    return write_portal(tmp_path / "portal")


def settings(portal: Path, release: str) -> dict[str, Any]:
    return tomllib.loads((portal / "releases" / release / "release.toml").read_text(encoding="utf-8"))


def test_a_release_begins_with_what_is_known(portal: Path, tmp_path: Path) -> None:
    new = tmp_path / "dr9_stars.csv"
    stars(mag=np.arange(5.0) + 0.5, teff=np.arange(5) + 5000).write(new)
    command = ("add", "dr9/v1.0", "--from", "dr8/v1.0", "--source", new, "--portal", portal)
    done = drportal(*command, "--published", "2022-03", check=True)
    folder = portal / "releases" / "dr9" / "v1.0"
    text = (folder / "release.toml").read_text(encoding="utf-8")
    assert text.startswith("# The release of the season.\n") and "# the day of the announcement" in text
    assert "# the pipeline writes it" in text and "# TODO observed_to" in text and "10_388_423" in text
    found = settings(portal, "dr9/v1.0")
    # Of the release before it remain names, texts as far as they name it, and the least readers.
    assert {k: found[k] for k in ("name", "version", "published", "audience")} == {
        "name": "DR9", "version": "v1.0", "published": "2022-03", "audience": "partners",
    }  # fmt: skip
    assert found["title"] == {"en": "Survey DR9 v1.0", "zh": "TODO: 第八次数据发布"}
    assert found["description"] == "TODO: All stars of DR9."
    assert not {"doi", "original", "phase", "public_from", "known_issues"} & found.keys()
    assert found["resolutions"] == [{"kind": "low", "observed_from": "2011-10"}]
    first, faint = found["catalogues"]
    assert first["source"] == "../../../../dr9_stars.csv" and faint["source"] == "TODO"
    assert first["roles"] == {"id": "id"} and first["missing"] == {"mag": [-99]}
    assert first["title"] == "Stars of DR9"
    # Columns that were hidden until a day stay hidden without one.
    assert first["columns"]["flux"] == {"audience": "team", "range": [0, ""]}
    assert (folder / "docs" / "reduction.md").is_file() and not (folder / "stars.csv").exists()
    schema = (folder / "stars.yaml").read_text(encoding="utf-8")
    assert schema.startswith("# Our columns.\n") and "  # In the system of the survey.\n" in schema
    (table,) = yaml.safe_load(schema)["tables"]
    described = {one["name"]: one for one in table["columns"]}
    assert list(described) == ["id", "ra", "dec", "mag", "teff"]
    assert described["mag"]["description"] == "Magnitude." and described["teff"]["description"] == "TODO"
    for said in (
        "catalogue stars: new column: teff (long)",
        "catalogue stars: column not in dr9_stars.csv: flux",
        "release.toml names the column flux, which is not there any more",
        "known issues of DR8 v1.0 are left out: mag-zero",
        "catalogue stars_faint: no table is given",
    ):
        assert said in done.stdout, said
    checked = drportal("check", "--portal", portal, "--audience", "team")
    assert checked.returncode == 1
    for place in (
        "still says 'title = ",
        "still says '# TODO observed_to",
        "stars.yaml: line 18: still says",
    ):
        assert place in checked.stderr, checked.stderr


def test_without_a_date_nothing_is_built(portal: Path, tmp_path: Path) -> None:
    new = tmp_path / "stars.csv"
    stars(mag=np.arange(5.0), flux=np.arange(5.0)).write(new)
    drportal("add", "dr9", "--from", "dr8/v1.0", "--source", new, "--portal", portal, check=True)
    done = drportal("check", "--portal", portal)
    assert done.returncode == 2 and "published" in done.stderr and "is not a date" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dr8/v1.0", "--from", "dr8/v1.0"), "already exists"),
        (("dr9", "--from", "dr7"), "no such release"),
        (("DR9/../x", "--from", "dr8/v1.0"), "cannot be the id of a release"),
        (("dr9", "--from", "dr8/v1.0", "--source", "none.csv"), "no such file"),
        (("dr9", "--from", "dr8/v1.0", "--source", "portal/portal.toml"), "belongs to no catalogue"),
        (("dr9", "--from", "dr8/v1.0", "--phase", "v3"), "is no phase"),
        (("dr9", "--from", "dr8/v1.0", "--published", "soon"), "is not a date"),
        (("dr9", "--from", "dr8/v1.0", "--source", "stars=portal/portal.toml"), "portal.toml"),
    ],
)
def test_what_cannot_be_added(
    portal: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(portal.parent)
    done = drportal("add", *arguments, "--portal", "portal")
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (portal / "releases" / "dr9").exists()


def test_promotion_is_shown_and_keeps_comments(portal: Path) -> None:
    other = portal / "releases" / "dr8" / "v1.1"
    other.mkdir()
    newer = RELEASE.replace('"v1.0"', '"v1.1"').replace("DR8 v1.0", "DR8 v1.1")
    (other / "release.toml").write_text(newer.partition("[[catalogues]]")[0])
    old = portal / "releases" / "dr8" / "v1.0" / "release.toml"
    shown = drportal(
        "promote", "dr8/v1.1", "--phase", "v2", "--dry-run", "--portal", portal, check=True
    ).stdout
    assert '-phase = "v1"\n+phase = "v2"' in shown and '-audience = "partners"' in shown
    assert '+superseded_by = "dr8/v1.1"' in shown and old.read_text() == RELEASE
    done = drportal("promote", "dr8/v1.1", "--phase", "v2", "--portal", portal)
    assert done.returncode == 2 and "add --yes" in done.stderr and old.read_text() == RELEASE
    command = ("promote", "dr8/v1.1", "--phase", "v2", "--published", "2022-09", "--yes", "--portal", portal)
    drportal(*command, check=True)
    found = settings(portal, "dr8/v1.1")
    assert (found["phase"], found["published"]) == ("v2", "2022-09")
    assert not {"audience", "public_from"} & found.keys()
    text = old.read_text()
    added = 'status = "obsolete"\nsuperseded_by = "dr8/v1.1"\n'
    assert added in text and text.replace(added, "") == RELEASE
    done = drportal(*command, check=True)
    assert "nothing to change" in done.stdout
    for arguments, said in (
        (("dr8/v1.1", "--phase", "v1"), "does not go back"),
        (("dr8/v1.0", "--phase", "v2"), "is replaced by dr8/v1.1"),
        (("dr8/v1.1", "--phase", "v9"), "is no phase"),
    ):
        done = drportal("promote", *arguments, "--portal", portal)
        assert done.returncode == 2 and said in done.stderr


def test_parts_of_a_season_do_not_replace_each_other(portal: Path) -> None:
    head = 'name = "DR9"\nversion = "v0"\nbatch = "{}"\npublished = "2022-0{}"\n'
    for number in (1, 2):
        folder = portal / "releases" / "dr9" / f"v0-q{number}"
        folder.mkdir(parents=True)
        (folder / "release.toml").write_text(head.format(f"Q{number}", number))
    (portal / "releases" / "dr9" / "v0").mkdir()
    (portal / "releases" / "dr9" / "v0" / "release.toml").write_text(
        'name = "DR9"\nversion = "v0"\npublished = "2022-05"\n'
    )
    drportal("promote", "dr9/v0-q2", "--phase", "v0", "--yes", "--portal", portal, check=True)
    assert "superseded_by" not in settings(portal, "dr9/v0-q1")
    drportal("promote", "dr9/v0", "--phase", "v0", "--yes", "--portal", portal, check=True)
    assert settings(portal, "dr9/v0-q1")["superseded_by"] == "dr9/v0"
    assert "superseded_by" not in settings(portal, "dr8/v1.0")
