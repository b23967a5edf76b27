"""Check the releases of a site that are not built again: they must be as published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..checksums import SUMS, TWINS, Progress, digest
from ..files import Entry, in_parallel
from ..problems import InputError, Problem, plural
from .bag import WRITTEN
from .listing import MANIFEST, PUBLIC_KEY, SIGNATURE, Listing
from .manifest import Former, sums_agree
from .minisign import PublicKey

NAMED = 20
"""Number of damaged files that are named."""
REBUILD = "build the release again"


def refuse_damaged(site: Path, ids: Iterable[str]) -> None:
    """Raise InputError if the lists of a release that record what was published are damaged."""
    problems = []
    for name in ids:
        if what := _damage(site / name):
            fix = f"build it too: drportal build {name}, or replace it by an intact copy"
            problems.append(Problem(str(site / name), "", what, fix))
    if problems:
        raise InputError(problems)


def _damage(root: Path) -> str:
    manifest, signature, key = root / MANIFEST, root / SIGNATURE, root / PUBLIC_KEY
    if not manifest.is_file():
        left = [name for name in (SUMS, SIGNATURE) if (root / name).is_file()]
        return f"its {MANIFEST} is missing, although {left[0]} exists" if left else ""
    try:
        listing = Listing(manifest)
        if not (root / SUMS).is_file() or not sums_agree(manifest, listing):
            return f"its {MANIFEST} and {SUMS} do not agree: one of them is damaged"
        if signature.is_file() and key.is_file():
            text = signature.read_text(encoding="utf-8", errors="replace")
            if fault := PublicKey.read(str(key)).check(manifest, text):
                return f"its {SIGNATURE} does not match its {MANIFEST}: {fault}"
    except InputError as error:
        return f"its lists are damaged: {error.problems[0]}"
    return ""


def _unlike(
    root: Path, entries: Callable[[], Iterable[Entry]], progress: Progress, stage: str
) -> list[Problem]:
    """Which of these files of the release in `root` are not as its manifest says; all are read.

    `progress` hears of their bytes as those of a stage.
    """
    stop, lock, done = threading.Event(), threading.Lock(), 0
    total = sum(entry.bytes for entry in entries())

    def more(count: int) -> None:
        nonlocal done
        if stop.is_set():
            raise InterruptedError
        with lock:
            done += count
            progress(stage, done, total)

    def look(entry: Entry) -> Problem | None:
        file, what = root / entry.path, ""
        if file.is_symlink() or not file.is_file():
            what = "is in the manifest, but missing"
        else:
            try:
                what = "" if digest(file, more) == entry.sha256 else "differs from the manifest"
            except OSError as error:
                what = f"cannot be read: {error.strerror or error}"
        return Problem(str(file), "", what, REBUILD) if what else None

    return [found for found in in_parallel(look, entries(), stop=stop) if found]


def refuse_unlike(
    root: Path,
    listing: Listing,
    wanted: Callable[[Entry], bool],
    others: Callable[[Entry], bool],
    progress: Progress,
    stage: str,
) -> None:
    """Raise InputError where one of the wanted files of the release in `root` is not as its manifest says.

    Where one is not, the others are read too, so that all are named.
    """
    problems = _unlike(root, lambda: filter(wanted, listing), progress, stage)
    if problems:
        problems += _unlike(root, lambda: filter(others, listing), progress, f"more {stage}")
        problems.sort(key=str)
    if len(problems) > NAMED:
        what = f"{len(problems) - NAMED:,} more of its files differ from the manifest"
        problems[NAMED:] = [Problem(str(root), "", what, REBUILD)]
    if problems:
        raise InputError(problems)


def sound_data(release: Path, name: str) -> bool:
    """Whether a catalogue of a release in the site is as it was published, apart from its script twins."""
    above = f"data/{name}/"
    try:
        listed = [
            e
            for e in Listing(release / MANIFEST)
            if e.path.startswith(above) and not e.path.startswith(f"{above}{TWINS}/")
        ]
        return bool(listed) and all(in_parallel(lambda e: digest(release / e.path) == e.sha256, listed))
    except (InputError, OSError):
        return False


class Standing:
    """The releases that stay, checked against their manifests while the portal's manifest is written."""

    def __init__(self, site: Path, say: Callable[[str], None]) -> None:
        self._site, self._say = site, say
        self._heard: set[str] = set()

    def former(self, ids: Iterable[str], root: str = "", without: Iterable[str] = ()) -> Former:
        """The files in the manifests of these releases, relative to the folder `root` of the site.

        Folders and files in `without` are written again and left out here.
        """
        rewritten = tuple(without)

        def entries() -> Iterator[Entry]:
            before = "/"
            for name in sorted(f"{one}/" for one in ids):
                if name.startswith(before):  # the manifest of the enclosing release has its files
                    continue
                before = name
                for entry in Listing(self._site / name / MANIFEST):
                    path = name + entry.path
                    if not path.startswith(rewritten):
                        yield entry._replace(path=path.removeprefix(root))

        return Former(entries, lambda path, kind: self._hear(root + path, kind))

    def around(self, release: str, inner: Iterable[str]) -> Former:
        """Files of a release that stays although its lists are rewritten, because it contains `inner`."""
        own = (*WRITTEN, PUBLIC_KEY)
        rewritten = [*(f"{one}/" for one in inner), *(f"{release}/{name}" for name in own)]
        there = [release] if (self._site / release / MANIFEST).is_file() else []
        return self.former(there, f"{release}/", rewritten)

    def _hear(self, path: str, kind: str) -> None:
        self._heard.add(path)
        if len(self._heard) > NAMED:
            return
        what = f"{kind} since it was published; the manifest keeps its published checksum"
        fix = "build its release again, or replace the file by an intact copy"
        self._say(str(Problem(str(self._site / path), "", what, fix)))

    def end(self) -> None:
        """Report how many more there were."""
        if (more := len(self._heard) - NAMED) > 0:
            are = plural(more, "file is not as it was", "files are not as they were")
            what = f"{more:,} more {are} published"
            self._say(str(Problem(str(self._site), "", what, "see drportal verify")))
