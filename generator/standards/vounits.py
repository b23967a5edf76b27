"""VOUnit: validate units, suggest corrections, and format units for display."""

from __future__ import annotations

import difflib
import functools
import re
import warnings

COMMON = [
    "deg", "arcmin", "arcsec", "mas", "uas", "rad", "sr", "s", "min", "h", "d", "yr", "a", "K",
    "mag", "Jy", "mJy", "m", "cm", "mm", "um", "nm", "Angstrom", "km", "pc", "kpc", "Mpc", "au",
    "lyr", "Hz", "kHz", "MHz", "GHz", "eV", "keV", "MeV", "J", "erg", "W", "g", "kg", "solMass",
    "solLum", "solRad", "pix", "count", "ct", "adu", "electron", "photon", "beam", "bin", "chan",
    "Pa", "T", "G", "V", "C", "N", "mol", "u",
]  # fmt: skip
ALIASES = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "mins": "min",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "year": "yr", "years": "yr",
    "degree": "deg", "degrees": "deg", "degs": "deg", "magnitude": "mag", "magnitudes": "mag", "mags": "mag",
    "micron": "um", "microns": "um", "aa": "Angstrom", "ang": "Angstrom", "angstroms": "Angstrom",
    "arcsecond": "arcsec", "arcseconds": "arcsec", "arcsecs": "arcsec", "asec": "arcsec",
    "arcminute": "arcmin", "arcminutes": "arcmin", "arcmins": "arcmin", "milliarcsec": "mas",
    "kelvin": "K", "kelvins": "K", "parsec": "pc", "parsecs": "pc", "meter": "m", "meters": "m", "metre": "m",
    "kilometer": "km", "kilometers": "km", "kms": "km/s", "counts": "ct", "electrons": "electron",
    "e": "electron",
    "photons": "photon", "pixel": "pix", "pixels": "pix", "px": "pix", "msun": "solMass", "m_sun": "solMass",
    "lsun": "solLum", "l_sun": "solLum", "rsun": "solRad", "r_sun": "solRad", "hertz": "Hz", "ergs": "erg",
    "dn": "adu", "ev": "eV", "kev": "keV", "mev": "MeV", "jy": "Jy", "hz": "Hz", "mpc": "Mpc", "gyr": "Gyr",
    "myr": "Myr",
}  # fmt: skip
PURE = {
    "none",
    "unitless",
    "dimensionless",
    "-",
    "--",
    "n/a",
    "null",
    "1/1",
    "ratio",
    "number",
    "[-]",
    "%",
    "percent",
}
LOOSE = re.compile(r"\s|[A-Za-z][+-]?\d")
LOGARITHM = re.compile(r"\[?(dex|log|log10|lg)\s*[\[(](.*?)[\])]*", re.I)


def is_vounit(unit: str) -> bool:
    """Whether a unit is a VOUnit, including deprecated ones (Angstrom, erg).

    astropy also accepts syntax of other standards: blanks for products, powers without **.
    """
    from astropy import units  # takes half a second

    if LOOSE.search(unit):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            units.Unit(unit, format="vounit")
        except (ValueError, TypeError):
            return False
    return True


@functools.cache
def unit_fault(unit: str) -> tuple[str, str] | None:
    """What is wrong with a unit, and the correction; None if it is valid."""
    if is_vounit(unit) or unit == "dex":
        return None
    what = f"unit {unit!r} is not a VOUnit"
    if unit.strip().lower() in PURE:
        return what, "leave it out: a pure number has no unit"
    if found := LOGARITHM.fullmatch(unit.strip()):
        inner = meant(found[2]) or found[2]
        return what, f"leave it out, and say in the description that it is log10 of a value in {inner}"
    if near := meant(unit):
        return what, f"did you mean {near!r}?"
    return what, "write it as in deg, mag, km/s, cm.s**-2 or Angstrom; leave it out for pure numbers"


def meant(unit: str) -> str | None:
    """The VOUnit closest to a text; None if none is close."""
    from astropy import units  # takes half a second

    text = (
        unit.strip()
        .strip("[]")
        .replace("^", "**")
        .replace("μ", "u")
        .replace("µ", "u")
        .replace("Å", "Angstrom")
    )
    text = re.sub(r"\s*/\s*", "/", text)
    text = re.sub(r"[\s·*]+(?![\d(+-])(?<!\*\*)", ".", re.sub(r"\*\*", "^", text)).replace("^", "**")
    upper, *lower = text.split("/")
    parts = [_powers(part, 1) for part in [upper] if part not in ("", "1")] + [
        _powers(part, -1) for part in lower
    ]
    simple = "/".join(_plain(part) for part in text.split("/")) if len(lower) <= 1 else ""
    for one in (text.lower() if text.isupper() else "", simple, ".".join(parts)):
        if one and is_vounit(one):
            return one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(units.Unit(unit).to_string("vounit"))
        except (ValueError, TypeError):
            return None


_FACTOR = re.compile(r"([A-Za-z_]+)(?:\*\*)?\(?([+-]?\d+(?:\.\d+)?)?\)?")


def _plain(part: str) -> str:
    """A product with corrected names and powers: sec2 -> s**2."""
    return _FACTOR.sub(lambda m: _name(m[1]) + (f"**{m[2].lstrip('+')}" if m[2] else ""), part)


def _powers(part: str, sign: int) -> str:
    """A product with explicit powers, inverted after a slash."""

    def factor(match: re.Match[str]) -> str:
        power = sign * float(match[2] or 1)
        return _name(match[1]) + ("" if power == 1 else f"**{power:g}")

    return _FACTOR.sub(factor, part.strip("()"))


def _name(word: str) -> str:
    if is_vounit(word):
        return word
    if alias := ALIASES.get(word.lower()):
        return alias
    near = difflib.get_close_matches(word, [*COMMON, *ALIASES], n=1, cutoff=0.6)
    if not near:
        near = difflib.get_close_matches(word.lower(), [c.lower() for c in COMMON], n=1, cutoff=0.6)
        near = [c for c in COMMON if near and c.lower() == near[0]]
    return ALIASES.get(near[0], near[0]) if near else word


@functools.cache
def unit_text(unit: str) -> str:
    """A unit for display: km s⁻¹. Text that is not a unit is returned unchanged."""
    from astropy import units  # takes half a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for form in ("vounit", None):
            try:
                text = str(units.Unit(unit, format=form).to_string("unicode"))
            except (ValueError, TypeError, KeyError):
                continue
            for sign, word in (("°", "deg"), ("′", "arcmin"), ("″", "arcsec")):
                text = text.replace(sign, word)
            return text or unit
    return unit


def is_mas_per_year(unit: str | None) -> bool:
    """Whether a unit is milliarcseconds a year, in any of the ways in which tables write it."""
    ways = {"mas/yr", "mas/a", "mas.yr-1", "mas.yr**-1", "mas*yr-1", "mas*yr**-1", "masyr-1", "masyr**-1"}
    return "".join((unit or "").split()) in ways
