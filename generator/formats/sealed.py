"""sealed/header.js: the unencrypted part of an encrypted edition."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from .base import Bytes, Count, Record, compact

SEALED_FORMAT: Final = "drportal-sealed-2"


class SealedKdf(Record):
    """Derivation of the key from the passphrase."""

    name: Literal["scrypt"] = Field(description="RFC 7914.")
    n: Count = Field(description="Cost, a power of 2.")
    r: Count = Field(description="Block size.")
    p: Count = Field(description="Parallel runs.")
    salt: str = Field(description="16 bytes in base64.")


class SealedHeader(Record):
    """The parameters needed, with the passphrase, to open an encrypted edition."""

    PATH: ClassVar[str] = "sealed/header.js"

    format: Literal["drportal-sealed-2"] = Field(description="Name and version of the format.")
    kdf: SealedKdf = Field(description="How the key is derived.")
    check: str = Field(description="16 bytes in base64 that distinguish a wrong passphrase from damage.")
    piece: Bytes = Field(description="Unencrypted size of a piece.")
    pieces: Count = Field(description="Number of pieces, without the index.")

    def script(self) -> bytes:
        return f'drportal.chunk("sealed","header",{compact(self.members())});\n'.encode()
