"""Copy a published portal or release, and bring the copy up to date in one step.

Beside the mirror DIR stands .DIR.mirror while one is made: tree/ is the new copy, begun/ what is half there.
A run that was broken off leaves it, and the next goes on with it. Every file of the new copy was found to be
as the manifest says before the copy takes the place of the former one.
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
"""Files under way at a time; more would be a burden for a small server."""
MOST_TWINS = 500_000
"""Files that are known by their checksum; beyond, a file that was renamed is fetched again."""
TOLD = 20
"""Files that failed are told one by one up to so many."""


@dataclass
class Copied:
    """What a run did."""

    files: int = 0
    fetched: int = 0
    fetched_bytes: int = 0
    linked: int = 0
    """Files that were here already."""
    signature: str = ""


def mirror(
    address: str, target: Path, choice: Choice, report: Report, key: PublicKey | None, *, follow: bool = False
) -> Copied:
    """Make `target` a copy of what is published. Raises InputError; then `target` is as it was.

    Only with `follow` answers may lead to another server.
    """
    if not is_address(address):
        mend = "write one that begins with https:// or http://"
        raise InputError(Problem(address, "", "is no address of a site", mend))
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
        self.tree, self.begun, self.told = (self.stage / n for n in ("tree", "begun", "told"))
        self.copied = Copied()
        self._twins: dict[str, Path] = {}
        self._locks = [threading.Lock() for _ in range(256)]
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._done = self._total = 0

    def run(self, key: PublicKey | None) -> Copied:
        shutil.rmtree(self.told, ignore_errors=True)
        for folder in (self.tree, self.begun, self.told):
            folder.mkdir(parents=True, exist_ok=True)
        fetch_lists(self.source, self.told)
        own = self.target / PUBLIC_KEY
        if key is None and own.is_file():  # who signed before signs now
            key = PublicKey.read(str(own))
        listing = Listing(self.told / MANIFEST, self.source.base + MANIFEST)
        self._refuse_untold(listing, key)
        self.choice.check(listing)
        self.choice = self.choice.of(read_choice(self.told))  # the source may be a partial mirror itself
        self._total = sum(e.bytes for e in listing if self.choice.keeps(e.path, listing.head))
        self.report.step(f"mirroring {listing.head.label} from {self.source.base}")
        self._tidy(listing)
        self._know_former()
        try:
            failed = self._files(listing)
        except OSError as error:
            mend = "see to the disc, then run the same command again: what is here already stays"
            raise InputError(Problem(str(self.target), "", error.strerror or str(error), mend)) from None
        if failed:
            mend = "run the same command again: what is here already stays"
            raise InputError(
                [Problem(self.source.base + path, "", why, mend) for path, why in failed[:TOLD]]
                + (
                    [Problem(self.source.base, "", f"{several(len(failed), 'file')} failed", mend)]
                    * (len(failed) > TOLD)
                )
            )
        self._finish()
        place(self.tree, self.target)
        shutil.rmtree(self.stage, ignore_errors=True)
        return self.copied

    def _refuse_untold(self, listing: Listing, key: PublicKey | None) -> None:
        """A manifest that is not as signed, or that its own SHA256SUMS denies, is not followed."""
        faults: list[str] = []

        def wrong(kind: str, path: str, why: str = "") -> None:
            faults.append(f"{path} is {kind}" + (f": {why}" if why else ""))

        self.copied.signature = check_signature(self.told, key, wrong)
        sums = self.told / SUMS
        if sums.is_file() and not sums_agree(listing.file, listing):
            faults.append(f"{SUMS} and {MANIFEST} do not agree: the site may be changing now")
        if faults:
            mend = "nothing was copied; ask those who publish it, or try again later"
            raise InputError([Problem(self.source.base, "", fault, mend) for fault in faults])

    def _know_former(self) -> None:
        """Where files lie that are here already, by checksum: under another name, or in another release."""
        with contextlib.suppress(InputError, OSError):
            for entry in itertools.islice(Listing(self.target / MANIFEST), MOST_TWINS):
                self._twins[entry.sha256] = self.target / entry.path

    def _files(self, listing: Listing) -> list[tuple[str, str]]:
        """Bring every file into the tree; those that could not be had, and why."""
        self._make_room(listing)
        failed = []
        wanted = (e for e in listing if self.choice.keeps(e.path, listing.head))
        for path, why in in_parallel(self._bring, wanted, CONNECTIONS, self._stop):
            self.copied.files += 1
            if why:
                failed.append((path, why))
        return failed

    def _make_room(self, listing: Listing) -> None:
        """Raises InputError where the disc is too small for what is certainly not here yet."""
        need = 0
        for e in listing:
            if self.choice.keeps(e.path, listing.head) and e.sha256 not in self._twins:
                need += 0 if any((f / e.path).is_file() for f in (self.tree, self.target)) else e.bytes
        begun = sum(f.stat().st_size for f in self.begun.iterdir())
        free = shutil.disk_usage(self.stage).free
        if need - begun > free:
            what = f"needs {_size(need - begun)}, and the disc has {_size(free)}"
            mend = "make room, or leave parts out with --without or --release"
            raise InputError(Problem(str(self.target), "", what, mend))

    def _bring(self, entry: Entry) -> tuple[str, str]:
        """Put a file into the tree: what is there, what the former copy has, else from the source."""
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
            return entry.path, "is a file and a folder at once"
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
        """One more name for a file, where the file system has such; else a copy of it, made in one step."""
        goal.parent.mkdir(parents=True, exist_ok=True)
        part = self.begun / f"{entry.sha256}.{threading.get_ident()}"
        part.unlink(missing_ok=True)
        try:
            os.link(here, part)
        except OSError:
            shutil.copyfile(here, part)
        goal.unlink(missing_ok=True)  # renaming does nothing between two names of one file
        part.replace(goal)

    def _is(self, file: Path, entry: Entry) -> bool:
        """Whether a file is what the manifest says, to the last bit."""
        try:
            status = file.lstat()
            whole = status.st_size == entry.bytes and file.is_file() and not file.is_symlink()
            return whole and digest(file) == entry.sha256
        except OSError:
            return False

    @contextlib.contextmanager
    def _only_one(self, sha256: str) -> Iterator[None]:
        """The same bytes under several names are fetched once."""
        with self._locks[int(sha256[:2], 16)]:
            yield

    def _count(self, more: int) -> None:
        if self._stop.is_set():
            raise FetchError("stopped")
        self._done += more
        self.report.progress("files", self._done, self._total)

    def _tidy(self, listing: Listing) -> None:
        """What an earlier run brought and this manifest does not have goes away."""
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
        """The manifest and what goes with it, and what was left out."""
        for name in (MANIFEST, SUMS, SIGNATURE):
            if (self.told / name).is_file():
                shutil.copyfile(self.told / name, self.tree / name)
        if self.choice:
            (self.tree / PARTIAL).write_text(self.choice.text(), encoding="utf-8", newline="\n")
        os.sync()  # a name must not reach the disc before its file


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _refuse_foreign(target: Path) -> None:
    """Only a mirror, or an empty folder, may be replaced."""
    if target.is_dir() and not target.is_symlink() and target.name:
        if (target / MANIFEST).is_file() or not any(target.iterdir()):
            return
        what = "is a folder that holds something else than a copy of a site"
    elif target.exists() or target.is_symlink():
        what = "is a file or a link"
    else:
        return
    raise InputError(Problem(str(target), "", what, "name a new or empty folder"))
