"""Work shared out among processes that are copies of this one: they know all it knows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")
WORTH = 64
"""Fewer items are not worth a copy."""
SENT = 16
"""Results that are sent at once."""


def shared_out(function: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[R]:
    """What `function` returns of each item, in no certain order, computed by `jobs` processes.

    Few items are worked on here, and so are all where the system has no safe way to copy a process. What
    `function` raises is raised here. What it changes beside its result is lost.
    """
    if jobs < 2 or len(items) < WORTH or not sys.platform.startswith("linux"):
        yield from map(function, items)
        return
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    context, workers = get_context("fork"), []
    open_ends: list[Connection] = []
    try:
        for first in range(jobs):
            receive, send = context.Pipe(duplex=False)
            worker = context.Process(target=_work, args=(function, items[first::jobs], send), daemon=True)
            worker.start()
            workers.append(worker)
            open_ends.append(receive)
            # This process has no use for that end, and hears that a worker has died when nobody has it.
            send.close()
        while open_ends:
            for end in cast("list[Connection]", wait(open_ends)):
                results, error = end.recv()
                if error is not None:
                    raise error
                yield from results
                if not results:
                    open_ends.remove(end)
    except EOFError:
        raise ChildProcessError("a process that this build began was ended") from None
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work(function: Callable[[T], R], items: Sequence[T], send: Connection) -> None:
    """Send the results of some items, and an empty list at the end."""
    try:
        for first in range(0, len(items), SENT):
            send.send(([function(item) for item in items[first : first + SENT]], None))
        send.send(([], None))
    except (BrokenPipeError, KeyboardInterrupt):  # nobody waits for it
        return
    except Exception as error:
        send.send(([], error))
