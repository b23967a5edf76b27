"""`drportal check` for documents: the problems that rendering reports, placeholders and wrong numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ..i18n import Language
from ..model import Portal, Release
from ..problems import InputError, Problem
from .drafts import Drafts
from .facts import Fact, Facts, Tree
from .find import Documents, find_documents
from .links import KnownPages
from .numbers import wrong_labels, wrong_numbers
from .reading import Reading

PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX+|xx+|[Ll]orem ipsum)\b|\b\d+[Xx]{2,}\b|\b[Xx]{1,3}(?:,[Xx]{3})+\b"
    r"|\bXX(?=\s*(?:%|rows|spectra|stars|galaxies|quasars|plates|nights|条|颗|个|行|万|亿))"
    r"|待定|待补充|待补|待完善|待填|待续|\?{3,}|？{3,}"
)


def document_problems(
    portal: Portal,
    facts_of: Callable[[Release], Facts],
    pages_of: Callable[[Release, Documents], KnownPages],
    drafts: Drafts,
    translate: Callable[[str], Language],
) -> list[Problem]:
    """Problems of the documents of all releases: those of rendering, placeholders and wrong numbers.

    `facts_of` returns the facts of a release as far as they are known, `pages_of` the pages it will have;
    `drafts` are those of earlier builds. They fit if `translate` returns the languages of a build by code.
    """
    problems: list[Problem] = []
    readings: dict[object, list[Reading]] = {}
    for release in portal.releases:
        try:
            documents = find_documents(portal, release)
        except InputError as error:
            problems += error.problems
            continue
        facts, pages = facts_of(release), pages_of(release, documents)
        # Releases with the same documents and the same names of facts need to be read only once.
        alike = (documents.folders, pages.here, frozenset(_present(facts.tree)))
        if alike not in readings:
            readings[alike] = [
                Reading(documents, lang, portal.languages, pages, facts, drafts, translate).read()
                for lang in portal.languages
            ]
            problems += [problem for reading in readings[alike] for problem in reading.problems]
        problems += _by_hand(portal, release, documents, facts, readings[alike])
    return once(problems)


def once(problems: list[Problem]) -> list[Problem]:
    """The most specific problem for each place of a shared document, however many releases report it."""
    best: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        found = re.match(r"no fact (.+)|says (.+), which is not a number|.* has no (\S+\.\S+)$", problem.what)
        about = next((part for part in found.groups() if part), "").strip("'") if found else problem.what
        key = problem.file, problem.place, about
        if key not in best or _knows(problem) > _knows(best[key]):
            best[key] = problem
    return list(best.values())


def _knows(problem: Problem) -> bool:
    """Whether a problem is specific: it names the fact to write, or says that no fact has that name."""
    named = problem.what.startswith("says") and problem.fix.startswith("write {{")
    return named or problem.what.startswith("no fact")


def _present(tree: Tree, above: str = "") -> Iterator[str]:
    """The names of all facts that have a value."""
    for name, below in tree.items():
        path = f"{above}.{name}"
        if isinstance(below, Fact):
            if below.value not in (None, "", {}):
                yield path
        else:
            yield path
            yield from _present(below, path)


def _by_hand(
    portal: Portal, release: Release, documents: Documents, facts: Facts, readings: list[Reading]
) -> Iterator[Problem]:
    for source in documents.sources.values():
        own = release.folder in source.folder.parents
        for file in source.files.values():
            yield from _placeholders(file)
        for reading in readings:
            document = reading.rendered.get(source.name)
            if document is None:
                continue
            file = source.files[reading.written_in(source.name)]
            text = file.read_text(encoding="utf-8-sig")
            yield from wrong_numbers(document, file, text, facts, portal)
            yield from wrong_labels(document, file, text, portal, release if own else None)


def _placeholders(file: Path) -> Iterator[Problem]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if match := PLACEHOLDER.search(line):
            fix = "write what belongs there"
            yield Problem(str(file), f"line {number}", f"still says {match[0]!r}", fix)
