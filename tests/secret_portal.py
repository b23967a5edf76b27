"""A portal with a secret in every place that can be withheld, and a search of every byte of a site."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits
from astropy.table import Table
from PIL import Image, PngImagePlugin

from drportal.carried import from_script

from .commands import drportal
from .spectra_fixtures import write_desi, write_pilot

BEFORE, AFTER = "1798761600", "1893456000"  # 2027-01-01, 2030-01-01
DAY = "2028-06-01"
TARGET = 39627652591521181
FIRST = 101001
SHOWN, HIDDEN = 90, 30

FOR_TEAM = {
    "release name": "Zarathustra",
    "release folder": "dr2zeta",
    "reason that names it": "MAKEWAY",
    "former release": "Nimrod",
    "column name": "hush_flux",
    "column description": "ARCHAEOPTERYX",
    "column behind a pattern": "rv_hush",
    "column in Chinese": "隐藏流量说明",
    "text of a hidden column": "GAC-HUSHHUSH",
    "condition": "NEBULOSA",
    "class of withheld rows": "WOLFRAYETX",
    "text of withheld rows": "TATZELWURM",
    "row of unknown programme": "UNKLARHEIT",
    "header of a withheld spectrum": "J314159.26+535897",
    "fact of a hidden column": "0.00424242",
    "file of a withheld spectrum": "spec-amaranth",
    "file name of a spectrum": "caliban",
    "object in a header": "PROSPERO",
    "plan in a header": "SYCORAX",
    "comment in a header": "ANTONIO-SAID",
    "history of a header": "GONZALO-MADE",
    "long text in a header": "FERDINAND-AND-ALL-THE-OTHERS",
    "name of an extension": "TRINCULO",
    "column of an extension": "STEPHANO",
    "unit of an extension": "boatswain",
    "night in a header": "59777",
    "column of a former release": "ANTIKYTHERA",
    "document": "PERIPETEIA",
    "document file": "kryptonite",
    "document title": "Mandragora",
    "image": "mauve-nebula",
    "words in an image": "SPILLIKINS",
    "bibliography": "Obsidian mirrors",
    "known issue": "quasimodo",
    "known issue text": "ESMERALDA",
    "set of spectra": "hushed_set",
}
"""Words, by where they are planted."""
IN_NO_SITE = {"folder of spectra": "miranda"}
"""Words that are planted where no site has any."""
FOR_PARTNERS = {"catalogue": "cryptids", "its title": "OUROBOROS", "its rows": "CHUPACABRA"}
NUMBERS: dict[str, float] = {
    "value of withheld rows": 8675309.25,
    "value of a hidden column": 2718281.875,
    "id of a withheld row": FIRST + SHOWN + 7,
    "id of a withheld spectrum": TARGET + 1,
}

PORTAL = """
name = "SKY"
title = "SKY releases"
languages = ["en", "zh"]
base_url = "https://sky.example.org/"
"""

V1 = f"""
name = "DR1"
version = "v1"
published = "2026-05"
status = "obsolete"
reason = "MAKEWAY for Zarathustra"
superseded_by = "dr2zeta"
compare = ["dr1/v0"]

[[catalogues]]
name = "stars"
title = {{ en = "Stars", zh = "恒星" }}
source = "stars-of-mandragora.parquet"
schema = "stars.yaml"
index = ["obsid", "hush_id"]
missing = {{ "*" = [-9999], hush_flux = [-1] }}
renamed = {{ old_hush = "rv_hush", older_hush = "remark" }}

[catalogues.columns]
hush_flux = {{ audience = "team", public_from = "{DAY}", description = {{ zh = "隐藏流量说明" }} }}
"*_hush" = {{ audience = "team", public_from = "{DAY}" }}
"hush_*" = {{ audience = "team", public_from = "{DAY}" }}
planid = {{ audience = "team", public_from = "{DAY}" }}
night = {{ audience = "team", public_from = "{DAY}" }}
prog = {{ audience = "team", public_from = "{DAY}" }}
z_err = {{ audience = "team", public_from = "{DAY}" }}
z = {{ description = {{ zh = "红移" }} }}

