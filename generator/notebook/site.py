"""The release that a notebook asks in plain Python: a folder or an address instead of the page.

`open` names it; else the environment variable DRPORTAL_SITE, else the metadata of the notebook that runs. Its
files are read in ranges, as pages read them; nothing is downloaded whole.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from ..formats import Catalogue, Spectra
from ..ingest.values.sql_text import quoted
from ..metadata.sky import sky_functions
from ..problems import InputError
from .answers import result
from .conditions import search
from .files import SCHEME, Files
from .page.drportal import Error, _transport
from .spectra import Spectrum, read_spectrum
from .views import present_view

VARIABLE = "DRPORTAL_SITE"


class Site:
    """A release, as the package in the page asks its page. See `page/drportal/_transport.py`."""

    def __init__(self, place: str) -> None:
        self.files = Files(place)
        page = self._page()
        self.label: str = page["release"]["label"]
        self.page = page
        self._catalogues = {one["name"]: one for one in page["catalogues"]}
        self._spectra = {one["name"]: one for one in page["spectra"]}
        self._described: dict[str, Catalogue] = {}
        self._database: duckdb.DuckDBPyConnection | None = None

    def _page(self) -> dict[str, Any]:
        """What every page of a release knows: its catalogues and sets of spectra."""
        for name in ("sql.html", "index.html"):
            if name != "index.html" and not self.files.has(name):
                continue
            found: dict[str, Any] | None = self.files.block(name, "page")
            if found and found.get("release"):
                return found
            if found:
                raise Error(
                    f"{self.files.place} is a portal: open one of its releases, the folder of its index.html"
                )
        raise Error(f"{self.files.place} is not a release made by drportal")

    async def request(self, name: str, arguments: str, /) -> Any:
        """Answer a question."""
        asked = json.loads(arguments)
        try:
            if name == "sql":
                return self._sql(asked["sql"])
            if name == "table":
                return self._sql(search(*self._searched(asked)))
            if name == "spectrum":
                return self._spectrum(asked["id"], asked.get("set")).sent()
            if name == "release":
                return json.dumps(self._facts())
        except (duckdb.Error, InputError) as error:
            raise Error(" ".join(str(error).split())) from None
        raise Error(f"there is no question {name!r}")

    def save(self, name: str, data: Any, /) -> None:
        """Write a file into the current folder."""
        Path(name).write_bytes(bytes(data))
        print(f"{name}: {len(data):,} bytes")

    def show(self, statement: str, /) -> None:
        """Say where the rows are shown: plain Python has no search page."""
        print(f"{self.files.address('sql.html')}?sql={quote(statement, safe='')}")

    def display(self, mime: str, data: Any, /) -> None:
        """Show an output, in Jupyter."""
        from IPython.display import display

        display({mime: data}, raw=True)

    # ---- catalogues

    def catalogue(self, name: str) -> Catalogue:
        """The description of a catalogue."""
        if name not in self._catalogues:
            known = ", ".join(self._catalogues) or "none"
            raise Error(f"{self.label} has no catalogue {name!r}; it has: {known}")
        if name not in self._described:
            path = f"data/{name}/{Catalogue.FILE}"
            self._described[name] = Catalogue.parse(self.files.read(path), self.files.address(path))
        return self._described[name]

    def database(self) -> duckdb.DuckDBPyConnection:
        """DuckDB with the views of all catalogues and the functions of the SQL page."""
        if self._database is None:
            made = duckdb.connect()
            if self.files.is_web:
                made.register_filesystem(self.files.for_duckdb())
            made.execute("SET TimeZone = 'UTC'")
            made.execute("SET python_enable_replacements = false")  # names are those of the release alone
            for name, about in self._catalogues.items():
                meta, stored = self.catalogue(name), about["stored"]
                columns = ", ".join(quoted(column.name) for column in meta.columns)
                paths = [f"data/{name}/{part.path}" for part in meta.partitions]
                start = f"{SCHEME}://" if self.files.is_web else f"{self.files.place}/"
                rows = made.read_parquet([start + path for path in paths], hive_partitioning=False)
                rows.project(columns).create_view(stored)
                made.execute(present_view(meta, stored))
            made.execute(sky_functions())
            self._database = made
        return self._database

    def _sql(self, statement: str) -> dict[str, Any]:
        statement = statement.strip().rstrip(";").strip()
        return result(self.database(), statement, self._columns_of(statement))

    def _columns_of(self, statement: str) -> dict[str, list[dict[str, Any]]]:
        """What is known of the columns of the catalogues that a statement names, by their names."""
        words = set(re.findall(r"\w+", statement))
        known: dict[str, list[dict[str, Any]]] = {}
        for name, about in self._catalogues.items():
            if not words & {*re.findall(r"\w+", name), *re.findall(r"\w+", about["stored"])}:
                continue
            types = {
                row[0]: row[1]
                for row in self.database().execute(f"DESCRIBE {quoted(about['stored'])}").fetchall()
            }
            for column in self.catalogue(name).columns:
                facts = {"unit": column.unit, "ucd": column.ucd, "description": column.description}
                known.setdefault(column.name, []).append(facts | {"type": types[column.name]})
        apart = {"type": "DOUBLE", "unit": "arcsec", "description": "Distance from the centre", "ucd": None}
        known.setdefault("separation", []).append(apart | {"ucd": "pos.angDistance"})
        return known

    def _searched(self, asked: dict[str, Any]) -> tuple[Catalogue, dict[str, Any], list[str]]:
        meta = self.catalogue(asked["catalogue"])
        typical: list[str] = []
        if asked.get("columns") is None and self.files.has("object.html"):
            block = self.files.block("object.html", "object-facts") or {}
            typical = block.get("objects", {}).get(meta.name, {}).get("typical", [])
        return meta, asked, typical or [column.name for column in meta.columns]

    # ---- spectra

    def _spectrum(self, ident: str, name: str | None) -> Spectrum:
        if name is not None and name not in self._spectra:
            known = ", ".join(self._spectra) or "none"
            raise Error(f"{self.label} has no set of spectra {name!r}; it has: {known}")
        observed = [one for one, about in self._spectra.items() if not about.get("templates_of")]
        for one in [name] if name is not None else observed:
            path = f"data/spectra/{one}/{Spectra.FILE}"
            meta = Spectra.parse(self.files.read(path), self.files.address(path))
            found = read_spectrum(self.files, meta, ident)
            if found is not None:
                return found
        raise Error(f"{self.label} has no spectrum {ident}")

    # ---- facts

    def _facts(self) -> dict[str, Any]:
        datacite = self.files.json("meta/datacite.json") if self.files.has("meta/datacite.json") else {}
        bibtex = self.files.read("meta/citation.bib").decode() if self.files.has("meta/citation.bib") else ""
        titles = datacite.get("titles") or [{}]
        identifiers = datacite.get("identifiers") or []
        doi = datacite.get("doi") or next(
            (one.get("identifier") for one in identifiers if one.get("identifierType") == "DOI"), None
        )
        version = str(datacite.get("version") or "")
        return {
            "name": self.label.removesuffix(version).strip() or self.label,
            "version": version,
            "title": titles[0].get("title") or self.label,
            "doi": doi,
            "address": self.page.get("address"),
            "citation": self.page.get("citation") or "",
            "bibtex": bibtex,
            "acknowledgement": self.page.get("cite") or "",
            "simulated": self.page["release"]["simulated"],
            "catalogues": [
                {
                    "name": name,
                    "title": about["title"],
                    "rows": about["rows"],
                    "columns": self._column_facts(name),
                }
                for name, about in self._catalogues.items()
            ],
            "spectra": [{"name": name} for name in self._spectra],
        }

    def _column_facts(self, name: str) -> list[dict[str, Any]]:
        keys = ("name", "datatype", "unit", "ucd", "description")
        return [{key: getattr(column, key) for key in keys} for column in self.catalogue(name).columns]


def open(place: str | os.PathLike[str]) -> None:
    """Name the release that is asked from now on: its folder, or the address of its index.html.

    In a page nothing changes: there the page's own release answers.
    """
    _transport.use(Site(os.fspath(place)))


def open_usual() -> None:
    """Open the release that the environment or the running notebook names, if one does and none is open."""
    if _transport.is_open():
        return
    place = os.environ.get(VARIABLE) or _named_by_notebook()
    if place:
        open(place)


def _named_by_notebook() -> str | None:
    """The release in whose folder the notebook is that Jupyter runs, else the address in its metadata."""
    file = Path(os.environ.get("JPY_SESSION_NAME") or "")
    if file.suffix != ".ipynb" or not file.is_file():
        return None
    for folder in file.absolute().parents[:3]:
        if all((folder / name).is_file() for name in ("python.html", "manifest.json")):
            return str(folder)
    try:
        site = json.loads(file.read_bytes())["metadata"]["drportal"]["site"]
        return str(site["address"]) if site.get("address") else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
