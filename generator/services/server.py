"""The process that answers: uvicorn on a socket that is open already."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from .app import Application, as_json
from .limits import Limits
from .service import Service
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


def run(
    folder: Path,
    state: Path,
    listening: socket.socket,
    limits: Limits,
    address: str | None,
    log: Callable[[str], None] | None,
) -> None:
    """Serve until a signal says to stop."""
    own = State(state)
    service = Service(folder, own.folder, limits, address)
    try:
        application = Application(service, (lambda line: log(as_json(line))) if log else None)
        make_server(application).run(sockets=[listening])
    finally:
        service.close()
        own.close()
