"""A notebook with text, a table, a plot and an exception: in every look, and by keyboard alone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ...browser import Browser
from ...python_portal import WithPython
from ..pages.test_every_page import look, look_at
from ..results.test_downloads import KEEP
from .test_notebook_keys import FOCUS, press
from .test_python_page import PATIENCE, Lab, cell, notebook

pytestmark = pytest.mark.browser

SHOWN = [
    "import drportal\nrows = await drportal.sql('SELECT obsid, z, class FROM lrs')\nprint('read')\nrows",
    "import matplotlib.pyplot as plt\nplt.hist(rows['z'].compressed());",
    "1 / 0",
]
KINDS = """[...document.querySelectorAll('#cells [data-output] :is(pre, table, img)')]
  .map((one) => one.dataset.kind ?? one.tagName).join()"""


def test_outputs_in_every_look(chromium: Browser, with_python: WithPython, tmp_path: Path) -> None:
    base = with_python.release.as_uri() + "/"
    lab = Lab(chromium, base, tmp_path)
    lab.open(notebook(cell("# Text $x^2$", "markdown"), *map(cell, SHOWN)))
    lab.begin()
    lab.finish()
    look_at(chromium, 1280)
    shown = chromium.evaluate(KINDS)
    assert shown == "stdout,TABLE,IMG,stderr"
    chromium.evaluate(KEEP)
    chromium.click('[data-action="save"]')
    saved = base64.b64decode(chromium.wait("handedOut[0]").partition(",")[2]).decode()
    for language in ("", "zh/"):
        for width in (390, 1280):
            for dark in (False, True):
                look(chromium, f"{base}{language}python.html", width, dark)
                lab.open(saved)
                chromium.wait("document.querySelector('#cells img').naturalWidth > 100")
                assert chromium.evaluate(KINDS) == shown
                look_at(chromium, width)


@pytest.mark.two_ways
def test_to_a_cell_and_back_by_keyboard(browser: Browser, place: str, tmp_path: Path) -> None:
    """No mouse: from the top to the first cell, which runs; to what it shows, and back to the top."""
    lab = Lab(browser, place, tmp_path, fresh=True)
    lab.open(notebook(cell("print(6 * 7)")))
    # the file is chosen by script: the focus begins at the top again
    browser.evaluate("document.activeElement.blur()")
    first = press(browser, "Tab")
    walk = [first]
    while walk[-1] != "editor 1":
        walk.append(press(browser, "Tab"))
        assert len(walk) < 60, walk
    press(browser, "Control+Enter")
    browser.wait("document.querySelector('[data-output]').textContent === '42\\n'", PATIENCE)
    assert browser.evaluate(FOCUS) == "editor 1"
    press(browser, "Escape", "Escape")
    for _ in range(20):
        if browser.evaluate("document.activeElement.matches('[data-output] pre')"):
            break
        press(browser, "Tab")
    assert browser.evaluate("document.activeElement.textContent") == "42\n"
    back: list[str] = []
    while not back or back[-1] != first:
        back.append(str(press(browser, "Shift+Tab")))
        if back[-1].startswith("editor"):
            press(browser, "Escape", "Escape")
        assert len(back) < 80, back
    assert browser.complaints == []
