"""`drportal preview` follows every change, keeps the last good page, and leaves no trace in sites."""

from __future__ import annotations

import json
import re
import resource
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from drportal.pages import Assets
from drportal.preview.builds import Builds
from drportal.preview.command import follow
from drportal.preview.server import Shown
from drportal.preview.tree import Tree
from drportal.preview.watch import CLIENT, THEMES, touched_by
from drportal.report import Report
from drportal.steps.decide import Options

from ..browser import Browser
from ..commands import drportal, start, twin, until
from ..conftest import once

DOCUMENT = "+++ order = 1 +++\n\n# Notes\n\nThe first text.\n\n" + "\n\n".join(
    f"## Part {n}\n\nWords of part {n}." for n in range(60)
)


def write_portal(folder: Path) -> Path:
    """A portal with two releases, built once, so that the cache has its data."""
    drportal("new", folder, "--release", "dr1/v1", check=True)
    other = folder / "releases" / "dr2"
    other.mkdir()
    (other / "stars.csv").write_text("id,ra,dec\n1,10,20\n2,11,21\n3,12,22\n")
    (other / "release.toml").write_text(
        'name = "DR2"\npublished = "2027"\n\n[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'
    )
    (other / "docs").mkdir()
    (other / "docs" / "notes.md").write_text(DOCUMENT)
    with Report() as report:
        list(Builds(folder, [], Options(), report).everything())
    return folder


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return twin(once(tmp_path_factory, "previewed", write_portal), tmp_path / "portal")


class Preview:
    """The command, running; and the events that it sends."""

    def __init__(self, address: str, log: Path) -> None:
        self.address, self._log = address, log
        self.events: list[dict[str, object]] = []
        threading.Thread(target=self._listen, daemon=True).start()
        until(lambda: self.events)

    def _listen(self) -> None:
        answer = urllib.request.urlopen(f"{self.address}-/events?page=/dr2/docs/notes.html", timeout=600)
        for line in answer:
            if line.startswith(b"data: "):
                self.events.append(json.loads(line[6:]))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def has(self, path: str, text: str) -> bool:
        """Whether a page is there and has a text."""
        try:
            return text in self.get(path)
        except urllib.error.HTTPError:
            return False

    def said(self) -> str:
        return self._log.read_text()

    def after(self, change: Callable[[], object], shown: Callable[[], bool]) -> None:
        """Make a change and wait until its result is shown."""
        change()
        until(shown, 120)


@pytest.fixture
def preview(portal: Path, tmp_path: Path) -> Iterator[Preview]:
    log = tmp_path / "log"
    process = start(("preview", "--portal", portal, "--port", 0), log, log)
    try:
        until(lambda: log.exists() and "shown: 2 releases" in log.read_text(), 120)
        found = re.search(r"http://\S+/", log.read_text())
        assert found
        yield Preview(found[0], log)
    finally:
        process.terminate()
        process.join()


def test_every_kind_of_change_is_shown(preview: Preview, portal: Path) -> None:
    page = "dr2/docs/notes.html"
    document = portal / "releases/dr2/docs/notes.md"
    assert "The first text." in preview.get(page) and '<script src="/-/preview.js" defer>' in preview.get(
        page
    )
    assert preview.get("dr2/index.html") == preview.get("dr2/")
    # A document.
    preview.after(
        lambda: document.write_text(DOCUMENT.replace("first", "second")),
        lambda: "The second text." in preview.get(page),
    )
    # A document that is new: it is in the navigation of others, and in both releases.
    preview.after(
        lambda: (portal / "content/policy.md").write_text("# Our policy\n\nShare it.\n"),
        lambda: preview.has("dr1/v1/docs/index.html", "Our policy"),
    )
    # What a team says of a release, and a table.
    settings = portal / "releases/dr2/release.toml"
    preview.after(
        lambda: settings.write_text(settings.read_text().replace('"DR2"', '"DR2b"')),
        lambda: "DR2b" in preview.get("dr2/index.html") and "DR2b" in preview.get("index.html"),
    )
    preview.after(
        lambda: (portal / "releases/dr2/stars.csv").write_text("id,ra,dec\n" + "7,8,9\n9,9,9\n" * 20),
        lambda: json.loads(preview.get("dr2/data/stars/catalogue.json"))["rows"] == 40,
    )
    # A template, which a portal replaces by its own theme.
    theme = portal / "themes" / "ours"
    theme.mkdir(parents=True)
    (theme / "theme.toml").write_text('[light]\naccent = "#123456"\n')
    toml = portal / "portal.toml"
    before = toml.read_text()
    themed = before.replace("\nname =", '\ntheme = "ours"\nname =', 1)
    preview.after(lambda: replace(toml, themed), lambda: "#123456" in style(preview))
    preview.after(
        lambda: (theme / "theme.toml").write_text('[light]\naccent = "#654321"\n'),
        lambda: "#654321" in style(preview),
    )
    # Folders that were not there when watching began.
    own = '{#+++ title = "Nights" +++#}{% extends "base.html" %}'
    (portal / "pages").mkdir()
    preview.after(
        lambda: (portal / "pages" / "nights.html").write_text(own),
        lambda: preview.has("dr2/nights.html", "<h1>Nights</h1>"),
    )
    # A file that was replaced before is still watched.
    preview.after(
        lambda: replace(toml, themed.replace("My Survey", "Our Survey")),
        lambda: preview.has("index.html", "Our Survey"),
    )
    assert not (portal / "build" / "preview").exists() and not (portal / "build" / "site").exists()


