"""A catalogue as a piece of a build: its data, and what is kept beside them and goes into no site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from .. import __version__
from ..checksums import SUMS, TWINS, Progress, digest, silent
from ..files import Entry
from ..model import CatalogueSource, Release
from ..model.text import in_language
from ..pieces import DATA, Digests, Kept, Lines, Piece, Store, digest_of
from ..problems import InputError
from .version import FORMAT

NOT_OF_DATA = {
    "columns",
    "formerly",
    "renamed",
    "compare_by",
    "audience",
    "public_from",
    "withheld",
    "title",
    "description",
    "resolution",
}
"""Settings that change no byte of the data: how a catalogue is compared, in what words it is described."""
NOT_OF_COLUMN = {"description", "header", "audience", "public_from"}
"""The same, of a column."""
WORDS = "words"
"""Folder of a piece of rows: files in which the words of the release are left open."""
PROPERTIES = ("hats.properties", "properties")


def rows_piece(spec: CatalogueSource, release: Release, known: Digests, progress: Progress = silent) -> Piece:
    """The rows of a catalogue, and all that is computed from them. Raises InputError for missing sources."""
    return Piece(
        f"{release.label}: catalogue {spec.name}",
        {"format": f"{__version__} {FORMAT}"}
        | _settings(spec, release)
        | _files(spec, release, known, progress),
        partial(_make_rows, spec, release),
    )


def words_piece(spec: CatalogueSource, release: Release, rows: Kept) -> Piece:
    """What describes a catalogue in the words of its release: hats.properties and SHA256SUMS."""
    from .write.hats_files import build_date

    said = {"title": _title(release), "published": release.published, "made": build_date(release)}
    return Piece(
        f"{release.label}: what describes catalogue {spec.name}",
        {"format": f"{__version__} {FORMAT}", "rows": rows.content} | said,
        partial(_make_words, said, rows.folder),
        aloud=False,
    )


def known_data(spec: CatalogueSource, release: Release, store: Store) -> tuple[Kept, Kept] | None:
    """The rows and the words that the last build made of a catalogue; None where something changed since."""
    try:
        if rows := store.kept(rows_piece(spec, release, store.digests).key):
            words = store.kept(words_piece(spec, release, rows).key)
            return (rows, words) if words else None
    except (InputError, OSError):
        pass
    return None


def known_files(rows: Kept, words: Kept) -> tuple[int, int]:
    """How many files a site has of a catalogue, and their bytes, without the script twins."""
    sizes = [e.bytes for e in _travelling(rows)]
    sizes += [e.bytes for e in words.files if e.path != f"{DATA}/{SUMS}"]
    return len(sizes), sum(sizes)


def rows_digest(rows: Kept) -> str:
    """The digest of the rows alone: of the files that a site has of them."""
    lines = [f"{e.sha256}  {e.path.removeprefix(f'{DATA}/')}" for e in _travelling(rows)]
    return digest_of(sorted(lines))


def published_digest(data: Path) -> str:
    """The same as `rows_digest`, of a catalogue that stands in a site."""
    lines = (data / SUMS).read_text(encoding="utf-8").splitlines()
    return digest_of(sorted(line for line in lines if line.partition("  ")[2] not in PROPERTIES))


def _make_rows(spec: CatalogueSource, release: Release, folder: Path, progress: Progress) -> Lines:
    import duckdb  # all this takes seconds to import, and a piece that is kept needs none of it

    from ..faults import explained
    from .walk import ingest_catalogue
    from .withhold import withheld_count, withheld_ids

    data = folder / DATA
    # Its words come from another piece, so that they can change without the rows.
    neutral = release.model_copy(update={"title": {}, "name": spec.name, "version": "", "published": "1970"})
    try:
        notes = ingest_catalogue(spec, neutral, data, progress=progress, note=withheld_ids(data))
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None
    (folder / WORDS).mkdir()
    for name in PROPERTIES:
        if (data / name).is_file():
            (data / name).rename(folder / WORDS / name)
    lines = [str(line) for line in notes]
    if spec.withheld and not withheld_count(withheld_ids(data)):
        lines.append(f"{release.file}: catalogues[{spec.name}].withheld: no row meets a condition")
    return Lines(lines)


def _make_words(said: Mapping[str, str], rows: Path, folder: Path, _progress: Progress) -> Lines:
    data = folder / DATA
    data.mkdir()
    values = {
        "obs_title": said["title"],
        "hats_release_date": said["published"],
        "hats_creation_date": said["made"],
    }
    lines = [f"{e.sha256}  {e.path.removeprefix(f'{DATA}/')}\n" for e in _travelling(Kept(rows, ""))]
    for name in PROPERTIES:
        if (rows / WORDS / name).is_file():
            text = (rows / WORDS / name).read_text(encoding="utf-8")
            for key, value in values.items():
                text = re.sub(rf"(?m)^{key}=.*$", partial(_line, key, value), text)
            (data / name).write_text(text, encoding="utf-8", newline="\n")
            lines.append(f"{digest(data / name)}  {name}\n")
    lines.sort(key=lambda line: line.partition("  ")[2])
    (data / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return Lines()


def _line(key: str, value: str, _match: re.Match[str]) -> str:
    return f"{key}={value}"


def _travelling(rows: Kept) -> Iterator[Entry]:
    """Files of the rows that are in SHA256SUMS: all that a site has of them but the script twins."""
    above, twins = f"{DATA}/", f"{DATA}/{TWINS}/"
    return (e for e in rows.files if e.path.startswith(above) and not e.path.startswith(twins))


def _title(release: Release) -> str:
    return " ".join(in_language(release.title, "en", release.label).split())


def _settings(spec: CatalogueSource, release: Release) -> dict[str, str]:
    """What release.toml says that changes data, by the name of the setting."""
    said = spec.model_dump(mode="json", by_alias=True, exclude=NOT_OF_DATA)
    if spec.changes_since:  # the source lies in the cache, wherever that is
        said["source"] = ""
    said["columns"] = {
        name: facts.model_dump(mode="json", exclude=NOT_OF_COLUMN) | {"bits": sorted(facts.bits)}
        for name, facts in spec.columns.items()
    }
    said["withheld"] = [[w.rows for w in spec.withheld], spec.hidden, sorted(spec.lost), spec.looked_up]
    place = f"catalogues[{spec.name}]"
    return {f"{place}.{name}": digest_of(value)[:16] for name, value in said.items() if value is not None}


def _files(spec: CatalogueSource, release: Release, known: Digests, progress: Progress) -> dict[str, str]:
    """The digests of the files that a catalogue is made from."""
    from .readers.text_kinds import description_beside
    from .readers.unpack import source_files

    sources = [] if spec.simulate else source_files(spec, release)
    files = {file: _name(file, spec, release) for file in sources}
    files |= {p: p.name for file in files if (p := description_beside(file))}
    if spec.schema_file and (release.folder / spec.schema_file).is_file():
        files[release.folder / spec.schema_file] = spec.schema_file
    if spec.simulate:  # the simulator is the source
        files |= {file: f"simulate/{file.name}" for file in simulator()}
    found = known.of_all(files, progress)
    return {files[file]: sha256 for file, sha256 in found.items()}


def simulator() -> list[Path]:
    """The files of what simulates rows and spectra: they are the source."""
    folder = Path(__file__).resolve().parents[1] / "simulate"
    return sorted(file for file in folder.iterdir() if file.is_file())


def _name(file: Path, spec: CatalogueSource, release: Release) -> str:
    return file.name if spec.changes_since else os.path.relpath(file, release.folder)
