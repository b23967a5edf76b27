"""Simulated spectra of simulated rows, as FITS files laid out like LAMOST's: for demonstrations and tests.

A spectrum depends only on the row (class, subclass, redshift, signal to noise) and its obsid, so the same row
has the same spectrum in every build. The spectra have the right lines in the right places, but are not
physical models.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import simulate
from .sky import Floats, Ints, rng

C = 299792.458
MAGNITUDES, UNKNOWN = ("mag_ps_r", "gaia_g_mean_mag"), 16.0
"""Columns with the brightness of a target, the first that has a value, and the magnitude if none has."""
NAMES = {"lrs": "lamost-lrs", "lrs_stellar": "lamost-lrs", "mrs": "lamost-mrs"}

_BANDS = {"u": 3700.0, "g": 4770.0, "r": 6230.0, "i": 7630.0, "z": 9000.0}
_BALMER = {6564.61: 1.0, 4862.68: 0.85, 4341.68: 0.75, 4102.89: 0.7, 3971.2: 0.6, 3890.15: 0.5}
_METALS = {3934.77: 0.9, 3969.59: 0.8, 4227.9: 0.3, 4305.6: 0.35, 5168.8: 0.25, 5174.1: 0.3, 5185.0: 0.35}
_METALS |= {5270.4: 0.2, 5329.5: 0.15, 5891.6: 0.3, 5897.6: 0.25, 8500.4: 0.2, 8544.4: 0.35, 8664.5: 0.3}
_GALAXY = {3728.5: 22.0, 4862.68: 9.0, 4960.3: 6.0, 5008.24: 18.0, 6549.9: 7.0, 6564.61: 30.0, 6585.3: 12.0}
_GALAXY |= {6718.3: 6.0, 6732.7: 5.0}
_QUASAR = {
    1215.67: 90.0,
    1549.06: 45.0,
    1908.73: 28.0,
    2798.75: 32.0,
    4341.68: 12.0,
    4862.68: 35.0,
    6564.61: 110.0,
}
_TYPES = {"O": (40000, 30000), "B": (28000, 10500), "A": (9800, 7500), "F": (7400, 6050), "G": (6000, 5250)}
_TYPES |= {"K": (5200, 3950), "M": (3900, 2800)}
_TELLURIC = ((6867.0, 6944.0, 0.18), (7594.0, 7700.0, 0.4), (8130.0, 8350.0, 0.08))
_SKY = (5578.9, 6302.0, 6365.5)


def write_spectra(
    kind: str,
    rows: int,
    seed: int,
    spectra: int | None,
    folder: Path,
    brightest: int = 0,
    rounded: bool = False,
) -> int:
    """Write spectra of a simulated catalogue below `folder`; return their number.

    Args:
        kind: of the catalogue.
        rows: of the catalogue.
        seed: of the catalogue.
        spectra: number of spectra, by default all. Low resolution: evenly spaced rows. Medium resolution: the
            most often observed targets, at all epochs.
        folder: where to write.
        brightest: number of low-resolution spectra in addition: of the brightest targets, at all epochs.
        rounded: whether values are rounded to a part of their noise, so that packs are four times smaller.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: int = 0
    if kind == "mrs":
        files = (_medium(own, rounded) for own in _medium_rows(rows, seed, spectra))
    else:
        files = (_low(row, rounded) for row in _low_rows(kind, rows, seed, spectra, brightest))
    for name, data in files:
        home = folder / name.split("-")[1]
        home.mkdir(exist_ok=True)
        (home / name).write_bytes(data)
        made += 1
    return made


def _low_rows(
    kind: str, rows: int, seed: int, spectra: int | None, brightest: int
) -> Iterator[dict[str, Any]]:
    batches: Iterable[pa.RecordBatch] = simulate(kind, rows, seed)
    step = max(rows / spectra, 1.0) if spectra else 1.0
    wanted = [int(n * step) for n in range(min(spectra or rows, rows))]
    if brightest:
        batches = list(batches)
        wanted = sorted({*wanted, *_by_brightness(pa.Table.from_batches(batches))[:brightest].tolist()})
    before = 0
    for batch in batches:
        after = before + batch.num_rows
        for position in wanted[bisect_left(wanted, before) : bisect_left(wanted, after)]:
            yield batch.slice(position - before, 1).to_pylist()[0]
        before = after


def _by_brightness(table: pa.Table) -> Ints:
    """Positions of the rows by magnitude; those of a target, which has the same at all epochs, in a row."""
    measured = [table[name].to_numpy() for name in MAGNITUDES]
    known = [(values > 5) & (values < 30) for values in measured]
    return np.argsort(np.select(known, measured, UNKNOWN), kind="stable")


