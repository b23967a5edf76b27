"""Check a copy against its manifest: missing, changed and extra files, and who signed it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..checksums import Progress, digest
from ..files import Entry, in_parallel, side_by_side, unsafe, user_cache, walk
from ..problems import InputError, Problem, several
from ..report import Report
from .choice import Choice, read_choice
from .disc import DiscImage, Named, check_beside, is_image
from .fetch import FetchError, Source, is_address
from .listing import MANIFEST, Listing, reserved, shown
from .minisign import PublicKey
from .position import Position
from .published import check_published
from .signed_lists import LARGEST_MANIFEST, check_signature, check_sums, fetch_lists

BLOCK = 1 << 20
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""Flags to open files: no symbolic links, and binary mode, where the system has these flags."""
Say = Callable[[str], None]


@dataclass
class Verdict:
    """The result of a check."""

    files: int = 0
    bytes: int = 0
    left_out: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    """Number of faults of each kind: missing, changed, extra, unreadable, unsigned."""
    signature: str = ""
    taken: int = 0
    """Number of files not read now, because an interrupted run had read them."""
    taken_since: float = 0.0
    """When the first of those was read, in seconds since 1970."""

    def add(self, kind: str) -> None:
        self.wrong[kind] = self.wrong.get(kind, 0) + 1


def verify(
    where: str,
    report: Report,
    say: Say,
    key: PublicKey | None = None,
    state: Path | None = None,
    again: bool = False,
    *,
    follow: bool = False,
) -> Verdict:
    """Check every file of a folder, an image or an address; each fault is passed to `say`. Raises InputError.

    An interrupted check resumes from the file `state`, which is removed at the end; with `again` it starts
    over.
    """
    with tempfile.TemporaryDirectory(prefix="drportal-") as temporary:
        if is_address(where):
            copy: Folder | Address | Image = Address(where, Path(temporary), follow)
        elif is_image(Path(where)):
            copy = Image(where, Path(temporary))
        else:
            copy = Folder(where)
        return _verify(copy, report, say, key, state, again)


def _verify(
    copy: Folder | Address | Image,
    report: Report,
    say: Say,
    key: PublicKey | None,
    state: Path | None,
    again: bool,
) -> Verdict:
    listing = Listing(copy.lists / MANIFEST, f"{copy.name}{MANIFEST}")
    verdict = Verdict()

    def wrong(kind: str, path: str, why: str = "") -> None:
        verdict.add(kind)
        say(f"{kind}: {path if not unsafe(path) else shown(path)}{f' ({why})' if why else ''}")

    report.step(f"verifying {listing.head.label} in {copy.name}")
    verdict.signature = check_signature(copy.lists, key, wrong)
    check_sums(copy.lists, listing, wrong)
    if isinstance(copy, Image):
        copy.check(wrong, report.progress)
    choice = copy.choice()
    at = Position(state or _usual_state(copy.name, listing), f"{digest(listing.file)} {copy.mark}", again)
    done, stop = 0, threading.Event()

    def more(count: int) -> None:
        nonlocal done
        if stop.is_set():
            raise FetchError("stopped")
        done += count
        report.progress("checksums", done, listing.bytes)

    def look(item: tuple[Pair, float]) -> tuple[Pair, float, str, str]:
        pair, read = item
        if pair.entry and pair.found and (pair.image or not pair.why):
            return pair, read, *(("", "") if read else copy.compare(pair, more))
        return pair, 0.0, *pair.known()

    try:
        for pair, read, kind, why in in_parallel(look, at.pairs(copy.pairs(listing, choice)), stop=stop):
            if pair.left_out:
                verdict.left_out += 1
                at.reached(pair, wrong=False)
                continue
            if pair.entry:
                verdict.files += 1
                verdict.bytes += pair.entry.bytes
            if kind:
                wrong(kind, pair.path, why)
            if read:
                verdict.taken += 1
                verdict.taken_since = min(verdict.taken_since or read, read)
            at.reached(pair, bool(kind), read)
    except BaseException:
        at.save()
        raise
    whole = check_published(copy, listing, wrong, lambda folder: check_signature(folder, key, wrong))
    verdict.signature = f"{verdict.signature}\n{whole}".strip()
    at.remove()
    return verdict


