"""Workers: a Dask cluster, or one that is started on this computer."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any, Protocol, TypeVar

from ..problems import InputError, Problem, several
from .shared import Shared, mark, sees, sees_file

T = TypeVar("T")
R = TypeVar("R")
DECIDING = ("drportal", "pyarrow", "duckdb", "numpy", "astropy", "cdshealpix")
"""Packages whose versions decide the bytes of a catalogue."""
PATIENCE = "20s"
"""How long to wait for a scheduler."""
RESTART = "10m"
"""How long to wait for a process that takes the place of one that was lost."""


class Crew(Protocol):
    """Those who do tasks."""

    def map(self, what: str, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield the results in the order of the items. `what` names the tasks in messages."""


class DaskCrew:
    """The workers of a Dask cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, what: str, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield the results in the order of the items.

        Of tasks that fail, the first in the order of the items is reported, whichever fails first.
        """
        from distributed import KilledWorker, as_completed

        futures = self._client.map(function, items, pure=False, key=what)
        numbers = {future.key: number for number, future in enumerate(futures)}
        results: dict[int, Any] = {}
        given = 0
        try:
            # Results come here at once: a worker that is lost has only those of its unfinished tasks.
            for future, result in as_completed(futures, with_results=True, raise_errors=False):
                results[numbers[future.key]] = result if future.status == "finished" else future
                while given in results:
                    done = results.pop(given)
                    if done is futures[given]:
                        done.result()  # raises
                    futures[given].release()
                    yield done
                    given += 1
        except KilledWorker as error:
            fix = "give workers more memory (dask worker --memory-limit), and see their logs"
            text = f"{what}: workers ended again and again ({str(error).partition(' Those')[0]})"
            raise InputError(Problem("dask", "", text, fix)) from None
        finally:
            self._client.cancel(futures[given:])

    def check(self, shared: Shared, files: Sequence[str]) -> None:
        """Make sure that every worker sees the shared folder and the sources, and has the same software.

        `files` are paths of sources. Raises InputError.
        """
        own = versions()
        for worker, theirs in self._ask(versions).items():
            if different := [f"{n} {theirs[n]}, here {own[n]}" for n in own if theirs[n] != own[n]]:
                fix = "install the same versions everywhere: they decide the bytes of a catalogue"
                raise InputError(Problem("dask", f"worker {worker}", f"has {'; '.join(different)}", fix))
        token = mark(shared)
        self._refuse_blind(self._ask(sees, shared, token), shared.root, "--spool")
        for file in files:
            self._refuse_blind(self._ask(sees_file, file), file, "")

    def _refuse_blind(self, said: dict[str, str], root: str, place: str) -> None:
        """Raise InputError if a worker says why it cannot read a folder or file."""
        blind = {worker: why for worker, why in said.items() if why}
        if blind:
            worker, why = next(iter(blind.items()))
            who = worker if len(blind) == 1 else f"{worker} and {several(len(blind) - 1, 'other')}"
            fix = "all workers must see it under this path; or use an address such as s3://bucket/key"
            raise InputError(Problem(root, place, f"cannot be read by the Dask worker {who} ({why})", fix))

    def _ask(self, function: Callable[..., R], *arguments: Any) -> dict[str, R]:
        """Return what a function returns in each worker. Raises InputError."""
        try:
            found: dict[str, R] = self._client.run(function, *arguments)
        except Exception as error:  # drportal is not there, or is another version
            fix = "install drportal[dask] there, in the same version as here"
            what = f"cannot run drportal: {' '.join(str(error).split())[:200]}"
            raise InputError(Problem("dask", "workers", what, fix)) from None
        return found


def versions() -> dict[str, str]:
    """Return the versions of the packages that decide the bytes of a catalogue."""
    from ..ingest import FORMAT

    return {name: version(name) for name in DECIDING} | {"format": str(FORMAT)}


@contextmanager
def dask_crew(address: str | None, workers: int) -> Iterator[DaskCrew]:
    """Connect to a scheduler, or without an address start `workers` processes here. Raises InputError."""
    if not importlib.util.find_spec("distributed"):
        fix = "pip install 'drportal[dask]'"
        raise InputError(Problem("ingest", "", "needs Dask, which is not installed", fix))
    import dask
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        # What Dask says of a lost worker is for those who look after it; its errors come as exceptions.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            if address is None:
                # On a busy computer a new process takes longer than Dask waits for it by itself.
                stack.enter_context(dask.config.set({"distributed.deploy.lost-worker-timeout": RESTART}))
                cluster = stack.enter_context(
                    LocalCluster(
                        n_workers=workers, threads_per_worker=1, processes=True,
                        dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                    )
                )  # fmt: skip
                client = stack.enter_context(Client(cluster))
            else:
                client = stack.enter_context(Client(address, timeout=PATIENCE))
        except (OSError, ValueError, TimeoutError) as error:
            what = f"cannot be reached: {' '.join(str(error).split())[:200]}"
            fix = "name the address of a scheduler, e.g. tcp://host:8786"
            raise InputError(Problem("ingest", f"--dask {address or 'local'}", what, fix)) from None
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            fix = f"start some: dask worker {address}"
            raise InputError(Problem("ingest", f"--dask {address}", "has no workers", fix)) from None
        yield DaskCrew(client)
