"""portal.toml, release.toml and schemas: their meaning, and messages for errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from drportal.model import Release, load_portal, load_release, load_schema
from drportal.model.text import in_language
from drportal.problems import InputError, Problem

PORTAL = 'name = "S"\ntitle = "Survey"\n'
RELEASE = 'name = "DR1"\nversion = "v1.0"\npublished = "2020-05"\n'


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        load_portal(folder)
    return [str(p) for p in error.value.problems]


def test_a_portal_and_its_releases_in_order_of_publication(tmp_path: Path) -> None:
    old = RELEASE.replace("2020-05", "2019").replace("DR1", "DR10")
    files = {
        "portal.toml": PORTAL,
        "releases/dr1/v1.0/release.toml": RELEASE,
        "releases/dr10/release.toml": old,
    }
    portal = load_portal(write(tmp_path, files))
    assert [r.id for r in portal.releases] == ["dr10", "dr1/v1.0"]
    assert portal.releases[1].folder == tmp_path / "releases/dr1/v1.0"
    assert portal.folder == tmp_path
    assert portal.releases[1].label == "DR1 v1.0"


@pytest.mark.parametrize("key", ["id", "file", "folder", "_id", "label"])
def test_what_follows_from_the_folder_cannot_be_set(tmp_path: Path, key: str) -> None:
    files = {"portal.toml": PORTAL, "releases/dr1/release.toml": f'{key} = "x"\n{RELEASE}'}
    (line,) = problems(write(tmp_path, files))
    assert f"{key}: unknown key" in line


@pytest.mark.parametrize("key", ["folder", "releases"])
def test_nor_can_that_of_a_portal(tmp_path: Path, key: str) -> None:
    (line,) = problems(write(tmp_path, {"portal.toml": f'{key} = "x"\n{PORTAL}'}))
    assert f"{key}: unknown key" in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name = "DR1"\nname = "x"', "line 2"),
        ('name = "DR1"', "published: is missing"),
        (RELEASE + 'verson = "x"', "did you mean `version`?"),
        (RELEASE + 'status = "old"', "status: 'old'"),
        (RELEASE.replace("2020-05", "May 2020"), "write it as 2020, 2020-05 or 2020-05-27"),
        (RELEASE + '[[catalogues]]\nname = "LRS"\nsource = "x"', "cannot be used as a name"),
        (RELEASE + '[[catalogues]]\nname = "aux"\nsource = "x"', "Windows reserves it"),
        (RELEASE + '[[catalogues]]\nname = "a"', "needs either `source`"),
        (RELEASE + '[[catalogues]]\nname = "a"\nsource = "x"\nroles.idd = "x"', "did you mean `id`?"),
        (RELEASE + '[[catalogues]]\nname = "a"\nsource = "x"\n' * 2, "two catalogues named 'a'"),
        (RELEASE + 'superseded_by = "dr9"', "no release 'dr9'"),
        (RELEASE + 'original = "javascript:alert(1)"', "is not a web address"),
        (
            RELEASE + '[[catalogues]]\nname = "a"\nsimulate = { kind = "x", rows = 1 }',
            "catalogues[a].simulate.kind",
        ),
        (RELEASE + '[[catalogues]]\nname = "a"\nsimulate = { kind = "lrs", rows = -1 }', "simulate.rows"),
    ],
)
def test_errors_name_the_file_the_place_and_the_fix(tmp_path: Path, text: str, expected: str) -> None:
    lines = problems(write(tmp_path, {"portal.toml": PORTAL, "releases/dr1/release.toml": text}))
    assert any(expected in line and "release.toml" in line for line in lines), lines


def test_every_problem_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    files = {"portal.toml": "nam = 1", "releases/a/release.toml": "x = 1", "releases/b/release.toml": "= 1"}
    assert len(problems(write(tmp_path, files))) >= 4


def test_a_missing_portal_says_how_to_start(tmp_path: Path) -> None:
    assert "drportal new" in problems(tmp_path)[0]


@pytest.mark.parametrize("folder", ["DR 1", "dr1/nul", "con.1", "dr1."])
def test_release_folders_that_cannot_be_site_paths(tmp_path: Path, folder: str) -> None:
    files = {"portal.toml": PORTAL, f"releases/{folder}/release.toml": RELEASE}
    assert "cannot be a site path" in problems(write(tmp_path, files))[0]


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_bytes(b'name = "\xff"')
    assert "is not UTF-8" in problems(tmp_path)[0]


def test_texts_by_language() -> None:
    assert in_language({"": "all"}, "zh") == "all"
    assert in_language({"en": "a", "zh": "b"}, "zh") == "b"
    assert in_language({"fr": "c"}, "zh") == "c"
    assert in_language(None, "en", "d") == "d"


def test_a_release_with_simulated_rows_says_so(tmp_path: Path) -> None:
    text = RELEASE + '[[catalogues]]\nname = "a"\nsimulate = { kind = "lrs", rows = 1 }'
    write(tmp_path, {"releases/dr1/release.toml": text})
    assert load_release(tmp_path / "releases/dr1/release.toml", tmp_path / "releases").simulated


def test_numbers_in_labels_sort_as_numbers() -> None:
    releases = [Release(name=n, published="2020") for n in ["DR10", "DR9", "DR2"]]
    assert [r.name for r in sorted(releases, key=lambda r: r.order)] == ["DR2", "DR9", "DR10"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: s\ntables: [", "is not YAML"),
        ("- 1", "is not a schema"),
        ("name: s\ntables: [{name: t, columns: [{name: a, datatype: integer}]}]", "datatype"),
        (
            "name: s\ntables: [{name: t, columns: [{name: a, datatype: int}, {name: A, datatype: int}]}]",
            "twice",
        ),
        ("name: s\ntables: [{name: t, columns: [{name: a, datatype: int, units: m}]}]", "unknown key"),
    ],
)
def test_wrong_schemas(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=expected):
        load_schema(file)


def test_a_problem_is_one_line() -> None:
    assert str(Problem("f", "line\n2", "is\nwrong", "correct  it")) == "f: line 2: is wrong; correct it"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('status = "old"', "'old' is not an allowed value; use 'current', 'obsolete'"),
        ('catalogues = "x"', "'x' is not a list; write a list in [ ]"),
        ("simulated = 5", "simulated: 5"),
        ("[title]\nen = 'x'\npositions = 'none'", "'positions' is not a language code such as en; if it is"),
        ("superseded_by = 'dr9'", "no release 'dr9'; leave it out"),
    ],
)
def test_what_a_value_should_have_been(tmp_path: Path, line: str, expected: str) -> None:
    release = RELEASE if not line.startswith("published") else RELEASE.rpartition("published")[0]
    found = problems(
        write(tmp_path, {"portal.toml": PORTAL, "releases/dr1/release.toml": f"{release}{line}\n"})
    )
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize("folder", ["zh", "assets", "docs", "docs/v1"])
def test_a_release_may_not_lie_over_the_portals_own_pages(tmp_path: Path, folder: str) -> None:
    portal = PORTAL + 'languages = ["en", "zh"]\n'
    found = problems(write(tmp_path, {"portal.toml": portal, f"releases/{folder}/release.toml": RELEASE}))
    assert "taken by the portal's own pages" in found[0]


@pytest.mark.parametrize(
    ("templates_of", "more", "expected"),
    [
        ("mrs", "", "templates of 'mrs', which is not a set of observed spectra here; use one of: lrs"),
        ("t", "", "templates of 't', which is not a set of observed spectra here; use one of: lrs"),
        ("lrs", 'catalogue = "a"', "have no ids of a catalogue; remove `catalogue`"),
        ("", "", "add `templates_of = ...`, the set they are for"),
        ("lrs", "simulate = { templates = true, brightest = 3 }", "has `brightest`, which is for spectra"),
        ("lrs", "simulate = { templates = true, spectra = 3 }", "needs either `spectra = ` a number or"),
    ],
)
def test_templates_are_of_another_set(tmp_path: Path, templates_of: str, more: str, expected: str) -> None:
    text = f"""{RELEASE}
