"""An image has its files several times over, by UDF, Rock Ridge and Joliet: a change in one is found."""

from __future__ import annotations

import hashlib
import struct
import subprocess
from binascii import crc_hqx
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drportal.problems import InputError
from drportal.publish.iso9660 import Volume, descriptors
from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.media.image import write_image
from drportal.publish.sectors import SECTOR, Sectors
from drportal.publish.verify import verify
from drportal.report import Report

NAMES = (
    "index.html", "about.html", "abort.html", "empty.txt", "data/part-0000.parquet", "zh/长 名.txt",
    "/".join("abcdefghi") + "/j.txt", f"{'n' * 58}.txt", f"{'n' * 58}-too-long-for-joliet.txt",
)  # fmt: skip
MAKERS = {
    "xorriso": "xorriso -as mkisofs -quiet -V DISC -R -J -o {image} {tree}",
    "xorriso, Joliet long": "xorriso -as mkisofs -quiet -V DISC -R -J -joliet-long -o {image} {tree}",
    "xorriso, level 4": "xorriso -as mkisofs -quiet -V DISC -R -J -iso-level 4 -o {image} {tree}",
    "xorriso, Rock Ridge": "xorriso -as mkisofs -quiet -V DISC -R -o {image} {tree}",
    "xorriso, Joliet": "xorriso -as mkisofs -quiet -V DISC -J -joliet-long -o {image} {tree}",
    "xorriso, its own": "xorriso -outdev {image} -volid DISC -joliet on -map {tree} /",
    "genisoimage": "genisoimage -quiet -V DISC -R -J -o {image} {tree}",
    "genisoimage, UDF": "genisoimage -quiet -V DISC -R -J -udf -iso-level 3 -o {image} {tree}",
    "genisoimage, UDF and Rock Ridge": "genisoimage -quiet -V DISC -D -R -udf -o {image} {tree}",
    "xorriso, as of a track": "xorriso -as mkisofs -quiet -V DISC -R -J --emul-toc -o {image} {tree}",
    "bsdtar": "bsdtar -cf {image} --format=iso9660 -C {tree} .",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces") / "tree"
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("" if name == "empty.txt" else name * 100)
    write_manifest(folder, Head("", "T", ()))
    return folder


@pytest.fixture(scope="module")
def little(tree: Path) -> bytes:
    """Like images of `drportal media`, without the names that it rejects."""
    image = tree.with_name("little.iso")
    copy = tree.with_name("short")
    for name in NAMES[:-1]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((tree / name).read_bytes())
    write_manifest(copy, Head("", "T", ()))
    write_image(copy, image, "DISC", 0, lambda _done, _total: None)
    return image.read_bytes()


def found(image: Path, state: Path) -> list[str]:
    """The faults that are reported."""
    lines: list[str] = []
    with Report() as report:
        verdict = verify(str(image), report, lines.append, state=state)
    assert len(lines) == sum(verdict.wrong.values())
    return lines


@pytest.mark.parametrize("maker", MAKERS)
def test_images_of_other_programs_are_as_published(tree: Path, tmp_path: Path, maker: str) -> None:
    image = tmp_path / "disc.iso"
    command = [word.format(image=image, tree=tree) for word in MAKERS[maker].split()]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert found(image, tmp_path / "state") == []


class Patch:
    """The bytes of an image, to be changed in one place."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def volume(self, joliet: bool) -> int:
        """Where a volume descriptor begins."""
        return next(
            at
            for at in range(16 * SECTOR, 64 * SECTOR, SECTOR)
            if self.data[at] == (2 if joliet else 1) and self.data[at + 1 : at + 6] == b"CD001"
        )

    def record(self, name: str, joliet: bool) -> int:
        """Where the record of a file of the first folder begins."""
        at = struct.unpack_from("<I", self.data, self.volume(joliet) + 158)[0] * SECTOR
        while True:
            length = self.data[at]
            raw = self.data[at + 33 : at + 33 + self.data[at + 32]]
            text = raw.decode("utf-16-be") if joliet and len(raw) > 1 else raw.decode("latin-1")
            if text.lower().startswith(name):
                return at
            assert length, name
            at += length

    def both(self, at: int, value: int) -> None:
        struct.pack_into("<I", self.data, at, value)
        struct.pack_into(">I", self.data, at + 4, value)

    def sealed(self, at: int) -> None:
        """Update the checksums of a UDF descriptor for its present content."""
        count = struct.unpack_from("<H", self.data, at + 10)[0]
        struct.pack_into("<H", self.data, at + 8, crc_hqx(bytes(self.data[at + 16 : at + 16 + count]), 0))
        self.data[at + 4] = (sum(self.data[at : at + 16]) - self.data[at + 4]) % 256

    def descriptors(self, *kinds: int) -> Iterator[int]:
        """Where descriptors of UDF begin."""
        for at in range(16 * SECTOR, len(self.data) - 2047, 4):
            kind, tag = struct.unpack_from("<H", self.data, at)[0], self.data[at : at + 16]
            if kind in kinds and tag[2] in (2, 3) and (sum(tag) - tag[4]) % 256 == tag[4]:
                yield at

    def free(self, content: bytes) -> int:
        """A sector that nothing uses, with other bytes in it now."""
        at = next(k for k in range(40, 250) if not any(self.data[k * SECTOR : (k + 1) * SECTOR]))
        self.data[at * SECTOR : at * SECTOR + len(content)] = content
        return at


def other_bytes(image: Patch, joliet: bool) -> None:
    """A file leads to other bytes of the same length."""
    at = image.record("index.htm", joliet)
    image.both(at + 2, image.free(b"x" * struct.unpack_from("<I", image.data, at + 10)[0]))


def other_length(image: Patch, joliet: bool) -> None:
    image.both(image.record("index.htm", joliet) + 10, 7)


def one_order(image: Patch, joliet: bool) -> None:
    """Machines that keep the last byte first see another file."""
    struct.pack_into(">I", image.data, image.record("index.htm", joliet) + 6, 300)


def other_name(image: Patch, joliet: bool) -> None:
    at = image.record("about.htm", joliet)
    end = at + image.data[at]
    word = "about".encode("utf-16-be") if joliet else b"about"  # of Rock Ridge: ISO 9660 has capitals
    place = image.data.index(word, at, end)
    image.data[place + len(word) - 1] ^= 1


def no_folder(image: Patch, joliet: bool) -> None:
    """A folder becomes a file."""
    image.data[image.record("data", joliet) + 25] = 0


def path_table(order: str) -> Callable[[Patch, bool], None]:
    def change(image: Patch, joliet: bool) -> None:
        at = image.volume(joliet) + (140 if order == "<" else 148)
        table = struct.unpack_from(f"{order}I", image.data, at)[0] * SECTOR
        first = 8 + image.data[table] + image.data[table] % 2
        struct.pack_into(f"{order}I", image.data, table + first + 2, 99)

    return change


def no_path_table(image: Patch, joliet: bool) -> None:
    struct.pack_into(">I", image.data, image.volume(joliet) + 148, 0)


def swapped(image: Patch, joliet: bool) -> None:
    """Programs without Rock Ridge find one file by the name of the other."""
    one, other = (image.record(name, joliet) + 33 for name in ("about.htm", "index.htm"))
    size = 10 if joliet else 5
    image.data[one : one + size], image.data[other : other + size] = (
        image.data[other : other + size],
        image.data[one : one + size],
    )


def swapped_alike(image: Patch, joliet: bool) -> None:
    """Short names that begin alike and are each made of the other's."""
    one, other = (image.record(name, joliet) + 33 for name in ("about.htm", "abort.htm"))
    size = 10 if joliet else 5
    image.data[one : one + size], image.data[other : other + size] = (
        image.data[other : other + size],
        image.data[one : one + size],
    )


def shared_bytes(image: Patch, joliet: bool) -> None:
    """A file begins where another does, and ends before it."""
    start = struct.unpack_from("<I", image.data, image.record("manifest.jso", joliet) + 2)[0]
    image.both(image.record("about.htm", joliet) + 2, start)


def loop(image: Patch, joliet: bool) -> None:
    """A folder in the first one is the first one."""
    start = struct.unpack_from("<I", image.data, image.volume(joliet) + 158)[0]
    size = struct.unpack_from("<I", image.data, image.volume(joliet) + 166)[0]
    at = image.record("data", joliet)
    image.both(at + 2, start)
    image.both(at + 10, size)


def other_label(image: Patch, joliet: bool) -> None:
    at = image.volume(joliet) + 40
    image.data[at : at + 8] = "EVIL".encode("utf-16-be") if joliet else b"EVIL    "


def other_end(image: Patch, joliet: bool) -> None:
    image.both(image.volume(joliet) + 80, len(image.data) // SECTOR - 9)


LISTS = {
    "other bytes": (other_bytes, "changed: index.html (in {list})"),
    "other length": (other_length, "changed: index.html (in {list})"),
    "one order of bytes": (one_order, "unreadable: {list} (a number is"),
    "other name": (other_name, "missing: about.html (in {list})"),
    "no folder": (no_folder, "missing: data/part-0000.parquet (in {list}"),
    "path table L": (path_table("<"), "changed: path table L of {volume} (its folders are not those"),
    "path table M": (path_table(">"), "changed: path table M of {volume} (its folders are not those"),
    "no path table": (no_path_table, "changed: path table M of {volume} (its folders are not those"),
    "names of each other": (swapped, "changed: index.html (i"),
    "names that begin alike": (swapped_alike, "changed: abo"),
    "shared bytes": (shared_bytes, "changed: manifest.json (shares bytes with about.html)"),
    "loop": (loop, "unreadable: {list} (its folders are nested without end)"),
    "label": (other_label, "changed: volume descriptor (the volume label is "),
    "length of the volume": (
        other_end,
        "changed: volume descriptor (they disagree on the length of the image",
    ),
}


@pytest.mark.parametrize("joliet", [False, True], ids=["Rock Ridge", "Joliet"])
@pytest.mark.parametrize("what", LISTS)
def test_a_change_in_one_list_of_iso_9660_is_found(
    little: bytes, tmp_path: Path, what: str, joliet: bool
) -> None:
    change, said = LISTS[what]
    image = Patch(little)
    change(image, joliet)
    (tmp_path / "bad.iso").write_bytes(image.data)
    words = {"list": "Joliet" if joliet else "Rock Ridge", "volume": "Joliet" if joliet else "ISO 9660"}
    lines = found(tmp_path / "bad.iso", tmp_path / "state")
    assert any(line.startswith(said.format(**words)) for line in lines), lines


def udf_other_length(image: Patch) -> None:
    content = len("abort.html" * 100)
    for at in image.descriptors(261, 266):
        if struct.unpack_from("<Q", image.data, at + 56)[0] == content and image.data[at + 27] == 5:
            struct.pack_into("<Q", image.data, at + 56, content - 3)
            return image.sealed(at)
    raise AssertionError("no such file entry")


def udf_other_name(image: Patch) -> None:
    for at in image.descriptors(257):
        place = image.data.find(b"index", at, at + 60)
        if place > 0:
            image.data[place] = ord("I")
            return image.sealed(at)
    raise AssertionError("no such name")


def udf_gone(image: Patch) -> None:
    for at in image.descriptors(257):
        if image.data.find(b"index", at, at + 60) > 0:
            image.data[at + 18] |= 4
            return image.sealed(at)
    raise AssertionError("no such name")


def udf_no_checksum(image: Patch) -> None:
    image.data[next(image.descriptors(257)) + 9] ^= 1


def udf_reserve(image: Patch) -> None:
    at = list(image.descriptors(5))[1]
    image.data[at + 188] ^= 1
    image.sealed(at)


def udf_anchor(image: Patch) -> None:
    at = len(image.data) - SECTOR
    assert struct.unpack_from("<H", image.data, at)[0] == 2
    image.data[at + 20] ^= 1
    image.sealed(at)


def udf_no_anchor(image: Patch) -> None:
    image.data[256 * SECTOR + 11] ^= 1


def udf_two_volumes(image: Patch) -> None:
    """Programs take the one of the higher number."""
    for logical, other in zip(list(image.descriptors(6)), list(image.descriptors(4)), strict=True):
        place = image.data[other + 12 : other + 16]
        image.data[other : other + SECTOR] = image.data[logical : logical + SECTOR]
        image.data[other + 12 : other + 16] = place
        struct.pack_into("<I", image.data, other + 16, 99)
        image.data[other + 252] ^= 1
        image.sealed(other)


def udf_partition(image: Patch) -> None:
    for at in list(image.descriptors(6)):
        image.data[at + 444] ^= 1
        image.sealed(at)


def udf_metadata(image: Patch) -> None:
    for at in list(image.descriptors(6)):
        image.data[at + 440] = 2
        image.sealed(at)


def udf_next_set(image: Patch) -> None:
    (at,) = image.descriptors(256)
    image.data[at + 449] = 8
    image.sealed(at)


def udf_two_sets(image: Patch) -> None:
    (at,) = image.descriptors(256)
    for logical in list(image.descriptors(6)):
        struct.pack_into("<I", image.data, logical + 248, 2 * SECTOR)
        image.sealed(logical)
    image.data[at + SECTOR : at + 2 * SECTOR] = image.data[at : at + SECTOR]


def udf_loop(image: Patch) -> None:
    (top,) = image.descriptors(256)
    at = next(k for k in image.descriptors(257) if image.data[k + 18] == 2)
    image.data[at + 24 : at + 28] = image.data[top + 404 : top + 408]
    image.sealed(at)


def udf_boot(image: Patch) -> None:
    at = image.data.index(b"\0TEA01")
    image.data[at : at + 6] = b"\0BOOT2"


def other_letters(image: Patch) -> None:
    """Programs differ in what they take for Joliet."""
    at = image.volume(joliet=True) + 88
    assert image.data[at : at + 3] == b"%/E"
    image.data[at + 2] = ord("F")


def unannounced(image: Patch) -> None:
    """The first folder does not say that there is Rock Ridge, and the names are there."""
    at = image.data.index(b"SP\7\1\xbe\xef")
    image.data[at : at + 2] = b"XX"


def other_session(image: Patch) -> None:
    """Descriptors that lead to another first folder, where nothing else is."""
    at = image.volume(joliet=False)
    copy = bytearray(image.data[at : at + SECTOR])
    copy[158] ^= 1
    image.free(bytes(copy))


def after_the_end(image: Patch) -> None:
    image.data += b"\0" * SECTOR * 3 + b"another session" + b"\0" * SECTOR


def before_the_start(image: Patch) -> None:
    image.data[446] = 0x80


def boot_record(image: Patch) -> None:
    """In the place of the copy of the end of the descriptors, or of what is before it."""
    at = next(k for k in range(16 * SECTOR, 99 * SECTOR, SECTOR) if image.data[k] == 255)
    image.data[at] = 0


def second_primary(image: Patch) -> None:
    """What is Joliet becomes another primary volume."""
    image.data[image.volume(joliet=True)] = 1


OTHERS: dict[str, tuple[Callable[[Patch], None], str]] = {
    "UDF, length": (udf_other_length, "changed: abort.html (997 bytes"),
    "UDF, name": (udf_other_name, "missing: index.html (in UDF)"),
    "UDF, deleted": (udf_gone, "missing: index.html (in UDF)"),
    "UDF, checksum": (udf_no_checksum, "unreadable: UDF (a descriptor does not match its checksum"),
    "UDF, reserve": (udf_reserve, "changed: UDF (its volume descriptors and their reserve do not agree)"),
    "UDF, anchor": (udf_anchor, "changed: UDF (its anchors point to different places)"),
    "UDF, no anchor": (udf_no_anchor, "changed: UDF (it lacks an anchor)"),
    "UDF, two volumes": (udf_two_volumes, "changed: UDF (it has several volumes of files)"),
    "UDF, partition": (udf_partition, "changed: UDF (its volume is in a partition that it does not list)"),
    "UDF, metadata": (udf_metadata, "unreadable: UDF (it has virtual blocks or a metadata partition, which"),
    "UDF, next set": (udf_next_set, "changed: UDF (it has several sets of files)"),
    "UDF, two sets": (udf_two_sets, "changed: UDF (it has several sets of files)"),
    "UDF, loop": (udf_loop, "unreadable: UDF (its folders are nested without end)"),
    "UDF, boot record": (udf_boot, "changed: UDF (it has a boot record)"),
    "other letters": (other_letters, "extra: volume descriptor (has names in other letters)"),
    "unannounced": (
        unannounced,
        "extra: Rock Ridge (has names although the root folder does not announce them)",
    ),
    "other session": (other_session, "extra: volume descriptor (a volume descriptor of another session"),
    "after the end": (after_the_end, "extra: data (are after the end of the volume)"),
    "before the start": (before_the_start, "extra: data (are before the volume descriptors)"),
    "boot record": (boot_record, "extra: volume descriptor (is a boot record"),
    "second primary": (second_primary, "changed: volume descriptor (the primary one and its copy"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_change_elsewhere_is_found(little: bytes, tmp_path: Path, what: str) -> None:
    change, said = OTHERS[what]
    image = Patch(little)
    change(image)
    (tmp_path / "bad.iso").write_bytes(image.data)
    try:
        lines = found(tmp_path / "bad.iso", tmp_path / "state")
    except InputError as error:
        assert what == "boot record" and "have no terminator" in str(error)
        return
    assert any(line.startswith(said) for line in lines), lines


def test_the_manifest_itself_must_be_the_same_in_all(little: bytes, tmp_path: Path) -> None:
    image = Patch(little)
    at = image.record("manifest.jso", joliet=True)
    size = struct.unpack_from("<I", image.data, at + 10)[0]
    image.both(at + 2, image.free(b"{}" * (size // 2)))
    (tmp_path / "bad.iso").write_bytes(image.data)
    assert found(tmp_path / "bad.iso", tmp_path / "state") == ["changed: manifest.json (in Joliet)"]


def test_a_checksum_beside_an_image_is_used(little: bytes, tmp_path: Path) -> None:
    (tmp_path / "disc-1.iso").write_bytes(little)
    sums = tmp_path / "disc.sha256"
    good = hashlib.sha256(little).hexdigest()
    sums.write_text(f"{'0' * 64}  disc-2.iso\n{good}  disc-1.iso\n")
    assert found(tmp_path / "disc-1.iso", tmp_path / "state") == []
    sums.write_text(f"{good[:-1]}x *disc-1.iso\n")
    said = "changed: disc-1.iso (its checksum is not that of disc.sha256)"
    assert found(tmp_path / "disc-1.iso", tmp_path / "state") == [said]


def test_bytes_that_all_lists_name_are_hashed_once(little: bytes, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "disc.iso").write_bytes(little)
    read: list[tuple[int, int]] = []
    blocks = Sectors.blocks
    monkeypatch.setattr(Sectors, "blocks", lambda self, runs: (read.extend(runs), blocks(self, runs))[1])
    assert found(tmp_path / "disc.iso", tmp_path / "state") == []
    index = Volume(image := Sectors(str(tmp_path / "disc.iso")), descriptors(image)[0])
    (extents,) = [leaf.extents for leaf in index.named() if leaf.path == "index.html"]
    assert read.count(extents[0]) == 1


def shell(command: str, tmp_path: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("options", ["-R -J", "-R -J -udf", "-R"])
def test_links_and_boot_records_of_other_programs_are_found(tree: Path, tmp_path: Path, options: str) -> None:
    shell(f"cp -r {tree} t && cd t && mv index.html idx && ln -s idx index.html", tmp_path)
    shell(f"genisoimage -quiet {options} -b idx -no-emul-boot -o disc.iso t", tmp_path)
    lines = found(tmp_path / "disc.iso", tmp_path / "state")
    assert "extra: volume descriptor (is a boot record)" in lines
    assert any(line.startswith("changed: index.html") for line in lines), lines
    assert any(line.startswith("extra: idx") for line in lines), lines


def test_another_session_of_an_image_is_found(tree: Path, tmp_path: Path) -> None:
    """The second is right, and a drive or a program may be asked for the first."""
    shell(f"cp -r {tree} t && echo bad > t/index.html", tmp_path)
    shell("xorriso -as mkisofs -quiet -V DISC -R -J --emul-toc -o disc.iso t", tmp_path)
    assert any("index.html" in line for line in found(tmp_path / "disc.iso", tmp_path / "state"))
    again = f"-rm index.html -- -map {tree}/index.html /index.html -commit"
    shell(f"xorriso -dev stdio:disc.iso -joliet on {again}", tmp_path)
    lines = found(tmp_path / "disc.iso", tmp_path / "state")
    assert lines and all("of another session is in sector" in line for line in lines), lines


def test_short_names_are_compared_where_there_is_no_rock_ridge(tree: Path, tmp_path: Path) -> None:
    shell(f"mkdir t && cp {tree}/*.html {tree}/empty.txt {tree}/data/* t", tmp_path)
    write_manifest(tmp_path / "t", Head("", "T", ()))
    shell("genisoimage -quiet -J -o disc.iso t", tmp_path)
    assert found(tmp_path / "disc.iso", tmp_path / "state") == []
    image = Patch((tmp_path / "disc.iso").read_bytes())
    swapped(image, joliet=False)
    (tmp_path / "disc.iso").write_bytes(image.data)
    lines = found(tmp_path / "disc.iso", tmp_path / "state")
    assert "changed: index.html (its name in ISO 9660 is ABOUT.HTM)" in lines, lines


def test_a_disc_of_a_kind_that_is_not_read_says_what_to_do(tmp_path: Path) -> None:
    shell("mkudffs --media-type=bdr --udfrev=2.50 --new-file --blocksize=2048 disc.udf 3000", tmp_path)
    with pytest.raises(InputError, match="mount the disc, and verify the folder of its files"):
        found(tmp_path / "disc.udf", tmp_path / "state")
