"""STILTS and TOPCAT: commands for what they read of a release."""

from __future__ import annotations

import re
import shlex

from ..metadata.vo_access import services_of
from .subject import Cone, Subject
from .text import Cell, Lesson

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RELEASE = """\
set -eu
# The folder of the release above this file{else_address}; DRPORTAL_SITE names another folder or address.
RELEASE=${{DRPORTAL_SITE:-$(cd "$(dirname "$0")/.." && pwd)}}
{address}echo "$RELEASE\""""
ADDRESS = """\
case $RELEASE in
  *://*) ;;
  *) [ -f "$RELEASE/ro-crate-metadata.json" ] || RELEASE={address} ;;
esac
"""


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None if there is nothing that STILTS reads without more libraries."""
    cells = [*_catalogue(subject), *_coverage(subject), *_spectra(subject), *_services(subject)]
    if not cells:
        return None
    address = subject.facts.address
    release = RELEASE.format(
        address=ADDRESS.format(address=shlex.quote(address)) if address else "",
        else_address=", else its address" if address else "",
    )
    head: list[Cell] = [("code", release)]
    needs = "apt install stilts topcat"
    return Lesson("with-stilts", "STILTS, TOPCAT", needs, "stilts", head + cells, "sh")


def _place(path: str) -> str:
    """A file of the release as a word of the shell."""
    return f'"$RELEASE"/{shlex.quote(path)}'


def _column(names: list[str], name: str) -> str:
    """A column in an expression: its name if STILTS can read that, else its number."""
    return name if PLAIN.fullmatch(name) else f"${names.index(name) + 1}"


def _catalogue(subject: Subject) -> list[Cell]:
    cone = subject.cone
    if cone is None:
        return []
    parquet = (
        f"STILTS with the libraries of Parquet, which Debian's lacks, reads the catalogue itself: "
        f"stilts tpipe ifmt=parquet in={cone.files[0]}"
    )
    path = subject.twin(cone.catalogue.name)
    if path is None:
        return [("text", f"{parquet} (in the folder of the release).")]
    names = [column.name for column in cone.source.meta.columns]
    ra, dec = (_column(names, name) for name in cone.source.position())
    test = f"skyDistanceDegrees({ra}, {dec}, {cone.ra}, {cone.dec}) * 3600 <= {cone.radius}"
    kept = " ".join(_column(names, name) for name in cone.shown)
    commands = [f"select {_java(test)}", f"keepcols {_java(kept)}"]
    steps = " \\\n  ".join(f"cmd={shlex.quote(one)}" for one in commands)
    return [
        ("text", f"STILTS finds {cone.said}, in the catalogue as one FITS file. TOPCAT opens this file too."),
        ("code", f"stilts tpipe ifmt=fits in={_place(path)} \\\n  {steps} \\\n  ofmt=ascii"),
        ("text", parquet),
    ]


def _java(text: str) -> str:
    """A word of a command of STILTS."""
    return '"' + text.replace('"', r"\"") + '"'


def _coverage(subject: Subject) -> list[Cell]:
    cone = subject.cone
    if cone is None:
        return []
    path = f"meta/{cone.catalogue.name}.moc.fits"
    if not subject.has(path):
        return []
    return [
        ("text", f"Whether a place is in the part of the sky that {cone.catalogue.name} covers, by its MOC."),
        ("code", f'stilts calc "inMoc(\\"$RELEASE/{path}\\", {cone.ra}, {cone.dec})"'),
    ]


def _spectra(subject: Subject) -> list[Cell]:
    if not subject.has("meta/obscore.vot.xml"):
        return []
    return [
        ("text", "The spectra: when and where they were taken, and where their files are."),
        (
            "code",
            f"stilts tpipe ifmt=votable in={_place('meta/obscore.vot.xml')} \\\n"
            "  cmd='keepcols \"obs_id target_name s_ra s_dec access_url\"' cmd='head 10' ofmt=ascii",
        ),
    ]


def _services(subject: Subject) -> list[Cell]:
    address = services_of(subject.facts)
    if address is None or not subject.sources:
        return []
    vo = f"VO=${{DRPORTAL_VO:-{shlex.quote(address.rstrip('/'))}}}"
    name = subject.sources[0][0].name
    adql = shlex.quote(f'SELECT TOP 10 * FROM "{name}"')
    cells: list[Cell] = [
        ("text", "The services of the release: a query of TAP, and a cone search. DRPORTAL_VO names others."),
        ("code", vo),
        ("code", f'stilts tapquery tapurl="$VO/tap" adql={adql} ofmt=ascii'),
    ]
    if subject.cone:
        cells.append(("code", _cone_search(subject.cone)))
    return cells


def _cone_search(cone: Cone) -> str:
    return (
        f'stilts cone serviceurl="$VO/scs/"{shlex.quote(cone.catalogue.name)} '
        f"lon={cone.ra} lat={cone.dec} radius={cone.radius / 3600:.6f} ofmt=ascii"
    )
