"""Files of assets/ with a package: in gzip without compression, as its bytes are compressed, and as a script.

Pages read all parts in the same way, and gzip's checksum finds a damaged byte. The bytes do not depend on a
version of zlib.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator

BLOCK = 65_535
HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def stored(raw: bytes) -> bytes:
    """Bytes as a gzip file of stored blocks."""
    return b"".join(_parts(raw))


def stored_size(raw: int) -> int:
    """The length of `stored` for that many bytes."""
    return len(HEADER) + 5 * max(-(-raw // BLOCK), 1) + raw + 8


def _parts(raw: bytes) -> Iterator[bytes]:
    yield HEADER
    for at in range(0, max(len(raw), 1), BLOCK):
        block = raw[at : at + BLOCK]
        last = at + BLOCK >= len(raw)
        yield struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF)
        yield block
    yield struct.pack("<II", zlib.crc32(raw), len(raw) & 0xFFFFFFFF)


def unpacked(packed: bytes) -> bytes | None:
    """The bytes inside of a gzip file; None for one that is damaged."""
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None


def script(name: str, packed: bytes) -> bytes:
    """The same bytes for pages opened from disk; `name` is known to pages."""
    from ..carried import as_script  # not above: it needs NumPy

    return as_script(f'drportal.asset("{name}",', packed)
