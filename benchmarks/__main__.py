"""`make bench` on simulated data: ingest, differences, images, pages, spectra, encryption.

python -m benchmarks [ROWS [SPECTRA]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hatch_build import node_folder

HERE = Path(__file__).resolve().parent
RELEASE = """name = "Benchmark"
published = "2020"

[[catalogues]]
name = "lrs"
simulate = {{ kind = "lrs", rows = {rows} }}
"""


def run(*command: object) -> None:
    print(f"\n$ {' '.join(Path(str(c)).name for c in command)}", flush=True)
    subprocess.run([str(c) for c in command], check=True)


def main(rows: int = 1_000_000, spectra: int = 1_000) -> None:
    drportal = Path(sys.executable).with_name("drportal")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, HERE / "ingest.py", rows)
        run(sys.executable, HERE / "differences.py", rows)
        run(sys.executable, HERE / "image.py")
        run(sys.executable, HERE / "pages.py")
        run(drportal, "simulate", "lrs_spectra", folder / "spectra", "--rows", spectra)
        run(sys.executable, HERE / "spectra.py", folder / "spectra")
        portal = folder / "portal"
        (portal / "releases" / "dr1").mkdir(parents=True)
        (portal / "portal.toml").write_text('name = "Benchmark"\ntitle = "Benchmark"\n')
        (portal / "releases" / "dr1" / "release.toml").write_text(RELEASE.format(rows=rows))
        run(drportal, "build", "--portal", portal)
        os.environ["PYTHON"] = sys.executable
        run(node_folder() / "node", HERE / "engine.mjs", portal / "build" / "site" / "dr1", "lrs")
        run(sys.executable, HERE / "sealed.py", portal / "build" / "site" / "dr1")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