[[catalogues.withheld]]
rows = "prog = 'NEBULOSA'"
audience = "team"
public_from = "{DAY}"

[[catalogues]]
name = "cryptids"
title = "Catalogue OUROBOROS"
source = "cryptids.csv"
positions = "none"
audience = "partners"
public_from = "{DAY}"

[[catalogues]]
name = "targets"
source = "targets.fits"

[[catalogues.withheld]]
rows = "targetid = {TARGET + 1}"
audience = "team"
public_from = "{DAY}"

[[spectra]]
name = "lrs"
catalogue = "stars"
source = "lrs/**/*.fits"
ship_originals = true

[[spectra]]
name = "desi"
catalogue = "targets"
source = "desi"
ship_originals = true

[[spectra]]
name = "hushed_set"
source = "lrs"
audience = "team"
public_from = "{DAY}"

[[known_issues]]
name = "quasimodo"
title = "ESMERALDA was not observed"
audience = "team"
public_from = "{DAY}"

[[known_issues]]
name = "fibre"
title = "Fibre 17"
catalogue = "stars"
ids = [{FIRST}, {FIRST + SHOWN + 7}]
columns = ["z", "hush_flux"]
status = "fixed"
fixed_in = "dr2zeta"
"""

FORMER = f"""
name = "DR1"
version = "v0"
title = "Nimrod"
published = "2025-05"
audience = "team"
public_from = "{DAY}"
"""

FIRST_RELEASE = f"""
name = "DR0"
published = "2024-05"

[[catalogues]]
name = "stars"
source = "stars.fits"

[catalogues.columns]
old_hush = {{ audience = "team", public_from = "{DAY}" }}
older_hush = {{ audience = "team", public_from = "{DAY}" }}
"""

NEXT = f"""
name = "Zarathustra"
published = "2026-11"
audience = "team"
public_from = "{DAY}"

[[catalogues]]
name = "stars"
source = "../dr1/v1/stars-of-mandragora.parquet"
"""

SCHEMA = """
name: stars
tables:
- name: stars
  primaryKey: [obsid, hush_id]
  columns:
