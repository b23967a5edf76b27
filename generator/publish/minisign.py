"""Signatures as minisign writes them (Ed25519 over BLAKE2b), which people can check without drportal.

The format is described at https://jedisct1.github.io/minisign/. Secret keys may be encrypted (scrypt) or not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..problems import InputError, Problem

if TYPE_CHECKING:  # imported where it is used: most builds sign nothing
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_VARIABLE = "DRPORTAL_SIGNING_KEY"
PASSPHRASE_VARIABLE = "DRPORTAL_SIGNING_PASSPHRASE"
PLAIN, PREHASHED, SCRYPT, BLAKE2B = b"Ed", b"ED", b"Sc", b"B2"
COMMENT, TRUSTED = "untrusted comment: ", "trusted comment: "
MOST_MEMORY = 2**31
"""Bytes of memory that a secret key may require; minisign's own keys need 2**30."""


@dataclass(frozen=True)
class PublicKey:
    """The public half of a key."""

    number: bytes
    """Eight bytes that identify the key; minisign shows them as a number."""
    key: bytes

    @property
    def id(self) -> str:
        return f"{int.from_bytes(self.number, 'little'):016X}"

    @property
    def line(self) -> str:
        """The key as one line of text."""
        return base64.b64encode(PLAIN + self.number + self.key).decode()

    def text(self) -> str:
        """The content of minisign.pub."""
        return f"{COMMENT}minisign public key {self.id}\n{self.line}\n"

    @classmethod
    def read(cls, said: str) -> PublicKey:
        """Read a key from a file, or from the key's own line of text. Raises InputError."""
        fix = "name a minisign.pub, or write the key: 56 letters that begin with RW"
        line = said.strip()
        if not line.startswith("RW") or Path(said).is_file():
            text = _read(Path(said), "the public key", fix)
            line = next((x.strip() for x in text.splitlines()[1:2]), "")
        raw = _decode(line)
        if raw is None or len(raw) != 42 or raw[:2] != PLAIN:
            raise InputError(Problem(said, "", "is not a minisign public key", fix))
        return cls(raw[2:10], raw[10:])

    def check(self, file: Path, signature: str) -> str | None:
        """What is wrong with the signature of a file; None if it is valid."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        lines = signature.splitlines()
        if len(lines) != 4 or not lines[2].startswith(TRUSTED):
            return "is not a minisign signature"
        made, both = _decode(lines[1]), _decode(lines[3])
        if made is None or both is None or len(made) != 74 or len(both) != 64 or made[:2] != PREHASHED:
            return "is not a minisign signature, or is of an old kind"
        if made[2:10] != self.number:
            return f"is by another key ({PublicKey(made[2:10], b'').id}, not {self.id})"
        key = Ed25519PublicKey.from_public_bytes(self.key)
        try:
            key.verify(made[10:], _hash(file))
            key.verify(both, made[10:] + lines[2].removeprefix(TRUSTED).encode())
        except InvalidSignature:
            return "does not match: the manifest was changed after it was signed"
        return None


@dataclass(frozen=True)
class SigningKey:
    """The secret half; never printed."""

    public: PublicKey
    _key: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.public.id})"

    def sign(self, file: Path, trusted: str) -> str:
        """The text of a signature; the same file and comment give the same text."""
        comment = " ".join(trusted.split())
        made = self._key.sign(_hash(file))
        both = self._key.sign(made + comment.encode())
        first = base64.b64encode(PREHASHED + self.public.number + made).decode()
        last = base64.b64encode(both).decode()
        return f"{COMMENT}signature by drportal\n{first}\n{TRUSTED}{comment}\n{last}\n"


def signing_key(named: str | None, folder: Path) -> SigningKey | None:
    """The key named in portal.toml, relative to `folder`, or in the environment; None if there is none.

    DRPORTAL_SIGNING_KEY is a path or the text of the key itself, and takes precedence. Raises InputError.
    """
    said = os.environ.get(KEY_VARIABLE)
    if said and said.strip():
        if "\n" in said.strip():
            return _unlock(said, KEY_VARIABLE)
        return _unlock(_read(Path(said.strip()), KEY_VARIABLE, ""), said.strip())
    if not named:
        return None
    fix = f"leave signing_key out, or name a minisign secret key; {KEY_VARIABLE} takes precedence"
    return _unlock(_read(folder / named, str(folder / "portal.toml"), fix), named)


def _unlock(text: str, name: str) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    lines = text.strip().splitlines()
    raw = _decode(lines[1].strip()) if len(lines) > 1 else None
    fix = "create one with: minisign -G"
    if raw is None or len(raw) != 158 or raw[:2] != PLAIN or raw[4:6] != BLAKE2B:
        raise InputError(Problem(name, "", "is not a minisign secret key", fix))
    kdf, salt, body = raw[2:4], raw[6:38], raw[54:]
    if kdf == SCRYPT:
        passphrase = os.environ.get(PASSPHRASE_VARIABLE)
        if passphrase is None:
            fix = f"set its passphrase in the environment variable {PASSPHRASE_VARIABLE}"
            raise InputError(Problem(name, "", "is an encrypted key", fix))
        operations, memory = struct.unpack("<QQ", raw[38:54])
        stream = _stretch(passphrase, salt, operations, memory, name)
        body = bytes(a ^ b for a, b in zip(body, stream, strict=True))
    elif kdf != b"\0\0":
        raise InputError(Problem(name, "", "is encrypted in an unknown way", fix))
    number, seed, public, check = body[:8], body[8:40], body[40:72], body[72:]
    key = Ed25519PrivateKey.from_private_bytes(seed)
    sound = hashlib.blake2b(PLAIN + number + seed + public, digest_size=32).digest()
    if check != sound and (kdf == SCRYPT or any(check)):
        fix = f"correct {PASSPHRASE_VARIABLE}" if kdf == SCRYPT else "restore the key from its backup"
        what = "the passphrase is wrong for this key" if kdf == SCRYPT else "this key is damaged"
        raise InputError(Problem(name, "", what, fix))
    if key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) != public:
        raise InputError(Problem(name, "", "this key is damaged", "restore it from its backup"))
    return SigningKey(PublicKey(number, public), key)


def _stretch(passphrase: str, salt: bytes, operations: int, memory: int, name: str) -> bytes:
    """scrypt with the parameters that libsodium derives from its two limits."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    r, p = 8, 1
    operations = max(operations, 32_768)
    most = operations // (r * 4) if operations < memory // 32 else memory // (r * 128)
    power = 1
    while power < 63 and (1 << power) <= most // 2:
        power += 1
    if operations >= memory // 32:
        p = max(1, min(operations // 4 // (1 << power), 0x3FFFFFFF) // r)
    if (128 * r << power) > MOST_MEMORY or p > 16:
        raise InputError(Problem(name, "", "requires more memory than a key needs", "create another key"))
    return Scrypt(salt=salt, length=104, n=1 << power, r=r, p=p).derive(passphrase.encode())


def _hash(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").digest()


def _decode(line: str) -> bytes | None:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return None


def _read(file: Path, what: str, fix: str) -> str:
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.read(10_000)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "cannot be read"
        raise InputError(Problem(str(file), what, str(why), fix or "name a minisign key")) from None
