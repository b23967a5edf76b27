"""One site being rendered: where pages go, what templates know, how links are made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..differences import Changes
from ..escape import file_link, json_block, mail_address, web_address
from ..i18n import Language
from ..metadata import Facts
from ..metadata.citation import sentence
from ..metadata.portal_files import published_at
from ..model import CatalogueSource, Portal, Release, SpectraSet
from .assets import Assets
from .names import Names
from .queries import stored_view
from .versions import same_page, successor_id, versions

if TYPE_CHECKING:
    from .known_issues import Affected
    from .shelf import Shelf

MISSING = "404.html"
"""The page that hosts show where there is none; many know it by this name."""


@dataclass(frozen=True)
class CatalogueView:
    """A catalogue as pages show it: what ingest wrote, and what the team wrote about it."""

    spec: CatalogueSource
    folder: Path
    meta: dict[str, Any]
    """catalogue.json"""
    statistics: dict[str, Any]
    """statistics.json"""
    stored: str
    """The view of free SQL that has its values as they are stored."""

    @classmethod
    def read(cls, spec: CatalogueSource, folder: Path, stored: str) -> CatalogueView:
        meta, statistics = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("catalogue.json", "statistics.json")
        )
        return cls(spec, folder, meta, statistics, stored)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def title(self) -> dict[str, str]:
        return self.spec.title or {"": self.spec.name}

    @property
    def description(self) -> dict[str, str]:
        return self.spec.description

    @property
    def changes_since(self) -> str:
        """Id of a former release, where the rows are those that changed since."""
        return self.spec.changes_since

    @property
    def rows(self) -> int:
        return int(self.meta["rows"])

    @property
    def bytes(self) -> int:
        return int(self.meta["bytes"])

    @property
    def is_hats(self) -> bool:
        return self.meta.get("position") is not None


@dataclass(frozen=True)
class SpectraView:
    """A set of spectra as pages show it."""

    spec: SpectraSet
    folder: Path
    meta: dict[str, Any]
    """spectra.json"""

    @classmethod
    def read(cls, spec: SpectraSet, folder: Path) -> SpectraView:
        return cls(spec, folder, json.loads((folder / "spectra.json").read_text(encoding="utf-8")))

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def title(self) -> dict[str, str]:
        return self.spec.title or {"": self.spec.name}


@dataclass
class Site:
    """A release, or (without one) the portal's index, being rendered into the folder `out`."""

    portal: Portal
    release: Release | None
    out: Path
    assets: Assets
    catalogues: list[CatalogueView] = field(default_factory=list)
    spectra: list[SpectraView] = field(default_factory=list)
    documents: frozenset[str] = frozenset()
    """Paths of the pages that documents make."""
    available: frozenset[str] = frozenset()
    """Ids of the releases that stand beside this one in the same folder of sites."""
    standalone: bool = False
    """Rendered to stand alone: nothing links out of the folder."""
    shelf: Shelf | None = None
    """What stands beside this release."""
    affected: list[Affected] = field(default_factory=list)
    """Known issues and the rows they concern."""
    rendered: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    """Pages written so far, by language: path, title, description."""
    changes: list[Changes] = field(default_factory=list)
    """What changed since former releases, the one with the same catalogues first."""
    counted: Callable[[int], None] | None = None
    """Hears how many pages are written so far."""

    @property
    def facts(self) -> Facts:
        """What the metadata of the release are made from."""
        assert self.release
        return Facts(self.portal, self.release, self.address, self.catalogues, self.spectra)

    @property
    def address(self) -> str | None:
        """Where the site will be published, without a slash at the end; None when that is not known."""
        return _address(self)

    @property
    def releases(self) -> Sequence[Release]:
        return self.portal.releases

    @property
    def languages(self) -> list[str]:
        return self.portal.languages

    def translate(self, lang: str) -> Language:
        return self.assets.language(lang)

    def render(
        self, template: str, path: str, lang: str, *, kind: str, title: str, **context: object
    ) -> None:
        """Render a template to `path` (in the language's folder, unless it is the default one).

        `context` adds to what every template has: see `page_context`. Its `description` goes into the page's
        head.
        """
        target = self.out / self.place(path, lang)
        target.parent.mkdir(parents=True, exist_ok=True)
        description = str(context.pop("description", ""))
        self.rendered.setdefault(lang, []).append((path, title, description))
        values = page_context(self, path, lang, kind, title, description)
        html = self.assets.environment(lang).get_template(template).render(values | context)
        target.write_text(html.rstrip() + "\n", encoding="utf-8", newline="\n")
        if self.counted:
            self.counted(sum(map(len, self.rendered.values())))

    def place(self, path: str, lang: str) -> str:
        """Where a page of a language stands below `out`."""
        return path if lang == self.languages[0] else f"{lang}/{path}"

    def base(self, path: str, lang: str) -> str:
        """From a page to the site's folder: "" or "../" as often as needed.

        The page of missing pages is shown at any address, so it knows the folder by its own.
        """
        if path == MISSING:
            return urlsplit(self.address or "").path + "/"
        return "../" * self.place(path, lang).count("/")

    def issue_script(self, view: CatalogueView) -> str | None:
        """The script that tells pages which rows of a catalogue have known issues."""
        mine = any(one.view is view for one in self.affected)
        return f"known-issues/{view.name}.js" if mine else None

    def root(self, path: str, lang: str) -> str:
        """From a page to the portal's folder."""
        up = self.release.id.count("/") + 1 if self.release else 0
        return self.base(path, lang) + "../" * up


