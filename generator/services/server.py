"""The process that answers: uvicorn on a socket that is open already."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from ..problems import InputError, Problem
from .app import Application, as_json
from .jobs.jobs import Jobs
from .jobs.shelf import open_shelf
from .limits import Limits
from .service import Service
from .sites.held import Folder, Place
from .sites.stored import Store
from .state import State

CONNECTIONS = 2_000
"""Requests at once; more are refused with status 503."""
ENDING = 10
"""Seconds for answers under way when the service is stopped."""


def make_server(application: Application) -> uvicorn.Server:
    """A server of the application, not yet running."""
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=ENDING,
        h11_max_incomplete_event_size=256 * 1024,
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def running(
    site: str, state: Path, jobs: str | None, limits: Limits, address: str | None
) -> Iterator[Service]:
    """A service of the site in a folder or at an address. Raises InputError."""
    own = State(state)
    try:
        place: Place = Store(site, own.folder) if "://" in site else Folder(Path(site))
        try:
            kept = Jobs(open_shelf(jobs or str(own.jobs)), limits, own.worker)
            service = Service(place, own.folder, limits, kept, address)
        except OSError as error:
            what = f"cannot be read or written: {' '.join(str(error).split())[:300]}"
            fix = "see the address, and the settings of the store in the environment"
            raise InputError(Problem(" ".join(filter(None, (site, jobs))), "", what, fix)) from None
        try:
            yield service
        finally:
            service.close()
    finally:
        own.close()


def run(service: Service, listening: socket.socket, log: Callable[[str], None] | None) -> None:
    """Answer until a signal says to stop."""
    application = Application(service, (lambda line: log(as_json(line))) if log else None)
    make_server(application).run(sockets=[listening])
