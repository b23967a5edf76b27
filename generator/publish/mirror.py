"""Copy a published portal or release, and update the copy in one step.

While a mirror DIR is made, .DIR.mirror exists next to it: tree/ is the new copy, begun/ has partial
downloads. An interrupted run leaves it, and the next run resumes from it. Every file of the new copy is
checked against the manifest before the copy replaces the former one.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..checksums import SUMS, digest
from ..files import Entry, in_parallel, walk
from ..problems import InputError, Problem, several
from ..report import Report
from .choice import Choice, read_choice
from .fetch import FetchError, Source, is_address
from .listing import MANIFEST, PARTIAL, PUBLIC_KEY, SIGNATURE, Listing
from .manifest import sums_agree
from .minisign import PublicKey
from .place import alone, place, recover
from .signed_lists import check_signature, fetch_lists

CONNECTIONS = 6
"""Simultaneous downloads; more would be a burden for a small server."""
MOST_TWINS = 500_000
"""Number of files remembered by checksum; beyond it, a renamed file is downloaded again."""
NAMED = 20
"""Number of failed files that are reported one by one."""


@dataclass
class Copied:
    """The result of a run."""

    files: int = 0
    fetched: int = 0
    fetched_bytes: int = 0
    linked: int = 0
    """Number of files that were here already."""
    signature: str = ""


def mirror(
    address: str, target: Path, choice: Choice, report: Report, key: PublicKey | None, *, follow: bool = False
) -> Copied:
    """Make `target` a copy of a published site. Raises InputError; `target` is then unchanged.

    Redirects to another server are followed only with `follow`.
    """
    if not is_address(address):
        fix = "write one that begins with https:// or http://"
        raise InputError(Problem(address, "", "is not the address of a site", fix))
    source = Source(address, follow)
    target = Path(os.path.abspath(target))  # noqa: PTH100 (a link stays one)
    _refuse_foreign(target)
    with alone(target):
        recover(target)
        work = Work(source, target, choice, report)
        return work.run(key)


class Work:
    """One run."""

    def __init__(self, source: Source, target: Path, choice: Choice, report: Report) -> None:
        self.source, self.target, self.choice, self.report = source, target, choice, report
        self.stage = target.with_name(f".{target.name}.mirror")
        self.tree, self.begun, self.lists = (self.stage / n for n in ("tree", "begun", "lists"))
        self.copied = Copied()
        self._twins: dict[str, Path] = {}
        self._locks = [threading.Lock() for _ in range(256)]
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._done = self._total = 0

    def run(self, key: PublicKey | None) -> Copied:
        shutil.rmtree(self.lists, ignore_errors=True)
        for folder in (self.tree, self.begun, self.lists):
            folder.mkdir(parents=True, exist_ok=True)
        fetch_lists(self.source, self.lists)
        own = self.target / PUBLIC_KEY
        if key is None and own.is_file():  # the key of the former copy must have signed the new one
            key = PublicKey.read(str(own))
        listing = Listing(self.lists / MANIFEST, self.source.base + MANIFEST)
        self._refuse_inconsistent(listing, key)
        self.choice.check(listing)
        self.choice = self.choice.of(read_choice(self.lists))  # the source may be a partial mirror itself
        self._total = sum(e.bytes for e in listing if self.choice.keeps(e.path, listing.head))
        self.report.step(f"mirroring {listing.head.label} from {self.source.base}")
        self._tidy(listing)
        self._know_former()
        try:
            failed = self._files(listing)
        except OSError as error:
            fix = "check the disk, then run the same command again: downloaded files are kept"
            raise InputError(Problem(str(self.target), "", error.strerror or str(error), fix)) from None
        if failed:
            fix = "run the same command again: downloaded files are kept"
            raise InputError(
                [Problem(self.source.base + path, "", why, fix) for path, why in failed[:NAMED]]
                + (
                    [Problem(self.source.base, "", f"{several(len(failed), 'file')} failed", fix)]
                    * (len(failed) > NAMED)
                )
            )
        self._finish()
        place(self.tree, self.target)
        shutil.rmtree(self.stage, ignore_errors=True)
        return self.copied

    def _refuse_inconsistent(self, listing: Listing, key: PublicKey | None) -> None:
        """Refuse a manifest that does not match its signature or its SHA256SUMS."""
        faults: list[str] = []

        def wrong(kind: str, path: str, why: str = "") -> None:
            faults.append(f"{path} is {kind}" + (f": {why}" if why else ""))

        self.copied.signature = check_signature(self.lists, key, wrong)
        sums = self.lists / SUMS
        if sums.is_file() and not sums_agree(listing.file, listing):
            faults.append(f"{SUMS} and {MANIFEST} do not agree: the site may be changing now")
        if faults:
            fix = "nothing was copied; ask those who publish it, or try again later"
            raise InputError([Problem(self.source.base, "", fault, fix) for fault in faults])

    def _know_former(self) -> None:
        """Index local files by checksum, since they may be under another name or in another release."""
        with contextlib.suppress(InputError, OSError):
            for entry in itertools.islice(Listing(self.target / MANIFEST), MOST_TWINS):
                self._twins[entry.sha256] = self.target / entry.path

    def _files(self, listing: Listing) -> list[tuple[str, str]]:
        """Put every file into the tree; return those that could not be fetched, with the reasons."""
        self._make_room(listing)
        failed = []
        wanted = (e for e in listing if self.choice.keeps(e.path, listing.head))
        for path, why in in_parallel(self._bring, wanted, CONNECTIONS, self._stop):
            self.copied.files += 1
            if why:
                failed.append((path, why))
        return failed

    def _make_room(self, listing: Listing) -> None:
        """Raise InputError if the disk is too small for the files that are not here yet."""
        need = 0
        for e in listing:
            if self.choice.keeps(e.path, listing.head) and e.sha256 not in self._twins:
                need += 0 if any((f / e.path).is_file() for f in (self.tree, self.target)) else e.bytes
        begun = sum(f.stat().st_size for f in self.begun.iterdir())
        free = shutil.disk_usage(self.stage).free
        if need - begun > free:
            what = f"needs {_size(need - begun)}, and the disk has {_size(free)} free"
            fix = "free some space, or leave parts out with --without or --release"
            raise InputError(Problem(str(self.target), "", what, fix))

    def _bring(self, entry: Entry) -> tuple[str, str]:
        """Put a file into the tree: already there, from the former copy, or else from the source."""
        goal = self.tree / entry.path
        try:
            with self._only_one(entry.sha256):
                twin = self._twins.get(entry.sha256)
                for here in (goal, self.target / entry.path, *([twin] if twin else [])):
                    if self._is(here, entry):
                        if here != goal:
                            self._link(here, goal, entry)
                        self._count(entry.bytes)
                        self.copied.linked += 1
                        break
                else:
                    self._fetch(entry, goal)
                if len(self._twins) < MOST_TWINS:
                    self._twins[entry.sha256] = goal
        except FetchError as error:
            return entry.path, str(error)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            return entry.path, "is both a file and a folder"
        return entry.path, ""

    def _fetch(self, entry: Entry, goal: Path) -> None:
        part = self.begun / entry.sha256
        self.source.save(entry, part, self._count)
        goal.parent.mkdir(parents=True, exist_ok=True)
        part.replace(goal)
        with self._lock:
            self.copied.fetched += 1
            self.copied.fetched_bytes += entry.bytes

    def _link(self, here: Path, goal: Path, entry: Entry) -> None:
        """Hard-link a file, or copy it atomically if the file system has no hard links."""
        goal.parent.mkdir(parents=True, exist_ok=True)
        part = self.begun / f"{entry.sha256}.{threading.get_ident()}"
        part.unlink(missing_ok=True)
        try:
            os.link(here, part)
        except OSError:
            shutil.copyfile(here, part)
        goal.unlink(missing_ok=True)  # renaming one hard link onto another of the same file does nothing
        part.replace(goal)

    def _is(self, file: Path, entry: Entry) -> bool:
        """Whether the bytes of a file match the manifest."""
        try:
            status = file.lstat()
            whole = status.st_size == entry.bytes and file.is_file() and not file.is_symlink()
            return whole and digest(file) == entry.sha256
        except OSError:
            return False

    @contextlib.contextmanager
    def _only_one(self, sha256: str) -> Iterator[None]:
        """Download identical files with several names only once."""
        with self._locks[int(sha256[:2], 16)]:
            yield

    def _count(self, more: int) -> None:
        if self._stop.is_set():
            raise FetchError("stopped")
        self._done += more
        self.report.progress("files", self._done, self._total)

    def _tidy(self, listing: Listing) -> None:
        """Remove files of an earlier run that are not in this manifest."""
        wanted = (e.path for e in listing if self.choice.keeps(e.path, listing.head))
        now = next(wanted, None)
        for found, path in walk(self.tree):
            while now is not None and now < path:
                now = next(wanted, None)
            if now != path:
                Path(found.path).unlink()
        for folder, _, _ in os.walk(self.tree, topdown=False):
            if folder != str(self.tree):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()

    def _finish(self) -> None:
        """Add the manifest, its lists, and the record of what was left out."""
        for name in (MANIFEST, SUMS, SIGNATURE):
            if (self.lists / name).is_file():
                shutil.copyfile(self.lists / name, self.tree / name)
        if self.choice:
            (self.tree / PARTIAL).write_text(self.choice.text(), encoding="utf-8", newline="\n")
        os.sync()  # a name must not reach the disk before its file


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _refuse_foreign(target: Path) -> None:
    """Only a mirror, or an empty folder, may be replaced."""
    if target.is_dir() and not target.is_symlink() and target.name:
        if (target / MANIFEST).is_file() or not any(target.iterdir()):
            return
        what = "is a folder that is not a copy of a site"
    elif target.exists() or target.is_symlink():
        what = "is a file or a link"
    else:
        return
    raise InputError(Problem(str(target), "", what, "name a new or empty folder"))