def page_context(
    site: Site, path: str, lang: str, kind: str, title: str, description: str = ""
) -> dict[str, object]:
    """What every template knows."""
    language, base, root = site.translate(lang), site.base(path, lang), site.root(path, lang)

    def href(target: str, to: str = lang) -> str:
        page, mark, rest = _split_link(target)
        return (file_link(f"{base}{site.place(page, to)}") if page else "") + mark + rest

    def release_href(release: Release) -> str | None:
        """The page of another release; None when it is not beside this one."""
        if site.standalone or release.id not in site.available:
            return None
        return file_link(f"{root}{release.id}/{site.place('index.html', lang)}")

    names = Names(language.gettext)
    release = site.release
    successor = next((r for r in site.releases if r.id == successor_id(release)), None)
    return {
        "portal": site.portal,
        "audience": site.portal.edition.audience.value,
        "release": site.release,
        "releases": site.releases,
        "lang": lang,
        "languages": site.languages,
        "language": language,
        "base": base,
        "root": root,
        "catalogues": site.catalogues,
        "spectra": site.spectra,
        "changes": site.changes,
        "statistics": {c.name: c.statistics for c in site.catalogues},
        "nav": _navigation(site, kind, path, href, language),
        "text": language.text,
        "number": language.number,
        "compact": language.compact,
        "percent": language.percent,
        "value": language.value,
        "density": language.density,
        "size": language.size,
        "date": language.date,
        "month": language.month,
        "href": href,
        "file": lambda target: file_link(base + target),
        "asset": lambda name: f"{base}assets/{site.assets.names[name]}",
        "release_href": release_href,
        "same_page": lambda other: same_page(site, path, lang, other),
        "successor": successor,
        "versions": versions(site, path, lang),
        "affected": site.affected,
        "web_address": web_address,
        "json_block": json_block,
        "phase_name": names.phase,
        "phase_who": names.phase_who,
        "stage_name": names.stage,
        "status_name": names.status,
        "resolution_name": names.resolution,
        "page": {
            "kind": kind,
            "title": title,
            "title_rest": _title_rest(site, title),
            "path": path,
            "description": description,
            "data": _page_data(site, path, lang, kind, language),
            "languages": [
                {"code": c, "name": site.translate(c).name, "href": href(path, c), "current": c == lang}
                for c in site.languages
            ],
            "alternates": list(_alternates(site, path)),
            "canonical": _canonical(site, path, lang),
            "address": _address(site),
            "place": "/".join(
                [_address(site) or (site.release.id if site.release else ""), site.place(path, lang)]
            ),
            "portal_home": _portal_home(site, root, lang),
            "homepage": web_address(site.portal.homepage),
            "contact": mail_address(site.portal.contact),
        },
    }


def _title_rest(site: Site, title: str) -> str:
    """What the browser's title adds to a page's own: release and portal, where it does not name them."""
    names = [site.release.label if site.release else "", site.portal.name]
    return "".join(f" · {name}" for name in names if name and name not in title)


def _split_link(target: str) -> tuple[str, str, str]:
    """A page's path and what follows it: ("search.html", "?", "class=STAR")."""
    for at, letter in enumerate(target):
        if letter in "?#":
            return target[:at], letter, target[at + 1 :]
    return target, "", ""


