"""sealed/header.js: all that stands in the clear of an encrypted edition."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from .base import Bytes, Count, Record, compact

SEALED_FORMAT: Final = "drportal-sealed-1"


class SealedKdf(Record):
    """How the key follows from the passphrase."""

    name: Literal["scrypt"] = Field(description="RFC 7914.")
    n: Count = Field(description="Cost, a power of 2.")
    r: Count = Field(description="Block size.")
    p: Count = Field(description="Parallel runs.")
    salt: str = Field(description="16 bytes in base64.")


class SealedHeader(Record):
    """What one needs, beside the passphrase, to open an encrypted edition."""

    PATH: ClassVar[str] = "sealed/header.js"

    format: Literal["drportal-sealed-1"] = Field(description="Name and version of the format.")
    kdf: SealedKdf = Field(description="How the key is derived.")
    check: str = Field(description="16 bytes in base64, by which a wrong passphrase is not taken for damage.")
    piece: Bytes = Field(description="Of plain text in a piece.")
    pieces: Count = Field(description="How many there are, without the index.")

    def script(self) -> bytes:
        return f'drportal.chunk("sealed","header",{compact(self.members())});\n'.encode()
