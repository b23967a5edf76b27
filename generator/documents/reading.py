"""The documents of a release, read in one language."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from ..i18n import Language
from ..problems import InputError, Problem
from .drafts import Drafts
from .facts import Facts
from .find import HELP, Documents, Source
from .front import line_of
from .links import KnownPages, Resolver
from .markdown import Document, render_markdown


class Reading:
    """The documents as read in one language."""

    def __init__(
        self,
        documents: Documents,
        lang: str,
        languages: list[str],
        pages: KnownPages,
        facts: Facts | None = None,
        drafts: Drafts | None = None,
    ) -> None:
        """`languages` are those of the portal, `facts` what {{ … }} may name."""
        self.documents, self.lang, self.languages, self.pages = documents, lang, languages, pages
        self.facts, self.drafts = facts, drafts
        self.rendered: dict[str, Document] = {}
        self.written_in: dict[str, str] = {}
        self.copies: dict[str, Path] = {}
        """Images and attachments by their path on the site."""
        self.problems: list[Problem] = []

    def read(self, translate: Callable[[str], Language] = Language) -> Reading:
        """Render all Markdown. `translate` gives a language by its code."""
        anchors: list[tuple[Path, str, Source, str]] = []
        for source in self.documents.sources.values():
            written, file = source.file(self.lang, self.languages[0])
            resolver = Resolver(self.documents, source, file, self.pages, self.place(source.path))
            try:
                self.rendered[source.name] = self._document(file, resolver, translate(written))
                self.written_in[source.name] = written
            except UnicodeDecodeError as error:
                place = f"byte {error.start}"
                self.problems.append(Problem(str(file), place, "is not UTF-8", "save it as UTF-8"))
            except InputError as error:
                self.problems += error.problems
            self.copies |= resolver.copies
            anchors += resolver.anchors
        for file, target, source, anchor in anchors:
            found = self.rendered.get(source.name)
            if found and anchor not in found.ids:
                line = line_of(file.read_text(encoding="utf-8-sig"), target) or 1
                what = f"links to {target!r}, but that document has no {anchor!r}"
                self.problems.append(Problem(str(file), f"line {line}", what, "fix the part after #"))
        return self

    def _document(self, file: Path, resolve: Resolver, language: Language) -> Document:
        return render_markdown(
            file.read_text(encoding="utf-8-sig"),
            file=file,
            resolve=resolve,
            translate=_words(language),
            facts=self.facts,
            language=language,
            references=self.documents.references,
            drafts=self.drafts,
        )

    @functools.cached_property
    def order(self) -> list[str]:
        """Names of the documents as they are listed: by their `order`, without the help."""
        names = (name for name in self.documents.sources if name != HELP)
        return sorted(names, key=lambda name: (self.rendered[name].order, name))

    def place(self, path: str) -> str:
        """Where a page of this language stands on the site."""
        return path if self.lang == self.languages[0] else f"{self.lang}/{path}"


def read_all(
    documents: Documents,
    languages: list[str],
    pages: KnownPages,
    facts: Facts | None = None,
    translate: Callable[[str], Language] = Language,
    drafts: Drafts | None = None,
) -> dict[str, Reading]:
    """The documents in each language. Raises InputError with the problems of all of them."""
    readings = {
        lang: Reading(documents, lang, languages, pages, facts, drafts).read(translate) for lang in languages
    }
    if problems := dict.fromkeys(problem for reading in readings.values() for problem in reading.problems):
        raise InputError(problems)
    return readings


def _words(language: Language) -> Callable[[str], str]:
    """The words that rendering adds, in the language a document is written in."""
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
