"""cite.html: how to cite a release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...formats.crossmatches import Crossmatched
from ...metadata import citation as cite
from ...model.citation import Author, Paper
from ...model.text import in_language
from ..page import Nav, Page, Planned
from ..site import LocalSite
from ..views import CatalogueView


@dataclass(frozen=True)
class Cite:
    """Variables of cite.html."""

    citation: str
    bibtex: str
    ris: str
    latex: str
    acknowledgements: list[tuple[str, str]]
    """Code of each language and wording, that of the page first."""
    language_name: Callable[[str], str]
    work: cite.Work
    catalogue_works: list[tuple[CatalogueView, cite.Work]]
    """Catalogues that have a DOI of their own."""
    papers: list[tuple[Paper, str]]
    """Each with the sentence that cites it."""
    matches: list[Crossmatched]
    """Other catalogues whose columns the release carries."""
    authors: Sequence[Author]
    licence_address: str | None
    ivoid: str | None


def how_to_cite(here: LocalSite, _planned: Planned) -> Cite:
    site, facts = here.site, here.site.facts
    main, *parts = cite.works(facts)
    said = facts.release.acknowledgement
    shown = [here.lang, *(code for code in site.languages if code != here.lang)]
    words = [(code, in_language(said, code)) for code in shown if code in said or "" in said]
    return Cite(
        citation=cite.sentence(facts),
        bibtex=cite.bibtex(facts),
        ris=cite.ris(facts),
        latex=cite.acknowledgement_latex(facts),
        acknowledgements=words[:1] if "" in said else words,
        language_name=lambda code: site.assets.language(code).name,
        work=main,
        catalogue_works=list(zip([c for c in site.catalogues if c.spec.doi], parts, strict=True)),
        papers=[(paper, cite.paper_sentence(paper)) for paper in facts.release.papers],
        matches=[match for view in site.catalogues for match in view.matches],
        authors=facts.release.authors,
        licence_address=facts.licence_address,
        ivoid=facts.ivoid,
    )


CITE = Page(
    "cite",
    "cite.html",
    "cite.html",
    order=80,
    title=lambda _: _("How to cite"),
    nav=Nav(lambda _: _("Cite")),
    context=how_to_cite,
)
