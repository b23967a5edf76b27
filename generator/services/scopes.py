"""What services at an address answer about: a release, or all releases of a portal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from .columns import Table
from .database import Database, Source
from .faults import NotFound
from .obscore import obscore_source, united
from .releases import Release
from .tables import catalogue_tables
from .tap_schema import add_tap_schema


@dataclass(frozen=True)
class Scope:
    """Releases and their tables."""

    path: str
    """Below the address of the site; "" or with a slash at its end."""
    title: str
    description: str
    releases: list[Release]
    tables: list[Table]
    catalogues: dict[str, Table]
    """Those of the cone search, by their names in addresses."""
    obscore: Table | None
    schemas: dict[str, str]
    """Descriptions by name."""
    prefixes: dict[str, Release]
    """Releases with spectra, by the beginning of the identifiers of these."""

    def catalogue(self, name: str) -> Table:
        """The table of a catalogue. Raises NotFound."""
        if name not in self.catalogues:
            known = ", ".join(self.catalogues) or "none"
            raise NotFound(f"there is no catalogue {name!r} with positions here; there are: {known}")
        return self.catalogues[name]


class Held(Protocol):
    """Where the files of the site are."""

    def has(self, file: Path) -> bool: ...

    def name(self, file: Path) -> str: ...


def fill(database: Database, releases: list[Release], held: Held) -> dict[str, Scope]:
    """Create all tables in the database, and lock it. Returns the scopes by their addresses."""
    tables: dict[str, list[Table]] = {}
    spectra: dict[str, Source] = {}
    for release in releases:
        sources = [
            source
            for catalogue in release.catalogues
            for _, source in catalogue_tables(
                release.key, release.folder, catalogue, release.statistics[catalogue.name], release.words
            )
        ]
        tables[release.key] = [database.add(s, held.name) for s in sources]
        found = obscore_source(release)
        if held.has(found.files[0]):
            spectra[release.key] = replace(found, table=database.add(found, held.name))
    with_data = [r for r in releases if tables[r.key] or r.key in spectra]
    scopes: dict[str, Scope] = {}
    for release in with_data if releases[0].ident or len(releases) > 1 else releases:
        path = f"{release.ident}/" if release.ident else ""
        scopes[release.ident] = _scope(database, path, [release], tables, spectra)
    if "" not in scopes:
        scopes[""] = _scope(database, "", with_data, tables, spectra)
    database.lock()
    return scopes


def _scope(
    database: Database,
    path: str,
    releases: list[Release],
    tables: dict[str, list[Table]],
    spectra: dict[str, Source],
) -> Scope:
    single = releases[0] if len(releases) == 1 and (path or not releases[0].ident) else None
    own = [spectra[r.key] for r in releases if r.key in spectra]
    obscore: Table | None = own[0].table if own else None
    if own and single is None:
        table, select = united(own)
        obscore = database.add_view(table, select)
    listed = [t for r in releases for t in tables[r.key]] + ([obscore] if obscore else [])
    schemas = {r.key: r.words.title for r in releases} | {"ivoa": "Tables of IVOA standards"}
    catalogues: dict[str, Table] = {}
    for release in releases:
        names = {c.name for c in release.catalogues if c.position}
        for table in tables[release.key]:
            if table.name in names:
                if single is None:
                    catalogues[f"{release.key}.{table.name}"] = table
                else:
                    catalogues[table.name] = table
    if single is None:
        catalogues |= _unambiguous(releases, catalogues)
    key = single.key if single else ""
    made = add_tap_schema(database.add_rows, listed, schemas, key)
    words = single.words if single else releases[0].words if releases else None
    title = words.title if single and words else (words.portal if words else "")
    about = words.description if single and words else f"All releases of {title}"
    prefixes = {_prefix(database, spectra[r.key]): r for r in releases if r.key in spectra}
    return Scope(path, title, about, releases, [*listed, *made], catalogues, obscore, schemas, prefixes)


def _unambiguous(releases: list[Release], catalogues: dict[str, Table]) -> dict[str, Table]:
    """Catalogues that only one release has, under their names alone."""
    names = [c.name for r in releases for c in r.catalogues]
    return {
        full.partition(".")[2]: table
        for full, table in catalogues.items()
        if names.count(full.partition(".")[2]) == 1
    }


def _prefix(database: Database, source: Source) -> str:
    """The beginning of the identifiers of a release's spectra, up to the question mark."""
    found = database.value(f"SELECT obs_publisher_did FROM {source.table.sql} LIMIT 1")
    return f"{str(found or '').rpartition('?')[0]}?"
