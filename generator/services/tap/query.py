"""What a request for a query means, whether it is answered at once or by a job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..adql.compile import Compiled, compiled
from ..columns import Table
from ..faults import Refused
from ..limits import Limits
from ..parameters import Parameters
from ..results.votable import info
from ..results.writers import Form, Format, find_format
from ..scopes import Scope

LANGUAGES = {"ADQL": "2.1", "ADQL-2.1": "2.1", "ADQL-2.0": "2.0"}
"""Values of LANG."""
UPLOAD = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,62}),(\S+)")


@dataclass(frozen=True)
class Query:
    """A request for a query, with parameters that can have a meaning."""

    adql: str
    language: str
    format: Format
    limit: int

    def compiled(self, tables: Sequence[Table], limits: Limits) -> Compiled:
        """The statement for the database. Raises NotAdql."""
        return compiled(self.adql, tables, limits.statement_bytes)

    def form(self, scope: Scope, limits: Limits) -> Form:
        """What the answer is like, with its provenance."""
        infos = [
            info("server_software", "drportal"),
            info("standardID", "ivo://ivoa.net/std/TAP"),
            info("publisher", scope.title),
            info("query", self.adql[:10_000]),
            info("maxrec", str(self.limit), f"At most {limits.rows} rows and {limits.seconds:g} s"),
            info("time_limit", f"{limits.seconds:g}", f"A job may take {limits.job_seconds:g} s", unit="s"),
            info(
                "memory_limit", str(limits.memory), "Of all statements that run; more is on disk", unit="byte"
            ),
        ]
        return Form(self.format, self.limit, infos, "result", largest=limits.answer)


def read_query(given: Parameters, limits: Limits) -> Query:
    """Read the parameters of a query. Raises Refused."""
    request = given.one("REQUEST")
    if request is not None and request.strip().lower() != "doquery":
        raise Refused(f"REQUEST is doQuery, not {request[:40]!r}")
    language = (given.one("LANG") or "ADQL").strip()
    if language.upper() not in LANGUAGES:
        raise Refused(f"LANG is ADQL, not {language[:40]!r}")
    adql = given.needed("QUERY")
    return Query(adql, language, find_format(given.format), given.rows(limits.usual_rows, limits.rows))


def read_uploads(given: Parameters, jobs: str) -> dict[str, str]:
    """The tables of UPLOAD by their names: param:PART, a part of the form, or job:ID, the result of a job.

    `jobs` is the address of the jobs of the service. Nothing else is fetched: the service would reach what
    its clients cannot. Raises Refused.
    """
    found: dict[str, str] = {}
    for value in given.every("UPLOAD"):
        for one in filter(None, (part.strip() for part in value.split(";"))):
            match = UPLOAD.fullmatch(one)
            if not match:
                raise Refused(f"UPLOAD is a name, a comma and an address or param:PART, not {one[:60]!r}")
            name, address = match.groups()
            if name.lower() in (known.lower() for known in found):
                raise Refused(f"UPLOAD has two tables called {name}")
            found[name] = _place(address, given, jobs)
    return found


def _place(address: str, given: Parameters, jobs: str) -> str:
    if address.startswith("param:"):
        if address.removeprefix("param:") not in given.files:
            raise Refused(f"UPLOAD names {address[:60]!r}, which is no file of the form")
        return address
    ident = address.removeprefix(jobs).removesuffix("/results/result")
    if address.startswith(jobs) and address.endswith("/results/result") and "/" not in ident:
        return f"job:{ident}"
    raise Refused(f"UPLOAD takes results of jobs of this service and parts of the form, not {address[:60]!r}")


@dataclass(frozen=True)
class Uploaded:
    """A table that came with a request."""

    table: Table
    file: Path
