"""Write a folder as a disc image: ISO 9660 with Rock Ridge and Joliet, and UDF, sharing the same data."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pycdlib
import pycdlib.dates
import pycdlib.headervd
import pycdlib.pycdlib
import pycdlib.udf
from pycdlib.pycdlibexception import PyCdlibException

from ...files import walk
from ...problems import InputError, Problem
from .names import IsoNames

FILE, FOLDER = 0o100444, 0o040555
BLOCK = 1 << 20
DEEPEST = 7
"""Folder depth that ISO 9660 allows. Deeper ones are moved; Rock Ridge records where they belong."""


def write_image(
    tree: Path, target: Path, label: str, when: int, progress: Callable[[int, int], None]
) -> None:
    """Write all below `tree` to the image `target`. The same files, label and time give the same bytes."""
    with _still(when, label):
        image = pycdlib.PyCdlib()
        try:
            image.new(
                interchange_level=3,
                joliet=3,
                rock_ridge="1.09",
                udf="2.60",
                vol_ident=label,
                sys_ident="",
                app_ident_str="DRPORTAL",
            )
            image.set_relocated_name("RR_MOVED", ".rr_moved")
            _add(image, tree)
            image.write(str(target), BLOCK, lambda done, total, _opaque: progress(done, total))
        except PyCdlibException as error:
            raise InputError(
                Problem(str(target), "", str(error), "this is a fault of drportal: please report it")
            ) from None
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        finally:
            with contextlib.suppress(PyCdlibException):
                image.close()
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())


def _add(image: Any, tree: Path) -> None:
    """Add every file, and each folder before its contents."""
    folders: dict[str, tuple[str, IsoNames]] = {"": ("", IsoNames())}

    def folder(path: str) -> tuple[str, IsoNames]:
        if path not in folders:
            parent, _, name = path.rpartition("/")
            above, names = folder(parent)
            iso = f"{above}/{names.folder(_unlike(path, name))}"
            image.add_directory(
                iso, rr_name=name, joliet_path=f"/{path}", udf_path=f"/{path}", file_mode=FOLDER
            )
            folders[path] = (iso, IsoNames())
        return folders[path]

    for entry, path in walk(tree):
        parent, _, name = path.rpartition("/")
        above, names = folder(parent)
        image.add_file(
            entry.path,
            f"{above}/{names.file(name)}",
            rr_name=name,
            joliet_path=f"/{path}",
            udf_path=f"/{path}",
            file_mode=FILE,
        )


def _unlike(path: str, name: str) -> str:
    """A unique name for a deep folder, as these are all moved to one place."""
    if path.count("/") < DEEPEST:
        return name
    return f"{name[:20]}_{hashlib.sha256(path.encode()).hexdigest()[:8]}"


@contextlib.contextmanager
def _still(when: int, label: str) -> Iterator[None]:
    """Make the library use a fixed time in UTC and reproducible random numbers."""
    clock = SimpleNamespace(
        time=lambda: float(when),
        localtime=lambda _seconds=None: time.gmtime(when),
        gmtime=lambda _seconds=None: time.gmtime(when),
        strftime=time.strftime,
        strptime=time.strptime,
        struct_time=time.struct_time,
    )
    kept = []
    replaced = [(m, "time", clock) for m in (pycdlib.dates, pycdlib.headervd, pycdlib.pycdlib, pycdlib.udf)]
    replaced += [(pycdlib.udf, "random", random.Random(label))]  # type: ignore[list-item]
    for module, name, value in replaced:
        kept.append((module, name, getattr(module, name)))
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
