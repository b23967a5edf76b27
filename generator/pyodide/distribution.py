"""A full distribution of Pyodide that a team has, a folder or an address. Files are checked by the lock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..checksums import digest
from ..model.python import ChosenPython, is_address
from ..problems import InputError, Problem
from .packages import LOCK, Lock, Package

WAIT = (15, 60)
"""Seconds to wait for a connection, and for the next bytes."""
BLOCK = 1 << 18
LARGEST = 1 << 30
"""Bytes of a file at most."""
PLACE = "python.distribution"


@dataclass
class Distribution:
    """The distribution that a setting names."""

    place: str
    setting: Path
    """The file with the setting."""
    ours: Lock
    """The lock of the Pyodide that drportal ships."""
    kept: Path
    """Folder for files from an address."""
    _agreed: bool = field(default=False, init=False)

    @classmethod
    def of(cls, chosen: ChosenPython, ours: Lock, kept: Path) -> Distribution | None:
        if chosen.distribution is None:
            return None
        return cls(chosen.distribution, chosen.distribution_file, ours, kept)

    def file(self, package: Package) -> Path | None:
        """The verified file of a package; None where the distribution has no such file. Raises InputError."""
        self._agree()
        if not is_address(self.place):
            found = Path(self.place) / package.file_name
            if not found.is_file():
                return None
            if digest(found) != package.sha256:
                raise InputError(self._altered(str(found), package))
            return found
        found = self.kept / package.sha256
        if found.is_file() and digest(found) == package.sha256:
            return found
        if (sha256 := self._fetch(package.file_name, found)) is None:
            return None
        if sha256 != package.sha256:
            found.unlink()
            raise InputError(self._altered(f"{self.place.rstrip('/')}/{package.file_name}", package))
        return found

    def _agree(self) -> None:
        """Raise InputError unless the distribution's own lock agrees with Pyodide's."""
        if self._agreed:
            return
        file, fix = Path(self.place) / LOCK, f"name the full distribution of Pyodide {self.ours.version}"
        if is_address(self.place):
            file = self.kept / LOCK
            if self._fetch(LOCK, file) is None:
                raise InputError(self._problem(f"{self.place} has no {LOCK}", fix))
        elif not file.parent.is_dir():
            raise InputError(self._problem(f"{self.place} is not a folder", fix))
        theirs = Lock.read(file, fix)
        if theirs.version != self.ours.version:
            what = f"{self.place} is Pyodide {theirs.version}, and these pages run {self.ours.version}"
            raise InputError(self._problem(what, fix))
        if package := self.ours.disagrees(theirs):
            what = f"the lock of {self.place} has another checksum of {package.file_name} than Pyodide's own"
            raise InputError(self._problem(what, fix))
        self._agreed = True

    def _fetch(self, name: str, out: Path) -> str | None:
        """Download a file; its SHA-256, or None where there is no such file. Raises InputError."""
        import requests  # not above: most builds fetch nothing

        address = f"{self.place.rstrip('/')}/{name}"
        out.parent.mkdir(parents=True, exist_ok=True)
        partial, sha, size = out.with_name(f"{out.name}.part"), hashlib.sha256(), 0
        try:
            with requests.get(address, stream=True, timeout=WAIT) as answer, partial.open("wb") as stream:
                if answer.status_code == 404:
                    return None
                answer.raise_for_status()
                for block in answer.iter_content(BLOCK):
                    size += len(block)
                    if size > LARGEST:
                        raise OSError(f"has more than {LARGEST:,} bytes")
                    sha.update(block)
                    stream.write(block)
            partial.replace(out)
        except OSError as error:
            what = f"{address} cannot be fetched: {str(error).splitlines()[0]}"
            raise InputError(self._problem(what, "correct the address, or name a folder")) from None
        finally:
            partial.unlink(missing_ok=True)
        return sha.hexdigest()

    def _altered(self, where: str, package: Package) -> Problem:
        return package.altered(where, f"copy it again from the distribution of Pyodide {self.ours.version}")

    def _problem(self, what: str, fix: str) -> Problem:
        return Problem(str(self.setting), PLACE, what, fix)
