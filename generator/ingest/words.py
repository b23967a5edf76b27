"""Write all files of a catalogue that contain words from the release, from files without them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa

from ..checksums import SUMS, Progress
from ..files import Entry, in_parallel
from ..formats import Catalogue, Partition, Statistics
from ..pieces import DATA
from ..pieces.sums import known_sums, listed, sum_up, sums_file
from .default_columns import default_columns
from .folders import WORDS, travelling
from .kept_rows import KeptRows
from .release_words import ReleaseWords
from .values.fields import Field, with_pixel
from .write.description import description
from .write.footer_list import write_footers
from .write.footers import write_described
from .write.hats_files import spaced, write_common_metadata
from .write.ids import Indexes
from .write.scripts import chunk_ranges
from .write.votable_footer import parquet_metadata, votable_header

PROPERTIES = ("hats.properties", "properties")
OPEN = ("obs_title", "hats_release_date", "hats_creation_date", "hats_estsize", "hats_cols_default")
"""Properties that depend on the release, on statistics, or on the size of files that contain its words."""


def leave_open(data: Path, words: Path) -> None:
    """Move files with words from the release from `data` to `words`, leaving the words empty."""
    words.mkdir()
    for name in PROPERTIES:
        if (data / name).is_file():
            text = _filled((data / name).read_text(encoding="utf-8"), dict.fromkeys(OPEN, ""))
            (words / name).write_text(text, encoding="utf-8", newline="\n")
            (data / name).unlink()


def write_words(
    wording: ReleaseWords,
    content: str,
    rows: Path,
    statistics: Path,
    ids: Path,
    others: Iterable[Entry],
    folder: Path,
    progress: Progress,
) -> None:
    """Write the Parquet files and their description into `folder`, and the checksums next to it.

    `rows`, `statistics` and `ids` are the folders from which the catalogue is made; `others` are their files
    listed in SHA256SUMS; `content` is the digest of rows and statistics.
    """
    data, kept = folder / DATA, KeptRows(rows)
    about, indexes, measured = kept.about, Indexes.read(ids), Statistics.read(statistics)
    fields = [_with_wording(field, wording) for field in kept.shown]
    partitions = _partitions(kept, about, fields, data, progress)
    chunks = chunk_ranges([*partitions, *indexes.files])
    for column, field in zip(measured.columns, fields, strict=True):
        column.unit, column.ucd, column.description = field.unit, field.ucd, field.description
        if column.estimated and column.name in indexes.distinct:
            column.distinct, column.estimated = indexes.distinct[column.name], False
    footers = write_footers(data, partitions)
    whole = description(about, content, fields, measured.columns, partitions, footers, indexes, chunks)
    whole.default_columns = default_columns(whole, measured, wording.shown)
    measured.bytes = whole.bytes
    whole.write(data)
    measured.write(data)
    _properties(wording, whole, rows / WORDS, data)
    _write_sums(folder, others, progress)


def _with_wording(field: Field, wording: ReleaseWords) -> Field:
    unit, ucd, description = wording.columns[field.name]
    return replace(field, unit=unit, ucd=ucd, description=description)


def _partitions(
    kept: KeptRows, about: Catalogue, fields: list[Field], data: Path, progress: Progress
) -> list[Partition]:
    """Write the Parquet files with the words of the release in their footers."""
    notes, stored = kept.notes, with_pixel(fields, about.position is not None)
    header = votable_header(about.name, stored, about.rows, notes.lengths, set(notes.unicode))
    schema = pa.schema([(f.name, f.type) for f in stored]).with_metadata(parquet_metadata(header))
    partitions: list[Partition] = []
    for one in in_parallel(lambda one: write_described(kept.data, one, schema, data), about.partitions):
        progress("describe", len(partitions), len(about.partitions))
        partitions.append(one)
    write_common_metadata(data, schema, partitions if about.rows else [])
    return partitions


def _properties(wording: ReleaseWords, whole: Catalogue, words: Path, data: Path) -> None:
    size, shown = str(whole.bytes // 1024), spaced(whole.default_columns)
    values = (wording.title, wording.published, wording.made, size, shown)
    for file in sorted(words.iterdir()):
        text = _filled(file.read_text(encoding="utf-8"), dict(zip(OPEN, values, strict=True)))
        (data / file.name).write_text(text, encoding="utf-8", newline="\n")


def _filled(text: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        text = re.sub(rf"(?m)^{key}=.*$", partial(_line, key, value), text)
    return text


def _line(key: str, value: str, _match: re.Match[str]) -> str:
    return f"{key}={value}"


def _write_sums(folder: Path, others: Iterable[Entry], progress: Progress) -> None:
    """Write SHA256SUMS of the catalogue and, next to it, the list of checksums of this folder."""
    sum_up(folder, progress=progress)
    entries = [*others, *travelling(listed(sums_file(folder)))]
    named = [e._replace(path=e.path.removeprefix(f"{DATA}/")) for e in entries]
    named.sort(key=lambda e: e.path)
    text = "".join(f"{e.sha256}  {e.path}\n" for e in named)
    (folder / DATA / SUMS).write_text(text, encoding="utf-8", newline="\n")
    sum_up(folder, known_sums(sums_file(folder)))  # reads this one file alone
