"""Simple Spectral Access 1.1: which spectra there are in a region, a band, a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import NamedTuple

from starlette.responses import Response

from ...ingest.values.sql_text import literal, quoted
from ...model.night import MJD_0
from ...notebook.views import degrees_apart
from ...standards.arrow_columns import Column
from ..faults import Refused
from ..parameters import Parameters, as_number
from ..results.systems import ICRS, MJD_UTC, systems_of
from ..results.votable import MEDIA, error_document, field, head, info
from ..results.writers import TABLEDATA, VOTABLE, Form, find_format
from ..sending import FileResponse, text
from ..service import Asked
from .datalink import links_descriptor

VALUES = 200
"""Values of a list, at most."""
SIZE = 0.1
"""Diameter in degrees if a request does not say."""
BEGINNING = datetime.combine(MJD_0, time.min, UTC)
"""The time from which modified Julian days are counted."""
TABLES = (
    "all",
    "compliant",
    "native",
    "votable",
    "xml",
    "application/x-votable+xml",
    "text/xml",
    "application/xml",
)
OTHERS = ("fits", "application/fits", "image/fits", "graphic", "html", "text/html", "text/csv")
"""Formats in which no spectrum is offered here, though cut-outs are."""
ADDRESS = "getvariable('base') || 'vo/soda?ID=' || url_encode(obs_publisher_did)"

PLACE = "CASE WHEN s_ra IS NOT NULL THEN [s_ra, s_dec]::DOUBLE[2] END"


class Field(NamedTuple):
    """A column of the answer, its SQL, and its place in the data model."""

    name: str
    sql: str
    utype: str
    datatype: str = "char"
    unit: str | None = None
    ucd: str | None = None
    about: str | None = None
    ident: str | None = None


FIELDS = [
    Field("access_url", ADDRESS, "Access.Reference", ucd="meta.ref.url"),
    Field("access_format", "'application/x-votable+xml'", "Access.Format", ucd="meta.code.mime"),
    Field("access_estsize", "access_estsize", "Access.Size", "long", "kbyte", "phys.size;meta.file"),
    Field("data_model", "'Spectrum-1.0'", "Dataset.DataModel"),
    Field("data_type", "'spectrum'", "Dataset.DataType"),
    Field(
        "title",
        "obs_collection || ' ' || obs_id",
        "DataID.Title",
        "unicodeChar",
        ucd="meta.title;meta.dataset",
    ),
    Field("collection", "obs_collection", "DataID.Collection", "unicodeChar", ucd="meta.id"),
    Field("creator_did", "obs_publisher_did", "DataID.CreatorDID", ucd="meta.id"),
    Field("publisher", "facility_name", "Curation.Publisher", "unicodeChar", ucd="meta.curation"),
    Field(
        "publisher_did",
        "obs_publisher_did",
        "Curation.PublisherDID",
        ucd="meta.ref.url;meta.curation",
        ident="publisherDID",
    ),
    Field("target_name", "target_name", "Target.Name", "unicodeChar", ucd="meta.id;src"),
    Field("ra", "s_ra", "", "double", "deg", "pos.eq.ra;meta.main"),
    Field("dec", "s_dec", "", "double", "deg", "pos.eq.dec;meta.main"),
    Field("target_position", PLACE, "Target.Pos", "double", "deg", "pos.eq;src"),
    Field(
        "location",
        PLACE,
        "Char.SpatialAxis.Coverage.Location.Value",
        "double",
        "deg",
        "pos.eq",
    ),
    Field("aperture", "s_fov", "Char.SpatialAxis.Coverage.Bounds.Extent", "double", "deg", "instr.fov"),
    Field(
        "time_middle",
        "(t_min + t_max) / 2",
        "Char.TimeAxis.Coverage.Location.Value",
        "double",
        "d",
        "time.epoch",
        "Middle of the day of the observation, MJD",
    ),
    Field("time_extent", "t_exptime", "Char.TimeAxis.Coverage.Bounds.Extent", "double", "s", "time.duration"),
    Field(
        "time_start", "t_min", "Char.TimeAxis.Coverage.Bounds.Start", "double", "d", "time.start;obs.exposure"
    ),
    Field(
        "time_stop", "t_max", "Char.TimeAxis.Coverage.Bounds.Stop", "double", "d", "time.stop;obs.exposure"
    ),
    Field(
        "band_middle",
        "(em_min + em_max) / 2",
        "Char.SpectralAxis.Coverage.Location.Value",
        "double",
        "m",
        "instr.bandpass",
    ),
    Field(
        "band_extent",
        "em_max - em_min",
        "Char.SpectralAxis.Coverage.Bounds.Extent",
        "double",
        "m",
        "instr.bandwidth",
    ),
    Field("band_start", "em_min", "Char.SpectralAxis.Coverage.Bounds.Start", "double", "m", "em.wl;stat.min"),
    Field("band_stop", "em_max", "Char.SpectralAxis.Coverage.Bounds.Stop", "double", "m", "em.wl;stat.max"),
    Field("length", "em_xel", "Dataset.Length", "long", ucd="meta.number"),
]
PLACES, TIMES = ("ra", "dec", "target_position", "location"), ("time_middle", "time_start", "time_stop")
REFERENCES = {**dict.fromkeys(PLACES, ICRS), **dict.fromkeys(TIMES, MJD_UTC)}
INPUTS = {
    "POS": ("char", "Right ascension and declination, ICRS, e.g. 150.1,2.2"),
    "SIZE": ("double", f"Diameter of the region in degrees; {SIZE:g} by default"),
    "BAND": ("char", "Wavelengths in metres: values and ranges, e.g. 4e-7/5e-7,6.563e-7"),
    "TIME": ("char", "Times as ISO 8601: values and ranges, e.g. 2012-01-01/2013,2015-05"),
    "FORMAT": ("char", "votable, or METADATA"),
    "TARGETNAME": ("char", "Names of objects"),
    "PUBDID": ("char", "Identifiers of spectra"),
    "COLLECTION": ("char", "A part of the name of the collection"),
    "MAXREC": ("int", "Rows at most"),
}


async def ssa(asked: Asked) -> Response:
    """Answer a request; what is wrong with it is said in a VOTable."""
    try:
        return await _answered(asked)
    except Refused as error:
        return text(error_document(str(error)), MEDIA, error.status if error.status == 503 else 200)


async def _answered(asked: Asked) -> Response:
    given = asked.given
    request = given.one("REQUEST") or "queryData"
    if request.lower() != "querydata":
        raise Refused(f"REQUEST is queryData, not {request[:40]!r}")
    if (version := given.one("VERSION")) and version.strip() not in ("1.0", "1.03", "1.04", "1.1"):
        raise Refused(f"VERSION is 1.1, not {version[:20]!r}")
    wanted = (given.one("FORMAT") or "all").strip().lower()
    if wanted == "metadata":
        return text(_metadata(asked), MEDIA)
    if asked.scope.obscore is None:
        raise Refused("there are no spectra here")
    names = [word.strip().partition(";")[0] for word in wanted.split(",")]
    unknown = [name for name in names if name not in TABLES + OTHERS]
    conditions = _conditions(given)
    if unknown or not any(name in TABLES for name in names):
        conditions = ["FALSE"]  # no spectrum has this format
    limit = given.rows(asked.limits.usual_rows, asked.limits.rows)
    if top := given.one("TOP"):
        limit = min(limit, int(as_number("TOP", top, 0, 1e9)))
    chosen = ", ".join(f"{f.sql} AS {quoted(f.name)}" for f in FIELDS)
    where = " AND ".join(conditions) or "TRUE"
    format = find_format(given.one("RESPONSEFORMAT"), TABLEDATA)
    if format not in (VOTABLE, TABLEDATA):
        raise Refused("the list of spectra is a VOTable: RESPONSEFORMAT is votable or votable/td")
    form = Form(format, limit, _infos(asked), "spectra", after=links_descriptor(asked.base, "publisherDID"))
    statement = f"SELECT {chosen} FROM {asked.scope.obscore.sql} WHERE {where}"
    file, _ = await asked.answer(statement, _columns(), form)
    return FileResponse(file, MEDIA, asked.limits.sending)


def _columns() -> list[Column]:
    return [
        Column(
            f.name,
            f.datatype,
            None,
            f.unit,
            f.ucd,
            f.about,
            f"ssa:{f.utype}" if f.utype else None,
            ident=f.ident,
            ref=REFERENCES.get(f.name),
        )
        for f in FIELDS
    ]


def _infos(asked: Asked) -> list[str]:
    return [
        info("SERVICE_PROTOCOL", "1.1", "SSAP"),
        info("REQUEST", "queryData"),
        info("publisher", asked.scope.title),
        info("maxrec", str(asked.limits.rows), "The most rows that MAXREC can ask for"),
    ]


def _metadata(asked: Asked) -> bytes:
    """The parameters that are understood, and the columns of answers, without rows."""
    inputs = "".join(
        field(Column(f"INPUT:{name}", kind, "*" if kind == "char" else None, description=about), "PARAM",
              "" if kind == "char" else str(asked.limits.usual_rows) if kind == "int" else str(SIZE))
        for name, (kind, about) in INPUTS.items()
    )  # fmt: skip
    fields = "".join(field(_sized(c)) for c in _columns())
    infos = [info("QUERY_STATUS", "OK"), *_infos(asked)]
    before = f"{head(infos)}{inputs}{systems_of(_columns())}"
    return f"{before}<TABLE>\n{fields}</TABLE>\n</RESOURCE>\n</VOTABLE>\n".encode()


def _sized(column: Column) -> Column:
    sizes = {"char": "*", "unicodeChar": "*"}
    return replace(
        column,
        arraysize="2" if column.name in ("location", "target_position") else sizes.get(column.datatype),
    )


def _conditions(given: Parameters) -> list[str]:
    found = []
    if pos := given.one("POS"):
        ra, dec = _position(pos)
        size = as_number("SIZE", given.one("SIZE") or str(SIZE), 0, 360)
        apart = degrees_apart("s_ra", "s_dec", f"{ra!r}::DOUBLE", f"{dec!r}::DOUBLE")
        found.append(f"{apart} <= {size / 2!r}::DOUBLE")
    elif "SIZE" in given and (given.one("SIZE") or "").strip():
        as_number("SIZE", given.one("SIZE") or "", 0, 360)
    for name, read, low, high in (("BAND", _band, "em_min", "em_max"), ("TIME", _times, "t_min", "t_max")):
        if value := given.one(name):
            ranges = (read(one) for one in _listed(name, value))
            found.append(_any([f"{high} >= {_sql(a)} AND {low} <= {_sql(b)}" for a, b in ranges]))
    for name, column in (("TARGETNAME", "target_name"), ("PUBDID", "obs_publisher_did")):
        if value := given.one(name):
            # A name may have a comma itself.
            texts = dict.fromkeys([_text(name, value), *(t.strip() for t in _listed(name, value))])
            found.append(f"{column} IN ({', '.join(map(literal, texts))})")
    if collection := given.one("COLLECTION"):
        found.append(f"contains(lower(obs_collection), {literal(_text('COLLECTION', collection).lower())})")
    return found


def _listed(name: str, value: str) -> list[str]:
    """The values of a list, as SSA writes it: commas between them, a qualifier after a semicolon."""
    values = value.partition(";")[0].split(",")
    if len(values) > VALUES:
        raise Refused(f"{name} has more than {VALUES} values")
    return values


def _any(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(f'({one})' for one in conditions)})"


def _text(name: str, value: str) -> str:
    if "\0" in value or len(value) > 1_000:
        raise Refused(f"{name} is a text of up to 1,000 characters")
    return value


def _sql(value: float) -> str:
    return f"'{value!r}'::DOUBLE"


def _position(text: str) -> tuple[float, float]:
    place, _, frame = text.partition(";")
    if frame.strip().upper() not in ("", "ICRS", "FK5"):
        raise Refused(f"POS is in ICRS here, not in {frame[:20]!r}")
    parts = place.split(",")
    if len(parts) != 2:
        raise Refused(f"POS is a right ascension, a comma and a declination, not {text[:60]!r}")
    return as_number("POS", parts[0], -360, 360), as_number("POS", parts[1], -90, 90)


def _band(text: str) -> tuple[float, float]:
    """An interval low/high in metres: either end may be missing, one value is both."""
    ends = [end.strip() for end in text.split("/")]
    if len(ends) > 2 or not any(ends):
        raise Refused(
            f"BAND is a value or a range low/high in metres, or several with commas, not {text[:60]!r}"
        )
    low, high = (
        _wavelength(end, otherwise) for end, otherwise in ((ends[0], -math.inf), (ends[-1], math.inf))
    )
    if low > high:
        raise Refused(f"BAND: the range {text[:60]!r} ends before it begins")
    return low, high


def _wavelength(text: str, otherwise: float) -> float:
    """A wavelength in metres; the end of an open range."""
    if text.lower() in ("", f"{otherwise}", f"{otherwise:+}"):
        return otherwise
    if not text[0].isalpha():
        return as_number("BAND", text, 0, 1e9)
    raise Refused(f"BAND is in metres here, e.g. 5e-7 or 4e-7/7e-7; the name {text[:20]!r} is not known")


def _times(text: str) -> tuple[float, float]:
    """A range of MJD; a date without a time is the whole day, a year the whole year."""
    ends = text.strip().split("/")
    if len(ends) > 2 or not any(e.strip() for e in ends):
        raise Refused(f"TIME is a time or a range of times, or several with commas, not {text[:60]!r}")
    first = _mjd(ends[0])[0] if ends[0].strip() else -math.inf
    last = _mjd(ends[-1])[1] if ends[-1].strip() else math.inf
    if ends[-1].strip() and first > _mjd(ends[-1])[0] and len(ends) > 1:
        raise Refused(f"TIME: the range {text[:60]!r} ends before it begins")
    return first, last


def _mjd(text: str) -> tuple[float, float]:
    word = text.strip()
    for pattern, length in (("%Y", "year"), ("%Y-%m", "month"), ("%Y-%m-%d", "day")):
        try:
            begin = datetime.strptime(word, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        if length == "year":
            end = begin.replace(year=begin.year + 1) if begin.year < 9999 else begin
        elif length == "month":
            later = begin.year + begin.month // 12
            end = begin.replace(year=min(later, 9999), month=begin.month % 12 + 1)
        else:
            return _days(begin), _days(begin) + 1
        return _days(begin), _days(end)
    try:
        found = datetime.fromisoformat(word.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(f"TIME is ISO 8601, such as 2012-01-31T12:00:00, not {text[:40]!r}") from None
    days = _days(found if found.tzinfo else found.replace(tzinfo=UTC))
    return days, days


def _days(moment: datetime) -> float:
    return (moment - BEGINNING).total_seconds() / 86_400
