"""A build makes only what has changed, with the same bytes as a first build."""

from __future__ import annotations

import io
import os
import shutil
import time
from pathlib import Path

import pytest
from rich.console import Console

from drportal.build import Built, build
from drportal.check import check_documents
from drportal.documents.bibliography import Bibliography
from drportal.documents.draft import _Converter
from drportal.model import load_portal
from drportal.pieces.digests import SETTLED
from drportal.problems import InputError
from drportal.processes import WORTH
from drportal.report import Report
from drportal.steps.decide import Options

from ..commands import twin
from ..conftest import once
from ..ways import few
from .test_build import tree

RELEASE = """
name = "DR{number}"
published = "202{number}-05"
title = "Release {number}"
[[catalogues]]
name = "stars"
source = "stars.csv"
"""


MISSING = "catalogues[stars].missing changed"


class Survey:
    """A portal with two releases that share documents."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, folder / "build" / "site"

    def fill(self) -> None:
        self.write("portal.toml", 'name = "S"\ntitle = "S"\nlanguages = ["en", "zh"]\n')
        self.write("content/one.md", "# One\n\nFirst text.\n")
        self.write("content/two.md", "# Two\n\nSee [one](one.md).\n")
        for number in (1, 2):
            rows = "".join(f"{i},{i}.5,{i * number % 7},{'ab'[i % 2]}\n" for i in range(40))
            self.write(f"releases/dr{number}/stars.csv", f"id,ra,dec,kind\n{rows}")
            self.write(f"releases/dr{number}/release.toml", RELEASE.format(number=number))

    def write(self, path: str, text: str) -> None:
        """Write a file with a modification time old enough to be trusted."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        old = time.time_ns() - 3 * SETTLED
        os.utime(file, ns=(old, old))

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def build(self, *names: str, jobs: int = 1) -> tuple[Built, list[str]]:
        """Build; the result and the reported steps."""
        said = io.StringIO()
        with Report(Console(file=said, width=10_000)) as report:
            built = build(self.folder, self.site, list(names), report, Options(jobs))
        return built, [line for line in said.getvalue().splitlines() if not line.startswith("drportal:")]

    def explained(self) -> list[str]:
        reasons: list[str] = []
        options = Options(explain=lambda name, why: reasons.append(f"{name}: {why}"))
        with Report(Console(file=io.StringIO())) as report:
            build(self.folder, self.site, [], report, options)
        return reasons

    def first_build(self, folder: Path) -> dict[str, str]:
        """The bytes of a build without a cache."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("build"))
        other = Survey(folder)
        other.build()
        return tree(other.site)

    def inodes(self) -> dict[str, int]:
        files = (p for p in self.site.rglob("*") if p.is_file())
        return {p.relative_to(self.site).as_posix(): p.stat().st_ino for p in files}


def make_clean(folder: Path) -> Path:
    survey = Survey(folder / "survey")
    survey.fill()
    survey.build()
    return survey.folder


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal, built. To be copied, not changed."""
    return once(tmp_path_factory, "incremental", make_clean)


@pytest.fixture
def survey(clean: Path, tmp_path: Path) -> Survey:
    """Built, with the cache of its build."""
    survey = Survey(twin(clean, tmp_path / "survey"))
    survey.build()
    return survey


def test_nothing_changed(survey: Survey) -> None:
    before = survey.inodes()
    built, steps = survey.build()
    assert not built.changed and steps == []
    assert survey.inodes() == before
    assert survey.explained() == []


def test_a_document_renders_its_own_page_again(survey: Survey, tmp_path: Path) -> None:
    before = survey.inodes()
    survey.change("content/one.md", "First text", "Other text")
    assert [line for line in survey.explained() if "would be made" not in line] == [
        f"DR{n}: {lang}docs/one: content/one.md changed" for n in (1, 2) for lang in ("", "zh/")
    ]
    _, steps = survey.build()
    assert steps == ["DR1: pages", "DR2: pages", "checksums"]
    after = survey.inodes()
    pages = {path for path in after if path.endswith(".html") and after[path] != before.get(path)}
    own = {f"dr{n}/{lang}docs/one.html" for n in (1, 2) for lang in ("", "zh/")}
    lists = {path for path in after if path.endswith("files.html")}
    portal = {path for path in after if not path.startswith("dr")}
    assert pages - lists == own and not pages & portal
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


