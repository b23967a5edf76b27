"""A catalogue's bytes as scripts, for pages opened from a disc."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from ...checksums import TWINS
from ...formats import Chunk, Partition

CHUNK_BYTES = 1_500_000


def chunk_ranges(files: list[Partition]) -> list[Chunk]:
    """The bytes of each chunk: whole tiles, about CHUNK_BYTES; the footer by itself."""
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


def write_chunks(
    out: Path,
    name: str,
    files: list[Partition],
    progress: Callable[[str, int, int], None],
) -> list[Chunk]:
    """Write the script twins of all files; returns their ranges."""
    folder = out / TWINS
    folder.mkdir()
    chunks = chunk_ranges(files)
    for number, (index, offset, length) in enumerate(chunks):
        progress("scripts", number, len(chunks))
        with (out / files[index].path).open("rb") as stream:
            stream.seek(offset)
            data = base64.b64encode(stream.read(length))
        with (folder / f"{number:04d}.js").open("wb") as script:
            script.write(f'drportal.chunk("{name}",{number},"'.encode())
            script.write(data)
            script.write(b'");\n')
    return chunks
