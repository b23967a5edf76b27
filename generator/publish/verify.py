"""Hold a copy to its manifest: what is missing, changed or extra, and who signed it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import json
import os
import re
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..checksums import SUMS, digest
from ..problems import InputError, Problem
from ..report import Report
from .choice import Choice, read_choice
from .disc import DiscImage, is_image
from .fetch import FetchError, Source, is_address
from .listing import LINE, MANIFEST, PARTIAL, PUBLIC_KEY, SIGNATURE, Entry, Listing, reserved, shown, unsafe
from .manifest import in_parallel, side_by_side, sums_agree, walk
from .minisign import PublicKey
from .published import check_published

BLOCK = 1 << 20
LARGEST_MANIFEST = 2 << 30
"""Bytes of the manifest of ten million files and more."""
LARGEST_ENTRY = 8192
"""Bytes of a file's line in it: a path has at most 4,000, each of which may be written with a backslash."""
TAIL = 128
"""Bytes in which its last line stands."""
SAVED_EVERY = 2.0
MOST_DOUBTS = 10_000
Tell = Callable[[str], None]


@dataclass
class Verdict:
    """What was found."""

    files: int = 0
    bytes: int = 0
    left_out: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    """How many of each kind: missing, changed, extra, unreadable, unsigned."""
    signature: str = ""

    def add(self, kind: str) -> None:
        self.wrong[kind] = self.wrong.get(kind, 0) + 1


def verify(
    where: str,
    report: Report,
    tell: Tell,
    key: PublicKey | None = None,
    state: Path | None = None,
    *,
    follow: bool = False,
) -> Verdict:
    """Check every file of a folder, an image or an address; `tell` hears of each fault. Raises InputError.

    An interrupted check goes on where it was, by `state`, which is removed at the end.
    """
    with tempfile.TemporaryDirectory(prefix="drportal-") as temporary:
        if is_address(where):
            copy: Folder | Address | Image = Address(where, Path(temporary), follow)
        elif is_image(Path(where)):
            copy = Image(where, Path(temporary))
        else:
            copy = Folder(where)
        return _verify(copy, report, tell, key, state)


def _verify(
    copy: Folder | Address | Image, report: Report, tell: Tell, key: PublicKey | None, state: Path | None
) -> Verdict:
    listing = Listing(copy.told / MANIFEST, f"{copy.name}{MANIFEST}")
    verdict = Verdict()

    def wrong(kind: str, path: str, why: str = "") -> None:
        verdict.add(kind)
        tell(f"{kind}: {path if not unsafe(path) else shown(path)}{f' ({why})' if why else ''}")

    report.step(f"verifying {listing.head.label} in {copy.name}")
    verdict.signature = check_signature(copy.told, key, wrong)
    _check_sums(copy.told, listing, wrong)
    choice = copy.choice()
    at = Position(state or _usual_state(copy.name, listing), digest(listing.file))
    done, stop = 0, threading.Event()

    def more(count: int) -> None:
        nonlocal done
        if stop.is_set():
            raise FetchError("stopped")
        done += count
        report.progress("checksums", done, listing.bytes)

    def look(pair: Pair) -> tuple[Pair, str, str]:
        if pair.entry and pair.found and not pair.why and not at.passed(pair.entry.path):
            return pair, *copy.compare(pair, more)
        return pair, *pair.known()

    try:
        for pair, kind, why in in_parallel(look, copy.pairs(listing, choice), stop=stop):
            if pair.left_out:
                verdict.left_out += 1
                continue
            if pair.entry:
                verdict.files += 1
                verdict.bytes += pair.entry.bytes
            if kind:
                wrong(kind, pair.path, why)
            at.reached(pair.path, bool(kind))
    except BaseException:
        at.save()
        raise
    whole = check_published(copy, listing, wrong, lambda told: check_signature(told, key, wrong))
    verdict.signature = f"{verdict.signature}\n{whole}".strip()
    at.remove()
    return verdict


@dataclass(frozen=True)
class Pair:
    """A line of the manifest and the file that is there for it; one of them may be missing."""

    path: str
    entry: Entry | None
    found: str | None
    """Where the file can be opened."""
    size: int | None = None
    why: str = ""
    """What it is instead of a file."""
    left_out: bool = False

    def known(self) -> tuple[str, str]:
        """What can be told without reading the file."""
        if self.left_out:
            return "", ""
        if self.entry is None:
            return "extra", self.why
        if self.found is None:
            return "missing", ""
        if self.why:
            return "changed", self.why
        if self.size is not None and self.size != self.entry.bytes:
            return "changed", f"{self.size:,} bytes, not {self.entry.bytes:,}"
        return "", ""


