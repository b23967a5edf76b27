"""A folder of its own for each run of the tests.

Servers started by root go on as another user, who must be able to enter it. The folder that pytest shares
between the runs of a user is closed to others again whenever a run begins.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

PREFIX = "drportal-tests-"
KEPT = 1
"""Number of earlier runs whose folders stay."""


def own_folder(config: pytest.Config) -> None:
    """Let a run, if its command names no folder, use a new one; the folders of earlier runs are removed."""
    if config.option.basetemp or hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    config.option.basetemp = str(folder / "run")
    lock = FileLock(folder / "lock")
    lock.acquire()
    config.add_cleanup(lock.release)
    with contextlib.suppress(FileNotFoundError):  # another run may remove the same
        others = sorted(folder.parent.glob(f"{PREFIX}*"), key=lambda one: one.stat().st_mtime)
        for left in [one for one in others if one != folder][:-KEPT]:
            with contextlib.suppress(Timeout), FileLock(left / "lock", timeout=0):
                shutil.rmtree(left)
