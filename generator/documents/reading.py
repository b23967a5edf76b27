"""The documents of a release, read in one language."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ..i18n import Language
from ..problems import InputError, Problem
from ..processes import WORTH, shared_out
from .drafts import Drafts
from .facts import Facts
from .find import HELP, Documents, Source
from .front import line_of
from .links import KnownPages, Resolver
from .markdown import Document, render_markdown


class Summary(NamedTuple):
    """What other pages show of a document, and what a later build needs if it does not read it."""

    made_from: str
    """Digest of its file."""
    title: str
    description: str
    order: float
    revision: int
    ids: Sequence[str]
    """Its anchors."""
    anchors: Sequence[tuple[str, str, str]]
    """Its links to an anchor in another document: link, document, anchor."""
    copies: Sequence[str]
    """Paths on the site of the images and attachments that it uses."""
    body: str
    """Digest of everything else that its page shows of it."""


Known = Mapping[str, Summary]
"""Documents by name, as an earlier build read them."""


@dataclass
class Outcome:
    """What reading one document has given."""

    problems: list[Problem] = field(default_factory=list)
    document: Document | None = None
    summary: Summary | None = None
    copies: Mapping[str, Path] = field(default_factory=dict)
    """The images and attachments that it uses, by path on the site."""


class Reading:
    """The documents in one language. Those that an earlier build has read are rendered on demand."""

    def __init__(
        self,
        documents: Documents,
        lang: str,
        languages: list[str],
        pages: KnownPages,
        facts: Facts | None = None,
        drafts: Drafts | None = None,
        translate: Callable[[str], Language] = Language,
        digest: Callable[[Path], str] = lambda _file: "",
    ) -> None:
        """`languages` are those of the portal, `facts` what {{ … }} may name.

        `translate` returns a language by its code, `digest` the digest of a file.
        """
        self.documents, self.lang, self.languages, self.pages = documents, lang, languages, pages
        self.facts, self.drafts = facts, drafts
        self._translate, self._digest = translate, digest
        self.rendered: dict[str, Document] = {}
        """Documents that had to be rendered."""
        self.summaries: dict[str, Summary] = {}
        self.copies: dict[str, Path] = {}
        """Images and attachments by their path on the site."""
        self.problems: list[Problem] = []

    def read(self, known: Known | None = None, outcomes: Mapping[str, Outcome] | None = None) -> Reading:
        """Read all documents except those that are `known` and have not changed since.

        The caller ensures that all else is the same: pages, facts, images and names of documents.
        `outcomes` are those of documents that other processes have read.
        """
        unread, outcomes = {source.name for source in self.unread(known)}, outcomes or {}
        for source in self.documents.sources.values():
            if source.name in unread:
                self._take(source.name, outcomes.get(source.name) or self.outcome(source))
            elif known:
                self.summaries[source.name] = known[source.name]
                self.copies |= {path: self.documents.attached(path) for path in known[source.name].copies}
        for name, one in self.summaries.items():
            for target, other, anchor in one.anchors:
                found = self.summaries.get(other)
                if found and anchor not in found.ids:
                    file = self.file(self.documents.sources[name])
                    line = line_of(file.read_text(encoding="utf-8-sig"), target) or 1
                    what = f"links to {target!r}, but that document has no {anchor!r}"
                    self.problems.append(Problem(str(file), f"line {line}", what, "fix the part after #"))
        return self

    def unread(self, known: Known | None = None) -> list[Source]:
        """The documents that are not `known`, or have changed since."""
        former = {name: one.made_from for name, one in (known or {}).items()}
        sources = self.documents.sources.values()
        return [one for one in sources if former.get(one.name) != self._digest(self.file(one))]

    def document(self, name: str) -> Document:
        """A document, rendered. Raises InputError."""
        if name not in self.rendered:
            self.render(self.documents.sources[name])
        return self.rendered[name]

    def render(self, source: Source) -> Resolver:
        """Render a document and return the resolver of its links. Raises InputError, UnicodeDecodeError."""
        file = self.file(source)
        resolver = Resolver(self.documents, source, file, self.pages, self.place(source.path))
        language = self._translate(self.written_in(source.name))
        self.rendered[source.name] = render_markdown(
            file.read_text(encoding="utf-8-sig"),
            file=file,
            resolve=resolver,
            translate=_words(language),
            facts=self.facts,
            language=language,
            references=self.documents.references,
            drafts=self.drafts,
        )
        return resolver

    def outcome(self, source: Source) -> Outcome:
        """Read one document."""
        try:
            resolver = self.render(source)
        except UnicodeDecodeError as error:
            what, place = "is not UTF-8", f"byte {error.start}"
            return Outcome([Problem(str(self.file(source)), place, what, "save it as UTF-8")])
        except InputError as error:
            return Outcome(list(error.problems))
        made = self.rendered[source.name]
        summary = Summary(
            self._digest(self.file(source)),
            made.title,
            made.description,
            made.order,
            made.front.revision,
            tuple(sorted(made.ids)),
            tuple((target, other.name, anchor) for _, target, other, anchor in resolver.anchors),
            tuple(resolver.copies),
            sha256(f"{made.html}\n{made.toc}".encode()).hexdigest()[:32],
        )
        return Outcome([], made, summary, resolver.copies)

    def _take(self, name: str, outcome: Outcome) -> None:
        self.problems += outcome.problems
        if outcome.document and outcome.summary:
            self.rendered[name], self.summaries[name] = outcome.document, outcome.summary
            self.copies |= outcome.copies

    def written_in(self, name: str) -> str:
        """Code of the language that a document is written in."""
        return self.documents.sources[name].file(self.lang, self.languages[0])[0]

    def file(self, source: Source) -> Path:
        """The file of a document that is shown in this language."""
        return source.file(self.lang, self.languages[0])[1]

    @functools.cached_property
    def order(self) -> list[str]:
        """Names of the documents as they are listed: by their `order`, without the help."""
        names = (name for name in self.documents.sources if name != HELP)
        return sorted(names, key=lambda name: (self.summaries[name].order, name))

    def place(self, path: str) -> str:
        """The path of a page of this language on the site."""
        return path if self.lang == self.languages[0] else f"{self.lang}/{path}"


def read_all(readings: Mapping[str, Reading], known: Mapping[str, Known], jobs: int = 1) -> None:
    """Read the documents in each language, with `jobs` processes; `known` are those of an earlier build.

    Raises InputError with the problems of all of them.
    """
    drafts = next(iter(readings.values())).drafts
    unread: dict[str, list[str]] = {}
    """The languages in which each document is to be read. One process reads all: texts may be the same."""
    outcomes: dict[str, dict[str, Outcome]] = {lang: {} for lang in readings}
    for lang, one in readings.items() if jobs > 1 else ():
        for source in one.unread(known.get(lang)):
            unread.setdefault(source.name, []).append(lang)

    def read(name: str) -> tuple[str, dict[str, Outcome], list[Any]]:
        """Read a document in its languages. Returns the drafts used, too."""
        if drafts is not None:
            drafts.asked.clear()
        found = {
            lang: readings[lang].outcome(readings[lang].documents.sources[name]) for lang in unread[name]
        }
        return name, found, drafts.stored() if drafts is not None else []

    for name, some, asked in shared_out(read, list(unread), jobs) if len(unread) >= WORTH else ():
        for lang, outcome in some.items():
            outcomes[lang][name] = outcome
        if drafts is not None:
            drafts.take(asked)
    for lang, one in readings.items():
        one.read(known.get(lang), outcomes[lang])
    if problems := dict.fromkeys(problem for one in readings.values() for problem in one.problems):
        raise InputError(problems)


def _words(language: Language) -> Callable[[str], str]:
    """Translates the words that rendering adds into the language a document is written in."""
    _ = language.gettext
    known = {
        "Back to the text": _("Back to the text"),
        "Table": _("Table"),
        "Note": _("Note"),
        "Tip": _("Tip"),
        "Info": _("Info"),
        "Warning": _("Warning"),
        "Caution": _("Caution"),
        "Danger": _("Danger"),
        "Example": _("Example"),
        "Important": _("Important"),
        "References": _("References"),
        "Figure": _("Figure"),
        " et al.": _(" et al."),
        ", et al.": _(", et al."),
        " & ": _(" & "),
        "(": _("("),
        ")": _(")"),
        "; ": _("; "),
    }
    return lambda word: known.get(word, word)
