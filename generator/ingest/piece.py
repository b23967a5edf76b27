"""A catalogue as pieces of a build, and the inputs of each piece.

    rows         the rows read and ordered, without words from the release
    statistics   measured from the rows and checked against the release
    ids          indexes of id columns
    margin       rows near the edges of partitions, once more
    words        Parquet files with the words of the release in their footers, and their description
    scripts      the script twins of rows, ids and words: a piece for each of the three

The DATA folder of each piece is copied into the site; its other files are not.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__, plugins
from ..checksums import SUMS, Progress, silent
from ..model import CatalogueSource, Release
from ..pieces import (
    DATA,
    Damaged,
    Digests,
    Kept,
    Lines,
    Piece,
    Store,
    digest_of,
    read_record,
    reason,
    write_record,
)
from ..problems import InputError
from .folders import ROWS, content_of, travelling
from .version import FORMAT, SCRIPTS

if TYPE_CHECKING:  # importing pyarrow takes seconds and is not needed for pieces that are up to date
    from .release_words import ReleaseWords
    from .settings import Schema
    from .values.fields import Field
    from .values.missing import Sentinel
    from .walk import Makers

MADE_BY = f"{__version__} {FORMAT}"
SCRIPTS_BY = f"{__version__} {SCRIPTS}"


@dataclass(frozen=True)
class CatalogueData:
    """The finished pieces of a catalogue."""

    rows: Kept
    statistics: Kept
    ids: Kept
    margin: Kept
    words: Kept
    scripts: tuple[Kept, ...] = ()
    """Those of a catalogue that goes into a site."""

    @property
    def layers(self) -> list[Kept]:
        """Return the pieces that make up the catalogue's folder in a site."""
        return [self.rows, self.ids, self.words, *self.scripts]

    @property
    def data(self) -> Path:
        """Folder of the Parquet files, catalogue.json and statistics.json."""
        return self.words.data

    @property
    def without_words(self) -> Path:
        """Folder of Parquet files and catalogue.json without the words of the release."""
        return self.rows.folder / ROWS

    @cached_property
    def content(self) -> str:
        """Digest of rows and statistics, as in catalogue.json."""
        return content_of(self.rows.files, self.statistics.files)


