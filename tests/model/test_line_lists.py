"""Lists of spectral lines: drportal's own, a portal's and a release's, and messages for wrong ones."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from drportal.model import load_portal
from drportal.model.lines import OWN, load_lines
from drportal.pages.kinds.spectrum import to_vacuum

from .test_model import PORTAL, RELEASE, problems, write

LIST = 'title = "T"\nwavelengths = "air"\nlines = [{ name = "a", wavelength = 5000 }]\n'
FILES = {"portal.toml": PORTAL, "releases/dr1/release.toml": RELEASE, "releases/dr2/release.toml": RELEASE}


def test_a_release_has_all_lists_and_its_own_take_the_place_of_others(tmp_path: Path) -> None:
    files = {
        "lines/stellar.toml": LIST.replace('"T"', '"Portal"'),
        "lines/more.toml": LIST,
        "releases/dr1/lines/more.toml": LIST.replace('"T"', '"Release"'),
    }
    one, two = load_portal(write(tmp_path, FILES | files)).releases
    names = [path.stem for path in sorted(OWN.glob("*.toml"))]
    assert [made.id for made in one.lines] == [made.id for made in two.lines] == [*names, "more"]
    assert {made.id: made.title[""] for made in one.lines if "" in made.title} == {
        "stellar": "Portal",
        "more": "Release",
    }
    assert {made.title[""] for made in two.lines if made.id == "more"} == {"T"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIST.replace("air", "water"), "wavelengths: 'water' is not an allowed value"),
        (LIST.replace("5000", "-1"), "lines[a].wavelength: -1"),
        (LIST.replace("5000", "5000, to = 4000"), "lines[a]: has `to` below `wavelength`; swap the two"),
        (LIST.replace('"a"', '{ en = "a", zh = "b" }').replace("5000", '"x"'), "lines[1].wavelength: 'x'"),
        (LIST + "move = true\n", "move: unknown key; did you mean `moves`?"),
        ('title = "T"\nwavelengths = "air"\nlines = []\n', "lines: []"),
        (LIST + "=", "correct the TOML syntax there"),
    ],
)
def test_wrong_lists(tmp_path: Path, text: str, expected: str) -> None:
    for folder in ("", "releases/dr2/"):
        (line,) = problems(write(tmp_path / (folder or "p"), FILES | {"lines/bad.toml": text}))
        assert "lines/bad.toml" in line and expected in line
    release = write(
        tmp_path / "r", FILES | {"releases/dr2/lines/bad.toml": text, "lines/Bad name.toml": LIST}
    )
    assert len(problems(release)) == 2


def test_our_own_lists_are_of_the_wavelengths_they_say() -> None:
    """Lines that stand in several lists agree, once all are in vacuum."""
    known: dict[str, float] = {}
    for made in load_lines([OWN]):
        for line in made.lines:
            name = line.name.get("", line.name.get("en", ""))
            at = to_vacuum(line.wavelength) if made.wavelengths == "air" else line.wavelength
            if name in ("Hα", "Hβ", "Hγ", "Hδ", "Ca II K", "Ca II H", "Na I D1", "Na I D2"):
                assert math.isclose(known.setdefault(name, at), at, abs_tol=0.03), name
            assert line.to is None or line.to - line.wavelength < 1000
    assert len(known) == 8
