"""Assign files to discs: pages and documents on each, catalogues, then spectra, while there is space."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from ...files import Entry
from ...formats import Spectra
from ...ingest.folders import collection_of
from ...model import Release
from ...model.media import MediaSpectra
from ...problems import InputError, Problem
from ..listing import Listing
from .budget import Medium, total
from .select import Chosen, choose

OWN = 3 << 20
"""Bytes for the medium's own pages and lists: README, contents, styles, notices of omitted data."""
SCRIPTS = 200_000
"""Minimum bytes of spectra in a script, except the last."""
SET = 512 << 10
"""Bytes for the description of a set, its checksums, and partly filled pages of its index."""
PER_ID = 350
"""Maximum bytes per spectrum in the index and its script."""
PAGES = ""
"""The group of files that every disc has."""
PYTHON = "assets/python"
"""The group, and the folder, of what pages need to run Python."""
COLLECTION = collection_of("")
"""With which the folder of the margins of a catalogue ends."""
FITS = ".fits"
"""With which the name of a catalogue as one file ends."""


@dataclass
class Group:
    """Files of one catalogue or set, or all other files."""

    name: str
    files: int = 0
    bytes: int = 0
    taken: int = 0
    """Bytes on the medium."""


@dataclass(frozen=True)
class Share:
    """Spectra of a set on one disc."""

    name: str
    spectra: int
    of: int
    first: int = 0
    """Index of the first spectrum among the chosen ones."""
    whole: bool = True
    """Whether it is the unchanged set, with any original files."""
    ids: tuple[str, str] = ("", "")
    """The first and the last id."""


@dataclass
class Disc:
    """One medium."""

    room: int
    catalogues: list[str] = field(default_factory=list)
    spectra: list[Share] = field(default_factory=list)

    def share(self, name: str) -> Share | None:
        return next((s for s in self.spectra if s.name == name), None)


@dataclass(frozen=True)
class SetPlan:
    """How a set of spectra is placed."""

    name: str
    of: int
    """Number of its spectra."""
    wanted: int
    """Number of spectra that the release wants on media."""
    placed: int
    where: str | None
    originals: int
    """Number of the survey's own files that are left out."""


@dataclass
class Plan:
    """The contents of each disc, and data that are on none."""

    discs: list[Disc]
    catalogues: list[str]
    """All catalogues of the release, in order of priority."""
    sets: list[SetPlan]
    always: list[str]
    """Groups on every disc: pages, templates, and data that are neither catalogues nor spectra."""
    groups: dict[str, Group]
    chosen: dict[str, Chosen]

    @property
    def without_python(self) -> bool:
        """Whether the release has Python in its pages, and no disc has it."""
        return PYTHON in self.groups and PYTHON not in self.always

    @property
    def left(self) -> list[str]:
        """Catalogues on no disc."""
        return [n for n in self.catalogues if not any(n in d.catalogues for d in self.discs)]

    def groups_on(self, disc: Disc) -> set[str]:
        """The groups that a disc has as they were published, but for pages that say what it lacks."""
        return {*self.always, *disc.catalogues, *(f"spectra/{s.name}" for s in disc.spectra if s.whole)}

    def complete(self, disc: Disc) -> bool:
        """Whether a disc has the whole release as published."""
        if self.without_python:
            return False
        there = {s.name for s in disc.spectra if s.whole}
        return len(disc.catalogues) == len(self.catalogues) and there >= {s.name for s in self.sets}


def group_of(path: str) -> str:
    """What a file of a release belongs to: a catalogue `lrs`, a set of spectra `spectra/lrs`, or Python."""
    if path.startswith(f"{PYTHON}/"):
        return PYTHON
    parts = path.split("/")
    if parts[0] == "data" and len(parts) == 2 and path.endswith(FITS):
        return parts[1].removesuffix(FITS)  # a catalogue as one file
    if parts[0] != "data" or len(parts) < 3:
        return PAGES
    if parts[1] != "spectra":
        return parts[1].removesuffix(COLLECTION)  # margins are on the disc of their catalogue
    return f"spectra/{parts[2]}" if len(parts) > 3 else PAGES