def _medium_rows(rows: int, seed: int, spectra: int | None) -> Iterator[list[dict[str, Any]]]:
    """The rows of each observation: its exposures and their sum, blue and red."""
    table = pa.Table.from_batches(simulate("mrs", rows, seed))
    epochs: dict[str, dict[int, None]] = {}
    for uid, obsid in zip(table["uid"].to_pylist(), table["obsid"].to_pylist(), strict=True):
        epochs.setdefault(uid, {})[obsid] = None
    chosen = [o for u in sorted(epochs, key=lambda u: (-len(epochs[u]), u)) for o in sorted(epochs[u])][
        :spectra
    ]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in table.filter(pc.is_in(table["obsid"], pa.array(chosen, pa.int64()))).to_pylist():
        found.setdefault(row["obsid"], []).append(row)
    yield from (found[obsid] for obsid in chosen)


def _low(row: dict[str, Any], rounded: bool) -> tuple[str, bytes]:
    random = rng(row["obsid"])
    wave = (10 ** (3.5682 + 1e-4 * np.arange(3909))).astype(np.float32).astype(np.float64)
    z = float(row["z"]) if row["z"] > -1 else 0.0
    continuum, shape = continuum_and_spectrum(row["class"], row["subclass"], wave / (1 + z), random)
    bands = [b for b in _BANDS if row[f"snr{b}"] > 0]
    snr = (
        np.interp(wave, [_BANDS[b] for b in bands], [row[f"snr{b}"] for b in bands])
        if bands
        else wave * 0 + 2
    )
    level = 10 ** (-0.4 * (_magnitude(row) - 17)) * 120
    flux = level * shape
    sigma = level * np.maximum(continuum, 0.05) / np.maximum(snr, 0.3)
    and_mask, or_mask = np.zeros(len(wave)), np.zeros(len(wave))
    for low, high, depth in _TELLURIC:
        inside = (wave > low) & (wave < high)
        flux[inside] *= 1 - depth * random.random(int(inside.sum())) ** 0.5
    for line in _SKY:
        near = np.abs(wave - line) < 4
        sigma[near] *= 4
        or_mask[near] += 8
        and_mask[np.abs(wave - line) < 1.5] += 8
    flux += sigma * random.standard_normal(len(wave))
    ivar = 1 / sigma**2
    bad = random.choice(len(wave), int(random.integers(0, 7)), replace=False)
    flux[bad] *= random.uniform(-2, 6, len(bad))
    ivar[bad] = 0
    and_mask[bad] = (and_mask[bad].astype(int) | 1).astype(float)
    or_mask[bad] = (or_mask[bad].astype(int) | 1).astype(float)
    end = int(random.integers(3900, 3910))
    flux[end:], ivar[end:] = 0, 0
    and_mask[end:], or_mask[end:] = 32, 32
    normal = flux / np.maximum(level * continuum, 1e-9)
    if rounded:
        flux, normal = _rounded(flux, sigma), _rounded(normal, sigma / (level * continuum))
        ivar = _short(ivar)
    columns = [
        ("FLUX", flux),
        ("IVAR", ivar),
        ("WAVELENGTH", wave),
        ("ANDMASK", and_mask),
        ("ORMASK", or_mask),
    ]
    columns.append(("NORMALIZATION", normal))
    cards = [
        *_common(row),
        ("COEFF0", 3.5682),
        ("COEFF1", 0.0001),
        ("CLASS", row["class"]),
        ("SUBCLASS", row["subclass"]),
        ("Z", row["z"]),
        ("Z_ERR", row["z_err"]),
        *((f"SNR{b.upper()}", row[f"snr{b}"]) for b in _BANDS),
    ]
    body = b"".join(values.astype(">f4").tobytes() for _, values in columns)
    forms = [(name, f"{len(wave)}E") for name, _ in columns]
    return _file_name("spec", row), primary(cards) + table("COADD", forms, 1, body, [])


def _magnitude(row: dict[str, Any]) -> float:
    return float(next((row[name] for name in MAGNITUDES if 5 < row[name] < 30), UNKNOWN))


