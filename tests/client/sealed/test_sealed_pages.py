"""An encrypted edition in the browsers, over HTTP and from disc: opened, searched, read and locked."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ...browser import Browser
from ...conftest import serving
from ...sealed_portal import PASSPHRASE, WORD, Edition
from ..find.test_finding import HITS, ask
from ..pages.test_every_page import serious
from ..results.test_downloads import KEEP
from ..spectrum.test_spectrum_page import SHOWN

pytestmark = pytest.mark.browser

NOTE = "document.getElementById('unlock-note').textContent"
FACTS = (
    "(document.title + document.getElementById('legend').textContent"
    " + document.getElementById('facts').innerText)"
)
# The row of the catalogue comes last, and its other columns when it is opened.
WHOLE = (
    "(() => { for (const one of document.querySelectorAll('#facts details')) one.open = true;"
    f" const whole = {FACTS}; return whole.includes('snrg') && whole; }})()"
)
OPEN = "!!document.querySelector('.lock-button')"
LOCKED = "!!document.querySelector('#unlock:not([hidden])')"
ROWS = (
    "[...document.querySelectorAll('#results tbody tr')].map((r) => [...r.querySelectorAll('[data-column]')]"
)
ROWS += ".map((c) => `${c.dataset.column}=${c.textContent}`).join(' '))"


@pytest.fixture(scope="module")
def served(edition: Edition) -> Iterator[str]:
    with serving(edition.sealed) as address:
        yield address


def unlock(browser: Browser, passphrase: str = PASSPHRASE, stay: bool = False) -> None:
    browser.wait(LOCKED)
    browser.fill("#passphrase", passphrase)
    if stay and not browser.evaluate("document.getElementById('unlock-stay-line').hidden"):
        browser.click("#unlock-stay")
    browser.evaluate("document.getElementById('passphrase').focus()")
    browser.press("Enter")


@pytest.mark.parametrize("way", ["file", pytest.param("serve", marks=pytest.mark.slow)])
def test_an_encrypted_edition_in_the_browser(
    watched: Browser, edition: Edition, request: pytest.FixtureRequest, way: str
) -> None:
    browser = watched
    base = edition.sealed.as_uri() + "/" if way == "file" else request.getfixturevalue("served")
    pack = next((edition.release / "data/spectra/lrs").rglob("packs/**/*.parquet"))
    number = pq.read_table(pack)["obsid"][7].as_py()
    browser.open(f"{edition.release.as_uri()}/spectrum.html?obsid={number}")
    browser.wait(SHOWN)
    plain = browser.wait(WHOLE)

    browser.open(f"{base}search.html?catalogue={WORD}&ra=180..&columns=sourceid,{WORD}_name&sort=ra&limit=3")
    unlock(browser, "not the passphrase", stay=True)
    assert browser.wait(f"{NOTE}.startsWith('This is not') && {NOTE}")
    assert WORD not in browser.evaluate("document.documentElement.outerHTML.replace(location.search, '')")
    unlock(browser)
    browser.wait("document.querySelector('main [role=status]')?.textContent.startsWith('50 rows in')")
    rows = browser.wait(f"{ROWS}.length >= 3 && {ROWS}")
    for i, row in enumerate(rows[:3]):
        assert f"sourceid={2**63 - 51 - i} " in row + " " and f"{WORD}_name={WORD}-{50 + i:03}" in row
    assert "drportal-key" not in browser.address

    # The document, by a link: its name is not in the address, its picture and its file come decrypted.
    browser.evaluate('document.querySelector(\'.site-foot a[href^="docs"], a[href*="docs/"]\').click(); 0')
    browser.wait(f"{OPEN} && location.pathname.endsWith('docs/index.html')")
    browser.evaluate(f"document.querySelector('main a[href*=\"{WORD}.html\"]').click(); 0")
    browser.wait(f"{OPEN} && document.querySelector('h1').textContent === 'About {WORD}'")
    assert WORD not in browser.address and "drportal-key" not in browser.address
    assert browser.wait("document.querySelector('main img').naturalWidth") == 40
    browser.evaluate(KEEP)
    browser.evaluate(f"document.querySelector('main a[href$=\"{WORD}.txt\"]').click(); 0")
    saved = base64.b64decode(browser.wait("handedOut[0]").partition(",")[2])
    assert saved == f"{WORD}, alone\n".encode() * 100

    # The spectrum of a permalink, read through the index, as the plain release shows it.
    browser.goto(f"{base}spectrum.html?obsid={number}")
    browser.wait(SHOWN)
    assert browser.wait(WHOLE) == plain
    assert str(number) in plain

    # What can be found is decrypted as well, and leads to its place on a numbered page.
    ask(browser, "leptons")
    browser.wait(f"{HITS}.length >= 1")
    browser.press("Enter")
    browser.wait(f"{OPEN} && document.querySelector(':target')?.id === 'deep' && scrollY > 500")
    assert browser.address.endswith("/docs/1.html#deep")
    browser.goto(f"{base}spectrum.html?obsid={number}")
    browser.wait(OPEN)

    browser.evaluate("document.querySelector('.lock-button').click(); 0")
    browser.wait(LOCKED)
    assert browser.evaluate("sessionStorage.length") == 0
    browser.goto(f"{base}zh/index.html")
    browser.wait(LOCKED)
    assert "加密版" in browser.evaluate("document.title")


@pytest.mark.complains("ERR_FILE_NOT_FOUND")
@pytest.mark.slow
def test_a_damaged_piece_is_named_in_the_readers_language(
    chromium: Browser, edition: Edition, tmp_path: Path
) -> None:
    watched = chromium
    copy = Path(shutil.copytree(edition.sealed, tmp_path / "光谱 #1", copy_function=os.link))
    file = copy / "sealed" / "index.js"
    content = bytearray(file.read_bytes())
    content[100] = ord("A") if content[100] != ord("A") else ord("B")
    file.unlink()
    file.write_bytes(content)
    watched.open((copy / "zh" / "search.html").as_uri(), width=390, dark=True)
    unlock(watched)
    watched.wait(f"{NOTE}.includes('sealed/index.js 缺失或已损坏')")
    assert serious(watched) == []
    assert watched.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    (copy / "sealed" / "header.js").unlink()
    watched.open((copy / "index.html").as_uri())
    unlock(watched)
    watched.wait(f"{NOTE}.includes('header cannot be read')")
