"""Finds out whether the site is up to date from names, sizes and times alone.

The inputs of a build are identified by its parsed settings and the status of every file that it can read, its
output by the status of every file of the site.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .. import plugins
from ..files import files_below, walk
from ..model import Release
from ..pieces import Damaged, read_record, write_record
from ..pieces.digests import SETTLED
from ..pieces.sums import status
from .decide import Plan

PACKAGE = Path(__file__).resolve().parents[1]
OF_PORTAL = ("releases", "content", "themes", "cards", "lines", "templates", "pages", "styles")
"""Folders of a portal that builds read."""


@dataclass(frozen=True)
class Former:
    """The record of the build that made the site."""

    read: str = ""
    """Digest of everything that it read."""
    notes: Sequence[str] = ()
    """Lines that it reported, and that are reported again."""
    doubts: int = 0
    pieces: Mapping[str, str] = field(default_factory=dict)
    """Keys of its pieces, by name."""
    releases: Mapping[str, str] = field(default_factory=dict)
    """Digests of the inputs of each release that is still as it was built, by its id."""
    whole: bool = False
    """Whether the site is still as it was built."""

    @classmethod
    def of(cls, plan: Plan) -> Former:
        """Read the record of the last build of this site."""
        with contextlib.suppress(Damaged, ValueError, KeyError):
            if text := read_record(_file(plan)):
                record = json.loads(text)
                listed, former = _listings(plan), record.pop("written")
                same = {name for name, digest in listed.items() if former.get(name) == digest}
                record["releases"] = {k: v for k, v in record["releases"].items() if k in same}
                return cls(**record, whole=former == listed)
        return cls()

    @staticmethod
    def in_use(plan: Plan) -> set[str]:
        """Keys of the pieces used by the last builds of all sites (editions) of this cache."""
        keys: set[str] = set()
        for file in _file(plan).parent.glob("*.json"):
            with contextlib.suppress(Damaged, ValueError, KeyError):
                keys |= set(json.loads(read_record(file) or "{}").get("pieces", {}).values())
        return keys

    def is_same(self, read: str) -> bool:
        """Whether the last build read the same (see `inputs_of`), and the site is as that build left it."""
        return self.whole and bool(read) and self.read == read

    def write(self, plan: Plan) -> None:
        """Record a build that has put its site in place."""
        record = asdict(self) | {"written": _listings(plan)}
        record.pop("whole")
        _file(plan).parent.mkdir(parents=True, exist_ok=True)
        write_record(_file(plan), json.dumps(record))


def inputs_of(plan: Plan) -> str:
    """A digest of everything a build reads; empty if a file may still change without changing its time."""
    digest, latest = _read(plan)
    return digest if latest < time.time_ns() - SETTLED else ""


def _file(plan: Plan) -> Path:
    return plan.cache / "sites" / f"{plan.site.name}.json"


def _read(plan: Plan) -> tuple[str, int]:
    """A digest of everything a build reads, and the latest modification time."""
    said = [
        plan.portal.model_dump(mode="json"),
        {r.id: (r.model_dump(mode="json"), repr(r.spectra)) for r in plan.portal.releases},
        sorted(r.id for r in plan.chosen),
        plan.portal.edition.audience,
        sorted(plan.portal.hidden),
        {name: sorted(lines) for name, lines in plan.portal.withheld.items()},
        plan.options.keep_going,
        plugins.inputs(*plugins.HOOKS),
        plan.key.public.line if plan.key else None,
        os.environ.get("SOURCE_DATE_EPOCH"),
        _addresses(plan),
    ]
    found = hashlib.sha256(json.dumps(said, sort_keys=True, default=repr).encode())
    latest, total = 0, 0
    for file in _files(plan):
        with contextlib.suppress(OSError):
            now = os.stat(file)  # noqa: PTH116 thousands are looked at
            latest = max(latest, now.st_mtime_ns)
            line = f"{file} {status(now)}".encode("utf-8", "surrogateescape")
            total += int.from_bytes(hashlib.sha256(line).digest())
    found.update(f"{total % 2**256:x}".encode())
    return found.hexdigest(), latest


def _files(plan: Plan) -> Iterator[str]:
    """All files that decide what is built: of drportal, of the portal's folder, and sources elsewhere."""
    folder = plan.portal.folder
    for root in (PACKAGE, PACKAGE.parent / "themes"):
        yield from files_below(root, ("client",))
    yield from files_below(PACKAGE / "client" / "dist")
    for name in OF_PORTAL:
        yield from files_below(folder / name)
    for release in plan.portal.releases:
        yield from _elsewhere(release)


def _addresses(plan: Plan) -> dict[str, str]:
    """What stores say of the sources of cross-matches, by address."""
    matches = [match for release in plan.portal.releases for match in release.crossmatch]
    named = {source for match in matches for source in match.sources if "://" in source}
    if not named:
        return {}
    from ..match.sources import state_of

    return {address: state_of(address) for address in sorted(named)}


def _elsewhere(release: Release) -> Iterator[str]:
    """Sources of a release outside its folder."""
    inside = release.folder.resolve()
    if (python := release.chosen_python) and python.folder:
        yield from files_below(python.folder)
    sources = [c.source for c in release.catalogues] + [s for m in release.crossmatch for s in m.sources]
    for source in sources + [s.source for s in release.spectra]:
        if source is not None and inside not in (release.folder / source).resolve().parents:
            for found in glob.iglob(str(release.folder / source), recursive=True):  # noqa: PTH207
                yield from files_below(Path(found)) if Path(found).is_dir() else [found]
                # A text table may have a description beside it.
                yield from (str(p) for p in Path(found).parent.iterdir() if p.is_file())


def _listings(plan: Plan) -> dict[str, str]:
    """Digests of the status of the files of each release, by its id, and of the rest of the site, by ""."""
    ids = sorted((r.id for r in plan.portal.releases), key=len, reverse=True)
    found = {"": hashlib.sha256()} | {name: hashlib.sha256() for name in ids}
    folder, owner = None, ""
    for entry, path in walk(plan.site) if plan.site.is_dir() else ():
        if (above := path.rpartition("/")[0]) != folder:  # thousands are in the same one
            folder = above
            owner = next((name for name in ids if f"{above}/".startswith(f"{name}/")), "")
        found[owner].update(f"{path}\t{status(entry.stat(follow_symlinks=False))}\n".encode())
    return {name: one.hexdigest() for name, one in found.items()}
