"""Renders the pages of a release; pages not affected by a change are taken from the last build."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ..checksums import Progress
from ..documents.reading import Known, Summary
from ..formats.copies import EditionMark
from ..pieces import DATA, Kept, Lines, reason
from ..problems import InputError, several
from ..processes import shared_out
from .folder import Folder, Made
from .page import Planned
from .plan import plan_pages
from .records import DocumentRecords
from .render import render_page
from .site import Site
from .sources import PageSources
from .write import document_files, release_files

INDEX = "pages.json"
"""File beside the pages: the digest of the inputs of each, by path, and summaries of documents."""
RECORDS = "records.txt"
"""File beside the pages: the records of documents for the search."""
PACK = "pack.json"
"""File beside the metadata: what pages need of them."""
NAMED = 20
"""Number of pages that `--explain` names."""


@dataclass
class Former:
    """The pages of a release from an earlier build."""

    pages: Mapping[str, str] = field(default_factory=dict)
    """Digests of the inputs of each page, by path."""
    records: DocumentRecords = field(default_factory=DocumentRecords)
    """Those of its documents for the search."""
    documents: Mapping[str, Known] = field(default_factory=dict)
    """Its documents by language, if everything else that these show is the same."""

    @classmethod
    def of(cls, sources: PageSources, kept: Kept | None) -> Former:
        """Read them; pages written by another version of drportal are not used."""
        if kept is None or kept.inputs.get("drportal") != sources.settled["drportal"]:
            return cls()
        said = json.loads((kept.folder / INDEX).read_bytes())
        documents = said["documents"] if said["common"] == sources.common else {}
        known = {lang: {n: Summary(*one) for n, one in some.items()} for lang, some in documents.items()}
        records = DocumentRecords.read((kept.folder / RECORDS).read_bytes().decode())
        return cls(said["pages"], records, known)


@dataclass
class Pages:
    """Makes the pages of a release, and explains why."""

    sources: PageSources
    metadata: Kept
    kept: Kept | None
    """The piece of an earlier build."""
    counted: Callable[[int], None]
    """Called with the number of pages so far."""

    def make(self, folder: Path, _progress: Progress) -> Lines:
        """Write all pages, and what they load in addition to data, into an empty folder."""
        former, planned = self._plan()
        site, out = self.sources.site, Folder(folder / DATA)
        keys = {one.place: self._key(one) for one in planned}
        same = {place for place, key in keys.items() if former.pages.get(place) == key}
        if self.kept and same:
            out.link(self.kept, same)
        stale = [one for one in planned if one.place not in same]
        for done, made in enumerate(render_all(site, stale, out), start=1 + len(same)):
            out.add(made)
            self.counted(done)
        former.records.find(site)
        for path, text in release_files(site, planned, former.records):
            out.write(path, text)
        for path, file in document_files(site).items():
            out.copy(path, file)
        if not self.sources.portal.edition.is_public:
            mark = EditionMark(audience=self.sources.portal.edition.audience.value)
            out.write(EditionMark.FILE, mark.text())
        said = {
            "common": self.sources.common,
            "pages": keys,
            "documents": {lang: reading.summaries for lang, reading in site.readings.items()},
        }
        (folder / INDEX).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        (folder / RECORDS).write_text(former.records.text(), encoding="utf-8", newline="\n")
        out.seal()
        for reading in site.readings.values():  # frees memory for other releases
            reading.rendered.clear()
        return Lines()

    def reasons(
        self, name: str, inputs: Mapping[str, str], before: Mapping[str, str] | None
    ) -> Iterator[tuple[str, str]]:
        """Which pages would be rendered, and why: all of them, if they share what changed.

        `inputs` are those that all pages share, `before` the inputs of the last build.
        """
        label, documents = self.sources.release.label, self.sources.documents
        if before is None or self.kept is None:
            yield name, ""
            return
        shared = {key: before[key] for key in inputs if key in before}
        others = {key: before[key] for key in before if key not in inputs}
        if shared != inputs:
            yield f"{label}: all pages", reason({**inputs, **documents}, before)
            return
        why = reason(documents, others)
        try:
            former, planned = self._plan()
            stale = [one for one in planned if former.pages.get(one.place) != self._key(one)]
        except InputError:  # a build reports what is wrong
            stale = []
        if not stale or not former.documents:
            yield f"{label}: all pages" if stale else name, why
            return
        for one in stale[:NAMED]:
            own, page = self._own(one), f"{label}: {one.place.removesuffix('.html')}"
            is_own = own in documents and others.get(own) != documents[own]
            yield page, f"{own} changed" if is_own else f"it lists documents: {why}"
        if len(stale) > NAMED:
            yield label, f"and {several(len(stale) - NAMED, 'page')} more"

    def _plan(self) -> tuple[Former, list[Planned]]:
        from ..metadata import Pack

        site, former = self.sources.site, Former.of(self.sources, self.kept)
        said = (self.metadata.folder / PACK).read_text(encoding="utf-8")
        site.pack = Pack.from_json(said, self.metadata.data)
        site.known_documents = former.documents
        return former, plan_pages(site)

    def _key(self, planned: Planned) -> str:
        """The digest of all that decides the bytes of a page: of documents, also their own text."""
        common, page = self.sources.common, planned.page
        if page.made_from is None:
            return common
        shown = page.made_from(self.sources.site.local(planned.lang), planned)
        said = "\0".join((common, planned.title, planned.description, repr(shown)))
        return sha256(said.encode()).hexdigest()

    def _own(self, planned: Planned) -> str:
        """The path of the document shown by a page; "" for other pages."""
        reading = self.sources.site.readings[planned.lang]
        source = reading.documents.sources.get(str(planned.subject))
        return self.sources.path_of(reading.file(source)) if source and planned.page.made_from else ""


def render_all(site: Site, planned: Sequence[Planned], out: Folder) -> Iterator[Made]:
    """Render and write pages. Only documents use processes: other pages may use a database or numpy."""

    def render(one: Planned) -> Made:
        return out.write(one.place, render_page(site, one))

    # The first document of each language is rendered here, so others get what they share.
    first = {one.lang: one.place for one in reversed(planned) if one.page.made_from}
    apart = [one for one in planned if one.page.made_from and first[one.lang] != one.place]
    places = {one.place for one in apart}
    yield from (render(one) for one in planned if one.place not in places)
    yield from shared_out(render, apart, site.jobs)
