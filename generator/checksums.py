"""Checksums of files, and the names in a catalogue's folder of checksum lists and script twins."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

SUMS = "SHA256SUMS"
"""Checksums that are copied with a catalogue, without those of script twins, which repeat its files."""
TWINS = "chunks"
"""Folder of script twins: the bytes of the Parquet files again, for pages opened from disk."""

MANIFEST = "manifest.json"
SIGNATURE = f"{MANIFEST}.minisig"
PUBLIC_KEY = "minisign.pub"
BAG = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
"""The file that makes a folder a BagIt bag."""
PIECE = 1 << 22
"""Bytes read at a time when progress is reported."""
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that is not shown, e.g. in a worker process, which has no terminal."""


def digest(file: Path, more: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file, in hexadecimal; `more` is called with the bytes of each block read."""
    with file.open("rb") as stream:
        if more is None:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        sha = hashlib.sha256()
        while piece := stream.read(PIECE):
            sha.update(piece)
            more(len(piece))
        return sha.hexdigest()


def copied(source: Path, target: Path) -> str:
    """Copy a file; the SHA-256 of what was written."""
    sha = hashlib.sha256()
    with source.open("rb") as stream, target.open("wb") as out:
        while piece := stream.read(PIECE):
            sha.update(piece)
            out.write(piece)
    return sha.hexdigest()


def digests_of(files: Iterable[Path], progress: Progress) -> dict[Path, str]:
    """SHA-256 of files, which may be large; `progress` is called with the bytes read."""
    sizes = {file: file.stat().st_size for file in files}
    total, done = sum(sizes.values()), 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("checksums of the sources", done, max(total, done))

    return {file: digest(file, more) for file in sizes}


def link_tree(source: Path, target: Path, without: Collection[str] = ()) -> None:
    """Copy a folder, by hard links where possible: built files are never written again.

    Folders in `without` (paths below `source`) are left out. Existing files in the target are replaced.
    """

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except FileExistsError:  # never write into a file that may be a hard link
            Path(other).unlink()
            link(one, other)
        except OSError:
            shutil.copyfile(one, other)

    def tree(place: str, above: str) -> None:
        folder = f"{target}/{above}"
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        with os.scandir(place) as entries:
            for entry in entries:
                if not entry.is_dir():
                    link(entry.path, folder + entry.name)
                elif above + entry.name not in without:
                    tree(entry.path, f"{above}{entry.name}/")

    tree(str(source), "")


@dataclass(frozen=True)
class DataFile:
    """A file listed in SHA256SUMS."""

    path: str
    """Relative to the folder of SHA256SUMS."""
    size: int
    """In bytes."""
    sha256: str


def read_checksums(folder: Path) -> list[DataFile]:
    """The files of a catalogue or set of spectra listed in its SHA256SUMS, without script twins."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    parts = [line.split("  ", 1) for line in lines]
    return [DataFile(path, (folder / path).stat().st_size, digest) for digest, path in parts]
