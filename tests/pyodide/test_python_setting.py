"""`python` in portal.toml and release.toml: what it means, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from drportal.model import Portal, Release, load_portal
from drportal.model.python import ChosenPython
from drportal.model.read import parse_toml, validate
from drportal.problems import InputError

FILE = Path("x.toml")


def chosen(folder: Path, portal: str, release: str, catalogue: bool = True) -> ChosenPython | None:
    home = folder / "releases" / "dr1"
    home.mkdir(parents=True)
    (folder / "portal.toml").write_text(f'name = "T"\ntitle = "T"\n{portal}\n')
    data = '[[catalogues]]\nname = "t"\nsource = "t.csv"\n' if catalogue else ""
    (home / "release.toml").write_text(f'name = "DR1"\npublished = "2026"\n{release}\n{data}')
    (only,) = load_portal(folder).releases
    return only.chosen_python


@pytest.mark.parametrize(
    ("portal", "release", "packages"),
    [
        ("", "", None),
        ("python = true", "", ()),
        ("python = true", "python = false", None),
        ("python = false", "python = true", ()),
        ('python = ["scipy"]', "", ("scipy",)),
        ('python = ["scipy"]', 'python = ["pandas"]', ("pandas",)),
        ('[python]\npackages = ["scipy"]', "python = true", ()),
        ("", '[python]\npackages = ["astropy"]\n', ("astropy",)),
    ],
)
def test_the_release_wins(
    tmp_path: Path, portal: str, release: str, packages: tuple[str, ...] | None
) -> None:
    found = chosen(tmp_path, portal, release)
    assert (found.packages if found else None) == packages


def test_a_release_without_data_has_nothing_to_compute_on(tmp_path: Path) -> None:
    assert chosen(tmp_path, "python = true", "", catalogue=False) is None


def test_a_distribution_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    found = chosen(tmp_path / "a", '[python]\ndistribution = "pyodide"', 'python = ["astropy"]')
    assert found
    assert found.folder == tmp_path / "a" / "pyodide"
    assert (found.file.name, found.distribution_file.name) == ("release.toml", "portal.toml")
    found = chosen(tmp_path / "b", "", '[python]\ndistribution = "../pyodide"')
    assert found
    assert found.folder == tmp_path / "b" / "releases" / "dr1" / ".." / "pyodide"
    found = chosen(tmp_path / "c", '[python]\ndistribution = "https://survey.example/pyodide/"', "")
    assert found
    assert (found.distribution, found.folder) == ("https://survey.example/pyodide/", None)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("python = 3", "x.toml: python: is neither true nor false; write python = true, or packages as in"),
        ('python = "scipy"', "x.toml: python: is neither true nor false"),
        (
            'python = ["scipy>=1"]',
            "x.toml: python.packages[1]: 'scipy>=1' is not the name of a package; write",
        ),
        ("python = [1]", "x.toml: python.packages[1]: 1 is not a text"),
        ("[python]\npackage = []", "x.toml: python.package: unknown key; did you mean `packages`?"),
        ('[python]\ndistribution = ""', "x.toml: python.distribution: is not a file path"),
    ],
)
@pytest.mark.parametrize("model", [Portal, Release])
def test_mistakes_are_named(setting: str, said: str, model: type[Portal] | type[Release]) -> None:
    rest = {"name": "T", "title": "T"} if model is Portal else {"name": "T", "published": "2026"}
    with pytest.raises(InputError) as raised:
        validate(model, rest | parse_toml(setting, FILE), FILE)
    (problem,) = raised.value.problems
    assert str(problem).startswith(said)
