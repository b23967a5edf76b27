"""Every kind of page, in both languages, light and dark, wide and narrow: accessible and complete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drportal.model import load_portal
from drportal.pages import find_documents, release_pages

from ...browser import ROOT, Browser
from ...conftest import Made
from ...python_portal import WithPython
from ..search.test_search_pages import follow
from .faults import faults

pytestmark = pytest.mark.browser

AXE = ROOT / "generator/client/node_modules/axe-core/axe.min.js"
OPTIONS = "{ preload: false, resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }"
ALIKE = ("docs/", "catalogues/")
"""Folders of pages that look alike: documents, and pages of catalogues."""
ONE = ("docs/numbers.html", "docs/index.html", "catalogues/sim.html", "catalogues/odd.html")
"""Those of these that are opened."""


PYTHON = "python.html"
"""A page that only a release with Python has."""


def paths(made: Made) -> list[str]:
    """Every page of the release."""
    portal = load_portal(made.portal)
    release = portal.releases[0]
    every = release_pages(portal, release, find_documents(portal, release))
    return sorted(p for p in every if not p.startswith(ALIKE) or p in ONE)


def serious(browser: Browser) -> list[str]:
    """Serious and critical findings of axe-core on the page, a line for each."""
    if not browser.evaluate("'axe' in globalThis"):
        browser.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found = json.loads(
        browser.evaluate(f"axe.run(document, {OPTIONS}).then((r) => JSON.stringify(r.violations))")
    )
    return [
        f"{v['id']}: {v['help']}: {node['html'][:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def look(browser: Browser, address: str, width: int, dark: bool) -> None:
    browser.open(address, width=width, dark=dark)
    look_at(browser, width)


def look_at(browser: Browser, width: int) -> None:
    assert serious(browser) == []
    wide = browser.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide at {width}"
    assert browser.complaints == []


USUAL = [("", 390, True), ("zh/", 1280, False)]
"""Each language, width and kind of colours once."""


MATCH = "document.querySelector('.search-form [data-part=region][value=match]').click()"
"""Open the part of a form that matches with another catalogue."""


def test_pages_of_a_release_in_turn(chromium: Browser, made: Made, with_python: WithPython) -> None:
    """Each page in one of the usual looks, and on a phone; `make test-all` takes all looks for each page."""
    for first, (language, width, dark) in enumerate(USUAL):
        pages = [(made.moved / language / page).as_uri() for page in paths(made)[first :: len(USUAL)]]
        last = (made.site / "index.html", with_python.release / language / PYTHON)[first]
        look(chromium, last.as_uri(), width, dark)
        for page in pages:
            chromium.goto(page)
            look_at(chromium, width)
            chromium.resize(390)
            assert faults(chromium) == [], page
            chromium.resize(width)
            if page.endswith("/search.html"):
                chromium.evaluate(MATCH)
                look_at(chromium, width)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "zh/"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_of_a_release(
    chromium: Browser, made: Made, with_python: WithPython, language: str, width: int, dark: bool
) -> None:
    for page in paths(made):
        look(chromium, (made.moved / language / page).as_uri(), width, dark)
    look(chromium, (with_python.release / language / PYTHON).as_uri(), width, dark)
    look(chromium, (made.site / language / "index.html").as_uri(), width, dark)


@pytest.mark.slow
def test_a_page_with_results_is_accessible(chromium: Browser, made: Made) -> None:
    address = made.moved.as_uri() + "/search.html?catalogue=sim&snrg=50..&limit=20"
    chromium.open(address, width=390)
    for width in (390, 1280):
        chromium.resize(width)
        chromium.wait("document.querySelectorAll('#results tbody tr').length >= 5")
        assert serious(chromium) == []
        assert chromium.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_nothing_moves_while_rows_come(chromium: Browser, made: Made) -> None:
    chromium.open(made.moved.as_uri() + "/search.html?catalogue=sim&snrg=50..&limit=20", width=390)
    chromium.wait("document.querySelectorAll('#results tbody tr').length >= 5")
    chromium.wait("!document.body.hasAttribute('aria-busy')")
    moved = """new Promise((done) => {
      new PerformanceObserver((list) => done(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(0), 1000);
    })"""
    assert chromium.evaluate(moved) < 0.02


def test_every_kind_of_page_opens(
    watched: Browser, made: Made, base: str, with_python: WithPython, request: pytest.FixtureRequest
) -> None:
    if base.startswith("file"):
        python = with_python.release.as_uri() + "/"
    else:
        python = str(request.getfixturevalue("python_served"))
    watched.open("about:blank")
    for address in [*(base + page for page in paths(made)), python + PYTHON]:
        watched.goto(address)
        assert watched.evaluate("document.querySelector('h1').innerText"), address
        assert watched.complaints == [], address


def test_every_page_is_safe_by_policy(made: Made) -> None:
    for page in made.site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text, page
        assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text, page
        assert "unsafe-inline" not in text, page
        assert "unsafe-eval" not in text.replace("wasm-unsafe-eval", ""), page
        assert " onclick=" not in text, page


def test_a_search_by_keyboard_alone(chromium: Browser, made: Made) -> None:
    follow(chromium, f"{made.moved.as_uri()}/", "search.html", {"catalogue": "odd"})
    chromium.evaluate('document.querySelector("form[data-catalogue=odd] [data-part=ra]").focus()')
    chromium.type("45")
    chromium.press("Tab")
    chromium.type("20")
    chromium.press("Tab")
    chromium.type("60")
    chromium.press("Enter")
    status = chromium.wait(
        "document.querySelector('main [role=status]').textContent.match(/^[\\d,]+ rows? in/) && "
        "document.querySelector('main [role=status]').textContent"
    )
    assert status.startswith("3 rows")


def test_notices_travel_with_the_site(made: Made) -> None:
    notices = (made.moved / "assets" / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    for name in ("duckdb", "apache-arrow", "codemirror", "hyparquet"):
        assert name in notices.lower()
    assert Path(made.moved / "index.html").read_text(encoding="utf-8").count("<h1") == 1
