"""Render a release, or the portal's index of releases, as pages that need no server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ..differences import Changes
from ..documents.facts import facts_of
from ..documents.find import find_documents, render_documents
from ..metadata import write_metadata, write_portal_files
from ..model import Portal, Release
from ..publish.minisign import PublicKey
from .assets import Assets
from .changes import changes_context
from .coverage import sky_coverage
from .data import data_context, read_checksums
from .examples import sql_context
from .forms import form_context
from .kinds.cite import cite_context
from .kinds.files import write_files
from .kinds.home import home_context
from .kinds.meta import meta_context
from .kinds.mirrors import mirrors_context
from .kinds.object import object_context
from .kinds.portal import feed_words, index_context
from .kinds.request import letter_context, request_context
from .kinds.schema import all_columns, schema_context, search_context
from .kinds.sky import is_mapped, sky_context
from .kinds.spectrum import spectrum_context
from .known_issues import find_affected, issues_context, write_affected
from .records import write_records
from .shelf import Shelf
from .site import MISSING, Site, read_catalogues, read_spectra

__all__ = ["Assets", "Shelf", "find_documents", "render_portal", "render_release"]


def render_release(
    portal: Portal,
    release: Release,
    data: Mapping[str, Path],
    out: Path,
    assets: Assets,
    *,
    spectra: Mapping[str, Path] | None = None,
    available: Iterable[str] | None = None,
    standalone: bool = False,
    shelf: Shelf | None = None,
    changes: Sequence[Changes] = (),
    key: PublicKey | None = None,
    counted: Callable[[Release, int], None] | None = None,
) -> None:
    """Write every page of a release, and assets/, into `out`.

    `data` gives each catalogue's folder (as ingest wrote it), which must be, or become, out/data/<name>,
    and `spectra` that of each set of spectra, which becomes out/data/spectra/<name>.
    `available` are the ids of the releases that will stand beside this one (all of the portal by default), or
    `shelf` says the same to all releases of a build; a `standalone` release links to nothing outside its own
    folder. `changes` is what it was compared with; `key` is who signs the manifest;
    `counted` hears how many pages are written so far.
    """
    shelf = shelf or Shelf.of(portal, available)
    documents = find_documents(portal, release)
    catalogues = read_catalogues(release, data)
    site = Site(
        portal,
        release,
        out,
        assets,
        catalogues,
        read_spectra(release, spectra or {}),
        frozenset(documents.paths),
        shelf.available,
        standalone,
        shelf,
        find_affected(release, catalogues),
        changes=list(changes),
        counted=partial(counted, release) if counted else None,
    )
    assets.install(out, engine=bool(site.catalogues), spectra=bool(site.spectra))
    coverage = sky_coverage(site.catalogues)
    has_sky = any(is_mapped(view) for view in site.catalogues)
    files = {c.name: read_checksums(c.folder) for c in site.catalogues}
    listed = data_context(site, files)
    cited = site.facts
    pack = write_metadata(cited, out)
    for lang in portal.languages:
        language = site.translate(lang)
        _ = language.gettext
        about = language.text(release.description)
        told = changes_context(site, language)
        site.render(
            "home.html", "index.html", lang, kind="home", title=language.text(release.title, release.label),
            description=about, dataset=pack.dataset, **home_context(site, language, told["pairs"]),
        )  # fmt: skip
        site.render(
            "cite.html", "cite.html", lang, kind="cite", title=_("How to cite"),
            **cite_context(site, cited, language),
        )  # fmt: skip
        site.render(
            "meta.html", "meta/index.html", lang, kind="meta", title=_("Machine-readable"),
            **meta_context(site, pack),
        )  # fmt: skip
        if site.changes:
            site.render(
                "changes.html", "changes.html", lang, kind="changes", title=_("Changes"),
                **told,
            )  # fmt: skip
        if site.spectra:
            site.render(
                "spectrum.html", "spectrum.html", lang, kind="spectrum", title=_("Spectrum"),
                **spectrum_context(site, language),
            )  # fmt: skip
        if site.affected:
            site.render(
                "issues.html", "issues.html", lang, kind="issues", title=_("Known issues"),
                **issues_context(site.affected),
            )  # fmt: skip
        if site.catalogues or site.spectra:
            site.render(
                "data.html", "data.html", lang, kind="data", title=_("Data"), has_sky=has_sky, **listed
            )
        site.render(
            "contact.html", "contact.html", lang, kind="help", title=_("Contact"), **letter_context(site)
        )
        site.render(
            "request.html", "request.html", lang, kind="help", title=_("Request an offline copy"),
            **request_context(site, listed, language),
        )  # fmt: skip
        site.render("verify.html", "verify.html", lang, kind="help", title=_("Verify this copy"), key=key)
        site.render(
            "mirrors.html", "mirrors.html", lang, kind="mirrors", title=_("Mirrors"),
            key=key, **mirrors_context(site, lang),
        )  # fmt: skip
        if not site.catalogues:
            continue
        site.render(
            "search.html",
            "search.html",
            lang,
            kind="search",
            title=_("Search"),
            sky_coverage=coverage,
            **form_context(site, language),
        )
        site.render(
            "sql.html", "sql.html", lang, kind="sql", title=_("SQL"),
            sky_coverage=coverage, **sql_context(site, language),
        )  # fmt: skip
        site.render(
            "object.html", "object.html", lang, kind="object", title=_("Object"), **object_context(site)
        )
        if has_sky:
            site.render(
                "sky.html", "sky.html", lang, kind="sky", title=_("Sky coverage"), **sky_context(site)
            )
        columns = all_columns(site, language)
        site.render(
            "schema.html", "schema.html", lang, kind="schema", title=_("Columns"),
            **search_context(site, language, columns),
        )  # fmt: skip
        for catalogue in site.catalogues:
            site.render(
                "catalogue.html", f"catalogues/{catalogue.name}.html", lang, kind="catalogue",
                title=language.text(catalogue.title), **schema_context(site, catalogue, columns),
            )  # fmt: skip
    facts = facts_of(
        portal,
        release,
        site.catalogues,
        {s.name: s.meta for s in site.spectra},
        {name: (len(listed), sum(f.size for f in listed)) for name, listed in files.items()},
    )
    write_affected(site, site.affected)
    write_records(site, render_documents(site, documents, facts))
    write_files(site, key)


def render_portal(
    portal: Portal,
    out: Path,
    assets: Assets,
    available: Iterable[str] | None = None,
    key: PublicKey | None = None,
) -> None:
    """Write the index of all releases, and assets/, into `out`.

    `available` are the ids of the releases whose sites are there to link to; all of them by default.
    """
    ids = frozenset(r.id for r in portal.releases) if available is None else frozenset(available)
    documents = find_documents(portal, None)
    site = Site(portal, None, out, assets, documents=frozenset(documents.paths), available=ids)
    assets.install(out, engine=False)
    for lang in portal.languages:
        language = site.translate(lang)
        title, about = language.text(portal.title), language.text(portal.description)
        site.render(
            "portal.html", "index.html", lang, kind="portal", title=title, description=about,
            **index_context(site, language),
        )  # fmt: skip
        verify = language.gettext("Verify this copy")
        site.render("verify.html", "verify.html", lang, kind="help", title=verify, key=key)
        site.render(
            "mirrors.html", "mirrors.html", lang, kind="mirrors", title=language.gettext("Mirrors"),
            key=key, **mirrors_context(site, lang),
        )  # fmt: skip
        if site.address:  # without it, the page could not know where its style sheet is
            site.render("missing.html", MISSING, lang, kind="help", title=language.gettext("No such page"))
    render_documents(site, documents)
    there = [r for r in portal.releases if r.id in ids]
    words = partial(feed_words, site)
    write_files(site, key)  # the sitemap names its pages,
    write_portal_files(portal, out, there, site.address, site.place, words)
    write_files(site, key)  # and it lists the sitemap
