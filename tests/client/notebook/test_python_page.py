"""python.html in real browsers: numbers, spectra, plots, errors, limits, and notebooks of strangers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from astropy.io import fits

from ...browser import Browser
from ...python_portal import LARGE, WithPython
from ...ways import few
from ..pages.test_every_page import look_at
from ..results.test_downloads import KEEP

pytestmark = pytest.mark.browser

PATIENCE = 240
"""Seconds for Python to start on a busy machine."""
SHOWN = "document.querySelector('[data-cell]') !== null && document.querySelector('#cells textarea') === null"
"""Cells are there, and their editors have come."""
STATES = "[...document.querySelectorAll('[data-cell]')].map((one) => one.dataset.state)"


def cell(source: str, kind: str = "code", outputs: Sequence[Any] = ()) -> dict[str, Any]:
    more = {"execution_count": None, "outputs": list(outputs)} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


class Lab:
    """An open python.html, shared by tests because Python takes long to start."""

    def __init__(
        self, browser: Browser, base: str, folder: Path, query: str = "", fresh: bool = False
    ) -> None:
        self.browser, self.folder = browser, folder
        if fresh or query or not browser.show(f"{base}python.html"):
            browser.open(f"{base}python.html{query}", keep=not query)
        browser.wait(SHOWN)

    def open(self, text: str, name: str = "n.ipynb") -> None:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        self.browser.evaluate("document.querySelector('[data-cell]').id = 'before'")
        self.browser.upload("#notebook-file", file)
        self.browser.wait(f"!document.getElementById('before') && {SHOWN}")

    def begin(self) -> None:
        self.browser.click('[data-action="run-all"]')

    def run(self, *sources: str) -> list[str]:
        """The texts below the cells after all have run, or one has failed."""
        self.open(notebook(*map(cell, sources)))
        self.begin()
        self.finish()
        return self.outputs

    def finish(self) -> None:
        """Wait until all cells have run, or one has failed."""
        over = "((all) => all.includes('failed') || all.every((state) => !state))"
        self.browser.wait(f"{over}({STATES})", PATIENCE)

    @property
    def outputs(self) -> list[str]:
        script = (
            "JSON.stringify([...document.querySelectorAll('[data-output]')].map((one) => one.textContent))"
        )
        return list(json.loads(self.browser.evaluate(script)))

    @property
    def status(self) -> str:
        return str(self.browser.evaluate("document.getElementById('python-status').textContent"))


NUMBERS = [
    "import drportal\nimport numpy as np",
    """rows = await drportal.sql("SELECT obsid, z, class, snrg FROM lrs")
found = await drportal.sql("SELECT avg(z) AS mean, count(z) AS n, count(*) AS total FROM lrs")
z = np.ma.asarray(rows["z"])
print(np.isclose(z.mean(), found["mean"][0], rtol=1e-12), z.count() == found["n"][0])
print(len(z) == found["total"][0], z.count() < len(z))""",
    """groups = await drportal.sql("SELECT class, count(*) AS n, max(snrg) AS best FROM lrs GROUP BY class")
kinds, snr = np.asarray(rows["class"]), np.ma.asarray(rows["snrg"])
print(all((kinds == k).sum() == n and snr[kinds == k].max() == b
          for k, n, b in zip(groups["class"], groups["n"], groups["best"])), len(groups) > 1)""",
    'ids = await drportal.sql("SELECT uid FROM ids ORDER BY v")\nprint([int(one) for one in ids["uid"]])',
    """import hashlib
found = {}
for one in IDS:
    spectrum = await drportal.spectrum(one)
    found[one] = hashlib.sha256(np.asarray(spectrum.flux).tobytes()).hexdigest()