def left_out(without: Collection[str], listing: Listing) -> frozenset[str]:
    """The groups that `--without` names. Raises InputError for anything but Python that the release has."""
    for name in without:
        if name != "python":
            what, fix = "cannot be left out", "leave out `python`, or nothing"
            raise InputError(Problem("--without", name, what, fix))
        if not any(entry.path.startswith(f"{PYTHON}/") for entry in listing):
            what, fix = "the release has no Python in its pages", "remove the option"
            raise InputError(Problem("--without", name, what, fix))
    return frozenset({PYTHON} if without else ())


def is_late(release: Release) -> Callable[[Entry], bool]:
    """Whether a file of a release is none that a plan is made from: nearly all bytes are of such files."""
    rows = "" if any(one.where for one in release.media.spectra) else "dataset|"
    late = re.compile(rf"data/(?:spectra/[^/]+/(?:packs|chunks|fits)|[^/]+/(?:{rows}chunks))/")
    return lambda entry: late.match(entry.path) is not None


def is_page(path: str) -> bool:
    return path.endswith(".html") and group_of(path) == PAGES


def measure(medium: Medium, prefix: str, entries: Iterator[Entry]) -> dict[str, Group]:
    """Files and bytes of each group, and the space they take on a medium."""
    groups: dict[str, Group] = {PAGES: Group(PAGES)}

    def sizes(some: Iterable[Entry], group: Group) -> Iterator[tuple[str, int]]:
        for entry in some:
            group.files += 1
            group.bytes += entry.bytes
            yield f"{prefix}/{entry.path}", entry.bytes

    for name, some in itertools.groupby(entries, key=lambda e: group_of(e.path)):
        group = groups.setdefault(name, Group(name))
        group.taken += total(medium, sizes(some, group))
    return groups


