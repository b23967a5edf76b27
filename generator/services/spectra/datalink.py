"""DataLink 1.1: what there is of a spectrum, and where."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from starlette.responses import Response

from ...standards.arrow_columns import Column
from ..faults import NotFound, Refused
from ..obscore import LINKS
from ..results.votable import attributes, error_document, field, head, info
from ..results.writers import FORMATS
from ..sending import text
from ..service import Asked
from .found import Named, named

MOST = 100
"""Identifiers of a request."""
STANDARD = "ivo://ivoa.net/std/DataLink#links-1.1"
CUTOUT = "ivo://ivoa.net/std/SODA#sync-1.0"


class Link(NamedTuple):
    """A row of the answer."""

    ident: str
    access_url: str = ""
    service_def: str = ""
    error_message: str = ""
    semantics: str = "#this"
    description: str = ""
    content_type: str = ""
    content_length: int | None = None


FIELDS = [
    Column("ID", "char", "*", ucd="meta.id;meta.main", ident="primaryID"),
    Column("access_url", "char", "*", ucd="meta.ref.url"),
    Column("service_def", "char", "*", ucd="meta.ref"),
    Column("error_message", "char", "*", ucd="meta.code.error"),
    Column("semantics", "char", "*", ucd="meta.code"),
    Column("description", "unicodeChar", "*", ucd="meta.note"),
    Column("content_type", "char", "*", ucd="meta.code.mime"),
    Column("content_length", "long", unit="byte", ucd="phys.size;meta.file"),
]


async def datalink(asked: Asked) -> Response:
    """Answer a request for links."""
    try:
        idents = list(dict.fromkeys(asked.given.every("ID")))
        if not idents:
            raise Refused("UsageFault: the parameter ID is missing")
        format = asked.given.format
        if format and format.lower().replace(" ", "") not in ("votable", LINKS, "application/x-votable+xml"):
            raise Refused("UsageFault: links are a VOTable")
        links = await asked.service.run(
            lambda _: _all(asked, idents[:MOST]), asked.limits.seconds, asked.gone
        )
    except Refused as error:
        return text(error_document(str(error)), LINKS, error.status)
    return text(_document(asked, links, len(idents) > MOST), LINKS)


def _all(asked: Asked, idents: list[str]) -> list[Link]:
    return [link for ident in idents for link in _links(asked, ident)]


def _links(asked: Asked, ident: str) -> list[Link]:
    try:
        one = named(asked.scope, ident)
        facts = one.read(asked.snapshot).facts
    except NotFound as error:
        return [Link(ident, error_message=f"NotFoundFault: {error}")]
    except Refused as error:
        return [Link(ident, error_message=f"Fault: {error}")]
    address = f"{asked.base}vo/soda?ID={quote(one.did, safe='')}"
    label = f"{one.release.words.label}, {one.set.name} {one.ident}"
    found = [
        Link(one.did, address, description=f"{label}, as VOTable", content_type="application/x-votable+xml"),
        Link(one.did, f"{address}&RESPONSEFORMAT=fits", description=f"{label}, as FITS table",
             content_type="application/fits"),
    ]  # fmt: skip
    original = facts.get("original")
    if original and one.set.originals:
        path = f"data/spectra/{quote(one.set.name)}/{quote(str(original))}"
        size = int(facts["bytes"]) if str(facts.get("bytes", "")).isdigit() else None
        found.append(
            Link(
                one.did,
                _of_release(asked, one) + path,
                semantics="#progenitor",
                description=f"{label}, the original file",
                content_type="application/fits",
                content_length=size,
            )
        )
    page = f"spectrum.html?{quote(one.set.id.name)}={quote(one.ident, safe='')}"
    found += [
        Link(
            one.did,
            _of_release(asked, one) + page,
            semantics="#auxiliary",
            description=f"Page of {label}",
            content_type="text/html",
        ),
        Link(
            one.did,
            service_def="soda",
            semantics="#cutout",
            description=f"A band of {label}",
            content_type="application/x-votable+xml",
        ),
    ]
    return found


def _of_release(asked: Asked, one: Named) -> str:
    """The address of a release: services of a portal stand above it."""
    return asked.base if asked.scope.path or not one.release.ident else f"{asked.base}{one.release.ident}/"


def _document(asked: Asked, links: list[Link], cut: bool) -> bytes:
    rows = "".join(_row(link) for link in links)
    status = info("QUERY_STATUS", "OVERFLOW") if cut else ""
    infos = [info("QUERY_STATUS", "OK"), info("standardID", STANDARD)]
    fields = "".join(field(c) for c in FIELDS)
    return (
        f"{head(infos)}<TABLE>\n{fields}<DATA>\n<TABLEDATA>\n{rows}</TABLEDATA>\n</DATA>\n</TABLE>\n{status}"
        f"</RESOURCE>\n{soda_descriptor(asked.base)}</VOTABLE>\n"
    ).encode()


def _row(link: Link) -> str:
    from xml.sax.saxutils import escape

    cells = "".join(f"<TD>{'' if v is None else escape(str(v))}</TD>" for v in link)
    return f"<TR>{cells}</TR>\n"


def soda_descriptor(base: str) -> str:
    """The description of the service of cut-outs."""
    formats = "".join(f"<OPTION{attributes(value=one.names[0])}/>" for one in FORMATS)
    return (
        f"<RESOURCE{attributes(type='meta', utype='adhoc:service', ID='soda', name='cutout')}>\n"
        f"{_param('accessURL', f'{base}vo/soda')}{_param('standardID', CUTOUT)}"
        '<GROUP name="inputParams">\n'
        '<PARAM name="ID" datatype="char" arraysize="*" ucd="meta.id;meta.main" ref="primaryID" value=""/>\n'
        '<PARAM name="BAND" datatype="double" arraysize="2" xtype="interval" unit="m"'
        ' ucd="em.wl;stat.interval" value="">\n<DESCRIPTION>Wavelengths in vacuum</DESCRIPTION>\n</PARAM>\n'
        '<PARAM name="RESPONSEFORMAT" datatype="char" arraysize="*" value="">\n'
        f"<VALUES>{formats}</VALUES></PARAM>\n"
        "</GROUP>\n</RESOURCE>\n"
    )


def links_descriptor(base: str, ref: str) -> str:
    """The description of this service, for answers with identifiers in the column `ref`."""
    return (
        f"<RESOURCE{attributes(type='meta', utype='adhoc:service', name='links')}>\n"
        f"{_param('accessURL', f'{base}vo/datalink')}{_param('standardID', STANDARD)}"
        '<GROUP name="inputParams">\n'
        '<PARAM name="ID" datatype="char" arraysize="*" ucd="meta.id;meta.main" value=""'
        f"{attributes(ref=ref)}/>\n"
        "</GROUP>\n</RESOURCE>\n"
    )


def _param(name: str, value: str) -> str:
    return f"<PARAM{attributes(name=name, datatype='char', arraysize='*', value=value)}/>\n"
