"""A page left while it reads reports nothing; one whose connection breaks reports what is missing.

Pages that follow each other in a test stay in one tab, as a reader's do; starting the engine costs most,
so a page that has one goes through several stages.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest

from ...browser import Browser
from ...sealed_portal import PASSPHRASE, Edition
from ...signed_portal import SEED, key_of
from ...slow_server import Slow, slow_server
from ...spectral_portal import Spectral
from ...ways import few
from ..search.test_search_pages import FOUND, STATUS
from ..spectrum.test_gallery import packed_ids
from ..verify.test_verify_page import FAULTS, VERDICT

pytestmark = pytest.mark.browser

GO = "history.pushState(null, '', '?{}'); dispatchEvent(new PopStateEvent('popstate')); 0"
AWAY = "(setTimeout(() => location.assign({})), true)"
CONSOLE = """document.getElementById('sql-source').value = 'SELECT 1';
    document.getElementById('sql-form').requestSubmit()"""
FIND = "document.querySelector('.find-button').click()"
VERIFY = "document.getElementById('verify-site-start').click()"
SEARCH = GO.format("catalogue=lrs&obsid={id}")
OBJECT = GO.format("obsid={id}&set=lrs")
SPECTRUM = GO.format("obsid={id}")
ROWS = "/ rows? in /.test(document.getElementById('status').textContent)"

# A page, what is done there (nothing: it is opened), what it reads when it is left, and how much of that has
# come (0: no answer).
LEFT = [
    ("search.html", SEARCH, "engine/duckdb", 0.0),
    ("search.html", SEARCH, "engine/duckdb", 0.5),
    ("search.html", SEARCH, "engine/worker", 0.5),
    ("search.html", SEARCH, "engine/parquet", 0.9),
    ("search.html", SEARCH, "lrs/catalogue.js", 0.5),
    ("sql.html", CONSOLE, "engine/duckdb", 0.5),
    ("object.html", OBJECT, "lrs/catalogue.js", 0.5),
    ("object.html", OBJECT, "lrs/ids", 0.5),
    ("object.html", OBJECT, "lrs/dataset", 0.5),
    ("object.html", OBJECT, "spectra/lrs/packs", 0.5),
    ("spectrum.html", SPECTRUM, "spectra/lrs/spectra.js", 0.5),
    ("spectrum.html", SPECTRUM, "spectra/lrs/packs", 0.5),
    ("contact.html", FIND, "assets/find", 0.5),
    ("contact.html", FIND, "assets/records", 0.5),
    ("verify.html", VERIFY, "manifest.json", 0.5),
    ("verify.html", VERIFY, "cite.html", 0.5),
    ("sky.html", "", "assets/sky", 0.5),
    ("schema.html", "", "assets/schema", 0.5),
    ("search.html", "", "assets/search", 0.5),
    ("zh/sky.html", "", "zh/sky.html", 0.5),
    ("zh/schema.html", "", "zh/schema.html", 0.5),
    ("index.html", "", "assets/site", 0.5),
]


@pytest.fixture
def slow(spectral: Spectral) -> Iterator[Slow]:
    with slow_server(spectral.release) as server:
        yield server


@pytest.fixture(scope="module")
def numbers(spectral: Spectral) -> tuple[str, str]:
    """Ids of two spectra, far from each other on the sky."""
    ids = packed_ids(spectral.release)
    return ids[0], ids[-1]


@pytest.fixture(scope="module")
def number(numbers: tuple[str, str]) -> str:
    """Id of a spectrum."""
    return numbers[0]


def begin(browser: Browser, slow: Slow, page: str, action: str) -> None:
    """Do something on a page that then waits for the server."""
    if action:
        browser.goto(slow.address + page)
        browser.evaluate(f"{action}; 0")
    else:
        go(browser, slow.address + page)
    assert slow.reached(), f"{page} reads no {slow.stop and slow.stop.word}"
    browser.wait(f"location.pathname === '/{page}'")


def go(browser: Browser, address: str) -> None:
    """Request a page without waiting for it."""
    browser.wait(AWAY.format(json.dumps(address)))  # again, where the one before comes at this very moment


def leave(browser: Browser, address: str) -> None:
    go(browser, address)
    browser.wait(f"location.href === '{address}' && document.readyState === 'complete'")


@pytest.mark.parametrize("first", few(range(8), 0))
def test_nothing_is_said_of_a_page_that_is_left(
    watched: Browser, slow: Slow, number: str, first: int
) -> None:
    watched.open(f"{slow.address}cite.html")
    for page, action, word, share in LEFT[first::8]:
        slow.hold(word, share)
        begin(watched, slow, page, action.replace("{id}", number))
        stop = slow.work_again()
        leave(watched, f"{slow.address}request.html")
        assert stop
        stop.end()
        assert watched.complaints == [], (page, word)


@pytest.mark.slow
def test_an_encrypted_page_is_left_too(watched: Browser, edition: Edition) -> None:
    with slow_server(edition.sealed) as slow:
        watched.open("about:blank")
        slow.hold("sealed/000")
        field = "document.getElementById('passphrase')"
        unlock = f"{field}.value = {json.dumps(PASSPHRASE)}; {field}.form.requestSubmit()"
        begin(watched, slow, "index.html", unlock)
        leave(watched, f"{slow.address}index.html?again")
        assert watched.complaints == []


@pytest.mark.slow
def test_a_page_that_stays_reads_on(watched: Browser, slow: Slow, number: str) -> None:
    """Firefox also stops reading at a link to a file to be saved."""
    watched.open("about:blank")
    slow.hold("engine/duckdb")
    begin(watched, slow, "search.html", SEARCH.replace("{id}", number))
    go(watched, f"{slow.address}nothing")
    slow.hold("lrs/dataset")
    assert slow.reached()
    go(watched, f"{slow.address}nothing")
    slow.release()
    assert FOUND.match(watched.wait(f"{ROWS} && {STATUS}"))
    # Its gallery, of which the script comes late; and it is left in the middle of the spectra.
    slow.hold("assets/thumbnails")
    watched.click("#results-as [value=spectra]")
    assert slow.reached()
    slow.hold("spectra/lrs/packs")
    assert slow.reached()
    leave(watched, f"{slow.address}cite.html")


@pytest.mark.slow
def test_a_page_that_comes_back_works(watched: Browser, slow: Slow, number: str) -> None:
    watched.open("about:blank")
    slow.hold("lrs/dataset")
    begin(watched, slow, "object.html", OBJECT.replace("{id}", number))
    leave(watched, f"{slow.address}cite.html")
    slow.release()
    watched.evaluate("history.back(); 0")
    watched.wait(f"/^Spectra: [1-9]/.test({STATUS})")


# The browser's own words on the connection; nothing that was not caught.
quiet = pytest.mark.complains("^(?!.*(Uncaught|ReadableStream))")
LANGUAGES = {"": "the connection broke; try again", "zh/": "连接中断；请重试"}

DATA = ("The data could not be read: ", "无法读取数据：")
ENGINE = ("The query engine could not be loaded: ", "无法加载查询引擎：")
FOUND_BOX = ("The search box could not be loaded: ", "无法加载查找内容：")
ALERT = "document.querySelector('dialog.finder [role=alert]')?.textContent"
BOX = "!!document.querySelector('dialog.finder[open] .find-field')"
SHOWN = "document.querySelectorAll('#observations [data-spectrum]').length > 0"

# A page, what is done there, what breaks, what is said before its name, where, and what is there at last.
BROKEN = [
    ("object.html", OBJECT, "data/lrs/catalogue.js", DATA, STATUS, SHOWN),
    ("object.html", OBJECT, "data/lrs/ids/", DATA, STATUS, SHOWN),
    ("object.html", OBJECT, "data/lrs/dataset/", DATA, STATUS, SHOWN),
    ("object.html", OBJECT, "data/spectra/lrs/packs/", DATA, STATUS, SHOWN),
    (
        "spectrum.html",
        SPECTRUM,
        "data/spectra/lrs/spectra.js",
        DATA,
        STATUS,
        f"{STATUS}.startsWith('{{id}}')",
    ),
    ("spectrum.html", SPECTRUM, "data/spectra/lrs/packs/", DATA, STATUS, f"{STATUS}.startsWith('{{id}}')"),
    ("contact.html", FIND, "assets/find.", FOUND_BOX, ALERT, BOX),
    ("contact.html", FIND, "assets/records.", FOUND_BOX, ALERT, BOX),
]


def break_off(browser: Browser, slow: Slow, word: str, action: str, where: str, said: str) -> None:
    """A broken connection is reported with the file and the reason; afterwards it works again."""
    slow.cut(word)
    browser.evaluate(f"{action}; 0")
    reported = browser.wait(f"String({where}).includes({json.dumps(said)}) && {where}")
    assert any(why in reported for why in LANGUAGES.values()), reported
    slow.release()


@quiet
@pytest.mark.parametrize("language", few(LANGUAGES, ""))
@pytest.mark.parametrize("first", few(range(3), 2))
def test_a_broken_connection_is_reported(
    browser: Browser, slow: Slow, number: str, language: str, first: int
) -> None:
    browser.open("about:blank")
    for page, action, word, words, where, at_last in BROKEN[first::3]:
        browser.goto(f"{slow.address}{language}{page}")
        act = action.replace("{id}", number)
        break_off(browser, slow, word, act, where, words[bool(language)] + word)
        browser.evaluate(f"{act}; 0")
        browser.wait(at_last.replace("{id}", number))


@quiet
def test_a_search_is_tried_again_at_every_stage(
    browser: Browser, slow: Slow, numbers: tuple[str, str]
) -> None:
    chinese = browser.name == "firefox"
    browser.open(f"{slow.address}{'zh/' if chinese else ''}search.html")
    # A search reads its rows while the engine loads, so that another one finds what is broken later.
    first, other = (SEARCH.replace("{id}", one) for one in numbers)
    for word, words, action in (
        ("assets/engine/duckdb", ENGINE, first),
        ("assets/engine/worker", ENGINE, first),
        ("data/lrs/ids/", DATA, other),
        ("data/lrs/dataset/", DATA, other),
    ):
        break_off(browser, slow, word, action, STATUS, words[chinese] + word)
    browser.evaluate(other)
    browser.wait(f"/^1 /.test({STATUS})")
    gallery, table = (
        f"document.querySelector('#results-as [value={kind}]').click()" for kind in ("spectra", "table")
    )
    said = ("The gallery could not be loaded: ", "无法加载光谱图集：")[chinese] + "assets/thumbnails."
    break_off(browser, slow, "assets/thumbnails", gallery, STATUS, said)
    browser.evaluate(f"{table}; {gallery}; 0")
    browser.wait("!!document.querySelector('.thumb[data-state=drawn]')")
    action = GO.format("catalogue=mrs&obsid=1..")
    word = "data/mrs/catalogue.js"
    break_off(browser, slow, word, action, STATUS, DATA[chinese] + word)
    browser.evaluate(action)
    browser.wait(f"/^[1-9]/.test({STATUS})")


@quiet
@pytest.mark.slow
def test_what_a_former_search_waited_for_fails_that_one_alone(
    browser: Browser, slow: Slow, spectral: Spectral
) -> None:
    """A search reports the first failure. A second one needs what the first still waits for."""
    table = pq.read_table(next((spectral.release / "data/lrs/dataset").rglob("*.parquet")))
    place = f"position={table['ra'][0]},{table['dec'][0]}"
    browser.open(f"{slow.address}object.html")
    slow.cut("lrs/dataset", first=1)
    browser.evaluate(GO.format(place))
    browser.wait(f"{STATUS}.includes('The data could not be read')")
    waiting = slow.work_again()
    browser.evaluate(GO.format(place))
    assert waiting
    waiting.end(breaks=True)
    browser.wait(f"/ rows: [1-9]/.test({STATUS})")


@pytest.mark.slow
def test_less_than_was_sent_is_asked_for_again(browser: Browser, slow: Slow, number: str) -> None:
    """As Chromium's cache returns it sometimes."""
    browser.open(f"{slow.address}object.html")
    for word, times in (("lrs/ids", 1), ("lrs/dataset", 1), ("spectra/lrs/packs", 1)):
        slow.shorten(word, times)
        browser.evaluate(OBJECT.replace("{id}", number))
        browser.wait(SHOWN)
        assert slow.shortened == times
        browser.goto(f"{slow.address}object.html?again")
    slow.shorten("lrs/dataset", 1000)
    browser.evaluate(OBJECT.replace("{id}", number))
    browser.wait(f"/data.lrs.dataset.*it is shorter than it should be/.test({STATUS})")


@pytest.fixture(scope="module")
def small(spectral: Spectral, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed folder of few files with a page that checks it."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("verify.html", "zh/verify.html", "cite.html"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(spectral.release / name, folder / name)
    shutil.copytree(spectral.release / "assets", folder / "assets", ignore=shutil.ignore_patterns("engine"))
    write_manifest(folder, Head("s1", "S1", ()), key=key_of(SEED))
    return folder


@quiet
@pytest.mark.slow
def test_a_check_reports_what_broke(browser: Browser, small: Path) -> None:
    with slow_server(small) as slow:
        for chinese in (False, True):
            browser.open(f"{slow.address}{'zh/' if chinese else ''}verify.html")
            break_off(browser, slow, "manifest.json", VERIFY, VERDICT, DATA[chinese] + "manifest.json")
            break_off(browser, slow, "cite.html", VERIFY, f"{FAULTS}[0]", "unreadable: cite.html")
            browser.evaluate(f"{VERIFY}; 0")
            browser.wait(f"/^(All is as published|与发布内容完全一致)/.test({VERDICT})")
