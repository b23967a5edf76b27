"""Kills a command at random times, and checks the result after each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from pathlib import Path

from .commands import start
from .steps.test_build import tree


def took(arguments: list[object], log: Path) -> float:
    """Run a command to its end; its seconds."""
    began = time.monotonic()
    process = start(tuple(arguments), log, log)
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
        log = out.with_name(f"{out.name}.log")
        process = start(tuple(arguments), log, log)
        process.join(chance.uniform(0, longest))
        caught += process.is_alive()
        process.kill()
        process.join()
        found = tree(out) if out.exists() else {}
        assert found in good, f"seed {seed}, turn {turn}: {out} is neither the former nor the new"
    return caught
