"""`drportal check` for documents: what rendering would complain of, and what only a reader would notice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cache import cached_data
from ..kept import sound
from ..model import Portal, Release
from ..pages.data import read_checksums
from ..problems import InputError, Problem
from .facts import Declared, Fact, Facts, Tree, facts_of
from .find import Documents, Reading, find_documents, release_pages
from .numbers import wrong_labels, wrong_numbers

PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX+|xx+|[Ll]orem ipsum)\b|\b\d+[Xx]{2,}\b|\b[Xx]{1,3}(?:,[Xx]{3})+\b"
    r"|\bXX(?=\s*(?:%|rows|spectra|stars|galaxies|quasars|plates|nights|条|颗|个|行|万|亿))"
    r"|待定|待补充|待补|待完善|待填|待续|\?{3,}|？{3,}"
)


@dataclass(frozen=True)
class Cached:
    """The statistics of a catalogue as the last build left them."""

    name: str
    statistics: dict[str, Any]


def check_documents(
    portal: Portal,
    declared: Mapping[tuple[str, str], Declared] | None = None,
    cache: Path | None = None,
) -> list[Problem]:
    """What rendering the documents of all releases would complain of, placeholders, and wrong numbers.

    Statistics are those of the last build, where `cache` holds them and the sources are still the same; of
    other catalogues `declared` gives, by release and name, what is known without reading the data.
    """
    problems: list[Problem] = []
    cache = cache or portal.folder / "build" / "cache"
    readings: dict[object, list[Reading]] = {}
    for release in portal.releases:
        try:
            documents = find_documents(portal, release)
        except InputError as error:
            problems += error.problems
            continue
        facts = known_facts(portal, release, declared or {}, cache)
        pages = release_pages(portal, release, documents)
        # Releases that have the same documents and the same kinds of facts read alike.
        alike = (documents.folders, pages, frozenset(_present(facts.tree)))
        if alike not in readings:
            readings[alike] = [
                Reading(documents, lang, portal.languages, pages, facts) for lang in portal.languages
            ]
            for reading in readings[alike]:
                reading.read()
                problems += reading.problems
        problems += _by_hand(portal, release, documents, facts, readings[alike])
    return once(problems)


def once(problems: list[Problem]) -> list[Problem]:
    """What many releases have wrong in one place of a shared document, told once, by the one that knows."""
    best: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        found = re.match(r"no fact (.+)|says (.+), which is no number|.* has no (\S+\.\S+)$", problem.what)
        about = next((part for part in found.groups() if part), "").strip("'") if found else problem.what
        key = problem.file, problem.place, about
        if key not in best or _knows(problem) > _knows(best[key]):
            best[key] = problem
    return list(best.values())


def _knows(problem: Problem) -> bool:
    """Whether a problem says what is meant: the fact to write, or that there is none of that name."""
    named = problem.what.startswith("says") and problem.mend.startswith("write {{")
    return named or problem.what.startswith("no fact")


def known_facts(
    portal: Portal, release: Release, declared: Mapping[tuple[str, str], Declared], cache: Path
) -> Facts:
    """The facts of a release as far as they are known without making its data."""
    catalogues: list[Cached | Declared] = []
    files = {}
    for spec in release.catalogues:
        folder = cached_data(spec, release, cache)
        if folder is None:
            catalogues.append(declared.get((release.id, spec.name)) or Declared(spec.name, None))
            continue
        catalogues.append(
            Cached(spec.name, json.loads((folder / "statistics.json").read_text(encoding="utf-8")))
        )
        sizes = [file.size for file in read_checksums(folder)]
        files[spec.name] = len(sizes), sum(sizes)
    spectra = {}
    for one in release.spectra:
        made = cache / release.id / "spectra" / one.kept_as / "data"
        about = made / "spectra.json"
        spectra[one.name] = json.loads(about.read_bytes()) if sound(made, about.name) else None
    return facts_of(portal, release, catalogues, spectra, files)


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
            file = source.files[reading.written_in[source.name]]
            text = file.read_text(encoding="utf-8-sig")
            yield from wrong_numbers(document, file, text, facts, portal)
            yield from wrong_labels(document, file, text, portal, release if own else None)


def _placeholders(file: Path) -> Iterator[Problem]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if match := PLACEHOLDER.search(line):
            mend = "write what belongs there"
            yield Problem(str(file), f"line {number}", f"still says {match[0]!r}", mend)
