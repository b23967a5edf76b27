"""Makes the pieces that are not in the cache, each as soon as those it is made from are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from ..checksums import Progress, silent
from ..problems import InputError, Problem
from .explain import reason
from .piece import Kept, Lines, Piece
from .store import Store
from .sums import sum_up, sums_file


@dataclass(eq=False)
class Asked:
    """A requested piece: found, made or failed, once the workshop has finished."""

    name: str
    describe: Callable[[], Piece]
    """Called when all of `after` are in the cache. May raise InputError."""
    after: Sequence[Asked] = ()
    here: bool = False
    """Made in this process, one at a time, because it has workers of its own."""
    known: Callable[[], tuple[str, Mapping[str, str]]] | None = None
    """For explanations while one of `after` is not there: its name, and the inputs known without that."""
    cause: str = ""
    """The piece to be made first, if it could not be described."""
    kept: Kept | None = None
    piece: Piece | None = None
    problems: list[Problem] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def lines(self) -> list[str]:
        """Lines to report about it."""
        return [*self.damage, *(self.kept.notes if self.kept else ())]


class Workshop:
    """A context manager: `ask` for pieces, then `finish`."""

    def __init__(
        self,
        store: Store,
        jobs: int,
        progress: Progress = silent,
        step: Callable[[str], None] = lambda _: None,
        former: Mapping[str, str] | None = None,
        explain: Callable[[str, str], None] | None = None,
        running: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """`jobs` processes make pieces at once. `step` gets the name of each that begins, `progress`
        with how far it is.

        `former` has the keys of the last build's pieces by name. With `explain` nothing is made: it gets
        the name of each piece that would be made, and why. `running` gets the names of all in progress.
        """
        self.store, self._jobs, self._progress, self._step = store, jobs, progress, step
        self._former = former or {}
        self._explain, self._now = explain, running
        self._waiting: list[Asked] = []
        self._running: dict[Future[Lines], Asked] = {}
        self._pool: ProcessPoolExecutor | None = None
        self.used: dict[str, str] = {}
        """Keys of the pieces found or made, by name."""

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def ask(
        self,
        name: str,
        describe: Callable[[], Piece],
        after: Sequence[Asked] = (),
        here: bool = False,
        known: Callable[[], tuple[str, Mapping[str, str]]] | None = None,
    ) -> Asked:
        """Request a piece; `describe` returns it with its inputs, once those of `after` are there.

        `known` returns what to call it, and the inputs that it has in any case: for `explain`.
        """
        asked = Asked(name, describe, after, here, known)
        self._waiting.append(asked)
        return asked

    def former(self, name: str) -> Kept | None:
        """The piece as the last build made it, if sound."""
        key = self._former.get(name)
        return self.store.kept(key) if key else None

    def finish(self) -> None:
        """Make all requested pieces. A piece that fails stops only those made from it."""
        while self._waiting or self._running:
            if not self._begin_ready() and self._running:
                done, _ = wait(self._running, return_when=FIRST_COMPLETED)
                for future in done:
                    self._end(self._running.pop(future), future.result)
                    self._now([one.name for one in self._running.values()])

    def _begin_ready(self) -> bool:
        """Begin every piece whose inputs are there. Returns whether there was any."""
        ready = [asked for asked in self._waiting if all(one.ended for one in asked.after)]
        # Pieces made here block, so those for the pool go first.
        for asked in sorted(ready, key=lambda one: one.here):
            if len(self._running) >= self._jobs and not asked.here and self._jobs > 1:
                continue
            self._waiting.remove(asked)
            self._begin(asked)
            return True
        return False

    def _begin(self, asked: Asked) -> None:
        if failed := next((one for one in asked.after if one.kept is None), None):
            asked.ended = True
            if self._explain and not failed.problems:
                self._explain(*self._foreseen(asked, failed))
            return
        try:
            piece = asked.piece = asked.describe()
        except InputError as error:
            asked.problems, asked.ended = list(error.problems), True
            return
        asked.kept = self.store.kept(piece.key, self._progress)
        asked.damage = self.store.take_damage()
        if asked.kept:
            self.used[piece.name] = piece.key
            asked.ended = True
            return
        if self._explain:
            former = self._former.get(piece.name)
            inputs = self.store.inputs_of(former) if former else None
            for name, why in piece.reasons(inputs) if piece.reasons else [(piece.name, "")]:
                self._explain(name, why or reason(piece.inputs, inputs))
            asked.ended = True
            return
        if piece.aloud:
            self._step(piece.name)
        folder = self.store.unfinished(piece)
        if self._jobs > 1 and not asked.here:
            self._pool = self._pool or ProcessPoolExecutor(self._jobs)
            self._running[self._pool.submit(make_in, folder, piece)] = asked
            self._now([one.name for one in self._running.values()])
        else:
            self._end(asked, lambda: make_in(folder, piece, self._progress))

    def _foreseen(self, asked: Asked, failed: Asked) -> tuple[str, str]:
        """Why a piece would be made, while another that it is made from is not there: it has other changed
        inputs, or that one would be made.
        """
        asked.cause = failed.cause or failed.name
        former = self._former.get(asked.name)
        before = self.store.inputs_of(former) if former else None
        if asked.known and before is not None:
            name, known = asked.known()
            changed = {key: value for key, value in known.items() if before.get(key) != value}
            if changed:
                return name, reason(changed, {key: before[key] for key in changed if key in before})
        return asked.name, f"{asked.cause} would be made"

    def _end(self, asked: Asked, result: Callable[[], Lines]) -> None:
        piece = asked.piece
        assert piece
        try:
            lines = result()
            asked.kept = self.store.keep(piece, lines)
            self.used[piece.name] = asked.kept.key
            asked.damage += [*self.store.take_damage(), *lines.once]
        except InputError as error:
            asked.problems = list(error.problems)
        finally:
            self.store.clear(piece)
            asked.ended = True


def make_in(folder: Path, piece: Piece, progress: Progress = silent) -> Lines:
    """Make a piece in an empty folder, with the list of its checksums; may run in a worker process."""
    lines = piece.make(folder, progress)
    if not sums_file(folder).exists():  # makers that have the checksums already write them
        sum_up(folder, progress=progress)
    return lines