print(found)""",
    "import matplotlib.pyplot as plt\nplt.hist(z.compressed(), 20)\nplt.title('z');",
    "rows",
    "def wrong():\n    return 1 / 0\n\nwrong()",
]


def test_a_first_session(browser: Browser, place: str, with_python: WithPython, tmp_path: Path) -> None:
    """Python's numbers are DuckDB's and astropy's; plots, tables and exceptions are seen."""
    fluxes = {}
    for file in with_python.files:
        with fits.open(file) as hdus:
            fluxes[int(hdus[0].header["OBSID"])] = _flux(hdus)
    lab = Lab(browser, place, tmp_path, fresh=True)
    assert not any("assets/python/" in one for one in browser.requests)  # nothing before the first run
    sources = [source.replace("IDS", repr(sorted(fluxes)[:2])) for source in NUMBERS]
    _, mean, groups, ids, spectra, _plot, _table, wrong = lab.run(*sources)
    assert mean.split() == ["True", "True", "True", "True"]
    assert groups.split() == ["True", "True"]
    assert json.loads(ids) == LARGE
    assert eval(spectra) == {
        one: hashlib.sha256(fluxes[one].tobytes()).hexdigest() for one in sorted(fluxes)[:2]
    }
    assert "line 4" in wrong
    assert "line 2, in wrong" in wrong
    assert "ZeroDivisionError" in wrong
    assert "pyodide" not in wrong
    seen = browser.evaluate("document.querySelector('[data-output] img').naturalWidth")
    assert seen > 300
    heads = browser.evaluate("document.querySelector('[data-output] thead').textContent")
    assert "obsid" in heads
    assert "BIGINT" in heads
    assert browser.evaluate("document.querySelectorAll('[data-output] tbody tr').length") == 21
    _comes_back(browser)
    assert browser.complaints == []


OUTPUTS = """[...document.querySelectorAll('[data-output]')].map((one) =>
  one.innerText + one.querySelectorAll("img").length)"""


def _comes_back(browser: Browser) -> None:
    """After a reload the page shows the same outputs, though Python does not run."""
    browser.wait("document.getElementById('notebook-kept').textContent === 'Kept in this browser.'")
    before = browser.evaluate(f"{OUTPUTS}.join('|')")
    browser.goto(browser.address)
    browser.wait(f"{SHOWN} && document.querySelector('[data-output] img')?.naturalWidth > 300")
    assert browser.evaluate(f"{OUTPUTS}.join('|')") == before
    assert browser.evaluate("document.querySelectorAll('[data-output] tbody tr').length") == 21
    assert "not running" in browser.evaluate("document.getElementById('python-status').textContent")


def _flux(hdus: fits.HDUList) -> np.ndarray[Any, Any]:
    for hdu in hdus:
        if isinstance(hdu, fits.BinTableHDU) and "FLUX" in hdu.columns.names:
            values = np.asarray(hdu.data["FLUX"]).reshape(-1)
            return values.astype(values.dtype.newbyteorder("="))
    values = np.asarray(hdus[0].data[0])
    return values.astype(values.dtype.newbyteorder("="))


CLOSED = """import sys
said = []
for name in ("js", "pyodide_js"):
    try:
        __import__(name)
        said.append(name)
    except ImportError:
        pass
import _drportal
for reach in ("return globalThis", "return fetch"):
    try:
        _drportal.request.constructor.constructor(reach)()
        said.append(reach)
    except Exception:
        pass
try:
    from pyodide.code import run_js
    run_js("1")
    said.append("run_js")
except Exception:
    pass
import urllib.request
try:
    urllib.request.urlopen("http://127.0.0.1/", timeout=2)
    said.append("urlopen")
except Exception:
    pass
from pyodide.ffi import JsProxy
import gc
names = {n for one in gc.get_objects() if isinstance(one, JsProxy) for n in dir(one)}
said += sorted(names & {"fetch", "XMLHttpRequest", "WebSocket", "indexedDB", "importScripts", "postMessage"})
print(said)"""


FULL = """import numpy as np
try:
    kept = [np.empty(2**26) for _ in range(8)]
except MemoryError:
    print("full")"""
TOO_MUCH = """try:
    bytearray(2**32 - 1)
except (MemoryError, OverflowError):
    print("refused")"""


# Firefox reports the attempts to run text as code, and a worker that is ended within a loop.
@pytest.mark.complains("blocked assigning to an injection sink|uncaught exception: undefined")
def test_limits(browser: Browser, place: str, tmp_path: Path) -> None:
    """An endless loop and too much memory leave the page alive; Python reaches nothing outside."""
    lab = Lab(browser, place, tmp_path)
    [closed] = lab.run(CLOSED)
    assert closed.strip() == "[]"
    full, alive = lab.run(FULL, TOO_MUCH)
    assert full.strip() == "full"
    assert alive.strip() == "refused"
    lab.open(notebook(cell("while True:\n    pass"), cell("print('not run')")))
    lab.begin()
    browser.wait("document.querySelector('[data-cell]').dataset.state === 'running'", PATIENCE)
    assert browser.evaluate("1 + 1") == 2
    browser.click('[data-action="stop"]')
    browser.wait("document.querySelector('[data-cell]').dataset.state === 'failed'")
    assert browser.evaluate("document.querySelectorAll('[data-cell]').length") == 2
    assert "not run" not in "".join(lab.outputs)
    assert lab.run("print(6 * 7)") == ["42\n"]


