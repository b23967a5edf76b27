"""Citation data of a release: authors, papers, identifiers, licence and naming of objects."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import AfterValidator, Field, model_validator

from .strict import Strict
from .text import Text

DOI = re.compile(r"10\.\d{4,9}/[^\s\"'<>\\{}]+")
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
# Authorities have three or more characters: VOResource 1.1, Identifiers 2.0.
IVOID = re.compile(r"ivo://[A-Za-z0-9][A-Za-z0-9._~-]{2,}(/[A-Za-z0-9._~/-]+)?")
BIBCODE = re.compile(r"\d{4}[A-Za-z0-9&.]{14}[A-Z]")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/+-]*")
NAME_PART = re.compile(r"HH|MM|SS|DDD|DD|\.s+|d+")


def _doi(value: str) -> str:
    if not DOI.fullmatch(value):
        raise ValueError(f"{value!r} is not a DOI; write it as 10.12345/abc, without https://doi.org/")
    return value


def _orcid(value: str) -> str:
    if not ORCID.fullmatch(value):
        raise ValueError(f"{value!r} is not an ORCID; write it as 0000-0002-1825-0097, without an address")
    total = 0
    for digit in value.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if value[-1] != ("X" if check == 10 else str(check)):
        raise ValueError(f"{value!r} is not an ORCID: its check digit is wrong; look it up")
    return value


def _ivoid(value: str) -> str:
    if not IVOID.fullmatch(value):
        raise ValueError(f"{value!r} is not an IVOA identifier; write it as ivo://authority/name")
    return value


def _spdx(value: str) -> str:
    fix = "use one from spdx.org/licenses, e.g. CC-BY-4.0"
    try:
        licence = str(canonicalize_license_expression(value))
    except InvalidLicenseExpression:
        raise ValueError(f"{value!r} is not an SPDX licence; {fix}") from None
    if not re.fullmatch(r"[A-Za-z0-9.-]+", licence) or licence.startswith("LicenseRef-"):
        raise ValueError(f"{value!r} is not a single licence of the SPDX list; use one, e.g. CC-BY-4.0")
    return licence


Doi = Annotated[str, AfterValidator(_doi)]
Orcid = Annotated[str, AfterValidator(_orcid)]
Ivoid = Annotated[str, AfterValidator(_ivoid)]
Licence = Annotated[str, AfterValidator(_spdx)]


class Author(Strict):
    """A person (`family`, `given`) or a group (`name`)."""

    name: str | None = Field(default=None, min_length=1)
    family: str | None = Field(default=None, min_length=1)
    given: str | None = Field(default=None, min_length=1)
    orcid: Orcid | None = None
    affiliation: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Author:
        if (self.name is None) == (self.family is None):
            raise ValueError("needs either `family` (of a person) or `name` (of a group), but not both")
        if self.name and (self.given or self.orcid):
            raise ValueError("is a group, which has no `given` and no `orcid`; write `family` for a person")
        return self

    @property
    def listed(self) -> str:
        """The name as in a reference list: Cui, Xiang-Qun."""
        return self.name or ", ".join(part for part in (self.family, self.given) if part)

    @property
    def short(self) -> str:
        """The name with initials: Cui, X.-Q."""
        if self.name or not self.given:
            return self.listed
        initials = re.sub(r"(\w)[^\s.-]*\.?", r"\1.", self.given)
        return f"{self.family}, {initials}"


class Paper(Strict):
    """A paper that users of the data are asked to cite. Fields have the names of BibTeX."""

    key: str
    """e.g. 2012RAA....12.1197C"""
    type: Literal["article", "book", "inproceedings", "misc", "phdthesis", "techreport"] = "article"
    title: str = Field(min_length=1)
    authors: list[Author] = Field(min_length=1)
    et_al: bool = False
    """Whether there are more authors than those listed."""
    year: int = Field(ge=1600, le=2999)
    journal: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    publisher: str | None = None
    doi: Doi | None = None
    bibcode: str | None = None
    arxiv: str | None = None
    about: Text = Field(default_factory=dict)
    """When to cite it: "the telescope", "medium-resolution spectra"."""

    @model_validator(mode="after")
    def _usable(self) -> Paper:
        if not KEY.fullmatch(self.key):
            raise ValueError(f"has the key {self.key!r}; use only letters, digits and : . _ / + -")
        if self.bibcode is not None and not BIBCODE.fullmatch(self.bibcode):
            raise ValueError(f"{self.bibcode!r} is not a bibcode; it has 19 characters: 2012RAA....12.1197C")
        if self.arxiv is not None and not re.fullmatch(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}", self.arxiv):
            raise ValueError(f"{self.arxiv!r} is not an arXiv number; write it as 1206.3569")
        return self


class Naming(Strict):
    """How objects of the survey are named in papers."""

    rule: str = Field(min_length=1)
    """e.g. LAMOST JHHMMSS.ss+DDMMSS.s"""
    example: str = Field(min_length=1)
    about: Text = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Naming:
        if not self.pattern.fullmatch(self.example):
            raise ValueError(f"has an example {self.example!r} that does not follow the rule {self.rule!r}")
        return self

    @property
    def pattern(self) -> re.Pattern[str]:
        """Regular expression of a name: HH, MM, SS, DD and each s after a point are digits, + is a sign."""
        parts, at = [], 0
        head, mark, place = self.rule.rpartition("J")
        for found in NAME_PART.finditer(place):
            parts.append(_literal(place[at : found.start()]))
            text = found.group()
            parts.append(rf"\.\d{{{len(text) - 1}}}" if text[0] == "." else rf"\d{{{len(text)}}}")
            at = found.end()
        return re.compile(re.escape(head + mark) + "".join(parts) + _literal(place[at:]))


def _literal(text: str) -> str:
    return "".join("[+-]" if letter in "+-±" else re.escape(letter) for letter in text)


class Citable(Strict):
    """Citation fields of portal.toml that a release may override."""

    acknowledgement: Text = Field(default_factory=dict)
    """The acknowledgement for papers that use the data."""
    authors: list[Author] = Field(default_factory=list)
    papers: list[Paper] = Field(default_factory=list)
    """Papers that users of the data are asked to cite in addition to the release."""
    license: Licence | None = None
    """SPDX identifier, e.g. CC-BY-4.0."""
    naming: Naming | None = None
    ivoid: Ivoid | None = None
    """IVOA identifier: of the survey's authority in portal.toml, of the release in release.toml."""

    @model_validator(mode="after")
    def _distinct_papers(self) -> Citable:
        keys = [p.key.lower() for p in self.papers]
        for paper in self.papers:
            if keys.count(paper.key.lower()) > 1:
                raise ValueError(f"has two papers with the key {paper.key!r}; keys must differ")
        return self

    def inherit(self, portal: Citable) -> None:
        """Copy fields from the portal that this release does not set itself."""
        for name in ("acknowledgement", "authors", "papers", "license", "naming"):
            if not getattr(self, name):
                setattr(self, name, getattr(portal, name))