class Folder:
    """A copy on this computer."""

    def __init__(self, where: str) -> None:
        self.root = self.told = Path(where)
        self.name = f"{where.rstrip('/')}/"
        mend = "name the folder of a release or of a portal, its image, or its address"
        if not self.root.is_dir():
            what = "is no folder" if self.root.exists() else "no such folder"
            raise InputError(Problem(where, "", what, mend))
        if not (self.root / MANIFEST).is_file() or (self.root / MANIFEST).is_symlink():
            raise InputError(Problem(where, "", f"holds no {MANIFEST}", mend))

    def choice(self) -> Choice:
        return read_choice(self.root)

    def file(self, path: str) -> Path | None:
        file = self.root / path
        return file if file.is_file() and not file.is_symlink() else None

    def pairs(self, listing: Listing, choice: Choice) -> Iterator[Pair]:
        """The manifest beside the folder."""
        files = ((path, e) for e, path in self._walk() if not reserved(path))
        for path, entry, found in side_by_side(listing, files):
            if found:
                status = found.stat(follow_symlinks=False)
                yield Pair(path, entry, found.path, status.st_size, _other(status.st_mode))
            else:
                yield Pair(path, entry, None, left_out=not choice.keeps(path, listing.head))

    def _walk(self) -> Iterator[tuple[os.DirEntry[str], str]]:
        try:
            yield from walk(self.root)
        except OSError as error:
            mend = "see to it that the folder can be read, and run this again"
            where = str(error.filename or self.root)
            raise InputError(Problem(where, "", error.strerror or str(error), mend)) from None

    def compare(self, pair: Pair, more: Callable[[int], None]) -> tuple[str, str]:
        kind, why = pair.known()
        if kind or not pair.entry or not pair.found:
            return kind, why
        sha = hashlib.sha256()
        try:
            with os.fdopen(os.open(pair.found, os.O_RDONLY | os.O_NOFOLLOW), "rb", buffering=0) as stream:
                while block := stream.read(BLOCK):
                    sha.update(block)
                    more(len(block))
        except OSError as error:
            gone = error.errno in (errno.ENOENT, errno.ELOOP)
            return ("changed" if gone else "unreadable"), error.strerror or str(error)
        return ("", "") if sha.hexdigest() == pair.entry.sha256 else ("changed", "")


class Image:
    """A copy on a disc, of which this is the image, or the drive that the disc is in."""

    def __init__(self, where: str, temporary: Path) -> None:
        self.disc, self.told, self.name = DiscImage(where), temporary, f"{where}/"
        self.disc.told(temporary)

    def choice(self) -> Choice:
        return read_choice(self.told)

    def file(self, path: str) -> Path | None:
        target = self.told / path
        return target if self.disc.save(path, target) else None

    def pairs(self, listing: Listing, choice: Choice) -> Iterator[Pair]:
        files = ((path, size) for path, size in self.disc.files() if not reserved(path))
        for path, entry, size in side_by_side(listing, files):
            left_out = size is None and not choice.keeps(path, listing.head)
            yield Pair(path, entry, None if size is None else path, size, left_out=left_out)

    def compare(self, pair: Pair, more: Callable[[int], None]) -> tuple[str, str]:
        kind, why = pair.known()
        if kind or not pair.entry:
            return kind, why
        try:
            sha256 = self.disc.digest(pair.path, more)
        except OSError as error:
            return "unreadable", error.strerror or str(error)
        return ("", "") if sha256 == pair.entry.sha256 else ("changed", "")


class Address:
    """A copy on a server. What is there beside the files of the manifest cannot be known."""

    def __init__(self, where: str, temporary: Path, follow: bool) -> None:
        self.source, self.told = Source(where, follow), temporary
        self.name = self.source.base
        fetch_told(self.source, temporary)

    def choice(self) -> Choice:
        return read_choice(self.told)

    def file(self, path: str) -> Path | None:
        target = self.told / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            return target if self.source.text(path, target, LARGEST_MANIFEST) else None
        except FetchError as error:
            mend = "see whether the server is up"
            raise InputError(Problem(self.source.base + path, "", str(error), mend)) from None

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


