"""Cross-matches as pieces of a build.

    other    the other catalogue, with positions at the epoch of the release's own, in order of the sky
    pairs    its pairs with a catalogue, as a HATS association
    matched  the rows of a catalogue with the columns of its cross-matches; in place of its piece of rows
    facts    what was matched and found, for pages and programs

A changed radius makes the second again, but neither reads the sources nor orders rows.
"""

from __future__ import annotations

import difflib
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..checksums import Progress, silent
from ..ingest.piece import simulator
from ..ingest.version import FORMAT as ROWS_FORMAT
from ..model import CatalogueSource, Release
from ..model.crossmatch import Crossmatch, SimulatedMatch
from ..model.text import in_language
from ..pieces import DATA, Digests, Kept, Lines, Piece, Store, digest_of
from ..problems import InputError, Problem

if TYPE_CHECKING:
    from .card import Card
    from .facts import Subject
    from .sources import OtherFiles
    from .walk import Match, Writer

FORMAT = 2
"""Increased whenever what the pieces contain changes."""
MADE_BY = f"{__version__} {ROWS_FORMAT} {FORMAT}"
OF_JOIN = {"radius", "match", "title", "catalogue", "source", "audience", "public_from"}
"""Settings that change nothing of the other catalogue's rows."""


class MatchPieces:
    """The pieces of a catalogue's cross-matches."""

    def __init__(
        self, spec: CatalogueSource, release: Release, known: Digests, write: Writer | None = None
    ) -> None:
        """`write` writes the matched rows if not this process alone; its files are the same."""
        self.spec, self.release, self._known, self._write = spec, release, known, write
        self._matches = release.crossmatches_of(spec.name)

    @property
    def other_names(self) -> list[str]:
        """Names of the pieces of other catalogues."""
        return [f"{self.release.label}: other catalogue {match.name}" for match in self._matches]

    @property
    def pair_names(self) -> list[str]:
        """Names of the pieces of pairs."""
        return [f"{self.release.label}: pairs of cross-match {match.name}" for match in self._matches]

    @property
    def folders(self) -> list[str]:
        """Folders of the pairs in a release's folder of the site."""
        return [f"data/{match.folder}" for match in self._matches]

    @property
    def name(self) -> str:
        """Name of the piece of matched rows."""
        return f"{self.release.label}: cross-matches of catalogue {self.spec.name}"

    @property
    def facts_name(self) -> str:
        """Name of the piece of facts."""
        return f"{self.release.label}: facts of the cross-matches of catalogue {self.spec.name}"

    def other(self, number: int, progress: Progress) -> Piece:
        """Return the piece of another catalogue. Raises InputError for missing files."""
        from .sources import OtherFiles, other_files

        match = self._matches[number]
        card = _card(match, self.release)
        files = OtherFiles([], {})
        if not match.simulate:
            files = other_files(match, self.release, self._known, progress)
        inputs = {"format": MADE_BY} | files.inputs
        settings = match.model_dump(mode="json", exclude=OF_JOIN | {"name"})
        inputs |= {
            f"crossmatch[{match.name}].{k}": digest_of(v)[:16] for k, v in settings.items() if v is not None
        }
        inputs["name"] = match.name
        if card:
            about = card.model_dump(
                mode="json", exclude={"title", "about", "radius", "citations", "get", "checked"}
            )
            inputs[f"card {match.card}"] = digest_of(about)[:16]
        if match.simulate:
            assert self.spec.simulate
            inputs |= {"simulated": digest_of(self.spec.simulate.model_dump(mode="json"))[:16]}
            inputs |= {f"simulate/{p.name}": sha for p, sha in self._known.of_all(simulator()).items()}
        make = partial(_make_other, match, card, files, self.spec, self.release.file)
        return Piece(self.other_names[number], inputs, make)

    def matched(self, rows: Kept, *others: Kept) -> Piece:
        """Return the piece of rows with the columns of cross-matches."""
        from .walk import Match

        inputs = {"format": MADE_BY, "rows": rows.content}
        matches = []
        for match, other in zip(self._matches, others, strict=True):
            radius, title = self._described(match)
            place = f"crossmatch[{match.name}]"
            inputs |= {place: other.content, f"{place}.radius": str(radius), f"{place}.match": match.match}
            inputs[f"{place}.title"] = digest_of(title)[:16]
            matches.append(Match(match, title, radius, other.folder))
        restricted = [
            (key, self.spec.edition.hides(facts))
            for key, facts in self.spec.columns.items()
            if "audience" in facts.model_fields_set
        ]
        if any(hidden for _, hidden in restricted):
            inputs["withheld"] = digest_of(restricted)[:16]
        make = partial(_make_matched, self.spec, self.release, rows.folder, matches, self._write)
        return Piece(self.name, inputs, make)

    def pairs(self, number: int, rows: Kept, other: Kept) -> Piece:
        """Return the piece of the pairs of a cross-match; `rows` are the matched rows."""
        match = self._matches[number]
        radius, title = self._described(match)
        inputs = {"format": MADE_BY, "rows": rows.content, "other": other.content}
        make = partial(_make_pairs, match, title, radius, other.folder, rows.folder)
        return Piece(self.pair_names[number], inputs, make, aloud=False)

    def _described(self, match: Crossmatch) -> tuple[float, str]:
        """The radius and the title of a cross-match."""
        card = _card(match, self.release)
        radius = match.radius if match.radius is not None else card.radius.arcsec if card else 0.0
        return radius, in_language(match.title, "en") or (card.title if card else match.name)

    def facts(self, rows: Kept, *others: Kept) -> Piece:
        """Return the piece of facts about the matches; `rows` are the matched ones."""
        from .facts import Subject, sources_of
        from .sources import other_files
        from .walk import Match

        inputs = {"format": MADE_BY, "rows": rows.content}
        subjects = []
        for match, other in zip(self._matches, others, strict=True):
            card, (radius, title) = _card(match, self.release), self._described(match)
            files = None if match.simulate else other_files(match, self.release, self._known, silent)
            sources = sources_of(match, self.release, files) if files else []
            about = [match.model_dump(mode="json"), [one.members() for one in sources]]
            inputs[f"crossmatch[{match.name}]"] = digest_of([other.content, *about])
            if card:
                inputs[f"card {match.card}"] = digest_of(card.model_dump(mode="json"))[:16]
            subjects.append(Subject(Match(match, title, radius, other.folder), card, sources))
        make = partial(_make_facts, self.spec.name, subjects, rows.folder)
        return Piece(self.facts_name, inputs, make, aloud=False)


