"""The release: what it is, what it contains, and how to cite it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnFacts:
    """A column of a catalogue."""

    name: str
    datatype: str
    unit: str | None
    ucd: str | None
    description: str | None


@dataclass(frozen=True)
class CatalogueFacts:
    """A catalogue of the release."""

    name: str
    title: str
    rows: int
    columns: dict[str, ColumnFacts]


@dataclass(frozen=True)
class Release:
    """Facts of a release. `doi` and `address` are None where it has none."""

    name: str
    version: str
    title: str
    doi: str | None
    address: str | None
    citation: str
    """As in a list of references."""
    bibtex: str
    """An entry for BibTeX; "" if the release has none."""
    acknowledgement: str
    """For a publication; may be ""."""
    simulated: bool
    catalogues: dict[str, CatalogueFacts]
    spectra: tuple[str, ...]
    """Names of the sets of spectra."""

    def cite(self) -> str:
        """How to cite the release: as text, and as BibTeX."""
        return "\n\n".join(
            part.strip() for part in (self.citation, self.acknowledgement, self.bibtex) if part
        )

    def __repr__(self) -> str:
        lines = [f"{self.title} ({self.name} {self.version})" + (f", doi:{self.doi}" if self.doi else "")]
        lines += ["The data are simulated."] if self.simulated else []
        lines += [
            f"  {one.name}: {one.rows:,} rows, {len(one.columns)} columns" for one in self.catalogues.values()
        ]
        lines += [f"  spectra: {', '.join(self.spectra)}"] if self.spectra else []
        return "\n".join(lines)


def release_of(text: str) -> Release:
    """Return the facts of an answer: `{"name", "version", "title", "doi", "address", "citation", "bibtex",
    "acknowledgement", "simulated", "catalogues": [{"name", "title", "rows", "columns": [{"name", "datatype",
    "unit", "ucd", "description"}]}], "spectra": [name]}`. Members that are not known may be left out.
    """
    about = json.loads(text)
    catalogues = {one["name"]: _catalogue(one) for one in about.get("catalogues") or []}
    spectra = tuple(one if isinstance(one, str) else one["name"] for one in about.get("spectra") or [])
    words = {key: str(about.get(key) or "") for key in ("name", "version", "title")}
    return Release(
        words["name"],
        words["version"],
        words["title"] or " ".join(one for one in (words["name"], words["version"]) if one),
        about.get("doi") or None,
        about.get("address") or about.get("url") or None,
        str(about.get("citation") or ""),
        str(about.get("bibtex") or ""),
        str(about.get("acknowledgement") or ""),
        bool(about.get("simulated")),
        catalogues,
        spectra,
    )


def _catalogue(about: dict[str, Any]) -> CatalogueFacts:
    columns = {
        one["name"]: ColumnFacts(
            one["name"],
            str(one.get("datatype") or one.get("type") or ""),
            one.get("unit") or None,
            one.get("ucd") or None,
            one.get("description") or None,
        )
        for one in about.get("columns") or []
    }
    return CatalogueFacts(about["name"], str(about.get("title") or ""), int(about.get("rows") or 0), columns)
