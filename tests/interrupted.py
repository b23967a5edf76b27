"""Killing a command at random moments of its work, and what must be true after each time."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

from .steps.test_build import tree

# Forked from a process that has read all modules: each moment is one of the work and not of Python's start.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "drportal.cli",
        "drportal.build",
        "drportal.diff",
        "drportal.publish.media.make",
        "drportal.publish.mirror",
        "drportal.publish.verify",
    ]
)


def command(arguments: list[str], log: str) -> None:
    """A command as a process of its own; what it says goes to a file."""
    from drportal import cli

    sys.argv = ["drportal", *arguments]
    with Path(log).open("w") as said:
        sys.stdout = sys.stderr = said
        cli.main()


def start(arguments: list[object], log: Path) -> multiprocessing.process.BaseProcess:
    process = FORKS.Process(target=command, args=([str(a) for a in arguments], str(log)))
    process.start()
    return process


def took(arguments: list[object], log: Path) -> float:
    """Run a command to its end; its seconds."""
    began = time.monotonic()
    process = start(arguments, log)
    process.join()
    assert process.exitcode == 0, log.read_text()
    return time.monotonic() - began


def kill_again_and_again(
    arguments: list[object],
    out: Path,
    good: Collection[dict[str, str]],
    times: int,
    seed: int,
    longest: float,
    prepare: Callable[[int], object] = lambda turn: None,
) -> int:
    """Kill a command `times` times within `longest` seconds of its start; `prepare` is called before each.

    After each kill `out` must be one of the `good` trees, whole (an empty one: not there at all). Returns how
    often the command had not ended by itself before.
    """
    print(f"seed {seed}, {times} times, up to {longest:.2f} s")
    chance, caught = random.Random(seed), 0
    for turn in range(times):
        prepare(turn)
        process = start(arguments, out.with_name(f"{out.name}.log"))
        process.join(chance.uniform(0, longest))
        caught += process.is_alive()
        process.kill()
        process.join()
        found = tree(out) if out.exists() else {}
        assert found in good, f"seed {seed}, turn {turn}: {out} is neither the former nor the new"
    return caught
