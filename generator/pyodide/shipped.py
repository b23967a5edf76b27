"""Python as a release ships it: what its pages know of it, and the files below assets/."""

from __future__ import annotations

import functools
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..checksums import digest
from ..formats.blocks import PythonAssets, PythonPackage
from ..model.python import ChosenPython
from ..problems import InputError, Problem
from .distribution import Distribution
from .notices import notices
from .packages import Package
from .parts import FIX, Parts
from .stored import script, stored, stored_size, unpacked

FOLDER = "python"
"""Below assets/."""
NOTICES = f"{FOLDER}/THIRD-PARTY.txt"
AGAIN = "make clean, then make client"
"""How to get the files of the client anew."""


@dataclass(frozen=True)
class Shipped:
    """Python for a release."""

    parts: Parts
    assets: PythonAssets
    """What pages know of it."""
    packages: dict[str, tuple[Package, Path]]
    """The file of each package, by name."""

    @classmethod
    def of(cls, chosen: ChosenPython, parts: Parts, kept: Path) -> Shipped:
        """Find the packages that a release names. Raises InputError.

        `kept` is a folder for files from an address.
        """
        problems = [
            Problem(str(chosen.file), "python.packages", f"no package {name!r}", fix)
            for name in chosen.packages
            if (fix := parts.lock.unknown(name))
        ]
        if problems:
            raise InputError(problems)
        wanted = parts.lock.closure([*parts.default, *chosen.packages])
        files = _files(chosen, parts, wanted, Distribution.of(chosen, parts.lock, kept))
        default = parts.lock.closure(parts.default)
        assets = PythonAssets(
            pyodide=parts.version,
            python=str(parts.entry["python"]),
            **parts.runtime,
            packages={name: _described(*one, name in default) for name, one in files.items()},
        )
        return cls(parts, assets, files)

    @property
    def runtime(self) -> list[str]:
        """The files that are the same in every site, in assets/ and in client/dist/."""
        return [path for part in self.parts.runtime.values() for path in (part.file, part.script)]

    @functools.cached_property
    def size(self) -> int:
        """The bytes of all files, except notices."""
        runtime = sum((self.parts.dist / path).stat().st_size for path in self.runtime)
        packages = ((logical(name), stored(file.read_bytes())) for name, (_, file) in self.packages.items())
        return runtime + sum(len(packed) + len(script(name, packed)) for name, packed in packages)

    def install(self, out: Path) -> None:
        """Write the files into assets/ below `out`. Raises InputError for a part with other bytes."""
        (out / "assets" / FOLDER).mkdir(parents=True, exist_ok=True)
        for name, part in self.parts.runtime.items():
            packed = (self.parts.dist / part.file).read_bytes()
            if not _sound(packed, part.sha256) or script(f"{FOLDER}/{name}", packed) != (
                (self.parts.dist / part.script).read_bytes()
            ):
                raise InputError(Problem(str(self.parts.dist / part.file), "", "is damaged", AGAIN))
            for path in (part.file, part.script):
                shutil.copyfile(self.parts.dist / path, out / "assets" / path)
        for name, (package, file) in self.packages.items():
            raw = file.read_bytes()
            if hashlib.sha256(raw).hexdigest() != package.sha256:
                raise InputError(package.altered(str(file), AGAIN))
            packed, entry = stored(raw), self.assets.packages[name]
            (out / "assets" / entry.file).write_bytes(packed)
            (out / "assets" / entry.script).write_bytes(script(logical(name), packed))
        (out / "assets" / NOTICES).write_text(
            notices(self.parts, self.packages), encoding="utf-8", newline="\n"
        )


def logical(package: str) -> str:
    """The name by which scripts of pages know a package."""
    return f"{FOLDER}/packages/{package}"


def _files(
    chosen: ChosenPython, parts: Parts, wanted: dict[str, Package], distribution: Distribution | None
) -> dict[str, tuple[Package, Path]]:
    """The verified file of each package: the team's own distribution comes first. Raises InputError."""
    files, lacking = {}, []
    for name, package in wanted.items():
        found = distribution.file(package) if distribution else None
        if found is None:
            found = parts.file(package)
            if found and not (found.is_file() and digest(found) == package.sha256):
                raise InputError(package.altered(str(found), AGAIN))
        if found is None:
            lacking.append(package)
        else:
            files[name] = (package, found)
    if lacking:
        names = ", ".join(package.name for package in lacking)
        if any(package.name in parts.lock.closure(parts.default) for package in lacking):
            what, fix = f"drportal was built without {names}", FIX
        elif distribution:
            what = f"{distribution.place} has no file {', '.join(package.file_name for package in lacking)}"
            fix = f"name the full distribution of Pyodide {parts.version}"
        else:
            what = f"drportal does not ship {names}"
            fix = f"name the full distribution of Pyodide {parts.version} in python.distribution"
        raise InputError(Problem(str(chosen.file), "python", what, fix))
    return files


def _described(package: Package, file: Path, default: bool) -> PythonPackage:
    raw = file.stat().st_size
    stem = f"{FOLDER}/{package.name}.{package.sha256[:8]}"
    return PythonPackage(
        file=f"{stem}.bin",
        script=f"{stem}.js",
        size=stored_size(raw),
        raw=raw,
        sha256=package.sha256,
        version=package.version,
        file_name=package.file_name,
        depends=sorted(package.depends),
        default=default,
    )


def _sound(packed: bytes, sha256: str) -> bool:
    raw = unpacked(packed)
    return raw is not None and hashlib.sha256(raw).hexdigest() == sha256
