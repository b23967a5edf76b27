"""Silent disk errors: nothing damaged is published or signed without a message."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from rich.console import Console

from drportal.build import build
from drportal.model import Audience, Edition, load_portal
from drportal.pieces import Store, Workshop
from drportal.pieces.records import MARK
from drportal.problems import InputError
from drportal.publish.media.make import make_media
from drportal.publish.seal import seal
from drportal.publish.unseal import unseal
from drportal.publish.verify import verify
from drportal.report import Report
from drportal.spectra.job import Job
from drportal.spectra.scan import scan
from drportal.steps.decide import Options, decide
from drportal.steps.make import make

from ..commands import twin
from ..conftest import once
from ..signed_portal import SEED, secret_key
from ..ways import few
from .test_build import tree
from .test_progress import Heard, Listening

CATALOGUE = """
[[catalogues]]
name = "s"
source = "s.fits"
[[catalogues.withheld]]
rows = "prog = 'deep'"
audience = "team"
"""
SPECTRA = """
[[spectra]]
name = "sp"
catalogue = "s"
source = "sp"
layout = "columns"
columns = { wavelength = "WAVE", flux = "FLUX" }
wavelength_unit = "Angstrom"
id = { header = "OBSID" }
ship_originals = true
"""


def write_portal(folder: Path) -> Path:
    """Two releases to compare, rows that are withheld, and spectra that ship their files."""
    n, i = 60, np.arange(60)
    new = Table({"obsid": 1000 + i, "ra": 10 + i / 100, "dec": 20 + i / 100, "z": i / 1000})
    new["prog"] = np.where(i < 50, "open", "deep")
    old = new[4:].copy()
    old["z"][:9] += 0.5
    for name, table, more in (("dr0", old, ""), ("dr1", new, SPECTRA)):
        release = folder / "releases" / name
        (release / "sp").mkdir(parents=True)
        table.write(release / "s.fits")
        said = f'name = "{name.upper()}"\npublished = "202{name[-1]}-01"\n'
        (release / "release.toml").write_text(said + CATALOGUE + more)
    for k in (1000, 1003, 1007, 1055):
        primary = fits.PrimaryHDU()
        primary.header["OBSID"] = k
        table = Table({"WAVE": np.linspace(4000, 5000, n), "FLUX": i * 1.0 + k})
        fits.HDUList([primary, fits.BinTableHDU(table)]).writeto(folder / f"releases/dr1/sp/f{k}.fits")
    key = folder / "key"
    key.write_text(secret_key(SEED))
    (folder / "portal.toml").write_text(
        'name = "T"\ntitle = "T"\nlanguages = ["en"]\nsigning_key = "key"\n', encoding="utf-8"
    )
    return folder


def built(folder: Path, *names: str, check_cache: bool = False) -> str:
    """Build in this process; what was said."""
    said = io.StringIO()
    with Report(Console(file=said, width=10_000)) as report:
        options = Options(check_cache=check_cache)
        build(folder, folder / "build" / "site", list(names), report, options)
    return said.getvalue()


def make_sound(folder: Path) -> Path:
    portal = write_portal(folder / "portal")
    built(portal)
    return portal


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal, built. To be copied, not changed."""
    return once(tmp_path_factory, "rot", make_sound)


@pytest.fixture
def portal(sound: Path, tmp_path: Path) -> Path:
    """With hard links between cache and site, as after a build."""
    portal = twin(sound, tmp_path / "portal")
    built(portal)
    return portal


