"""`drportal media`: images that every program opens, what goes first, and what is said of the rest."""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from drportal.problems import InputError
from drportal.publish.disc import DiscImage
from drportal.publish.listing import Head, Listing
from drportal.publish.manifest import write_manifest
from drportal.publish.media.budget import MEDIA, parse_size, total
from drportal.publish.media.image import write_image
from drportal.publish.media.make import make_media
from drportal.publish.media.names import fault
from drportal.report import Report
from drportal.simulate import write
from drportal.simulate.spectra import write_spectra

from ..browser import Browser
from ..client.pages.test_every_page import serious
from ..commands import drportal, until
from ..conftest import DRPORTAL, RELEASE, once
from ..signed_portal import SEED, secret_key
from .test_manifest import flip, verify

ROWS, SPECTRA = 4000, 90
QUERY = "snrg > 30 AND class = 'STAR'"
REST = """
[media]
catalogues = ["stars"]

[[media.spectra]]
name = "lrs"
where = "{query}"

[[catalogues]]
name = "plates"
source = "plates.csv"

[[catalogues]]
name = "stars"
title = {{ en = "Stars", zh = "恒星" }}
source = "stars.fits"
missing = {{ "*" = [-9999] }}

[[spectra]]
name = "lrs"
title = {{ en = "Low resolution", zh = "低分辨率" }}
catalogue = "stars"
source = "spectra"
ship_originals = true

[[spectra]]
name = "templates"
templates_of = "lrs"
simulate = {{ templates = true }}
"""


@dataclass(frozen=True)
class Survey:
    """A portal with a built release, and what it was built from."""

    portal: Path
    stars: Path
    spectra: list[Path]

    @property
    def release(self) -> Path:
        return self.portal / "build" / "site" / "test" / "v1"

    def command(self, *options: object) -> list[object]:
        return ["media", "test/v1", "--portal", self.portal, *options]

    def media(
        self, *options: object, check: bool = False, env: Mapping[str, str] = os.environ
    ) -> subprocess.CompletedProcess[str]:
        return drportal(*self.command(*options), check=check, env=env)

    def chosen(self) -> set[int]:
        """Ids of spectra that the query is about, by astropy."""
        table = Table.read(self.stars)
        names = np.char.strip(np.asarray(table["class"], str))
        rows = table["obsid"][(table["snrg"] > 30) & (names == "STAR")]
        return set(map(int, rows)) & {int(fits.getval(file, "OBSID")) for file in self.spectra}


def make_survey(folder: Path) -> Survey:
    portal = folder / "portal"
    home = portal / "releases" / "test" / "v1"
    home.mkdir(parents=True)
    (portal / "releases" / "test" / "v2").mkdir()
    write("lrs", ROWS, 5, home / "stars.fits")
    write_spectra("lrs", ROWS, 5, SPECTRA, home / "spectra")
    (home / "plates.csv").write_text("id,ra,dec\n" + "".join(f"{i},{i},{i / 10}\n" for i in range(90)))
    (home / "release.toml").write_text(RELEASE.format(version="v1") + REST.format(query=QUERY))
    (home.parent / "v2" / "release.toml").write_text(RELEASE.format(version="v2"))
    (portal / "portal.toml").write_text(
        'name = "TEST"\ntitle = "Test"\nlanguages = ["en", "zh"]\nbase_url = "https://survey.example"\n'
        'signing_key = "secret"\n'
    )
    (portal / "secret").write_text(secret_key(SEED))
    drportal("build", "--portal", portal, check=True)
    files = sorted(p for p in (home / "spectra").rglob("*") if p.is_file())
    return Survey(portal, home / "stars.fits", files)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return once(tmp_path_factory, "media", make_survey)


