"""Make what runs `drportal serve --vo`: a unit of systemd, a Dockerfile, a Compose file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from .. import __version__

SERVICES = {"systemd": "drportal-vo.service", "docker": "Dockerfile", "compose": "compose.yaml"}
USUAL = "/usr/local/bin/drportal"
"""Where the program is, if it is not on the path of this computer."""


PORT = 8000
"""Of the first process."""


def ports(processes: int) -> list[int]:
    """Where processes listen."""
    return list(range(PORT, PORT + processes))


def service_values(root: str, address: str | None, processes: int, jobs: str | None) -> dict[str, Any]:
    """The values of these templates. `address` is the public address; None if requests have it."""
    stored = "://" in root
    public = json.dumps(["--address", address])[1:-1] if address else ""
    return {
        "program": str(Path(shutil.which("drportal") or USUAL).absolute()),
        "root": root,
        "stored": stored,
        "place": root if stored else "/site",
        "ports": ports(processes),
        "jobs": f'--jobs "{jobs}" ' if jobs else "",
        "jobs_json": f", {json.dumps(['--jobs', jobs])[1:-1]}" if jobs else "",
        "address": address or "a site",
        "public": f"--address {address} " if address else "",
        "public_json": f", {public}" if public else "",
        "version": __version__,
    }