def continuum_and_spectrum(
    kind: str, subclass: str, rest: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Continuum and spectrum at rest wavelengths, scaled to about 1 in the middle."""
    if kind == "QSO":
        continuum = (rest / np.median(rest)) ** -1.4
        return continuum, continuum + _lines(_QUASAR, rest, 3500, random) * continuum * 0.02
    if kind == "GALAXY":
        continuum = _planck(rest, 4700) * np.where(rest < 4000, 0.62, 1.0)
        absorbed = continuum * (1 - 0.5 * _lines(_METALS, rest, 220, random))
        return continuum, absorbed + _lines(_GALAXY, rest, 130, random) * 0.03 * random.uniform(0.1, 1.5)
    if kind != "STAR":
        return rest * 0 + 0.3, rest * 0 + 0.3
    teff = temperature(subclass)
    continuum = _planck(rest, teff)
    return continuum, continuum * absorption(rest, teff, 150)


def absorption(rest: Floats, teff: float, width: float) -> Floats:
    """Transmission of a star's absorption lines; `width` is the instrumental width in km/s."""
    hydrogen = 0.75 * np.exp(-((np.log(teff / 9300)) ** 2) / 0.18)
    metals = float(np.clip((7600 - teff) / 2600, 0.02, 1))
    broad = width + 500 * hydrogen
    left = (
        1 - hydrogen * _lines(_BALMER, rest, broad, None) - metals * _lines(_METALS, rest, width * 1.6, None)
    )
    if teff < 4000:
        for head in (4954.0, 5448.0, 5847.0, 6158.0, 7053.0, 7666.0):
            inside = (rest > head) & (rest < head + 260)
            left = left * np.where(inside, 1 - (4000 - teff) / 1900 * (1 - (rest - head) / 260), 1)
    return np.asarray(np.clip(left, 0.02, None))


def temperature(subclass: str) -> float:
    """Temperature of a spectral type such as G2, A5V or dM3."""
    letters = [c for c in subclass if c in _TYPES]
    if not letters:
        return 5800.0
    high, low = _TYPES[letters[0]]
    digits = [c for c in subclass if c.isdigit()]
    return high - (high - low) * (int(digits[0]) if digits else 5) / 10


def _planck(wave: Floats, teff: float) -> Floats:
    energy = wave**-5.0 / np.expm1(1.4388e8 / (wave * teff))
    return np.asarray(energy / np.median(energy))


def _lines(
    lines: dict[float, float], wave: Floats, width: float, random: np.random.Generator | None
) -> Floats:
    """Sum of Gaussians; width in km/s. Wavelengths must be ascending."""
    total = np.zeros(len(wave))
    for centre, strength in lines.items():
        size = strength * (random.uniform(0.6, 1.4) if random else 1)
        low, high = np.searchsorted(wave, [centre * (1 - 6 * width / C), centre * (1 + 6 * width / C)])
        near = slice(int(low), int(high))
        total[near] += size * np.exp(-(((wave[near] / centre - 1) * C / width) ** 2) / 2)
    return total


def _medium(rows: list[dict[str, Any]], rounded: bool) -> tuple[str, bytes]:
    row = rows[0]
    metal = rng(5)
    forest = dict(
        zip(metal.uniform(4900, 6850, 260).tolist(), metal.uniform(0.03, 0.4, 260).tolist(), strict=True)
    )
    colour = row["gaia_bp_mean_mag"] - row["gaia_rp_mean_mag"]
    teff = float(np.clip(7000 - 3200 * colour / 0.95, 3300, 11000)) if row["gaia_bp_mean_mag"] > 0 else 5800.0
    known = [r["rv_b1"] for r in rows if r["rv_b1"] > -9000] + [
        r["rv_r1"] for r in rows if r["rv_r1"] > -9000
    ]
    rv = float(np.mean(known)) if known else 0.0
    extensions = []
    order = sorted(rows, key=lambda r: (-r["coadd"], r["band"], r["lmjm"]))
    singles = "-".join(str(r["lmjm"]) for r in order if r["band"] == "B" and not r["coadd"])
    for one in order:
        random = rng(int(one["mobsid"]))
        blue, coadd = one["band"] == "B", one["coadd"] == 1
        pixels = (4150 if blue else 3700) if coadd else 4136
        start, step = (3.6901 if blue else 3.79739), (1e-5 if blue else 0.92e-5)
        loglam = (start + step * np.arange(pixels)).astype(np.float32)
        if not coadd:
            # Exposures have the pixels of the detector: each its own grid, reversed in the red.
            bend = 1e-10 * np.arange(pixels) * (pixels - np.arange(pixels)) / 200
            loglam = (loglam.astype(np.float64) + 1e-6 * random.random() + bend).astype(np.float32)
        rest = 10 ** loglam.astype(np.float64) / (1 + rv / C)
        left = absorption(rest, teff, 40) - min(1.0, 5500 / teff) * _lines(forest, rest, 16, None)
        level = 10 ** (-0.4 * (_bright(one) - 13)) * 800 * (3 if coadd else 1)
        sigma = level / max(one["snr"], 0.5) * np.ones(pixels)
        flux = level * np.clip(left, 0.03, None) + sigma * random.standard_normal(pixels)
        ivar, mask, other = 1 / sigma**2, np.zeros(pixels, ">i2"), np.zeros(pixels, ">i2")
        struck = random.choice(pixels, int(random.integers(1, 9)), replace=False)
        other[struck] = 1
        if not coadd:
            flux[struck] += level * random.uniform(1, 5, len(struck))
            ivar[struck], mask[struck] = 0, 1
        if rounded:
            flux, ivar = _rounded(flux, sigma), _short(ivar)
        if not (blue or coadd):
            loglam, flux, ivar, mask = loglam[::-1], flux[::-1], ivar[::-1], mask[::-1]
        names = ["FLUX", "IVAR", "LOGLAM", *(["ANDMASK", "ORMASK"] if coadd else ["PIXMASK"])]
        body = np.empty(pixels, [(n, ">i2" if "MASK" in n else ">f4") for n in names])
        for name, values in zip(names, (flux, ivar, loglam, mask, other), strict=False):
            body[name] = values
        forms = [(n, "I" if "MASK" in n else "E") for n in names]
        cards: list[tuple[str, Any]] = [("SNR", one["snr"])]
        cards += [("LMJMLIST", singles)] if coadd else [("LMJM", str(one["lmjm"])), ("EXPTIME", 1200)]
        name = f"COADD_{one['band']}" if coadd else f"{one['band']}-{one['lmjm']}"
        extensions.append(table(name, forms, pixels, body.tobytes(), cards))
    return _file_name("med", row), primary(_common(row)) + b"".join(extensions)


def _rounded(values: Floats, sigma: Floats) -> Floats:
    """Values rounded to the power of two next to half of their usual noise: the bits below are noise, which
    does not compress."""
    step = 2.0 ** np.round(np.log2(np.median(sigma) / 2))
    return np.asarray(np.round(values / step) * step)


def _short(values: Floats) -> Floats:
    """Values to 1 %: with six bits after the first."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.round(mantissa * 128) / 128, exponent))


def _bright(row: dict[str, Any]) -> float:
    magnitude = row["gaia_g_mean_mag"]
    return float(magnitude) if magnitude > 0 else 14.0


def _file_name(kind: str, row: dict[str, Any]) -> str:
    return f"{kind}-{row['lmjd']}-{row['planid']}_sp{row['spid']:02d}-{row['fiberid']:03d}.fits"


def _common(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("OBSID", row["obsid"]),
        ("AUTHOR", "drportal simulator"),
        ("SIMULATE", True),
        ("DATA_V", "LAMOST simulated"),
        ("DESIG", f"LAMOST {row['designation']}"),
        ("LMJD", row["lmjd"]),
        ("MJD", row["mjd"]),
        ("PLANID", row["planid"]),
        ("RA", row["ra"]),
        ("DEC", row["dec"]),
        ("SPID", row["spid"]),
        ("FIBERID", row["fiberid"]),
        ("DATE-OBS", f"{row['obsdate']}T18:00:00"),
        ("HELIO", True),
        ("VACUUM", True),
    ]


def primary(cards: list[tuple[str, Any]]) -> bytes:
    return _header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True), *cards])


def table(
    name: str, forms: list[tuple[str, str]], rows: int, body: bytes, cards: list[tuple[str, Any]]
) -> bytes:
    head: list[tuple[str, Any]] = [("XTENSION", "BINTABLE"), ("BITPIX", 8), ("NAXIS", 2)]
    head += [
        ("NAXIS1", len(body) // rows),
        ("NAXIS2", rows),
        ("PCOUNT", 0),
        ("GCOUNT", 1),
        ("TFIELDS", len(forms)),
    ]
    for number, (column, form) in enumerate(forms, 1):
        head += [(f"TTYPE{number}", column), (f"TFORM{number}", form)]
    return _header([*head, ("EXTNAME", name), *cards]) + body + b"\0" * (-len(body) % 2880)


def _header(cards: list[tuple[str, Any]]) -> bytes:
    lines = [f"{key:8}= {_value(value)}".ljust(80) for key, value in cards]
    text = "".join([*lines, "END".ljust(80)])
    return text.ljust(-(-len(text) // 2880) * 2880).encode("ascii")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return f"{'T' if value else 'F':>20}"
    if isinstance(value, str):
        return f"'{value.replace(chr(39), chr(39) * 2):8}'"
    return f"{value!r:>20}".upper()