EVIL = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
SVG = """<?xml version='1.0'?>
<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'
  onload='window.hit=1' width='40' height='30'>
<script>window.hit=1</script><style>@import 'http://example.org/s.css';</style>
<style>rect {stroke: blue}</style>
<image xlink:href='http://example.org/y.png' width='9' height='9'/>
<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='window.hit=1'/></foreignObject>
<defs><path id='p' d='M0 0h9'/></defs><use xlink:href='#p'/>
<rect width='9' height='9' fill='url(http://example.org/f)' onclick='window.hit=1' style='fill: red'/>
</svg>"""
LINKS = "[a](javascript:window.hit=1) ![b](http://example.org/x.png) $\\href{javascript:hit=1}{x}$ $a^2$"


def test_notebook_of_a_stranger(browser: Browser, place: str, tmp_path: Path) -> None:
    """Nothing in it runs or becomes markup, before or without a run."""
    lab = Lab(browser, place, tmp_path, fresh=True)
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": [EVIL], "text/plain": ["plain"]},
        },
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/svg+xml": ["<svg onload='window.hit=1'/>"]},
        },
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": [SVG]}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": ["window.hit=1"]}},
        {"output_type": "stream", "name": "stdout", "text": [EVIL]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u001b[31mE\u001b[0m: v"]},
    ]
    text = f"# {EVIL}\n\n{EVIL}\n\n{LINKS}"
    browser.evaluate(KEEP)
    lab.open(notebook(cell(text, "markdown"), cell("window", outputs=outputs)))
    # Whatever the page has begun to load or run is done.
    browser.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done)))")
    assert browser.evaluate("window.hit ?? 0") == 0
    # The page's own toolbars have icons, and nothing else.
    inside = "script, [onerror], [onload], svg:not(.cell-tools button > svg.icon)"
    inside += ", a[href^=javascript], img:not([src^=blob])"
    assert browser.evaluate(f"document.querySelectorAll('#cells :is({inside})').length") == 0
    own = "document.getElementById('cell-parts').content.querySelectorAll('button:not([data-kind={}]) svg')"
    icons = browser.evaluate("document.querySelectorAll('#cells svg').length")
    assert icons == sum(browser.evaluate(f"{own.format(kind)}.length") for kind in ("code", "text")) > 0
    assert browser.evaluate("document.querySelectorAll('#cells math').length") == 1
    [picture] = json.loads(browser.evaluate("JSON.stringify(handedOut)"))
    clean = base64.b64decode(picture.partition(",")[2]).decode()
    assert not re.search("script|hit|example|import|foreign|DOCTYPE|javascript", clean)
    assert all(kept in clean for kept in ("<use", "#p", "<rect", "stroke: blue"))
    assert browser.wait("document.querySelector('#cells img').naturalWidth") == 40
    [_, shown] = lab.outputs
    assert shown == f"plain{EVIL}E: v\n"
    assert "not running" in lab.status
    for wrong in ("{}", "[1]", "no", '{"cells": 3, "nbformat": 4}', '{"cells": [], "nbformat": 3}'):
        file = tmp_path / "wrong.ipynb"
        file.write_text(wrong)
        browser.upload("#notebook-file", file)
        browser.wait("document.getElementById('notebook-problem').textContent.includes('wrong.ipynb')")
        browser.evaluate("document.getElementById('notebook-problem').textContent = ''")
    assert browser.complaints == []


