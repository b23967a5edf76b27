"""A kind of page (the record that each module of kinds/ defines), and a planned page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from .outline import Outline
from .site import LocalSite

Gettext = Callable[[str], str]


@dataclass(frozen=True)
class Sheet:
    """One page of a kind: its path without the folder of a language, and its title."""

    path: str
    title: str
    description: str = ""
    subject: object = None
    """Its subject, if the kind has several pages: a catalogue, a document, a part of a list."""


@dataclass(frozen=True)
class Nav:
    """The entry of a kind in the navigation."""

    label: Callable[[Gettext], str]
    target: Callable[[Outline], str] | None = None
    """Its target, if not the kind's own path."""
    text: dict[str, str] | None = None
    """Its label in each language, if a team wrote it."""


@dataclass(frozen=True)
class Page:
    """A kind of page."""

    kind: str
    """The class of its body element, and the current entry of the navigation."""
    template: str
    path: str
    """Without the folder of a language; {} is the name of one of several pages, "" any path."""
    order: int
    """Its place in the navigation and in lists of pages."""
    context: Callable[[LocalSite, Planned], object]
    """The variables of its template in addition to those of all pages: a dataclass with these fields."""
    title: Callable[[Gettext], str] = lambda _: ""
    when: Callable[[Outline], bool] = lambda _outline: True
    """Whether a site has this page."""
    of: Literal["release", "portal", "both"] = "release"
    nav: Nav | None = None
    paths: Callable[[Outline], Iterable[str]] | None = None
    """The paths of its pages, if not only its own path."""
    sheets: Callable[[LocalSite], Iterable[Sheet]] | None = None
    """Its pages, if their titles differ from its own. Their paths are those of `paths`."""
    has_record: bool = True
    """Whether the search of pages finds it by its title alone; other pages have records of their own."""
    made_from: Callable[[LocalSite, Planned], object] | None = None
    """What it shows of documents, if anything; other pages use only their names."""
    cites: bool = False
    """Whether its scripts write citations."""
    saves: bool = False
    """Whether readers can save results of it to servers that the team names."""

    def paths_in(self, outline: Outline) -> list[str]:
        """The paths of its pages; empty if the site has none."""
        if self.of not in ("both", "release" if outline.release else "portal") or not self.when(outline):
            return []
        return [self.path] if self.paths is None else list(self.paths(outline))

    def sheets_in(self, here: LocalSite) -> Iterable[Sheet]:
        """Its pages in one language."""
        if not self.paths_in(here.site.outline):
            return []
        return self.sheets(here) if self.sheets else [Sheet(self.path, self.title(here.gettext))]


@dataclass(frozen=True)
class Planned:
    """A page that is to be rendered."""

    page: Page
    path: str
    """Path without the folder of a language: the same in all languages."""
    lang: str
    place: str
    """Its path in the site's folder."""
    title: str
    description: str = ""
    subject: object = None

    @property
    def kind(self) -> str:
        return self.page.kind


@dataclass(frozen=True)
class Nothing:
    """The context of a page whose template needs only the common variables."""


def nothing(_here: LocalSite, _planned: Planned) -> Nothing:
    return Nothing()
