"""The citation of a release: as a sentence, BibTeX, RIS and CITATION.cff."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from ..model import Author, Paper
from ..model.text import in_language
from . import matched
from .release_facts import CatalogueFacts, ReleaseFacts, one_line

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SPECIAL = {c: "\\" + c for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "—": "---",
    "–": "--",
}
RIS_TYPES = {
    "article": "JOUR",
    "book": "BOOK",
    "inproceedings": "CPAPER",
    "misc": "GEN",
    "phdthesis": "THES",
    "techreport": "RPRT",
}


@dataclass(frozen=True)
class Work:
    """A work to cite: the release, or a catalogue with its own DOI."""

    key: str
    title: str
    doi: str | None
    address: str | None


def works(facts: ReleaseFacts) -> list[Work]:
    """The release, then the catalogues with DOIs."""
    home = facts.link("index.html") if facts.address else facts.release.original
    found = [Work(facts.key, facts.title, facts.release.doi, home)]
    return found + [_catalogue(facts, c) for c in facts.catalogues if c.spec.doi]


def _catalogue(facts: ReleaseFacts, catalogue: CatalogueFacts) -> Work:
    page = facts.link(f"catalogues/{catalogue.name}.html") if facts.address else None
    title = f"{facts.title}: {facts.title_of(catalogue)}"
    return Work(f"{facts.key}_{catalogue.name}", title, catalogue.spec.doi, page)


def latex(text: str) -> str:
    """Text escaped as LaTeX source."""
    return "".join(SPECIAL.get(c, c) for c in one_line(text))


# ---- as a sentence


def sentence(facts: ReleaseFacts, work: Work | None = None) -> str:
    """Authors (year, month). Title (version) [Data set]. Publisher. Address."""
    work = work or works(facts)[0]
    names = [a.short for a in facts.authors]
    if len(names) > 20:
        names = [*names[:19], "…", names[-1]]
    who = ", ".join(names[:-1]) + (", & " if len(names) > 1 else "") + names[-1]
    version = facts.release.version
    shown = f" (Version {version})" if version and version not in work.title else ""
    publisher = "" if names == [facts.publisher] else f" {facts.publisher}."
    where = f"https://doi.org/{work.doi}" if work.doi else work.address
    parts = [f"{who} ({_when(facts)}). {work.title}{shown} [Data set].{publisher}", where or ""]
    return " ".join(parts).strip()


def _when(facts: ReleaseFacts) -> str:
    names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    year, month, day = [*facts.release.published.split("-"), "", ""][:3]
    return f"{year}, {names[int(month) - 1]}{f' {int(day)}' if day else ''}" if month else year


def paper_sentence(paper: Paper) -> str:
    """Cui, X.-Q., et al. 2012, RAA, 12, 1197"""
    names = ", ".join(a.short for a in paper.authors) + (", et al." if paper.et_al else "")
    pages = (paper.pages or "").replace("--", "–")
    return ", ".join(p for p in (f"{names} {paper.year}", paper.journal, paper.volume, pages) if p)


# ---- what papers say


def acknowledgement_latex(facts: ReleaseFacts) -> str:
    """The acknowledgement in English as LaTeX, with the keys of citation.bib."""
    text = one_line(in_language(facts.release.acknowledgement, "en"))
    if not text:
        text = f"This work makes use of {facts.label}."
    keys = [*(p.key for p in facts.release.papers), facts.key]
    return f"{latex(text)} \\citep{{{','.join(keys)}}}"


# ---- BibTeX


def bibtex(facts: ReleaseFacts) -> str:
    """The release, its catalogues with DOIs, the papers to cite, and those of matched catalogues."""
    entries = [release_bibtex(facts, work) for work in works(facts)]
    entries += [paper_bibtex(paper) for paper in facts.release.papers]
    return "\n".join(entries + [matched_bibtex(one) for one in _matched(facts)])


def _matched(facts: ReleaseFacts) -> list[matched.Cited]:
    """Works about matched catalogues that are not among the papers of the release."""
    own = {name for p in facts.release.papers for name in (p.bibcode, p.doi) if name}
    return [c for c in matched.cited(facts) if c.key and not {c.citation.bibcode, c.citation.doi} & own]


def release_bibtex(facts: ReleaseFacts, work: Work) -> str:
    year, month = [*facts.release.published.split("-"), ""][:2]
    fields = [
        ("author", f"{{{_bibtex_authors(facts.authors)}}}"),
        ("title", f"{{{{{latex(work.title)}}}}}"),
        ("year", f"{{{year}}}"),
        ("month", MONTHS[int(month) - 1] if month else None),
        ("publisher", f"{{{latex(facts.publisher)}}}"),
        ("version", f"{{{latex(facts.release.version)}}}" if facts.release.version else None),
        ("doi", f"{{{work.doi}}}" if work.doi else None),
        ("url", f"{{{_address(work.address)}}}" if work.address else None),
        ("note", "{Data set}"),
    ]
    return _entry("misc", work.key, fields)


def paper_bibtex(paper: Paper) -> str:
    plain = ("journal", "volume", "number", "pages", "publisher")
    fields: list[tuple[str, str | None]] = [
        ("author", f"{{{_bibtex_authors(paper.authors)}{' and others' if paper.et_al else ''}}}"),
        ("title", f"{{{{{latex(paper.title)}}}}}"),
        ("year", f"{{{paper.year}}}"),
    ]
    for name in plain:
        value = getattr(paper, name)
        fields.append((name, f"{{{latex(value)}}}" if value else None))
    fields.append(("doi", f"{{{paper.doi}}}" if paper.doi else None))
    if paper.arxiv:
        fields += [("eprint", f"{{{paper.arxiv}}}"), ("archivePrefix", "{arXiv}")]
    if paper.bibcode:
        fields.append(
            ("adsurl", f"{{https://ui.adsabs.harvard.edu/abs/{paper.bibcode.replace('&', '%26')}}}")
        )
    return _entry(paper.type, paper.key, fields)


def matched_bibtex(one: matched.Cited) -> str:
    """A work about a matched catalogue; its title is not known."""
    said, paper = one.citation, matched.parts(one.citation)
    fields: list[tuple[str, str | None]] = [("note", f"{{{latex(said.text)}}}")]
    if paper:
        first, others, _ = paper["authors"].partition(" et al.")
        fields = [
            ("author", f"{{{{{latex(first)}}}{' and others' if others else ''}}}"),
            *((name, f"{{{latex(paper[name])}}}") for name in ("year", "journal", "volume")),
            ("pages", f"{{{latex(paper['page'])}}}"),
        ]
    fields.append(("keywords", f"{{{latex('; '.join(one.of))}}}"))
    fields.append(("doi", f"{{{said.doi}}}" if said.doi else None))
    fields.append(("adsurl", f"{{{matched.ads(said.bibcode)}}}" if said.bibcode else None))
    return _entry("article" if paper else "misc", one.key, fields)


def _bibtex_authors(authors: list[Author]) -> str:
    return " and ".join(
        f"{{{latex(a.name)}}}" if a.name else f"{{{latex(a.family or '')}}}, {latex(a.given)}" if a.given
        else f"{{{latex(a.family or '')}}}"
        for a in authors
    )  # fmt: skip


def _address(value: str) -> str:
    """An address in braces, with its own braces escaped."""
    return value.replace("{", "%7B").replace("}", "%7D")


def _entry(kind: str, key: str, fields: list[tuple[str, str | None]]) -> str:
    lines = [f"  {name} = {value}" for name, value in fields if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


# ---- RIS


def ris(facts: ReleaseFacts) -> str:
    """The release, its catalogues with DOIs, the papers to cite, and those of matched catalogues."""
    entries = [release_ris(facts, work) for work in works(facts)]
    entries += [_paper_ris(paper) for paper in facts.release.papers]
    return "\n".join(entries + [_matched_ris(one) for one in _matched(facts)])


def release_ris(facts: ReleaseFacts, work: Work) -> str:
    return _ris(
        "DATA",
        [
            *(("AU", a.listed) for a in facts.authors),
            ("TI", work.title),
            ("PY", str(facts.year)),
            ("DA", facts.release.published.replace("-", "/")),
            ("PB", facts.publisher),
            ("ET", facts.release.version),
            ("DO", work.doi),
            ("UR", work.address),
        ],
    )


def _paper_ris(paper: Paper) -> str:
    first, _, last = re.sub("[–-]+", "-", paper.pages or "").partition("-")
    return _ris(
        RIS_TYPES[paper.type],
        [
            *(("AU", a.listed) for a in paper.authors),
            ("TI", paper.title),
            ("PY", str(paper.year)),
            ("JO", paper.journal),
            ("VL", paper.volume),
            ("IS", paper.number),
            ("SP", first),
            ("EP", last),
            ("PB", paper.publisher),
            ("DO", paper.doi),
        ],
    )


def _matched_ris(one: matched.Cited) -> str:
    said, paper = one.citation, matched.parts(one.citation) or {}
    fields = [
        ("AU", paper.get("authors")),
        ("PY", paper.get("year")),
        ("JO", paper.get("journal")),
        ("VL", paper.get("volume")),
        ("SP", paper.get("page")),
        ("N1", None if paper else said.text),
        ("DO", said.doi),
        ("UR", matched.ads(said.bibcode) if said.bibcode else None),
        *(("KW", title) for title in one.of),
    ]
    return _ris("JOUR" if paper else "GEN", fields)


def _ris(kind: str, fields: list[tuple[str, str | None]]) -> str:
    lines = [f"{tag}  - {one_line(value)}" for tag, value in [("TY", kind), *fields] if value]
    return "\n".join([*lines, "ER  - ", ""])


# ---- CITATION.cff


def cff(facts: ReleaseFacts) -> str:
    """CITATION.cff 1.2.0."""
    release, work = facts.release, works(facts)[0]
    whole_date = len(release.published) == 10
    data: dict[str, object] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below"
        + (", and the papers under `references`." if release.papers else "."),
        "type": "dataset",
        "title": work.title,
        "abstract": facts.description,
        "authors": [_cff_author(a) for a in facts.authors],
        "version": release.version or None,
        "date-released": release.published if whole_date else None,
        "doi": work.doi,
        "url": work.address,
        "license": release.license,
        "identifiers": [
            {"type": "doi", "value": other.doi, "description": other.title} for other in works(facts)[1:]
        ],
        "references": [_cff_paper(p) for p in release.papers],
    }
    return yaml.safe_dump(_filled(data), sort_keys=False, allow_unicode=True, width=100)


def _cff_author(author: Author) -> dict[str, object]:
    if author.name:
        return {"name": author.name}
    orcid = f"https://orcid.org/{author.orcid}" if author.orcid else None
    return _filled(
        {
            "family-names": author.family,
            "given-names": author.given,
            "orcid": orcid,
            "affiliation": author.affiliation,
        }
    )


def _cff_paper(paper: Paper) -> dict[str, object]:
    kinds = {
        "inproceedings": "conference-paper",
        "misc": "generic",
        "phdthesis": "thesis",
        "techreport": "report",
    }
    first, _, last = re.sub("[–-]+", "-", paper.pages or "").partition("-")
    authors = [_cff_author(a) for a in paper.authors]
    return _filled(
        {
            "type": kinds.get(paper.type, paper.type),
            "title": one_line(paper.title),
            "authors": [*authors, {"name": "et al."}] if paper.et_al else authors,
            "year": paper.year,
            "journal": paper.journal,
            "volume": paper.volume,
            "issue": paper.number,
            "start": first,
            "end": last,
            "doi": paper.doi,
        }
    )


def _filled(data: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in data.items() if v not in (None, "", [])}
