"""Observes the stages of a build from inside its process, to kill it during any of them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .commands import FORKS

Hear = Callable[[str], None]


def listen(hear: Hear) -> None:
    """Call `hear` as each stage of a build in this process begins; a stage ends as the next one begins.

    Each piece is made and then kept, whichever pieces there are.
    """
    from drportal import build
    from drportal.pieces.room import Room
    from drportal.pieces.store import Store
    from drportal.spectra import packs
    from drportal.steps import render, seal

    packs.PACK_SPECTRA = 3
    before(Store, "unfinished", lambda _store, piece: hear(f"make {piece.name}"))
    before(Store, "keep", lambda _store, piece, _lines: hear(f"keep {piece.name}"))
    before(Store, "end", lambda *_: hear("end"))
    before(Room, "make", lambda *_: hear("prune"))
    before(render, "lay_out", lambda *_: hear("lay out"))
    before(seal, "seal", lambda *_: hear("seal"))
    before(build, "place", lambda *_: hear("place"))
    before(build, "inputs_of", lambda *_: hear("look"))


def before(owner: Any, name: str, call: Callable[..., None]) -> None:
    inner = getattr(owner, name)

    def outer(*given: Any, **named: Any) -> Any:
        call(*given)
        return inner(*given, **named)

    setattr(owner, name, outer)


def _build(portal: str, log: str, hear: Hear) -> None:
    from drportal import cli

    listen(hear)
    sys.argv = ["drportal", "build", "--portal", portal]
    with Path(log).open("w") as said:
        sys.stdout = sys.stderr = said
        cli.main()


def _measured(portal: str, log: str, times: str) -> None:
    with Path(times).open("w") as stream:

        def hear(stage: str) -> None:
            stream.write(f"{time.monotonic()}\t{stage}\n")
            stream.flush()

        _build(portal, log, hear)


def _killed(portal: str, log: str, wanted: str, delay: float) -> None:
    def hear(stage: str) -> None:
        if stage == wanted:
            threading.Timer(delay, os.kill, (os.getpid(), signal.SIGKILL)).start()

    _build(portal, log, hear)


def measure(portal: Path, log: Path) -> dict[str, float]:
    """Build a portal; the seconds that each stage took, in their order."""
    times = log.with_suffix(".times")
    process = FORKS.Process(target=_measured, args=(str(portal), str(log), str(times)))
    process.start()
    process.join()
    ended = time.monotonic()
    assert process.exitcode == 0, log.read_text()
    lines = [line.split("\t") for line in times.read_text().splitlines()]
    begun = [float(seconds) for seconds, _ in lines]
    found: dict[str, float] = {}
    for (_, stage), began, end in zip(lines, begun, [*begun[1:], ended], strict=True):
        found.setdefault(stage, end - began)
    return found


def kill_in(portal: Path, log: Path, stage: str, delay: float) -> bool:
    """Build a portal and kill the build some seconds after a stage begins; False if it has ended by then."""
    process = FORKS.Process(target=_killed, args=(str(portal), str(log), stage, delay))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), log.read_text()
    return process.exitcode != 0
