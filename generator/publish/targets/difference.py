"""What differs between a site and what is published, from their manifests: nothing else is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...files import Entry, side_by_side
from ...problems import InputError, Problem, several
from ..listing import MANIFEST, Listing

DATA = "data/"
"""Folder of a release whose files stay as they were published; pages may change, e.g. to link to others."""


@dataclass(frozen=True)
class Step:
    """A file of the site, of the published site, or of both."""

    path: str
    now: Entry | None
    former: Entry | None
    begun: Entry | None
    """The file in the manifest of an interrupted transfer."""
    interrupted: bool
    """Whether a transfer was interrupted, so that the target has the former file or that of its manifest."""

    @property
    def sends(self) -> bool:
        """Whether the target may lack this file, or have another in its place."""
        if self.now is None:
            return False
        if self.former is None or self.former.sha256 != self.now.sha256:
            return True
        return self.interrupted and (self.begun is None or self.begun.sha256 != self.now.sha256)

    @property
    def removes(self) -> bool:
        return self.now is None


@dataclass(frozen=True)
class Lists:
    """The manifests of a site, of what is published and of an interrupted transfer."""

    now: Listing
    former: Listing | None
    begun: Listing | None

    @classmethod
    def of(cls, site: Path, former: Path | None, begun: Path | None, name: str) -> Lists:
        """Read the manifests. Raises InputError."""
        if not (site / MANIFEST).is_file():
            what = f"has no {MANIFEST}" if site.is_dir() else "no such folder"
            raise InputError(Problem(str(site), "", what, "build the site first: drportal build"))
        published = Listing(former, f"{name}: {MANIFEST}") if former else None
        return cls(Listing(site / MANIFEST), published, Listing(begun, name) if begun else None)

    def steps(self) -> Iterator[Step]:
        """All files of any of the manifests, ordered by path."""
        interrupted = self.begun is not None
        others = side_by_side(self.former or (), ((e.path, e) for e in self.begun or ()))
        for path, now, pair in side_by_side(self.now, ((p, (f, b)) for p, f, b in others)):
            former, begun = pair or (None, None)
            yield Step(path, now, former, begun, interrupted)

    def release_of(self, path: str) -> str:
        """The id of the release that a file belongs to; "" for the portal's own."""
        names = {*self.now.head.releases, *(self.former.head.releases if self.former else ())}
        parts = path.split("/")
        return next((i for n in (2, 1) if len(parts) > n and (i := "/".join(parts[:n])) in names), "")


@dataclass
class Counted:
    """What is sent of a release, or of the portal's own pages."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    bytes: int = 0
    """Of new and changed files."""

    def line(self) -> str:
        said = [several(self.new, "file") + " new"] if self.new else []
        said += [f"{self.changed:,} changed"] if self.changed else []
        said += [f"{self.removed:,} removed"] if self.removed else []
        said += [f"{self.same:,} the same"] if self.same else []
        return f"{', '.join(said)}; {several(self.bytes, 'byte')} to send"


@dataclass
class Summary:
    """A transfer in numbers."""

    releases: dict[str, Counted] = field(default_factory=dict)
    """By id; "" are the portal's own files."""
    touched: dict[str, list[str]] = field(default_factory=dict)
    """For published releases, up to three data files that would change, and `counts` how many."""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Counted:
        whole = Counted()
        for one in self.releases.values():
            whole.new, whole.changed = whole.new + one.new, whole.changed + one.changed
            whole.removed, whole.same = whole.removed + one.removed, whole.same + one.same
            whole.bytes += one.bytes
        return whole


def summary_of(lists: Lists) -> Summary:
    """Count what differs, release by release."""
    found = Summary()
    published = lists.former.head.releases if lists.former else ()
    for step in lists.steps():
        release = lists.release_of(step.path)
        one = found.releases.setdefault(release, Counted())
        if step.removes:
            one.removed += 1
        elif not step.sends:
            one.same += 1
        else:
            assert step.now
            one.new, one.changed = one.new + (step.former is None), one.changed + (step.former is not None)
            one.bytes += step.now.bytes
        differs = (step.now and step.now.sha256) != (step.former and step.former.sha256)
        if differs and release in published and step.path.startswith(f"{release}/{DATA}"):
            found.counts[release] = found.counts.get(release, 0) + 1
            if len(some := found.touched.setdefault(release, [])) < 3:
                some.append(step.path)
    return found
