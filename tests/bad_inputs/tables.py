"""Tables that are broken, truncated or contradictory; documents with broken links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .portal import BIB, FOLDER, stars
from .spoil import Bad, in_bytes, in_text


def spoilt_data() -> Iterator[Bad]:
    """Tables that are broken, truncated or contradictory."""
    for name in [
        "stars.fits",
        "sky.vot",
        "packed.parquet",
        "listed.ecsv",
        "plain.csv",
    ]:
        file = f"{FOLDER}/{name}"
        yield in_bytes(file, "empty", name, lambda raw: b"")
        yield in_bytes(file, "zeros", name, lambda raw: bytes(len(raw)))
        yield in_bytes(file, "noise", name, lambda raw: np.random.default_rng(1).bytes(len(raw)))
        yield in_bytes(file, "another kind", name, lambda raw: b"%PDF-1.7\n" + raw[:300])
        yield Bad(f"{file}: gone", file, lambda p: p.unlink(), name)
        yield Bad(f"{file}: a folder", file, lambda p: (p.unlink(), p.mkdir()), name)
        yield Bad(f"{file}: a link to itself", file, lambda p: (p.unlink(), p.symlink_to(p.name)), name)
        if name in ("stars.fits", "sky.vot", "packed.parquet"):
            for part in range(1, 14):  # the end of a FITS file is padding
                yield in_bytes(
                    file, f"{part}/20 of it", name, lambda raw, part=part: raw[: len(raw) * part // 20]
                )
    plain, sky = f"{FOLDER}/plain.csv", f"{FOLDER}/sky.vot"
    for n in range(1, 31, 3):
        yield in_bytes(
            plain, f"a value too many in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"P,1,2")
        )
        yield in_bytes(plain, f"a value too few in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"P"))
        yield in_bytes(
            plain,
            f"a quotation mark left open in row {n}",
            "plain.csv",
            lambda raw, n=n: _row(raw, n, b'"P,1'),
        )
        yield in_bytes(
            plain, f"no UTF-8 in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"\xff\xfe,1")
        )
    yield in_text(plain, "a name twice", "plain.csv", ("plate,n", "n,n"))
    yield in_text(plain, "a name twice but for case", "plain.csv", ("plate,n", "N,n"))
    yield in_text(plain, "no name", "plain.csv", ("plate,n", "plate,"))
    for field in ("ra", "dec"):
        for value in (360.5, -0.5, 999, -999, 1e30) if field == "ra" else (90.5, -90.5, 999, 1e30):
            yield Bad(
                f"stars.fits: {field} {value}", f"{FOLDER}/stars.fits", _position(field, value), "stars.fits"
            )
        yield Bad(f"stars.fits: no {field}", f"{FOLDER}/stars.fits", _position(field, np.nan), "stars.fits")
    for card, old, new in [
        ("TFORM1", b"TFORM1  = 'K", b"TFORM1  = '?"),
        ("TFIELDS", b"TFIELDS =                    7", b"TFIELDS =                    9"),
        ("NAXIS1", b"NAXIS1  =", b"NAXIS9  ="),
        ("XTENSION", b"XTENSION= 'BINTABLE'", b"XTENSION= 'NOTHING '"),
        ("NAXIS2", b"NAXIS2  =                   12", b"NAXIS2  =                  -12"),
        ("END", b"END     ", b"ENDE    "),
        ("TTYPE2", b"TTYPE2  = 'ra", b"TTYPE2  = 'id"),
        ("SIMPLE", b"SIMPLE  =", b"SIMPEL  ="),
    ]:
        yield in_bytes(
            f"{FOLDER}/stars.fits", f"broken {card}", "stars.fits", lambda raw, o=old, n=new: _swap(raw, o, n)
        )
    for name, old, new in [
        ("not closed", "</TABLE>", ""),
        ("no such type", 'datatype="long"', 'datatype="many"'),
        ("no number", "<TD>11</TD>", "<TD>eleven</TD>"),
        ("too many cells", "<TD>", "<TD>1</TD><TD>"),
        ("no table", "<TABLE", "<TABEL"),
        ("an entity", "<VOTABLE", "&nothing;<VOTABLE"),
        (
            "a file of this computer",
            '<?xml version="1.0" encoding="utf-8"?>',
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;',
        ),
    ]:
        yield in_text(sky, name, "sky.vot", (old, new))


def _row(raw: bytes, n: int, row: bytes) -> bytes:
    rows = raw.split(b"\n")
    return b"\n".join([*rows[:n], row, *rows[n + 1 :]])


def _swap(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw, old
    return raw.replace(old, new, 1)


def _position(field: str, value: float) -> Callable[[Path], object]:
    def spoil(path: Path) -> None:
        table = stars()
        table[field][5] = value
        table.write(path, overwrite=True)

    return spoil


def spoilt_documents() -> Iterator[Bad]:
    about, bib = f"{FOLDER}/docs/about.md", f"{FOLDER}/docs/references.bib"
    for name, reported, fact in [
        ("no such fact", "nowhere", "{{ stats.nowhere.rows }}"),
        ("no fact", "about.md", "{{ }}"),
        ("not closed", "about.md", "{{ stats.stars.rows"),
        ("a program", "about.md", "{{ ''.__class__.__mro__ }}"),
        ("a call", "about.md", "{{ range(9) }}"),
        ("no filter", "about.md", "{{ stats.stars.rows | nothing }}"),
        ("a sum", "about.md", "{{ 1 + 1 }}"),
    ]:
        yield in_text(about, name, reported, ("{{ stats.stars.rows }}", fact))
    for link in ("nowhere.md", "about.md#nowhere", "#nowhere", "../../../etc/passwd", "figure.png"):
        yield in_text(about, f"link {link}", "about.md", ("rows [", f"[words]({link}) rows ["))
    yield in_text(about, "no such reference", "nobody", ("@one2020", "@nobody"))
    yield in_bytes(about, "no UTF-8", "about.md", lambda raw: b"\xff" + raw)
    for n, (old, new) in enumerate(
        [
            ("@article{", "@article{,"),
            ("year = 2020\n}", "year = 2020\n"),
            ("@article{one2020", "@article one2020"),
        ]
    ):
        yield in_text(bib, f"broken {n}", "", (old, new))
    yield Bad("bib: twice", bib, lambda p: p.write_text(BIB + BIB), "one2020")
