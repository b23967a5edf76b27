"""A module of an rsync server (rsync://): files are replaced in place, as no command can be run there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ...checksums import digest
from ...files import Entry
from . import rsync
from .target import BEGUN, Sent, refused


class Daemon:
    """Passwords are those of RSYNC_PASSWORD, as for rsync itself."""

    beside = False

    def __init__(self, where: str) -> None:
        self.name = where
        self._address = where.rstrip("/") + "/"
        server, _, path = where.removeprefix("rsync://").partition("/")
        module, _, folder = path.strip("/").partition("/")
        if not server or not module:
            raise refused(where, "names no module", "write e.g. rsync://server/module/survey")
        self._module, self._folder = f"rsync://{server}/{module}/", f"{folder}/" if folder else ""

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def fetch(self, path: str, file: Path) -> bool:
        file.unlink(missing_ok=True)
        # 23 and 10 to 12 are distinguished by looking: a server that does not answer is reported by is_empty.
        rsync.run(self.name, ["rsync", "--times", self._address + path, str(file)], good=(0, 23))
        return file.is_file()

    def fetch_begun(self, file: Path) -> bool:
        return self.fetch(BEGUN, file)

    def is_empty(self) -> bool:
        listed = rsync.run(self.name, ["rsync", self._address], good=(0, 23)).splitlines()
        return not [line for line in listed if line.strip() and not line.endswith(" .")]

    def begin(self, manifest: Path) -> bool:
        if self._folder:  # only folders that are here are made there
            with tempfile.TemporaryDirectory(prefix="drportal-") as here:
                (Path(here) / self._folder).mkdir(parents=True)
                command = ["rsync", "--dirs", "--from0", "--files-from=-", f"{here}/", self._module]
                rsync.run(self.name, command, self._folder.encode() + b"\0")
        rsync.run(self.name, ["rsync", "--ignore-times", str(manifest), self._address + BEGUN])
        return False

    def put(self, site: Path, entries: Iterable[Entry], sent: Sent) -> None:
        rsync.put(self.name, site, self._address, entries, sent)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files by name: they are missing here, and `--delete-missing-args` removes them there."""
        with tempfile.TemporaryDirectory(prefix="drportal-") as nothing:
            for part in rsync.parts_of(Entry(path, 0, "") for path in paths):
                for entry in part:  # only the files themselves may be missing
                    (Path(nothing) / entry.path).parent.mkdir(parents=True, exist_ok=True)
                command = ["rsync", "--delete-missing-args", "--from0", "--files-from=-"]
                rsync.run(self.name, [*command, f"{nothing}/", self._address], rsync.named(part))

    def wrong(self, entries: Iterable[Entry], more: Callable[[int], None]) -> Iterator[str]:
        """Fetch files again and compare: an rsync server computes no SHA-256."""
        for part in rsync.parts_of(entries):
            with tempfile.TemporaryDirectory(prefix="drportal-") as folder:
                # From the module on: some servers do not find names below another folder of theirs.
                command = ["rsync", "--from0", "--files-from=-", self._module, f"{folder}/"]
                names = rsync.named(Entry(self._folder + entry.path, 0, "") for entry in part)
                rsync.run(self.name, command, names, good=(0, 23, 24))
                for entry in part:
                    file = Path(folder) / self._folder / entry.path
                    if not file.is_file() or digest(file) != entry.sha256:
                        yield entry.path
            more(sum(entry.bytes for entry in part))

    def finish(self) -> None:
        self.remove([BEGUN])
