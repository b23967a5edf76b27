"""Values available in every template: translated words, links, the page's head and navigation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

from markupsafe import Markup

from ..differences import Changes
from ..escape import Json, file_link, json_block, mail_address, web_address
from ..formats.blocks import NamesBlock, PageBlock, PageCatalogue, PageRelease, PageSpectra
from ..i18n import Language
from ..metadata.addresses import published_at
from ..metadata.citation import sentence
from ..model import Portal, Release
from .object_names import names_block, resolver_origin
from .page import Nav, Planned
from .registry import pages_of
from .site import MISSING, LocalSite, Site
from .versions import Version, same_page, successor_of, versions
from .views import CatalogueView, SpectraView


@dataclass(frozen=True)
class Words:
    """Functions that format values in the language of the page."""

    text: Callable[..., str]
    named: Callable[[Release], str]
    """The label of a release."""
    number: Callable[..., str]
    compact: Callable[[int], str]
    percent: Callable[[float], str]
    value: Callable[[object], str]
    density: Callable[[float], str]
    size: Callable[[int], str]
    date: Callable[[str | None], str]
    month: Callable[[int], str]
    phase_name: Callable[[str | None], str]
    phase_who: Callable[[str | None], str]
    stage_name: Callable[[int | None], str]
    status_name: Callable[[str], str]
    resolution_name: Callable[[str | None], str]


@dataclass(frozen=True)
class Links:
    """Addresses relative to the page."""

    base: str
    """The path to the site's folder: "", or one or more "../"."""
    root: str
    """The path to the portal's folder."""
    href: Callable[..., str]
    """The address of a page of this site, in the language of the page or another."""
    file: Callable[[str], str]
    asset: Callable[[str], str]
    release_href: Callable[[Release], str | None]
    """The home page of another release; None if it is not beside this one."""
    same_page: Callable[[Release], str | None]
    """The address of the same page of another release."""
    versions: list[tuple[str, list[Version]]]


@dataclass(frozen=True)
class LanguageLink:
    """The page in one of the site's languages."""

    code: str
    name: str
    href: str
    current: bool


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation."""

    kind: str
    href: str
    label: str
    current: bool
    """Whether the page is of its kind."""
    exact: bool
    """Whether it links to the page itself."""


@dataclass(frozen=True)
class Head:
    """`page` in templates: what the frame around every page needs to know."""

    kind: str
    title: str
    title_rest: str
    path: str
    description: str
    data: Markup
    """JSON for the scripts of the page."""
    languages: list[LanguageLink]
    alternates: list[tuple[str, str]]
    """Absolute addresses of the page in each language, where the portal's address is known."""
    canonical: str | None
    address: str | None
    place: str
    portal_home: str
    homepage: str | None
    contact: str | None


@dataclass(frozen=True)
class Shared:
    """Values that are the same on all pages of a site in one language."""

    portal: Portal
    audience: str
    release: Release | None
    releases: Sequence[Release]
    lang: str
    languages: list[str]
    language: Language
    catalogues: list[CatalogueView]
    spectra: list[SpectraView]
    changes: list[Changes]
    successor: Release | None
    names_block: NamesBlock | None
    """What boxes of positions need to know of names."""
    resolver_origin: str
    web_address: Callable[[str | None], str | None]
    json_block: Callable[[object], Markup]


def template_values(here: LocalSite, planned: Planned, context: object) -> dict[str, object]:
    """The variables of a template: those of all pages, and the fields of the page's own context."""
    links = _page_links(here, planned)
    return {
        **here.once(_shared_values),
        **by_field(links),
        "nav": _navigation(here, planned, links),
        "page": _head(here, planned, links),
        **by_field(context),
    }


def by_field(record: object) -> dict[str, object]:
    """The fields of a dataclass, without copying values."""
    return {one.name: getattr(record, one.name) for one in fields(record)}  # type: ignore[arg-type]


def _shared_values(here: LocalSite) -> dict[str, object]:
    """Values that depend only on the site and its language."""
    site, language, names = here.site, here.language, here.names
    words = Words(
        text=language.text,
        named=lambda release: release.named(language.code),
        number=language.number,
        compact=language.compact,
        percent=language.percent,
        value=language.value,
        density=language.density,
        size=language.size,
        date=language.date,
        month=language.month,
        phase_name=names.phase,
        phase_who=names.phase_who,
        stage_name=names.stage,
        status_name=names.status,
        resolution_name=names.resolution,
    )
    shared = Shared(
        portal=site.portal,
        audience=site.portal.edition.audience.value,
        release=site.release,
        releases=site.releases,
        lang=here.lang,
        languages=site.languages,
        language=language,
        catalogues=site.catalogues,
        spectra=site.spectra,
        changes=site.changes,
        successor=successor_of(site),
        names_block=names_block(site),
        resolver_origin=resolver_origin(site.portal),
        web_address=web_address,
        json_block=json_block,
    )
    return by_field(words) | by_field(shared)


def _page_links(here: LocalSite, planned: Planned) -> Links:
    """Links from one page."""
    site, path, lang = here.site, planned.path, here.lang
    base, root = site.base(path, lang), site.root(path, lang)

    def href(target: str, to: str = lang) -> str:
        page, rest = _split_link(target)
        return (file_link(f"{base}{site.place(page, to)}") if page else "") + rest

    def release_href(release: Release) -> str | None:
        if release.id not in site.available:
            return None
        return file_link(f"{root}{release.id}/{site.place('index.html', lang)}")

    return Links(
        base=base,
        root=root,
        href=href,
        file=lambda target: file_link(base + target),
        asset=lambda name: f"{base}assets/{site.assets.names[name]}",
        release_href=release_href,
        same_page=lambda other: same_page(site, path, lang, other),
        versions=versions(site, path, lang),
    )