def _portal_home(site: Site, root: str, lang: str) -> str | None:
    if site.standalone:
        return None
    return file_link(root + site.place("index.html", lang))


def _page_data(site: Site, path: str, lang: str, kind: str, language: Language) -> dict[str, object]:
    release = site.release
    strings = {s: language.gettext(s) for s in site.assets.client_strings}
    return {
        "lang": lang,
        "base": site.base(path, lang),
        "kind": kind,
        "release": release and {"id": release.id, "label": release.label, "simulated": release.simulated},
        "portal": site.portal.name,
        "address": _address(site),
        "citation": _citation(site) if kind in ("search", "sql") else None,
        "cite": language.text((release and release.acknowledgement) or site.portal.acknowledgement),
        "engine": site.assets.engine if site.catalogues else None,
        "catalogues": [
            {
                "name": c.name,
                "stored": c.stored,
                "title": language.text(c.title),
                "rows": c.rows,
                "bytes": c.bytes,
                "script": f"data/{c.name}/catalogue.js",
                "issues": site.issue_script(c),
            }
            for c in site.catalogues
        ],
        "spectra": [
            {
                "name": s.name,
                "title": language.text(s.title),
                "catalogue": s.spec.catalogue,
                "script": f"data/spectra/{s.name}/spectra.js",
                "bytes": s.meta["bytes"],
                "id": s.meta["id"]["name"],
                "datatype": s.meta["id"]["datatype"],
                "templates_of": getattr(s.spec, "templates_of", None),
            }
            for s in site.spectra
        ],
        "strings": {english: said for english, said in strings.items() if said != english},
    }


def _citation(site: Site) -> str | None:
    """The release as a list of references has it."""
    return sentence(site.facts) if site.release else None


def _canonical(site: Site, path: str, lang: str) -> str | None:
    """Where the page is published; a copy of the site says so too, being the same to the last byte."""
    address = _address(site)
    return published_at(address, site.place(path, lang)) if address and path != MISSING else None


def _alternates(site: Site, path: str) -> Iterable[tuple[str, str]]:
    """Absolute addresses of a page in each language, where the portal's address is known."""
    address = _address(site)
    if address and len(site.languages) > 1 and path != MISSING:
        for code in site.languages:
            yield code, published_at(address, site.place(path, code))


def _address(site: Site) -> str | None:
    """Where the site will be published, without a slash at the end; None when that is not known."""
    base = web_address(site.portal.base_url)
    if not base:
        return None
    return "/".join([base.rstrip("/"), *([file_link(site.release.id)] if site.release else [])])


def _navigation(site: Site, kind: str, path: str, href: Any, language: Language) -> list[dict[str, object]]:
    _ = language.gettext
    items: list[tuple[str, str, str]] = []
    if site.release and site.catalogues:
        only = site.catalogues[0].name if len(site.catalogues) == 1 else None
        items = [
            ("search", "search.html", _("Search")),
            ("sql", "sql.html", _("SQL")),
            *([("spectrum", "spectrum.html", _("Spectra"))] if site.spectra else []),
            ("catalogue", f"catalogues/{only}.html" if only else "index.html#catalogues", _("Catalogues")),
            ("schema", "schema.html", _("Columns")),
            ("data", "data.html", _("Data")),
        ]
    elif site.release and site.spectra:
        items = [("spectrum", "spectrum.html", _("Spectra")), ("data", "data.html", _("Data"))]
    if site.changes:
        items.append(("changes", "changes.html", _("Changes")))
    if site.release:
        items.append(("cite", "cite.html", _("Cite")))
    if "docs/index.html" in site.documents:
        items.append(("document", "docs/index.html", _("Documents")))
    if "help.html" in site.documents:
        items.append(("help", "help.html", _("Help")))
    return [
        {"kind": k, "href": href(target), "label": label, "current": k == kind, "exact": target == path}
        for k, target, label in items
    ]


def read_catalogues(release: Release, data: Mapping[str, Path]) -> list[CatalogueView]:
    """The catalogues of a release that have data, in the order of release.toml."""
    names = [spec.name for spec in release.catalogues]
    return [
        CatalogueView.read(spec, data[spec.name], stored_view(spec.name, names))
        for spec in release.catalogues
        if spec.name in data
    ]


def read_spectra(release: Release, data: Mapping[str, Path]) -> list[SpectraView]:
    """The sets of spectra of a release that are packed, in the order of release.toml."""
    return [SpectraView.read(spec, data[spec.name]) for spec in release.spectra if spec.name in data]