class Planner:
    """Fills discs, each of which has `own` bytes of signposts in addition to the release's files."""

    def __init__(
        self,
        release: Release,
        root: Path,
        medium: Medium,
        capacity: int,
        most: int,
        scratch: Path,
        own: int,
        step: Callable[[str], None] = lambda _what: None,
        without: Collection[str] = (),
    ) -> None:
        self.release, self.root, self.medium, self.scratch, self.step = release, root, medium, scratch, step
        self.most = most or 9999
        self.groups = measure(medium, release.id, iter(Listing(root / "manifest.json")))
        templates = {f"spectra/{s.name}" for s in release.spectra if s.templates_of}
        kept = [n for n in self.groups if n not in without]
        self.always = sorted(n for n in kept if n in templates or not self._known(n))
        always = self.groups[PAGES].taken + sum(self.groups[n].taken for n in self.always if n != PAGES)
        self.fresh = capacity - medium.fixed - OWN - own - always
        if self.fresh < 0:
            what = f"has {capacity:,} bytes, and the pages and documents alone need {capacity - self.fresh:,}"
            raise InputError(Problem(f"--to {medium.name}", "", what, self._more_room()))
        self.discs = [Disc(self.fresh)]
        others = [n for n in kept if n not in self.always]
        self.sets = [n.removeprefix("spectra/") for n in others if n.startswith("spectra/")]
        self.catalogues = [n for n in others if not n.startswith("spectra/")]

    def _more_room(self) -> str:
        if PYTHON in self.always and self.fresh + self.groups[PYTHON].taken > 0:
            return "use a larger medium, or --without python"
        return "use a larger medium"

    def _known(self, group: str) -> bool:
        """Whether a folder of data is a catalogue or a set of spectra."""
        name = "spectra.json" if group.startswith("spectra/") else "catalogue.json"
        return group != PAGES and (self.root / "data" / group / name).is_file()

    def plan(self) -> Plan:
        media = self.release.media
        declared = [c.name for c in self.release.catalogues]
        names = _ranked([*media.catalogues, *declared], self.catalogues)
        for name in names:
            if disc := self._find(self.groups[name].taken):
                disc.catalogues.append(name)
        wanted = {s.name: s for s in media.spectra}
        order = _ranked([*wanted, *(s.name for s in self.release.spectra)], self.sets)
        chosen: dict[str, Chosen] = {}
        sets = [self._set(wanted.get(name, MediaSpectra(name=name)), chosen) for name in order]
        return Plan(self.discs, names, sets, self.always, self.groups, chosen)

    def _find(self, size: int) -> Disc | None:
        """Reserve space on the first disc that has enough, or on a new one if that is allowed."""
        disc = next((d for d in self.discs if d.room >= size), None)
        if disc is None and size <= self.fresh and len(self.discs) < self.most:
            disc = Disc(self.fresh)
            self.discs.append(disc)
        if disc:
            disc.room -= size
        return disc

    def _set(self, wanted: MediaSpectra, chosen: dict[str, Chosen]) -> SetPlan:
        folder = self.root / "data" / "spectra" / wanted.name
        about = Spectra.read(folder)
        of = about.spectra
        if wanted.where is None and (disc := self._find(self.groups[f"spectra/{wanted.name}"].taken)):
            disc.spectra.append(Share(wanted.name, of, of))
            return SetPlan(wanted.name, of, of, of, None, 0)
        self.step(f"choosing spectra {wanted.name}")
        catalogue = self.root / "data" / about.catalogue if about.catalogue else None
        place = f"media.spectra[{wanted.name}].where"
        try:
            found = choose(folder, catalogue, wanted.where, self.scratch, str(self.release.file), place)
        except (pa.ArrowException, duckdb.Error, OSError, ValueError, KeyError) as error:
            what = f"cannot be read: {str(error).splitlines()[0]}"
            raise InputError(Problem(str(folder), "", what, "build the release again")) from None
        chosen[wanted.name] = found
        placed = self._divide(wanted.name, found, folder, of)
        lost = about.shipped.files
        return SetPlan(wanted.name, of, found.spectra, placed, wanted.where, lost)

    def _divide(self, name: str, found: Chosen, folder: Path, of: int) -> int:
        """Assign runs of the chosen spectra to discs, ordered by id; return how many fit."""
        grids = folder / "grids.parquet"
        fixed = SET + int(2.4 * grids.stat().st_size if grids.is_file() else 0) + 12 * self.medium.per_folder
        disc, at, first, ids = -1, 0, 0, ("", "")
        room = 0.0

        def close() -> None:
            if at > first:
                self.discs[disc].spectra.append(Share(name, at - first, of, first, False, ids))
                self.discs[disc].room = max(int(room), 0)

        for place in found.places():
            cost = self._cost(place.bytes + place.more, found.share)
            if cost > room:
                close()
                first, room = at, 0.0
                while cost > room and disc + 1 < self.most:
                    disc += 1
                    if disc == len(self.discs):
                        if fixed + cost > self.fresh:
                            break
                        self.discs.append(Disc(self.fresh))
                    room = self.discs[disc].room - fixed
                if cost > room:
                    return at
            room -= cost
            ids = (str(place.id), str(place.id)) if at == first else (ids[0], str(place.id))
            at += 1
        close()
        return at

    def _cost(self, size: int, share: float) -> float:
        """Maximum bytes of a spectrum: in its pack, its script and the index."""
        scripts = size / SCRIPTS if size <= SCRIPTS / 2 else 1 if size <= 1.5 * SCRIPTS else 2
        piece = self.medium.per_file + self.medium.unit
        packs = (1 / 256 + size / (64 << 20)) * (2 * piece + self.medium.per_folder)
        return size * 7 / 3 + 1.3 * share + 200 + scripts * piece + packs + PER_ID


def _ranked(wanted: list[str], there: list[str]) -> list[str]:
    """All existing names: first the wanted ones, in their order."""
    return list(dict.fromkeys([*(n for n in wanted if n in there), *there]))
