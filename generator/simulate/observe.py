"""Observe the targets of a pointing: fibres, noise, and the columns of each catalogue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cdshealpix
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from astropy.coordinates import Latitude, Longitude
from numpy.typing import NDArray

from ..model.night import MJD_0
from .names import designations, joined, pick, spectral_types, text_of
from .sky import Floats, Ints, Pointing, Targets, field_targets, rng

Columns = dict[str, Any]
NONE = -9999
MRS_ROWS = 8
"""Rows per target in the medium-resolution catalogue: three exposures and their sum, in two bands."""


def observe(kind: str, pointing: Pointing, seed: int) -> Columns:
    """The rows of a pointing for one kind of catalogue, as arrays by column name."""
    targets = field_targets(seed, pointing.field, pointing.targets)
    random = rng(seed, 3, pointing.number)
    order, spid, fiber = _fibres(targets, random)
    targets = _reordered(targets, order)
    common = _common(targets, pointing, spid, fiber, random)
    if kind == "mrs":
        return _medium(common, targets, random)
    low = _low(common, targets, random)
    return _stellar(low, targets, rng(seed, 4, pointing.number)) if kind == "lrs_stellar" else low


def _reordered(targets: Targets, order: Ints) -> Targets:
    return Targets(*(getattr(targets, name)[order] for name in Targets.__dataclass_fields__))


def _fibres(targets: Targets, random: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Order of targets by fibre, and their spectrographs and fibres: neighbours share a spectrograph."""
    count = len(targets)
    ra = (targets.ra - np.median(targets.ra) + 180) % 360 - 180
    ring = np.argsort(
        np.argsort(np.hypot(ra * np.cos(np.radians(targets.dec)), targets.dec - targets.dec.mean()))
    )
    angle = np.arctan2(targets.dec - targets.dec.mean(), ra)
    order = np.lexsort((angle, ring * 4 // count > 0))
    rank = np.arange(count)
    spid = rank * 16 // count
    first = -(-spid * count // 16)
    size = -(-(spid + 1) * count // 16) - first
    shift = random.integers(0, 250, 16)[spid]
    fiber = ((rank - first) * 250 // np.maximum(size, 1) + shift) % 250
    return order, spid + 1, fiber + 1


def _common(
    targets: Targets, pointing: Pointing, spid: Ints, fiber: Ints, random: np.random.Generator
) -> Columns:
    """Columns that every catalogue has; properties of a target are derived from its position."""
    count = len(targets)
    ra, dec = _written(targets.ra, targets.dec)
    # Properties of a target depend on its position, not on the fibre of this pointing.
    own = _own(ra, dec)
    share = own / 2**31
    pixel = _pixels(ra, dec)
    gaia = gaia_ids(ra, dec)
    pan_starrs = _pan_starrs(ra, dec, own)
    from_gaia, from_pan = share < 0.7, (share >= 0.7) & (share < 0.95)
    offset = share > 0.985
    distance = np.where(offset, np.round(1 + 4 * (share - 0.985) / 0.015, 3), 0.0)
    night = MJD_0 + timedelta(days=pointing.mjd)
    same = np.zeros(count, np.int64)
    return {
        "obsid": pointing.number * 100_000 + spid * 1000 + fiber,
        "uid": joined(
            pick(["G", "P", "L"], np.where(from_gaia, 0, np.where(from_pan, 1, 2))), text_of(pixel)
        ),
        "gp_id": np.where(from_gaia, np.where(gaia > 0, gaia, NONE), np.where(from_pan, pan_starrs, NONE)),
        "designation": designations(ra, dec),
        "obsdate": pick([night.isoformat()], same),
        "lmjd": same + pointing.mjd + 1,
        "mjd": same + pointing.mjd,
        "planid": pick([pointing.planid], same),
        "spid": spid,
        "fiberid": fiber,
        "ra_obs": np.where(offset, np.round(ra + distance / 3600, 6) % 360, ra),
        "dec_obs": dec,
        "ps_id": pan_starrs,
        "gaia_source_id": text_of(gaia),
        "gaia_g_mean_mag": np.where(gaia > 0, np.round(targets.r + 0.05 + 0.1 * share, 4), NONE),
        "tsource": pick(["LEGUE_LCH", "JFLEGAS", "UCAS", "LAMOST_team"], own % 4),
        "fibertype": pick(["Obj", "F-std"], (share > 0.975).astype(np.int64)),
        "tfrom": pick(["LCH100020", "PS1_Gaia_DR2", "LEGAS_L15", "SDSS_N,S", "2MASS"], own % 5),
        "tcomment": text_of(own),
        "offset": offset.astype(np.int64),
        "offset_v": distance,
        "ra": ra,
        "dec": dec,
        "fibermask": np.where(random.random(count) < 0.08, 2 ** random.integers(0, 8, count), 0),
        "own": own,
    }


def _own(ra: Floats, dec: Floats) -> Ints:
    """A number of 31 bits for each position, with no pattern."""
    return (
        np.round(ra * 1e6).astype(np.int64) * 2654435761 + np.round(dec * 1e6).astype(np.int64) * 40503
    ) & 0x7FFFFFFF


def _pixels(ra: Floats, dec: Floats) -> Ints:
    found: Ints = cdshealpix.lonlat_to_healpix(Longitude(ra, "deg"), Latitude(dec, "deg"), 22).astype(
        np.int64
    )
    return found


def _written(ra: Floats, dec: Floats) -> tuple[Floats, Floats]:
    """Positions as catalogues give them."""
    return np.round(ra, 6) % 360, np.round(dec, 6)


def shares(ra: Floats, dec: Floats) -> Floats:
    """A number from 0 to 1 for each position, with no pattern."""
    return _own(*_written(ra, dec)) / 2**31


def source_ids(ra: Floats, dec: Floats) -> Ints:
    """Ids as in Gaia: the HEALPix pixel, and a number in it."""
    ra, dec = _written(ra, dec)
    return (_pixels(ra, dec) >> 20) * 2**35 + (_own(ra, dec) & 0x3FFFFFF) * 128


def gaia_ids(ra: Floats, dec: Floats) -> Ints:
    """The same for targets; -9999 for those that Gaia has not seen."""
    return np.where(shares(ra, dec) < 0.93, source_ids(ra, dec), NONE)


def _pan_starrs(ra: Floats, dec: Floats, own: Ints) -> Ints:
    """Object numbers as in Pan-STARRS: zone of declination, right ascension, and remaining digits."""
    zone = np.floor((dec + 90) / 0.0083333).astype(np.int64)
    number = zone * 10**13 + np.round(ra * 1e6).astype(np.int64) * 10**4 + own % 10**4
    return np.where(own % 100 < 90, number, NONE)


def _low(columns: Columns, targets: Targets, random: np.random.Generator) -> Columns:
    count = len(targets)
    own = columns.pop("own")
    star = targets.kind == 0
    colour = np.where(star, (7000 - targets.teff) / 3200, 0.6)
    transparency = random.normal(0, 0.25)
    level = 10 ** (0.4 * 0.62 * (17.3 - targets.r)) * 11 * np.exp(random.normal(transparency, 0.35, count))
    absent = random.random(count) < 0.001
    for band, tilt, factor in [
        ("u", 2.2, 0.18),
        ("g", 1.0, 0.6),
        ("r", 0.0, 1.0),
        ("i", -0.4, 1.15),
        ("z", -0.6, 0.9),
    ]:
        value = np.clip(
            level * factor * np.exp(-0.35 * tilt * colour + random.normal(0, 0.08, count)), 0, 999.99
        )
        columns[f"snr{band}"] = np.where(absent, NONE, np.round(value, 2))
    columns["class"] = pick(["STAR", "GALAXY", "QSO", "Unknown"], targets.kind)
    types = spectral_types(targets.teff, targets.logg, own // 7 % 10)
    columns["subclass"] = pc.if_else(pa.array(star), types, "Non")
    error = np.clip(
        3e-5 * (30 / np.maximum(level, 1)) ** 0.7 * np.exp(random.normal(0, 0.3, count)), 1e-6, 0.01
    )
    known = targets.kind < 3
    columns["z"] = np.where(known, np.round(targets.z + random.normal(0, 1, count) * error, 9), NONE)
    columns["z_err"] = np.where(known, np.round(error, 9), NONE)
    for band, slope in [("g", 0.55), ("r", 0.0), ("i", -0.22), ("z", -0.35), ("y", -0.42)]:
        value = np.round(targets.r + slope * colour + (own % 97 - 48) / 1000, 4)
        mark = own // 11 % 1000
        value = np.where(mark < 4, 99.0, np.where(mark < 60, -999.0, value))
        columns[f"mag_ps_{band}"] = np.where(columns["ps_id"] == NONE, -999.0, value)
    columns["with_norm_flux"] = star.astype(np.int64)
    return columns


def _stellar(columns: Columns, targets: Targets, random: np.random.Generator) -> Columns:
    """The stars of the general catalogue, with their parameters."""
    count = len(targets)
    noise = np.clip(20 / np.maximum(columns["snrg"], 3), 0.15, 3)
    for name, truth, size, digits in [
        ("teff", targets.teff, 45, 2),
        ("logg", targets.logg, 0.07, 3),
        ("feh", targets.feh, 0.045, 3),
        ("rv", targets.rv, 3.5, 2),
    ]:
        spread = size * noise * np.exp(random.normal(0, 0.15, count))
        columns[name] = np.round(truth + random.normal(0, 1, count) * spread, digits)
        columns[f"{name}_err"] = np.round(spread, digits)
    measured = random.random(count) < 0.55
    alpha = np.clip(-0.12 * targets.feh + random.normal(0.03, 0.06, count), -0.4, 0.6)
    columns["alpha_m"] = np.where(measured, np.round(alpha, 4), NONE)
    columns["alpha_m_err"] = np.where(measured, np.round(0.03 * noise, 4), NONE)
    stars = np.flatnonzero(targets.kind == 0)
    return _rows(columns, stars)


def _rows(columns: Columns, rows: Ints) -> Columns:
    return {k: v.take(pa.array(rows)) if isinstance(v, pa.Array) else v[rows] for k, v in columns.items()}


def _medium(columns: Columns, targets: Targets, random: np.random.Generator) -> Columns:
    """Medium-resolution rows, grouped by target: each exposure and their sum, blue and red."""
    columns.pop("own")
    rows = np.repeat(np.arange(len(targets)), MRS_ROWS)
    exposure = np.tile(np.arange(MRS_ROWS) // 2, len(targets))
    blue = np.tile(np.arange(MRS_ROWS) % 2 == 0, len(targets))
    coadd = exposure == 3
    columns = _rows(columns, rows)
    # Spectrographs and fibres use the numbers up to 16,250: higher ones are free for medium resolution.
    columns["obsid"] = columns["obsid"] + 50_000
    count = len(rows)
    step = np.where(coadd, 0, exposure)
    columns["mobsid"] = joined(
        text_of(columns["obsid"]), text_of(100 + np.where(coadd, 90, exposure * 10) + blue)
    )
    columns["lmjm"] = columns["lmjd"] * 1440 + 600 + step * 23
    columns["band"] = pick(["R", "B"], blue.astype(np.int64))
    level = (
        10 ** (0.4 * 0.6 * (14.8 - targets.r))[rows]
        * 14
        * np.where(coadd, 1.7, 1)
        * np.where(blue, 0.7, 1.25)
    )
    columns["snr"] = np.round(np.clip(level * np.exp(random.normal(0, 0.25, count)), 0, 999.99), 2)
    colour = (7000 - targets.teff[rows]) / 3200
    gaia = columns["gaia_g_mean_mag"]
    for band, slope in [("bp", 0.35), ("rp", -0.6)]:
        columns[f"gaia_{band}_mean_mag"] = np.where(gaia > 0, np.round(gaia + slope * colour, 4), NONE)
    noise = np.clip(25 / np.maximum(columns["snr"], 2), 0.1, 4)
    zero_point = random.normal(0, 0.7)
    for key, arm, size in [("b", blue, 0.9), ("r", ~blue, 1.1), ("br", coadd, 0.7), ("lasp", coadd, 0.8)]:
        measured: NDArray[np.bool_] = arm & (columns["snr"] > 3)
        error = np.round(size * noise, 2)
        value = targets.rv[rows] + random.normal(0, 1, count) * error
        columns[f"rv_{key}0"] = np.where(measured, np.round(value + zero_point, 2), NONE)
        columns[f"rv_{key}0_err"] = np.where(measured, error, NONE)
        columns[f"rv_{key}1"] = np.where(measured, np.round(value, 2), NONE)
        columns[f"rv_{key}1_err"] = np.where(measured, np.round(np.hypot(error, 0.15), 2), NONE)
        columns[f"rv_{key}_flag"] = np.where(measured, (error > 3).astype(np.int64), NONE)
    columns["coadd"] = coadd.astype(np.int64)
    columns["bad_b"] = (random.random(count) < 0.02).astype(np.int64)
    columns["bad_r"] = (random.random(count) < 0.02).astype(np.int64)
    moon = np.round(np.clip(random.normal(75, 25), 12, 170) + (targets.ra[rows] - targets.ra.mean()) % 3, 1)
    columns["moon_angle"] = moon
    columns["lunardate"] = np.zeros(count, np.int64) + int(columns["lmjd"][0] * 0.99) % 30 + 1
    columns["moon_flg"] = pick(["0", "1"], (moon < 30).astype(np.int64))
    return columns
