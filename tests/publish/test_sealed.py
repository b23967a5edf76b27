"""Encrypted editions: decrypted byte for byte, unreadable without the passphrase, every change detected."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from drportal.carried import from_script
from drportal.files import unsafe
from drportal.problems import InputError
from drportal.publish import seal as seal_module
from drportal.publish.seal import seal
from drportal.publish.sealed_index import Index, IndexWriter, Item, Plain, Stored, Twin, gunzip, unpack
from drportal.publish.unseal import unseal
from drportal.publish.vault import Cipher, Header, derive, piece_path, piece_script
from drportal.report import Report

from ..commands import drportal
from ..sealed_portal import PASSPHRASE, WORD, Edition

CHEAP = (1 << 10, 8, 1)


@pytest.fixture
def copy(edition: Edition, tmp_path: Path) -> Path:
    """An edition to be damaged."""
    return Path(shutil.copytree(edition.sealed, tmp_path / "copy"))


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def run(*arguments: str | Path, passphrase: str = PASSPHRASE) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DRPORTAL_PASSPHRASE": passphrase}
    return drportal(*arguments, env=environment)


def refused(edition: Path, out: Path, passphrase: str = PASSPHRASE) -> str:
    """The message of `unseal` for an edition that it rejects; nothing is written."""
    with pytest.raises(InputError) as error, Report() as report:
        unseal(edition, out, passphrase, report)
    assert not out.exists()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_commands_give_the_release_back_and_the_edition_again(edition: Edition, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    sealed = run("seal", "dr/v1", "--portal", edition.release.parents[3], "--out", tmp_path / "again")
    assert sealed.returncode == 0, sealed.stderr
    assert tree(tmp_path / "again") == tree(edition.sealed)  # the same in, the same out
    given = run("unseal", tmp_path / "again", "--out", tmp_path / "plain", "--passphrase-file", secret)
    assert given.returncode == 0, given.stderr
    assert tree(tmp_path / "plain") == tree(edition.release)
    assert run("verify", edition.sealed).returncode == 0
    twins = [f for f in tree(edition.release) if "/chunks/" in f]
    stored = (Header.read(edition.sealed).pieces - 1) * Header.read(edition.sealed).piece
    plain = {f: len(b) for f, b in tree(edition.release).items() if not f.startswith("assets/")}
    assert twins and stored < sum(size for f, size in plain.items() if f not in twins)


def test_an_edition_says_nothing(edition: Edition) -> None:
    word = WORD.encode()
    pieces = 0
    for path, content in tree(edition.sealed).items():
        assert WORD not in path.lower()
        assert word not in content.lower(), path
        if path.startswith("sealed/") and path != "sealed/header.js":
            call, data = from_script(content) or ("", b"")
            assert re.fullmatch(r'drportal\.chunk\("sealed",\d+,', call), path
            assert word not in data.lower()
            assert len(zlib.compress(data)) > len(data)  # as noise is
            pieces += 1
        if path.endswith(".html"):
            assert b"Encrypted edition" in content or "加密版".encode() in content
            assert b"unsafe" not in content.replace(b"wasm-unsafe-eval", b"")
    assert pieces == Header.read(edition.sealed).pieces + 1
    sizes = [f.stat().st_size for f in (edition.sealed / "sealed" / "000").iterdir()]
    assert max(sizes) - min(sizes) < 0.01 * max(sizes)
    # The word was everywhere in what was encrypted.
    reported = [f for f, b in tree(edition.release).items() if word in b.lower() or WORD in f]
    assert len(reported) > 20
    assert any(f.startswith("assets/") for f in reported)  # what can be found, by name


def test_pieces_are_aes_gcm_under_a_key_of_scrypt(edition: Edition) -> None:
    """Opened with nothing of drportal's, as the documents describe it."""
    header = Header.read(edition.sealed)
    made = Scrypt(salt=header.salt, length=48, n=1 << 17, r=8, p=1).derive(PASSPHRASE.encode())
    stream = b""
    for number in range(1, header.pieces + 1):
        script = (edition.sealed / f"sealed/000/{number:03}.js").read_bytes()
        bound = b"drportal-sealed-2" + number.to_bytes(8, "big") + header.pieces.to_bytes(8, "big")
        text, marks = re.findall('"((?:[^"\\\\]|\\\\.)*)"', script.decode("utf-16"))[1:]
        units = np.frombuffer(plain(text).encode("utf-16-le"), "<u2").copy()
        places = np.cumsum(np.frombuffer(plain(marks[1:]).encode("utf-16-le"), "<u2").astype(int))
        units[places] ^= 0x8000
        sealed = units.tobytes()[: 2 * len(units) - int(marks[0])]
        stream += AESGCM(made[:32]).decrypt(number.to_bytes(12, "big"), sealed, bound)
    assert made[32:] == header.check
    assert gzip.compress((edition.release / "index.html").read_bytes(), 6, mtime=0) in stream