def test_a_title_of_a_document_changes_what_lists_it(survey: Survey, tmp_path: Path) -> None:
    survey.change("content/one.md", "# One", "# First of all")
    reasons = survey.explained()
    assert "DR1: docs/one: content/one.md changed" in reasons
    assert "DR1: zh/docs/two: it lists documents: content/one.md changed" in reasons
    survey.build()
    assert "First of all" in (survey.site / "dr1/docs/two.html").read_text(encoding="utf-8")
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


def test_what_all_pages_share_is_one_reason(survey: Survey) -> None:
    survey.write("themes/own/theme.toml", 'extends = "default"\n')
    survey.change("portal.toml", 'title = "S"', 'title = "S"\ntheme = "own"')
    survey.build()
    survey.write("themes/own/styles/own.css", "p { color: red; }\n")
    reasons = survey.explained()
    assert "DR2: all pages: theme changed" in reasons
    assert not [line for line in reasons if "metadata" in line]
    survey.build()
    survey.write("content/three.md", "# Three\n\nText.\n")
    assert "DR1: all pages: pages of other releases changed, content/three.md is new" in survey.explained()


def test_a_changed_setting_is_named_wherever_it_is_shown(survey: Survey) -> None:
    survey.change("portal.toml", 'title = "S"', 'title = "T"')
    reasons = survey.explained()
    for part in ("metadata", "all pages"):
        assert f"DR1: {part}: portal.toml changed" in reasons
        assert f"DR2: {part}: portal.toml changed" in reasons
    survey.build()
    survey.change("releases/dr1/release.toml", 'title = "Release 1"', 'title = "First release"')
    reasons = [line for line in survey.explained() if "would be made" not in line]
    assert reasons == [
        "DR1: description of catalogue stars: title changed",
        "DR1: metadata: release.toml changed",
        "DR1: all pages: release.toml changed",
        "DR2: metadata: other releases changed",
        "DR2: all pages: other releases changed",
        "index of the portal: releases changed",
    ]


