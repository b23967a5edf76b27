"""Totals over the packs of a set, and the checksums of all its files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..checksums import SUMS, TWINS, digest
from ..formats.spectra import Shipped, Spectra, SpectraGrids, SpectraIndexFile
from .pack import write_script

Notes = Callable[[], Iterator[tuple[int, dict[str, Any]]]]
"""Pack numbers with the notes of the packs: see pack.py."""


@dataclass
class Totals:
    """Totals of the notes of all packs."""

    spectra: int = 0
    parts: int = 0
    pixels: int = 0
    packs: int = 0
    bytes: int = 0
    layouts: dict[str, list[str]] = field(default_factory=dict)
    """By layout, the masks of its spectra."""
    lost: list[Any] = field(default_factory=list)
    odd: dict[str, list[Any]] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    """Checksums by path, except of originals, which are as many as spectra."""
    lines: dict[int, list[str]] = field(default_factory=dict)
    """Lines of checksum, size and path of the packs, by pack folder."""
    shipped: Shipped = field(default_factory=lambda: Shipped(files=0, bytes=0))
    """Of originals."""
    scripts: int = 0
    """Bytes of script twins."""

    def add(self, note: dict[str, Any]) -> None:
        self.spectra += len(note["ids"])
        self.parts += note["parts"]
        self.pixels += note["pixels"]
        self.packs += 1
        self.lost += note["left_out"]
        for name, (path, why, count) in note["odd"].items():
            self.odd.setdefault(name, [path, why, 0])[2] += count
        for name, masks in note["layouts"].items():
            self.layouts[name] = sorted({*self.layouts.get(name, []), *masks})
        for path, size, sha in note["files"]:
            if path.startswith("packs/"):
                self.bytes += size
                self.lines.setdefault(int(path.split("/")[1]), []).append(f"{sha}  {size}  {path}\n")
                self.sums[path] = sha
            elif path.startswith(f"{TWINS}/"):
                self.scripts += size
            else:
                self.shipped.files += 1
                self.shipped.bytes += size

    def write_sums(
        self,
        out: Path,
        set_name: str,
        grids: SpectraGrids | None,
        index: list[SpectraIndexFile],
        notes: Notes,
    ) -> None:
        """Write the checksums of a set whose other files exist: SHA256SUMS, and the scripts of packs."""
        small = [Spectra.FILE, *([grids.path] if grids else [])]
        for path in [*small, Spectra.SCRIPT, *(i.path for i in index)]:
            self.sums[path] = digest(out / path)
        lines = (f"{self.sums[p]}  {(out / p).stat().st_size}  {p}\n" for p in small)
        self.lines.setdefault(0, []).extend(lines)
        _write_scripts(out, set_name, self.lines)
        _write_list(out, notes, self.sums)


def _write_scripts(out: Path, set_name: str, packs: dict[int, list[str]]) -> None:
    """Write scripts with checksum, size and path of each pack, one for each folder of packs.

    The first also contains those of the description and the grids.
    """
    folder = out / TWINS / "sums"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, lines in packs.items():
        name = f"sums/{number:03d}"
        write_script(out / TWINS / f"{name}.js", f"spectra/{set_name}", name, "".join(lines).encode())


def _write_list(out: Path, notes: Notes, sums: dict[str, str]) -> None:
    """Write SHA256SUMS: first the originals, whose paths sort before all others, then `sums`."""
    with (out / SUMS).open("w", encoding="utf-8", newline="\n") as stream:
        for _, note in notes():
            originals = {path: sha for path, _, sha in note["files"] if path.startswith("fits/")}
            stream.writelines(f"{originals[path]}  {path}\n" for path in sorted(originals))
        stream.writelines(f"{sums[path]}  {path}\n" for path in sorted(sums))