@pytest.fixture(scope="module")
def whole(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image of all of the release, without its [media]."""
    portal = Path(shutil.copytree(survey.portal, tmp_path_factory.mktemp("whole") / "portal", symlinks=True))
    toml = portal / "releases/test/v1/release.toml"
    text = toml.read_text()
    toml.write_text(text[: text.index("[media]")] + text[text.index("[[catalogues]]") :])
    target = portal.parent / "disc.iso"
    done = Survey(portal, survey.stars, survey.spectra).media("--to", "cd", "--out", target)
    assert done.returncode == 0, done.stderr
    assert "left out" not in done.stdout
    return target


@pytest.fixture(scope="module")
def split(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of images, none of which has room for all."""
    base = sum(e.bytes for e in Listing(survey.release / "manifest.json") if not e.path.startswith("data/"))
    out = tmp_path_factory.mktemp("split") / "discs"
    size = f"{(base + 12_500_000) / 1e6:.0f}M"
    done = survey.media("--to", "dvd", "--size", size, "--discs", "4", "--out", out)
    assert done.returncode == 0, done.stderr
    assert all(file.stat().st_size <= parse_size(size) for file in out.glob("*.iso"))
    assert f"left out: data/spectra/lrs: {SPECTRA - len(survey.chosen())} of {SPECTRA} spectra" in done.stdout
    assert "https://survey.example/test/v1/" in done.stdout
    return out


def same(one: Path, other: Path) -> None:
    """Two folders contain the same files, byte by byte."""
    names = [sorted(p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()) for f in (one, other)]
    assert names[0] == names[1]
    assert not [n for n in names[0] if not filecmp.cmp(one / n, other / n, shallow=False)]


def unpack(image: Path, out: Path) -> Path:
    subprocess.run(["bsdtar", "-xf", image, "-C", out], check=True)
    subprocess.run(["chmod", "-R", "u+w", out], check=True)
    return out


READERS = {
    "xorriso": "xorriso -osirrox on -indev {image} -extract / {out}",
    "bsdtar": "bsdtar -xf {image} -C {out}",
    "bsdtar, Joliet": "bsdtar --options !rockridge -xf {image} -C {out}",
    "7zz, UDF": "7zz x -y -tudf -o{out} {image}",
    "7zz, ISO": "7zz x -y -tiso -o{out} {image}",
}


@pytest.mark.parametrize("reader", READERS)
def test_every_program_finds_the_release_as_it_was_published(
    survey: Survey, whole: Path, tmp_path: Path, reader: str
) -> None:
    command = READERS[reader].split()
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    out = tmp_path / "out"
    out.mkdir()
    command = [word.format(image=whole, out=out) for word in command]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    same(out / "test" / "v1", survey.release)
    top = {p.name for p in out.iterdir() if p.is_file()}
    assert top >= {"README.txt", "README.zh.txt", "autorun.inf", "index.html", "medium.json", "manifest.json"}


def test_every_list_of_files_covers_every_byte(survey: Survey, whole: Path) -> None:
    disc = DiscImage(str(whole))
    files = dict(disc.files())
    for entry in Listing(survey.release / "manifest.json"):
        path = f"test/v1/{entry.path}"
        assert files[path].leaf.size == entry.bytes
        assert disc.digest(files[path].leaf, lambda _n: None) == entry.sha256
        assert not files[path].others and not files[path].lacking
    assert not disc.faults
    assert all(fault(path) is None for path in files)
    folded = [path.casefold() for path in files]
    assert len(folded) == len(set(folded))


def test_an_image_is_verified_and_each_fault_found(whole: Path, tmp_path: Path) -> None:
    done = verify(whole)
    assert done.returncode == 0 and "all as published" in done.stdout and "Signed by" in done.stdout
    copy = Path(shutil.copy(whole, tmp_path / "copy.iso"))
    disc = DiscImage(str(copy))
    wanted = "test/v1/data/stars/catalogue.json"
    start = dict(disc.files())[wanted].leaf.extents[0][0]
    with copy.open("r+b") as image:
        image.seek(start + 100)
        byte = image.read(1)
        image.seek(start + 100)
        image.write(bytes([byte[0] ^ 4]))
    done = verify(copy)
    assert done.returncode == 1 and f"changed: {wanted}" in done.stdout.splitlines()
    with copy.open("r+b") as image:
        image.truncate(copy.stat().st_size // 2)
    done = verify(copy)
    assert done.returncode == 2 and "is truncated" in done.stderr and done.stderr.count("drportal:") == 1


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The image of a few files."""
    folder = tmp_path_factory.mktemp("little")
    for name in ("a.txt", "data/Norder=5/Dir=0/Npix=1.parquet", "zh/长 名.txt", "/".join("abcdefghi") + "/j"):
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / name).write_text(name)
    write_manifest(folder / "tree", Head("", "T", ()))
    write_image(folder / "tree", folder / "little.iso", "LITTLE", 0, lambda _done, _total: None)
    assert verify(folder / "little.iso").returncode == 0
    return (folder / "little.iso").read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_image_is_reported_in_one_line(
    little: bytes, tmp_path_factory, data: st.DataObject
) -> None:
    """Where the lists of files are broken, no error but our own comes out."""
    copy = tmp_path_factory.mktemp("bad") / "bad.iso"
    broken = bytearray(little)
    for _ in range(data.draw(st.integers(1, 12))):
        broken[data.draw(st.integers(32_768, len(broken) - 1))] = data.draw(st.integers(0, 255))
    copy.write_bytes(broken)
    try:
        disc = DiscImage(str(copy))
        for _, named in disc.files():
            try:
                assert len(b"".join(disc.read(named.leaf))) == named.leaf.size
            except OSError:
                continue
    except InputError as error:
        assert "\n" not in str(error)


def test_the_same_inputs_give_the_same_image(survey: Survey, tmp_path: Path) -> None:
    for zone, name in (("Asia/Shanghai", "a"), ("America/Denver", "b")):
        there = os.environ | {"TZ": zone, "SOURCE_DATE_EPOCH": "1700000000"}
        survey.media("--to", "cd", "--out", tmp_path / f"{name}.iso", env=there, check=True)
    assert filecmp.cmp(tmp_path / "a.iso", tmp_path / "b.iso", shallow=False)
    said = subprocess.run(
        ["xorriso", "-indev", tmp_path / "a.iso", "-pvd_info"], capture_output=True, text=True
    )
    assert "Creation Time: 2023111422132000" in said.stdout


def test_what_a_query_chooses_is_what_the_discs_have(survey: Survey, split: Path, tmp_path: Path) -> None:
    """Ids, values and manifests of each disc, by astropy and pyarrow on the original files."""
    images = sorted(split.glob("*.iso"))
    assert len(images) > 1
    originals = {int(fits.getval(file, "OBSID")): file for file in survey.spectra}
    found: list[int] = []
    catalogues: dict[str, list[int]] = {}
    for number, image in enumerate(images, start=1):
        out = tmp_path / str(number)
        out.mkdir()
        release = unpack(image, out) / "test" / "v1"
        for place in (image, out, release):
            assert verify(place).returncode == 0, verify(place).stdout
        subprocess.run([sys.executable, "-m", "bagit", "--validate", "--quiet", release], check=True)
        record = json.loads((out / "medium.json").read_text(encoding="utf-8"))
        assert (record["disc"], record["discs"]) == (number, len(images))
        for name in ("stars", "plates"):
            if (release / "data" / name / "catalogue.json").is_file():
                catalogues.setdefault(name, []).append(number)
                same(release / "data" / name, survey.release / "data" / name)
            else:
                assert "elsewhere" in (release / "data" / name / "catalogue.js").read_text(encoding="utf-8")
        same(release / "data/spectra/templates", survey.release / "data/spectra/templates")
        share = next((r for r in record["contents"] if r["name"] == "lrs"), {})
        mine = next((s for s in share["shares"] if s["disc"] == number), None)
        if mine is None:
            assert "elsewhere" in (release / "data/spectra/lrs/spectra.js").read_text(encoding="utf-8")
            continue
        folder = release / "data" / "spectra" / "lrs"
        about = json.loads((folder / "spectra.json").read_text(encoding="utf-8"))
        assert about["part_of"] == {"spectra": SPECTRA, "where": QUERY} and not about["originals"]
        table = pq.read_table(folder / "packs")
        index = pq.read_table(folder / "index")
        ids = table.column("obsid").to_pylist()
        assert ids == sorted(ids) == index.column("id").to_pylist()
        assert (ids[0], ids[-1], len(ids)) == (int(mine["first"]), int(mine["last"]), mine["spectra"])
        for row in table.to_pylist()[::5]:
            with fits.open(originals[row["obsid"]]) as hdus:
                flux = np.asarray(hdus["COADD"].data["FLUX"]).ravel().astype("f4")
            assert np.array_equal(np.array(row["flux"], "f4"), flux, equal_nan=True)
        found += ids
    assert len(found) == len(set(found)) and set(found) == survey.chosen()
    assert catalogues == {"stars": [1], "plates": [1]}
    assert not (tmp_path / "1" / "test/v1/data/spectra/lrs/fits").exists()


def test_readme_and_sleeve_say_what_is_where(survey: Survey, split: Path, tmp_path: Path) -> None:
    out = unpack(min(split.glob("*.iso")), tmp_path)
    english, chinese = ((out / n).read_bytes() for n in ("README.txt", "README.zh.txt"))
    assert english.startswith(b"\xef\xbb\xbf") and chinese.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in english and b"\n" not in english.replace(b"\r\n", b"")
    assert "恒星" in chinese.decode("utf-8-sig") and "光盘" in chinese.decode("utf-8-sig")
    assert QUERY in english.decode() and "https://survey.example/test/v1/" in english.decode()
    assert (out / "autorun.inf").read_text().splitlines()[0] == "[autorun]"
    sleeve = next(split.glob("*.html")).read_text(encoding="utf-8")
    sums = next(split.glob("*.sha256"))
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", sums.name], cwd=split, check=True)
    for line in sums.read_text().splitlines():
        sha256, name = line.split("  ")
        assert sha256 in sleeve.replace("<wbr>", "") and name in sleeve
    assert "<svg" in sleeve and "<script" not in sleeve and "unsafe-inline" not in sleeve
    # a link to another release leads to the contents
    assert "../../index.html#others" in (out / "test/v2/index.html").read_text(encoding="utf-8")


def test_a_stick_is_a_folder_put_in_place_in_one_step(survey: Survey, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    for _ in range(2):
        done = survey.media("--to", "usb", "--out", stick, "--size", "1G")
        assert done.returncode == 0, done.stderr
        assert verify(stick).returncode == 0
    assert all(fault(p.relative_to(stick).as_posix()) is None for p in stick.rglob("*"))
    flip(stick / "test" / "v1" / "data" / "stars" / "catalogue.json")
    assert verify(survey.release).returncode == 1, "files are shared where the file system can"
    flip(stick / "test" / "v1" / "data" / "stars" / "catalogue.json")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("mine")
    done = survey.media("--to", "usb", "--out", tmp_path / "mine")
    assert done.returncode == 2 and (tmp_path / "mine" / "thesis.tex").read_text() == "mine"


@pytest.mark.skipif(not shutil.which("mkfs.vfat") or not shutil.which("mcopy"), reason="no tools for FAT32")
def test_fat32_keeps_every_file(survey: Survey, tmp_path: Path) -> None:
    stick, drive, back = (tmp_path / n for n in ("stick", "drive", "back"))
    make_media(survey.portal, "test/v1", "usb", stick, Report(), size="1G")
    with drive.open("wb") as stream:
        stream.truncate(300 << 20)
    subprocess.run(["mkfs.vfat", "-F", "32", drive], check=True, capture_output=True)
    back.mkdir()
    subprocess.run(["mcopy", "-s", "-Q", "-i", drive, *sorted(stick.iterdir()), "::/"], check=True)
    subprocess.run(["mcopy", "-s", "-n", "-Q", "-i", drive, "::/*", back], check=True)
    same(stick, back)


REFUSED: dict[str, dict[str, Any]] = {
    "no such medium": {"kind": "floppy"},
    "is not a size": {"kind": "usb", "size": "much"},
    "the pages and documents alone need": {"kind": "cd", "size": "1M"},
    "no such release": {"kind": "cd", "name": "dr99"},
    "is not built": {"kind": "cd", "site": Path("nowhere")},
}


@pytest.mark.parametrize("what", REFUSED)
def test_refusals_are_one_line(survey: Survey, tmp_path: Path, what: str) -> None:
    said = REFUSED[what]
    kind, name = said["kind"], said.get("name", "test/v1")
    with pytest.raises(InputError) as refused:
        make_media(survey.portal, name, kind, tmp_path / "out", Report(), said.get("site"), said.get("size"))
    assert len(refused.value.problems) == 1 and what in str(refused.value)
    assert not [p for p in tmp_path.iterdir() if p.suffix != ".lock"]


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("nope > 1", "nope"),
        ("1 = 1) ; DROP TABLE t; SELECT (1", "more than one statement"),
        ("obsid IN (SELECT column0 FROM read_csv('/etc/passwd'))", "disabled by configuration"),
    ],
)
def test_a_condition_that_fails_is_reported(survey: Survey, tmp_path: Path, where: str, what: str) -> None:
    shutil.copytree(survey.portal / "releases", tmp_path / "releases")
    for name in ("portal.toml", "secret"):
        shutil.copy(survey.portal / name, tmp_path / name)
    file = tmp_path / "releases/test/v1/release.toml"
    file.write_text(file.read_text().replace(QUERY, where.replace("'", "\\u0027")))
    site = survey.portal / "build" / "site"
    with pytest.raises(InputError) as refused:
        make_media(tmp_path, "test/v1", "cd", tmp_path / "a.iso", Report(), site)
    (problem,) = refused.value.problems
    assert what in problem.what and problem.place == "media.spectra[lrs].where"
    assert problem.file == str(file) and not (tmp_path / "a.iso").exists()


def test_a_file_that_is_not_as_published_is_not_burnt(survey: Survey, tmp_path: Path) -> None:
    site = Path(shutil.copytree(survey.portal / "build" / "site", tmp_path / "site"))
    rotten = ["data/stars/statistics.json", "cite.html", "data/spectra/lrs/packs/000/000000.parquet"]
    for path in rotten:
        flip(site / "test/v1" / path)
    with pytest.raises(InputError) as refused:
        make_media(survey.portal, "test/v1", "cd", tmp_path / "a.iso", Report(), site)
    reported = {p.file: p.what for p in refused.value.problems}
    assert reported == {str(site / "test/v1" / path): "differs from the manifest" for path in rotten}
    assert not (tmp_path / "a.iso").exists()


def test_a_part_is_compared_with_the_manifest_of_the_whole(split: Path, tmp_path: Path) -> None:
    """Changed data on a disc are found even if the disc's own manifests are changed to match."""
    out = unpack(min(split.glob("*.iso")), tmp_path)
    assert "Of the whole release: Signed by" in verify(out).stdout
    changed = "test/v1/data/stars/statistics.json"
    flip(out / changed)
    write_manifest(out / "test" / "v1", Head("test/v1", "TEST v1", ()))
    write_manifest(out, Head("", "TEST v1", ("test/v1",)))
    done = verify(out)
    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if line.startswith(("changed", "missing", "extra"))]
    assert faults == [f"changed: {changed} (not as it was published)"]


@pytest.fixture
def former(survey: Survey, whole: Path, tmp_path: Path) -> Path:
    """An image at the place where the next one is made."""
    return Path(shutil.copy(whole, tmp_path / "disc.iso"))


def test_a_full_disc_leaves_the_former_image(survey: Survey, former: Path) -> None:
    before = former.read_bytes()

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20))

    command = [DRPORTAL, *survey.command("--to", "cd", "--out", former)]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, preexec_fn=small)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "File too large" in done.stderr.strip().splitlines()[-1]
    assert former.read_bytes() == before and not (former.parent / ".disc.iso.media").exists()


