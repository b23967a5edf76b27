"""Whatever a file contains, its reader reads it or rejects it with a clear message; it never crashes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .readers import READERS, Reader, outcome

WORDS = [
    b"",
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b"'",
    b'"',
    b"[",
    b"]" * 3,
    b"{",
    b"}",
    b"<",
    b">",
    b"&",
    b"-1",
    b"0",
    b"1e999",
    b"nan",
    b"9" * 30,
    b"../",
    b"/etc/passwd",
    b"[" * 100,
    b"{" * 100,
    b"(" * 100,
    b"a=" * 500,
    b"&a *a ",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "光".encode(),
    "\u2028\u202e".encode(),
    b"\x1b[31m",
    b"T",
    b"F",
    b"=",
    b"#",
    b"%",
    b"\\",
    b"${",
    b"{{",
    b"!!python/name:os.system ",
    b"2026-02-30",
    b"javascript:alert(1)",
    b"<script>",
    b"XTENSION= 'IMAGE   '",
    b"PAR1",
    b"\x1f\x8b",
    b"BZh9",
    b"\xfd7zXZ\0",
]
CHANGE = st.tuples(
    st.floats(0, 1),
    st.sampled_from(WORDS) | st.binary(max_size=6),
    st.sampled_from([0, 0, 1, 2, 8, 80, 3000]),
)
"""Where, what is put there, and how many bytes are taken away for it."""


def changed(raw: bytes, changes: list[tuple[float, bytes, int]]) -> bytes:
    made = bytearray(raw)
    for place, new, gone in changes:
        at = int(place * len(made))
        made[at : at + gone] = new
    return bytes(made)


def damage(reader: Reader, examples: int) -> None:
    deep = reader.deep

    @settings(
        max_examples=examples,
        deadline=20_000,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(reader.seeds), st.lists(CHANGE, max_size=6))
    @example(reader.seeds[0], [(0.0, b"[" * deep, 0)])
    @example(reader.seeds[0], [(1.0, b"\nx = " + b"[" * deep, 0)])
    @example(reader.seeds[0], [(1.0, b"\nx = " + b"{a=" * deep, 0)])
    @example(reader.seeds[0], [(1.0, b"\nx = " + b"9" * 3 * deep, 0)])
    @example(reader.seeds[0], [(1.0, b"\n" + b"x." * deep + b"x = 1", 0)])
    @example(reader.seeds[0], [(0.0, b"\0" * deep, 0)])
    def check(seed: bytes, changes: list[tuple[float, bytes, int]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "a" / "b"
            home.mkdir(parents=True)
            outcome(reader, changed(seed, changes), home)
            assert [p.name for p in Path(folder).iterdir()] == ["a"], "it wrote outside"
            assert [p.name for p in (Path(folder) / "a").iterdir()] == ["b"], "it wrote outside"

    check()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_good_files_are_read(reader: Reader, tmp_path: Path) -> None:
    for seed in reader.seeds:
        said = outcome(reader, seed, tmp_path)
        if reader.name == "release.toml":
            continue  # its sources are not there
        if reader.name == "document.md":
            assert "a.png" in said
        else:
            assert said == ""


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_damaged_files_are_read_or_refused(reader: Reader) -> None:
    damage(reader, 40)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_many_damaged_files_are_read_or_refused(reader: Reader) -> None:
    damage(reader, 1_500)
