"""A catalogue matched with another at build, beside a join in DuckDB, STILTS and lsdb on the same rows.

The other catalogue is Tycho-2 where its file is (`OTHER`), else as many random positions. A quarter of the
rows, as far as there are objects, are within 1.5 arcsec of one. The rows are ingested before. Ours reads the
other catalogue and writes all rows with its columns. The floor joins the cells of rows with those of objects
and their neighbours, computes separations and writes the pairs alone.

python -m benchmarks.match [--rows N] [--runs N] [--data DIR]
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .lines import MATCH
from .measure import Spent, arguments, print_line, print_pair, run

FLOOR, MEMORY, STILTS, LSDB = (line.name for line in MATCH)
OTHER = Path(__file__).resolve().parents[2] / "shared" / "data" / "crossmatch" / "tycho2_positions.parquet"
OBJECTS = 1_871_011
RADIUS = 1.0
"""In arcsec."""
ORDER = 15
"""Of the cells that the floor joins: 6.4 arcsec wide."""
SETTINGS: dict[str, Any] = {
    "name": "tycho",
    "catalogue": "stars",
    "source": "other.fits",
    "roles": {"ra": "ra", "dec": "dec", "id": "number"},
    "radius": RADIUS,
    "columns": ["number", "mag"],
}


def prepared(folder: Path, rows: int) -> Path:
    """Return a folder with both tables as FITS, and the rows as a build keeps them."""
    made = folder / f"match-{rows}"
    if made.is_dir():
        return made
    unfinished = made.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    run([sys.executable, "-m", __spec__.name, "prepare", unfinished, rows])
    unfinished.rename(made)
    return made


def prepare(folder: Path, rows: int) -> None:
    from astropy.table import Table

    draw = np.random.default_rng(4)
    if OTHER.is_file():
        import pyarrow.parquet as pq

        table = pq.read_table(OTHER)
        ra, dec, mag = (table[name].to_numpy() for name in ("ra", "dec", "mag_vt"))
    else:
        ra, dec, mag = (*_anywhere(draw, OBJECTS), draw.normal(11, 1, OBJECTS).astype("f4"))
    other = {"number": np.arange(len(ra)), "ra": ra, "dec": dec, "mag": mag}
    Table(other).write(folder / "other.fits")
    near = draw.permutation(len(ra))[: rows // 4]
    apart, angle = draw.uniform(0, 1.5 / 3600, len(near)), draw.uniform(0, 2 * np.pi, len(near))
    north = np.clip(dec[near] + apart * np.cos(angle), -90, 90)
    east = (ra[near] + apart * np.sin(angle) / np.maximum(np.cos(np.radians(north)), 1e-6)) % 360
    far = _anywhere(draw, rows - len(near))
    order = draw.permutation(rows)
    own = [np.concatenate(pair)[order] for pair in zip((east, north), far, strict=True)]
    Table({"obsid": np.arange(rows), "ra": own[0], "dec": own[1]}).write(folder / "stars.fits")
    _ingest(folder, "stars", {"id": "obsid"})
    _ingest(folder, "other", {"id": "number"})


def _anywhere(draw: np.random.Generator, count: int) -> tuple[Any, Any]:
    return draw.uniform(0, 360, count), np.degrees(np.arcsin(draw.uniform(-1, 1, count)))


def _spec(folder: Path, name: str, roles: dict[str, str]) -> tuple[Any, Any]:
    from drportal.model import CatalogueSource, Release
    from drportal.model.crossmatch import Crossmatch

    values = {"name": name, "source": str(folder / f"{name}.fits"), "roles": roles, "margin": RADIUS}
    spec = CatalogueSource.model_validate(values)
    match = Crossmatch.model_validate(SETTINGS)
    release = Release(name="Benchmark", published="2020", catalogues=[spec], crossmatch=[])
    release.crossmatch = [match]
    release.file = folder / "release.toml"
    return spec, release


def _ingest(folder: Path, name: str, roles: dict[str, str]) -> None:
    from drportal.checksums import silent
    from drportal.ingest import ingest_catalogue
    from drportal.ingest.walk import make_rows

    spec, release = _spec(folder, name, roles)
    beside = folder / f"{name}_collection"
    ingest_catalogue(spec, release, folder / name, progress=silent, scripts=False, collection=beside)
    (folder / "rows" / name).mkdir(parents=True)
    make_rows(spec, release, folder / "rows" / name, silent)


def ours(folder: Path, out: Path) -> dict[str, Any]:
    """Read the other catalogue, and write all rows with its columns and the pairs."""
    import pyarrow.parquet as pq

    from drportal.checksums import silent
    from drportal.match.association import pair_file
    from drportal.match.other import read_other
    from drportal.match.sources import OtherFiles
    from drportal.match.walk import Match, make_joined

    spec, release = _spec(folder, "stars", {"id": "obsid"})
    (match,) = release.crossmatch
    for name in ("other", "joined"):
        (out / name).mkdir()
    read_other(match, None, OtherFiles([str(folder / "other.fits")], {}), release.file, out / "other")
    matches = [Match(match, "Tycho-2", RADIUS, out / "other")]
    make_joined(spec, release, folder / "rows" / "stars", matches, out / "joined", silent)
    return {"pairs": pq.read_metadata(pair_file(out / "joined", match)).num_rows}


def floor(folder: Path, out: Path) -> dict[str, Any]:
    """Join cells in DuckDB; the nearest object of each row is kept, as ours does."""
    import cdshealpix
    import duckdb
    import pyarrow as pa
    from astropy.coordinates import Latitude, Longitude
    from astropy.table import Table

    table = Table.read(folder / "other.fits")
    ra, dec, number = (
        np.ascontiguousarray(table[name].astype(kind))
        for name, kind in (("ra", "f8"), ("dec", "f8"), ("number", "i8"))
    )
    cells = cdshealpix.lonlat_to_healpix(Longitude(ra, "deg"), Latitude(dec, "deg"), ORDER)
    around = np.concatenate([cells[:, None], cdshealpix.neighbours(cells, ORDER)[:, :]], axis=1).astype("i8")
    around = np.sort(around, axis=1)
    keep = (around >= 0) & np.concatenate(
        [np.ones((len(around), 1), bool), np.diff(around, axis=1) != 0], axis=1
    )
    place = np.repeat(np.arange(len(ra)), keep.sum(axis=1))
    objects = pa.table({"cell": around[keep], "number": number[place], "ra": ra[place], "dec": dec[place]})
    files = str(folder / "rows" / "stars" / "rows" / "dataset" / "**" / "*.parquet").replace("'", "''")
    target = str(out / "pairs.parquet").replace("'", "''")
    apart = (
        "2 * degrees(asin(sqrt(sin(radians(o.dec - s.dec) / 2) ** 2"
        " + cos(radians(s.dec)) * cos(radians(o.dec)) * sin(radians(o.ra - s.ra) / 2) ** 2))) * 3600"
    )
    with duckdb.connect(
        config={"temp_directory": str(out / "spill"), "threads": os.cpu_count() or 1, "memory_limit": "2GB"}
    ) as base:
        base.register("objects", objects)
        pairs = f"""SELECT s.obsid, o.number, {apart} AS apart
            FROM read_parquet('{files}', hive_partitioning = false) s
            JOIN objects o ON s._healpix_29 >> {2 * (29 - ORDER)} = o.cell"""
        nearest = f"""SELECT obsid, arg_min(number, apart) AS number, min(apart) AS apart
            FROM ({pairs}) WHERE apart <= {RADIUS} GROUP BY obsid"""
        ((count,),) = base.execute(f"COPY ({nearest}) TO '{target}' (FORMAT parquet)").fetchall()
    return {"pairs": count}


def by_lsdb(folder: Path, _out: Path) -> dict[str, Any]:
    import lsdb

    own = lsdb.open_catalog(folder / "stars_collection", columns=["obsid", "ra", "dec"])
    other = lsdb.open_catalog(folder / "other_collection", columns=["number", "ra", "dec"])
    found = own.crossmatch(other, radius_arcsec=RADIUS, n_neighbors=1, suffixes=("", "_2")).compute()
    return {"pairs": len(found)}


def stilts(folder: Path, out: Path) -> Spent:
    pairs = out / "pairs.fits"
    spent = run(
        ["stilts", "-Xmx3g", "tskymatch2", f"in1={folder / 'stars.fits'}", f"in2={folder / 'other.fits'}",
         "ra1=ra", "dec1=dec", "ra2=ra", "dec2=dec", f"error={RADIUS}", "find=best1", f"out={pairs}"]
    )  # fmt: skip
    from astropy.io import fits

    spent.stages = {"pairs": fits.getheader(pairs, 1)["NAXIS2"]}
    return spent


def alone(what: str, folder: Path, scratch: Path) -> Spent:
    """Run one of the functions above as a process of its own."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        if what == "stilts":
            return stilts(folder, Path(out))
        spent = run([sys.executable, "-m", __spec__.name, what, folder, out])
    spent.stages = json.loads(spent.output.splitlines()[-1])
    return spent


def main() -> None:
    given = arguments(__doc__)
    folder = prepared(given.data, given.rows)
    peers = {FLOOR: "floor", STILTS: "stilts", LSDB: "by_lsdb"}
    lacks = {"stilts": not shutil.which("stilts"), "by_lsdb": importlib.util.find_spec("lsdb") is None}
    for _ in range(given.runs):
        spent = alone("ours", folder, given.data)
        facts = {"pairs": spent.stages["pairs"], "real": OTHER.is_file()}
        for line, peer in peers.items():
            if lacks.get(peer):
                print_pair(line, spent, missing=f"{peer.removeprefix('by_')} is not installed", **facts)
                continue
            theirs = alone(peer, folder, given.data)
            assert theirs.stages["pairs"] == spent.stages["pairs"], f"{peer}: {theirs.stages}, ours: {facts}"
            print_pair(line, spent, theirs, **facts)
        print_line(MEMORY, spent.memory)


FUNCTIONS = {"ours": ours, "floor": floor, "by_lsdb": by_lsdb}

if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) > 1 and sys.argv[1] in FUNCTIONS:
        print(json.dumps(FUNCTIONS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