class CataloguePieces:
    """The pieces of one catalogue. Each piece's inputs are known once the pieces before it are finished."""

    def __init__(
        self, spec: CatalogueSource, release: Release, store: Store, makers: Makers | None = None
    ) -> None:
        """`makers` make the pieces if not this computer alone; their files are the same."""
        self.spec, self.release, self._store, self._makers = spec, release, store, makers

    @property
    def names(self) -> tuple[str, str, str, str, str]:
        """Names of the pieces: rows, statistics, ids, margin, words."""
        catalogue, label = f"catalogue {self.spec.name}", self.release.label
        return (
            f"{label}: {catalogue}",
            f"{label}: statistics of {catalogue}",
            f"{label}: ids of {catalogue}",
            f"{label}: margins of {catalogue}",
            f"{label}: description of {catalogue}",
        )

    @property
    def script_names(self) -> tuple[str, str, str]:
        """Names of the pieces of script twins: of rows, of ids, of words."""
        rows, _, ids, _, words = (name.removeprefix(f"{self.release.label}: ") for name in self.names)
        label = self.release.label
        return f"{label}: scripts of {rows}", f"{label}: scripts of {ids}", f"{label}: scripts of {words}"

    @cached_property
    def _schema(self) -> Schema:
        from .schema_columns import schema_table

        return schema_table(self.spec, self.release)

    def rows(self, progress: Progress = silent) -> Piece:
        """Return the piece of rows. Raises InputError for missing sources or wrong settings.

        Of `missing`, only the columns of positions are an input. Where a source decides which these are, all
        of it is, until the rows have been made once from this source with these settings.
        """
        from .settings import missing_of, named_positions, rows_settings

        inputs = {"format": MADE_BY} | rows_settings(self.spec, self._schema) | plugins.inputs(plugins.OPEN)
        named = _files(self.spec, self.release)
        digests = self._store.digests
        sums = digests.of_all(named, progress)
        inputs |= {named[file]: sha256 for file, sha256 in sums.items()} | _simulator(self.spec, digests)
        found = _Found(self._store.memory_of(self.names[0]) / digest_of(inputs)[:32], inputs)
        positions = named_positions(self.spec)
        unknown = positions is None and (positions := found.positions) is None
        make = partial(_make_rows, self.spec, self.release, self._makers, sums, found if unknown else None)
        missing = missing_of(self.spec, positions)
        reasons = partial(_reasons, self.names[0], inputs, missing) if unknown else None
        return Piece(self.names[0], inputs | missing, make, reasons=reasons)

    def statistics(self, rows: Kept) -> Piece:
        from .settings import statistics_settings

        inputs = {"format": MADE_BY, "rows": rows.content}
        inputs |= statistics_settings(self.spec, self._schema) | _simulator(self.spec, self._store.digests)
        make = partial(_make_statistics, self.spec, self.release, self._makers, rows.folder)
        return Piece(self.names[1], inputs, make)

    def ids(self, rows: Kept, statistics: Kept) -> Piece:
        from .kept_rows import KeptRows
        from .release_words import chosen_ids
        from .write.repeated import object_columns

        columns = chosen_ids(self.spec, self.release, self._schema, rows.folder, statistics.folder)
        inputs = {"format": MADE_BY, "rows": rows.content}
        objects = object_columns(self.spec, columns, KeptRows(rows.folder).about.id)
        for field, missing in columns:
            inputs[f"ids of {field.name}"] = digest_of([missing, field.name in objects])[:16]
        return Piece(self.names[2], inputs, partial(_make_ids, self.spec, self._makers, rows.folder, columns))

    def margin(self, rows: Kept) -> Piece:
        """Return the piece of margins and their collection, which has no words of the release."""
        inputs = {"format": MADE_BY, "rows": rows.content, "width": str(self.spec.margin)}
        return Piece(self.names[3], inputs, partial(_make_margin, rows, self.spec.margin), aloud=False)

    def words(self, rows: Kept, statistics: Kept, ids: Kept) -> Piece:
        from .release_words import words_of_release

        wording = words_of_release(self.spec, self.release, self._schema, rows.folder)
        made = {"rows": rows.content, "statistics": statistics.content, "ids": ids.content}
        make = partial(_make_words, wording, rows, statistics, ids)
        return Piece(self.names[4], {"format": MADE_BY} | made | wording.inputs, make, aloud=False)

    def row_scripts(self, rows: Kept) -> Piece:
        """Return the piece with the script twins of the rows."""
        make = partial(_make_row_scripts, rows)
        inputs = {"format": SCRIPTS_BY, "rows": rows.content}
        return Piece(self.script_names[0], inputs, make, aloud=False)

    def index_scripts(self, rows: Kept, ids: Kept) -> Piece:
        """Return the piece with the script twins of the indexes of ids."""
        make = partial(_make_index_scripts, rows, ids)
        inputs = {"format": SCRIPTS_BY, "rows": rows.content, "ids": ids.content}
        return Piece(self.script_names[1], inputs, make, aloud=False)

    def footer_scripts(self, words: Kept) -> Piece:
        """Return the piece with the script twins of the footers, which have the words of the release."""
        make = partial(_make_footer_scripts, words)
        inputs = {"format": SCRIPTS_BY, "description": words.content}
        return Piece(self.script_names[2], inputs, make, aloud=False)


def known_data(
    spec: CatalogueSource,
    release: Release,
    store: Store,
    matched: Callable[[Kept], Kept | None] = lambda k: k,
) -> CatalogueData | None:
    """Return the catalogue as the last build left it; None where anything has changed since.

    `matched` returns the rows with their cross-matches.
    """
    pieces = CataloguePieces(spec, release, store)
    try:
        if (
            (read := store.kept(pieces.rows().key))
            and (rows := matched(read))
            and (statistics := store.kept(pieces.statistics(rows).key))
            and (ids := store.kept(pieces.ids(rows, statistics).key))
            and (margin := store.kept(pieces.margin(rows).key))
            and (words := store.kept(pieces.words(rows, statistics, ids).key))
        ):
            return CatalogueData(rows, statistics, ids, margin, words)
    except (InputError, OSError):
        pass
    return None


def known_files(data: CatalogueData) -> tuple[int, int]:
    """Return the number of a catalogue's files in a site and their bytes, without script twins."""
    found = (e for layer in data.layers for e in travelling(layer.files))
    sizes = [e.bytes for e in found if e.path != f"{DATA}/{SUMS}"]
    return len(sizes), sum(sizes)


