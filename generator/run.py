"""Run a command: its exit status, and one line for each error."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from .problems import InputError
from .report import say


def run(command: Callable[[], object]) -> None:
    """Run a command; input errors print one line each without traceback and exit with status 2.

    Ctrl+C prints one line and exits with status 130, as shells expect, whatever exception a library turns it
    into.
    """
    # Imports and pages make many objects that stay: searching them for garbage so often finds none.
    gc.set_threshold(200_000, 20, 20)
    # pydantic has no plugins here, and would look for them in every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    debug = "--debug" in sys.argv[1:]
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        command()
    except BaseException as error:
        if debug:
            raise
        if stopped:
            say("drportal: stopped by Ctrl+C", err=True)
            sys.exit(130)
        if not isinstance(error, Exception):
            raise
        sys.exit(_reported(error))


def _reported(error: Exception) -> int:
    """Print an input or system error and return the exit status; other errors are raised again."""
    if type(error).__module__ in ("duckdb", "_duckdb"):
        from .faults import explained

        error = explained(error, Path("drportal"))
    if isinstance(error, InputError):
        for problem in error.problems:
            say(f"drportal: {problem}", err=True)
        return 2
    if isinstance(error, OSError):
        where = error.filename2 or error.filename or "system"
        what = f"{error.strerror or error}; earlier builds are unchanged"
        say(f"drportal: {where}: {what}", err=True)
        return 1
    raise error
