"""Runs the cells of a notebook inside the page: standard output, exceptions, and what a cell shows.

The page's worker calls `run` and `set_screen`; nothing here is for the reader's own code.
"""

from __future__ import annotations

import asyncio
import json
import linecache
import random
import sys
import time
import traceback
import types
from collections.abc import Coroutine
from typing import Any

from .screen import SCREEN
from .shown import display, show

NAMES: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__, "display": display}
"""Global names of the notebook."""

RUNNING: list[asyncio.Task[Any]] = []
"""The cell that runs."""

CLOSED = "js", "pyodide_js", "pyodide.http", "pyodide.console"
WANTS_JS = "unix_timezones"
"""A module that pyarrow imports. It needs `js`, and carries no time zones: an empty one stands in for it."""


def wake() -> None:
    """Set anew what is another in each page: the memory that Python begins with was stored elsewhere."""
    random.seed()
    year = time.localtime().tm_year
    winter, summer = (
        time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1))).tm_gmtoff for month in (1, 7)
    )
    time.timezone, time.altzone = -min(winter, summer), -max(winter, summer)
    time.daylight = int(winter != summer)


async def run(source: str, cell: str) -> bool:
    """Run a cell and show the value of its last line; whether it ended without an exception."""
    from pyodide.code import eval_code_async

    file = f"<{cell}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        RUNNING[:] = [asyncio.ensure_future(_ended(eval_code_async(source, NAMES, filename=file)))]
        value, error = await RUNNING[0]
        if error is not None:
            raise error
        if value is not None:
            NAMES["_"] = value
            show(value)
        _show_plots()
    except BaseException as error:
        # A SystemExit ends the cell, not the interpreter.
        _show_plots()
        print(_described(error), end="", file=sys.stderr)
        return False
    finally:
        RUNNING.clear()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    return True


async def _ended(code: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    """The value, or the exception: a task would pass KeyboardInterrupt and SystemExit on to the loop."""
    try:
        return await code, None
    except asyncio.CancelledError as error:
        return None, KeyboardInterrupt().with_traceback(error.__traceback__)
    except BaseException as error:
        return None, error


def cancel() -> None:
    """Cancel the cell that runs, if it awaits something."""
    for task in RUNNING:
        task.cancel()


def _described(error: BaseException) -> str:
    """The traceback from the first line of a cell on; of a syntax error only where it is."""
    frames = error.__traceback__
    while frames and not frames.tb_frame.f_code.co_filename.startswith("<"):
        frames = frames.tb_next
    if frames is None and not isinstance(error, SyntaxError):
        frames = error.__traceback__
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except BaseException:
        return f"{type(error).__name__}\n"


def _show_plots() -> None:
    if "matplotlib.pyplot" in sys.modules:
        from .plots import show_all

        show_all()


def set_screen(ratio: float, colours: str) -> None:
    """Prepare plots for the pixels of the screen, and the colours of the page as JSON."""
    SCREEN.ratio, SCREEN.colours = ratio, json.loads(colours)
    if "drportal_cells.plots" in sys.modules:
        SCREEN.apply(sys.modules["matplotlib"].rcParams)


def close() -> None:
    """Take away the modules that lead to JavaScript."""
    sys.modules[WANTS_JS] = types.ModuleType(WANTS_JS)
    for name in list(sys.modules):
        if any(name == closed or name.startswith(f"{closed}.") for closed in CLOSED):
            del sys.modules[name]


def complete(source: str, position: int) -> str:
    """What may follow at a place in the code, as JSON."""
    try:
        from drportal._complete import complete as offered  # type: ignore[import-not-found]

        return str(offered(source, position, NAMES))
    except Exception:
        # of objects of the reader's own; completions are only a help
        return '{"from": 0, "options": []}'