def published_content(data: Path) -> str:
    """Return `CatalogueData.content` for a catalogue in a published site."""
    from ..formats import Catalogue

    # Sites of earlier versions do not have it.
    return Catalogue.read(data).content or digest_of((data / SUMS).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class _Found:
    """The columns of positions as a source has shown them, kept for the next build."""

    file: Path
    inputs: Mapping[str, str]
    """What decides them: all inputs of the rows except `missing`."""

    @property
    def positions(self) -> list[str] | None:
        """Their names; None if they are not known."""
        with contextlib.suppress(Damaged):
            if text := read_record(self.file):
                return list(json.loads(text))
        return None

    def write(self, positions: list[str]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_record(self.file, json.dumps(positions))


def _reasons(
    name: str, inputs: Mapping[str, str], missing: Mapping[str, str], before: Mapping[str, str] | None
) -> Iterator[tuple[str, str]]:
    """Why rows are made while not known which of `missing` matters: inputs beside it, if one changed."""
    others = {key: value for key, value in (before or {}).items() if key not in missing}
    yield name, reason(inputs, others) if before and others != inputs else ""


def _make_rows(
    spec: CatalogueSource,
    release: Release,
    makers: Makers | None,
    sums: Mapping[Path, str],
    found: _Found | None,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .kept_rows import KeptRows
    from .settings import missing_of
    from .walk import HERE
    from .withhold import withheld_count, withheld_ids

    with _explained(folder):
        lines = [str(line) for line in (makers or HERE).rows(spec, release, folder, progress, sums)]
    if spec.withheld and not withheld_count(withheld_ids(folder / DATA)):
        lines.append(f"{release.file}: catalogues[{spec.name}].withheld: no row meets a condition")
    if found is None:
        return Lines(lines)
    position = KeptRows(folder).about.position
    positions = [position.ra, position.dec] if position else []
    found.write(positions)
    return Lines(lines, inputs={**found.inputs, **missing_of(spec, positions)})


def _make_statistics(
    spec: CatalogueSource,
    release: Release,
    makers: Makers | None,
    rows: Path,
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import HERE

    with _explained(folder):
        (makers or HERE).statistics(spec, release, rows, folder, progress)
    return Lines()


def _make_ids(
    spec: CatalogueSource,
    makers: Makers | None,
    rows: Path,
    columns: list[tuple[Field, list[Sentinel]]],
    folder: Path,
    progress: Progress,
) -> Lines:
    from .walk import HERE

    with _explained(folder):
        (makers or HERE).ids(spec, rows, columns, folder, progress)
    return Lines()


def _make_margin(rows: Kept, arcsec: float, folder: Path, progress: Progress) -> Lines:
    from .margin import make_margin

    with _explained(folder):
        make_margin(rows.folder, arcsec, folder, progress)
    return Lines()


def _make_words(
    wording: ReleaseWords, rows: Kept, statistics: Kept, ids: Kept, folder: Path, progress: Progress
) -> Lines:
    from .words import write_words

    content = content_of(rows.files, statistics.files)
    others = [e for kept in (rows, ids) for e in travelling(kept.files)]
    write_words(wording, content, rows.folder, statistics.folder, ids.folder, others, folder, progress)
    return Lines()


def _make_row_scripts(rows: Kept, folder: Path, progress: Progress) -> Lines:
    from .scripts import write_row_scripts

    write_row_scripts(rows.folder, folder / DATA, progress)
    return Lines()


def _make_index_scripts(rows: Kept, ids: Kept, folder: Path, progress: Progress) -> Lines:
    from .scripts import write_index_scripts

    write_index_scripts(rows.folder, ids.folder, ids.data, folder / DATA, progress)
    return Lines()


def _make_footer_scripts(words: Kept, folder: Path, progress: Progress) -> Lines:
    from .scripts import write_footer_scripts

    write_footer_scripts(words.data, folder / DATA, progress)
    return Lines()


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn errors of DuckDB or the disk into readable messages."""
    import duckdb

    from ..faults import explained

    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None


def _files(spec: CatalogueSource, release: Release) -> dict[Path, str]:
    """Return the files from which a catalogue is made, and their names as inputs."""
    from .readers.text_kinds import description_beside
    from .readers.unpack import source_files

    sources = [] if spec.simulate else source_files(spec, release)
    # Rows that changed since a release are in the cache, whose path does not matter.
    name = (lambda f: f.name) if spec.changes_since else partial(os.path.relpath, start=release.folder)
    files = {file: name(file) for file in sources}
    return files | {p: p.name for file in files if (p := description_beside(file))}


def _simulator(spec: CatalogueSource, digests: Digests) -> dict[str, str]:
    """Return the digests of the simulator's files if it provides the source."""
    if not spec.simulate:
        return {}
    return {f"simulate/{file.name}": sha256 for file, sha256 in digests.of_all(simulator()).items()}


def simulator() -> list[Path]:
    """Return the files that simulate rows and spectra: they count as sources."""
    folder = Path(__file__).resolve().parents[1] / "simulate"
    return sorted(file for file in folder.iterdir() if file.is_file())