@dataclass(frozen=True)
class Pair:
    """A line of the manifest and the corresponding file; one of them may be missing."""

    path: str
    entry: Entry | None
    found: str | None
    """Where the file can be opened."""
    size: int | None = None
    why: str = ""
    """What it is if not a regular file."""
    left_out: bool = False
    image: Named | None = None
    """The file in the disc image."""
    mark: str = ""
    """Size, times and inode of the file: changes when the file does."""

    def known(self) -> tuple[str, str]:
        """A fault that is visible without reading the file."""
        if self.left_out:
            return "", ""
        if self.entry is None:
            return "extra", self.why
        if self.found is None:
            return "missing", ""
        if self.why:
            return "changed", self.why
        if self.size is not None and self.size != self.entry.bytes:
            return "changed", f"{several(self.size, 'byte')}, not {self.entry.bytes:,}"
        return "", ""


class Folder:
    """A copy on this computer."""

    mark = ""

    def __init__(self, where: str) -> None:
        self.root = self.lists = Path(where)
        self.name = f"{where.rstrip('/')}/"
        fix = "name the folder of a release or of a portal, its image, or its address"
        if not self.root.is_dir():
            what = "is not a folder" if self.root.exists() else "no such folder"
            raise InputError(Problem(where, "", what, fix))
        if not (self.root / MANIFEST).is_file() or (self.root / MANIFEST).is_symlink():
            raise InputError(Problem(where, "", f"has no {MANIFEST}", fix))

    def choice(self) -> Choice:
        return read_choice(self.root)

    def file(self, path: str) -> Path | None:
        file = self.root / path
        return file if file.is_file() and not file.is_symlink() else None

    def pairs(self, listing: Listing, choice: Choice) -> Iterator[Pair]:
        """The manifest and the files of the folder, merged by path."""
        files = ((path, e) for e, path in self._walk() if not reserved(path))
        for path, entry, found in side_by_side(listing, files):
            if found:
                status = found.stat(follow_symlinks=False)
                why = _other(status.st_mode)
                yield Pair(path, entry, found.path, status.st_size, why, mark=_mark(status))
            else:
                yield Pair(path, entry, None, left_out=not choice.keeps(path, listing.head))

    def _walk(self) -> Iterator[tuple[os.DirEntry[str], str]]:
        try:
            yield from walk(self.root)
        except OSError as error:
            fix = "make the folder readable, and run this again"
            where = str(error.filename or self.root)
            raise InputError(Problem(where, "", error.strerror or str(error), fix)) from None

    def compare(self, pair: Pair, more: Callable[[int], None]) -> tuple[str, str]:
        kind, why = pair.known()
        if kind or not pair.entry or not pair.found:
            return kind, why
        sha = hashlib.sha256()
        try:
            with os.fdopen(os.open(pair.found, READ), "rb", buffering=0) as stream:
                while block := stream.read(BLOCK):
                    sha.update(block)
                    more(len(block))
        except OSError as error:
            gone = error.errno in (errno.ENOENT, errno.ELOOP)
            return ("changed" if gone else "unreadable"), error.strerror or str(error)
        return ("", "") if sha.hexdigest() == pair.entry.sha256 else ("changed", "")


