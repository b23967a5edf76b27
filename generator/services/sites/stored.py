"""A site on a store: its descriptions are copied, its Parquet files read in ranges through fsspec.

A store replaces files one by one. A state of the site is what stood there while the manifest stayed the same
and nothing was being published. Files of catalogues are known by their versions (the ETag, where the store
has one): after each statement those that it read must still have them, else it is run again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem

from ...formats import Catalogue, Spectra, Statistics
from ...formats.manifest import Manifest
from ...formats.sealed import SealedHeader
from ...ingest.readers.addresses import VERSION, store_of
from ...notebook.files import SCHEME, Files, Ranges
from ...notebook.page.drportal import Error
from ...problems import InputError, Problem
from ...publish.targets.target import BEGUN
from .held import Held, Mark, Place
from .snapshot import manifest_head

AT_ONCE = 16
"""Requests to the store at once."""
HEAD_LINE = 1 << 20
"""Bytes in which the first line of a manifest ends."""
CACHE = 128 << 20
"""Bytes of ranges that are kept in memory."""
PAGES = ("sql.html", "index.html", "meta/datacite.json")
THERE = ("meta/obscore.parquet", SealedHeader.PATH)
"""Files that are only looked for."""


class Stored:
    """An open file on a store."""

    def __init__(self, store: Any, path: str) -> None:
        arrow: Any = getattr(store, "fs", None)
        self._file = arrow.open_input_file(path) if hasattr(arrow, "open_input_file") else None
        self._store, self._path = store, path
        if self._file is not None:
            self.size: int = self._file.size()
            known = self._file.metadata() or {}
            about = {str(k.decode() if isinstance(k, bytes) else k): v for k, v in known.items()}
        else:
            about = store.info(path)
            self.size = int(about["size"])
        self.version: Mark = (self.size, *(str(about[key]) for key in VERSION if about.get(key)))

    @property
    def tag(self) -> str:
        """The version as a header of HTTP."""
        return f'"{hashlib.sha256(repr(self.version).encode()).hexdigest()[:32]}"'

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        if self._file is not None:
            return bytes(self._file.read_at(end - start, start))
        return bytes(self._store.cat_file(self._path, start, end))


class Store(Place):
    """A site at an address, e.g. s3://bucket/site."""

    is_near = False

    def __init__(self, address: str, scratch: Path) -> None:
        self.name = address.rstrip("/")
        self.store, path = store_of(self.name)
        self.root, self._scratch = path.rstrip("/"), scratch

    def open(self, path: str) -> Stored:
        """A file of the site. Raises FileNotFoundError, OSError."""
        return Stored(self.store, f"{self.root}/{path}")

    def version(self, path: str) -> Mark | None:
        """What changes with a file; None if there is none. Raises OSError."""
        try:
            return self.open(path).version
        except FileNotFoundError:
            return None

    def mark(self) -> Mark | None:
        return None if self.version(BEGUN) else self.version(Manifest.FILE)

    @property
    def problem(self) -> str:
        return "is being replaced: wait until it is published" if self.version(BEGUN) else super().problem

    def hold(self, mark: Mark) -> Held:
        return _HeldStore(self, mark, Path(tempfile.mkdtemp(prefix="site-", dir=self._scratch)))

    def folders(self, path: str) -> list[str]:
        """Names of folders in a folder. Raises OSError."""
        self.store.invalidate_cache()
        try:
            found = self.store.ls(f"{self.root}/{path}", detail=True)
        except FileNotFoundError:
            return []
        return [one["name"].rstrip("/").rpartition("/")[2] for one in found if one["type"] == "directory"]


