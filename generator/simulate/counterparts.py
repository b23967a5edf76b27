"""The sky of a simulated catalogue as Gaia would see it: another catalogue to show cross-matches with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .catalogue import targets_of
from .observe import gaia_ids, shares, source_ids
from .sky import RADIUS, Floats, Ints, Targets, centre, field_targets, offset, pointings, rng

OWN_EPOCH, EPOCH = 2000.0, 2016.0
"""Julian years of the positions of simulated catalogues, and of those here."""
SCATTER = 0.16
"""Arcsec: of positions of simulated catalogues in each coordinate."""
DOUBLE = 0.06
"""Share of targets with a fainter object beside them."""
FAINT, LIMIT = 14.5, 21.0
"""Magnitudes beyond which no radial velocity is measured, and no object seen."""
SCHEMA = pa.schema([
    ("source_id", pa.int64()), ("ra", pa.float64()), ("dec", pa.float64()),
    ("parallax", pa.float64()), ("parallax_error", pa.float32()),
    ("pmra", pa.float64()), ("pmdec", pa.float64()), ("ruwe", pa.float32()),
    ("phot_g_mean_mag", pa.float32()), ("phot_bp_mean_mag", pa.float32()), ("phot_rp_mean_mag", pa.float32()),
    ("radial_velocity", pa.float32()),
])  # fmt: skip


def write_counterparts(kind: str, rows: int, seed: int, others: float, file: Path) -> None:
    """Write a Parquet file with the columns of Gaia DR3, a row for each object.

    Args:
        kind: of the simulated catalogue whose targets are seen again.
        rows: of that catalogue.
        seed: of that catalogue.
        others: number of objects that are no targets, for each target.
        file: where to write.
    """
    with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for batch in _batches(kind, rows, seed, others):
            writer.write_batch(batch)


def _batches(kind: str, rows: int, seed: int, others: float) -> Iterator[pa.RecordBatch]:
    """A batch for each field."""
    most: dict[int, int] = {}
    for pointing in pointings(targets_of(kind, rows), seed) if rows else []:
        most[pointing.field] = max(most.get(pointing.field, 0), pointing.targets)
    for field, count in most.items():
        yield _objects(seed, field, field_targets(seed, field, count), others)


def _objects(seed: int, field: int, targets: Targets, others: float) -> pa.RecordBatch:
    """The objects of a field: targets that have an id in Gaia, companions of some, and objects anywhere."""
    random = rng(seed, 7, field)
    ids = gaia_ids(targets.ra, targets.dec)
    seen = np.flatnonzero(ids > 0)
    twins = seen[random.random(len(seen)) < DOUBLE]
    more = random.poisson(others * len(targets))
    size = len(seen) + len(twins) + more
    apart, angle = random.uniform(0.7, 6, len(twins)), random.uniform(0, 2 * np.pi, len(twins))
    distance, around = RADIUS * np.sqrt(random.random(more)), random.uniform(0, 2 * np.pi, more)
    any_ra, any_dec = offset(centre(seed, field), distance * np.cos(around), distance * np.sin(around))
    source = np.concatenate([seen, twins, random.integers(0, len(targets), more)])
    ra = np.concatenate([targets.ra[seen], targets.ra[twins], any_ra])
    dec = np.concatenate([targets.dec[seen], targets.dec[twins], any_dec])
    east, north = random.normal(0, SCATTER, (2, size))
    at = slice(len(seen), len(seen) + len(twins))
    east[at], north[at] = apart * np.sin(angle), apart * np.cos(angle)
    g = np.round(targets.r + 0.05 + 0.1 * shares(targets.ra, targets.dec), 4)[source]
    g[len(seen) :] += np.round(np.abs(random.normal(0, 1.5, size - len(seen))), 4)
    motion = _motions(random, targets, source, g)
    years = EPOCH - OWN_EPOCH
    east, north = east + motion["pmra"] * years / 1000, north + motion["pmdec"] * years / 1000
    ra, dec = (ra + east / 3600 / np.cos(np.radians(dec))) % 360, np.clip(dec + north / 3600, -90, 90)
    ids = np.concatenate([ids[seen], ids[twins] + 64, source_ids(any_ra, any_dec) + 32])
    columns = {"source_id": ids, "ra": ra, "dec": dec} | motion | _photometry(random, targets, source, g)
    batch = pa.RecordBatch.from_arrays(
        [pa.array(columns[f.name], from_pandas=True).cast(f.type) for f in SCHEMA], schema=SCHEMA
    )
    return batch.filter(pa.array(g < LIMIT))


def _motions(random: np.random.Generator, targets: Targets, source: Ints, g: Floats) -> dict[str, Floats]:
    """Parallaxes and proper motions: of stars by their distance, of others zero; with errors."""
    size, star = len(source), targets.kind[source] == 0
    giant = targets.logg[source] < 3.5
    absolute = np.where(giant, 0.8, 4.7 + (5800 - targets.teff[source]) / 620)
    parallax = np.where(star, np.minimum(10 ** (0.2 * (absolute - g) + 2), 60), 0.0)
    across = random.normal(0, 38, (2, size)) / 4.74 * parallax
    error = 0.02 * 10 ** (0.2 * np.maximum(g - 14, 0))
    east, north = across + random.normal(0, 1, (2, size)) * error
    return {
        "parallax": np.round(parallax + random.normal(0, 1, size) * error, 4),
        "parallax_error": np.round(error, 4),
        "pmra": np.round(east, 3),
        "pmdec": np.round(north, 3),
        "ruwe": np.round(np.exp(np.abs(random.normal(0, 0.12, size))) * 0.95, 3),
    }


def _photometry(random: np.random.Generator, targets: Targets, source: Ints, g: Floats) -> dict[str, Floats]:
    colour = np.where(
        targets.kind[source] == 0, np.clip((9000 - targets.teff[source]) / 4200, -0.2, 3.2), 0.7
    )
    measured = (targets.kind[source] == 0) & (g < FAINT)
    velocity = np.round(targets.rv[source] + random.normal(0, 1.5, len(source)), 2)
    return {
        "phot_g_mean_mag": g,
        "phot_bp_mean_mag": np.round(g + 0.45 * colour, 4),
        "phot_rp_mean_mag": np.round(g - 0.55 * colour, 4),
        "radial_velocity": np.where(measured, velocity, np.nan),
    }
