"""spectrum.html: line lists, sets of spectra, and a few example spectra."""

from __future__ import annotations

from dataclasses import dataclass

from ...escape import permalink
from ...formats.blocks import ShownLine, ShownLines
from ...i18n import Language
from ...model import LineList
from ..first_spectra import first_pack
from ..page import Nav, Page, Planned
from ..site import LocalSite, Site
from ..views import SpectraView

EXAMPLES = 6
"""Number of example spectra of a set, shown if none is requested."""


@dataclass(frozen=True)
class Example:
    """An example spectrum."""

    id: str
    kind: str
    """Class and subclass, if the header has them."""
    link: str


@dataclass(frozen=True)
class Shown:
    """A set as shown on the page."""

    view: SpectraView
    examples: list[Example]


@dataclass(frozen=True)
class Spectrum:
    """Variables of spectrum.html."""

    sets: list[Shown]
    line_lists: list[ShownLines]
    """JSON for its script; wavelengths in vacuum, in Angstrom."""


def spectrum(here: LocalSite, _planned: Planned) -> Spectrum:
    site = here.site
    assert site.release
    observed = [view for view in site.spectra if view.spec.templates_of is None]
    sets = [Shown(view, _examples(view, site)) for view in observed]
    return Spectrum(sets, [_line_list(one, here.language) for one in site.release.lines])


def to_vacuum(air: float) -> float:
    """Convert a wavelength in standard air to vacuum, in Angstrom, after Ciddor (1996)."""
    if air < 2000:
        return air
    vacuum = air
    for _ in range(4):
        s = (1e4 / vacuum) ** 2
        vacuum = air * (1 + 0.05792105 / (238.0185 - s) + 0.00167917 / (57.362 - s))
    return vacuum


def _line_list(one: LineList, language: Language) -> ShownLines:
    def place(wavelength: float) -> float:
        return round(to_vacuum(wavelength) if one.wavelengths == "air" else wavelength, 4)

    lines = []
    for line in one.lines:
        name, end = language.text(line.name), {} if line.to is None else {"to": place(line.to)}
        lines.append(ShownLine(name=name, wavelength=place(line.wavelength), weight=line.weight, **end))
    title = language.text(one.title)
    return ShownLines(id=one.id, title=title, moves=one.moves, shown_for=one.shown_for, lines=lines)


def _examples(view: SpectraView, site: Site) -> list[Example]:
    """Spectra of different kinds from the first pack, the most common kinds first."""
    name = view.meta.id.name
    kinds: dict[str, list[tuple[str, str]]] = {}
    for one in site.once(first_pack, view.name):
        words = [word for word in (one.kind, one.subclass) if word]
        kinds.setdefault(" ".join(words)[:2] + (words[1][:1] if len(words) > 1 else ""), []).append(
            (one.id, " ".join(words))
        )
    chosen: list[tuple[str, str]] = []
    groups = sorted(kinds.values(), key=len, reverse=True)
    while groups and len(chosen) < EXAMPLES:
        chosen += [group.pop(0) for group in groups][: EXAMPLES - len(chosen)]
        groups = [group for group in groups if group]
    several = sum(other.meta.id.name == name for other in site.spectra) > 1
    extra = {"set": view.name} if several else {}
    return [Example(i, kind, permalink("spectrum.html", **({name: i} | extra))) for i, kind in chosen]


SPECTRUM = Page(
    "spectrum",
    "spectrum.html",
    "spectrum.html",
    order=30,
    title=lambda _: _("Spectrum"),
    when=lambda outline: outline.spectra,
    nav=Nav(lambda _: _("Spectra")),
    context=spectrum,
)
