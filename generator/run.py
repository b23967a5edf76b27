"""Run a command: its exit status, and one line for each error."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from .problems import InputError
from .report import say


def prepare() -> None:
    """Save work of Python and of libraries that no command needs."""
    # Imports and pages make many objects that stay: searching them for garbage so often finds none.
    gc.set_threshold(200_000, 20, 20)
    # pydantic has no plugins here, and would look for them in every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def run(command: Callable[[], object]) -> None:
    """Run a command; input errors print one line each without traceback and exit with status 2.

    Ctrl+C prints one line and exits with status 130, as shells expect, whatever exception a library turns it
    into.
    """
    prepare()
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


def end(command: Callable[[], object]) -> NoReturn:
    """Run a command and end the process, without freeing objects one by one: the system frees all."""
    status: object = 0
    try:
        command()
    except SystemExit as ended:
        status = ended.code or 0
    others = [one for one in threading.enumerate() if not one.daemon and one is not threading.main_thread()]
    if others or not isinstance(status, int):
        sys.exit(status)  # type: ignore[arg-type]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads it: Python ends as it does then
        sys.exit(status)
    os._exit(status)