@cache
def _cards(portal: Path) -> dict[str, Card]:
    from .card import OWN, load_cards

    return load_cards((OWN, portal / "cards"))


def _card(match: Crossmatch, release: Release) -> Card | None:
    """The card that a cross-match names. Raises InputError for one that does not exist."""
    if match.card is None:
        return None
    cards = _cards(release.folder.parents[release.id.count("/") + 1])
    if match.card not in cards:
        near = difflib.get_close_matches(match.card, cards, n=3, cutoff=0.5)
        fix = f"did you mean {' or '.join(near)}?" if near else "`drportal cards` lists them"
        place = f"crossmatch[{match.name}].card"
        raise InputError(Problem(str(release.file), place, f"there is no card {match.card!r}", fix))
    return cards[match.card]


def known_matched(spec: CatalogueSource, release: Release, store: Store, rows: Kept) -> Kept | None:
    """Return the rows with their cross-matches as the last build left them; None if anything has changed."""
    pieces = MatchPieces(spec, release, store.digests)
    others = [store.kept(pieces.other(i, silent).key) for i in range(len(pieces.other_names))]
    if not others:
        return rows
    there = [one for one in others if one]
    return store.kept(pieces.matched(rows, *there).key) if len(there) == len(others) else None


def _make_other(
    match: Crossmatch,
    card: Card | None,
    files: OtherFiles,
    spec: CatalogueSource,
    release_file: Path,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .other import Other, read_other
    from .sources import OtherFiles

    with tempfile.TemporaryDirectory(prefix=".simulated-", dir=folder.parent) as scratch:
        if match.simulate:
            files = OtherFiles([str(_simulated(match.simulate, spec, Path(scratch)))], {})
        read_other(match, card, files, release_file, folder, progress)
    lost = (found := Other.open(folder)).notes.rows - len(found.positions)
    place = f"{release_file}: crossmatch[{match.name}]"
    return Lines([f"{place}: {lost:,} of {found.notes.rows:,} rows have no position"] if lost else [])


def _simulated(simulate: SimulatedMatch, spec: CatalogueSource, folder: Path) -> Path:
    """Write the objects that another survey would see where a simulated catalogue has its targets."""
    from ..simulate.counterparts import write_counterparts

    assert spec.simulate
    file = folder / f"{spec.name}.parquet"
    write_counterparts(spec.simulate.kind, spec.simulate.rows, spec.simulate.seed, simulate.others, file)
    return file


def _make_facts(name: str, subjects: list[Subject], rows: Path, folder: Path, progress: Progress) -> Lines:
    from .facts import write_facts

    (folder / DATA).mkdir()
    write_facts(subjects, rows, name, folder / DATA / f"{name}.json", progress)
    return Lines()


def _make_matched(
    spec: CatalogueSource,
    release: Release,
    rows: Path,
    matches: list[Match],
    write: Writer | None,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import in_turn, make_joined

    remarks = make_joined(spec, release, rows, matches, folder, progress, write or in_turn)
    return Lines([str(remark) for remark in remarks])


def _make_pairs(
    match: Crossmatch,
    title: str,
    radius: float,
    other: Path,
    rows: Path,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .association import make_association, pair_file

    if pair_file(rows, match).is_file():
        make_association(match, title, radius, other, rows, folder, progress)
    else:
        (folder / DATA).mkdir()  # these readers see no pairs
    return Lines()