def fetch_told(source: Source, folder: Path) -> None:
    """Bring what tells of a site's files into `folder`: manifest, signature, key. Raises InputError."""
    limits: dict[str, Callable[[], int]] = {
        MANIFEST: lambda: largest_manifest(source.tail(MANIFEST, TAIL)),
        SUMS: lambda: sums_size(Listing(folder / MANIFEST, source.base + MANIFEST)),
        SIGNATURE: lambda: 10_000,
        PUBLIC_KEY: lambda: 10_000,
        PARTIAL: lambda: 1 << 20,
    }
    for name, limit in limits.items():
        try:
            there = source.text(name, folder / name, limit())
        except FetchError as error:
            mend = "see whether the address is right and the server up"
            raise InputError(Problem(source.base + name, "", str(error), mend)) from None
        if not there and name == MANIFEST:
            mend = "write the address of the folder of a release or of a portal"
            raise InputError(Problem(source.base, "", f"holds no {MANIFEST}", mend))


def largest_manifest(tail: bytes | None) -> int:
    """Bytes that a manifest may have, by its end, which says how many files it lists."""
    found = re.search(rb'\n\],"count":([0-9]{1,15}),"bytes":[0-9]{1,16}\}\n\Z', tail or b"")
    claimed = LINE * 64 + int(found[1]) * LARGEST_ENTRY + TAIL if found else LARGEST_MANIFEST
    return min(LARGEST_MANIFEST, claimed)


def sums_size(listing: Listing) -> int:
    """Bytes of the SHA256SUMS that follows from a manifest."""
    paths = (entry.path for entry in listing)
    return sum(64 + 2 + len(path.encode()) + 1 for path in itertools.chain(paths, [MANIFEST]))


def check_signature(told: Path, key: PublicKey | None, wrong: Callable[[str, str, str], None]) -> str:
    """Who signed, in a sentence; faults are told to `wrong`."""
    signature, own = told / SIGNATURE, told / PUBLIC_KEY
    if key is None and own.is_file():
        with contextlib.suppress(InputError):
            key = PublicKey.read(str(own))
        mine = "which came with this copy: compare it with the one that the survey tells, or use --key"
    else:
        mine = "as asked for"
    if not signature.is_file():
        if key:
            wrong("unsigned", MANIFEST, f"there is no {SIGNATURE}")
        return "The copy is not signed: it is as its manifest says, but anybody may have written that."
    if not key:
        return "The copy is signed; name the survey's key with --key to check by whom."
    with signature.open(encoding="utf-8", errors="replace") as stream:
        fault = key.check(told / MANIFEST, stream.read(10_000))
    if fault:
        wrong("unsigned", SIGNATURE, fault)
        return "The signature is not good."
    return f"Signed by {key.id}, {mine}."


def _check_sums(told: Path, listing: Listing, wrong: Callable[..., None]) -> None:
    """SHA256SUMS says the same as the manifest."""
    if not (told / SUMS).is_file():
        wrong("missing", SUMS)
    elif not sums_agree(listing.file, listing):
        wrong("changed", SUMS)


class Position:
    """How far a check has come, kept in a small file: paths are in order, so one of them says it."""

    def __init__(self, file: Path, manifest: str) -> None:
        self.file, self.manifest = file, manifest
        self._after, self._doubts = "", set[str]()
        self._now, self._wrong = "", set[str]()
        self._saved = time.monotonic()
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(file.read_text(encoding="utf-8"))
            if said["manifest"] == manifest:
                self._after, self._doubts = str(said["after"]), set(said["wrong"])

    def passed(self, path: str) -> bool:
        """Whether an earlier run found the file to be right."""
        return path <= self._after and path not in self._doubts

    def reached(self, path: str, wrong: bool) -> None:
        if len(self._wrong) < MOST_DOUBTS:
            self._now = path
            if wrong:
                self._wrong.add(path)
        if time.monotonic() - self._saved > SAVED_EVERY:
            self.save()

    def save(self) -> None:
        self._saved = time.monotonic()
        if self._now <= self._after:  # an earlier run came further
            return
        said = {"manifest": self.manifest, "after": self._now, "wrong": sorted(self._wrong)}
        with contextlib.suppress(OSError):  # a check goes on without
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part = self.file.with_name(f"{self.file.name}.part")
            part.write_text(json.dumps(said), encoding="utf-8")
            part.replace(self.file)

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


def _usual_state(name: str, listing: Listing) -> Path:
    """A file for this copy and this manifest in the user's cache."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = name if is_address(name) else str(Path(name).resolve())
    mark = hashlib.sha256(f"{place}\0{digest(listing.file)}".encode()).hexdigest()[:24]
    return base / "drportal" / "verify" / f"{mark}.json"


def _other(mode: int) -> str:
    """What stands there instead of a file; "" for a file."""
    if stat.S_ISLNK(mode):
        return "is a symbolic link"
    return "" if stat.S_ISREG(mode) else "is no ordinary file"
