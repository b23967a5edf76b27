"""Checksums of a piece's files, and records of pieces: what is read, and how damage is reported."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from drportal.pieces.records import Damaged, read_record, write_record
from drportal.pieces.sums import (
    Fault,
    damage_in,
    known_sums,
    listed,
    sound,
    sum_up,
    sums_file,
    unsound,
    write_known,
)


def sums(folder: Path) -> dict[str, str]:
    return {entry.path: entry.sha256 for entry in listed(sums_file(folder))}


def test_only_files_with_another_status_are_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "piece"
    folder.mkdir()
    for name in ("same", "changed"):
        (folder / name).write_text("first")
    sum_up(folder)
    first = hashlib.sha256(b"first").hexdigest()
    assert sums(folder) == {"same": first, "changed": first}
    known = {path: ("0" * 64, status) for path, (_, status) in known_sums(sums_file(folder)).items()}
    (folder / "changed").write_text("second")
    read = list[tuple[str, int, int]]()
    sum_up(folder, known, lambda *step: read.append(step))
    assert sums(folder) == {"same": "0" * 64, "changed": hashlib.sha256(b"second").hexdigest()}
    assert read == [("checksums", 1, 1)]


def test_damage_is_reported_by_its_first_file(tmp_path: Path) -> None:
    faults = [Fault("a/one", "changed"), Fault("two", "missing"), Fault("three", "extra")]
    line = damage_in(tmp_path, faults)
    assert str(tmp_path / "a" / "one") in line and "changed since an earlier build" in line
    assert "(and 2 more)" in line and "missing" not in line
    assert "more" not in damage_in(tmp_path, faults[1:2])


def test_a_record_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    record = tmp_path / "record"
    assert read_record(record) is None
    write_record(record, "text\n")
    assert read_record(record) == "text\n"
    record.write_bytes(record.read_bytes().replace(b"text", b"next"))
    with pytest.raises(Damaged):
        read_record(record)
    record.unlink()
    record.mkdir()
    with pytest.raises(Damaged, match=os.strerror(errno.EISDIR)):
        read_record(record)


def test_all_damage_of_a_folder_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "piece"
    folder.mkdir()
    for name in "abcdef":
        (folder / name).write_text(name * 9)
    sum_up(folder)
    assert unsound(folder) == [] and sound(folder, "c")
    (folder / "b").unlink()
    (folder / "bb").write_text("new")
    before = (folder / "d").stat()
    (folder / "d").write_text("D" * 9)
    os.utime(folder / "d", ns=(before.st_atime_ns, before.st_mtime_ns))  # only its bytes differ
    (folder / "f").write_text("longer than before")
    found = {(fault.path, fault.kind) for fault in unsound(folder)}
    assert found == {("b", "missing"), ("bb", "extra"), ("d", "changed"), ("f", "changed")}
    assert ("d", "changed") not in {(one.path, one.kind) for one in unsound(folder, read_all=False)}
    assert not sound(folder, "b") and not sound(folder, "d") and sound(folder, "e")


def test_known_checksums_are_written_like_computed_ones(tmp_path: Path) -> None:
    folder = tmp_path / "piece"
    for name in ("a/b", "a-b/c", "a.b/d", "a0", "x"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    sum_up(folder)
    computed = sums_file(folder).read_bytes()
    write_known(folder, dict(reversed(known_sums(sums_file(folder)).items())))
    assert sums_file(folder).read_bytes() == computed and not unsound(folder)
