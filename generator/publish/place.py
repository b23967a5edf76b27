"""Replace a folder by a finished one in a single step."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ..problems import InputError, Problem

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically; False where the system or its file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(ctypes.util.find_library("c") or "libc.so.6", use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    failed = library.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def former(site: Path) -> Path:
    """Temporary place of the former site while the new one is moved in, if folders cannot be swapped."""
    return site.with_name(f".{site.name}.former")


def recover(site: Path) -> None:
    """Recover from an interrupted `place`: restore the former site if there is none."""
    if former(site).exists() and not site.exists():
        former(site).rename(site)
    shutil.rmtree(former(site), ignore_errors=True)


def place(new: Path, site: Path) -> None:
    """Make `new` the site and remove the former one. Whenever this is interrupted, one complete site remains.

    Both must be on one file system. Raises OSError.
    """
    if not site.exists():
        new.rename(site)
        return
    if _exchange(new, site):
        shutil.rmtree(new, ignore_errors=True)
        return
    site.rename(former(site))
    new.rename(site)
    shutil.rmtree(former(site), ignore_errors=True)


@contextlib.contextmanager
def alone(site: Path) -> Iterator[None]:
    """Lock a site against other builds; the operating system releases the lock when the process ends."""
    site.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(site.parent / f".{site.name}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        fix = "wait for it, or name another folder"
        raise InputError(Problem(str(site), "", "is being written by another drportal", fix)) from None
    try:
        yield
    finally:
        lock.release()
