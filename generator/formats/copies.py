"""Small files that describe a copy: its audience, the files left out, the number of the disc."""

from __future__ import annotations

import json
from typing import ClassVar, Final, Literal

from pydantic import Field

from .base import Count, Format, Record

MIRROR_FORMAT: Final = "drportal-mirror-1"
MEDIUM_FORMAT: Final = "drportal-medium-1"


class EditionMark(Format):
    """The audience of a site; a public site has no such file."""

    FILE: ClassVar[str] = "edition.json"

    audience: Literal["public", "partners", "team"] = Field(description="Its readers.")

    def text(self) -> str:
        return json.dumps(self.members()) + "\n"


class Mirror(Format):
    """The files left out of a mirror. It may be forged: publish/choice.py checks its paths."""

    FILE: ClassVar[str] = "mirror.json"

    format: Literal["drportal-mirror-1"] = Field(description="Name and version of the format.")
    releases: list[str] = Field(description="Ids of the releases that are included; empty: all.")
    without: list[str] = Field(description="Files and folders of each release that are left out.")

    def text(self) -> str:
        return json.dumps(self.members(), ensure_ascii=False, indent=2) + "\n"


class MediumShare(Record):
    """A contiguous part of a set of spectra, in the order of ids, on a disc."""

    disc: Count = Field(description="Its number.")
    spectra: Count = Field(description="How many.")
    first: str = Field(description="The first id.")
    last: str = Field(description="The last id, inclusive.")


class MediumRow(Record):
    """A catalogue or a set of spectra, and the discs that contain it; or Python, if it was left out."""

    kind: Literal["catalogue", "spectra", "python"] = Field(description="What it is.")
    name: str = Field(description="Its name.")
    count: Count = Field(description="Rows or spectra in the release; 1 for Python.")
    placed: Count = Field(description="Rows or spectra on these discs.")
    where: str | None = Field(description="The SQL condition that selected spectra.")
    originals_left_out: Count = Field(description="Original files that are on no disc.")
    discs: list[Count] = Field(description="Numbers of the discs that contain all or part of it.")
    shares: list[MediumShare] = Field(description="For spectra that are split over discs.")


class MediumContents(Format):
    """The number of a disc, and the content of all discs."""

    FILE: ClassVar[str] = "medium.json"

    format: Literal["drportal-medium-1"] = Field(description="Name and version of the format.")
    release: str = Field(description="Its id.")
    label: str = Field(description="Of the release, for display.")
    medium: str = Field(description="usb, dvd, cd or another of release.toml.")
    disc: Count = Field(description="The number of this disc, from 1.")
    discs: Count = Field(description="How many there are.")
    address: str | None = Field(description="Address of the complete release, if known.")
    contents: list[MediumRow] = Field(description="Catalogues, then sets of spectra.")

    def text(self) -> str:
        return json.dumps(self.members(), ensure_ascii=False, indent=1) + "\n"
