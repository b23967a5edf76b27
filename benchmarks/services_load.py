"""Clients of the services, or of PostgreSQL: reads what to ask as JSON from stdin, prints what came back.

Runs in `.venv/bench`, which has the driver of PostgreSQL. {"kind": "http" or "postgresql", "place": address
or connection, "server": its process, "asked": [[path or statement, parameters]], "clients": N}. Each client
has a connection of its own, takes the next question when it has its answer, and reads that to its end. The
processor time of the server is read from /proc while connections are still open.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROW = re.compile(rb"<TR>")
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def over_http(place: str) -> Iterator[Callable[[Any], int]]:
    parts = urlsplit(place)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)

    def ask(asked: Any) -> int:
        connection.request("GET", parts.path + asked[0])
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{asked[0]}: {answer.status} {body[:300]!r}")
        return len(ROW.findall(body))

    try:
        yield ask
    finally:
        connection.close()


@contextlib.contextmanager
def over_postgresql(place: str) -> Iterator[Callable[[Any], int]]:
    import psycopg

    with psycopg.connect(place, autocommit=True) as connection:

        def ask(asked: Any) -> int:
            return len(connection.execute(asked[0], asked[1], prepare=True, binary=True).fetchall())

        yield ask


def processor(root: int) -> float:
    """Seconds of processor time of a process, and of those that it started and that are still there."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(map(_spent, found)) + _of_ended(root)


def _spent(pid: int) -> float:
    """Of the threads of a process."""
    total = 0
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def _of_ended(pid: int) -> float:
    """Of processes that a process started and that have ended: workers of PostgreSQL, for one statement."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[13]) + int(words[14])) / TICKS


def load(kind: str, place: str, asked: list[Any], clients: int, server: int) -> dict[str, Any]:
    """Ask everything, by as many clients at once; each first asks one question that is not counted."""
    connect = {"http": over_http, "postgresql": over_postgresql}[kind]
    counts: list[int] = [0] * len(asked)
    left = iter(range(len(asked)))
    ready, done, over = (threading.Barrier(clients + 1) for _ in range(3))
    faults: list[str] = []

    def client() -> None:
        with connect(place) as ask:
            try:
                ask(asked[0])
                ready.wait()
                for number in left:  # one at a time under the lock of the interpreter
                    counts[number] = ask(asked[number])
            except Exception as error:
                faults.append(repr(error))
                for barrier in (ready, done, over):
                    barrier.abort()
                return
            done.wait()
            over.wait()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait()
        began, before = time.perf_counter(), processor(server)
        done.wait()
        wall, spent = time.perf_counter() - began, processor(server) - before
        over.wait()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return {"wall": wall, "processor": spent, "counts": counts}


if __name__ == "__main__":
    print(json.dumps(load(**json.load(sys.stdin))))
