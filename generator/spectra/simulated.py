"""Sets of drawn spectra: what decides their bytes, and the files that the simulator draws."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..checksums import digest
from ..ingest.piece import simulator
from ..model import SpectrumColumns, SpectrumId
from .job import Job


def simulated_key(job: Job) -> str:
    """Everything that decides the bytes of the folder of a set that is simulated."""
    catalogue = next((c for c in job.release.catalogues if c.name == job.spec.catalogue), None)
    rows = catalogue and catalogue.simulate
    withheld = catalogue and [w.rows for w in catalogue.withheld]
    text = f"{job.settings} {rows} {withheld} {[digest(p) for p in simulator()]}"
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(job: Job, folder: Path) -> Job:
    """Draw the files of a set below `folder`; the job that reads them."""
    from ..simulate.spectra import write_spectra
    from ..simulate.templates import write_templates

    shutil.rmtree(folder, ignore_errors=True)
    assert job.spec.simulate
    given: dict[str, Any] = {}
    if job.spec.simulate.templates:
        write_templates(folder)
        columns = SpectrumColumns(flux="FLUX", wavelength="WAVELENGTH")
        given = {"layout": "columns", "columns": columns, "id": SpectrumId(header="TEMPLATE")}
    else:
        catalogue = next(c for c in job.release.catalogues if c.name == job.spec.catalogue)
        assert catalogue.simulate
        rows = catalogue.simulate
        write_spectra(rows.kind, rows.rows, rows.seed, job.spec.simulate.spectra, folder)
    return replace(job, spec=job.spec.model_copy(update={"source": str(folder.resolve()), **given}))
