"""Pyodide's lock file: every package of one version, its checksum, and the packages that it needs."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem

LOCK = "pyodide-lock.json"
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def plain(name: str) -> str:
    """A package's name as names are compared: Pyodide's lock itself writes some in two ways."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Package:
    """An entry of the lock file."""

    name: str
    version: str
    file_name: str
    sha256: str
    depends: tuple[str, ...]
    """Names of packages, as everywhere here the keys of the lock file."""

    def altered(self, where: str, fix: str) -> Problem:
        """The problem of a file that has other bytes than the lock says."""
        what = f"has other bytes than {self.name} {self.version} in Pyodide's lock file"
        return Problem(where, "", what, fix)


@dataclass(frozen=True)
class Lock:
    """A lock file."""

    version: str
    """Version of Pyodide."""
    packages: dict[str, Package]
    """By the plain name."""

    @classmethod
    def read(cls, file: Path, fix: str) -> Lock:
        """Read a lock file; `fix` says what to do without one. Raises InputError."""
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
            return cls(str(read["info"]["version"]), _packages(read["packages"]))
        except FileNotFoundError:
            what = "is missing"
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"is not a lock file of Pyodide: {type(error).__name__}: {error}"
        raise InputError(Problem(str(file), "", what, fix))

    def closure(self, names: Iterable[str]) -> dict[str, Package]:
        """The named packages and all that they need, by the names of the lock file, in their order."""
        todo, found = [plain(name) for name in names], dict[str, Package]()
        while todo:
            package = self.packages[todo.pop()]
            if package.name not in found:
                found[package.name] = package
                todo += [plain(name) for name in package.depends]
        return dict(sorted(found.items()))

    def unknown(self, name: str) -> str | None:
        """How to correct a name that is not in the lock file; None for one that is."""
        if plain(name) in self.packages:
            return None
        near = difflib.get_close_matches(plain(name), self.packages, n=1)
        if near:
            return f"did you mean {self.packages[near[0]].name!r}?"
        return f"Pyodide {self.version} has {len(self.packages)} packages; use names of its lock file"

    def disagrees(self, other: Lock) -> Package | None:
        """The first package whose checksum in `other` is not the one of this lock."""
        both = ((ours, other.packages.get(name)) for name, ours in self.packages.items())
        return next((ours for ours, one in both if one and one.sha256 != ours.sha256), None)


def _packages(entries: dict[str, Any]) -> dict[str, Package]:
    names = {plain(name): name for name in entries}
    found = {}
    for name, entry in entries.items():
        file_name, sha256 = str(entry["file_name"]), str(entry["sha256"])
        # It is a path in a folder that others made.
        if not _FILE.fullmatch(file_name) or not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError(f"{name} has no file name or checksum")
        if lacking := [one for one in entry["depends"] if plain(one) not in names]:
            raise ValueError(f"{name} needs {lacking[0]}, which is not in it")
        depends = tuple(names[plain(one)] for one in entry["depends"])
        found[plain(name)] = Package(name, str(entry["version"]), file_name, sha256, depends)
    return found
