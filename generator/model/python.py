"""`python` of portal.toml and release.toml: Python in the pages of releases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from .strict import PathText, Strict
from .text import WEB_ADDRESS

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _package(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} is not the name of a package; write one such as scipy, without a version"
        )
    return value


class Python(Strict):
    """The table `[python]`; `python = true`, `false` or a list of packages are short for one."""

    packages: list[Annotated[str, AfterValidator(_package)]] = Field(default_factory=list)
    """Packages in addition to the usual ones; what they need comes with them."""
    distribution: PathText | None = None
    """A full distribution of Pyodide: a folder, relative to the file, or an address."""
    ships: bool = True
    """Whether releases have Python."""


def _whole(value: Any) -> Any:
    """The table that a short form stands for."""
    if isinstance(value, bool):
        return {"ships": value}
    if isinstance(value, list):
        return {"packages": value}
    if value is not None and not isinstance(value, dict | Python):
        raise ValueError('is neither true nor false; write python = true, or packages as in ["scipy"]')
    return value


PythonSetting = Annotated[Python | None, BeforeValidator(_whole)]


@dataclass(frozen=True)
class ChosenPython:
    """What a release ships, and which setting says so."""

    packages: tuple[str, ...]
    distribution: str | None
    """A folder or an address."""
    file: Path
    """Where the packages are named."""
    distribution_file: Path
    """Where the distribution is named."""

    @property
    def folder(self) -> Path | None:
        """The distribution where it is a folder."""
        return Path(self.distribution) if self.distribution and not is_address(self.distribution) else None


def is_address(place: str) -> bool:
    return WEB_ADDRESS.fullmatch(place) is not None


def chosen_python(
    portal: Python | None, portal_file: Path, release: Python | None, release_file: Path
) -> ChosenPython | None:
    """What a release ships: its own setting wins over the portal's, whose distribution it may use."""
    wanted, file = (portal, portal_file) if release is None else (release, release_file)
    if wanted is None or not wanted.ships:
        return None
    named, at = (release, release_file) if release and release.distribution else (portal, portal_file)
    place = named.distribution if named else None
    if place and not is_address(place):
        place = str(at.parent / place)
    return ChosenPython(tuple(wanted.packages), place, file, at)