def test_a_check_renders_only_changed_documents(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    convert = _Converter.convert

    def counted(self: _Converter, body: str, cited: Bibliography) -> str:
        rendered.append(body)
        return convert(self, body, cited)

    monkeypatch.setattr(_Converter, "convert", counted)
    assert check_documents(load_portal(survey.folder)) == [] and rendered == []
    survey.change("content/one.md", "First text", "Other text")
    assert check_documents(load_portal(survey.folder)) == []
    assert len(rendered) == 1 and "Other text" in rendered[0]


def test_many_changed_documents_are_counted(survey: Survey) -> None:
    names = [f"content/many{number:02d}.md" for number in range(15)]
    for name in names:
        survey.write(name, "# Many\n\nText.\n")
    survey.build()
    for name in names:
        survey.change(name, "Text", "Words")
    reasons = survey.explained()
    assert "DR1: docs/many00: content/many00.md changed" in reasons
    assert "DR1: and 10 pages more" in reasons


def test_a_document_that_lost_what_others_link_to_is_reported(survey: Survey) -> None:
    """The document with the link is not read again."""
    survey.change("content/one.md", "First text.", "First text.\n\n## Part\n\nMore.")
    survey.change("content/two.md", "one.md", "one.md#part")
    survey.build()
    survey.change("content/one.md", "## Part", "## Other part")
    with pytest.raises(InputError, match=r"two\.md: line 3: links to 'one.md#part'"):
        survey.build()


@pytest.mark.parametrize("change", few(['title = "S"', ""], 'title = "S"'))
@pytest.mark.slow
def test_pages_are_the_same_whatever_the_number_of_jobs(survey: Survey, tmp_path: Path, change: str) -> None:
    count = WORTH + 2  # enough for several processes
    for number in range(count):
        text = f"# Page {number}\n\n## Part\n\nSee [next](n{(number + 1) % count}.md#part) and [@a].\n"
        survey.write(f"content/n{number}.md", text)
    survey.write("content/references.bib", "@article{a, title={T}, author={Who, A.}, year={2020}}")
    survey.build(jobs=4)
    first = survey.first_build(tmp_path / "again")
    assert tree(survey.site) == first
    if change:
        survey.change("portal.toml", change, 'title = "Other"')
    else:
        shutil.rmtree(survey.folder / "build/cache/folders")
    survey.build(jobs=4)
    assert tree(survey.site) == survey.first_build(tmp_path / "once more")


@pytest.mark.parametrize(
    ("old", "new"),
    few([("Release 1", "The first release"), ("2021-05", "2021-06"), ("DR1", "DR One")], "DR1"),
)
def test_words_of_a_release_leave_its_rows_alone(survey: Survey, tmp_path: Path, old: str, new: str) -> None:
    survey.change("releases/dr1/release.toml", old, new)
    assert not [line for line in survey.explained() if "assets: engine" in line or "is gone" in line]
    _, steps = survey.build()
    assert not [step for step in steps if "catalogue" in step and "changes" not in step and new not in step]
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


@pytest.mark.parametrize("jobs", few([1, 2], 2))
def test_changed_rows_are_read_and_what_follows_from_them(survey: Survey, tmp_path: Path, jobs: int) -> None:
    survey.change("releases/dr2/stars.csv", "3,3.5", "3,3.75")
    reasons = survey.explained()
    assert reasons[0] == "DR2: catalogue stars: stars.csv changed"
    assert not [line for line in reasons if line.startswith("DR1: catalogue")]
    _, steps = survey.build(jobs=jobs)
    assert "DR2: catalogue stars" in steps and "DR1: catalogue stars" not in steps
    assert "DR2: changes of stars since DR1" in steps
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


def test_missing_values_apart_from_positions_leave_rows_alone(survey: Survey, tmp_path: Path) -> None:
    """No schema and no role says which columns the positions are: the source did, when it was read."""
    source, rows = 'source = "stars.csv"', "DR2: catalogue stars"
    survey.change("releases/dr2/release.toml", source, f'{source}\nmissing = {{ kind = ["b"] }}')
    assert f"DR2: statistics of catalogue stars: {MISSING}" in survey.explained()
    _, steps = survey.build()
    assert "DR2: statistics of catalogue stars" in steps and rows not in steps
    records = [p.read_text(encoding="utf-8") for p in (survey.site.parent / "cache/pieces").glob("*/*")]
    assert sum(f'"name": "{rows}"' in record for record in records) == 1, "one content has one key"
    assert tree(survey.site) == survey.first_build(tmp_path / "again")
    survey.change("releases/dr2/release.toml", 'kind = ["b"]', "dec = [99]")
    assert f"{rows}: {MISSING}" in survey.explained()


def test_going_back_costs_nothing(survey: Survey) -> None:
    before = tree(survey.site)
    survey.change("releases/dr2/stars.csv", "3,3.5", "3,3.75")
    survey.build()
    survey.change("releases/dr2/stars.csv", "3,3.75", "3,3.5")
    _, steps = survey.build()
    assert steps == ["checksums"]
    assert tree(survey.site) == before


def test_a_damaged_site_is_put_right_from_what_is_kept(survey: Survey) -> None:
    before = tree(survey.site)
    (survey.site / "dr1/index.html").unlink()
    (survey.site / "dr2/new.html").write_text("stray")
    (survey.site / "dr2/search.html").unlink()
    (survey.site / "dr2/search.html").write_text("other")
    _, steps = survey.build()
    assert steps == ["checksums"]
    assert tree(survey.site) == before


def test_a_release_that_is_not_named_stays_and_counts_as_built(survey: Survey, tmp_path: Path) -> None:
    survey.change("releases/dr2/stars.csv", "3,3.5", "3,3.75")
    survey.build("dr2")
    assert tree(survey.site) == survey.first_build(tmp_path / "again")
    before = tree(survey.site)
    survey.build()
    assert tree(survey.site) == before


def test_a_file_that_has_just_changed_is_not_believed_to_be_the_same(survey: Survey) -> None:
    """Its time would be the same if it changed once more at once."""
    survey.build()
    file = survey.folder / "content/one.md"
    file.write_text("# One\n\nA text of now.\n")
    survey.build()
    status = file.stat()
    file.write_text("# One\n\nA text of new.\n")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    survey.build()
    assert "A text of new" in (survey.site / "dr1/docs/one.html").read_text(encoding="utf-8")
