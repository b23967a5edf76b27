"""The notebook by keyboard alone, by mouse, and by dropped files; Python does not start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ...browser import Browser
from ..pages.test_every_page import serious
from .test_python_page import SHOWN, Lab, cell, notebook

pytestmark = pytest.mark.browser

CELLS = """JSON.stringify([...document.querySelectorAll('[data-cell]')].map((one) =>
  (one.querySelector('.cm-content') ?? one.querySelector('.cell-text')).innerText.trim()))"""
FOCUS = """(() => {
  const at = document.activeElement, cell = at.closest('[data-cell]');
  const number = [...document.querySelectorAll('[data-cell]')].indexOf(cell) + 1;
  const { cellAction, action } = at.dataset;
  const kind = at === cell ? 'cell' : at.closest('.cm-editor') ? 'editor' : cellAction ?? action;
  return cell ? `${kind} ${number}` : String(kind ?? at.tagName);
})()"""
SAID = "document.querySelector('#notebook-said span').textContent"
DROP = """((text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "dropped.ipynb"));
  const about = { dataTransfer: data, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("dragover", about));
  const marked = document.body.classList.contains("dropping");
  document.body.dispatchEvent(new DragEvent("drop", about));
  return marked && !document.body.classList.contains("dropping");
})(%s)"""


def texts(browser: Browser) -> list[str]:
    return list(json.loads(browser.evaluate(CELLS)))


def press(browser: Browser, *keys: str) -> Any:
    for key in keys:
        browser.press(key)
    return browser.evaluate(FOCUS)


def test_a_notebook_by_keyboard(browser: Browser, place: str, tmp_path: Path) -> None:
    lab = Lab(browser, place, tmp_path, fresh=True)  # the focus begins at the top
    lab.open(notebook(cell("# One", "markdown"), cell("two = 2"), cell("three = 3")))
    walk = [press(browser, "Tab")]
    while not str(walk[-1]).startswith("editor"):
        walk.append(press(browser, "Tab"))
        assert browser.evaluate("document.activeElement.matches(':focus-visible')"), walk
        assert len(walk) < 60
    # the bar, the tools of the text cell, those of the first cell with code, and its editor
    bar = ["run", "run-all", "stop", "restart", "open", "save", "link", "clear", "fresh"]
    text = [f"{one} 1" for one in ("edit", "up", "down", "kind", "add", "delete")]
    code = [f"{one} 2" for one in ("run", "up", "down", "kind", "add", "delete")]
    assert walk[-22:] == [*bar, *text, *code, "editor 2"]
    # Tab indents and completes; Escape leads out of the editor, Tab then goes on
    assert press(browser, "Control+End", "Enter", "Tab") == "editor 2"
    browser.type("two")
    assert texts(browser)[1] == "two = 2\n    two"
    press(browser, "Shift+Tab")
    assert texts(browser)[1] == "two = 2\ntwo"
    assert press(browser, "Escape", "Escape") == "cell 2"
    assert "solid" in browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert press(browser, "Tab") == "run 2"
    assert press(browser, "Escape") == "cell 2"
    # as in Jupyter: to other cells, new ones, away and back, moved, turned
    assert [press(browser, key) for key in ("ArrowDown", "k", "k", "j")] == [
        "cell 3",
        "cell 2",
        "cell 1",
        "cell 2",
    ]
    assert press(browser, "b") == "editor 3"
    browser.type("new")
    assert press(browser, "Escape", "Escape", "Alt+ArrowDown") == "cell 4"
    assert [one.split("\n")[0] for one in texts(browser)] == ["One", "two = 2", "three = 3", "new"]
    assert browser.evaluate(SAID) == "Cell 4 of 4"
    assert press(browser, "d", "d") == "cell 3"
    assert browser.evaluate(SAID) == "Cell 4 is deleted."
    assert len(texts(browser)) == 3
    assert press(browser, "z") == "cell 4"
    assert texts(browser)[3] == "new"
    assert press(browser, "m") == "editor 4"
    browser.type("*")
    assert press(browser, "Control+Enter") == "cell 4"
    assert browser.evaluate(
        "document.querySelectorAll('[data-cell]')[3].querySelector('.cell-text') !== null"
    )
    assert press(browser, "Enter") == "editor 4"
    assert press(browser, "Escape", "y") == "editor 4"
    assert press(browser, "Escape", "Escape", "a") == "editor 4"
    assert texts(browser)[3:] == ["", "*new"]
    # the arrows lead out of an editor at its ends
    assert press(browser, "ArrowUp") == "editor 3"
    assert press(browser, "ArrowDown") == "editor 4"
    assert serious(browser) == []
    assert browser.complaints == []


def test_cells_by_mouse(browser: Browser, place: str, tmp_path: Path) -> None:
    lab = Lab(browser, place, tmp_path)
    lab.open(notebook(*(cell(str(n)) for n in range(1, 4))))

    def click(n: int, action: str) -> list[str]:
        browser.click(f"[data-cell]:nth-child({n}) [data-cell-action={action}]")
        return texts(browser)

    assert click(1, "down") == ["2", "1", "3"]
    assert browser.evaluate(FOCUS) == "down 2"
    assert click(3, "up") == ["2", "3", "1"]
    assert click(1, "up") == ["2", "3", "1"]  # the first one stays
    assert click(1, "add") == ["2", "", "3", "1"]
    assert click(2, "delete") == ["2", "3", "1"]
    assert click(2, "delete") == ["2", "1"]
    browser.click("[data-action=undo]")
    assert texts(browser) == ["2", "3", "1"]
    for _ in range(3):
        click(1, "delete")
    assert texts(browser) == [""]  # never without a cell
    assert browser.complaints == []


def test_a_dropped_notebook_is_kept(browser: Browser, place: str, tmp_path: Path) -> None:
    """Dropped on the page, in the address, and after the page was opened again."""
    Lab(browser, place, tmp_path)
    text = notebook(cell("dropped = 1"), cell("Text", "markdown"))
    assert browser.evaluate(DROP % json.dumps(text)) is True
    browser.wait("document.getElementById('notebook-kept').textContent.includes('dropped.ipynb is open')")
    assert texts(browser) == ["dropped = 1", "Text"]
    browser.click("[data-cell] .cm-content")
    press(browser, "Control+End")
    browser.type("0 # ü")
    browser.wait("document.getElementById('notebook-kept').textContent === 'Kept in this browser.'")
    browser.goto(f"{place}python.html")
    browser.wait(SHOWN)
    assert texts(browser) == ["dropped = 10 # ü", "Text"]
    # a notebook that is too long for a link is not put into the address
    browser.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }; 0")
    browser.click("[data-action=link]")
    address = browser.wait("globalThis.copied")
    assert str(address).startswith(f"{place}python.html?cells=")
    browser.open(str(address))
    browser.wait(SHOWN)
    assert texts(browser) == ["dropped = 10 # ü", "Text"]
    Lab(browser, place, tmp_path).open(notebook(cell("x = 1 # " + "long " * 1000)))
    browser.click("[data-action=link]")
    assert "too long for a link" in browser.evaluate("document.getElementById('notebook-kept').textContent")
    # where nothing can be kept, the page says so
    refuse = "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); }; 0"
    browser.evaluate(refuse)
    browser.click("[data-cell] .cm-content")
    browser.type("y")
    browser.wait("document.getElementById('notebook-kept').textContent.includes('save the notebook')")
    assert browser.complaints == []
