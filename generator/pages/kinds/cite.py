"""The page that tells how to cite a release."""

from __future__ import annotations

from ...i18n import Language
from ...metadata import Facts
from ...metadata import citation as cite
from ...model.text import in_language
from ..site import Site


def cite_context(site: Site, facts: Facts, language: Language) -> dict[str, object]:
    """What cite.html adds."""
    release = facts.release
    main, *parts = cite.works(facts)
    said = release.acknowledgement
    shown = [language.code, *(code for code in site.languages if code != language.code)]
    words = [(code, in_language(said, code)) for code in shown if code in said or "" in said]
    return {
        "citation": cite.sentence(facts),
        "bibtex": cite.bibtex(facts),
        "ris": cite.ris(facts),
        "latex": cite.acknowledgement_latex(facts),
        "acknowledgements": words[:1] if "" in said else words,
        "language_name": lambda code: site.translate(code).name,
        "work": main,
        "catalogue_works": list(zip([c for c in site.catalogues if c.spec.doi], parts, strict=True)),
        "papers": [(paper, cite.paper_sentence(paper)) for paper in release.papers],
        "authors": release.authors,
        "licence_address": facts.licence_address,
        "ivoid": facts.ivoid,
    }
