"""Files on a store, by address (s3://bucket/key), through fsspec."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...arrow_s3 import s3_client
from ...problems import InputError, Problem

VERSION = ("size", "ETag", "etag", "VersionId", "LastModified", "Last-Modified", "mtime", "checksum")
"""What stores say of a file that changes with its content, by their own names."""
PIECE = 1 << 26
"""Bytes read at a time."""


def is_address(name: str) -> bool:
    """Return whether a name is an address, and no path."""
    return "://" in name


def store_of(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it. Raises InputError."""
    kind = address.partition("://")[0]
    try:
        import fsspec
    except ImportError:
        fix = "pip install 'drportal[dask]'"
        raise InputError(Problem(address, "", "needs fsspec, which is not installed", fix)) from None
    if kind in ("s3", "s3a") and not importlib.util.find_spec("s3fs"):
        return _own_s3(), address.partition("://")[2]
    try:
        store, path = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError, OSError) as error:
        fix = f"install what fsspec needs for {kind}://, and see the settings of the store in the environment"
        raise InputError(Problem(address, "", f"cannot be opened: {error}", fix)) from None
    return store, path


def _own_s3() -> Any:
    """Return the S3 client of Arrow in the form of fsspec."""
    from fsspec.implementations.arrow import ArrowFSWrapper

    class Flat(ArrowFSWrapper):  # type: ignore[misc]
        """A store has no folders: their marks would be files of their own."""

        def makedirs(self, path: str, exist_ok: bool = False) -> None:
            pass

    return Flat(s3_client())


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Turn errors of a store into one line."""
    web = [sys.modules["aiohttp"].ClientError] if "aiohttp" in sys.modules else []
    try:
        yield
    except (OSError, ValueError, *web) as error:
        what = f"cannot be read or written: {' '.join(str(error).split())[:300]}"
        fix = "see the address, and the settings of the store in the environment"
        raise InputError(Problem(address, "", what, fix)) from None


def version_of(address: str) -> str:
    """Return what changes with the content of a file, as its store says. Raises InputError."""
    store, path = store_of(address)
    with explained(address):
        about = store.info(path)
    return " ".join(f"{key}={about[key]}" for key in VERSION if about.get(key) is not None)


def size_of(address: str) -> int:
    """Return the size in bytes of a file. Raises InputError."""
    store, path = store_of(address)
    with explained(address):
        return int(store.info(path)["size"])


def read(address: str, offset: int, length: int) -> bytes:
    """Return bytes of a file. Raises InputError."""
    store, path = store_of(address)
    with explained(address), store.open(path, "rb") as file:
        file.seek(offset)
        return bytes(file.read(length))


def fetch(address: str, copy: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Write byte ranges of a file to the same places of a copy, which is empty elsewhere. Raises InputError.

    `ranges` are offsets and lengths. Where nothing was written the copy takes no room on most file systems.
    """
    store, path = store_of(address)
    copy.touch()
    with explained(address), store.open(path, "rb") as source, copy.open("r+b") as target:
        target.truncate(size_of(address))
        for offset, length in ranges:
            source.seek(offset)
            target.seek(offset)
            end = offset + length
            while (left := end - target.tell()) > 0:
                piece = source.read(min(left, PIECE))
                if not piece:
                    raise OSError("is shorter than announced")
                target.write(piece)


def put(file: Path, address: str) -> None:
    """Write a file to an address: readers see all of it or nothing. Raises InputError."""
    store, path = store_of(address)
    with explained(address):
        store.put_file(str(file), path)
