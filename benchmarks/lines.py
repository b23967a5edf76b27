"""The lines of the table: what is measured, beside what, and the ratio that is wanted.

`docs/performance.md` explains each. A benchmark gives runs of its lines (`measure.py`); a line without one is
shown as missing. Less is better in every line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`target` is the largest ratio to the peer that is wanted, or the largest value if there is no peer."""

    name: str
    unit: str
    peer: str = ""
    target: float | None = None


FLOOR = "NumPy, cdshealpix, DuckDB"
DUCKDB = "DuckDB, one thread"
BARE = "the engine on a bare page"
INGEST = (
    Line("FITS to a catalogue, processor", "s", FLOOR, 2.5),
    Line("FITS to a catalogue", "s", FLOOR, 2.5),
    Line("FITS to a catalogue, memory", "MB", target=1500),
    Line("FITS to a catalogue, beside hats-import", "s", "hats-import, 2 workers", 0.125),
    Line("scripts for pages from disk", "MB", "Parquet", 1.1),
)
MATCH = (
    Line("match with Tycho-2", "s", "DuckDB, a join on HEALPix", 4),
    Line("match with Tycho-2, memory", "MB", target=2000),
    Line("match with Tycho-2, beside STILTS", "s", "stilts tskymatch2", 1),
    Line("match with Tycho-2, beside lsdb", "s", "lsdb", 1),
)
LARGE = "ingest-large"
"""The benchmark `ingest` with 40 million rows."""


def _answers() -> tuple[Line, ...]:
    """Statements in a page: cold in a new page, again with all bytes in memory."""
    ways = ("Chromium", 3, 2), ("Chromium, disk", 4, 2), ("Firefox", 4, 3)
    return tuple(
        Line(f"{what}: {way}, {when}", "s", f"{DUCKDB}, {'first' if when == 'cold' else 'warm'}", target)
        for what in ("group by class, avg(teff)", "filter, top 20 of five columns")
        for way, cold, again in ways
        for when, target in (("cold", cold), ("again", again))
    )


def _starts() -> tuple[Line, ...]:
    cases = ("fresh", 1.5), ("again", 1.5), ("slow", 1.5), ("disk", 1.5)
    return tuple(
        Line(f"first answer of a search: {browser}, {case}", "s", f"{BARE}, {case}", target)
        for browser in ("Chromium", "Firefox")
        for case, target in cases
        if (browser, case) != ("Firefox", "slow")  # Firefox cannot be given a slow network
    )


def _pages() -> tuple[Line, ...]:
    peers = ("Hugo", (10, 10, 10)), ("Zensical", (1, 1, 1)), ("MkDocs", (0.25, 0.1, 0.1))
    cases = "first build", "nothing changed", "one page changed"
    return tuple(
        Line(f"pages, {case}: beside {peer}", "s", peer, target)
        for peer, targets in peers
        for case, target in zip(cases, targets, strict=True)
    )


POSTGRESQL = "PostgreSQL with Q3C"
CLIENTS = 1, 8, 32
QUESTIONS = {"cone": 10.0, "id": 100.0, "mean by class": 0.5}
"""Questions to services, with the largest ratio to PostgreSQL that is wanted."""


def by_clients(what: str, clients: int, more: str = "") -> str:
    """The name of the line of a question that clients ask at once."""
    return f"{what} by services: {clients} {'client' if clients == 1 else 'clients'}{more}"


def _services() -> tuple[Line, ...]:
    return tuple(
        Line(by_clients(what, clients, more), "ms", POSTGRESQL, target)
        for what, target in QUESTIONS.items()
        for clients in CLIENTS
        for more in (", processor", "")
    )


WEIGHED = ("index.html", "search.html", "sql.html", "object.html", "spectrum.html", "sky.html")
LINES: dict[str, tuple[Line, ...]] = {
    "engine": (
        *_answers(),
        Line("look-up of an id", "s", f"{DUCKDB}, first", 1),
        Line("cone of 1 deg beside lsdb", "s", "lsdb", 0.5),
    ),
    "start": (
        *_starts(),
        *(Line(f"weight of {page}", "kB", target=150) for page in WEIGHED),
    ),
    "search": (
        Line("1,000,000 rows ready", "s", DUCKDB, 3),
        Line("scrolling, 95 % of frames", "ms", "60 frames a second", 2),
        Line("100,000 targets, nearest within 3 arcsec, beside STILTS", "s", "stilts tskymatch2", 2),
        Line("100,000 targets, nearest within 3 arcsec, beside astropy", "s", "astropy", 2),
        Line("facts beside a spectrum", "kB", "a page of the index and a tile", 1.1),
    ),
    "ingest": INGEST,
    "match": MATCH,
    "services": _services(),
    LARGE: tuple(Line(f"{one.name}, large", one.unit, one.peer, one.target) for one in INGEST),
    "pages": _pages(),
    "differences": (Line("differences of two releases", "s", "DuckDB, a join of all columns", 3),),
    "sealed": (
        Line("encrypting a release", "s", "SHA-256 and AES-GCM of its bytes", 3),
        Line("decrypting it", "s", "SHA-256 and AES-GCM of its bytes", 3),
    ),
    "spectra": (
        Line("packing spectra, processor", "s", "astropy, reading", 1),
        Line("packing spectra, nothing changed", "s", "astropy, reading", 0.05),
    ),
    "image": (
        Line("image of a disc", "s", "genisoimage", 2),
        Line("verifying it", "s", "SHA-256 of its files", 2),
    ),
}