def plain(literal: str) -> str:
    """The text of a literal."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), literal)


def flip(file: Path) -> None:
    """One bit of what the script carries."""
    text = bytearray(file.read_bytes())
    text[len(text) // 2] = ord("A") if text[len(text) // 2] != ord("A") else ord("B")
    file.write_bytes(text)


def swap(folder: Path) -> str:
    one, other = folder / piece_path(1), folder / piece_path(2)
    texts = one.read_bytes(), other.read_bytes()
    first, second = (f'"sealed",{n},'.encode("utf-16-le") for n in (1, 2))
    other.write_bytes(texts[0].replace(first, second))
    one.write_bytes(texts[1].replace(second, first))
    return piece_path(1)


def damage(name: str) -> Callable[[Path], str]:
    def flipped(folder: Path) -> str:
        flip(folder / piece_path(2))
        return piece_path(2)

    def index(folder: Path) -> str:
        flip(folder / "sealed/index.js")
        return "sealed/index.js"

    def cut(folder: Path) -> str:
        file = folder / piece_path(1)
        file.write_bytes(file.read_bytes()[:-100])
        return piece_path(1)

    def gone(folder: Path) -> str:
        (folder / piece_path(2)).unlink()
        return piece_path(2)

    def shorter(folder: Path) -> str:
        header = folder / "sealed/header.js"
        pieces = Header.read(folder).pieces
        header.write_text(header.read_text().replace(f'"pieces":{pieces}', f'"pieces":{pieces - 1}'))
        return "sealed/index.js"

    def costly(folder: Path) -> str:
        header = folder / "sealed/header.js"
        header.write_text(header.read_text().replace('"n":131072', '"n":1073741824'))
        return "sealed/header.js"

    def code(folder: Path) -> str:
        file = next((folder / "assets").glob("site.*.js"))
        file.write_text(file.read_text() + "alert(1)")
        return f"assets/{file.name}"

    def linked(folder: Path) -> str:
        file = next((folder / "assets").glob("site.*.css"))
        file.rename(folder / "elsewhere")
        file.symlink_to(folder / "elsewhere")
        return f"assets/{file.name}"

    return {f.__name__: f for f in (flipped, index, cut, gone, shorter, costly, code, linked, swap)}[name]


@pytest.mark.parametrize(
    "name", ["flipped", "index", "cut", "gone", "shorter", "costly", "code", "linked", "swap"]
)
def test_a_change_is_found_and_named(copy: Path, tmp_path: Path, name: str) -> None:
    file = damage(name)(copy)
    assert f"{copy / file}: " in refused(copy, tmp_path / "plain")


def test_a_wrong_passphrase_is_reported_in_one_line(edition: Edition, tmp_path: Path) -> None:
    said = run("unseal", edition.sealed, "--out", tmp_path / "plain", passphrase="sieben apfel, neun nusse")
    assert said.returncode == 2
    assert said.stderr == (
        f"drportal: {edition.sealed}: the passphrase is wrong;"
        " check capitals and spaces, or ask whoever gave you the edition\n"
    )
    assert not (tmp_path / "plain").exists()


def harmful(folder: Path, items: list[Item], body: bytes = b"") -> Path:
    """An edition by somebody who knows the format and the passphrase, and means harm."""
    index = IndexWriter()
    for item in items:
        index.add(item)
    root = index.root(len(body), {})
    index.spool.seek(0)
    stream = body + index.spool.read()
    salt = bytes(16)
    key, check = derive(PASSPHRASE, salt, CHEAP)
    header = Header(CHEAP, salt, check, 4096, 1)
    cipher = Cipher(key, 1)
    (folder / "sealed/000").mkdir(parents=True)
    (folder / "sealed/header.js").write_bytes(header.script())
    stream += bytes(4096 - len(stream))
    for number, plain in enumerate([root, stream]):
        (folder / piece_path(number)).write_bytes(piece_script(number, cipher.seal(number, plain)))
    return folder


@pytest.mark.parametrize(
    ("items", "what"),
    [
        ([Stored("../out.txt", 0, 4)], "contains an empty part, . or .."),
        ([Stored("/etc/out.txt", 0, 4)], "is not a relative path"),
        ([Stored("C:out.txt", 0, 4)], "is not a relative path"),
        ([Stored("a\\..\\out.txt", 0, 4)], "contains a backslash"),
        ([Stored("a", 0, 4), Twin("b", "x", "../../secret", 0, 4)], "contains an empty part, . or .."),
        ([Twin("b", "x", "nowhere", 0, 4)], "sealed/index.js"),
        ([Plain("../../secret", 4, "0" * 64)], "contains an empty part, . or .."),
        ([Stored("a", 0, 1 << 50)], "lies beyond the end"),
        ([Stored("b", 0, 1), Stored("a", 0, 1)], "is not in order"),
        ([Stored("a", 0, 1), Stored("a", 1, 1)], "is not in order"),
        ([Stored("a", 0, 4), Stored("a/b", 0, 4)], "was made wrongly"),
        ([Stored("a", 0, 50, 10)], "is not as long as it should be"),
        ([Stored("a", 0, 4, 10)], "was made wrongly"),
        ([Stored("a", 0, 50, 1 << 40)], "is too large to be compressed"),
        ([Stored("a", 0, 60), Stored("b", 0, 60)], "uses bytes of another file"),
        (
            [Stored("a", 0, 60), *(Twin(f"b{n}", "x", "a", 0, 40) for n in range(3))],
            "repeats bytes that another twin repeats",
        ),
    ],
)
def test_a_harmful_edition_is_refused(tmp_path: Path, items: list[Item], what: str) -> None:
    folder = harmful(tmp_path / "edition", items, gzip.compress(bytes(100_000)))
    said = refused(folder, tmp_path / "inner" / "plain")
    assert what in said
    assert sorted(f.name for f in tmp_path.rglob("*out.txt")) == []
    assert all(unsafe(f) is None for f in tree(folder))


def test_what_cannot_be_sealed_is_reported(edition: Edition, tmp_path: Path) -> None:
    def said(*arguments: str | Path, passphrase: str = PASSPHRASE) -> str:
        done = run("seal", *arguments, passphrase=passphrase)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    assert "fewer than 12 characters" in said(edition.release, "--out", tmp_path / "e", passphrase="short")
    assert "contains something else" in said(edition.release, "--out", other)
    assert "contain each other" in said(edition.release, "--out", edition.release / "e")
    assert "is encrypted already" in said(edition.sealed, "--out", tmp_path / "e")
    assert "is not a built release" in said(other, "--out", tmp_path / "e")
    assert sorted(f.name for f in other.iterdir()) == ["mine.txt"]


def test_a_damaged_release_is_not_sealed(edition: Edition, tmp_path: Path) -> None:
    """The edition has a manifest of its own, which would be true of the damage."""
    release = Path(shutil.copytree(edition.release, tmp_path / "release"))
    flip(next((release / "data").rglob("*.json")))
    with (
        pytest.raises(InputError, match="differs from what was published: changed: data/"),
        Report() as report,
    ):
        seal(release, tmp_path / "edition", PASSPHRASE, report)
    assert not (tmp_path / "edition").exists()


def test_a_release_that_changes_meanwhile_is_not_sealed(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other bytes under the same key would be worse than an error."""
    release = Path(shutil.copytree(edition.release, tmp_path / "release"))
    before = seal_module.derive
    monkeypatch.setattr(seal_module, "COST", CHEAP)

    def late(*arguments: object) -> tuple[bytes, bytes]:
        file = next((release / "data").rglob("*.parquet"))
        text = bytearray(file.read_bytes())
        text[100] ^= 1
        file.unlink()
        file.write_bytes(text)
        return before(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(seal_module, "derive", late)
    with pytest.raises(InputError, match="changed while it was encrypted"), Report() as report:
        seal(release, tmp_path / "edition", PASSPHRASE, report)
    assert [f.name for f in tmp_path.iterdir() if "edition" in f.name] == [".edition.lock"]


def test_a_weak_passphrase_is_one_line_that_says_how_to_choose(edition: Edition, tmp_path: Path) -> None:
    done = run("seal", edition.release, "--out", tmp_path / "e", passphrase="password password")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "DRPORTAL_PASSPHRASE: is weak" in done.stderr and "six words drawn by dice" in done.stderr
    assert not (tmp_path / "e").exists()


def test_packed_parts_are_read_no_further_than_they_may_be(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(80 << 20), 9)  # 80 MB in 80 kB
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="decompresses to more"):
        unpack(bomb, 1 << 20)
    assert len(gunzip(bomb, 1000)) == 1001
    with pytest.raises(ValueError, match="too large"):
        list(Index([("a", 0, 1 << 30)], {}, lambda _offset, _size: b""))
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()
