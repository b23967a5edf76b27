"""The pack: which files a release ships for machines, what made them and how to check them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import (
    cds,
    citation,
    croissant,
    datacite,
    hats_collection,
    jsonld,
    moc,
    obscore,
    rocrate,
    vodataservice,
)
from . import votable as votables
from .facts import Facts

PYTHON = "python -c"


@dataclass(frozen=True)
class Product:
    """A file of the pack, as the page on standards tells of it."""

    path: str
    about: str
    """What it holds: a key of templates/meta.html, which has the words."""
    standard: str
    """Its name and version, as the standard calls itself: "VOTable 1.4"."""
    address: str
    """Where the standard is written down."""
    maker: str
    """The Python package that made it; "drportal" where there is none."""
    check: str
    """A command that checks it, run in the release's folder."""

    @property
    def made_by(self) -> str:
        """The package with its version."""
        return self.maker if self.maker == "drportal" else f"{self.maker} {version(self.maker)}"


@dataclass
class Pack:
    """What was written, and what could not be, by the keys of portal.toml or release.toml that it needs."""

    products: list[Product] = field(default_factory=list)
    missing: list[tuple[str, list[str]]] = field(default_factory=list)
    dataset: dict[str, Any] = field(default_factory=dict)
    """schema.org's description, for the head of the home page."""


def write_metadata(facts: Facts, out: Path) -> Pack:
    """Write every file of the pack below `out`, the release's folder."""
    (out / "meta").mkdir(parents=True, exist_ok=True)
    pack = Pack(dataset=jsonld.dataset(facts))
    pack.products += _citation(facts, out)
    pack.products += _general(facts, out, pack)
    if facts.catalogues:
        pack.products += _virtual_observatory(facts, out, pack)
        pack.products += _catalogues(facts, out)
    listed = [(p.path, f"{p.standard}: {p.about}") for p in pack.products]
    _save_json(out / "ro-crate-metadata.json", rocrate.crate(facts, out, listed))
    pack.products.append(
        Product(
            "ro-crate-metadata.json", "crate", "RO-Crate 1.1",
            "https://www.researchobject.org/ro-crate/specification/1.1/", "rocrate",
            f"{PYTHON} \"from rocrate.rocrate import ROCrate; print(ROCrate('.').name)\"",
        )
    )  # fmt: skip
    return pack


def _citation(facts: Facts, out: Path) -> Iterator[Product]:
    _save(out / "CITATION.cff", citation.cff(facts))
    yield Product(
        "CITATION.cff", "citation", "Citation File Format 1.2.0", "https://citation-file-format.github.io/",
        "PyYAML", "check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff",
    )  # fmt: skip
    _save(out / "meta/citation.bib", citation.bibtex(facts))
    yield Product(
        "meta/citation.bib", "citation", "BibTeX", "https://ctan.org/pkg/bibtex", "drportal",
        f"{PYTHON} \"import bibtexparser as b; print(b.parse_file('meta/citation.bib').failed_blocks)\"",
    )  # fmt: skip
    _save(out / "meta/citation.ris", citation.ris(facts))
    yield Product(
        "meta/citation.ris", "citation", "RIS", "https://en.wikipedia.org/wiki/RIS_(file_format)", "drportal",
        f"{PYTHON} \"import rispy; print(len(rispy.load(open('meta/citation.ris'))))\"",
    )  # fmt: skip


def _general(facts: Facts, out: Path, pack: Pack) -> Iterator[Product]:
    main, *parts = citation.works(facts)
    records = [("datacite", datacite.datacite(facts, main))]
    with_doi = [c for c in facts.catalogues if c.spec.doi]
    for catalogue, work in zip(with_doi, parts, strict=True):
        records.append((f"{catalogue.name}.datacite", datacite.datacite(facts, work, catalogue)))
    if not main.doi:
        pack.missing.append(("DataCite", ["doi"]))
    if not facts.release.license:
        pack.missing.append(("SPDX", ["license"]))
    for name, record in records:
        _save_json(out / f"meta/{name}.json", record)
        yield Product(
            f"meta/{name}.json", "doi", "DataCite 4.5", "https://schema.datacite.org/meta/kernel-4.5/", "datacite",
            f"{PYTHON} \"import json; from datacite import schema45 as s; "
            f"print(s.validate(json.load(open('meta/{name}.json'))))\"",
        )  # fmt: skip
        _save(out / f"meta/{name}.xml", datacite.datacite_xml(record))
        yield Product(
            f"meta/{name}.xml", "doi", "DataCite 4.5", "https://schema.datacite.org/meta/kernel-4.5/", "datacite",
            f"xmllint --noout meta/{name}.xml",
        )  # fmt: skip
    _save_json(out / "meta/schema.org.jsonld", pack.dataset)
    yield Product(
        "meta/schema.org.jsonld", "engines", "schema.org Dataset", "https://schema.org/Dataset", "drportal",
        "python -m json.tool meta/schema.org.jsonld",
    )  # fmt: skip


