"""Write every metadata file of a release.

The modules that describe tables take a second to import, and a release without data does without them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import plugins
from ..files import unsafe
from . import citation, datacite, jsonld, rocrate
from . import standards as std
from .pack import Pack, Tutorial
from .release_facts import ReleaseFacts
from .sky import sky_functions
from .standards import PYTHON, Product

Tutorials = Callable[[ReleaseFacts, Path], list[Tutorial]]


def write_metadata(facts: ReleaseFacts, out: Path, tutorials: Tutorials | None = None) -> Pack:
    """Write every metadata file below `out`, the release's folder.

    `tutorials` writes those of the release there, which the research object names too.
    """
    (out / "meta").mkdir(parents=True, exist_ok=True)
    pack = Pack(out, dataset=jsonld.dataset(facts))
    pack.products += _citation(facts, out)
    pack.products += _general(facts, out, pack)
    if facts.catalogues:
        pack.products += _virtual_observatory(facts, out, pack)
        pack.products += _catalogues(facts, out)
    pack.products += _spectra(facts, out, pack)
    pack.products += _of_plugins(facts, out)
    pack.tutorials = tutorials(facts, out) if tutorials else []
    listed = [(p.path, p.standard.name) for p in pack.products]
    listed += [(path, f"Tutorial: {one.tool}") for one in pack.tutorials for path in one.paths]
    _save_json(out / "ro-crate-metadata.json", rocrate.crate(facts, out, listed))
    check = f"{PYTHON} \"from rocrate.rocrate import ROCrate; print(ROCrate('.').name)\""
    pack.products.append(Product("ro-crate-metadata.json", std.ROCRATE, "crate", check))
    return pack


def _of_plugins(facts: ReleaseFacts, out: Path) -> Iterator[Product]:
    """Files that plugins write. Raises InputError for one that fails, or names a file it has not written."""
    for plugin, write in plugins.with_hook(plugins.METADATA):
        try:
            made = list(write(facts, out))
        except Exception as error:
            raise plugin.failed(plugins.METADATA, error) from None
        for one in made:
            if unsafe(one.path) or not (out / one.path).is_file():
                raise plugin.failed(
                    plugins.METADATA, ValueError(f"{one.path!r} is not a file of the release")
                )
            yield Product(one.path, std.Standard(one.standard, one.address), "plugin", one.check)


def _citation(facts: ReleaseFacts, out: Path) -> Iterator[Product]:
    check = "check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff"
    _save(out / "CITATION.cff", citation.cff(facts))
    yield Product("CITATION.cff", std.CFF, "citation", check)
    _save(out / "meta/citation.bib", citation.bibtex(facts))
    check = f"{PYTHON} \"import bibtexparser as b; print(b.parse_file('meta/citation.bib').failed_blocks)\""
    yield Product("meta/citation.bib", std.BIBTEX, "citation", check)
    _save(out / "meta/citation.ris", citation.ris(facts))
    check = f"{PYTHON} \"import rispy; print(len(rispy.load(open('meta/citation.ris'))))\""
    yield Product("meta/citation.ris", std.RIS, "citation", check)


def _general(facts: ReleaseFacts, out: Path, pack: Pack) -> Iterator[Product]:
    main, *parts = citation.works(facts)
    records = [("datacite", datacite.datacite(facts, main))]
    with_doi = [c for c in facts.catalogues if c.spec.doi]
    for catalogue, work in zip(with_doi, parts, strict=True):
        records.append((f"{catalogue.name}.datacite", datacite.datacite(facts, work, catalogue)))
    if not main.doi:
        pack.missing.append(("DOI", ["doi"]))
    if not facts.release.license:
        pack.missing.append(("SPDX", ["license"]))
    for name, record in records:
        load = f"json.load(open('meta/{name}.json'))"
        check = f'{PYTHON} "import json; from datacite import schema45; print(schema45.validate({load}))"'
        _save_json(out / f"meta/{name}.json", record)
        yield Product(f"meta/{name}.json", std.DATACITE, "doi", check)
        _save(out / f"meta/{name}.xml", datacite.datacite_xml(record))
        yield Product(f"meta/{name}.xml", std.DATACITE, "doi", f"xmllint --noout meta/{name}.xml")
    _save_json(out / "meta/schema.org.jsonld", pack.dataset)
    check = "python -m json.tool meta/schema.org.jsonld"
    yield Product("meta/schema.org.jsonld", std.SCHEMA_ORG, "engines", check)


def _virtual_observatory(facts: ReleaseFacts, out: Path, pack: Pack) -> Iterator[Product]:
    from . import moc
    from . import vodataservice as vo
    from . import votable as votables

    meta = out / "meta"
    votables.write_votable(facts, meta / "tableset.vot.xml")
    check = "stilts votlint meta/tableset.vot.xml"
    yield Product("meta/tableset.vot.xml", std.VOTABLE, "tables", check)
    (meta / "tables.xml").write_bytes(vo.tableset_document(facts))
    check = "stilts xsdvalidate uselocals=true meta/tables.xml"
    yield Product("meta/tables.xml", std.VOSI, "tables", check)
    mocs = {c.name: moc.coverage(c) for c in facts.catalogues if c.is_hats and c.rows}
    for name, cover in mocs.items():
        moc.write_moc(cover, meta, name)
        for kind in ("fits", "json"):
            path = f"meta/{name}.moc.{kind}"
            check = f"{PYTHON} \"from mocpy import MOC; print(MOC.load('{path}', '{kind}').sky_fraction)\""
            yield Product(path, std.MOC, "moc", check)
    if lacking := vo.missing_for_record(facts):
        pack.missing.append((std.VODATASERVICE.name, lacking))
    else:
        whole = moc.union(list(mocs.values()))
        (meta / "voresource.xml").write_bytes(vo.record_document(facts, whole))
        check = "stilts xsdvalidate uselocals=true meta/voresource.xml"
        yield Product("meta/voresource.xml", std.VODATASERVICE, "record", check)
        if facts.portal.services:
            (meta / "oai.xml").write_bytes(vo.repository_document(facts, whole))
            yield Product("meta/oai.xml", std.OAI_PMH, "record", "xmllint --noout meta/oai.xml")


def _spectra(facts: ReleaseFacts, out: Path, pack: Pack) -> Iterator[Product]:
    if not facts.spectra:
        return
    from . import obscore
    from .obscore_votable import LARGEST, write_obscore_votable

    if not obscore.observed_sets(facts):
        return
    path = "meta/obscore.parquet"
    count = obscore.write_obscore(facts, out / path)
    if not facts.ivoid:
        pack.missing.append((f"{std.OBSCORE.name}: obs_publisher_did", ["ivoid"]))
    read = f"Table.read('{path}', format='parquet.votable')"
    check = f'{PYTHON} "from astropy.table import Table; print({read})"'
    yield Product(path, std.OBSCORE, "spectra", check)
    if count <= LARGEST:
        write_obscore_votable(out / path, out / "meta/obscore.vot.xml")
        check = "stilts votlint meta/obscore.vot.xml"
        yield Product("meta/obscore.vot.xml", std.OBSCORE_VOTABLE, "spectra", check)


def _catalogues(facts: ReleaseFacts, out: Path) -> Iterator[Product]:
    from . import cds, croissant, hats_collection

    _save_json(out / "croissant.json", croissant.croissant(facts))
    check = "mlcroissant validate --jsonld croissant.json"
    yield Product("croissant.json", std.CROISSANT, "learning", check)
    names = cds.write_cds(facts, out / "meta/cds")
    example = next((f"meta/cds/{name}" for name in names if name != "ReadMe"), "")
    read = f"Table.read('{example}', format='ascii.cds', readme='meta/cds/ReadMe')"
    check = f'{PYTHON} "from astropy.table import Table; print({read})"'
    for name in names:
        yield Product(f"meta/cds/{name}", std.CDS, "bytes", check)
    _save(out / "meta/sky.sql", sky_functions())
    check = f"{PYTHON} \"import duckdb; duckdb.execute(open('meta/sky.sql').read())\""
    yield Product("meta/sky.sql", std.DUCKDB, "sky", check)
    if first := hats_collection.primary(facts):
        _save(out / "data/collection.properties", hats_collection.collection_properties(facts, first))
        check = f"{PYTHON} \"import hats; print(hats.read_hats('data'))\""
        yield Product("data/collection.properties", std.HATS, "hats", check)


def _save(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _save_json(file: Path, data: dict[str, Any]) -> None:
    _save(file, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n")
