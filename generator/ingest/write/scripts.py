"""Write a catalogue's bytes as scripts, for pages opened from disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...carried import as_script
from ...checksums import TWINS
from ...files import in_parallel
from ...formats import Chunk, Partition

CHUNK_BYTES = 1_500_000
COLUMN_BYTES = 250_000
"""The same where a file has one column after the other: a region of the sky is in a chunk of each column."""


def chunk_ranges(files: Sequence[Partition]) -> list[Chunk]:
    """Return the byte range of each chunk: whole tiles of about CHUNK_BYTES; the footer separately.

    A file by columns is cut into equal parts instead. The number of chunks of a file and the rows in each do
    not depend on its footer.
    """
    chunks = []
    for index, file in enumerate(files):
        start = 0
        for end in _ends(file):
            chunks.append(Chunk(index, start, end - start))
            start = end
        chunks.append(Chunk(index, start, file.size - start))
    return chunks


def _ends(file: Partition) -> list[int]:
    """Return where each chunk of rows ends."""
    if file.by_columns:
        count = -(-file.footer // COLUMN_BYTES)
        return [file.footer * (n + 1) // count for n in range(count)]
    ends: list[int] = []
    start = 0
    for offset, length, *_ in file.tiles:
        if ends and offset + length - start <= CHUNK_BYTES:
            ends[-1] = offset + length
        else:
            start = ends[-1] if ends else 0
            ends.append(offset + length)
    return ends


def is_footer(chunks: Sequence[Chunk], number: int) -> bool:
    """Return whether a chunk is the last of its file, which contains the footer."""
    return number + 1 == len(chunks) or chunks[number + 1].file != chunks[number].file


def write_chunks(
    out: Path,
    name: str,
    source: Path,
    files: Sequence[Partition],
    chunks: Sequence[Chunk],
    numbers: Sequence[int],
    progress: Callable[[str, int, int], None],
) -> None:
    """Write the script twins of some of the `chunks` of `files`, which are in the folder `source`."""
    folder = out / TWINS
    folder.mkdir(parents=True, exist_ok=True)

    def write(number: int) -> None:
        index, offset, length = chunks[number]
        with (source / files[index].path).open("rb") as stream:
            stream.seek(offset)
            script = as_script(f'drportal.chunk("{name}",{number},', stream.read(length))
        (folder / f"{number:04d}.js").write_bytes(script)

    for done, _ in enumerate(in_parallel(write, numbers)):
        progress("scripts", done, len(numbers))