"""


def write_portal(folder: Path) -> Path:
    """Write the portal and all its sources."""
    texts = {
        "portal.toml": PORTAL,
        "releases/dr0/release.toml": FIRST_RELEASE,
        "releases/dr1/v0/release.toml": FORMER,
        "releases/dr1/v1/release.toml": V1,
        "releases/dr2zeta/release.toml": NEXT,
        "content/notes.md": "# Notes\n\nSee [the other](kryptonite.md), [rows](/catalogues/cryptids.html) "
        "and [@Known].\n",
        "content/kryptonite.md": f"+++\naudience = 'team'\npublic_from = '{DAY}'\n+++\n# Mandragora\n\n"
        "PERIPETEIA of {{ portal.name }} [@Secret].\n\n![a sight](mauve-nebula.png)\n",
        "content/kryptonite.zh.md": "# Mandragora 中文\n\nPERIPETEIA\n",
        "content/references.bib": "".join(
            f"@article{{{key}, title={{{title}}}, author={{A, B}}, year={{2020}}, journal={{J}}}}\n"
            for key, title in (("Known", "Known things"), ("Secret", "Obsidian mirrors"))
        ),
        "releases/dr1/v1/cryptids.csv": "name,size\n" + "".join(f"CHUPACABRA-{n},{n}\n" for n in range(20)),
    }
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SPILLIKINS")
    Image.new("RGB", (40, 20), "purple").save(folder / "content/mauve-nebula.png", pnginfo=words)
    _write_data(folder / "releases")
    return folder


def stars() -> Table:
    """The rows of `stars`: first those that everyone sees, then those of the secret programme, at last one of
    which nobody knows the programme.
    """
    count = SHOWN + HIDDEN + 1
    number = np.arange(count)
    hidden = number >= SHOWN
    programme = np.where(hidden, "NEBULOSA", "disk").astype("U8")
    programme = np.ma.MaskedArray(programme, number == count - 1)
    remark = np.where(hidden, "TATZELWURM", "none").astype("U12")
    remark[-1] = "UNKLARHEIT"
    return Table(
        {
            "obsid": FIRST + number,
            "ra": (number * 37.7) % 360,
            "dec": (number * 13.3) % 170 - 85,
            "class": np.where(hidden, "WOLFRAYETX", np.where(number % 3, "STAR", "QSO")),
            "z": np.where(hidden, 8675309.25, number / 1000.0),
            "z_err": np.full(count, 0.00424242),
            "snrg": (number % 40).astype("f4"),
            "remark": remark,
            "night": np.full(count, 59777),
            "planid": np.full(count, "GAC-HUSHHUSH"),
            "prog": programme,
            "hush_flux": np.where(number % 2, 2718281.875, 1.5),
            "hush_id": number + 7_000_000,
            "rv_hush": number * 0.5,
        }
    )


def _write_data(releases: Path) -> None:
    here, table = releases / "dr1/v1", stars()
    # FITS knows no NULL among texts.
    pq.write_table(_arrow(table), here / "stars-of-mandragora.parquet")
    kinds = {"i": "long", "f": "double", "U": "text"}
    schema = SCHEMA
    for name in table.colnames:
        schema += f"  - name: {name}\n    '@id': '{name}'\n    datatype: {kinds[table[name].dtype.kind]}\n"
        schema += "    description: ARCHAEOPTERYX\n" if name == "hush_flux" else "    description: A thing\n"
    (here / "stars.yaml").write_text(
        schema.replace("snrg\n    datatype: double", "snrg\n    datatype: float")
    )
    first = table[:SHOWN]["obsid", "ra", "dec", "class", "z", "remark"]
    first["z"][:5] += 1
    first["old_hush"] = np.arange(SHOWN) * 0.5
    first["older_hush"] = np.full(SHOWN, "ANTIKYTHERA")
    first.write(releases / "dr0/stars.fits")
    (here / "lrs/miranda").mkdir(parents=True)
    for number in [*range(6), SHOWN + 7, SHOWN + 8]:
        secret = number >= SHOWN
        file = here / "lrs/miranda" / f"spec-{'amaranth' if secret else 'caliban'}-{number}.fits"
        write_pilot(file, FIRST + number)
        with fits.open(file, mode="update") as opened:
            said = {"DESIG": "J314159.26+535897" if secret else "J1", "PLANID": "GAC-HUSHHUSH", "Z": 0.1}
            opened[0].header.update(said | {"Z_ERR": 0.00424242, "LMJD": 59777, "MJD": 59777})
            _tell_all(opened)
    (here / "desi").mkdir()
    write_desi(here / "desi/a.fits", 0, 3)
    write_desi(here / "desi/b.fits", 3, 3)
    ids = np.array([TARGET + n for n in range(6)], "i8")
    Table({"targetid": ids, "ra": np.arange(6.0), "dec": np.arange(6.0)}).write(here / "targets.fits")


def _tell_all(opened: fits.HDUList) -> None:
    """Write the secret in every place for text in a spectrum's file."""
    header = opened[0].header
    header["OBJECT"], header["PLAN"] = "PROSPERO", ("SYCORAX", "ANTONIO-SAID")
    header["COMMENT"], header["HISTORY"] = "ANTONIO-SAID so", "GONZALO-MADE this"
    header["NOTE"] = "and so on " * 8 + "FERDINAND-AND-ALL-THE-OTHERS"
    column = fits.Column("STEPHANO", "D", unit="boatswain", array=np.ones(3))
    opened.append(fits.BinTableHDU.from_columns([column], name="TRINCULO"))


