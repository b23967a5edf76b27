"""Jobs as XML of UWS 1.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from ...metadata.vo_xml import XSI, add
from ..jobs.jobs import COMPLETED, ERROR, Job

UWS = "http://www.ivoa.net/xml/UWS/v1.0"
XLINK = "http://www.w3.org/1999/xlink"


def job_document(job: Job, address: str) -> bytes:
    """A job."""
    root = _root("job")
    _add(root, "jobId", job.ident)
    if job.run is not None:
        _add(root, "runId", job.run)
    _nil(root, "ownerId")
    _add(root, "phase", job.phase)
    _nil(root, "quote")
    _add(root, "creationTime", stamp(job.created))
    for name, value in (("startTime", job.state.started), ("endTime", job.state.ended)):
        if value is None:
            _nil(root, name)
        else:
            _add(root, name, stamp(value))
    _add(root, "executionDuration", f"{job.duration:.0f}")
    _add(root, "destruction", stamp(job.destruction))
    _parameters(_add(root, "parameters"), job)
    _results(_add(root, "results"), job, address)
    if job.phase == ERROR and job.state.error:
        summary = _add(root, "errorSummary")
        summary.set("type", "fatal")
        summary.set("hasDetail", "true")
        _add(summary, "message", job.state.error)
    return _document(root)


def jobs_document(jobs: Sequence[Job], address: str) -> bytes:
    """A list of jobs."""
    root = _root("jobs")
    for job in jobs:
        reference = _add(root, "jobref")
        reference.set("id", job.ident)
        reference.set(f"{{{XLINK}}}href", f"{address}/{job.ident}")
        _add(reference, "phase", job.phase)
    return _document(root)


def parameters_document(job: Job) -> bytes:
    """The parameters of a job."""
    root = _root("parameters")
    _parameters(root, job)
    return _document(root)


def results_document(job: Job, address: str) -> bytes:
    """The results of a job."""
    root = _root("results")
    _results(root, job, address)
    return _document(root)


def _parameters(parent: Any, job: Job) -> None:
    for name, value in job.parameters:
        _add(parent, "parameter", value).set("id", name)


def _results(parent: Any, job: Job, address: str) -> None:
    if job.phase != COMPLETED:
        return
    result = _add(parent, "result")
    result.set("id", "result")
    result.set(f"{{{XLINK}}}href", f"{address}/results/result")
    if job.state.media:
        result.set("mime-type", job.state.media)


def _root(name: str) -> Any:
    root = etree.Element(f"{{{UWS}}}{name}", nsmap={"uws": UWS, "xlink": XLINK, "xsi": XSI})
    if name in ("job", "jobs"):
        root.set("version", "1.1")
    return root


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    return add(parent, f"{{{UWS}}}{name}", text)


def _nil(parent: Any, name: str) -> None:
    _add(parent, name).set(f"{{{XSI}}}nil", "true")


def stamp(seconds: float) -> str:
    """A time as ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _document(root: Any) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