@pytest.mark.slow
def test_a_killed_run_leaves_the_former_image(survey: Survey, former: Path) -> None:
    before, work = former.read_bytes(), former.parent / ".disc.iso.media"

    def written() -> int:
        """Bytes of the next image so far."""
        with contextlib.suppress(FileNotFoundError):
            return sum(file.stat().st_size for file in work.rglob("*") if file.is_file())
        return 0

    for begun in (0, 1, 1 << 20, 8 << 20):
        command = [DRPORTAL, *survey.command("--to", "cd", "--out", former)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            until(lambda: process.poll() is not None or (work.exists() and written() >= begun))  # noqa: B023
            process.send_signal(signal.SIGKILL)
        now = former.read_bytes()
        assert now == before or verify(former).returncode == 0
    survey.media("--to", "cd", "--out", former, check=True)
    left = sorted(p.name for p in former.parent.iterdir() if p.suffix != ".lock")
    assert left == ["disc-sleeve.html", "disc.iso", "disc.sha256"] and verify(former).returncode == 0


def test_the_budget_is_never_less_than_the_image_takes(survey: Survey, whole: Path) -> None:
    disc = DiscImage(str(whole))
    for medium in ("cd", "dvd", "bd"):
        budget = MEDIA[medium].fixed + total(
            MEDIA[medium], ((path, named.leaf.size) for path, named in disc.files())
        )
        assert whole.stat().st_size <= budget < whole.stat().st_size * 1.3


@pytest.mark.browser
def test_an_unpacked_disc_is_searched_from_disk(
    survey: Survey, split: Path, watched: Browser, tmp_path: Path
) -> None:
    """The disc opens, its catalogue is searched, its part of the spectra shown; what it lacks is reported."""
    images = sorted(split.glob("*.iso"))
    for number in (1, len(images)):
        (tmp_path / str(number)).mkdir()
        unpack(images[number - 1], tmp_path / str(number))
    watched.open((tmp_path / "1" / "index.html").as_uri())
    assert "disc 1 of" in watched.evaluate("document.querySelector('h1').innerText")
    assert watched.evaluate("!!document.querySelector('.medium-contents .here')")
    assert not serious(watched)
    watched.click(".quick .primary")
    watched.wait("!!document.querySelector('.medium-notice')")
    table = Table.read(survey.stars)
    wanted = int(np.sum((table["snrg"] >= 20) & (table["snrg"] <= 40)))
    watched.goto((tmp_path / "1/test/v1/search.html").as_uri() + "?catalogue=stars&snrg=20..40")
    watched.wait("/ rows? in /.test(document.querySelector('[role=status]').textContent)")
    said = watched.evaluate("document.querySelector('[role=status]').textContent")
    assert said.split(" row")[0].replace(",", "") == str(wanted)
    shown = f"?obsid={min(survey.chosen())}"
    watched.goto((tmp_path / "1/test/v1/spectrum.html").as_uri() + shown)
    watched.wait("/pixels in/.test(document.querySelector('[role=status]').textContent)")
    last = (tmp_path / str(len(images)) / "test/v1/zh/search.html").as_uri()
    watched.goto(last + "?catalogue=stars&snrg=20..40")
    watched.wait("/恒星.*在第 1 张/.test(document.querySelector('[role=status]').textContent)")
