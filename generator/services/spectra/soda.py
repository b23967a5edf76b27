"""SODA 1.0: a spectrum, or the part of it in a band, as a table."""

from __future__ import annotations

import math

from starlette.responses import Response

from ...standards.arrow_values import plain
from ..faults import NotFound, Refused
from ..results.votable import info
from ..results.writers import Form, Outcome, find_format
from ..sending import FileResponse, text
from ..sending import plain as plain_text
from ..service import Asked
from .cutout import Interval, table_of
from .found import named

OTHERS = ("POS", "CIRCLE", "POLYGON", "TIME", "POL")


async def soda(asked: Asked) -> Response:
    """Answer a request; what is wrong with it is said in text, as the standard wants."""
    try:
        return await _cut(asked)
    except NotFound as error:
        return plain_text(f"NotFoundFault: {error}", 404)
    except Refused as error:
        fault = "ServiceUnavailable" if error.status == 503 else "UsageFault"
        return plain_text(f"{fault}: {error}", error.status)


def read_band(values: list[str]) -> Interval | None:
    """BAND: two wavelengths in metres, either of which may be infinite, or one. Raises Refused."""
    found = list(dict.fromkeys(v.strip() for v in values))
    if not found:
        return None
    if len(found) > 1:
        raise Refused("MultiValuedParamNotSupported: BAND can be given once")
    words = found[0].split()
    try:
        numbers = [float(w) for w in words]
    except ValueError:
        numbers = []
    if len(numbers) == 1:
        numbers *= 2
    if len(numbers) != 2 or any(map(math.isnan, numbers)) or numbers[0] > numbers[1]:
        raise Refused(f"BAND is two wavelengths in metres, the shorter first, not {found[0][:60]!r}")
    return numbers[0], numbers[1]


async def _cut(asked: Asked) -> Response:
    given = asked.given
    for name in OTHERS:
        if name in given:
            raise Refused(f"{name} does not select from a spectrum: use BAND")
    if len(dict.fromkeys(given.every("ID"))) > 1:
        raise Refused("MultiValuedParamNotSupported: ID can be given once")
    wanted = named(asked.scope, given.needed("ID"))
    band = read_band(given.every("BAND"))
    format = find_format(given.format)
    file = asked.service.new_file()

    def work(running: object) -> Outcome:
        found = wanted.read(asked.snapshot)
        columns, arrays, rows = table_of(wanted, found, band)
        infos = [
            info("publisherDID", wanted.did), info("title", f"{wanted.release.words.label} {wanted.ident}"),
            info("collection", wanted.set.name), info("standardID", "ivo://ivoa.net/std/SODA#sync-1.0"),
        ]  # fmt: skip
        form = Form(format, rows, infos, "spectrum", utype="spec:Spectrum")
        writer = format.make(file, columns, form)  # type: ignore[arg-type]
        writer.write([plain(a) for a in arrays], rows)
        writer.end(False)
        return Outcome(rows, False)

    try:
        outcome = await asked.service.run(work, asked.limits.seconds, asked.gone)
    except BaseException:
        file.close()
        raise
    if not outcome.rows:
        file.close()
        return text(b"", "text/plain", 204)
    name = f"{wanted.set.name}-{wanted.ident}.{format.ending}".encode("ascii", "replace").decode()
    safe = "".join(c if c.isalnum() or c in "-._" else "_" for c in name)
    headers = {"Content-Disposition": f'inline; filename="{safe}"'}
    return FileResponse(file, format.media, asked.limits.sending, headers)
