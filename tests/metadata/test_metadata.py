"""Metadata files of a release: readers of each standard accept them, and they agree with the sources."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bibtexparser
import numpy as np
import pyarrow.parquet as pq
import pytest
import rispy
from astropy import units as u
from astropy.io import fits, votable
from astropy.table import Table
from lxml import etree

from drportal.formats import Catalogue, Statistics
from drportal.metadata import write_metadata
from drportal.metadata.release_facts import ReleaseFacts
from drportal.metadata.vo_columns import votable_type
from drportal.model import load_portal
from drportal.pages.views import read_catalogues, read_spectra
from drportal.services.results.writers import FORMATS

from .. import every_type
from ..described_portal import ADDRESS, Described
from ..ingest_fixtures import ingest
from ..vo_schemas import registry_schemas


@pytest.fixture(scope="module")
def stars(described: Described) -> Table:
    """The source of the catalogue `stars`, as astropy reads it."""
    return Table.read(described.source / "stars.fits")


def facts_of(described: Described) -> ReleaseFacts:
    portal = load_portal(described.portal)
    release = next(r for r in portal.releases if r.id == "dr2")
    data = described.release / "data"
    return ReleaseFacts(
        portal,
        release,
        f"{ADDRESS}/dr2",
        read_catalogues(release, {c.name: data / c.name for c in release.catalogues}),
        read_spectra(release, {s.name: data / "spectra" / s.name for s in release.spectra}),
    )


def load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_command_of_the_page_runs_and_is_content(described: Described) -> None:
    page = (described.release / "meta" / "index.html").read_text(encoding="utf-8")
    commands = [html.unescape(c) for c in re.findall(r'<pre [^>]*id="check-\d+"[^>]*>(.*?)</pre>', page)]
    assert len(commands) == 17
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(command: str) -> tuple[str, subprocess.CompletedProcess[str]]:
        return command, subprocess.run(
            command,
            shell=True,
            cwd=described.release,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
        )

    with ThreadPoolExecutor(2) as pool:
        for command, done in pool.map(run, commands):
            assert done.returncode == 0, (command, done.stderr)
            assert not re.search(r"\b(ERROR|Error|False)\b", done.stdout + done.stderr), (command, done)


def test_the_page_lists_every_file_there_is(described: Described) -> None:
    release = described.release
    page = (release / "meta" / "index.html").read_text(encoding="utf-8")
    linked = {
        (release / "meta" / urllib.parse.unquote(a)).resolve().relative_to(release.resolve()).as_posix()
        for a in re.findall(r'<li><a href="(\.\./[^"]+)">[^<]+</a> <span class="muted num">', page)
    }
    there = {p.relative_to(release).as_posix() for p in (release / "meta").rglob("*") if p.is_file()}
    there -= {"meta/index.html"}
    there |= {"CITATION.cff", "croissant.json", "ro-crate-metadata.json", "data/collection.properties"}
    assert there <= linked
    # A release of facts alone ships what makes sense for it.
    old = described.site / "dr1"
    assert sorted(p.name for p in (old / "meta").iterdir()) == [
        "citation.bib", "citation.ris", "datacite.json", "datacite.xml", "index.html", "schema.org.jsonld",
    ]  # fmt: skip
    assert "<code>license</code>" not in page and 'id="missing"' not in page


def test_votable_describes_the_columns_of_the_source(described: Described, stars: Table) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = votable.parse(described.release / "meta" / "tableset.vot.xml")
    tables = {t.name: t for t in read.iter_tables()}
    assert list(tables) == ["stars", "odd", "spec", "plain"]
    fields = {f.name: f for f in tables["stars"].fields}
    assert list(fields) == stars.colnames
    for name, field in fields.items():
        column = stars[name]
        assert (field.unit or None) == column.unit
        if column.dtype.kind not in "iuf":
            continue
        values = np.ma.filled(column.astype(float), np.nan)
        values = values[np.isfinite(values) & ~np.isin(values, [-9999, -999])]
        if len(values):
            assert float(field.values.min) == pytest.approx(values.min(), rel=1e-12)
            assert float(field.values.max) == pytest.approx(values.max(), rel=1e-12)
    assert fields["gp_id"].values.null == -9999
    # To the last of 64 bits.
    ident = next(f for f in tables["odd"].fields if f.name == "Id")
    assert int(ident.values.max) == 2**63 - 1


def test_registry_records_keep_their_schemas(described: Described, tmp_path: Path) -> None:
    from mocpy import MOC
    from pyvo.io.vosi import parse_tables

    valid = registry_schemas(tmp_path)
    meta = described.release / "meta"
    assert valid("VOSITables-v1.1.xsd", meta / "tables.xml")
    assert valid("resource.xsd", meta / "voresource.xml")
    broken = tmp_path / "broken.xml"
    broken.write_text((meta / "voresource.xml").read_text(encoding="utf-8").replace("shortName", "short"))
    assert not valid("resource.xsd", broken)
    tables = list(parse_tables(str(meta / "tables.xml")).iter_tables())
    assert [t.name for t in tables] == ["stars", "odd", "spec", "plain"]
    record = etree.parse(meta / "voresource.xml")
    assert record.findtext("identifier") == "ivo://example.sky/dr2"
    assert record.findtext("content/referenceURL") == f"{ADDRESS}/dr2/index.html"
    text = MOC.from_string(record.findtext("coverage/spatial"))
    assert text.max_order == 6


def test_records_name_the_services_that_the_team_runs(described: Described, tmp_path: Path) -> None:
    meta = described.release / "meta"
    record = etree.parse(meta / "voresource.xml")
    found = {
        (c.get("standardID", ""), c.findtext("interface/accessURL"))
        for c in record.iterfind("capability")
        if c.find("interface").get("role") == "std"
    }
    base = "https://vo.sky.example.org/dr2/vo/"
    assert ("ivo://ivoa.net/std/TAP", f"{base}tap") in found
    assert ("ivo://ivoa.net/std/ConeSearch", f"{base}scs/stars") in found
    assert ("ivo://ivoa.net/std/SSA", f"{base}ssa") in found
    assert f"{base}scs/plain" not in {address for _, address in found}  # it has no positions
    folders = [u.text for u in record.iterfind("capability/interface/accessURL[@use='dir']")]
    assert folders == [f"{ADDRESS}/dr2/data/"]
    kinds = {
        (c.get("standardID", "").rpartition("/")[2], c.get("{http://www.w3.org/2001/XMLSchema-instance}type"))
        for c in record.iterfind("capability")
    }
    assert kinds >= {
        ("TAP", "tr:TableAccess"), ("ConeSearch", "cs:ConeSearch"), ("SSA", "ssap:SimpleSpectralAccess"),
    }  # fmt: skip
    aliases = {o.findtext("alias"): o.findtext("mime") for o in record.iter("outputFormat")}
    assert aliases == {f.names[0]: f.media for f in FORMATS}
    assert record.find(".//outputLimit") is None  # limits are those of a service that runs
    valid = registry_schemas(tmp_path)
    for right, wrong in (
        ("<verbosity>true", "<verbosity>yes"),
        ("<mime>", "<media>"),
        (">minimal<", ">little<"),
    ):
        broken = tmp_path / "broken.xml"
        broken.write_text((meta / "voresource.xml").read_text(encoding="utf-8").replace(right, wrong))
        assert not valid("resource.xsd", broken), wrong
    repository = etree.parse(meta / "oai.xml")
    (inner,) = repository.iter("{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")
    assert [(e.tag, e.text and e.text.strip()) for e in inner.iter()] == [
        (e.tag, e.text and e.text.strip()) for e in record.getroot().iter()
    ]
    alone = tmp_path / "record.xml"
    alone.write_bytes(etree.tostring(inner))
    assert valid("resource.xsd", alone)


def test_mocs_contain_every_row_and_little_else(described: Described, stars: Table) -> None:
    from mocpy import MOC

    meta = described.release / "meta"
    moc = MOC.load(meta / "stars.moc.fits", "fits")
    assert moc == MOC.load(meta / "stars.moc.json", "json")
    assert moc.contains_lonlat(stars["ra"].data * u.deg, stars["dec"].data * u.deg).all()
    cells = {(int(order), int(cell)) for order, cells in moc.serialize("json").items() for cell in cells}
    assert len(cells) <= len(stars)
    assert not (meta / "plain.moc.fits").exists()


def test_obscore_says_where_each_spectrum_is(described: Described) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.read(described.release / "meta" / "obscore.parquet", format="parquet.votable")
    sources = sorted(p for p in (described.source / "files").rglob("*") if p.is_file())
    assert len(table) == len(sources) + 3
    by_id = {row["obs_id"]: row for row in table if row["obs_collection"].endswith(": shipped")}
    for file in sources:
        header = fits.getheader(file)
        row = by_id[str(header["OBSID"])]
        assert (row["s_ra"], row["s_dec"]) == (header["RA"], header["DEC"])
        assert row["target_name"] == header["DESIG"].removeprefix("LAMOST").strip()
        assert row["obs_publisher_did"] == f"ivo://example.sky/dr2?shipped/{header['OBSID']}"
        path = urllib.parse.unquote(row["access_url"].removeprefix(f"{ADDRESS}/dr2/"))
        copied = described.release / path
        assert fits.getheader(copied)["OBSID"] == header["OBSID"]
        assert row["access_estsize"] == copied.stat().st_size // 1024
    shipped = list(by_id.values())
    packed = [row for row in table if row["obs_collection"].endswith(": packed")]
    assert [row["obs_id"] for row in packed] == ["0", "1", "2"]
    path = packed[0]["access_url"].removeprefix(f"{ADDRESS}/dr2/")
    assert pq.read_table(described.release / path).num_rows == 3
    # The files' wavelengths: 4000 to 4004 Angstrom.
    assert (packed[0]["em_min"], packed[0]["em_max"]) == pytest.approx((4000e-10, 4004e-10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same = Table.read(described.release / "meta" / "obscore.vot.xml", format="votable")
    assert same.colnames == table.colnames
    shipped_rows = [row["obs_collection"].endswith(": shipped") for row in table]
    for name in ("obs_id", "access_url", "s_ra", "access_estsize"):
        assert list(same[name][shipped_rows]) == list(table[name][shipped_rows])
    assert same["s_ra"].unit == "deg"
    for row in shipped:
        assert row["s_fov"] == pytest.approx(3.3 / 3600)
        words = row["s_region"].split()
        assert words[:2] == ["CIRCLE", "ICRS"]
        assert [float(w) for w in words[2:]] == [row["s_ra"], row["s_dec"], pytest.approx(3.3 / 7200)]
    assert {row["s_region"] for row in packed} == {""}
    text = (described.release / "meta" / "obscore.vot.xml").read_text(encoding="utf-8")
    assert '<COOSYS ID="ICRS" system="ICRS"/>' in text and 'timeorigin="MJD-origin"' in text
    assert table["s_ra"].unit == "deg" and table["em_min"].unit == "m"


def test_datacite_accepts_the_records(described: Described) -> None:
    from datacite import schema45

    meta = described.release / "meta"
    record = load(meta / "datacite.json")
    schema45.validator.validate(record)
    assert record["doi"] == "10.12345/sky.dr2" and record["url"] == f"{ADDRESS}/dr2/index.html"
    assert record["creators"][0]["nameIdentifiers"][0]["nameIdentifier"].endswith("0000-0002-1825-0097")
    related = {(r["relationType"], r["relatedIdentifier"]) for r in record["relatedIdentifiers"]}
    assert related == {
        ("IsDocumentedBy", "10.1088/1674-4527/12/9/003"),
        ("HasPart", "10.12345/sky.dr2.stars"),
        ("IsNewVersionOf", "10.12345/sky.dr1"),
    }
    part = load(meta / "stars.datacite.json")
    schema45.validator.validate(part)
    assert part["doi"] == "10.12345/sky.dr2.stars" and part["sizes"] == ["4000 rows"]
    assert (meta / "datacite.xml").read_text() == schema45.tostring(record), "as the whole library writes it"
    root = etree.parse(meta / "datacite.xml").getroot()
    assert root.findtext("{*}identifier") == record["doi"]
    assert root.findtext("{*}titles/{*}title") == record["titles"][0]["title"]
    # A release without a DOI invents none.
    assert "doi" not in load(described.site / "dr1b" / "meta" / "datacite.json")


def test_croissant_reads_the_rows(described: Described) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=described.release / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors and not dataset.metadata.ctx.issues.warnings
    rows = list(dataset.records(record_set="odd"))
    assert {row["odd/Id"] for row in rows} >= {2**63 - 1, 2**53 + 1}
    assert len(rows) == 12


def test_research_object_names_files_that_are_there(described: Described) -> None:
    from rocrate.rocrate import ROCrate

    graph = load(described.release / "ro-crate-metadata.json")["@graph"]
    crate = ROCrate(described.release)
    assert crate.version == "1.1" and str(crate.datePublished).startswith("2026-01-15")
    for entity in graph:
        if entity["@type"] in ("File", "Dataset"):
            assert (described.release / urllib.parse.unquote(entity["@id"])).exists(), entity["@id"]
    assert crate.root_dataset["license"].id == "https://spdx.org/licenses/CC-BY-4.0.html"


def test_cds_files_contain_the_first_rows(described: Described, stars: Table) -> None:
    folder = described.release / "meta" / "cds"
    read_me = (folder / "ReadMe").read_text(encoding="ascii")
    assert max(map(len, read_me.splitlines())) <= 80 + 20  # names of files may be long
    sample = Table.read(folder / "stars.dat", format="ascii.cds", readme=folder / "ReadMe")
    assert len(sample) == 100
    place = {ident: n for n, ident in enumerate(stars["obsid"])}
    for row in sample:
        source = stars[place[row["obsid"]]]
        for name in sample.colnames:
            value, true = row[name], source[name]
            if np.ma.is_masked(value):
                text = str(true).strip()
                assert (
                    text in ("", "nan", "Non", "--") or float(true) in (-9999, -999) or not np.isfinite(true)
                )
            elif sample[name].dtype.kind in "if":
                assert value == pytest.approx(true, rel=1e-6), name
            else:
                assert str(value) == " ".join(str(true).split())
    assert str(sample["ra"].unit) == "deg"
    odd = Table.read(folder / "odd.dat", format="ascii.cds", readme=folder / "ReadMe")
    assert 2**63 - 1 in odd["Id"]


def test_hats_opens_the_collection(described: Described, stars: Table) -> None:
    import hats

    collection = hats.read_hats(described.release / "data")
    assert collection.main_catalog.catalog_name == "stars"
    assert collection.main_catalog.catalog_info.total_rows == len(stars)


def test_bibliographies_are_read(described: Described) -> None:
    release = described.release
    library = bibtexparser.parse_file(release / "meta" / "citation.bib")
    assert not library.failed_blocks
    entries = {e.key: e.fields_dict for e in library.entries}
    assert list(entries) == ["sky_dr2", "sky_dr2_stars", "2012RAA....12.1197C"]
    assert entries["sky_dr2"]["author"].value == (
        r"{O'Brien \& Sons}, Zoë-Marie Q. and {The \{SKY\} Collaboration}"
    )
    assert entries["sky_dr2_stars"]["doi"].value == "10.12345/sky.dr2.stars"
    assert entries["2012RAA....12.1197C"]["author"].value == "{Cui}, Xiang-Qun and others"
    assert entries["2012RAA....12.1197C"]["title"].value == r"{Fibres \& 50\% of \{everything\} --- part\_1}"
    records = rispy.loads((release / "meta" / "citation.ris").read_text(encoding="utf-8"))
    assert [r["type_of_reference"] for r in records] == ["DATA", "DATA", "JOUR"]
    assert records[2]["start_page"] == "1197" and records[2]["end_page"] == "1242"


def test_search_engines_find_the_same_in_the_home_page(described: Described) -> None:
    page = (described.release / "index.html").read_text(encoding="utf-8")
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert "<" not in block
    data = json.loads(block)
    assert data == load(described.release / "meta" / "schema.org.jsonld")
    assert data["name"] == "SKY DR2 v1.1 </script><script>alert(1)</script>"
    assert (
        data["@id"] == "https://doi.org/10.12345/sky.dr2" and data["temporalCoverage"] == "2011-10/2025-06-30"
    )
    assert 50 <= len(data["description"]) <= 5000
    assert [p["size"] for p in data["hasPart"]] == [
        "4000 rows",
        "12 rows",
        f"{data_rows(described)} rows",
        "2 rows",
    ]


def data_rows(described: Described) -> int:
    return len(fits.getdata(described.source / "spec.fits"))


def test_sitemap_and_feed(described: Described) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    sitemap = etree.parse(described.site / "sitemap.xml")

    def file(address: str) -> str:
        path = urllib.parse.unquote(address.removeprefix(f"{ADDRESS}/"))
        return f"{path}index.html" if not path or path.endswith("/") else path

    found = {}
    for url in sitemap.iterfind("s:url", names):
        others = {link.get("hreflang"): file(link.get("href")) for link in url.iterfind("x:link", names)}
        found[file(url.findtext("s:loc", namespaces=names))] = others
    there = {p.relative_to(described.site).as_posix() for p in described.site.rglob("*.html")}
    assert set(found) == {p for p in there if not p.endswith("404.html")}
    assert found["dr2/cite.html"] == {"en": "dr2/cite.html", "zh": "dr2/zh/cite.html"}
    assert found["dr2/zh/cite.html"] == found["dr2/cite.html"]
    atom = {"a": "http://www.w3.org/2005/Atom"}
    for name, lang in (("atom.xml", "en"), ("zh/atom.xml", "zh")):
        feed = etree.parse(described.site / name).getroot()
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
        assert [e.findtext("a:title", namespaces=atom) for e in feed.iterfind("a:entry", atom)][1:] == [
            "DR1",
            "DR1b",
        ]
        ids = [e.text for e in feed.iterfind(".//a:id", atom)]
        assert len(ids) == len(set(ids)) == 4
        for link in feed.iterfind(".//a:link", atom):
            assert (described.site / file(link.get("href"))).is_file()
        updated = [e.text for e in feed.iterfind("a:entry/a:updated", atom)]
        assert updated == ["2026-01-15T00:00:00Z", "2020-05-01T00:00:00Z", "2020-01-01T00:00:00Z"]


def test_same_bytes_every_time(described: Described, tmp_path: Path) -> None:
    facts = facts_of(described)
    made = []
    for name in "ab":
        (tmp_path / name / "data").mkdir(parents=True)
        write_metadata(facts, tmp_path / name)
        made.append(
            {
                p.relative_to(tmp_path / name): p.read_bytes()
                for p in (tmp_path / name).rglob("*")
                if p.is_file()
            }
        )
    assert made[0] == made[1]
    reported = b"".join(made[0].values())
    assert str(tmp_path).encode() not in reported and str(described.site).encode() not in reported
    assert shutil.which("stilts")


def test_without_an_address_nothing_is_made_up(described: Described, tmp_path: Path) -> None:
    facts = facts_of(described)
    bare = ReleaseFacts(
        facts.portal.model_copy(update={"ivoid": None, "base_url": None}),
        facts.release,
        None,
        facts.catalogues,
        facts.spectra,
    )
    (tmp_path / "data").mkdir()
    pack = write_metadata(bare, tmp_path)
    assert ("VODataService 1.2, VOResource 1.1", ["ivoid", "base_url"]) in pack.missing
    assert not (tmp_path / "meta" / "voresource.xml").exists()
    reported = "".join(p.read_text(encoding="utf-8") for p in tmp_path.rglob("*.json*"))
    assert "sky.example.org" not in reported
    assert "data/stars/dataset" in reported


def test_arrays_are_described_as_arrays(tmp_path: Path) -> None:
    names = ["ra", "dec", "c_fixed_list_int32", "c_list_float64", "c_int32"]
    every_type.write(every_type.every_type().select(names), tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet")
    both = zip(Catalogue.read(out).columns, Statistics.read(out).columns, strict=True)
    sizes = {column.name: votable_type(column, measured)[1] for column, measured in both}
    assert sizes["c_fixed_list_int32"] == "2"
    assert sizes["c_list_float64"] == "*"
    assert sizes["c_int32"] is None
