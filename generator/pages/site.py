"""The data model of pages: a release or the portal's index, and the same in one language."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import urlsplit

from ..checksums import DataFile, read_checksums
from ..differences import Changes
from ..documents.drafts import Drafts
from ..documents.facts import document_facts
from ..documents.find import Documents
from ..documents.links import KnownPages
from ..documents.reading import Known, Reading, read_all
from ..escape import file_link, web_address
from ..formats import Spectra
from ..formats.blocks import SkyCover
from ..i18n import Language
from ..model import Portal, Release
from .assets import Assets
from .changes import PairView, changes_of
from .columns import ColumnView, columns_of
from .coverage import sky_coverage
from .data import Holdings, holdings_of
from .headers import Keyword, header_keywords
from .known_issues import Affected, find_affected
from .names import Names
from .outline import Outline
from .own import own_pages
from .views import CatalogueView, SpectraView

if TYPE_CHECKING:
    from ..metadata import Pack, ReleaseFacts

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")
MISSING = "404.html"
"""The page that hosts show if there is no page; many expect this name."""


class Key(Protocol):
    """The public key that signs the manifest, as templates show it."""

    @property
    def line(self) -> str: ...


class Once:
    """Caches values computed from it, because several pages need the same."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], object] = {}

    def once(self, make: Callable[Concatenate[S, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `make(self, …)`, computed at the first call."""
        key = (make, args, *kwargs.items())
        if key not in self._made:
            self._made[key] = make(self, *args, **kwargs)  # type: ignore[arg-type]
        return self._made[key]  # type: ignore[return-value]


@dataclass
class Site(Once):
    """A release, or (without one) the portal's index. What pages share is computed on demand."""

    portal: Portal
    release: Release | None
    assets: Assets
    catalogues: list[CatalogueView] = field(default_factory=list)
    spectra: list[SpectraView] = field(default_factory=list)
    documents: Documents = field(default_factory=Documents)
    available: frozenset[str] = frozenset()
    """Ids of the releases beside this one in the same folder of sites."""
    pages_of: Callable[[Release], frozenset[str]] = lambda _release: frozenset()
    """Paths of the pages of another release."""
    known_pages: Callable[[Outline], KnownPages] | None = None
    """The pages that documents may link to."""
    changes: list[Changes] = field(default_factory=list)
    """Changes since former releases, the one with the same catalogues first."""
    pack: Pack | None = None
    """The metadata files of a release, which are written before its pages."""
    key: Key | None = None
    drafts: Drafts | None = None
    """Rendered documents shared with other releases of the build."""
    digest: Callable[[Path], str] = lambda _file: ""
    """Returns the digest of a document's file."""
    known_documents: Mapping[str, Known] = field(default_factory=dict)
    """Documents by language, as an earlier build read them while everything else was the same."""
    jobs: int = 1
    """Number of processes that render at once."""

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def releases(self) -> Sequence[Release]:
        return self.portal.releases

    @property
    def languages(self) -> list[str]:
        return self.portal.languages

    @functools.cached_property
    def address(self) -> str | None:
        """The address of the site, without a slash at the end; None if unknown."""
        base = web_address(self.portal.base_url)
        if not base:
            return None
        return "/".join([base.rstrip("/"), *([file_link(self.release.id)] if self.release else [])])

    @functools.cached_property
    def outline(self) -> Outline:
        """What decides which pages exist."""
        return Outline(
            release=self.release is not None,
            catalogues=tuple(c.name for c in self.catalogues),
            spectra=bool(self.spectra),
            issues=bool(self.release and self.release.known_issues),
            crossmatches=any(view.matches for view in self.catalogues),
            changes=bool(self.changes or (self.release and self.release.revisions)),
            sky=any(view.is_mapped for view in self.catalogues),
            documents=self.documents,
            python=bool(self.release and self.release.chosen_python),
            has_address=self.address is not None,
            own=own_pages(self.portal.folder),
        )

    @functools.cached_property
    def facts(self) -> ReleaseFacts:
        """The facts that the metadata of the release are made from."""
        assert self.release
        from ..metadata import ReleaseFacts

        return ReleaseFacts(self.portal, self.release, self.address, self.catalogues, self.spectra)

    @functools.cached_property
    def affected(self) -> list[Affected]:
        """Known issues and the rows they affect. Raises InputError."""
        return find_affected(self.release, self.catalogues) if self.release else []

    @functools.cached_property
    def coverage(self) -> dict[str, SkyCover]:
        """The part of the sky each catalogue covers, for scripts."""
        return sky_coverage(self.catalogues)

    @functools.cached_property
    def checksums(self) -> dict[str, list[DataFile]]:
        """The files of each catalogue, without script twins."""
        return {c.name: read_checksums(c.folder) for c in self.catalogues}

    @functools.cached_property
    def holdings(self) -> Holdings:
        """The files of catalogues and sets of spectra, and their sizes."""
        return holdings_of(self.catalogues, self.spectra, self.checksums)

    @functools.cached_property
    def keywords(self) -> dict[str, dict[str, list[Keyword]]]:
        """By catalogue and column, the keywords in headers of spectra with the same meaning."""
        return {view.name: header_keywords(view, self.spectra) for view in self.catalogues}

    @functools.cached_property
    def readings(self) -> dict[str, Reading]:
        """The documents in each language. Raises InputError with the problems of all."""
        if self.release is None or self.known_pages is None:
            return {}
        spectra: dict[str, Spectra | None] = {s.name: s.meta for s in self.spectra}
        volumes = {name: (len(files), sum(f.size for f in files)) for name, files in self.checksums.items()}
        facts = document_facts(self.portal, self.release, self.catalogues, spectra, volumes)
        pages = self.known_pages(self.outline)
        how = (self.languages, pages, facts, self.drafts, self.assets.language, self.digest)
        readings = {lang: Reading(self.documents, lang, *how) for lang in self.languages}
        read_all(readings, self.known_documents, self.jobs)
        return readings

    def local(self, lang: str) -> LocalSite:
        """The site in one of its languages."""
        return self.once(LocalSite, lang)

    def place(self, path: str, lang: str) -> str:
        """The path of a page of a language in the site's folder."""
        return path if lang == self.languages[0] else f"{lang}/{path}"

    def base(self, path: str, lang: str) -> str:
        """The relative path from a page to the site's folder: "", or one or more "../".

        The page for missing pages is shown at any address, so it uses the absolute one.
        """
        if path == MISSING:
            return urlsplit(self.address or "").path + "/"
        return "../" * self.place(path, lang).count("/")

    def root(self, path: str, lang: str) -> str:
        """The relative path from a page to the portal's folder."""
        up = self.release.id.count("/") + 1 if self.release else 0
        return self.base(path, lang) + "../" * up


class LocalSite(Once):
    """A site in one of its languages: what depends on both, but not on a page."""

    def __init__(self, site: Site, lang: str) -> None:
        self.site, self.lang = site, lang
        self.language: Language = site.assets.language(lang)
        self.gettext = self.language.gettext
        self.names = Names(self.gettext)
        super().__init__()

    def place(self, path: str) -> str:
        """The path of a page in the site's folder."""
        return self.site.place(path, self.lang)

    @functools.cached_property
    def columns(self) -> dict[str, list[ColumnView]]:
        """The columns of every catalogue."""
        return columns_of(self.site.catalogues, self.language, self.site.keywords)

    @functools.cached_property
    def changes(self) -> list[PairView]:
        """Changes since former releases, in words."""
        return changes_of(self.site.catalogues, self.site.changes, self.language)

    @property
    def reading(self) -> Reading:
        """The documents."""
        return self.site.readings[self.lang]
