"""A page that is left while it reads says nothing of it; one whose connection breaks says what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .browser import Browser
from .conftest import Made
from .sealed_portal import PASSPHRASE, Edition
from .slow_server import Slow, slow_server
from .test_gallery import packed_ids
from .test_search_pages import FOUND, STATUS

if TYPE_CHECKING:
    from .spectral_portal import Spectral

pytestmark = pytest.mark.browser

GO = "history.pushState(null, '', '?{}'); dispatchEvent(new PopStateEvent('popstate')); 0"
SEARCH = ("search.html", GO.format("catalogue=sim&snrg=50.."))
CONSOLE = """document.getElementById('sql-source').value = 'SELECT 1';
    document.getElementById('sql-form').requestSubmit()"""
FIND = ("contact.html", "document.querySelector('.find-button').click()")
AWAY = "location.assign('{}'); 0"

# A page, what is done there, what it reads when it is left, and how much of that has come (0: no answer).
LEFT = [
    (*SEARCH, "engine/duckdb", 0.0),
    (*SEARCH, "engine/duckdb", 0.5),
    (*SEARCH, "engine/worker", 0.5),
    (*SEARCH, "engine/parquet", 0.9),
    (*SEARCH, "sim/catalogue.js", 0.5),
    (*SEARCH, "sim/dataset", 0.5),
    ("sql.html", CONSOLE, "engine/duckdb", 0.5),
    ("object.html", GO.format("position=180+10&radius=600"), "sim/catalogue.js", 0.5),
    ("object.html", GO.format("position=180+10&radius=600"), "sim/dataset", 0.5),
    (*FIND, "assets/find", 0.5),
    (*FIND, "assets/records", 0.5),
]


@pytest.fixture(scope="module")
def slow(made: Made) -> Iterator[Slow]:
    with slow_server(made.moved) as server:
        yield server


def begin(browser: Browser, slow: Slow, page: str, action: str) -> None:
    """Do something on a page; it then waits for the server."""
    browser.open(slow.address + page)
    browser.evaluate(f"{action}; 0")
    assert slow.held.wait(30), f"{page} reads no {slow.word}"


def leave(browser: Browser, address: str) -> None:
    browser.evaluate(AWAY.format(address))
    browser.wait(f"location.href === '{address}' && document.readyState === 'complete'")


@pytest.mark.parametrize(("page", "action", "word", "share"), LEFT, ids=map(str, range(len(LEFT))))
def test_nothing_is_said_of_a_page_that_is_left(
    watched: Browser, slow: Slow, page: str, action: str, word: str, share: float
) -> None:
    slow.hold(word, share)
    begin(watched, slow, page, action)
    leave(watched, f"{slow.address}cite.html")
    slow.release()


def test_spectra_are_left_too(watched: Browser, spectral: Spectral) -> None:
    with slow_server(spectral.release) as slow:
        number = packed_ids(spectral.release)[0]
        gallery = f"catalogue=lrs&obsid={number}&show=spectra"
        for page, query, word in (
            ("spectrum.html", f"obsid={number}", "spectra/lrs/spectra.js"),
            ("spectrum.html", f"obsid={number}", "spectra/lrs/packs"),
            ("search.html", gallery, "assets/gallery"),
            ("search.html", gallery, "spectra/lrs/packs"),
        ):
            slow.hold(word)
            begin(watched, slow, page, GO.format(query))
            leave(watched, f"{slow.address}cite.html")
            assert watched.complaints == [], word


def test_an_encrypted_page_and_a_check_are_left_too(watched: Browser, edition: Edition, signed: Path) -> None:
    with slow_server(edition.sealed) as slow:
        slow.hold("sealed/000")
        field = "document.getElementById('passphrase')"
        unlock = f"{field}.value = {json.dumps(PASSPHRASE)}; {field}.form.requestSubmit()"
        begin(watched, slow, "index.html", unlock)
        leave(watched, f"{slow.address}index.html?again")
        assert watched.complaints == []
    with slow_server(signed / "test" / "v1") as slow:
        for word in ("manifest.json", "search.html"):
            slow.hold(word)
            begin(watched, slow, "verify.html", "document.getElementById('verify-site-start').click()")
            leave(watched, f"{slow.address}cite.html")
            assert watched.complaints == [], word


def test_a_page_that_stays_reads_on(watched: Browser, slow: Slow) -> None:
    """Firefox stops reading at a link to a file to be saved as well."""
    for word in ("engine/duckdb", "sim/catalogue.js"):
        slow.hold(word)
        begin(watched, slow, *SEARCH)
        watched.evaluate(AWAY.format(f"{slow.address}nothing"))
        slow.release()
        assert FOUND.match(watched.wait(f"!/^(Searching|Loading)/.test({STATUS}) && {STATUS}"))


def test_a_page_that_comes_back_works(watched: Browser, slow: Slow) -> None:
    slow.hold("engine/duckdb")
    begin(watched, slow, *SEARCH)
    leave(watched, f"{slow.address}cite.html")
    slow.release()
    watched.evaluate("history.back(); 0")
    watched.wait(f"/ rows in /.test({STATUS})")


BROKEN = [
    (*SEARCH, "engine/duckdb", "The query engine could not be loaded: assets/engine/duckdb"),
    (*SEARCH, "sim/dataset", "The data could not be read: data/sim/dataset/"),
    (*SEARCH, "sim/catalogue.js", "The data could not be read: data/sim/catalogue.js"),
    ("zh/search.html", SEARCH[1], "engine/worker", "无法加载查询引擎：assets/engine/worker"),
    ("object.html", GO.format("position=180+10&radius=600"), "sim/dataset", "The data could not be read"),
]


# The browser's own words on the connection; nothing that was not caught.
@pytest.mark.complains("^(?!.*(Uncaught|ReadableStream))")
@pytest.mark.parametrize(("page", "action", "word", "said"), BROKEN, ids=map(str, range(len(BROKEN))))
def test_a_broken_connection_is_told(
    browser: Browser, slow: Slow, page: str, action: str, word: str, said: str
) -> None:
    slow.cut(word)
    begin(browser, slow, page, action)
    told = browser.wait(f"{STATUS}.includes({json.dumps(said)}) && {STATUS}")
    assert "请重试" in told if page.startswith("zh/") else "try again" in told
    slow.release()
    browser.evaluate(f"{action}; 0")
    browser.wait(f"!{STATUS}.includes({json.dumps(said)}) && {STATUS}.length")
