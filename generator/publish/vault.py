"""The format of an encrypted edition: header, key and pieces; docs/encrypted.md describes its guarantees.

All secret bytes form one stream, cut into pieces of equal size, so neither names nor sizes of files are
visible. A piece is a script, because a page opened from disk can load only scripts.
"""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import re
import struct
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ..carried import as_script, from_script
from ..formats.sealed import SEALED_FORMAT, SealedHeader, SealedKdf
from ..problems import InputError, Problem
from .strength import ADVICE, weakness

FOLDER = "sealed"
HEADER = SealedHeader.PATH
INDEX = f"{FOLDER}/index.js"
PIECE = 512 << 10
"""Bytes of plain text in a piece: about as much as reading one column needs."""
COST = (1 << 17, 8, 1)
"""N, r and p of scrypt: 128 MiB and some tenths of a second for each guess of a passphrase."""
MOST_COST = (1 << 20, 16, 4)
"""Upper limits of what a header may require."""
PASSPHRASE = "DRPORTAL_PASSPHRASE"
TAG = 16
DAMAGED = "get it again from where it came from: drportal verify lists the files that differ"
CALL = re.compile(r'drportal\.chunk\("sealed",\d+,')


@dataclass(frozen=True)
class Header:
    """The unencrypted header."""

    cost: tuple[int, int, int]
    salt: bytes
    check: bytes
    """Distinguishes a wrong passphrase from a damaged edition; reveals nothing of the key."""
    piece: int
    pieces: int

    def script(self) -> bytes:
        n, r, p = self.cost
        return SealedHeader(
            format=SEALED_FORMAT,
            kdf=SealedKdf(name="scrypt", n=n, r=r, p=p, salt=_text(self.salt)),
            check=_text(self.check),
            piece=self.piece,
            pieces=self.pieces,
        ).script()

    @classmethod
    def read(cls, folder: Path) -> Header:
        """Raises InputError for an invalid header, or one that requires too much."""
        file = folder / HEADER
        if not file.is_file():
            fix = "name the folder that `drportal seal` wrote"
            raise InputError(
                Problem(str(folder), "", f"is not an encrypted edition: it has no {HEADER}", fix)
            )
        found = re.fullmatch(rb'drportal\.chunk\("sealed","header",(\{.*\})\);\n', file.read_bytes()[:4096])
        try:
            said = SealedHeader.model_validate_json(found[1] if found else b"", strict=True)
            cost = (said.kdf.n, said.kdf.r, said.kdf.p)
            salt, check = (base64.b64decode(t, validate=True) for t in (said.kdf.salt, said.check))
            sound = all((*cost, said.piece, said.pieces))
            sound &= len(salt) == 16 and len(check) == 16 and cost[0] & (cost[0] - 1) == 0
            sound &= all(n <= most for n, most in zip(cost, MOST_COST, strict=True))
            sound &= said.piece <= 16 << 20 and said.pieces <= 1 << 40
            if not sound:
                raise ValueError
        except ValueError:
            what = f"is not a header of the format {SEALED_FORMAT}"
            raise InputError(Problem(str(file), "", what, DAMAGED)) from None
        return cls(cost, salt, check, said.piece, said.pieces)


def derive(passphrase: str, salt: bytes, cost: tuple[int, int, int]) -> tuple[bytes, bytes]:
    """Key and check value. The parts of scrypt's output reveal nothing of each other."""
    made = stretch(passphrase, salt, cost, 48)
    return made[:32], made[32:]


def stretch(passphrase: str, salt: bytes, cost: tuple[int, int, int], length: int) -> bytes:
    n, r, p = cost
    words = unicodedata.normalize("NFKC", passphrase).encode()
    return Scrypt(salt=salt, length=length, n=n, r=r, p=p).derive(words)


def salt_for(passphrase: str, content: bytes, cost: tuple[int, int, int]) -> bytes:
    """The salt, computed from the passphrase and the digest of the content to encrypt.

    Other content has another salt and therefore another key; the same content gives the same bytes. A guess
    of the passphrase also costs a full scrypt here, and is valid for this content only.
    """
    return stretch(passphrase, hashlib.sha256(b"drportal sealed salt" + content).digest(), cost, 16)


class Cipher:
    """Encrypts and decrypts the pieces of one edition: 0 is the index, the others are numbered from 1."""

    def __init__(self, key: bytes, pieces: int) -> None:
        self._aes, self._pieces = AESGCM(key), pieces

    def seal(self, number: int, plain: bytes) -> bytes:
        return self._aes.encrypt(_nonce(number), plain, self._bound(number))

    def open(self, number: int, sealed: bytes) -> bytes:
        """Raises InvalidTag for a piece that is damaged, has another number, or is from another edition."""
        return self._aes.decrypt(_nonce(number), sealed, self._bound(number))

    def _bound(self, number: int) -> bytes:
        return SEALED_FORMAT.encode() + struct.pack(">QQ", number, self._pieces)


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def piece_path(number: int) -> str:
    return f"{FOLDER}/{number // 1000:03d}/{number % 1000:03d}.js" if number else INDEX


def piece_script(number: int, sealed: bytes) -> bytes:
    return as_script(f'drportal.chunk("sealed",{number},', sealed)


def read_piece(folder: Path, number: int, cipher: Cipher, length: int | None) -> bytes:
    """The plain text of a piece. Raises InputError naming the file that is missing or damaged."""
    file = folder / piece_path(number)
    try:
        most = (length or 64 << 20) * 2 + 4096
        with file.open("rb") as stream:
            found = from_script(stream.read(most))
        plain = cipher.open(number, found[1]) if found and CALL.fullmatch(found[0]) else None
    except FileNotFoundError:
        raise InputError(Problem(str(file), "", "is missing", DAMAGED)) from None
    except (InvalidTag, ValueError):
        plain = None
    if plain is None or (length is not None and len(plain) != length):
        raise InputError(Problem(str(file), "", "is damaged, or is not of this edition", DAMAGED))
    return plain


def chosen_passphrase(file: Path | None, twice: bool, near: Sequence[str] = ()) -> str:
    """The passphrase, from a file, the environment or the keyboard.

    A new one is entered `twice`; raises InputError if it is weak. `near` are words that an attacker tries
    first.
    """
    if file:
        try:
            said, place = file.read_text(encoding="utf-8").rstrip("\r\n"), str(file)
        except FileNotFoundError:
            raise InputError(Problem(str(file), "", "no such file", "write the passphrase there")) from None
        except UnicodeDecodeError:
            raise InputError(Problem(str(file), "", "is not UTF-8", "write the passphrase as text")) from None
    elif PASSPHRASE in os.environ:
        said, place = os.environ[PASSPHRASE], PASSPHRASE
    elif sys.stdin.isatty():
        said, place = getpass.getpass("Passphrase: "), "passphrase"
        if twice and getpass.getpass("Once more: ") != said:
            raise InputError(Problem("passphrase", "", "the two are not the same", "type it again"))
    else:
        fix = f"use --passphrase-file, or set {PASSPHRASE}"
        raise InputError(Problem("passphrase", "", "is not given", fix))
    if twice and (why := weakness(said, near)):
        raise InputError(Problem(place, "", why, ADVICE))
    return said


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
