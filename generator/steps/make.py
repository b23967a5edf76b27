"""Make the data of releases: catalogues, changes since former releases, spectra."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..checksums import SUMS
from ..differences import Changes, Found, changes_of, comparisons, predecessors
from ..differences.piece import Side, comparison_piece
from ..formats import Statistics
from ..formats.crossmatches import FOLDER as CROSSMATCHES
from ..ingest.fits_twin import fits_twin
from ..ingest.folders import collection_of
from ..ingest.piece import CatalogueData, CataloguePieces, published_content
from ..match.piece import MatchPieces
from ..model import CatalogueSource, Release
from ..pages.sources import Layer
from ..pieces import Asked, Kept, Piece, Workshop, digest_of
from ..problems import InputError, Problem
from ..publish.standing import sound_data
from ..report import Report
from ..spectra.piece import spectra_piece
from .decide import Plan
from .unchanged import Former

if TYPE_CHECKING:  # importing pyarrow takes seconds
    from ..ingest.walk import Makers
    from ..match.walk import Writer

Wanted = Callable[[Release, CatalogueSource], bool]


@dataclass
class Made:
    """The data of one release."""

    release: Release
    catalogues: dict[str, CatalogueData] = field(default_factory=dict)
    """By name, including those of changed rows."""
    spectra: dict[str, Kept] = field(default_factory=dict)
    changes: list[Changes] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    """The pieces of its data, made or only requested."""
    layers: list[Layer] = field(default_factory=list)
    """Everything that goes into its folder of the site."""
    has_pages: bool = False
    """Whether all its pages are among them."""

    @property
    def content(self) -> str:
        """The digest of everything that goes into its folder."""
        return digest_of([self.release.label, *((one.path, one.kept.content) for one in self.layers)])

    @property
    def doubts(self) -> int:
        """Values that may mean "nothing"."""
        found = (Statistics.read(one.statistics.folder) for one in self.catalogues.values())
        return sum(len(column.suspects) for statistics in found for column in statistics.columns)


class AllMade(dict[str, Made]):
    """The data of all releases, by id."""

    notes: tuple[str, ...] = ()
    """Lines that were reported, and will be whenever the same is built again."""
    index: Kept | None = None
    """The portal's own pages."""

    def changed(self, plan: Plan, former: Former) -> list[Release]:
        """The releases whose sites change, and those whose folders contain one of them."""
        names = {name for name, one in self.items() if former.releases.get(name) != one.content}
        around = {r.id for r in plan.chosen if any(name.startswith(f"{r.id}/") for name in names)}
        return [r for r in plan.chosen if r.id in names | around]

    def remembered(self, plan: Plan, former: Former, read: str, used: Mapping[str, str]) -> Former:
        """The record of this build for the next one; `read` is the digest of everything it read.

        `used` has the keys of its pieces by name.
        """
        releases = {r.id: former.releases.get(r.id, "") for r in plan.staying}
        releases |= {name: one.content for name, one in self.items()}
        return Former(read, self.notes, self.doubts, {**former.pieces, **used}, releases)

    @property
    def doubts(self) -> int:
        """Values that may mean "nothing"."""
        return sum(one.doubts for one in self.values())


def make(plan: Plan, workshop: Workshop, report: Report) -> AllMade:
    """The data of the chosen releases: from the cache if current, otherwise made.

    Raises InputError.
    """
    maker = Maker(workshop, report)
    made = AllMade(maker.catalogues(plan.chosen))
    maker.changes(plan, made)
    maker.spectra(plan, made)
    made.notes = tuple(dict.fromkeys(maker.notes))
    return made


@dataclass
class _Catalogue:
    spec: CatalogueSource
    parts: list[Asked]
    """Requested pieces of a catalogue: rows, statistics, ids, margin, words."""
    scripts: list[Asked]
    """Its script twins, if they are wanted."""
    before: list[Asked] = field(default_factory=list)
    """Those that its rows are made from, if they have cross-matches."""
    pairs: list[tuple[str, Asked]] = field(default_factory=list)
    """Those of the pairs of its cross-matches, and their folders in the site."""
    facts: Asked | None = None
    """Facts of its cross-matches."""
    fits: Asked | None = None
    """The same as one FITS file."""

    @property
    def data(self) -> CatalogueData | None:
        """The catalogue, if it could be made, with those of its script twins that are there."""
        rows, statistics, ids, margin, words = (one.kept for one in self.parts)
        if not (rows and statistics and ids and margin and words):
            return None
        scripts = tuple(one.kept for one in self.scripts if one.kept)
        return CatalogueData(rows, statistics, ids, margin, words, scripts)

    @property
    def pieces(self) -> list[Asked]:
        more = [one for one in (self.facts, self.fits) if one]
        return [*self.parts, *self.scripts, *(one for _, one in self.pairs), *more]


