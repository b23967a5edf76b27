"""Write a catalogue's bytes as scripts, for pages opened from disk."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from ...checksums import TWINS
from ...files import in_parallel
from ...formats import Chunk, Partition

CHUNK_BYTES = 1_500_000


def chunk_ranges(files: list[Partition]) -> list[Chunk]:
    """Return the byte range of each chunk: whole tiles of about CHUNK_BYTES; the footer separately.

    The number of chunks of a file and the tiles in each do not depend on its footer.
    """
    chunks = []
    for index, file in enumerate(files):
        start = end = 0
        for offset, length, *_ in file.tiles:
            if end > start and offset + length - start > CHUNK_BYTES:
                chunks.append(Chunk(index, start, end - start))
                start = end
            end = offset + length
        if end > start:
            chunks.append(Chunk(index, start, end - start))
        chunks.append(Chunk(index, end, file.size - end))
    return chunks


def is_footer(chunks: list[Chunk], number: int) -> bool:
    """Return whether a chunk is the last of its file, which contains the footer."""
    return number + 1 == len(chunks) or chunks[number + 1].file != chunks[number].file


def write_chunks(
    out: Path,
    name: str,
    source: Path,
    files: list[Partition],
    wanted: Callable[[list[Chunk], int], bool],
    progress: Callable[[str, int, int], None],
) -> None:
    """Write the `wanted` script twins of `files`, which are in the folder `source`."""
    folder = out / TWINS
    folder.mkdir(parents=True, exist_ok=True)
    chunks = chunk_ranges(files)

    def write(number: int) -> None:
        index, offset, length = chunks[number]
        with (source / files[index].path).open("rb") as stream:
            stream.seek(offset)
            data = base64.b64encode(stream.read(length))
        with (folder / f"{number:04d}.js").open("wb") as script:
            script.write(f'drportal.chunk("{name}",{number},"'.encode())
            script.write(data)
            script.write(b'");\n')

    numbers = [number for number in range(len(chunks)) if wanted(chunks, number)]
    for done, _ in enumerate(in_parallel(write, numbers)):
        progress("scripts", done, len(numbers))
