"""Read an image of a disc as a copy to be verified, without mounting it.

An image may list its files several times, as UDF, Rock Ridge, Joliet and plain ISO 9660; programs choose one.
All lists are read, and each must name the same files with the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..checksums import SUMS, Progress, digest
from ..problems import InputError, Problem
from .iso9660 import BOOT, PARTITION, PRIMARY, SUPPLEMENTARY, Volume, alike, descriptors
from .layout import others_between, overlaps
from .listing import MANIFEST, PARTIAL, PUBLIC_KEY, SIGNATURE
from .sectors import SECTOR, Broken, Extents, Leaf, Sectors
from .udf import Udf, has_udf, starts_programs

MOST_FILES = 5_000_000
LARGEST_LIST = 8 << 30
LARGEST_SUMS = 1 << 20
SYSTEM_AREA = 16 * SECTOR
SHORTENED = 60
"""Length from which programs shorten names for Joliet, which allows 64; genisoimage also does so for UDF."""
MARKS = {b"CD001", b"BEA01", b"NSR02", b"NSR03"}
FIX = "name the image of a disc that contains a release or a portal"
Wrong = Callable[[str, str, str], None]


def is_image(file: Path) -> bool:
    """Whether a file or a drive begins like ISO 9660 or UDF."""
    try:
        if file.is_dir():
            return False
        with file.open("rb") as stream:
            stream.seek(SYSTEM_AREA)
            return stream.read(2048)[1:6] in MARKS
    except OSError:
        return False


@dataclass(slots=True)
class Named:
    """A file as the lists describe it."""

    leaf: Leaf
    """From the first list that has the file."""
    others: dict[str, Leaf] = field(default_factory=dict)
    """From the lists that give it other bytes."""
    lacking: list[str] = field(default_factory=list)
    """The lists that do not have it."""

    def leaves(self) -> Iterator[Leaf]:
        yield self.leaf
        yield from self.others.values()


class DiscImage:
    """The files of an image, compared across all of its lists. Raises InputError."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[tuple[str, str, str]] = []
        """Faults outside files: kind, place and reason."""
        self._files: dict[str, Named] = {}
        try:
            self._image = Sectors(where)
        except OSError as error:
            raise self._refused(f"cannot be read: {error.strerror}") from None
        try:
            self._read_lists()
        except (Broken, OSError) as error:
            raise self._refused(f"cannot be read as the image of a disc: {error}") from None
        if MANIFEST not in self._files:
            raise self._refused(f"contains no {MANIFEST}")

    def files(self) -> Iterator[tuple[str, Named]]:
        """Path and place of every file, in order."""
        return iter(sorted(self._files.items()))

    def save_lists(self, folder: Path) -> None:
        """Copy the files that describe the copy (manifest, checksums, signature, key) into a folder."""
        for name in (MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY, PARTIAL):
            self.save(name, folder / name)

    def save(self, path: str, target: Path) -> bool:
        """Extract one file from the image; False if it is not there."""
        if path not in self._files:
            return False
        leaf = self._files[path].leaf
        target.parent.mkdir(parents=True, exist_ok=True)
        if leaf.size > min(LARGEST_LIST, shutil.disk_usage(target.parent).free):
            raise self._refused(f"has a {path} of {leaf.size:,} bytes")
        try:
            with target.open("wb") as stream:
                for block in self.read(leaf):
                    stream.write(block)
        except OSError as error:
            raise self._refused(f"has a {path} that cannot be read: {error.strerror}") from None
        return True

    def read(self, leaf: Leaf) -> Iterator[bytes]:
        """The bytes of a file. Raises OSError if the image ends before the file does."""
        return self._image.blocks(leaf.extents)

    def digest(self, leaf: Leaf, more: Callable[[int], None]) -> str:
        sha = hashlib.sha256()
        for block in self.read(leaf):
            sha.update(block)
            more(len(block))
        return sha.hexdigest()

    def _read_lists(self) -> None:
        udf = has_udf(self._image)
        found = descriptors(self._image)
        if not udf and not found:
            raise Broken("it has no list of files")
        lists: list[tuple[str, Iterable[Leaf]]] = []
        labels, faults = {}, []
        if udf:
            try:
                tree = Udf(self._image)
                lists.append(("UDF", tree.files()))
                labels["UDF"] = tree.label
                faults = tree.faults
                if starts_programs(self._image):
                    faults.append("it has a boot record")
            except Broken as error:
                self.faults.append(("unreadable", "UDF", str(error)))
        volumes = self._volumes(found)
        lists += [("Rock Ridge", v.named()) for v in volumes if v.rock]
        lists += [("Joliet", v.plain()) for v in volumes if v.joliet]
        plain = [v for v in volumes if not v.rock and not v.joliet]
        if not lists:
            lists += [("ISO 9660", v.plain()) for v in plain[:1]]
            plain = plain[1:]
        names: list[str] = []
        for name, leaves in lists:
            try:
                self._enter(name, names, leaves)
                names.append(name)
            except Broken as error:
                self.faults.append(("unreadable", name, str(error)))
        self.faults += [("changed", "UDF", fault) for fault in dict.fromkeys(faults)]
        if not names:
            raise Broken("; ".join(f"{what}: {why}" for _, what, why in self.faults))
        for volume in volumes:
            if volume in plain or volume.rock:
                self._without_names(volume)
            self._path_tables(volume)
            if volume.unannounced:
                self.faults.append(
                    ("extra", "Rock Ridge", "has names although the root folder does not announce them")
                )
            for path, short in volume.unlike:
                self.faults.append(("changed", path, f"its name in ISO 9660 is {short}"))
        labels |= {"Joliet" if v.joliet else "ISO 9660": v.label for v in volumes}
        self._labels(labels)
        self._ends(volumes)
        self._layout(volumes)

    def _volumes(self, found: list[bytes]) -> list[Volume]:
        """The lists of ISO 9660; adds faults found between them."""
        volumes: list[Volume] = []
        first = next((data for data in found if data[0] == PRIMARY), None)
        for data in found:
            if data[0] in (BOOT, PARTITION):
                what = "a boot record" if data[0] == BOOT else "a partition"
                self.faults.append(("extra", "volume descriptor", f"is {what}"))
            elif data[0] == PRIMARY and data is not first:
                if data != first:
                    self.faults.append(
                        ("changed", "volume descriptor", "the primary one and its copy differ")
                    )
            elif data[0] in (PRIMARY, SUPPLEMENTARY):
                try:
                    volumes.append(Volume(self._image, data))
                    if volumes[-1].foreign:
                        self.faults.append(("extra", "volume descriptor", "has names in other letters"))
                except Broken as error:
                    kind = "ISO 9660" if data[0] == PRIMARY else "Joliet"
                    self.faults.append(("unreadable", kind, str(error)))
        if len({(v.length, v.block) for v in volumes}) > 1:
            self.faults.append(("changed", "volume descriptor", "they disagree on the length of the image"))
        for volume in volumes:
            if volume.length > self._image.length:
                have, said = self._image.length, volume.length
                raise self._refused(f"is truncated: it has {have:,} of {said:,} bytes")
        return volumes

    def _enter(self, name: str, names: list[str], leaves: Iterable[Leaf]) -> None:
        """Add the files of one list; `names` are the lists before it."""
        seen = set()
        unknown = []
        for count, leaf in enumerate(leaves):
            if count > MOST_FILES:
                raise self._refused("has more files than a disc can have")
            if leaf.path in seen:
                self.faults.append(("extra", leaf.path, f"appears twice in {name}"))
                continue
            seen.add(leaf.path)
            known = self._files.get(leaf.path)
            if not names:
                self._files[leaf.path] = Named(leaf)
            elif known is None:
                unknown.append(leaf)
            elif (known.leaf.extents, known.leaf.link) != (leaf.extents, leaf.link):
                known.others[name] = leaf
        lacking = {path: known for path, known in self._files.items() if path not in seen}
        by_bytes: dict[Extents, list[str]] = {}
        for path, named in lacking.items():
            by_bytes.setdefault(named.leaf.extents, []).append(path)
        for leaf in unknown:
            twins = (path for path in by_bytes.get(leaf.extents, []) if path in lacking)
            twin = next((path for path in twins if _shortened(*sorted((path, leaf.path), key=len))), None)
            if twin and name == "Joliet" and len(twin) > len(leaf.path):
                del lacking[twin]
            elif twin and names == ["UDF"] and len(twin) < len(leaf.path):  # of genisoimage
                self._files[leaf.path] = Named(leaf)
                del lacking[twin], self._files[twin]
            else:
                self._files[leaf.path] = Named(leaf, lacking=list(names))
        for known in lacking.values():
            known.lacking.append(name)

    def _without_names(self, volume: Volume) -> None:
        """Check a list that has only short names: its bytes must be those of files in the other lists."""
        known: dict[Extents, list[str]] = {}
        for path, named in self._files.items():
            for leaf in named.leaves():
                known.setdefault(leaf.extents, []).append(path.rpartition("/")[2])
        there = set()
        try:
            for leaf in volume.plain():
                there.add(leaf.extents)
                if not leaf.extents:
                    continue
                short = leaf.path.rpartition("/")[2]
                if leaf.extents not in known:
                    self.faults.append(
                        ("changed", leaf.path, "in ISO 9660 it has bytes that are in no other list")
                    )
                elif not volume.rock and not any(alike(short, name) for name in known[leaf.extents]):
                    name = known[leaf.extents][0]
                    self.faults.append(("changed", name, f"its name in ISO 9660 is {leaf.path}"))
        except Broken as error:
            self.faults.append(("unreadable", "ISO 9660", str(error)))
            return
        for named in self._files.values():
            if "Rock Ridge" in named.lacking:
                continue  # the same records
            if not any(not leaf.extents or leaf.extents in there for leaf in named.leaves()):
                named.lacking.append("ISO 9660")

    def _path_tables(self, volume: Volume) -> None:
        kind = "Joliet" if volume.joliet else "ISO 9660"
        if not volume.folders:
            return
        try:
            for name, table in volume.path_tables():
                if table != volume.folders:
                    what = f"path table {name} of {kind}"
                    self.faults.append(
                        ("changed", what, "its folders are not those of the directory records")
                    )
        except Broken as error:
            self.faults.append(("changed", f"path table of {kind}", str(error)))

    def _layout(self, volumes: list[Volume]) -> None:
        """Check that no file overlaps another, and that no other session lies between them."""
        places = [
            (run, path) for path, named in self._files.items() for x in named.leaves() for run in x.extents
        ]
        for path, other in overlaps(places):
            self.faults.append(("changed", path, f"shares bytes with {other}"))
        end = max((v.length for v in volumes), default=self._image.length)
        roots = [v.data[156:190] for v in volumes]
        for sector in others_between(self._image, [run for run, _ in places], end, roots):
            what = f"a volume descriptor of another session is in sector {sector:,}"
            self.faults.append(("extra", "volume descriptor", what))

    def _labels(self, labels: dict[str, str]) -> None:
        """Check that all lists give the same volume label; those with less room may truncate it."""
        said = {k: v.casefold() for k, v in labels.items() if v.isascii() and v}
        shortest = min(said.values(), key=len, default="")
        if any(not label.startswith(shortest) for label in said.values()):
            given = ", ".join(f"{labels[kind]!r} in {kind}" for kind in said)
            self.faults.append(("changed", "volume descriptor", f"the volume label is {given}"))

    def _ends(self, volumes: list[Volume]) -> None:
        """Check that nothing precedes the descriptors or follows the end, where another session would be."""
        places = [("before the volume descriptors", 0, min(SYSTEM_AREA, self._image.length))]
        if volumes:
            end = max(v.length for v in volumes)
            places.append(("after the end of the volume", end, self._image.length - end))
        for where, start, length in places:
            if any(any(block) for block in self._image.blocks(((start, length),))):
                self.faults.append(("extra", "data", f"are {where}"))

    def _refused(self, what: str) -> InputError:
        return InputError(Problem(self.where, "", " ".join(what.split()), FIX))


def _shortened(short: str, long: str) -> bool:
    """Whether a Joliet name may be the shortened form of a long name."""
    (above, _, name), (folder, _, whole) = short.rpartition("/"), long.rpartition("/")
    return above == folder and len(whole) > len(name) >= SHORTENED and whole[:40] == name[:40]


def sums_beside(image: Path) -> Iterator[tuple[Path, str]]:
    """Checksum files next to an image, as `sha256sum` writes them, with the checksum of the whole image."""
    if not image.is_file():
        return
    for file in sorted(image.absolute().parent.glob("*.sha256")):
        if file.is_file() and file.stat().st_size <= LARGEST_SUMS:
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                sha256, _, name = line.partition(" ")
                if name.removeprefix(" ").removeprefix("*") == image.name:
                    yield file, sha256


def check_beside(image: Path, wrong: Wrong, progress: Progress) -> None:
    """Check an image against checksum files next to it."""
    found = list(sums_beside(image))
    if not found:
        return
    size, done = image.stat().st_size, 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("checksum of the image", done, max(size, done))

    sha256 = digest(image, more)
    for file, said in found:
        if said.lower() != sha256:
            wrong("changed", image.name, f"its checksum is not that of {file.name}")
