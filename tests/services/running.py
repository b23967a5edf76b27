"""The services in this process: the same application and server as `drportal serve --vo`, in a thread."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drportal.services.app import Application
from drportal.services.jobs.jobs import Jobs, new_worker
from drportal.services.jobs.shelf import FolderShelf
from drportal.services.limits import Limits
from drportal.services.server import make_server
from drportal.services.service import Service
from drportal.services.sites.held import Folder
from drportal.services.sites.stored import Store


@dataclass(frozen=True)
class Served:
    """Services that run."""

    address: str
    """Of the site, with a slash at its end."""
    service: Service


@contextlib.contextmanager
def serving_vo(site: Path | str, limits: Limits | None = None) -> Iterator[Served]:
    """Services on a site."""
    with (
        tempfile.TemporaryDirectory(prefix="vo-") as state,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        limits = limits or Limits()
        jobs = Jobs(FolderShelf(Path(state) / "jobs"), limits, new_worker())
        place = Store(site, Path(state)) if isinstance(site, str) else Folder(site)
        service = Service(place, Path(state), limits, jobs)
        server = make_server(Application(service))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}/", service)
        finally:
            server.should_exit = True
            thread.join(30)
            service.close()
