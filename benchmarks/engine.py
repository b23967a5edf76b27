"""Statements in a page beside native DuckDB and lsdb: python -m benchmarks.engine [--rows N] [--runs N]"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hatch_build import node_folder

from .data import release
from .measure import arguments


def node(script: str, *given: object) -> None:
    """Run a benchmark in Node, which prints its own runs. Raises CalledProcessError if it fails."""
    command = [node_folder() / "node", Path(__file__).with_name(script), *given]
    subprocess.run(list(map(str, command)), check=True, env=os.environ | {"PYTHON": sys.executable})


if __name__ == "__main__":
    given = arguments(__doc__)
    node("engine.mjs", release(given.data, given.rows), "stars", given.runs)
