"""Simple Cone Search 1.03: the rows of a catalogue in a circle."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from ..ingest.values.sql_text import quoted
from ..notebook.views import degrees_apart
from ..standards.arrow_columns import Column
from .adql.covers import near, ranges
from .adql.values import Place
from .columns import Table
from .faults import NotFound, Refused
from .results.votable import MEDIA, error_document, field, info
from .results.writers import TABLEDATA, VOTABLE, Form, find_format
from .sending import FileResponse, text
from .service import Asked

MAIN = {"ra": "POS_EQ_RA_MAIN", "dec": "POS_EQ_DEC_MAIN", "id": "ID_MAIN"}
"""Names of the first UCDs, which the standard asks for."""


async def cone(asked: Asked, name: str) -> Response:
    """Answer a cone search; what is wrong with a request is said in a VOTable."""
    try:
        table = asked.scope.catalogue(name)
        return await _found(asked, table)
    except NotFound as error:
        return text(_error(str(error)), MEDIA, 404)
    except Refused as error:
        return text(_error(str(error)), MEDIA, error.status if error.status != 400 else 200)


def _error(message: str) -> bytes:
    """An error in both ways: as in Simple Cone Search, and as in DALI."""
    return error_document(message, infos=[info("Error", message, ID="Error")])


async def _found(asked: Asked, table: Table) -> Response:
    given = asked.given
    ra, dec = given.number("RA", -360, 360), given.number("DEC", -90, 90)
    radius = given.number("SR", 0, 180)
    verb = given.one("VERB") or "2"
    if verb not in ("1", "2", "3"):
        raise Refused(f"VERB is 1, 2 or 3, not {verb[:20]!r}")
    limit = given.rows(asked.limits.usual_rows, asked.limits.rows)
    format = find_format(given.format, TABLEDATA)
    if format not in (VOTABLE, TABLEDATA):
        raise Refused("a cone search answers with VOTable: RESPONSEFORMAT is votable or votable/td")
    chosen = _columns(table, int(verb))
    selected = ", ".join(f"{sql} AS {quoted(column.name)}" for column, sql in chosen)
    assert table.position
    own_ra, own_dec = map(quoted, table.position)
    apart = degrees_apart(own_ra, own_dec, f"{ra!r}::DOUBLE", f"{dec!r}::DOUBLE")
    before = near(Place("", *table.position) if table.indexed else None, ra, dec, radius)
    where = "FALSE" if radius == 0 else f"{before}{apart} <= {radius!r}::DOUBLE"
    form = Form(
        format, limit, _infos(asked, table), table.name, table_extra=_parameters(ra, dec, radius, int(verb))
    )
    fewer = table.parts.among(ranges(ra, dec, radius)) if table.parts and before else None
    statement = f"SELECT {selected} FROM {fewer or table.sql} WHERE {where}"
    file, _ = await asked.answer(statement, [column for column, _ in chosen], form)
    return FileResponse(file, MEDIA, asked.limits.sending)


def _infos(asked: Asked, table: Table) -> list[str]:
    return [
        info("SERVICE_PROTOCOL", "1.03", "ConeSearch"),
        info("publisher", asked.scope.title),
        info("maxrec", str(asked.limits.rows), "The most rows that MAXREC can ask for"),
        info("standardID", "ivo://ivoa.net/std/ConeSearch"),
    ]


def _parameters(ra: float, dec: float, radius: float, verb: int) -> str:
    given = {"RA": ra, "DEC": dec, "SR": radius}
    numbers = [
        field(Column(f"INPUT:{name}", "double", unit="deg"), "PARAM", repr(value))
        for name, value in given.items()
    ]
    return "".join([*numbers, field(Column("INPUT:VERB", "int"), "PARAM", str(verb))])


def _columns(table: Table, verb: int) -> list[tuple[Column, str]]:
    """The columns of an answer with their SQL: an identifier that is text, then those of the table."""
    assert table.position
    ra, dec = table.position
    names = {c.name.lower() for c in table.columns}
    made: list[tuple[Column, str]] = []
    ident = next((c for c in table.columns if c.name == table.ident), None)
    if ident is None or ident.datatype not in ("char", "unicodeChar"):
        source = quoted(ident.name) if ident else '"_healpix_29"'
        about = f"{ident.name} as text" if ident else "Pixel of the position, HEALPix order 29"
        name = _free(f"{ident.name}_text" if ident else "pixel_text", names)
        made.append(
            (Column(name, "char", "*", ucd=MAIN["id"], description=about), f"CAST({source} AS VARCHAR)")
        )
    for column in table.columns:
        sql = quoted(column.name)
        if column.name in (ra, dec):
            column = replace(column, ucd=MAIN["ra" if column.name == ra else "dec"], unit="deg")
            sql = f"CAST({sql} AS DOUBLE)"
        elif column is ident and not made:
            column = replace(column, ucd=MAIN["id"])
        elif verb == 1 or (verb == 2 and not column.principal):
            continue
        made.append((column, sql))
    return made


def _free(name: str, taken: set[str]) -> str:
    while name.lower() in taken:
        name += "_"
    return name
