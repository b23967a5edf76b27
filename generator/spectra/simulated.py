"""Simulated sets of spectra."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..model import SpectrumColumns, SpectrumId
from .job import Job


def drawn(job: Job, folder: Path) -> Job:
    """Write the simulated files of a set below `folder`; return the job that reads them."""
    from ..simulate.spectra import write_spectra
    from ..simulate.templates import write_templates

    assert job.spec.simulate
    given: dict[str, Any] = {}
    if job.spec.simulate.templates:
        write_templates(folder)
        columns = SpectrumColumns(flux="FLUX", wavelength="WAVELENGTH")
        given = {"layout": "columns", "columns": columns, "id": SpectrumId(header="TEMPLATE")}
    else:
        catalogue = next(c for c in job.release.catalogues if c.name == job.spec.catalogue)
        assert catalogue.simulate
        rows, some = catalogue.simulate, job.spec.simulate
        write_spectra(rows.kind, rows.rows, rows.seed, some.spectra, folder, some.brightest, rounded=True)
    return replace(job, spec=job.spec.model_copy(update={"source": str(folder.resolve()), **given}))
