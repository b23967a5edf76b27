"""`drportal serve --vo` beside PostgreSQL with Q3C, which has the same rows: both are asked the same.

A cone of 10 arcmin, the row of an id, and a mean by class of all rows, by 1, 8 and 32 clients. PostgreSQL is
asked in SQL over its own protocol, ours in ADQL over HTTP with VOTables as answers: a service on PostgreSQL
would spend time on these too. Files are in the cache of the system. Counts of rows must be the same.

python -m benchmarks.services [--rows N] [--runs N] [--data DIR]
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from astropy.io import fits

from tests.conftest import free_port

from .data import COLUMNS, DRPORTAL, release, table
from .lines import CLIENTS, LINES, by_clients
from .measure import BENCH, arguments, print_line, run

MOST = 1_000_000
RADIUS = 1 / 6
"""Of the cones, in degrees: some three rows of a million."""
COUNTS = {"cone": 400, "id": 400, "mean by class": 24}
"""Questions of a run."""
AGGREGATE = "SELECT class, COUNT(*) AS n, AVG(teff) AS t FROM stars GROUP BY class"
KINDS = {"i8": "bigint", "f8": "double precision", "f4": "real", "i4": "integer", "S6": "text"}


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, if Q3C is there too."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    usable = [
        one
        for one in found
        if Path("/usr/share/postgresql", one.parts[-3], "extension/q3c.control").is_file()
    ]
    return usable[-1].parent if usable else None


@contextlib.contextmanager
def postgresql(bin: Path, source: Path) -> Iterator[tuple[str, int]]:
    """A cluster in a temporary folder with the rows of a FITS table; yields connection and process."""
    with tempfile.TemporaryDirectory(prefix="drportal-pg-") as name:
        folder = Path(name)
        user: dict[str, Any] = {}
        if os.getuid() == 0:  # PostgreSQL does not run as root
            user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody")
        environment = {"PATH": f"{bin}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": name}
        command = [bin / "initdb", "-D", folder / "data", "-U", "bench", "-A", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder, **user)
        port = free_port()
        settings = {
            "port": port, "listen_addresses": "", "unix_socket_directories": name, "max_connections": 64,
            "shared_buffers": "1GB", "work_mem": "64MB", "effective_cache_size": "4GB",
            "random_page_cost": 1.1,
        }  # fmt: skip
        flags = [f"-c{key}={value}" for key, value in settings.items()]
        place = f"host={name} port={port} user=bench dbname=postgres"
        with subprocess.Popen(
            [bin / "postgres", "-D", folder / "data", *flags], env=environment, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user,
        ) as server:  # fmt: skip
            try:
                fill(bin, place, source, folder)
                yield place, server.pid
            finally:
                server.terminate()


def fill(bin: Path, place: str, source: Path, folder: Path) -> None:
    """Copy the rows, in the order of the sky, and make the indexes that Q3C's manual asks for."""
    columns = ", ".join(f'"{name}" {KINDS[kind.lstrip(">")]}' for name, kind, *_ in COLUMNS)
    rows = folder / "rows.csv"
    run([sys.executable, "-m", __spec__.name, "csv", source, rows])
    statements = (
        "CREATE EXTENSION q3c",
        f"CREATE TABLE stars ({columns})",
        f"\\copy stars FROM '{rows}' CSV",
        "CREATE INDEX place ON stars (q3c_ang2ipix(ra, dec))",
        "CLUSTER stars USING place",
        "CREATE INDEX id ON stars (obsid)",
        "VACUUM ANALYZE stars",
    )
    for _ in range(100):
        if not subprocess.run([bin / "pg_isready", "-q", "-d", place], check=False).returncode:
            break
    else:
        raise RuntimeError("PostgreSQL does not start")
    for statement in statements:
        run([bin / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", place, "-c", statement])
    rows.unlink()


def write_csv(source: Path, target: Path) -> None:
    from astropy.table import Table

    rows = Table.read(source)
    rows.write(target, format="ascii.fast_no_header", delimiter=",")


@contextlib.contextmanager
def services(built: Path) -> Iterator[tuple[str, int]]:
    """Our services of a release; yields address and process."""
    with tempfile.TemporaryDirectory(prefix="drportal-vo-") as state:
        command = [DRPORTAL, "serve", built, "--vo", "--port", "0", "--quiet", "--state", state]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            try:
                yield server.stdout.readline().partition(" at ")[2].split()[0], server.pid
            finally:
                server.terminate()


def questions(source: Path) -> dict[str, tuple[list[Any], list[Any]]]:
    """The same questions to both, by their names: ours, and PostgreSQL's."""
    rows, draw = fits.getdata(source), np.random.default_rng(5)
    made: dict[str, tuple[list[Any], list[Any]]] = {}
    chosen = draw.integers(0, len(rows), COUNTS["cone"])
    cones = [(float(rows["ra"][n]), float(rows["dec"][n])) for n in chosen]
    ours = [
        [f"vo/scs/stars?{urlencode({'RA': a, 'DEC': d, 'SR': RADIUS, 'VERB': 3})}", None] for a, d in cones
    ]
    q3c = "SELECT * FROM stars WHERE q3c_radial_query(ra, dec, %s::float8, %s::float8, %s::float8)"
    made["cone"] = ours, [[q3c, (a, d, RADIUS)] for a, d in cones]
    ids = [int(rows["obsid"][n]) for n in draw.integers(0, len(rows), COUNTS["id"])]
    made["id"] = (
        [[_adql(f"SELECT * FROM stars WHERE obsid = {one}"), None] for one in ids],
        [["SELECT * FROM stars WHERE obsid = %s", (one,)] for one in ids],
    )
    count = COUNTS["mean by class"]
    made["mean by class"] = [[_adql(AGGREGATE), None]] * count, [[AGGREGATE, None]] * count
    return made


def _adql(statement: str) -> str:
    return f"vo/tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': statement, 'RESPONSEFORMAT': 'votable/td'})}"


def ask(kind: str, server: tuple[str, int], asked: list[Any], clients: int) -> dict[str, Any]:
    """Load a server; returns seconds of a question and milliseconds of its processor, and counts of rows."""
    given = {"kind": kind, "place": server[0], "server": server[1], "asked": asked, "clients": clients}
    spent = run([BENCH / "python", Path(__file__).with_name("services_load.py")], stdin=json.dumps(given))
    found: dict[str, Any] = json.loads(spent.output)
    return found | {
        "ms": 1000 * found["wall"] / len(asked),
        "processor": 1000 * found["processor"] / len(asked),
    }


def main() -> None:
    given = arguments(__doc__)
    rows = min(given.rows, MOST)
    bin = programs()
    if bin is None or not (BENCH / "python").exists():
        for line in LINES["services"]:
            print_line(
                line.name,
                None,
                missing="PostgreSQL with Q3C is not installed: apt-get install postgresql-15-q3c",
            )
        return
    built, source = release(given.data, rows), table(given.data, rows)
    asked = questions(source)
    with services(built) as ours, postgresql(bin, source) as theirs:
        for _ in range(given.runs):
            for what, (own, peer) in asked.items():
                for clients in CLIENTS:
                    one = ask("http", ours, own, clients)
                    other = ask("postgresql", theirs, peer, clients)
                    assert one["counts"] == other["counts"], f"{what}: counts of rows differ"
                    print_line(by_clients(what, clients, ", processor"), one["processor"], other["processor"])
                    print_line(by_clients(what, clients), one["ms"], other["ms"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["csv"]:
        write_csv(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
