"""Templates for simulated spectra: the simulated spectrum of each class, at rest and without noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .names import TYPES
from .sky import rng
from .spectra import continuum_and_spectrum, primary, table

STEP = 2e-4
"""Step of log10(wavelength) per pixel."""
REACH = {"STAR": (3200.0, 9600.0), "GALAXY": (2400.0, 9600.0), "QSO": (900.0, 9600.0)}
"""Wavelength range in Angstrom that redshifts can move into the spectra."""


def write_templates(folder: Path) -> int:
    """Write a template of each class and subclass below `folder`; return their number."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [("STAR", name) for name in TYPES] + [("GALAXY", ""), ("QSO", "")]
    for kind, subclass in names:
        (folder / f"template-{subclass or kind}.fits").write_bytes(_template(kind, subclass))
    return len(names)


def _template(kind: str, subclass: str) -> bytes:
    first, last = np.log10(REACH[kind])
    wave = (10 ** np.arange(first, last, STEP)).astype(np.float32).astype(np.float64)
    _, flux = continuum_and_spectrum(kind, subclass, wave, rng(1))
    body = b"".join(values.astype(">f4").tobytes() for values in (flux, wave))
    forms = [(name, f"{len(wave)}E") for name in ("FLUX", "WAVELENGTH")]
    cards = [("TEMPLATE", subclass or kind), ("AUTHOR", "drportal simulator"), ("SIMULATE", True)]
    return primary(cards) + table("TEMPLATE", forms, 1, body, [])
