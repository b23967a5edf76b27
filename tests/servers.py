"""Web servers with the configurations that `drportal host` prints, as ordinary users run them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import DRPORTAL, await_port, free_port

NGINX = """
daemon off; pid {run}/pid; error_log {run}/error.log; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {run}/a; proxy_temp_path {run}/b; fastcgi_temp_path {run}/c;
  uwsgi_temp_path {run}/d; scgi_temp_path {run}/e;
  include {conf};
}}
"""
MODULES = ["mpm_event", "authz_core", "authz_host", "mime", "dir", "headers", "deflate", "brotli"]
MODULES += ["setenvif", "filter", "alias"]
APACHE = """
ServerRoot "{run}"
PidFile "{run}/pid"
ErrorLog "{run}/error.log"
Listen 127.0.0.1:{port}
ServerName localhost
{modules}
{user}
TypesConfig /dev/null
Include "{conf}"
"""
USR = f"{os.environ['PATH']}:/usr/sbin"


@contextlib.contextmanager
def server(kind: str, site: Path, root: Path, run: Path, services: str = "") -> Iterator[str]:
    """Address of a site under a server that looks for it at `root`; `run` is for what the server writes.

    `services` are hosts and ports of `drportal serve --vo`, for servers in front of it, with commas.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    run.mkdir(parents=True)
    for folder in [run, *run.parents]:  # servers started by root go on as nobody
        if Path(tempfile.gettempdir()) in folder.parents and folder.stat().st_uid == os.getuid():
            folder.chmod(0o755)
    conf = run / "survey.conf"
    if kind == "serve":
        command: list[object] = [DRPORTAL, "serve", root, "--port", port, "--quiet"]
    else:
        printed = subprocess.run(
            [DRPORTAL, "host", kind, site, "--root", root, "--address", address,
             "--processes", str(services.count(",") + 1)],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        for usual, place in enumerate(filter(None, services.split(",")), 8000):
            printed = printed.replace(f"127.0.0.1:{usual}", place)
        conf.write_text(printed)
        command = _command(kind, conf, run, port)
    environment = os.environ | {"HOME": str(run), "XDG_DATA_HOME": str(run), "XDG_CONFIG_HOME": str(run)}
    log = (run / "log").open("wb")
    with subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=environment) as process:
        try:
            await_port(port)
            yield address
        finally:
            process.terminate()


def _command(kind: str, conf: Path, run: Path, port: int) -> list[object]:
    binary = shutil.which({"apache": "apache2", "nginx-vo": "nginx"}.get(kind, kind), path=USR)
    if binary is None:
        pytest.skip(f"{kind} is not installed")
    main = run / "main.conf"
    if kind in ("nginx", "nginx-vo"):
        user = "user root;" if os.getuid() == 0 else ""
        main.write_text(NGINX.format(run=run, conf=conf, user=user))
        return [binary, "-c", main]
    if kind == "apache":
        folder = Path("/usr/lib/apache2/modules")
        modules = "\n".join(f"LoadModule {m}_module {folder}/mod_{m}.so" for m in MODULES)
        user = "User nobody\nGroup nogroup" if os.getuid() == 0 else ""
        main.write_text(APACHE.format(run=run, conf=conf, port=port, modules=modules, user=user))
        return [binary, "-f", main, "-D", "FOREGROUND"]
    main.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + conf.read_text())
    return [binary, "run", "--adapter", "caddyfile", "--config", main]
