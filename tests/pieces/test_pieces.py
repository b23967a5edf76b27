"""The cache of a build, and when pieces are made again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from drportal.checksums import Progress
from drportal.pieces import Digests, Lines, Piece, Store, Workshop, reason
from drportal.pieces.digests import SETTLED
from drportal.problems import InputError, Problem


def write(text: str, notes: tuple[str, ...], folder: Path, _progress: Progress) -> Lines:
    (folder / "in").mkdir()
    (folder / "in" / "text").write_text(text)
    (folder / "more").write_text(text * 2)
    return Lines(notes)


def write_less(inputs: dict[str, str], folder: Path, progress: Progress) -> Lines:
    return replace(write("one", (), folder, progress), inputs=inputs)


def fail(_folder: Path, _progress: Progress) -> Lines:
    raise InputError(Problem("a.toml", "x", "is wrong", "correct it"))


def piece(name: str, text: str, *notes: str) -> Piece:
    return Piece(name, {"text": text}, partial(write, text, notes))


class Shop:
    """A workshop on a cache, and the pieces it began."""

    def __init__(self, folder: Path, jobs: int = 1, read_all: bool = False) -> None:
        self.begun: list[str] = []
        self.store = Store(folder, read_all)
        self.store.begin()
        self.jobs = jobs

    def make(self, *pieces: Piece) -> list[str]:
        """Make some pieces; the texts of their files."""
        with Workshop(self.store, self.jobs, step=self.begun.append) as workshop:
            asked = [workshop.ask(one.name, partial(_same, one)) for one in pieces]
            workshop.finish()
        return [(one.kept.folder / "in" / "text").read_text() for one in asked if one.kept]


def _same(one: Piece) -> Piece:
    return one


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_piece_is_made_once_and_again_when_an_input_changes(tmp_path: Path, jobs: int) -> None:
    first, second = piece("a", "one"), piece("b", "two")
    shop = Shop(tmp_path, jobs)
    assert shop.make(first, second) == ["one", "two"] and sorted(shop.begun) == ["a", "b"]
    shop = Shop(tmp_path, jobs)
    assert shop.make(first, second) == ["one", "two"] and shop.begun == []
    assert shop.make(piece("a", "three"), second) == ["three", "two"] and shop.begun == ["a"]
    assert shop.make(first) == ["one"] and shop.begun == ["a"], "going back costs nothing"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_piece_has_the_key_of_the_inputs_that_matter(tmp_path: Path, jobs: int) -> None:
    """Some are known only when it is made: what it was requested with is no second key of it."""
    broad, exact = {"text": "one", "all": "x y"}, {"text": "one", "some": "x"}
    shop = Shop(tmp_path, jobs)
    assert shop.make(Piece("a", broad, partial(write_less, exact))) == ["one"]
    assert shop.make(Piece("a", exact, fail)) == ["one"] and shop.begun == ["a"]
    assert shop.store.kept(Piece("a", broad, fail).key) is None
    assert shop.store.inputs_of(Piece("a", exact, fail).key) == exact


def test_pieces_of_the_same_content_are_kept_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.make(piece("a", "same"), piece("b", "same"))
    assert len([p for p in (tmp_path / "folders").iterdir() if p.is_dir()]) == 1


def test_a_piece_waits_for_those_it_is_made_from(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.begin()
    with Workshop(store, 2) as workshop:
        below = workshop.ask("below", lambda: piece("below", "b"))

        def describe() -> Piece:
            assert below.kept
            return piece("above", (below.kept.folder / "more").read_text())

        above = workshop.ask("above", describe, [below])
        workshop.finish()
    assert above.kept and (above.kept.folder / "in/text").read_text() == "bb"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_stops_what_depends_on_it_and_nothing_else(tmp_path: Path, jobs: int) -> None:
    store = Store(tmp_path)
    store.begin()
    with Workshop(store, jobs) as workshop:
        failed = workshop.ask("failed", lambda: Piece("failed", {}, fail))
        above = workshop.ask("above", lambda: piece("above", "a"), [failed])
        other = workshop.ask("other", lambda: piece("other", "o"))
        workshop.finish()
    assert [str(p) for p in failed.problems] == ["a.toml: x: is wrong; correct it"]
    assert failed.kept is None and above.kept is None and not above.problems and other.kept
    assert not list((tmp_path / "unfinished").iterdir())


def test_notes_are_reported_whenever_a_piece_is_used(tmp_path: Path) -> None:
    for _ in range(2):
        store = Store(tmp_path)
        store.begin()
        with Workshop(store, 1) as workshop:
            asked = workshop.ask("a", lambda: piece("a", "one", "look at this"))
            workshop.finish()
        assert asked.lines == ["look at this"]


def rewrite(file: Path, change: Callable[[bytes], bytes], keep: bool) -> None:
    """Change a file in place, optionally keeping its size and time."""
    status, content = file.stat(), change(file.read_bytes())
    file.write_bytes(content)
    if keep:
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def flip(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


@pytest.mark.parametrize("name", ["in/text", "more", "sums", "record"])
@pytest.mark.parametrize("kept", [False, True], ids=["newer", "as old as before"])
def test_a_flipped_bit_in_any_file_of_a_piece_is_found(tmp_path: Path, name: str, kept: bool) -> None:
    shop = Shop(tmp_path)
    shop.make(piece("a", "one"))
    (record,) = (tmp_path / "pieces").glob("*/*")
    (folder,) = (p for p in (tmp_path / "folders").iterdir() if p.is_dir())
    file = {"sums": folder.with_suffix(".sums"), "record": record}.get(name, folder / name)
    rewrite(file, flip, kept)
    shop = Shop(tmp_path, read_all=kept)
    with Workshop(shop.store, 1) as workshop:
        asked = workshop.ask("a", lambda: piece("a", "one"))
        workshop.finish()
    (line,) = asked.damage
    assert str(file) in line and "changed since an earlier build wrote it; made again" in line
    assert asked.kept and (asked.kept.folder / "in/text").read_text() == "one"
    shop = Shop(tmp_path, read_all=True)
    shop.make(piece("a", "one"))
    assert shop.begun == [] and shop.store.damage == []


@pytest.mark.parametrize("change", ["missing", "extra", "link"])
def test_files_that_are_gone_or_too_many_are_found(tmp_path: Path, change: str) -> None:
    Shop(tmp_path).make(piece("a", "one"))
    (folder,) = (p for p in (tmp_path / "folders").iterdir() if p.is_dir())
    if change == "extra":
        (folder / "new").write_text("x")
    else:
        (folder / "more").unlink()
    if change == "link":
        (tmp_path / "elsewhere").write_text("oneone")
        (folder / "more").symlink_to(tmp_path / "elsewhere")
    shop = Shop(tmp_path)
    assert shop.make(piece("a", "one")) == ["one"] and shop.begun == ["a"]


def test_a_copied_cache_is_read_once_and_then_known(tmp_path: Path) -> None:
    Shop(tmp_path / "a").make(piece("a", "one"))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (sums,) = (tmp_path / "b/folders").glob("*.sums")
    before = sums.read_text()
    shop = Shop(tmp_path / "b")
    assert shop.make(piece("a", "one")) == ["one"] and shop.begun == []
    assert sums.read_text() != before


def test_the_least_recently_used_makes_room(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    texts = [str(n) * 1000 for n in range(4)]
    for text in texts:
        shop.make(piece("a", text))
        time.sleep(0.01)
    shop.make(piece("a", texts[0]))
    newest = piece("a", texts[3]).key
    shop.store.end(10_000, {newest})
    assert shop.make(*(piece("a", text) for text in texts)) == texts
    assert shop.begun == ["a"] * 5, "two of four had to go, those used longest ago"
    shop.store.end(0, {newest})
    assert [p.name for p in (tmp_path / "pieces").glob("*/*")] == [newest]
    assert len([p for p in (tmp_path / "folders").iterdir() if p.is_dir()]) == 1


def join(parts: dict[str, Path], folder: Path, _progress: Progress) -> Lines:
    """Write links to the files of other pieces, by their keys, and a file of 100 bytes."""
    for key, part in parts.items():
        os.link(part / "in" / "text", folder / key)
    (folder / "own").write_text("o" * 100)
    return Lines(parts=tuple(parts))


def whole(shop: Shop, name: str, part: Piece, second: int) -> Piece:
    """Make a piece with a part; it is last used at that second."""
    kept = shop.store.kept(part.key)
    assert kept
    made = Piece(name, {"part": part.key}, partial(join, {part.key: kept.folder}))
    with Workshop(shop.store, 1) as workshop:
        workshop.ask(name, lambda: made)
        workshop.finish()
    for key, used in ((part.key, 1), (made.key, second)):
        os.utime(shop.store.folder / "pieces" / key[:2] / key, (used, used))
    return made


def test_parts_count_once_and_go_with_the_last_that_has_them(tmp_path: Path) -> None:
    shop, part = Shop(tmp_path), piece("part", "x" * 1000)  # 3000 bytes
    shop.make(part)
    older, newer = (whole(shop, name, part, second) for name, second in (("older", 2), ("newer", 3)))

    def left(limit: int) -> set[str]:
        shop.store.end(limit, ())
        return {file.name for file in (tmp_path / "pieces").glob("*/*")}

    assert left(3200) == {part.key, older.key, newer.key}
    assert left(3100) == {part.key, older.key, newer.key}, "equal files of their own count once"
    assert left(3099) == set()


def test_a_part_goes_with_the_piece_made_from_it(tmp_path: Path) -> None:
    shop, part, other = Shop(tmp_path), piece("part", "x" * 1000), piece("other", "y" * 10)
    shop.make(part, other)
    older, newer = whole(shop, "older", part, 2), whole(shop, "newer", other, 3)
    os.utime(shop.store.folder / "pieces" / part.key[:2] / part.key, (1, 1))
    names = {one.key for one in (part, other, older, newer)}
    for limit, left in ((3230, names), (3229, {other.key, newer.key})):  # 3000 + 100 and 30 + 100 bytes
        shop.store.end(limit, ())
        assert {file.name for file in (tmp_path / "pieces").glob("*/*")} == left


def test_a_forgotten_piece_is_gone_and_no_longer_counted(tmp_path: Path) -> None:
    shop, first, second = Shop(tmp_path), piece("a", "one"), piece("b", "second")
    shop.make(first, second)
    shop.store.end(10**6, ())
    kept = shop.store.kept(first.key)
    assert kept
    shop.store.forget(first)
    assert not kept.folder.exists() and not shop.store.kept(first.key) and shop.store.kept(second.key)
    shop.store.end(18, ())  # the bytes of the other
    assert shop.store.kept(second.key)
    kept = shop.store.kept(second.key)
    assert kept
    shutil.rmtree(kept.folder)
    shop.store.forget(second)
    assert not list((tmp_path / "pieces").glob("*/*"))


def test_pieces_that_are_kept_are_in_use_too(tmp_path: Path) -> None:
    for _ in range(2):
        shop = Shop(tmp_path)
        with Workshop(shop.store, 1) as workshop:
            workshop.ask("a", lambda: piece("a", "one"))
            workshop.finish()
        assert workshop.used == {"a": piece("a", "one").key}


def test_a_cache_of_another_version_is_emptied_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "dr1" / "lrs").mkdir(parents=True)
    (tmp_path / "dr1" / "lrs" / "old").write_text("x")
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "site.json").write_text("kept")
    store = Store(tmp_path)
    assert "written by another version of drportal" in store.begin()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["editions", "format-2"]
    assert store.begin() == ""


def test_digests_are_remembered_by_size_time_and_inode(tmp_path: Path) -> None:
    file, memory = tmp_path / "file", tmp_path / "memory"
    file.write_text("one")
    old = time.time_ns() - 2 * SETTLED
    os.utime(file, ns=(old, old))
    digests = Digests(memory)
    first = digests.of(file)
    digests.write()
    rewrite(file, lambda _: b"two", keep=True)
    assert Digests(memory).of(file) == first, "nothing shows that it changed"
    assert Digests(memory, read_all=True).of(file) != first
    os.utime(file, ns=(old + 1, old + 1))
    assert Digests(memory).of(file) != first


def test_a_file_that_has_just_changed_is_read_again(tmp_path: Path) -> None:
    file, memory = tmp_path / "file", tmp_path / "memory"
    file.write_text("one")
    digests = Digests(memory)
    first = digests.of(file)
    digests.write()
    rewrite(file, lambda _: b"two", keep=True)
    assert Digests(memory).of(file) != first


def test_damaged_memory_of_digests_is_forgotten(tmp_path: Path) -> None:
    file, memory = tmp_path / "file", tmp_path / "memory"
    file.write_text("one")
    old = time.time_ns() - 2 * SETTLED
    os.utime(file, ns=(old, old))
    digests = Digests(memory)
    right = digests.of(file)
    digests.write()
    memory.write_bytes(memory.read_bytes().replace(right[:4].encode(), b"0000"))
    assert Digests(memory).of(file) == right


@pytest.mark.parametrize(
    ("former", "said"),
    [
        (None, "it was not made before"),
        ({"a": "1", "b": "2"}, "b changed"),
        ({"b": "3"}, "a is new"),
        ({"a": "1", "b": "3", "c": "4"}, "c is gone"),
        ({"a": "1", "b": "3"}, "its copy in the cache is gone or damaged"),
        (dict.fromkeys("abcde", "0"), "a changed, b changed, c is gone, and 2 more"),
    ],
)
def test_why_a_piece_is_made(former: dict[str, str] | None, said: str) -> None:
    assert reason({"a": "1", "b": "3"}, former) == said


def test_explaining_makes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.begin()
    heard: list[tuple[str, str]] = []
    with Workshop(store, 1, explain=lambda name, why: heard.append((name, why))) as workshop:
        below = workshop.ask("below", lambda: piece("below", "b"))
        workshop.ask("above", lambda: piece("above", "a"), [below])
        workshop.finish()
    assert heard == [("below", "it was not made before"), ("above", "below would be made")]
    assert not (tmp_path / "pieces").exists()
