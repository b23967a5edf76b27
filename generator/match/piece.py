"""Cross-matches as pieces of a build.

    other    the other catalogue, with positions at the epoch of the release's own, in order of the sky
    matched  the rows of a catalogue with the columns of its cross-matches; in place of its piece of rows
    facts    what was matched and found, for pages and programs

A changed radius makes the second again, but neither reads the sources nor orders rows.
"""

from __future__ import annotations

import difflib
import os
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
    from .facts import Told
    from .walk import Match

FORMAT = 2
"""Increased whenever what the pieces contain changes."""
MADE_BY = f"{__version__} {ROWS_FORMAT} {FORMAT}"
OF_JOIN = {"radius", "match", "title", "catalogue"}
"""Settings that change nothing of the other catalogue's rows."""


class MatchPieces:
    """The pieces of a catalogue's cross-matches."""

    def __init__(self, spec: CatalogueSource, release: Release, known: Digests) -> None:
        self.spec, self.release, self._known = spec, release, known
        self._matches = release.crossmatches_of(spec.name)

    @property
    def other_names(self) -> list[str]:
        """Names of the pieces of other catalogues."""
        return [f"{self.release.label}: other catalogue {match.name}" for match in self._matches]

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
        from ..ingest.readers.text_kinds import description_beside

        match = self._matches[number]
        card = _card(match, self.release)
        files = _files(match, self.release)
        read = [*files, *(beside for file in files if (beside := description_beside(file)))]
        sums = self._known.of_all(read, progress)
        inputs = {"format": MADE_BY}
        inputs |= {os.path.relpath(file, self.release.folder): sums[file] for file in read}
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
        inputs = {"format": MADE_BY, "rows": rows.content}
        matches = []
        for match, other in zip(self._matches, others, strict=True):
            one = self._match(match, other)
            place = f"crossmatch[{match.name}]"
            inputs |= {
                place: other.content,
                f"{place}.radius": str(one.radius),
                f"{place}.match": match.match,
            }
            inputs[f"{place}.title"] = digest_of(one.title)[:16]
            matches.append(one)
        return Piece(self.name, inputs, partial(_make_matched, self.spec, self.release, rows.folder, matches))

    def _match(self, match: Crossmatch, other: Kept) -> Match:
        from .walk import Match

        card = _card(match, self.release)
        radius = match.radius if match.radius is not None else card.radius.arcsec if card else 0.0
        title = in_language(match.title, "en") or (card.title if card else match.name)
        return Match(match, title, radius, other.folder)

    def facts(self, rows: Kept, *others: Kept) -> Piece:
        """Return the piece of facts about the matches; `rows` are the matched ones."""
        from ..formats.statistics import SourceFile
        from .facts import Told

        inputs = {"format": MADE_BY, "rows": rows.content}
        told = []
        for match, other in zip(self._matches, others, strict=True):
            card = _card(match, self.release)
            inputs[f"crossmatch[{match.name}]"] = digest_of([other.content, match.model_dump(mode="json")])
            if card:
                inputs[f"card {match.card}"] = digest_of(card.model_dump(mode="json"))[:16]
            sums = self._known.of_all(_files(match, self.release))
            sources = [
                SourceFile(file=file.name, bytes=file.stat().st_size, sha256=sha)
                for file, sha in sums.items()
            ]
            told.append(Told(self._match(match, other), card, sources))
        return Piece(
            self.facts_name, inputs, partial(_make_facts, self.spec.name, told, rows.folder), aloud=False
        )


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


def _files(match: Crossmatch, release: Release) -> list[Path]:
    """The files of the other catalogue; none if it is simulated. Raises InputError for missing ones."""
    from ..ingest.readers.unpack import named_files

    if match.source is None:
        return []
    return named_files(match.source, release, f"crossmatch[{match.name}].source")


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
    files: list[Path],
    spec: CatalogueSource,
    release_file: Path,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .other import Other, read_other

    with tempfile.TemporaryDirectory(prefix=".simulated-", dir=folder.parent) as scratch:
        if match.simulate:
            files = [_simulated(match.simulate, spec, Path(scratch))]
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


def _make_facts(name: str, told: list[Told], rows: Path, folder: Path, progress: Progress) -> Lines:
    from .facts import write_facts

    (folder / DATA).mkdir()
    write_facts(told, rows, name, folder / DATA / f"{name}.json", progress)
    return Lines()


def _make_matched(
    spec: CatalogueSource,
    release: Release,
    rows: Path,
    matches: list[Match],
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import make_joined

    make_joined(spec, release, rows, matches, folder, progress)
    return Lines()
