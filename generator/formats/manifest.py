"""manifest.json: every file of a release or a portal, one per line, written and read line by line.

The models describe the head, an entry and the tail; publish/listing.py reads the file as a stream and checks
what a model cannot: order, paths that leave the folder, the totals in the tail.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from .base import Count, Record

MANIFEST_FORMAT: Final = "drportal-manifest-1"
LARGEST = 2**53 - 1
"""Bytes of a file, and of all: integers that every JSON reader represents exactly."""

FileBytes = Annotated[int, Field(ge=0, le=LARGEST, json_schema_extra={"unit": "bytes"})]


@with_config(ConfigDict(extra="forbid", defer_build=True))
class ManifestEntry(TypedDict):
    """A file. A plain dictionary: a manifest may have ten million of them."""

    path: Annotated[str, Field(description="Relative to the manifest's folder, with / between its parts.")]
    bytes: Annotated[FileBytes, Field(description="Its size.")]
    sha256: Annotated[str, Field(description="Its checksum, in hexadecimal.", pattern="^[0-9a-f]{64}$")]


class ManifestHead(Record):
    """The first line, up to the list of files."""

    format: Literal["drportal-manifest-1"] = Field(description="Name and version of the format.")
    of: str = Field(description='Id of the release; "" for a portal.')
    label: str = Field(description="Of the release or portal, for display.")
    algorithm: Literal["sha256"] = Field(description="Of the checksums.")
    releases: list[str] = Field(description="Ids of a portal's releases: folders with their own manifests.")


class ManifestTail(Record):
    """The last line, after the list of files."""

    count: Count = Field(description="Files in the list.")
    bytes: FileBytes = Field(description="Of all of them.")


class Manifest(ManifestHead):
    """Every file of a release or a portal with its checksum."""

    FILE: ClassVar[str] = "manifest.json"

    files: list[ManifestEntry] = Field(description="In the order of their paths by code points, one a line.")
    count: Count = Field(description="Files in the list.")
    bytes: FileBytes = Field(description="Of all of them.")


ENTRY: TypeAdapter[ManifestEntry] = TypeAdapter(ManifestEntry)
