"""A folder of this computer, e.g. on a mounted disk or a share."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ...checksums import digest
from ...files import Entry, in_parallel, walk
from ..listing import MANIFEST
from ..place import alone, place, recover
from .target import BEGUN, COPY_OF, Sent, refused

NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class Folder:
    """Files are completed in a copy next to the folder, made of hard links where there are any."""

    beside = True

    def __init__(self, where: str) -> None:
        self.name = where
        self.root = Path(os.path.abspath(where))  # noqa: PTH100 (a link stays one)
        if self.root.exists() and not self.root.is_dir():
            raise refused(where, "is a file", "name a folder")
        self.copy = self.root.with_name(f".{self.root.name}.publishing")
        self._linking = self.root.with_name(f".{self.root.name}.linking")
        with self._explained(), self.alone():
            recover(self.root)

    def alone(self) -> contextlib.AbstractContextManager[None]:
        return alone(self.root)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename2 or error.filename or self.name
            raise refused(str(where), error.strerror or str(error), "see the folder and its disk") from None

    def fetch(self, path: str, file: Path) -> bool:
        return self._fetch(self.root / path, file)

    def fetch_begun(self, file: Path) -> bool:
        return self._fetch(self.copy / BEGUN, file)

    def _fetch(self, found: Path, file: Path) -> bool:
        if not found.is_file():
            return False
        with self._explained():
            shutil.copyfile(found, file)
        return True

    def is_empty(self) -> bool:
        with self._explained():
            return not self.root.exists() or not any(self.root.iterdir())

    def begin(self, manifest: Path) -> bool:
        with self._explained():
            former = self.root / MANIFEST
            of = digest(former) if former.is_file() else "nothing"
            mark = self.copy / COPY_OF
            if self.copy.exists() and not (mark.is_file() and mark.read_text() == of):
                shutil.rmtree(self.copy)
            if fresh := not self.copy.exists():
                shutil.rmtree(self._linking, ignore_errors=True)
                self._linking.mkdir(parents=True)
                if self.root.exists():
                    for _, path in walk(self.root):
                        link(self.root / path, self._linking / path)
                (self._linking / COPY_OF).write_text(of)
                self._linking.rename(self.copy)
            write(manifest, self.copy / BEGUN)
        return fresh

    def put(self, site: Path, entries: Iterable[Entry], sent: Sent) -> None:
        def copy(entry: Entry) -> Entry:
            write(site / entry.path, self.copy / entry.path)
            return entry

        with self._explained():
            for entry in in_parallel(copy, entries):
                sent(entry)

    def remove(self, paths: Iterable[str]) -> None:
        with self._explained():
            for path in paths:
                file = self.copy / path
                file.unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # the folder has other files
                    for folder in file.parents:
                        if folder == self.copy:
                            break
                        folder.rmdir()

    def wrong(self, entries: Iterable[Entry], more: Callable[[int], None]) -> Iterator[str]:
        def look(entry: Entry) -> tuple[Entry, bool]:
            file = self.copy / entry.path
            return entry, file.is_file() and digest(file) == entry.sha256

        with self._explained():
            for entry, right in in_parallel(look, entries):
                more(entry.bytes)
                if not right:
                    yield entry.path

    def finish(self) -> None:
        with self._explained():
            for name in (BEGUN, COPY_OF):
                (self.copy / name).unlink(missing_ok=True)
            place(self.copy, self.root)


def link(source: Path, target: Path) -> None:
    """Make a hard link, or a copy where there are none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copy2(source, target)


def write(source: Path, target: Path) -> None:
    """Copy a file; the target, which may be a hard link to what is published, is replaced in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    shutil.copystat(source, part)
    part.replace(target)
