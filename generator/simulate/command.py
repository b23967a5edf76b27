"""`drportal simulate`: write a simulated catalogue, or the spectra of its rows."""

from __future__ import annotations

from pathlib import Path

from ..problems import InputError, Problem, several
from .catalogue import KINDS, write


def simulate_into(kind: str, file: Path, rows: int, seed: int) -> str:
    """Write the requested files; return a line that says what was written. Raises InputError."""
    spectra = {f"{k}_spectra": k for k in KINDS}
    if kind in spectra:
        from .spectra import write_spectra

        if file.exists() and not file.is_dir():
            raise InputError(Problem(str(file), "", "is a file", "name a folder for the spectra"))
        made = write_spectra(spectra[kind], rows, seed, None, file)
        return f"{several(made, 'simulated spectrum', 'simulated spectra')}: {file}"
    if kind not in KINDS:
        known = ", ".join([*KINDS, *spectra])
        raise InputError(Problem("simulate", kind, "no such kind", f"use one of: {known}"))
    if file.suffix not in (".fits", ".parquet"):
        raise InputError(Problem(str(file), "", "cannot be written", "end its name in .fits or .parquet"))
    write(kind, rows, seed, file)
    return f"{several(rows, 'simulated row')}: {file}"
