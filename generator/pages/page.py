"""What a kind of page is: the record that each module of kinds/ has, and one planned page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from .outline import Outline
from .site import LocalSite

Gettext = Callable[[str], str]


@dataclass(frozen=True)
class Sheet:
    """One page of a kind: its path without the folder of a language, and what it is called."""

    path: str
    title: str
    description: str = ""
    subject: object = None
    """What it is about, where the kind has several pages: a catalogue, a document, a part of a list."""


@dataclass(frozen=True)
class Nav:
    """The entry of a kind in the navigation."""

    label: Callable[[Gettext], str]
    target: Callable[[Outline], str] | None = None
    """Where it leads, if not to the kind's own path."""


@dataclass(frozen=True)
class Page:
    """A kind of page."""

    kind: str
    """The class of its body, and which entry of the navigation is current on it."""
    template: str
    path: str
    """Without the folder of a language; {} stands for a name where there are several, "" for any path."""
    order: int
    """Its place in the navigation and in lists of pages."""
    context: Callable[[LocalSite, Planned], object]
    """What its template knows beside what all know: a dataclass whose fields are the names."""
    title: Callable[[Gettext], str] = lambda _: ""
    when: Callable[[Outline], bool] = lambda _outline: True
    """Whether there is such a page."""
    of: Literal["release", "portal", "both"] = "release"
    nav: Nav | None = None
    paths: Callable[[Outline], Iterable[str]] | None = None
    """The paths of its pages, where they are not its own path alone."""
    sheets: Callable[[LocalSite], Iterable[Sheet]] | None = None
    """Its pages, where their titles are not its own alone. Their paths are those of `paths`."""
    has_record: bool = True
    """Whether readers find it in the search of pages by its title alone; others have records of their own."""
    made_from: Callable[[LocalSite, Planned], object] | None = None
    """What of the documents it shows, where it does; other pages know no more of them than their names."""
    cites: bool = False
    """Whether its scripts write citations."""

    def paths_in(self, outline: Outline) -> list[str]:
        """The paths of its pages, none where there are none."""
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
    """Without the folder of a language: that of the same page in all languages."""
    lang: str
    place: str
    """Where it stands in the site's folder."""
    title: str
    description: str = ""
    subject: object = None

    @property
    def kind(self) -> str:
        return self.page.kind


@dataclass(frozen=True)
class Nothing:
    """The context of a page whose template needs no more than what all know."""


def nothing(_here: LocalSite, _planned: Planned) -> Nothing:
    return Nothing()
