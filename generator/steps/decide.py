"""Decides what to build: which releases, for whom, with which key, beside which existing releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..model import Audience, Edition, Portal, Release, load_portal
from ..model.chosen import choose
from ..publish.minisign import SigningKey, signing_key


@dataclass(frozen=True)
class Options:
    """Options of the command line, except portal, site and releases."""

    jobs: int = 1
    """Number of pieces made at once."""
    keep_going: bool = False
    """Leave out and report spectra that cannot be read."""
    audience: Audience = Audience.public
    check_cache: bool = False
    """Check every byte of the cache against its checksum."""
    explain: Callable[[str, str], None] | None = None
    """If set, nothing is made: it is called with the name of each piece that would be, and why."""


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """The plan of a build."""

    portal: Portal
    chosen: list[Release]
    site: Path
    key: SigningKey | None
    options: Options

    @property
    def cache(self) -> Path:
        return self.site.parent / "cache"

    @property
    def new(self) -> Path:
        """Folder where the new site is put together, on the file system of the former one."""
        return self.site.with_name(f".{self.site.name}.new")

    @cached_property
    def standing(self) -> frozenset[str]:
        """Ids of the releases in the former site."""
        return frozenset(r.id for r in self.portal.releases if (self.site / r.id / "index.html").is_file())

    @property
    def staying(self) -> list[Release]:
        """Releases in the former site that are not built now."""
        return [r for r in self.portal.releases if r.id in self.standing and r not in self.chosen]

    @property
    def available(self) -> frozenset[str]:
        """Ids of the releases that the new site will have."""
        return self.standing | {r.id for r in self.chosen}


def decide(folder: Path, site: Path, names: list[str], options: Options) -> Plan:
    """Read the portal in `folder` and choose its releases. Raises InputError."""
    portal = load_portal(folder, Edition.today(options.audience))
    chosen = choose(portal, names)
    return Plan(portal, chosen, site, signing_key(portal.signing_key, folder), options)
