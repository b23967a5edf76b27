"""Catalogues that a release was matched with: what to cite, as BibTeX, RIS and related works.

Of a catalogue whose objects are simulated nothing is said: nothing comes from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..formats.crossmatches import Crossmatched, MatchCitation
from ..model.text import in_language
from .release_facts import CatalogueFacts, ReleaseFacts, one_line

ADS = "https://ui.adsabs.harvard.edu/abs/"
_PAPER = re.compile(
    r"(?P<authors>.+?) (?P<year>\d{4}), (?P<journal>[^,]+?) (?P<volume>[\w.]+), (?P<page>[\w.]+)"
)


@dataclass(frozen=True)
class Cited:
    """A work that users of matched columns are asked to cite."""

    citation: MatchCitation
    of: tuple[str, ...]
    """Titles of the catalogues."""

    @property
    def key(self) -> str:
        """For BibTeX: the bibcode with the signs that LaTeX allows in keys, or the DOI."""
        return re.sub(r"[^A-Za-z0-9.:/-]", "", self.citation.bibcode or self.citation.doi or "")


def matches_of(catalogues: Sequence[CatalogueFacts]) -> list[Crossmatched]:
    """The matches with published catalogues."""
    return [match for view in catalogues for match in view.matches if not match.other.simulated]


def cited(facts: ReleaseFacts) -> list[Cited]:
    """The works to cite, each once, in the order of release.toml."""
    found: dict[str, Cited] = {}
    for match in matches_of(facts.catalogues):
        title = one_line(in_language(match.other.title, "en", match.name))
        for one in match.other.citations:
            known = found.get(one.text)
            of = known.of if known else ()
            found[one.text] = Cited(one, of if title in of else (*of, title))
    return list(found.values())


def parts(citation: MatchCitation) -> dict[str, str] | None:
    """Authors, year, journal, volume and page of a paper; None for other works."""
    paper = _PAPER.fullmatch(citation.text)
    return paper.groupdict() if paper else None


def ads(bibcode: str) -> str:
    """The address of a paper in the Astrophysics Data System."""
    return ADS + bibcode.replace("&", "%26")


def related(catalogues: Sequence[CatalogueFacts]) -> Iterator[dict[str, str]]:
    """Related identifiers for DataCite: where the other catalogues are from, and their papers."""
    seen: set[str] = set()
    for match in matches_of(catalogues):
        for one in _of_match(match):
            if one["relatedIdentifier"] not in seen:
                seen.add(one["relatedIdentifier"])
                yield one


def _of_match(match: Crossmatched) -> Iterator[dict[str, str]]:
    if source := origin(match):
        yield _relation(source, "URL", "IsDerivedFrom", "Dataset")
    for one in match.other.citations:
        if one.doi:
            yield _relation(one.doi, "DOI", "References", "JournalArticle" if parts(one) else "Other")
        elif one.bibcode:
            yield _relation(one.bibcode, "bibcode", "References", "JournalArticle" if parts(one) else "Other")


def _relation(value: str, kind: str, relation: str, general: str) -> dict[str, str]:
    return {
        "relatedIdentifier": value,
        "relatedIdentifierType": kind,
        "relationType": relation,
        "resourceTypeGeneral": general,
    }


def origin(match: Crossmatched) -> str | None:
    """The address of the other catalogue: the first where it can be had."""
    return next(iter(match.other.get.values()), None)


def based_on(catalogue: CatalogueFacts) -> list[dict[str, Any]]:
    """The other catalogues of a catalogue as schema.org datasets."""
    return [
        {"@type": "Dataset", "name": one_line(in_language(match.other.title, "en", match.name))}
        | ({"url": source} if (source := origin(match)) else {})
        for match in matches_of([catalogue])
    ]