def _arrow(table: Table) -> pa.Table:
    return pa.table({n: pa.array(np.ma.getdata(c), mask=np.ma.getmaskarray(c)) for n, c in table.items()})


def build(
    portal: Path, audience: str | None = None, epoch: str = BEFORE, *more: str
) -> subprocess.CompletedProcess[str]:
    """Build the portal for an audience as of a day."""
    whose = ["--audience", audience] if audience else []
    environment = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    return drportal("build", "--portal", portal, *more, *whose, env=environment)


class Hay:
    """Everything that can be extracted from the files of a site: paths, bytes, and unpacked contents."""

    def __init__(self, site: Path) -> None:
        self.blobs: dict[str, list[bytes]] = {}
        self.numbers: dict[float, str] = {}
        seen: set[bytes] = set()
        for file in sorted(p for p in site.rglob("*") if p.is_file()):
            path = file.relative_to(site).as_posix()
            data = file.read_bytes()
            self.blobs[path] = [path.encode()]
            key = hashlib.sha256(data).digest()
            if key not in seen:  # the engine stands in every release
                seen.add(key)
                self.blobs[path] += [data, *_unpacked(data)]
                self._values(path, file)

    def _values(self, path: str, file: Path) -> None:
        if file.suffix == ".parquet":
            for column in pq.read_table(file, partitioning=None).columns:
                self._keep(path, column.to_pylist())
        elif ".fits" in file.name:
            with fits.open(file) as opened:
                for hdu in opened:
                    self.blobs[path].append(repr(hdu.header).encode())
                    if isinstance(hdu, fits.BinTableHDU):
                        for name in hdu.columns.names:
                            self._keep(path, np.asarray(hdu.data[name]).ravel().tolist())

    def _keep(self, path: str, values: list[Any]) -> None:
        for value in values:
            if isinstance(value, list):
                self._keep(path, value)
            elif isinstance(value, int | float):
                self.numbers.setdefault(value, path)
            elif value is not None:
                self.blobs[path].append(str(value).encode())

    def word(self, word: str) -> str | None:
        """The first file that contains a word, in upper or lower case."""
        raw = [word.encode(), word.lower().encode(), word.upper().encode()]
        raw.append("".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in word).encode())
        return next((path for path, blobs in self.blobs.items() for b in blobs for r in raw if r in b), None)

    def number(self, value: float) -> str | None:
        """The first file that contains a number, as a value, in digits, or in binary."""
        raw = [str(value).encode(), struct.pack("<d", value)]
        raw += [struct.pack("<q", value)] if isinstance(value, int) else [struct.pack("<f", value)]
        found = (path for path, blobs in self.blobs.items() for b in blobs for r in raw if r in b)
        return self.numbers.get(value) or next(found, None)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The decoded contents of script twins, base64, gzip, zlib and zstd in some bytes."""
    if twin := from_script(data):
        yield twin[1]
        yield from _frames(twin[1])
    for found in re.finditer(rb"[A-Za-z0-9+/]{64,}={0,2}", data):
        text = found[0]
        inner = base64.b64decode(text[: len(text) // 4 * 4])
        yield inner
        yield from _frames(inner)
    yield from _frames(data)


def _frames(data: bytes) -> Iterator[bytes]:
    for magic, codec in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x1f\x8b\x08", "gzip")):
        at = data.find(magic)
        while at >= 0:
            out = io.BytesIO()
            try:
                with pa.CompressedInputStream(pa.BufferReader(data[at : at + (4 << 20)]), codec) as stream:
                    while piece := stream.read(1 << 16):
                        out.write(piece)
            except (OSError, pa.ArrowInvalid, zlib.error):
                pass  # what follows the frame is none
            yield out.getvalue()
            at = data.find(magic, at + 4)