def replace(file: Path, text: str) -> None:
    """Put another file in its place, as many editors, `sed -i` and git do."""
    new = file.with_name(f"{file.name}~")
    new.write_text(text)
    new.replace(file)


def test_what_changes_while_the_first_build_runs_is_shown(portal: Path, tmp_path: Path) -> None:
    shown, document = Shown(), portal / "releases/dr2/docs/notes.md"

    class Late(Builds):
        def everything(self, first: Collection[str] = ()) -> Iterator[Tree]:
            yield from super().everything(first)
            if not self.late:
                document.write_text(DOCUMENT.replace("first", "late"))
            self.late += 1

        late = 0

    def late() -> bool:
        page = shown.tree.find("dr2/docs/notes.html")
        return bool(page and "The late text." in page.read_text(encoding="utf-8"))

    with Report() as report:
        builds, stop = Late(portal, [], Options(), report), threading.Event()
        following = threading.Thread(target=follow, args=(builds, shown, stop))
        following.start()
        try:
            until(late, 60)
        finally:
            stop.set()
            following.join()


def test_a_theme_that_changes_while_pages_are_made(portal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages with its former colours are not found as those of the changed theme."""
    theme = portal / "themes" / "ours" / "theme.toml"
    theme.parent.mkdir(parents=True)
    theme.write_text('[light]\naccent = "#123456"\n')
    toml = portal / "portal.toml"
    toml.write_text(toml.read_text().replace("\nname =", '\ntheme = "ours"\nname =', 1))
    load = Assets.load.__func__  # type: ignore[attr-defined]

    def late(*args: object, **named: object) -> object:
        found = load(*args, **named)
        theme.write_text('[light]\naccent = "#654321"\n')
        return found

    with Report() as report:
        builds = Builds(portal, [], Options(), report)
        with monkeypatch.context() as patch:
            patch.setattr(Assets, "load", classmethod(late))
            assert "#123456" in style_of(list(builds.everything())[-1])
        assert "#654321" in style_of(list(builds.everything())[-1])


def style_of(tree: Tree) -> str:
    """The style sheet that a page names."""
    page = tree.find("dr2/index.html")
    assert page
    found = re.search(r'href="(assets/site\.[^"]*\.css)"', page.read_text(encoding="utf-8"))
    sheet = tree.find(f"dr2/{found[1]}") if found else None
    return sheet.read_text(encoding="utf-8") if sheet else ""


def style(preview: Preview) -> str:
    found = re.search(r'href="(assets/site\.[^"]*\.css)"', preview.get("dr2/index.html"))
    assert found
    try:
        return preview.get(f"dr2/{found[1]}")
    except urllib.error.HTTPError:  # the page was of the build before
        return ""


def test_errors_keep_the_last_good_page(preview: Preview, portal: Path) -> None:
    settings = portal / "releases/dr2/release.toml"
    good = settings.read_text()
    preview.after(
        lambda: settings.write_text(good + "catalogs = 3\n"), lambda: preview.events[-1]["problems"]
    )  # type: ignore[arg-type, return-value]
    (problem,) = preview.events[-1]["problems"]  # type: ignore[misc]
    assert "release.toml" in problem and "unknown key" in problem and problem in preview.said()
    assert "The first text." in preview.get("dr2/docs/notes.html")
    preview.after(lambda: settings.write_text(good), lambda: not preview.events[-1]["problems"])
    document = portal / "releases/dr2/docs/notes.md"
    preview.after(
        lambda: document.write_text(DOCUMENT + "\n\n{{ no.such.fact }}\n"),
        lambda: preview.events[-1]["problems"],  # type: ignore[arg-type, return-value]
    )
    assert "no.such.fact" in str(preview.events[-1]["problems"])
    preview.after(lambda: document.write_text(DOCUMENT), lambda: not preview.events[-1]["problems"])


def test_nothing_but_the_site_is_served(preview: Preview) -> None:
    for path in (
        "../portal.toml",
        "dr2/../../portal.toml",
        "dr2/%2e%2e/%2e%2e/portal.toml",
        "dr2/x.html",
        "-/x",
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            preview.get(path)
        assert error.value.code == 404, path


def test_an_open_page_is_reloaded_at_its_place(preview: Preview, portal: Path, browser: Browser) -> None:
    document = portal / "releases/dr2/docs/notes.md"
    browser.open(f"{preview.address}dr2/docs/notes.html")
    browser.wait(
        "document.querySelector('h1')?.textContent === 'Notes' && document.readyState === 'complete'"
    )
    browser.evaluate("scrollTo({ top: 1500, behavior: 'instant' }); window.former = true; true")
    until(lambda: "shown" in preview.said())
    time.sleep(1)  # the page has asked for events
    document.write_text(DOCUMENT.replace("The first text.", "The next text."))
    browser.wait("!window.former && document.body.textContent.includes('The next text.')", 120)
    browser.wait("Math.abs(scrollY - 1500) < 2")
    document.write_text(DOCUMENT + "\n\n{{ no.such.fact }}\n")
    shown = browser.wait("document.querySelector('#drportal-preview-problems')?.textContent", 120)
    assert "no.such.fact" in shown and "the last build failed" in shown
    assert browser.evaluate("document.body.textContent.includes('The next text.')")
    document.write_text(DOCUMENT)
    browser.wait("!document.querySelector('#drportal-preview-problems')", 120)
    browser.open("about:blank")  # the server ends before the browser does; a reload may still be under way


def test_a_warm_build_of_a_document_is_short(portal: Path) -> None:
    """Processor time of a document in under 0.5 s, and of all pages after a change of the theme."""
    document = portal / "releases/dr2/docs/notes.md"
    with Report() as report:
        builds = Builds(portal, [], Options(), report)
        list(builds.everything())
        spent = []
        for number in range(3):
            document.write_text(DOCUMENT + f"\n\nChange {number}.\n")
            before = used()
            (tree,) = builds.pages(["dr2"], ["dr2"], look=False)
            spent.append(used() - before)
            page = tree.find("dr2/docs/notes.html")
            assert page and f"Change {number}." in page.read_text(encoding="utf-8")
    print(f"processor time of a changed document: {min(spent):.3f} s")
    assert min(spent) < 0.5


def used() -> float:
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime


def test_published_sites_have_no_trace_of_it(portal: Path) -> None:
    drportal("build", "dr2", "--portal", portal, check=True)
    for page in (portal / "build" / "site").rglob("*.html"):
        assert b"/-/" not in page.read_bytes(), page
    assert not list((portal / "build" / "site").rglob("preview*"))


def test_what_files_touch(portal: Path) -> None:
    builds = Builds(portal, [], Options(), Report())
    list(builds.everything())

    def touched(*paths: Path) -> tuple[bool, bool, bool, bool, list[str]]:
        one = touched_by([p.resolve() for p in paths], portal, builds.releases)
        return one.settings, one.look, one.client, one.shared, sorted(one.releases)

    no, yes = False, True
    releases = portal / "releases"
    assert touched(releases / "dr2/docs/notes.md") == (no, no, no, no, ["dr2"])
    assert touched(releases / "dr1/v1/release.toml") == (yes, no, no, no, ["dr1/v1"])
    assert touched(portal / "content/help.md") == (no, no, no, yes, [])
    assert touched(portal / "portal.toml", THEMES / "default/styles/base.css") == (yes, yes, no, no, [])
    assert touched(CLIENT / "src/pages/search.js") == (no, no, yes, no, [])
    assert touched(portal / "content/.help.md.swp", portal / "content/help.md~") == (no, no, no, no, [])
