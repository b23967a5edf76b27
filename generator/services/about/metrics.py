"""Counts of what the services did, in the text format of Prometheus."""

from __future__ import annotations

import time

from starlette.responses import Response

from ..jobs.jobs import ABORTED, COMPLETED, ERROR, EXECUTING, QUEUED
from ..sending import text
from ..service import Asked, Service

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
PHASES = (QUEUED, EXECUTING, COMPLETED, ERROR, ABORTED)
NAMED = {
    "bytes": ("sent_bytes_total", "Bytes of responses"),
    "rows": ("rows_total", "Rows of answers"),
    "stopped": ("stopped_total", "Statements stopped because their time was over"),
    "refused": ("refused_total", "Requests refused because too many waited"),
}


async def metrics(asked: Asked) -> Response:
    """The page of counts."""
    return text("".join(_lines(asked.service)), MEDIA)


def _lines(service: Service) -> list[str]:
    counts = service.counts
    found = [_head("requests_total", "Requests by status", "counter")]
    for name in sorted(counts):
        if name.startswith("status "):
            found.append(
                f'drportal_requests_total{{status="{name.removeprefix("status ")}"}} {counts[name]}\n'
            )
    for key, (name, about) in NAMED.items():
        found += [_head(name, about, "counter"), f"drportal_{name} {counts[key]}\n"]
    gauges = {
        "running": ("Statements that run", service.running),
        "waiting": ("Requests that wait for a statement", service.waiting),
        "up_seconds": ("Seconds since the start", round(time.time() - service.began, 1)),
    }
    for name, (about, value) in gauges.items():
        found += [_head(name, about, "gauge"), f"drportal_{name} {value}\n"]
    found.append(_head("jobs", "Jobs of this process, by phase", "gauge"))
    kept = service.jobs.phases()
    return found + [f'drportal_jobs{{phase="{phase}"}} {kept[phase]}\n' for phase in PHASES]


def _head(name: str, about: str, kind: str) -> str:
    return f"# HELP drportal_{name} {about}\n# TYPE drportal_{name} {kind}\n"
