"""Facts about the machine and the programs of a run."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from .measure import BENCH

PROGRAMS = {
    "chromium": ["chromium", "--version"],
    "firefox": ["firefox-esr", "--version"],
    "hugo": ["hugo", "version"],
    "stilts": ["stilts", "-version"],
    "zensical": [str(BENCH / "zensical"), "--version"],
    "mkdocs": [str(BENCH / "mkdocs"), "--version"],
    "hats-import": [str(BENCH / "python"), "-c", "import hats_import; print(hats_import.__version__)"],
}
PACKAGES = "drportal", "duckdb", "pyarrow", "numpy", "astropy", "lsdb"


def _number(command: list[str]) -> str | None:
    """Return the version that a program prints, or None if it is not there."""
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else None


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", file.read_text()) if file.exists() else None
    return found[1] if found else platform.processor()


def machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "programs": {name: _number(command) for name, command in PROGRAMS.items()},
        "load": os.getloadavg(),
    }
