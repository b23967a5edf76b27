"""One session of Python: completion, stopping, tables, results below the notebook, files, and Jupyter."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from ...browser import Browser
from ...python_portal import WithPython
from ..pages.test_every_page import serious
from ..results.test_downloads import KEEP
from .test_python_page import CLOSED, PATIENCE, STATES, Lab, cell, notebook

pytestmark = pytest.mark.browser

OPTIONS = "[...document.querySelectorAll('.cm-tooltip-autocomplete li')].map((one) => one.textContent)"


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn');"


class Session(Lab):
    """One notebook whose cells run one by one."""

    def state(self, n: int) -> str:
        return str(
            self.browser.evaluate(f"document.querySelector('[data-cell]:nth-child({n})').dataset.state ?? ''")
        )

    def start(self, n: int) -> None:
        """Run a cell, and wait until it runs."""
        self.browser.click(f"[data-cell]:nth-child({n}) [data-cell-action=run]")
        self.browser.wait(
            f"document.querySelector('[data-cell]:nth-child({n})').dataset.state === 'running'", PATIENCE
        )

    def once(self, n: int) -> str:
        """Run a cell to its end; what it shows."""
        self.browser.click(f"[data-cell]:nth-child({n}) [data-cell-action=run]")
        self.rest()
        return self.outputs[n - 1]

    def stop(self) -> None:
        self.browser.click("[data-action=stop]")
        self.rest()

    def rest(self) -> None:
        """Wait until no cell runs or waits."""
        self.browser.wait(f"!{STATES}.some((state) => state === 'running' || state === 'waiting')", PATIENCE)

    def complete(self, n: int, text: str, wanted: str) -> list[str]:
        """What is offered after a text at the end of a cell, once an option is among it."""
        self.browser.click(f"[data-cell]:nth-child({n}) .cm-content")
        self.browser.press("Control+End")
        self.browser.type(text)
        for _ in range(40):
            self.browser.press("Control+ ")
            try:
                self.browser.wait(f"{OPTIONS}.some((one) => one.startsWith({json.dumps(wanted)}))", 3)
                break
            except RuntimeError:
                self.browser.press("Escape")  # Python was busy
                self.browser.click(f"[data-cell]:nth-child({n}) .cm-content")
                self.browser.press("Control+End")
        return list(json.loads(self.browser.evaluate(f"JSON.stringify({OPTIONS})")))


SESSION = [
    "import drportal\nimport numpy as np\nkept = 41",
    "while True:\n    pass",
    "import asyncio\nawait asyncio.sleep(100000)",
    "kept + 1",
    'rows = await drportal.sql("SELECT obsid, z, class FROM lrs ORDER BY obsid")\nrows',
    "np.ma.array([1.5, 2], mask=[0, 1])",
    "np.array([(1, 'a')], [('n', 'i2'), ('t', 'U1')])",
    'drportal.show(rows)\ndrportal.save("rows.fits", drportal.write_fits(rows))',
    "n",
    "import random, time\nprint(random.random(), time.timezone)",
    "import sys\n'matplotlib.pyplot' in sys.modules",
]
ZONE = (
    "Math.max(...[0, 6].map((month) => new Date(new Date().getFullYear(), month).getTimezoneOffset())) * 60"
)


# Firefox reports a worker that is ended within a loop, and the attempts to run text as code.
@pytest.mark.complains("blocked assigning to an injection sink|uncaught exception: undefined")
@pytest.mark.slow
def test_a_session(browser: Browser, place: str, tmp_path: Path) -> None:
    """Where pages are isolated (`drportal serve`) a loop is interrupted; from disk Python starts again."""
    lab = Session(browser, place, tmp_path)
    lab.open(notebook(*map(cell, SESSION)))
    isolated = browser.evaluate("crossOriginIsolated")
    assert isolated is place.startswith("http")
    lab.once(1)
    # waiting is stopped everywhere, and nothing is lost
    lab.start(3)
    lab.stop()
    assert "KeyboardInterrupt" in lab.outputs[2]
    assert lab.once(4) == "42"
    lab.start(2)
    lab.stop()
    assert lab.state(2) == "failed"
    if isolated:
        assert "KeyboardInterrupt" in lab.outputs[1]
        assert "line " in lab.outputs[1]
        assert lab.once(4) == "42"
    else:
        assert lab.outputs[1] == "Stopped."
        assert "NameError" in lab.once(4)
    # chance and the time zone are not those of the snapshot that each start loads
    before, zone = lab.once(10).split()
    assert int(zone) == browser.evaluate(ZONE)
    # restart: nothing is left of the variables, everything of the cells
    browser.click("[data-action=restart]")
    browser.wait("document.getElementById('python-status').dataset.state === 'idle'", PATIENCE)
    assert "NameError" in lab.once(4)
    assert len(lab.outputs) == len(SESSION)
    assert lab.once(10).split()[0] != before
    lab.once(1)
    table = lab.once(5)
    assert "BIGINT" in table and "3,000 rows" in table
    units = "[...document.querySelectorAll('.output-table thead th .hint')].map((one) => one.textContent)"
    assert "float64" in lab.once(6) and "NULL" in lab.outputs[5]
    assert "int16" in lab.once(7)
    assert json.loads(browser.evaluate(f"JSON.stringify({units})"))[-3:] == ["float64", "int16", "str"]
    _shows_and_saves(lab)
    _completes(lab)
    assert serious(browser) == []
    # Matplotlib, which a cell names, is imported while Python has nothing to do; its scope stays closed
    calm = "new Promise((done) => setTimeout(done, 1000))"
    assert any(lab.once(11) == "True" or browser.evaluate(calm) for _ in range(60))
    closed, drawn = lab.run(CLOSED, PLOT)
    assert (closed.strip(), drawn.strip()) == ("[]", "drawn")
    browser.wait("document.querySelector('#cells img').naturalWidth > 100")


def _shows_and_saves(lab: Session) -> None:
    """The result table of the search page with its plots, and a file."""
    browser = lab.browser
    browser.evaluate(KEEP)
    assert lab.once(8) == ""
    browser.wait("document.querySelectorAll('#shown-result tbody tr').length > 5")
    head = browser.evaluate("document.querySelector('#shown-result thead').textContent")
    assert "obsid" in head and "class" in head
    browser.wait("handedOut.length > 0")
    data = base64.b64decode(browser.evaluate("handedOut[0]").partition(",")[2])
    assert data.startswith(b"SIMPLE  =")


def _completes(lab: Session) -> None:
    """Columns of catalogues, names of the notebook, and what Python knows."""
    for n, text, wanted in ((9, ' + rows["snr', "snrg"), (9, " + ke", "kept"), (9, "\nnp.linsp", "linspace")):
        assert any(one.startswith(wanted) for one in lab.complete(n, text, wanted))
        lab.browser.press("Escape")


THERE_AND_BACK = [
    "import drportal\nimport numpy as np\n\n"
    "rows = await drportal.sql('SELECT obsid, z FROM lrs ORDER BY obsid LIMIT 3')",
    "print([int(one) for one in rows['obsid']])\nprint('ü 光')",
    "float(np.asarray(rows['z'], float)[0])",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
]


@pytest.mark.slow
def test_to_jupyter_and_back(
    browser: Browser, place: str, with_python: WithPython, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook saved by the page runs unchanged in Jupyter, and comes back with what it showed there."""
    lab = Lab(browser, place, tmp_path)
    lab.open(notebook(cell("# Text $x$", "markdown"), *map(cell, THERE_AND_BACK)))
    lab.begin()
    lab.finish()
    shown = lab.outputs
    browser.evaluate(KEEP)
    browser.click('[data-action="save"]')
    text = base64.b64decode(browser.wait("handedOut[0]").partition(",")[2]).decode()
    theirs = nbformat.reads(text, as_version=4)
    nbformat.validate(theirs)
    sources = [one.source for one in theirs.cells]
    assert sources == ["# Text $x$", *THERE_AND_BACK]
    for one in theirs.cells[1:]:
        one.outputs = []
    monkeypatch.setenv("DRPORTAL_SITE", str(with_python.release))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    NotebookClient(theirs, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    nbformat.validate(theirs)
    lab.open(nbformat.writes(theirs))
    assert lab.outputs[:4] == shown[:4]
    assert browser.evaluate("document.querySelectorAll('#cells img').length") == 1
    browser.evaluate("handedOut.length = 0")
    browser.click('[data-action="save"]')
    again = nbformat.reads(
        base64.b64decode(browser.wait("handedOut[0]").partition(",")[2]).decode(), as_version=4
    )
    nbformat.validate(again)
    assert [(one.id, one.source) for one in again.cells] == [(one.id, one.source) for one in theirs.cells]
    assert again.cells[2].outputs[0].text == theirs.cells[2].outputs[0].text
