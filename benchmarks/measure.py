"""What all benchmarks share: their arguments, runs as lines of JSON, and times and memory of processes."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

BENCH = Path(__file__).resolve().parents[1] / ".venv" / "bench" / "bin"
"""Programs to compare with that do not agree with the versions of the tests: `make .venv/bench/installed`."""
INSTALLED = BENCH.parent / "installed"
"""Is there when all of them are."""
EVERY = 0.1
"""Seconds between two looks at the memory of a process."""


def arguments(about: str | None) -> argparse.Namespace:
    """Return the arguments of a benchmark: rows, runs, and the folder in which data are kept."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1, help="paired runs")
    parser.add_argument(
        "--data", type=Path, help="folder of the data, used again; by default a temporary one"
    )
    given = parser.parse_args()
    if given.data is None:
        # Removed when the program ends.
        given.holder = tempfile.TemporaryDirectory(prefix="drportal-bench-")
        given.data = Path(given.holder.name)
    return given


def print_line(line: str, ours: float | None, peer: float | None = None, **facts: Any) -> None:
    """Print a run of a line.

    `facts` are processor (s), memory (MB), bytes, requests, the same of the peer as peer_processor and
    peer_memory, or `missing`: why there is no peer.
    """
    print(json.dumps({"line": line, "ours": ours, "peer": peer, **facts}), flush=True)


@dataclass
class Spent:
    """What a process and those it started have used: seconds, and MB of memory at most."""

    wall: float = 0
    processor: float = 0
    memory: float = 0
    output: str = ""
    stages: dict[str, Any] = field(default_factory=dict)


def run(command: Sequence[object], folder: Path | None = None, stdin: str = "") -> Spent:
    """Run a program to its end. Raises RuntimeError with what it wrote to stderr."""
    before, began = os.times(), time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    spent, ended = Spent(), threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, spent, ended))
    watch.start()
    spent.output, errors = process.communicate(stdin)
    spent.wall, after = time.perf_counter() - began, os.times()
    ended.set()
    watch.join()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}:\n{errors[-2000:]}")
    spent.processor = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return spent


def _watch(pid: int, spent: Spent, ended: threading.Event) -> None:
    """Note the largest sum of the memory of a process and its children."""
    while not ended.wait(EVERY):
        try:
            root = psutil.Process(pid)
            tree = [root, *root.children(recursive=True)]
            now = sum(one.memory_info().rss for one in tree) / 1e6
        except psutil.Error:  # one of them has ended meanwhile
            continue
        spent.memory = max(spent.memory, now)


def print_pair(line: str, ours: Spent, peer: Spent | None = None, **facts: Any) -> None:
    """Print a run of a line of elapsed times."""
    facts |= {"processor": ours.processor, "memory": ours.memory}
    if peer:
        facts |= {"peer_processor": peer.processor, "peer_memory": peer.memory}
    print_line(line, ours.wall, peer.wall if peer else None, **facts)
