"""`drportal preview`: the command."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..audiences import Audience
from ..completions import complete_release
from ..problems import InputError, Problem, several
from ..report import Report, say

if TYPE_CHECKING:
    from .builds import Builds
    from .server import Shown
    from .tree import Tree
    from .watch import Touched

LOOK = 1000
"""Milliseconds after which to look for folders that were not there."""
QUIET = 50
"""Milliseconds without a further change after which a build begins: editors write files in several steps."""


def preview(
    releases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RELEASE]...", help="e.g. dr8/v1.0; all by default.", autocompletion=complete_release
        ),
    ] = None,
    portal: Annotated[Path, typer.Option("--portal", help="Folder that contains portal.toml.")] = Path(),
    audience: Annotated[
        Audience, typer.Option("--audience", help="Readers of the edition that is shown.")
    ] = Audience.public,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 selects a free one.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default only this computer can connect.")
    ] = "127.0.0.1",
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes that make data and pages.")] = 1,
) -> None:
    """Show the site while it is written: builds, serves, follows changes, reloads the open page."""
    from ..steps.decide import Options
    from .builds import Builds
    from .server import Shown, preview_server

    if not (portal / "portal.toml").is_file():
        fix = "name its folder with --portal, or begin one: drportal new DIR"
        raise InputError(Problem(str(portal / "portal.toml"), "", "no such file", fix))
    shown = Shown()
    try:
        server = preview_server(shown, host, port, None)
    except (OSError, OverflowError) as error:
        what = error.strerror if isinstance(error, OSError) else "is not a port: ports are 0 to 65535"
        fix = "choose another with --host or --port"
        raise InputError(Problem("preview", f"{host}, port {port}", str(what), fix)) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"preview of {portal} at http://{host}:{server.server_address[1]}/ (Ctrl+C stops)")
    try:
        with Report() as report:
            options = Options(jobs=jobs, audience=audience)
            follow(Builds(portal, releases or [], options, report), shown, threading.Event())
    except KeyboardInterrupt:
        server.server_close()


def follow(builds: Builds, shown: Shown, stop: threading.Event) -> None:
    """Build, then wait for changes and build again, until `stop` is set."""
    from watchfiles import Change, watch

    from .watch import state_of, touched_by, watched

    built = state_of(watched(None, builds.folder))
    _show(builds.everything(), shown)
    while not stop.is_set():
        paths = watched(builds.portal, builds.folder)
        begins = True
        # With timeouts, because folders may be made, or named, that are not watched yet.
        for changes in watch(
            *paths, step=QUIET, debounce=400, rust_timeout=LOOK, yield_on_timeout=True, stop_event=stop
        ):
            if (
                begins and state_of(watched(None, builds.folder)) != built
            ):  # what changed while nothing was watched
                _show(builds.everything(shown.open_releases()), shown)
            begins = False
            new = [path for path in watched(builds.portal, builds.folder) if path not in paths]
            changed = [*(Path(path) for _, path in changes), *new]
            touched = touched_by(changed, builds.folder, builds.releases)
            if touched.anything:
                _follow(builds, shown, touched)
            # An editor may have put another file in place of one that was watched.
            replaced = any(kind == Change.deleted and Path(path) in paths for kind, path in changes)
            if replaced or watched(builds.portal, builds.folder) != paths:
                built = ""  # changes since the last build began may be lost with the watch
                break


def _follow(builds: Builds, shown: Shown, touched: Touched) -> None:
    """Make what a change touches."""
    first = shown.open_releases()
    if touched.code:
        say("drportal itself has changed: stop this preview and start it again")
    if touched.client:
        problems = _bundle()
        if problems:
            _fail(problems, shown)
            return
    if touched.settings:
        _show(builds.everything(first | touched.releases), shown)
    elif touched.look or touched.client:
        _show(builds.pages(first, None, look=True), shown)
    elif touched.shared or touched.releases:
        only = None if touched.shared else touched.releases
        _show(builds.pages(first, only, look=False), shown)


def _bundle() -> list[str]:
    """Bundle the scripts of pages; returns what is wrong with them."""
    from .watch import PACKAGE

    root = PACKAGE.parent
    done = subprocess.run(
        [sys.executable, "hatch_build.py"], cwd=root, capture_output=True, text=True, errors="replace"
    )
    if done.returncode == 0:
        return []
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines[:20] or [f"hatch_build.py ended with status {done.returncode}"]


def _show(trees: Iterator[Tree], shown: Shown) -> None:
    """Show each tree as soon as it is there; after an error the last one stays."""
    count = 0
    try:
        for tree in trees:
            shown.show(tree)
            count = len(tree.releases)
        say(f"shown: {several(count, 'release')}")
    except InputError as error:
        _fail([str(problem) for problem in error.problems], shown)
    except OSError as error:  # e.g. a file that an editor has just replaced
        where = error.filename2 or error.filename or "system"
        _fail([f"{where}: {error.strerror or error}"], shown)


def _fail(problems: list[str], shown: Shown) -> None:
    for problem in problems:
        say(f"drportal: {problem}", err=True)
    shown.fail(problems)
