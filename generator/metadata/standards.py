"""The standards that metadata files follow, and the facts that pages show about these files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

PYTHON = "python -c"
READ_ME = "meta/cds/ReadMe"
"""Path of the description of all catalogues as plain text."""


@dataclass(frozen=True)
class Standard:
    """A standard, and the package that implements it here."""

    name: str
    """Its official name with version: "VOTable 1.4"."""
    address: str
    """Address of its specification."""
    maker: str = "drportal"
    """The Python package that writes the files; "drportal" if there is none."""

    @property
    def made_by(self) -> str:
        """The package and its version."""
        return self.maker if self.maker == "drportal" else f"{self.maker} {version(self.maker)}"


@dataclass(frozen=True)
class Product:
    """A metadata file of a release."""

    path: str
    standard: Standard
    about: str
    """Its content: a key of templates/meta.html, which has the description."""
    check: str
    """A command that validates it, run in the release's folder."""


CFF = Standard("Citation File Format 1.2.0", "https://citation-file-format.github.io/", "PyYAML")
BIBTEX = Standard("BibTeX", "https://ctan.org/pkg/bibtex")
RIS = Standard("RIS", "https://en.wikipedia.org/wiki/RIS_(file_format)")
DATACITE = Standard("DataCite 4.5", "https://schema.datacite.org/meta/kernel-4.5/", "datacite")
SCHEMA_ORG = Standard("schema.org Dataset", "https://schema.org/Dataset")
VOTABLE = Standard("VOTable 1.4", "https://www.ivoa.net/documents/VOTable/", "astropy")
VOSI = Standard("VOSI tables 1.1", "https://www.ivoa.net/documents/VOSI/", "lxml")
MOC = Standard("MOC 2.0", "https://www.ivoa.net/documents/MOC/", "mocpy")
VODATASERVICE = Standard(
    "VODataService 1.2, VOResource 1.1", "https://www.ivoa.net/documents/VODataService/", "lxml"
)
OAI_PMH = Standard(
    "OAI-PMH static repository 2.0",
    "https://www.openarchives.org/OAI/2.0/guidelines-static-repository.htm",
    "lxml",
)
OBSCORE = Standard("ObsCore 1.1", "https://www.ivoa.net/documents/ObsCore/", "pyarrow")
OBSCORE_VOTABLE = Standard("ObsCore 1.1 as VOTable", OBSCORE.address, "astropy")
CROISSANT = Standard("Croissant 1.0", "https://docs.mlcommons.org/croissant/docs/croissant-spec.html")
DUCKDB = Standard("DuckDB SQL", "https://duckdb.org/docs/stable/sql/statements/create_macro")
CDS = Standard("CDS ReadMe", "https://cds.unistra.fr/doc/catstd.htx", "cdspyreadme")
HATS = Standard("HATS collection 1.0", "https://www.ivoa.net/documents/Notes/HATS/")
ROCRATE = Standard("RO-Crate 1.1", "https://www.researchobject.org/ro-crate/specification/1.1/", "rocrate")
