"""No text of a catalogue, a document, a header or an address runs in the reader's page."""

from __future__ import annotations

import json
import shutil
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ...browser import Browser
from ...conftest import once, serving
from ...hostile_portal import BREAKS, EVIL, MARK, NAME, RUN, SHORT, build
from ...ways import few
from ..search.test_search_pages import follow
from ..search.test_target_lists import choose_list, give, run

QUOTED = urllib.parse.quote(SHORT)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "evil", lambda folder: build(folder / "portal"))


@pytest.fixture(params=[pytest.param("serve", marks=pytest.mark.slow), "file"])
def evil_base(request: pytest.FixtureRequest, evil: Path) -> Iterator[str]:
    if request.param == "file":
        yield evil.as_uri() + "/"
        return
    with serving(evil) as address:
        yield address


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_no_page_contains_what_runs(evil: Path) -> None:
    pages = list(evil.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f"<script>{RUN}" not in text
        for tag, attributes in Tags(text).tags:
            assert tag not in ("iframe", "object", "embed", "base", "style", "frame"), page
            assert tag != "meta" or (attributes.get("http-equiv") or "") in ("", "Content-Security-Policy")
            assert not [a for a in attributes if a.startswith("on") or a in ("style", "srcdoc")], (page, tag)
            if tag == "script":
                inert = attributes.get("type") in ("application/json", "application/ld+json")
                assert inert or (attributes.get("src") or "").startswith(("assets/", "../", "./")), page
            for key in ("href", "src", "action", "formaction", "xlink:href", "data"):
                address = (attributes.get(key) or "").strip().lower()
                assert not address.startswith(("javascript:", "data:", "vbscript:", "blob:")), (page, address)


def test_files_for_programs_are_whole(evil: Path) -> None:
    """The same words in JSON, XML and scripts."""
    from lxml import etree

    for file in evil.rglob("*"):
        if file.suffix in (".json", ".jsonld"):
            json.loads(file.read_text(encoding="utf-8"))
        elif file.suffix in (".xml", ".vot", ".svg"):
            root = etree.parse(file, etree.XMLParser(no_network=True, resolve_entities=False)).getroot()
            assert not root.xpath("//*[local-name()='script' or @onload or @onerror or @onclick]"), file
        elif file.suffix == ".csv":
            assert "\0" not in file.read_text(encoding="utf-8")


ADDRESSES = [
    f"search.html?catalogue={QUOTED}",
    f"search.html?catalogue=evil&class={QUOTED}&columns={QUOTED}&sort={QUOTED}",
    f"search.html?catalogue=evil&cone={QUOTED}&box={QUOTED}&limit={QUOTED}&{QUOTED}={QUOTED}",
    f"search.html?catalogue=evil&where={QUOTED}&targets={QUOTED}&plot={QUOTED}&row={QUOTED}#{QUOTED}",
    f"sql.html?sql={QUOTED}",
    f"object.html?designation={QUOTED}",
    f"object.html?ra={QUOTED}&dec={QUOTED}&id={QUOTED}",
    f"spectrum.html?obsid={QUOTED}&set={QUOTED}",
    f"spectrum.html?specname={QUOTED}&lines={QUOTED}&z={QUOTED}&smooth={QUOTED}",
    f"contact.html?from={QUOTED}&about={QUOTED}",
    f"contact.html?from=javascript:{RUN}",
    f"request.html?from={QUOTED}#{QUOTED}",
    f"sky.html?{QUOTED}#{QUOTED}",
    f"schema.html?q={QUOTED}#{QUOTED}",
    f"verify.html?of={QUOTED}#{QUOTED}",
    f"cite.html#{QUOTED}",
]


def unharmed(browser: Browser, where: str) -> None:
    assert browser.evaluate(f"window.{MARK} === undefined"), where
    contents = "Trusted|Security Policy|violat|Refused"
    refused = [x for x in browser.complaints if any(word in x for word in contents.split("|"))]
    assert not refused, f"{where}: only the policy stopped it: {refused}"


@pytest.mark.browser
@pytest.mark.parametrize("language", few(["", "/zh/"], ""))
def test_nothing_runs_on_any_page(browser: Browser, evil: Path, evil_base: str, language: str) -> None:
    """All pages as built; a script that runs would set the mark, or be reported by the policy."""
    pages = sorted(p.relative_to(evil).as_posix() for p in evil.rglob("*.html"))
    browser.open(evil_base + pages[0])
    for page in pages:
        if ("/zh/" in page) == bool(language):
            browser.goto(evil_base + page)
            unharmed(browser, page)
    for address in ADDRESSES if not language else []:
        browser.goto(f"{evil_base}evil/v1/{address}")
        browser.wait("document.readyState === 'complete'")
        unharmed(browser, address)


@pytest.mark.complains("(?i)trusted|security.policy")
@pytest.mark.browser
def test_the_page_itself_cannot(browser: Browser, evil: Path) -> None:
    """The policy is active: not even a script of the page can turn text into code."""
    browser.open((evil / "evil" / "v1" / "index.html").as_uri())
    for attempt in (
        "document.createElement('div').innerHTML = '<b>x</b>'",
        "document.createElement('script').src = 'assets/x.js'",
        "document.createElement('script').text = '1'",
        "document.createElement('iframe').srcdoc = '<b>x</b>'",
        "document.write('x')",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
        "trustedTypes.createPolicy('default', { createHTML: (x) => x })",
    ):
        outcome = browser.evaluate(
            f"(() => {{ try {{ {attempt}; return 'done' }} catch (e) {{ return e.name }} }})()"
        )
        assert outcome in ("TypeError", "NotAllowedError"), (attempt, outcome)


@pytest.mark.browser
def test_nothing_runs_among_results(browser: Browser, evil: Path, evil_base: str, tmp_path: Path) -> None:
    """Values, names and units in the table, a row's page, an alias of SQL, a list of targets, a spectrum."""
    release = f"{evil_base}evil/v1/"
    follow(browser, release, "search.html", {"catalogue": "evil", "ra": "0.."})
    browser.wait("document.querySelectorAll('#results tbody tr').length >= 5")
    assert browser.evaluate(
        f"document.querySelector('#results').textContent.includes({json.dumps(BREAKS[2])})"
    )
    browser.click("#results tbody tr td[data-column=class]")
    browser.press("Enter")
    unharmed(browser, "a table of results")
    alias = '"' + SHORT.replace('"', '""') + '"'
    value = "'" + EVIL.replace("'", "''") + "'"
    for sql in (f"SELECT {value} AS {alias}, * FROM evil", f"SELECT {alias} FROM evil", f"{EVIL}"):
        follow(browser, release, "sql.html", {"sql": sql})
        browser.wait("/rows? in|rror|not|no /.test(document.querySelector('main [role=status]').textContent)")
        unharmed(browser, sql[:40])
    targets = tmp_path / "targets.csv"
    targets.write_text(f'"{NAME.replace(chr(34), chr(34) * 2)}",ra,dec\n' + f"{BREAKS[1]},1.5,0.5\n" * 3)
    shutil.copy(targets, named := tmp_path / "<img src=x onerror=ran=1>.csv")
    unharmed(browser, "addresses of SQL")
    choose_list(browser, release, "evil")
    assert named.name in give(browser, "evil", named)
    run(browser, "evil")
    unharmed(browser, "a list of targets")
    for ident in ("<b>&\"'", "<img src=x onerror=ran=1>", "</script>"):
        browser.goto(f"{release}spectrum.html?specname={urllib.parse.quote(ident)}")
        browser.wait("!!document.querySelector('main canvas, main [role=status], main [role=alert]')")
        unharmed(browser, ident)