def _virtual_observatory(facts: Facts, out: Path, pack: Pack) -> Iterator[Product]:
    meta = out / "meta"
    votables.write_votable(facts, meta / "tableset.vot.xml")
    yield Product(
        "meta/tableset.vot.xml", "tables", f"VOTable {votables.VERSION}",
        "https://www.ivoa.net/documents/VOTable/", "astropy", "stilts votlint meta/tableset.vot.xml",
    )  # fmt: skip
    (meta / "tables.xml").write_bytes(vodataservice.tableset_document(facts))
    yield Product(
        "meta/tables.xml", "tables", "VOSI tables 1.1", "https://www.ivoa.net/documents/VOSI/", "lxml",
        "stilts xsdvalidate uselocals=true meta/tables.xml",
    )  # fmt: skip
    mocs = {c.name: moc.coverage(c) for c in facts.catalogues if c.is_hats and c.rows}
    for name, cover in mocs.items():
        moc.write_moc(cover, meta, name)
        for kind in ("fits", "json"):
            yield Product(
                f"meta/{name}.moc.{kind}", "moc", "MOC 2.0", "https://www.ivoa.net/documents/MOC/", "mocpy",
                f"{PYTHON} \"from mocpy import MOC; "
                f"print(MOC.load('meta/{name}.moc.{kind}', '{kind}').sky_fraction)\"",
            )  # fmt: skip
    lacking = vodataservice.missing_for_record(facts)
    if lacking:
        pack.missing.append(("VODataService 1.2", lacking))
    else:
        whole = moc.union(list(mocs.values()))
        (meta / "voresource.xml").write_bytes(vodataservice.record_document(facts, whole))
        yield Product(
            "meta/voresource.xml", "record", "VODataService 1.2, VOResource 1.1",
            "https://www.ivoa.net/documents/VODataService/", "lxml",
            "stilts xsdvalidate uselocals=true meta/voresource.xml",
        )  # fmt: skip
    if obscore.observed_sets(facts):
        obscore.write_obscore(facts, meta / "obscore.parquet")
        if not facts.ivoid:
            pack.missing.append(("ObsCore 1.1: obs_publisher_did", ["ivoid"]))
        yield Product(
            "meta/obscore.parquet", "spectra", "ObsCore 1.1", "https://www.ivoa.net/documents/ObsCore/", "pyarrow",
            f"{PYTHON} \"from astropy.table import Table; "
            "print(Table.read('meta/obscore.parquet', format='parquet.votable').info)\"",
        )  # fmt: skip


def _catalogues(facts: Facts, out: Path) -> Iterator[Product]:
    _save_json(out / "meta/croissant.json", croissant.croissant(facts))
    yield Product(
        "meta/croissant.json", "learning", "Croissant 1.0",
        "https://docs.mlcommons.org/croissant/docs/croissant-spec.html", "drportal",
        "mlcroissant validate --jsonld meta/croissant.json",
    )  # fmt: skip
    for name in cds.write_cds(facts, out / "meta/cds"):
        check = (
            f'{PYTHON} "from astropy.table import Table; '
            f"print(Table.read('meta/cds/{name}', format='ascii.cds', readme='meta/cds/ReadMe').info)\""
            if name != "ReadMe"
            else "less meta/cds/ReadMe"
        )
        yield Product(
            f"meta/cds/{name}",
            "bytes",
            "CDS ReadMe",
            "https://cds.unistra.fr/doc/catstd.htx",
            "cdspyreadme",
            check,
        )
    first = hats_collection.primary(facts)
    if first:
        _save(out / "data/collection.properties", hats_collection.collection_properties(facts, first))
        yield Product(
            "data/collection.properties", "hats", "HATS collection 1.0", "https://www.ivoa.net/documents/HATS/",
            "drportal", f"{PYTHON} \"import hats; print(hats.read_hats('data'))\"",
        )  # fmt: skip


def _save(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _save_json(file: Path, data: dict[str, Any]) -> None:
    _save(file, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n")
