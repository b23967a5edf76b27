"""Coverage-guided fuzzing of one reader: `python -m tests.fuzz.harness READER FOLDER [options of libFuzzer]`.

FOLDER keeps inputs that reached new code, from which a later run continues. An input that breaks a
reader is written beside them as crash-…
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drportal"], enable_loader_override=False):
    from .readers import BY_NAME, outcome


def main() -> None:
    name, folder, *options = sys.argv[1:]
    reader, corpus = BY_NAME[name], Path(folder)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(reader.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    with tempfile.TemporaryDirectory() as scratch:

        def once(data: bytes) -> None:
            outcome(reader, data, Path(scratch))

        limits = ["-timeout=30", "-rss_limit_mb=3000", "-max_len=20000", f"-artifact_prefix={corpus}/"]
        atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
