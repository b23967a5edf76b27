"""Byte ranges of a file, one or several in a response (RFC 9110, section 14)."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

SPAN = re.compile(r"(?:([0-9]+)-([0-9]*)|-([0-9]+))")
LONGEST_NUMBER = 19
"""Maximum digits of a position in a file."""
MOST = 1000
"""A request of more ranges gets the whole file."""
BOUNDARY = "drportal-29c6e1f8a04b"
"""Parts are separated by their lengths, so that it may also occur in a file."""

Span = tuple[int, int]
"""The first and the last byte, inclusive."""


def spans(header: str | None, size: int) -> list[Span] | None:
    """Return the ranges that a request asks for; none if the file has none of them.

    None means the whole file: without the header, with one that is invalid, or with ranges that together are
    longer than the file.
    """
    if not header or not header.strip().startswith("bytes="):
        return None
    words = re.split("[ \t]*,[ \t]*", header.strip().removeprefix("bytes="))
    matches = [SPAN.fullmatch(word) for word in words]
    if len(words) > MOST or None in matches:
        return None
    found = []
    for match in filter(None, matches):
        first, last, suffix = match.groups()
        if max(len(one or "") for one in match.groups()) > LONGEST_NUMBER:
            continue
        start = int(first) if first else max(0, size - int(suffix))
        end = min(int(last), size - 1) if last else size - 1
        if start <= end:
            found.append((start, end))
    if len(found) > 1 and sum(last - first + 1 for first, last in found) > size:
        return None
    return found


class Parts(io.RawIOBase):
    """The body of a response of several ranges, as a file that is read once from its beginning."""

    def __init__(self, file: BinaryIO, found: list[Span], size: int, media: str) -> None:
        self._file = file
        self._at = 0
        self._left = 0
        self._text = b""
        heads = [
            f"\r\n--{BOUNDARY}\r\nContent-Type: {media}\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n"
            for first, last in found
        ]
        self._parts = list(zip(heads, found, strict=True))
        self._end = f"\r\n--{BOUNDARY}--\r\n"
        self.length = sum(len(head) + last - first + 1 for head, (first, last) in self._parts) + len(
            self._end
        )

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes; none at the end, or when the file has become shorter."""
        if not self._text and not self._left:
            if self._at < len(self._parts):
                head, (first, last) = self._parts[self._at]
                self._text, self._left = head.encode(), last - first + 1
                self._file.seek(first)
            elif self._at == len(self._parts):
                self._text = self._end.encode()
            self._at += 1
        if self._text:
            data, self._text = self._text[:size], self._text[size:]
            return data
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()
