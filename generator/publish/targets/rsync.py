"""Run rsync for many files at a time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ...files import Entry
from .target import Sent, refused

FILES, BYTES = 2_000, 1 << 28
"""What one run of rsync sends at most: what an interrupted run has sent counts as not sent."""
OPTIONS = ("--times", "--chmod=D755,F644", "--ignore-times", "--from0", "--files-from=-")


def run(name: str, command: Sequence[str], data: bytes = b"", good: Sequence[int] = (0,)) -> str:
    """Run a program and return what it prints. Raises InputError, with its last line of errors."""
    environment = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(command, input=data, capture_output=True, env=environment)
    except FileNotFoundError:
        fix = "install it, or publish to a target that needs no such program"
        raise refused(name, f"the program {command[0]} is not installed", fix) from None
    if done.returncode not in good:
        lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        first = next((line for line in lines if "rror" in line or "enied" in line), lines[0] if lines else "")
        said = first.strip() or f"{command[0]} ended with status {done.returncode}"
        raise refused(name, said, "correct the address or the rights there, and run the same command again")
    return done.stdout.decode(errors="replace")


def parts_of(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Files in parts that are sent together."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        part.append(entry)
        size += entry.bytes
        if len(part) == FILES or size >= BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def named(part: Iterable[Entry]) -> bytes:
    """The paths of files as rsync and xargs read them."""
    return b"".join(entry.path.encode() + b"\0" for entry in part)


def put(
    name: str, site: Path, to: str, entries: Iterable[Entry], sent: Sent, options: Sequence[str] = ()
) -> None:
    """Send files of the site; each replaces the former one in one step."""
    for part in parts_of(entries):
        run(name, ["rsync", *OPTIONS, *options, f"{site}/", to], named(part))
        for entry in part:
            sent(entry)