class Image:
    """A copy on a disc, given as an image or as the drive."""

    def __init__(self, where: str, temporary: Path) -> None:
        self.disc, self.lists, self.name = DiscImage(where), temporary, f"{where}/"
        status = Path(where).stat()
        # A drive does not reveal whether the disc in it has been changed: use another state each time.
        self.mark = _mark(status) if stat.S_ISREG(status.st_mode) else str(time.time())
        self.disc.save_lists(temporary)

    def choice(self) -> Choice:
        return read_choice(self.lists)

    def file(self, path: str) -> Path | None:
        target = self.lists / path
        return target if self.disc.save(path, target) else None

    def check(self, wrong: Callable[..., None], progress: Progress) -> None:
        """Check everything except files: descriptors, path tables, and the checksum next to the image."""
        for fault in self.disc.faults:
            wrong(*fault)
        for path, named in self.disc.files():
            if reserved(path) and (named.others or named.lacking):
                sums = {self.disc.digest(leaf, lambda _bytes: None) for leaf in named.leaves()}
                if len(sums) > 1 or named.lacking:
                    wrong("changed", path, _lists("in", [*named.others, *named.lacking]))
        check_beside(Path(self.disc.where), wrong, progress)

    def pairs(self, listing: Listing, choice: Choice) -> Iterator[Pair]:
        files = ((path, named) for path, named in self.disc.files() if not reserved(path))
        for path, entry, named in side_by_side(listing, files):
            if named is None:
                left_out = not choice.keeps(path, listing.head)
                yield Pair(path, entry, None, left_out=left_out)
            else:
                why = "is a symbolic link" if named.leaf.link else ""
                why = why or _lists("not in", named.lacking)
                yield Pair(path, entry, path, named.leaf.size, why, image=named)

    def compare(self, pair: Pair, more: Callable[[int], None]) -> tuple[str, str]:
        named = pair.image
        if not pair.entry or named is None or named.leaf.link:
            return pair.known()
        if named.leaf.size != pair.entry.bytes:
            return "changed", f"{several(named.leaf.size, 'byte')}, not {pair.entry.bytes:,}"
        try:
            wrong = [k for k, leaf in named.others.items() if leaf.size != pair.entry.bytes or leaf.link]
            if self.disc.digest(named.leaf, more) != pair.entry.sha256:
                return "changed", ""
            wrong += [
                kind
                for kind, leaf in named.others.items()
                if kind not in wrong and self.disc.digest(leaf, more) != pair.entry.sha256
            ]
        except OSError as error:
            return "unreadable", error.strerror or str(error)
        if wrong:
            return "changed", _lists("in", wrong)
        return ("missing", _lists("in", named.lacking)) if named.lacking else ("", "")


def _lists(how: str, names: list[str]) -> str:
    """`how` and the names as one phrase: "in Rock Ridge and Joliet"; "" without names."""
    return f"{how} {' and '.join(names)}" if names else ""


class Address:
    """A copy on a server. Files that are not in the manifest cannot be detected."""

    mark = ""

    def __init__(self, where: str, temporary: Path, follow: bool) -> None:
        self.source, self.lists = Source(where, follow), temporary
        self.name = self.source.base
        fetch_lists(self.source, temporary)

    def choice(self) -> Choice:
        return read_choice(self.lists)

    def file(self, path: str) -> Path | None:
        target = self.lists / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            return target if self.source.text(path, target, LARGEST_MANIFEST) else None
        except FetchError as error:
            fix = "check that the server is running"
            raise InputError(Problem(self.source.base + path, "", str(error), fix)) from None

    def pairs(self, listing: Listing, choice: Choice) -> Iterator[Pair]:
        for e in listing:
            kept = choice.keeps(e.path, listing.head)
            yield Pair(e.path, e, e.path if kept else None, left_out=not kept)

    def compare(self, pair: Pair, more: Callable[[int], None]) -> tuple[str, str]:
        assert pair.entry
        try:
            size, sha256 = self.source.digest(pair.entry, more)
        except FetchError as error:
            missing = str(error).startswith(("404", "410"))
            return ("missing", "") if missing else ("unreadable", str(error))
        if size != pair.entry.bytes:
            said = "more" if size > pair.entry.bytes else f"{size:,}"
            return "changed", f"{said} bytes, not {pair.entry.bytes:,}"
        return ("", "") if sha256 == pair.entry.sha256 else ("changed", "")


def _usual_state(name: str, listing: Listing) -> Path:
    """The state file for this copy and this manifest in the user's cache."""
    base = user_cache()
    place = name if is_address(name) else str(Path(name).resolve())
    mark = hashlib.sha256(f"{place}\0{digest(listing.file)}".encode()).hexdigest()[:24]
    return base / "drportal" / "verify" / f"{mark}.json"


def _mark(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_dev} {status.st_ino}"


def _other(mode: int) -> str:
    """What an entry is if not a regular file; "" for a regular file."""
    if stat.S_ISLNK(mode):
        return "is a symbolic link"
    return "" if stat.S_ISREG(mode) else "is not a regular file"