[[catalogues]]
name = "a"
simulate = {{ kind = "lrs", rows = 9 }}
[[spectra]]
name = "lrs"
catalogue = "a"
simulate = {{ spectra = 3 }}
[[spectra]]
name = "t"
{f'templates_of = "{templates_of}"' if templates_of else ""}
{more if "simulate" in more else f"simulate = {{ templates = true }}{chr(10)}{more}"}
"""
    found = problems(write(tmp_path, {"portal.toml": PORTAL, "releases/dr1/release.toml": text}))
    assert len(found) == 1 and expected in found[0]


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ('homepage = "javascript:alert(1)"', "homepage: is not a web address"),
        ('base_url = "data:text/html,x"', "base_url: is not a web address"),
        ('contact = "<b>@x"', "contact: is not an e-mail address"),
        ('languages = ["en", "xx"]', "languages: has 'xx', which is not a language"),
        ('languages = ["en", "../x"]', "languages: has '../x', which is not a language"),
        ('languages = ["en", "en"]', "languages: has a language twice"),
    ],
)
def test_addresses_and_languages_that_are_none_are_refused(tmp_path: Path, line: str, reported: str) -> None:
    (tmp_path / "portal.toml").write_text(f'name = "T"\ntitle = "T"\n{line}\n')
    with pytest.raises(InputError, match=r"portal\.toml: ") as refused:
        load_portal(tmp_path)
    assert reported in str(refused.value)