def test_notebooks_come_and_go(browser: Browser, place: str, tmp_path: Path) -> None:
    """A link, an example, a saved file; the page keeps what was written."""
    cells = [["m", "Text $x$"], ["c", "print('ü', 2**70)"]]
    lab = Lab(browser, place, tmp_path, f"?cells={quote(json.dumps(cells))}")
    assert browser.evaluate("document.querySelector('.cell-text').textContent").startswith("Text")
    assert "print('ü', 2**70)" in browser.evaluate("document.querySelector('.cm-content').textContent")
    assert "not running" in lab.status
    browser.evaluate(KEEP)
    browser.click('[data-action="save"]')
    found = json.loads(base64.b64decode(browser.wait("handedOut[0]").partition(",")[2]))
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert [(one["cell_type"], "".join(one["source"])) for one in found["cells"]] == [
        ("markdown", "Text $x$"),
        ("code", "print('ü', 2**70)"),
    ]
    lab.open(json.dumps(found))
    assert "n.ipynb" in browser.evaluate("document.getElementById('notebook-kept').textContent")
    browser.goto(f"{place}python.html?example=first-look")
    browser.wait(f"{SHOWN} && document.querySelectorAll('[data-cell]').length > 2")
    assert "drportal" in browser.evaluate("document.querySelector('.cm-content').textContent")
    assert browser.complaints == []


OLD = [
    {"output_type": "stream", "name": "stdout", "text": ["a line of text\n"]},
    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["E: v"]},
    {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": [SVG]}},
    {
        "output_type": "display_data",
        "metadata": {},
        "data": {
            "application/vnd.drportal.table+json": {
                "rows": 900,
                "columns": [
                    {"name": f"c{n}", "type": "DOUBLE", "unit": "km/s", "description": "d"} for n in range(30)
                ],
                "shown": [0, 1, 899],
                "cells": [["1.25", None] * 15] * 3,
            }
        },
    },
]


@pytest.mark.parametrize("language", few(["", "zh/"], "zh/"))
@pytest.mark.parametrize("width", few([1280, 390], 390))
@pytest.mark.parametrize("dark", few([False, True], True))
def test_a_notebook_is_accessible(
    chromium: Browser, with_python: WithPython, tmp_path: Path, language: str, width: int, dark: bool
) -> None:
    """With text, an editor, and all kinds of outputs; light and dark, wide and narrow."""
    text = notebook(cell("# Text $x^2$ and [a link](index.html)", "markdown"), cell("1 / 0", outputs=OLD))
    chromium.open(f"{with_python.release.as_uri()}/{language}python.html", width=width, dark=dark)
    lab = Lab(chromium, with_python.release.as_uri() + "/" + language, tmp_path)
    lab.open(text)
    chromium.wait("document.querySelector('#cells img').naturalWidth")
    assert chromium.evaluate("document.querySelectorAll('.output-table tbody tr').length") == 4
    look_at(chromium, width)


@pytest.mark.slow
def test_examples_run(browser: Browser, place: str, tmp_path: Path) -> None:
    """All five, one after the other; those that draw show a plot."""
    lab = Lab(browser, place, tmp_path)
    links = "[...document.querySelectorAll('[data-example]')].map((one) => one.dataset.example)"
    names = json.loads(browser.evaluate(f"JSON.stringify({links})"))
    assert len(names) == 6  # one is of the team
    plots = 0
    for name in names:
        browser.evaluate("document.querySelector('[data-cell]').id = 'before'")
        browser.click(f'[data-example="{name}"]')
        browser.wait(f"!document.getElementById('before') && {SHOWN}")
        lab.begin()
        lab.finish()
        assert "failed" not in browser.evaluate(f"{STATES}.join()"), (name, lab.outputs)
        plots += browser.evaluate("document.querySelectorAll('#cells [data-output] img').length")
    assert plots >= 3


@pytest.mark.slow
def test_rows_found_open_in_python(browser: Browser, place: str) -> None:
    sql = 'SELECT class, avg(z) AS "mean z" FROM lrs WHERE subclass <> \'"""\\\' GROUP BY class'
    browser.open(f"{place}sql.html?sql={quote(sql)}")
    browser.wait("!document.getElementById('open-python').parentElement.hidden")
    address = browser.evaluate("document.getElementById('open-python').href")
    [[kind, source]] = json.loads(parse_qs(urlsplit(address).query)["cells"][0])
    assert kind == "c"
    statement = {}
    exec(source.replace("await drportal.sql(", "str(").replace("import drportal", ""), statement)
    assert statement["rows"].strip() == sql
    browser.goto(address)
    browser.wait(SHOWN)
    assert "drportal.sql" in browser.evaluate("document.querySelector('.cm-content').textContent")
