"""The parts of Python that were built with drportal: client/dist/python/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..formats.blocks import PythonPart
from ..problems import InputError, Problem
from .packages import LOCK, Lock, Package

RUNTIME = ("worker", "wasm", "stdlib", "snapshot", "lock", "bridge", "fonts")
"""Parts that every site with Python has, by their names in PythonAssets."""


@dataclass(frozen=True)
class Parts:
    """What the client's build put into dist/python/, as its manifest describes it."""

    dist: Path
    entry: dict[str, Any]

    @classmethod
    def of(cls, dist: Path) -> Parts:
        """Read the manifest. Raises InputError where the client was built without Python."""
        file = dist / "manifest.json"
        entry = json.loads(file.read_text(encoding="utf-8")).get("python")
        if not entry:
            raise InputError(Problem(str(file), "python", "the client is built without Python", FIX))
        return cls(dist, entry)

    @property
    def version(self) -> str:
        return str(self.entry["pyodide"])

    @property
    def default(self) -> list[str]:
        """Packages of every release with Python, without those that they need."""
        return list(self.entry["default"])

    @cached_property
    def runtime(self) -> dict[str, PythonPart]:
        return {name: PythonPart.model_validate(self.entry[name]) for name in RUNTIME}

    @cached_property
    def lock(self) -> Lock:
        return Lock.read(self.dist / "python" / LOCK, FIX)

    @property
    def notices(self) -> str:
        """The notices of Pyodide itself."""
        return (self.dist / str(self.entry["notices"])).read_text(encoding="utf-8")

    def licence(self, package: str) -> str | None:
        """The notice of a package that has none of its own."""
        path = self.entry["licences"].get(package)
        return (self.dist / path).read_text(encoding="utf-8") if path else None

    def file(self, package: Package) -> Path | None:
        """The file of a package; None for one that only a full distribution has."""
        path = self.entry["wheels"].get(package.file_name)
        return self.dist / path if path else None


FIX = "build it with `make client`, connected to a package index; see docs/python.md"
