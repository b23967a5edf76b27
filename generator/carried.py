"""Bytes as the text of a classic script, the only thing that a page opened from disk may load.

Two bytes are one character of UTF-16 (little-endian, with a byte order mark, which decides the encoding
whatever a host or a page says). Half of a surrogate pair cannot stand alone, so such a character has its highest
bit changed, and a second text says where. Of random bytes the script has 3 % more; base64 has 33 % more. The
client's counterpart is `client/src/reading/carried.js`.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

MARK = b"\xff\xfe"
END = '");\n'.encode("utf-16-le")
BETWEEN = '","'.encode("utf-16-le")
FAR = 0xD7FF
"""In place of a distance: go on so many characters and change nothing there."""
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
LITERAL = r'"([^"\\\n\r]*(?:\\["\\nr][^"\\\n\r]*)*)"'
SCRIPT = re.compile(
    r'(drportal\.(?:chunk|asset)\((?:"[^"\\]*"|\d+)(?:,(?:"[^"\\]*"|\d+))?,)'
    rf"{LITERAL},{LITERAL}\);\n"
)
ESCAPED = re.compile(r'\\(["\\nr])')


def as_script(call: str, data: bytes) -> bytes:
    """Return a script that delivers `data`; `call` is its beginning, such as `drportal.chunk("lrs",3,`."""
    odd = len(data) % 2
    units = np.frombuffer(data + b"\0" * odd, "<u2").copy()
    halves = np.flatnonzero((units & 0xF800) == 0xD800)
    units[halves] ^= 0x8000
    marks = [np.array([ord("0") + odd]), *_distances(np.diff(halves, prepend=0))]
    head = MARK + f'{call}"'.encode("utf-16-le")
    return b"".join([head, *_literal(units), BETWEEN, *_literal(np.concatenate(marks).astype("<u2")), END])


def _distances(steps: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the steps from one changed character to the next, each of which is less than FAR."""
    far = np.flatnonzero(steps >= FAR)
    if not len(far):
        return [steps]
    parts = []
    for part in np.split(steps, far):
        if len(part) and part[0] >= FAR:
            parts += [np.full(part[0] // FAR, FAR), part[:1] % FAR, part[1:]]
        else:
            parts.append(part)
    return parts


def _literal(units: NDArray[np.uint16]) -> list[bytes]:
    """Return characters as the inside of a literal, in pieces."""
    raw, at, parts = units.tobytes(), 0, []
    special = (units == 0x22) | (units == 0x5C) | (units == 0x0A) | (units == 0x0D)
    for place in np.flatnonzero(special).tolist():
        parts += [raw[at : 2 * place], ESCAPES[chr(units[place])].encode("utf-16-le")]
        at = 2 * place + 2
    return [*parts, raw[at:]]


def from_script(script: bytes) -> tuple[str, bytes] | None:
    """Return the beginning of a script of `as_script` and its data; None for any other."""
    if not script.startswith(MARK):
        return None
    try:
        found = SCRIPT.fullmatch(script[len(MARK) :].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None
    if not found or found[3][:1] not in ("0", "1"):
        return None
    units, marks = (_units(ESCAPED.sub(_plain, text)) for text in (found[2], found[3]))
    steps = marks[1:].astype(np.int64)
    places = np.cumsum(steps)[steps != FAR]
    if len(places) and places[-1] >= len(units):
        return None
    units[places] ^= 0x8000
    data = units.tobytes()[: 2 * len(units) - int(found[3][0])]
    return found[1], data


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le"), "<u2").copy()


def _plain(found: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r"}.get(found[1], found[1])
