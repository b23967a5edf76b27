"""The cache of compiled templates, which the workers of a build share."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier
from pathlib import Path

from ..commands import FORKS

TURNS = 20


def write(folder: str, together: Barrier) -> None:
    from drportal.pages.assets import Compiled

    compiled = Compiled()
    compiled._folder = Path(folder)
    for turn in range(TURNS):
        together.wait(60)
        compiled._keep(str(turn), "code" * 2000)


def test_two_workers_may_compile_the_same_template_at_once(tmp_path: Path) -> None:
    together = FORKS.Barrier(2)
    workers = [FORKS.Process(target=write, args=(str(tmp_path), together)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(map(str, range(TURNS)))


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    from drportal.pages.assets import Compiled

    folder = Compiled(tmp_path)._folder
    assert folder
    folder.mkdir()
    left = folder / "key.unfinished-1.part"
    left.write_text("half")
    Compiled(tmp_path)
    assert not left.exists()
