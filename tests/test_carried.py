"""Bytes that scripts carry: as a browser's decoder and parser see them, and back."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from drportal.carried import as_script, from_script

CALL = 'drportal.chunk("lrs",3,'
NOISE = np.random.default_rng(1).integers(0, 256, 200_001, np.uint8).tobytes()
EVERY = np.arange(65536, dtype="<u2").tobytes()
DATA = {
    "nothing": b"",
    "one byte": b"x",
    "escapes": '"\\\n\r'.encode("utf-16-le") * 3,
    "every character": EVERY + b"\0",
    "halves only": b"\x00\xd8\xff\xdf" * 99,
    "halves far apart": (b"\0" * 120_000 + b"\xff\xdb") * 3,
    "at the distance that has a meaning": b"\0" * (2 * 0xD7FF)
    + b"\x01\xd8"
    + b"\0" * (2 * 0xD7FE)
    + b"\x01\xd8",
    "noise": NOISE,
}


def read_literally(script: bytes) -> tuple[str, str]:
    """The two texts of a script, decoded strictly, with a JSON parser for the literals."""
    text = script.decode("utf-16")  # strict: refuses halves of surrogate pairs
    assert text.startswith(CALL) and text.endswith(");\n")
    control = re.sub(r"[\0-\x1f]", lambda c: f"\\u{ord(c[0]):04x}", text[len(CALL) : -3])
    data, marks = json.loads(f"[{control}]")
    return data, marks


@pytest.mark.parametrize("name", DATA)
def test_bytes_come_back(name: str) -> None:
    script = as_script(CALL, DATA[name])
    assert from_script(script) == (CALL, DATA[name])
    text, marks = read_literally(script)
    units = [ord(c) for c in text]
    at = 0
    for step in map(ord, marks[1:]):
        at += step
        if step != 0xD7FF:
            units[at] ^= 0x8000
    assert np.array(units, "<u2").tobytes()[: 2 * len(units) - int(marks[0])] == DATA[name]


def test_noise_grows_by_little() -> None:
    assert len(as_script(CALL, NOISE)) < 1.04 * len(NOISE)


@pytest.mark.parametrize(
    "script",
    [
        b"",
        b'drportal.chunk("lrs",3,"AAAA");\n',
        b"\xff\xfe" + b"\x00\xd8" * 9,
        as_script(CALL, NOISE)[:-2],
        as_script(CALL, NOISE).replace("drportal".encode("utf-16-le"), "xrportal".encode("utf-16-le")),
        as_script(CALL, b"abcd").replace('"0"'.encode("utf-16-le"), '"0\x09"'.encode("utf-16-le")),
        as_script(CALL, b"abcd").replace('"0"'.encode("utf-16-le"), '"7"'.encode("utf-16-le")),
    ],
)
def test_other_scripts_are_not_read(script: bytes) -> None:
    assert from_script(script) is None