class _HeldStore(Held):
    """Copies of descriptions, and files as they were when these were copied."""

    def __init__(self, place: Store, mark: Mark, folder: Path) -> None:
        self.place, self.folder, self._mark = place, folder, mark
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")
        self._lock = threading.Lock()
        self._open: dict[str, Stored] = {}
        self._read: dict[str, int] = {}
        self._checked: dict[str, int] = {}
        """How often a file was read, and how often until it was last found to be the same."""
        self._changed: set[str] = set()
        self._changes = 0
        self._blocks: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._kept = 0
        self._fault: str | None = None
        self.known: set[str] = set()
        """Files whose versions are of this state."""
        try:
            self._copy()
        except BaseException:
            self.close()
            raise
        self.file_system: AbstractFileSystem = StoredFiles(self, "").for_duckdb()

    def _copy(self) -> None:
        """Copy the descriptions of all releases, and open the files of their tables."""
        line = self._begin(Manifest.FILE).decode("utf-8", "replace").partition("\n")[0]
        releases = manifest_head(line).releases or [""]
        self._write(Manifest.FILE, line.encode())
        wanted: list[str] = []
        for ident in releases:
            below = f"{ident}/" if ident else ""
            if ident and self.place.version(f"{below}{Manifest.FILE}"):
                self._write(f"{below}{Manifest.FILE}", b"")
            wanted += [f"{below}{name}" for name in PAGES]
            for name in self.place.folders(f"{below}data"):
                wanted += [f"{below}data/{name}/{file}" for file in (Catalogue.FILE, Statistics.FILE)]
            for name in self.place.folders(f"{below}data/spectra"):
                wanted.append(f"{below}data/spectra/{name}/{Spectra.FILE}")
        self._each(self._fetch, wanted)
        self._each(self._know, self._tables(releases))

    def _tables(self, releases: list[str]) -> Iterable[str]:
        for ident in releases:
            below = f"{ident}/" if ident else ""
            for path in THERE:
                if self.place.version(f"{below}{path}"):
                    yield f"{below}{path}"
        for file in self.folder.rglob(f"data/*/{Catalogue.FILE}"):
            at = file.parent.relative_to(self.folder).as_posix()
            yield from (f"{at}/{part.path}" for part in Catalogue.read(file.parent).partitions)

    def _each(self, work: Callable[[str], None], paths: Iterable[str]) -> None:
        for _ in self._pool.map(work, paths):
            pass

    def _begin(self, path: str) -> bytes:
        found = self.place.open(path)
        return found.read(0, min(found.size, HEAD_LINE))

    def _fetch(self, path: str) -> None:
        try:
            found = self.place.open(path)
        except FileNotFoundError:
            return
        self._write(path, found.read(0, found.size))

    def _write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        if not target.resolve().is_relative_to(self.folder.resolve()):
            what = f"names the release {path[:80]!r}"
            raise InputError(Problem(self.place.name, Manifest.FILE, what, "build the site again"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _know(self, path: str) -> None:
        found = self.place.open(path)
        with self._lock:
            self._open[path] = found
            self.known.add(path)

    def stored(self, path: str) -> Stored:
        """An open file. Raises OSError."""
        with self._lock:
            found = self._open.get(path)
        return found or self.place.open(path)

    def read(self, path: str, start: int, end: int | None) -> bytes:
        """Bytes of a file, which are to be checked. Raises OSError."""
        file = self.stored(path)
        end = file.size if end is None else min(end, file.size)
        with self._lock:
            if path in self._changed:
                raise OSError(errno.ESTALE, "the file has been replaced")
            data = self._blocks.get((path, start, end))
            if data is not None:
                self._blocks.move_to_end((path, start, end))
                return data
        try:
            data = file.read(start, end) if end > start else b""
        except OSError as error:
            self._fault = " ".join(str(error).split())[:200]
            raise
        self._fault = None
        with self._lock:
            self._read[path] = self._read.get(path, 0) + 1
            if path in self.known and path not in self._changed and len(data) <= CACHE // 8:
                self._blocks[path, start, end] = data
                self._kept += len(data)
                while self._kept > CACHE:
                    self._kept -= len(self._blocks.popitem(last=False)[1])
        return data

    # ---- what snapshots ask

    def name(self, file: Path) -> str:
        return f"{SCHEME}://{file.relative_to(self.folder).as_posix()}"

    def has(self, file: Path) -> bool:
        return file.relative_to(self.folder).as_posix() in self.known

    def files(self, folder: Path) -> Files:
        below = folder.relative_to(self.folder).as_posix()
        return StoredFiles(self, "" if below == "." else f"{below}/")

    @property
    def fault(self) -> str | None:
        return self._fault

    def now(self) -> int:
        return self._changes

    def is_sound(self, since: int) -> bool:
        with self._lock:
            read = {path: n for path, n in self._read.items() if n > self._checked.get(path, 0)}
        known = [path for path in read if path in self.known]
        others = [path for path in read if path not in self.known]  # those of spectra
        try:
            same = dict(zip(known, self._pool.map(self._is_same, known), strict=True))
            whole = not others or self.place.mark() == self._mark
        except OSError:
            return False
        with self._lock:
            for path, count in read.items():
                self._checked[path] = max(count, self._checked.get(path, 0))
                if not same.get(path, whole):
                    self._changes += 1
                    if path in same:
                        self._give_up(path)
            return self._changes == since

    def _give_up(self, path: str) -> None:
        """Forget what was read of a file that has been replaced."""
        self._changed.add(path)
        for key in [key for key in self._blocks if key[0] == path]:
            self._kept -= len(self._blocks.pop(key))

    def _is_same(self, path: str) -> bool:
        return self.place.version(path) == self._open[path].version

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class StoredFiles(Files):
    """Files of a release on a store, or of the whole site."""

    def __init__(self, held: _HeldStore, below: str) -> None:
        self.place, self.is_web = f"{held.place.name}/{below}".rstrip("/"), True
        self._held, self._below = held, below

    def size(self, path: str) -> int:
        with _explained(self.address(path)):
            return self._held.stored(self._below + path).size

    def read(self, path: str, start: int = 0, end: int | None = None) -> bytes:
        with _explained(self.address(path)):
            return self._held.read(self._below + path, start, end)

    def open(self, path: str) -> Ranges:
        return Ranges(self, path, self.size(path))


@contextlib.contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Error(f"{address} is missing") from None
    except OSError as error:
        raise Error(f"{address} cannot be read: {' '.join(str(error).split())[:200]}") from None
