"""Finding in documents, pages and columns: in both browsers, over HTTP and from disk, by keyboard."""

from __future__ import annotations

import json

import pytest

from ...browser import Browser
from ...conftest import Made
from ..pages.test_every_page import serious

pytestmark = pytest.mark.browser

HITS = "document.querySelectorAll('dialog.finder[open] .find-hit')"


def ask(browser: Browser, words: str) -> None:
    """Open the box with its key and type."""
    browser.evaluate("document.querySelector('.find-button').hidden")
    browser.press("Control+k")
    browser.wait("document.activeElement?.matches('dialog.finder[open] .find-field')", 20)
    browser.type(words)


def test_a_word_is_found_and_opened_by_keyboard(watched: Browser, base: str) -> None:
    watched.open(f"{base}docs/numbers.html")
    assert not any("records" in r or "find." in r for r in watched.requests), "loaded before it was asked for"
    ask(watched, "signal noi")
    watched.wait(f"{HITS}.length >= 1")
    first = watched.evaluate(f"{HITS}[0].innerText")
    assert "Signal to noise" in first and "Document" in first
    assert watched.evaluate(f"{HITS}[0].querySelector('mark').textContent") == "Signal"
    field = "document.querySelector('dialog.finder .find-field')"
    assert watched.evaluate(f"{field}.getAttribute('aria-activedescendant')") == watched.evaluate(
        f"{HITS}[0].id"
    )
    assert serious(watched) == []
    watched.press("ArrowUp")  # goes round
    last = f"[...{HITS}].at(-1)"
    assert watched.evaluate(f"{last}.ariaSelected") == "true"
    watched.press("ArrowDown")
    watched.press("Enter")
    watched.wait("location.hash === '#snr' && !document.querySelector('dialog[open]')")


def test_columns_units_and_hostile_words(watched: Browser, base: str) -> None:
    watched.open(f"{base}search.html", width=390)
    ask(watched, "snrg")
    watched.wait(f"{HITS}.length >= 1")
    assert watched.evaluate(f"{HITS}[0].querySelector('.find-title').textContent") == "snrg"
    assert watched.evaluate(f"new URL({HITS}[0].href).pathname.endsWith('catalogues/sim.html')")
    assert watched.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    watched.press("Escape")
    watched.wait("!document.querySelector('dialog[open]')")
    assert watched.evaluate("document.querySelectorAll('dialog.finder').length") == 1
    ask(watched, "script alert")  # the description of a column of the odd table
    watched.wait(f"[...{HITS}].some((hit) => hit.textContent.includes('<script>alert(3)</script>'))")
    watched.evaluate("document.querySelector('dialog.finder .find-field').select()")
    watched.type("zzzqqq")
    watched.wait(f"{HITS}.length === 0")
    status = watched.evaluate("document.querySelector('dialog.finder [role=status]').textContent")
    assert status.startswith("Nothing found for “zzzqqq”")


def test_chinese_by_pairs_and_the_box_in_the_page(watched: Browser, made: Made) -> None:
    watched.open(f"{made.moved.as_uri()}/zh/docs/index.html")
    watched.wait("document.querySelector('[data-find] .find-field') !== null")
    watched.fill("[data-find] .find-field", "信噪")
    watched.wait("document.querySelector('[data-find] .find-hit') !== null")
    assert "信噪比" in watched.evaluate("document.querySelector('[data-find] .find-hit').innerText")
    assert watched.evaluate("document.querySelector('[data-find] mark').textContent") == "信噪"
    assert watched.evaluate("document.querySelector('[data-find] .find-hit').href").endswith(
        "numbers.html#snr"
    )
    assert serious(watched) == []


def test_records_lead_to_pages_and_anchors_that_are_there(made: Made) -> None:
    for lang in ("en", "zh"):
        text = (made.moved / "assets" / f"records.{lang}.js").read_text(encoding="utf-8")
        assert text.startswith("drportal.records(") and "</script" not in text
        records = json.loads(text.removeprefix("drportal.records(").rstrip().removesuffix(");"))
        kinds = {kind for kind, *_ in records}
        assert {"document", "page", "catalogue", "column"} <= kinds
        columns = json.loads((made.moved / "data/sim/catalogue.json").read_text(encoding="utf-8"))["columns"]
        found = {title for kind, title, _, href, _ in records if kind == "column" and "/sim.html" in href}
        assert {column["name"] for column in columns} == found
        for _, _, _, href, _ in records:
            path, _, anchor = href.partition("#")
            page = (made.moved / path).read_text(encoding="utf-8")
            assert not anchor or f'id="{anchor}"' in page or "%" in anchor, href
