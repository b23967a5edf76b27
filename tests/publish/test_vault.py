"""Pieces of an encrypted edition, and keys behind a passphrase: what is refused, and with which cost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from drportal.problems import InputError
from drportal.publish import minisign
from drportal.publish.vault import Cipher, piece_path, piece_script, read_piece


@pytest.fixture
def cipher() -> Cipher:
    return Cipher(bytes(32), 2)


def stored(folder: Path, cipher: Cipher, number: int, plain: bytes) -> Path:
    """A piece as `seal` stores it."""
    file = folder / piece_path(number)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(piece_script(number, cipher.seal(number, plain)))
    return file


def test_a_piece_is_read_if_its_length_is_right(tmp_path: Path, cipher: Cipher) -> None:
    plain = os.urandom(1000)
    file = stored(tmp_path, cipher, 1, plain)
    assert read_piece(tmp_path, 1, cipher, 1000) == read_piece(tmp_path, 1, cipher, None) == plain
    for length in (999, 1001):  # decrypted without error, and still not the bytes of the edition
        with pytest.raises(InputError, match="is damaged, or is not of this edition") as error:
            read_piece(tmp_path, 1, cipher, length)
        assert error.value.problems[0].file == str(file)


def test_a_damaged_or_exchanged_piece_is_refused(tmp_path: Path, cipher: Cipher) -> None:
    file = stored(tmp_path, cipher, 1, b"one")
    script = bytearray(file.read_bytes())
    script[-10] ^= 1
    file.write_bytes(script)
    with pytest.raises(InputError, match="is damaged"):
        read_piece(tmp_path, 1, cipher, None)
    file.write_bytes(piece_script(1, cipher.seal(2, b"one")))
    with pytest.raises(InputError, match="is damaged"):
        read_piece(tmp_path, 1, cipher, None)
    file.write_bytes(b"drportal.chunk();\n")
    with pytest.raises(InputError, match="is damaged"):
        read_piece(tmp_path, 1, cipher, None)
    file.unlink()
    with pytest.raises(InputError, match="is missing"):
        read_piece(tmp_path, 1, cipher, None)


# The parameters (log2 N, p) that libsodium's pickparams gives for limits of operations and of memory; r is 8.
LIMITS = [
    (2**15, 2**30, 10, 1),  # few operations
    (1, 2**30, 10, 1),  # never fewer than 32,768
    (2**19, 2**24, 14, 1),  # libsodium's interactive limits
    (2**25, 2**30, 20, 1),  # its sensitive limits, which minisign uses
    (2**24, 2**30, 19, 1),
    (2**22, 2**24, 14, 8),
    (2**26, 2**31, 21, 1),  # the most memory that is accepted
]


@pytest.mark.parametrize(("operations", "memory", "power", "parallel"), LIMITS)
def test_scrypt_costs_what_libsodium_derives(
    monkeypatch: pytest.MonkeyPatch, operations: int, memory: int, power: int, parallel: int
) -> None:
    asked: dict[str, Any] = {}

    class Recorded:
        def __init__(self, **parameters: Any) -> None:
            asked.update(parameters)

        def derive(self, _passphrase: bytes) -> bytes:
            return bytes(104)

    monkeypatch.setattr("cryptography.hazmat.primitives.kdf.scrypt.Scrypt", Recorded)
    minisign._stretch("words", b"salt", operations, memory, "key")
    assert (asked["n"], asked["r"], asked["p"], asked["length"]) == (2**power, 8, parallel, 104)


@pytest.mark.parametrize(("operations", "memory"), [(2**27, 2**32), (2**24, 2**24), (2**63, 2**63)])
def test_a_key_that_requires_too_much_is_refused(operations: int, memory: int) -> None:
    with pytest.raises(InputError, match="requires more memory than a key needs"):
        minisign._stretch("words", b"salt", operations, memory, "key")