def flip(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    keep_time(file, bytes(content))


def cut(file: Path, chance: random.Random) -> None:
    keep_time(file, file.read_bytes()[: chance.randrange(1, max(file.stat().st_size, 2))][:-1])


def empty(file: Path, _chance: random.Random) -> None:
    keep_time(file, b"")


def keep_time(file: Path, content: bytes) -> None:
    """Write into the file itself, so that its hard links rot too, and leave its time as it was."""
    status = file.stat()
    with file.open("r+b") as stream:
        stream.write(content)
        stream.truncate()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def pieces(cache: Path) -> dict[str, list[Path]]:
    """Every file of a cache, by the piece that is made again where one of its files is damaged."""
    found = defaultdict(list)
    for record in sorted((cache / "pieces").glob("*/*")):
        about = json.loads(record.read_text().rpartition(MARK.decode())[0])
        folder = cache / "folders" / about["content"][:32]
        files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
        if ", pack " in about["name"]:  # its data are hard links of those of its set
            files = [p for p in files if p.parent == folder]
        found[about["name"]] = [record, folder.with_suffix(".sums"), *files]
    return found


def forget(cache: Path, name: str) -> None:
    """Remove a piece, as if its build had been interrupted."""
    record, sums, *_ = pieces(cache)[name]
    shutil.rmtree(sums.with_suffix(""))
    sums.unlink()
    record.unlink()


def made(folder: Path) -> str:
    """What a build does before it renders pages; what was said."""
    said = io.StringIO()
    plan = decide(folder, folder / "build" / "site", [], Options())
    with (
        Report(Console(file=said, width=10_000)) as report,
        Workshop(Store(plan.cache, read_all=True), 1, report.progress, report.step) as workshop,
    ):
        workshop.store.begin()
        make(plan, workshop, report)
    return said.getvalue()


def rot(files: Iterable[Path], chance: random.Random) -> None:
    for file in files:
        chance.choices([flip, cut, empty], [4, 1, 1])[0](file, chance)


def without_scan(found: dict[str, str]) -> dict[str, str]:
    """What goes into sites, and what it is made of: the database counts the builds, lists have times."""
    return {path: sha for path, sha in found.items() if not path.endswith((".sqlite", ".sum", ".sums"))}


def test_a_bit_lost_in_any_file_of_the_cache_is_found_and_made_anew(sound: Path, tmp_path: Path) -> None:
    portal = Path(
        shutil.copytree(sound, tmp_path / "portal", ignore=shutil.ignore_patterns("build"))
    )  # what was noted of sources names their place
    made(portal)
    cache = portal / "build/cache"
    right = without_scan(tree(cache))
    every = pieces(cache)
    pack = every["DR1: spectra sp, pack 0"][1].with_suffix("")
    assert len(every) >= 14 and sum(map(len, every.values())) > 60
    chance = random.Random(5)
    for turn in itertools.zip_longest(*every.values()):  # pieces do not depend on each other
        some = dict.fromkeys(turn)  # pieces with the same content share their files
        # Originals are hard links of the sources, which cannot be made again: see below.
        apart = {"fits"}
        rotten = [f for f in some if f and f.stat().st_size and not apart.intersection(f.parts)]
        rot(rotten, chance)
        said = made(portal)
        assert without_scan(tree(cache)) == right, rotten
        for file in rotten:
            assert str(file) in said, said
        # What is damaged in a set is in its pack too.
        lines = [line for line in said.splitlines() if "made again" in line]
        assert len(lines) - len(rotten) == sum("/data/" in line and f"{pack}/" in line for line in lines), (
            said
        )
    assert "made again" not in made(portal)


def test_the_site_is_as_it_was(portal: Path) -> None:
    site, cache = portal / "build/site", portal / "build/cache"
    right = tree(site)
    some = [
        next(file for file in every if str(file).endswith(end))
        for name, end in (
            ("DR1: scripts of catalogue s", "data/chunks/0000.js"),
            ("DR1: changes of s since DR0", "differences.json"),
            ("DR1: description of catalogue s_changes", "data/statistics.json"),
            ("DR1: spectra sp", "data/chunks/index/000000.js"),
            ("DR1: description of catalogue s", "data/SHA256SUMS"),
        )
        for every in [pieces(cache)[name]]
    ]
    some.append(cache / "editions/site.json")
    rot(some, random.Random(3))
    said = built(portal, check_cache=True)
    assert all(str(file) in said for file in some), said
    assert tree(site) == right
    assert not verify(str(site), Report(Console(file=io.StringIO())), pytest.fail).wrong
    assert "made again" not in built(portal)


AFTER_DATA = ("metadata", "pages", "lists of files", "assets")
"""Kinds of pieces that are made when the data are there."""


def test_a_bit_lost_in_what_pages_are_made_from_is_found(portal: Path) -> None:
    site, cache = portal / "build/site", portal / "build/cache"
    right, chance = tree(site), random.Random(7)
    every = {name: files for name, files in pieces(cache).items() if name.endswith(AFTER_DATA)}
    assert len(every) == 2 * len(AFTER_DATA)
    for turn in range(4):  # the record, the list of checksums, and two files of each
        picked = [f[turn] if turn < 2 else chance.choice(f[2:]) for f in every.values()]
        rotten = list({file.stat().st_ino: file for file in picked if file.stat().st_size}.values())
        rot(rotten, chance)
        said = built(portal, check_cache=True)
        assert tree(site) == right, rotten
        assert "made again" in said
    # What a build remembers besides: the next one does not believe it, and makes the same site.
    others = [file for name in ("documents", "templates", "sites") for file in (cache / name).rglob("*")]
    others = [file for file in [*others, cache / "digests"] if file.is_file() and file.stat().st_size]
    assert len(others) > 4
    rot(others, chance)
    (portal / "portal.toml").write_text((portal / "portal.toml").read_text() + "# built again\n")
    built(portal, check_cache=True)
    assert tree(site) == right
    assert not verify(str(site), Report(Console(file=io.StringIO())), pytest.fail).wrong


def unbuilt(sound: Path, tmp_path: Path) -> Path:
    """The sources in a place of their own, with what a build makes before it renders pages."""
    portal = Path(shutil.copytree(sound, tmp_path / "portal", ignore=shutil.ignore_patterns("build")))
    made(portal)
    return portal


SET = "DR1: spectra sp"
PACK = ["record", "sums", "note.json", "packs/000/000000.parquet", "chunks/000/000000/0000.js", "fits"]


@pytest.mark.parametrize("name", few(PACK, "record", "packs/000/000000.parquet"))
def test_packs_of_a_broken_off_build_are_not_believed_either(sound: Path, tmp_path: Path, name: str) -> None:
    portal = unbuilt(sound, tmp_path)
    cache = portal / "build/cache"
    right = tree(pieces(cache)[SET][1].with_suffix("") / "data")
    record, sums, *_ = pieces(cache)[f"{SET}, pack 0"]
    folder = sums.with_suffix("")
    file = {"record": record, "sums": sums, "note.json": folder / "note.json"}.get(
        name, folder / "data" / name
    )
    file = next(p for p in (file, *sorted(file.rglob("*"))) if p.is_file())
    forget(cache, SET)
    if name == "fits":  # a hard link of the source, which is not the cache's
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
    flip(file, random.Random(2))
    said = made(portal)
    assert f"{file}: changed since" in said
    assert tree(pieces(cache)[SET][1].with_suffix("") / "data") == right


@pytest.mark.parametrize("left", few(["finished", "broken off", "columns"], "finished", "columns"))
@pytest.mark.parametrize("seed", few(range(4), 0))
def test_what_is_remembered_of_source_files_is_not_believed_either(
    sound: Path, tmp_path: Path, left: str, seed: int
) -> None:
    """An id with a bit changed would be published under another number."""
    portal = unbuilt(sound, tmp_path)
    cache = portal / "build/cache"
    right = tree(pieces(cache)[SET][1].with_suffix("") / "data")
    memory = Store(cache).memory_of(SET)
    if left == "broken off":
        (memory / "scan.sum").unlink()
    forget(cache, SET)
    file, word = (
        (memory / "columns", b"flux") if left == "columns" else (memory / "scan.sqlite", b"obsid1003")
    )
    content = file.read_bytes()
    place = content.lower().index(word) + len(word) - 4 + seed
    keep_time(file, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    said = made(portal)
    assert f"{file}: changed since" in said
    assert tree(pieces(cache)[SET][1].with_suffix("") / "data") == right


def test_a_release_that_stays_keeps_its_sums_and_the_build_says_what_is_damaged(portal: Path) -> None:
    site = portal / "build/site"
    signature = (site / "dr0/manifest.json.minisig").read_bytes()
    rotten = [site / "dr0" / name for name in ("index.html", "data/s/catalogue.json")]
    gone = site / "dr0/search.html"
    rot(rotten, random.Random(1))
    gone.unlink()
    said = built(portal, "dr1")
    for file in (*rotten, gone):
        kind = "missing" if file == gone else "changed"
        assert f"{file}: {kind} since it was published" in said
    assert "dr0/data/s: differs from what was published; compared with a catalogue made" in said
    faults: list[str] = []
    for place in (site, site / "dr0"):
        verify(str(place), Report(Console(file=io.StringIO())), faults.append)
    assert sorted(f.split(" (")[0] for f in faults) == sorted(
        f"{kind}: {above}{name}"
        for above in ("", "dr0/")
        for kind, name in (
            ("changed", "index.html"),
            ("changed", "data/s/catalogue.json"),
            ("missing", "search.html"),
        )
    )
    assert (site / "dr0/manifest.json.minisig").read_bytes() == signature


@pytest.mark.parametrize(
    "name", few(["manifest.json", "SHA256SUMS", "manifest.json.minisig"], "manifest.json")
)
def test_a_release_with_damaged_lists_does_not_stay(portal: Path, name: str) -> None:
    site = portal / "build/site"
    flip(site / "dr0" / name, random.Random(4))
    before = tree(site)
    with pytest.raises(InputError, match="build it too: drportal build dr0"):
        built(portal, "dr1")
    assert tree(site) == before
    built(portal, check_cache=True)
    assert not verify(str(site), Report(Console(file=io.StringIO())), pytest.fail).wrong


def kinds(release: Path) -> list[Path]:
    """One file of each kind that a release has: by its suffix, and by its folder among the data."""
    found: dict[str, Path] = {}
    for file in sorted(p for p in release.rglob("*") if p.is_file() and p.stat().st_size):
        parts = file.relative_to(release).parts
        among = "/".join(p for p in parts[:-1] if not p[-1:].isdigit()) if parts[0] == "data" else ""
        apart = file.name if file.name in ("manifest.json", "minisign.pub") else file.suffix or file.name
        found.setdefault(f"{among} {apart}", file)
    return list(found.values())


def test_no_disc_and_no_encrypted_edition_is_made_of_a_damaged_release(sound: Path, tmp_path: Path) -> None:
    """A query that chooses spectra reads a catalogue that may be on no disc: that is compared too."""
    portal = Path(shutil.copytree(sound, tmp_path / "portal"))
    toml = portal / "releases/dr1/release.toml"
    head, rest = toml.read_text().split("[[catalogues]]", 1)
    media = '[media]\n[[media.spectra]]\nname = "sp"\nwhere = "z < 1"\n'
    toml.write_text(f"{head}{media}[[catalogues]]{rest}")
    release, chance = portal / "build/site/dr1", random.Random(6)
    some = kinds(release)
    assert len(some) > 25
    places = {p.relative_to(release).parts[0] for p in some}
    assert places >= {"assets", "data", "manifest.json", "manifest.json.minisig", "SHA256SUMS"}
    for file in some:
        content = file.read_bytes()
        chance.choice([flip, cut, empty])(file, chance)
        for out, making in (
            ("disc.iso", lambda out: make_media(portal, "dr1", "dvd", out, quiet())),
            ("sealed", lambda out: seal(release, out, "a passphrase of some words", quiet())),
        ):
            with pytest.raises(InputError) as refused:
                making(tmp_path / out)
            reported = str(refused.value)
            named = file.name in reported or file.name in ("manifest.json.minisig", "minisign.pub")
            assert named and str(release) in reported and len(refused.value.problems) == 1, reported
            assert not (tmp_path / out).exists(), file
        keep_time(file, content)
    flip(portal / "build/cache/editions/site.json", random.Random(1))
    with pytest.raises(InputError, match="may show what is now withheld"):
        make_media(portal, "dr1", "dvd", tmp_path / "disc.iso", quiet())
    shutil.copy(sound / "build/cache/editions/site.json", portal / "build/cache/editions/site.json")
    (release / "cite.html").unlink()
    with pytest.raises(InputError, match=r"cite\.html: is in the manifest, but missing"):
        make_media(portal, "dr1", "dvd", tmp_path / "disc.iso", quiet())


def test_long_stages_of_discs_and_editions_say_how_far_they_are(sound: Path, tmp_path: Path) -> None:
    """Progress reaches the total and never goes back."""
    for making in (
        lambda report: make_media(sound, "dr1", "dvd", tmp_path / "disc.iso", report),
        lambda report: verify(str(tmp_path / "disc.iso"), report, pytest.fail, state=tmp_path / "state"),
        lambda report: seal(sound / "build/site/dr1", tmp_path / "e", "a passphrase of some words", report),
        lambda report: unseal(tmp_path / "e", tmp_path / "again", "a passphrase of some words", report),
    ):
        report = Listening()
        making(report)
        stages = {name: said for name, said in report.heard.stages.items() if len(said) > 1}
        assert stages, report.heard.stages
        for name, said in stages.items():
            dones, totals = zip(*said, strict=True)
            assert min(totals) > 0 and list(dones) == sorted(dones), name
            assert 0.8 * totals[-1] <= dones[-1] <= totals[-1], (name, said[-1])
    assert any("checksum of the image" in name for name in heard_of_the_image(tmp_path))


def heard_of_the_image(folder: Path) -> list[str]:
    """The stages of a check of an image whose checksum lies beside it."""
    report = Listening()
    verify(str(folder / "disc.iso"), report, pytest.fail, state=folder / "state")
    return list(report.heard.stages)


def test_files_of_spectra_are_counted_before_they_are_opened(sound: Path, tmp_path: Path) -> None:
    release = load_portal(sound, Edition.today(Audience.public)).releases[-1]
    heard = Heard()
    (catalogue,) = {
        p.parent for p in pieces(sound / "build/cache")["DR1: catalogue s"] if p.name == "catalogue.json"
    }
    scan(Job(release.spectra[0], release, Store(tmp_path), tmp_path, 1, None, False, heard), catalogue)
    assert heard.stages["count"] == [(4, 0)] and heard.stages["find"] == [(4, 4)]


def quiet() -> Report:
    return Report(Console(file=io.StringIO()))
