"""`drportal serve`: the files of a site, and with --vo the protocols of the Virtual Observatory."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ..files import user_cache
from ..problems import InputError, Problem
from ..report import say

if TYPE_CHECKING:
    from .limits import Limits

MISSING = "install them: pip install 'drportal[vo]'"


class Shared(NamedTuple):
    """What servers of the same site have in common, as far as it is given."""

    address: str | None
    state: Path | None
    jobs: str | None


def serve(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Folder; with --vo also an address: s3://bucket/site.")
    ] = "build/site",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 selects a free one.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default only this computer can connect.")
    ] = "127.0.0.1",
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not print requests.")] = False,
    vo: Annotated[
        bool,
        typer.Option("--vo", help="Answer cone searches, TAP, SSA, DataLink and SODA too: docs/services.md."),
    ] = False,
    address: Annotated[
        str | None, typer.Option(help="With --vo: public address of the site, if it is not that of requests.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="With --vo: rows of an answer, at most.")] = 1_000_000,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="With --vo: duration of a statement, at most.")
    ] = 60.0,
    memory: Annotated[
        int, typer.Option(min=100, help="With --vo: megabytes of memory for statements.")
    ] = 1_000,
    statements: Annotated[int, typer.Option(min=1, help="With --vo: statements that run at once.")] = 4,
    upload: Annotated[int, typer.Option(min=1, help="With --vo: megabytes of uploaded tables.")] = 100,
    state: Annotated[
        Path | None, typer.Option(help="With --vo: folder for jobs; in the user's cache by default.")
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(help="With --vo: folder or address of jobs that servers on several computers share."),
    ] = None,
) -> None:
    """Serve a site on this computer, with byte ranges."""
    _check_site(folder, vo)
    if vo:
        from .limits import MEGABYTE, Limits

        limits = Limits(
            rows=rows,
            seconds=seconds,
            memory=memory * MEGABYTE,
            statements=statements,
            upload=upload * MEGABYTE,
        )
        _serve_vo(folder, host, port, quiet, limits, Shared(address, state, jobs))
    else:
        _serve_files(Path(folder), host, port, quiet)


def _check_site(site: str, vo: bool) -> None:
    """Raise InputError if this cannot be a site that is served."""
    away = "://" in site
    if away and not vo:
        raise InputError(Problem(site, "", "is an address, which only the services read", "add --vo"))
    if not away and not Path(site).is_dir():
        raise InputError(Problem(site, "", "no such folder", "build the site first: drportal build"))


def _serve_files(folder: Path, host: str, port: int, quiet: bool) -> None:
    from ..serve import make_server

    try:
        server = make_server(folder, host, port, None if quiet else lambda line: say(line, err=True))
    except (OSError, OverflowError) as error:
        raise _not_listening(error, host, port) from None
    say(f"serving {folder} at http://{host}:{server.server_address[1]}/ (Ctrl+C stops)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _not_listening(error: OSError | OverflowError, host: str, port: int) -> InputError:
    what = error.strerror if isinstance(error, OSError) else "is not a port: ports are 0 to 65535"
    return InputError(
        Problem("serve", f"{host}, port {port}", str(what), "choose another with --host or --port")
    )


def _serve_vo(site: str, host: str, port: int, quiet: bool, limits: Limits, shared: Shared) -> None:
    try:
        from .server import run, running
    except ModuleNotFoundError as error:
        what = f"needs packages that are not installed ({error.name})"
        raise InputError(Problem("serve", "--vo", what, MISSING)) from None
    state = shared.state or _usual_state(site)
    try:
        listening = socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise _not_listening(error, host, port) from None
    with listening, running(site, state, shared.jobs, limits, shared.address) as service:
        say(f"serving {site} at http://{host}:{listening.getsockname()[1]}/ with vo/ (Ctrl+C stops)")
        run(service, listening, None if quiet else lambda line: say(line, err=True))


def _usual_state(site: str) -> Path:
    """The folder of a site's jobs in the user's cache."""
    base = user_cache()
    name = site if "://" in site else Path(site).resolve()
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return base / "drportal" / "vo" / digest[:16]
