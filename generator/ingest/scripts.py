"""The script twins of a catalogue: the bytes of its files again, for pages opened from disk.

They repeat what other pieces contain, so each group is a piece of its own: those of rows, of indexes, and of
the footers with the words of the release. Their numbers count the chunks of all files in the order of
catalogue.json; the number of chunks of a file does not depend on its footer.
"""

from __future__ import annotations

from pathlib import Path

from ..checksums import TWINS, Progress
from ..formats import Catalogue
from .kept_rows import KeptRows
from .write.footer_list import write_footers_script
from .write.ids import Indexes
from .write.scripts import chunk_ranges, is_footer, write_chunks


def write_row_scripts(rows: Path, out: Path, progress: Progress) -> None:
    """Write the twins of the row groups in the rows folder `rows` into the folder `out` of a catalogue."""
    kept = KeptRows(rows)
    about = kept.about
    chunks = chunk_ranges(about.partitions)
    numbers = [number for number in range(len(chunks)) if not is_footer(chunks, number)]
    write_chunks(out, about.name, kept.data, about.partitions, chunks, numbers, progress)


def write_index_scripts(rows: Path, ids: Path, data: Path, out: Path, progress: Progress) -> None:
    """Write the twins of the indexes of ids in the folder `data`, which `ids` describes, into `out`."""
    about = KeptRows(rows).about
    files = [*about.partitions, *Indexes.read(ids).files]
    chunks, own = chunk_ranges(files), len(about.partitions)
    numbers = [number for number, chunk in enumerate(chunks) if chunk.file >= own]
    write_chunks(out, about.name, data, files, chunks, numbers, progress)


def write_footer_scripts(data: Path, out: Path, progress: Progress) -> None:
    """Write the twins of the footers of a catalogue's Parquet files, and of footers.bin, into `out`.

    `data` is the folder of these files and of catalogue.json.
    """
    about = Catalogue.read(data)
    chunks, own = about.chunks, len(about.partitions)
    numbers = [n for n, chunk in enumerate(chunks) if chunk.file < own and is_footer(chunks, n)]
    write_chunks(out, about.name, data, about.partitions, chunks, numbers, progress)
    write_footers_script(data, about.name, out / TWINS)
