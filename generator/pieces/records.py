"""Small texts that end with their own checksum, so that damage is found when they are read.

Disks and memory lose a bit now and then without an error. Nothing in the cache is used before it is checked
against what was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from ..problems import Problem

MARK = b"# sha256 "
"""Begins the last line of a list or a record: the checksum of all lines before it."""
Say = Callable[[str], None]


class Damaged(Exception):
    """A record that differs from what was written."""


def damage(file: Path, what: str = "changed since an earlier build wrote it") -> str:
    """The line that reports a damaged file of the cache."""
    return str(Problem(str(file), "", what, "made again; if this recurs, check the disk and the memory"))


def write_record(file: Path, text: str) -> None:
    """Write a text followed by its checksum. A killed program leaves the former text or this one."""
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.unlink(missing_ok=True)
    write_lines(unfinished, [line.encode() for line in f"{text}\n".splitlines(True)])
    unfinished.replace(file)


def read_record(file: Path) -> str | None:
    """The text of a record; None if there is none. Raises Damaged."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(error.strerror) from None
    text, mark, last = content.rpartition(MARK)
    if not mark or last != f"{hashlib.sha256(text).hexdigest()}\n".encode():
        raise Damaged
    return text.decode()[:-1]


def write_lines(file: Path, lines: Iterable[bytes]) -> None:
    """Write lines, and a last one with the checksum of all lines."""
    sha = hashlib.sha256()
    with file.open("wb") as stream:
        for line in lines:
            sha.update(line)
            stream.write(line)
        stream.write(MARK + sha.hexdigest().encode() + b"\n")