@dataclass
class _Compared:
    """Requested comparisons of two releases."""

    catalogues: list[tuple[str, Asked, Path, Path]] = field(default_factory=list)
    """Name, comparison, and the compared folders."""

    @property
    def asked(self) -> list[Asked]:
        return [asked for _, asked, _, _ in self.catalogues]

    @property
    def found(self) -> dict[str, Found]:
        """Comparisons that could be made, by catalogue."""
        return {
            name: Found(asked.kept.folder, before, after)
            for name, asked, before, after in self.catalogues
            if asked.kept
        }


def _described(describe: Callable[..., Piece], after: Sequence[Asked]) -> Piece:
    """A piece from those it is made from, which are there."""
    return describe(*(one.kept for one in after))


class Maker:
    """Requests the data of releases from a workshop, in the order of their dependencies."""

    def __init__(
        self,
        workshop: Workshop,
        report: Report,
        makers: Makers | None = None,
        matcher: Writer | None = None,
    ) -> None:
        """`makers` make the catalogues, and `matcher` their cross-matches, if not this computer alone."""
        self._workshop, self._report, self._makers, self._matcher = workshop, report, makers, matcher
        self.notes: list[str] = []

    def catalogues(self, releases: Iterable[Release], wanted: Wanted | None = None) -> dict[str, Made]:
        """The catalogues of releases for a site; only to compare them, those that are `wanted`.

        Raises InputError with the problems of all.
        """
        asked = [
            (r, self._ask(spec, r, scripts=wanted is None))
            for r in releases
            for spec in r.catalogues
            if wanted is None or wanted(r, spec)
        ]
        made = {r.id: Made(r) for r in releases}
        self._finish(one for _, c in asked for one in (*c.before, *c.pieces))
        for release, one in asked:
            self._add(made[release.id], one)
        return made

    def changes(self, plan: Plan, made: dict[str, Made]) -> None:
        """What changed in each release; changed rows become one more catalogue of it. Raises InputError."""
        pairs = [(r, other) for r in plan.chosen for other in predecessors(plan.portal.releases, r)]
        former = self._former(plan, [other for _, other in pairs], made)
        asked = {
            (after.id, before.id): self._compare(before, after, former[before.id], made[after.id])
            for after, before in pairs
        }
        self._finish(one for some in asked.values() for one in some.asked)
        # A build that only explains leaves comparisons unknown, which all releases show.
        sides = [one for pair in pairs for r in pair if r.id in made for one in made[r.id].asked]
        compared = [one for some in asked.values() for one in some.asked]
        unmade = dict.fromkeys(one for one in (*sides, *compared) if not one.kept)
        for one_made in made.values():
            one_made.asked += [one for one in unmade if one not in one_made.asked]
        tables: list[tuple[Release, _Catalogue]] = []
        for after, before in pairs:
            changes = changes_of(before, after, asked[after.id, before.id].found)
            made[after.id].changes.append(changes)
            for table in changes.tables.values():
                tables.append((after, self._ask(table, after)))
                after.catalogues.append(table)
        self._finish(one for _, c in tables for one in (*c.before, *c.pieces))
        for release, one in tables:
            self._add(made[release.id], one)

    def comparisons(
        self, before: Release, after: Release, former: dict[str, Side], made: Made
    ) -> dict[str, Found]:
        """The comparisons of two releases, by catalogue. Raises InputError."""
        compared = self._compare(before, after, former, made)
        self._finish(compared.asked)
        return compared.found

    def _compare(self, before: Release, after: Release, former: dict[str, Side], made: Made) -> _Compared:
        """Request the comparisons of two releases; catalogues without data are left out."""
        compared = _Compared()
        for one in comparisons(before, after):
            old, new = former.get(one.before.name), made.catalogues.get(one.after.name)
            if old and new:
                describe = partial(comparison_piece, one.name, old, side(new), one.hints)
                asked = self._workshop.ask(one.name, describe)
                compared.catalogues.append((one.after.name, asked, old.data, new.data))
        return compared

    def spectra(self, plan: Plan, made: dict[str, Made]) -> None:
        """The spectra of each release. Raises InputError."""
        asked, options = [], plan.options
        for release in plan.chosen:
            for spec in release.spectra:
                of = made[release.id].catalogues.get(spec.catalogue or "")
                describe = partial(
                    spectra_piece, spec, release, of, self._workshop.store, options.jobs,
                    options.keep_going, self._report.progress,
                )  # fmt: skip
                one = self._workshop.ask(f"{release.label}: spectra {spec.name}", describe, here=True)
                asked.append((release, spec, one))
        self._finish(one for _, _, one in asked)
        for release, spec, one in asked:
            made[release.id].asked.append(one)
            if one.kept:
                made[release.id].spectra[spec.name] = one.kept
                made[release.id].layers.append(Layer(f"data/spectra/{spec.name}", one.kept))

    def _ask(self, spec: CatalogueSource, release: Release, scripts: bool = True) -> _Catalogue:
        """Request the pieces of a catalogue, each once those it is made from are there.

        Without `scripts` nothing repeats its files for pages: it only is compared.
        """
        pieces = CataloguePieces(spec, release, self._workshop.store, self._makers)
        named, of_statistics, of_ids, of_margin, of_words = pieces.names
        read = self._request(named, partial(pieces.rows, self._report.progress))
        matches = MatchPieces(spec, release, self._workshop.store.digests, self._matcher)
        others, rows = self._matched(matches, read)
        before = [read, *others] if others else []
        statistics = self._request(of_statistics, pieces.statistics, rows)
        ids = self._request(of_ids, pieces.ids, rows, statistics)
        margin = self._request(of_margin, pieces.margin, rows)
        words = self._request(of_words, pieces.words, rows, statistics, ids)
        asked = [rows, statistics, ids, margin, words]
        if not scripts:
            return _Catalogue(spec, asked, [], before)
        row_scripts, index_scripts, footer_scripts = pieces.script_names
        twins = [
            self._request(row_scripts, pieces.row_scripts, rows),
            self._request(index_scripts, pieces.index_scripts, rows, ids),
            self._request(footer_scripts, pieces.footer_scripts, words),
        ]
        pairs = [
            (folder, self._request(name, partial(matches.pairs, number), rows, others[number]))
            for number, (folder, name) in enumerate(zip(matches.folders, matches.pair_names, strict=True))
        ]
        facts = self._request(matches.facts_name, matches.facts, rows, *others) if others else None
        fits = None
        if spec.fits:
            name = f"{release.label}: FITS file of catalogue {spec.name}"
            fits = self._request(name, partial(fits_twin, name, spec.name), words)
        return _Catalogue(spec, asked, twins, before, pairs, facts, fits)

    def _request(self, name: str, describe: Callable[..., Piece], *after: Asked) -> Asked:
        return self._workshop.ask(name, partial(_described, describe, after), after)

    def _matched(self, pieces: MatchPieces, read: Asked) -> tuple[list[Asked], Asked]:
        """Request the other catalogues of cross-matches, and the rows with their columns."""
        others = [
            self._request(name, partial(pieces.other, number, self._report.progress))
            for number, name in enumerate(pieces.other_names)
        ]
        if not others:
            return [], read
        return others, self._request(pieces.name, pieces.matched, read, *others)

    def _add(self, made: Made, one: _Catalogue) -> None:
        made.asked += [*one.before, *one.pieces]
        if data := one.data:
            made.catalogues[one.spec.name] = data
            made.layers += [Layer(f"data/{one.spec.name}", kept) for kept in data.layers]
            made.layers.append(Layer(f"data/{collection_of(one.spec.name)}", data.margin))
            made.layers += [Layer(folder, asked.kept) for folder, asked in one.pairs if asked.kept]
        if one.fits and one.fits.kept:
            made.layers.append(Layer("data", one.fits.kept))
        if one.facts and one.facts.kept:
            made.layers.append(Layer(CROSSMATCHES, one.facts.kept))

    def _finish(self, asked: Iterable[Asked]) -> None:
        self._workshop.finish()
        problems: list[Problem] = []
        for one in asked:
            problems += one.problems
            self.notes += one.kept.notes if one.kept else ()
            for line in one.lines:
                self._report.warn(line)
        if problems:
            raise InputError(problems)

    def _warn(self, line: str) -> None:
        self._report.warn(line)
        self.notes.append(line)

    def _former(
        self, plan: Plan, releases: list[Release], made: dict[str, Made]
    ) -> dict[str, dict[str, Side]]:
        """Catalogues to compare with: just made, else from the site, else ingested."""
        found = {name: {n: side(k) for n, k in one.catalogues.items()} for name, one in made.items()}
        for release in {r.id: r for r in releases if r.id not in made}.values():
            found[release.id] = self._published(plan, release)
        return found

    def _published(self, plan: Plan, release: Release) -> dict[str, Side]:
        have: dict[str, Side] = {}
        for spec in release.catalogues:
            folder = plan.site / release.id / "data" / spec.name
            if not (folder / SUMS).is_file():
                continue
            if sound_data(plan.site / release.id, spec.name):
                have[spec.name] = Side(folder, published_content(folder))
            else:
                fix = "compared with a catalogue made from its source instead"
                self._warn(str(Problem(str(folder), "", "differs from what was published", fix)))
        try:
            more = self.catalogues([release], lambda _r, spec: spec.name not in have)
        except InputError as error:
            for problem in error.problems:
                self._warn(f"not compared with {release.label}: {problem}")
            return have
        return have | {name: side(one) for name, one in more[release.id].catalogues.items()}


def side(data: CatalogueData) -> Side:
    """A catalogue as one side of a comparison."""
    return Side(data.data, data.content)