_PAGE = re.compile(r"[^?#]*")


def _split_link(target: str) -> tuple[str, str]:
    """Split a link into the page's path and the rest: ("search.html", "?class=STAR")."""
    found = _PAGE.match(target)
    at = found.end() if found else 0
    return target[:at], target[at:]


def _navigation(here: LocalSite, planned: Planned, links: Links) -> list[NavItem]:
    return [
        NavItem(kind, links.href(target), label, kind == planned.kind, target == planned.path)
        for kind, target, label in here.once(_entries)
    ]


def _entries(here: LocalSite) -> list[tuple[str, str, str]]:
    """Kind, target and label of each entry of the navigation."""
    outline = here.site.outline
    return [
        (page.kind, page.nav.target(outline) if page.nav.target else page.path, _label(page.nav, here))
        for page in pages_of(outline)
        if page.nav and page.paths_in(outline)
    ]


def _label(nav: Nav, here: LocalSite) -> str:
    return here.language.text(nav.text) if nav.text else nav.label(here.gettext)


def _head(here: LocalSite, planned: Planned, links: Links) -> Head:
    site, lang = here.site, here.lang
    return Head(
        kind=planned.kind,
        title=planned.title,
        title_rest=_title_rest(here, planned.title),
        path=planned.path,
        description=planned.description,
        data=_page_data(here, planned, links.base),
        languages=[
            LanguageLink(code, site.assets.language(code).name, links.href(planned.path, code), code == lang)
            for code in site.languages
        ],
        alternates=list(_alternates(site, planned.path)),
        canonical=_canonical(site, planned),
        address=site.address,
        place="/".join([site.address or (site.release.id if site.release else ""), planned.place]),
        portal_home=file_link(links.root + here.place("index.html")),
        homepage=web_address(site.portal.homepage),
        contact=mail_address(site.portal.contact),
    )


def _title_rest(here: LocalSite, title: str) -> str:
    """The rest of the browser's title: release and portal, unless the page's title names them."""
    site = here.site
    names = [site.release.named(here.lang) if site.release else "", site.portal.name]
    return "".join(f" · {name}" for name in names if name and name not in title)


def _canonical(site: Site, planned: Planned) -> str | None:
    """The address where the page is published; also in copies of the site, which have the same bytes."""
    if not site.address or planned.path == MISSING:
        return None
    return published_at(site.address, planned.place)


def _alternates(site: Site, path: str) -> Iterator[tuple[str, str]]:
    if site.address and len(site.languages) > 1 and path != MISSING:
        for code in site.languages:
            yield code, published_at(site.address, site.place(path, code))


def _page_data(here: LocalSite, planned: Planned, base: str) -> Json:
    """JSON for the scripts of a page. Little of it is the page's own, so the rest is serialized once."""
    own = PageBlock.model_construct(lang=here.lang, base=base, kind=planned.kind)
    saves = planned.page.saves and bool(here.site.portal.save.hosts)
    scripts = tuple(here.site.assets.scripts_of(planned.page.template))
    return Json(f"{json_block(own)[:-1]},{here.once(_of_some_pages, scripts, planned.page.cites, saves)[1:]}")


def _of_some_pages(here: LocalSite, scripts: Sequence[str], cites: bool, saves: bool) -> str:
    """JSON about the site in a language, for these scripts."""
    site, language, release = here.site, here.language, here.site.release
    acknowledged = language.text((release and release.acknowledgement) or site.portal.acknowledgement)
    strings = site.assets.client_strings(scripts, bool(release and release.chosen_python), saves)
    said = ((english, language.gettext(english)) for english in strings)
    with_issues = {one.catalogue for one in release.known_issues} if release else set()
    return json_block(
        PageBlock.model_construct(
            release=release and PageRelease(id=release.id, label=release.label, simulated=release.simulated),
            portal=site.portal.name,
            address=site.address,
            citation=sentence(site.facts) if cites and release else None,
            cite=acknowledged,
            engine=site.assets.engine if site.catalogues else None,
            catalogues=[_page_catalogue(one, here, with_issues) for one in site.catalogues],
            spectra=[_page_spectra(one, here) for one in site.spectra],
            strings={english: word for english, word in said if word != english},
        )
    )


def _page_catalogue(view: CatalogueView, here: LocalSite, with_issues: set[str | None]) -> PageCatalogue:
    return PageCatalogue(
        name=view.name,
        stored=view.stored,
        title=here.language.text(view.title),
        rows=view.rows,
        bytes=view.bytes,
        script=f"data/{view.name}/catalogue.js",
        issues=f"known-issues/{view.name}.js" if view.name in with_issues else None,
    )


def _page_spectra(view: SpectraView, here: LocalSite) -> PageSpectra:
    return PageSpectra(
        name=view.name,
        title=here.language.text(view.title),
        catalogue=view.spec.catalogue,
        script=f"data/spectra/{view.name}/spectra.js",
        bytes=view.meta.bytes,
        id=view.meta.id.name,
        datatype=view.meta.id.datatype,
        templates_of=getattr(view.spec, "templates_of", None),
    )
