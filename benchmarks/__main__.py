"""All benchmarks as one table: `make bench`, `make bench-quick`, `make bench-compare A=FILE B=FILE`.

python -m benchmarks run [--rows N] [--runs N] [--large] [--quick] [--only NAMES] [--data DIR] [--json FILE]
python -m benchmarks compare EARLIER LATER
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from .lines import LARGE, LINES
from .machine import machine
from .table import as_json, as_table, compared, comparison_table, from_json, measurements

app = typer.Typer(add_completion=False, help=__doc__)
LARGE_ROWS = 40_000_000
WIDE = 190
"""Columns of a table that is written to a file or a pipe."""


def console(**options: Any) -> Console:
    screen = Console(**options)
    return screen if screen.is_terminal else Console(width=WIDE, **options)


def runs_of(name: str, rows: int, runs: int, data: Path, errors: Console) -> tuple[dict[str, list[Any]], str]:
    """Run a benchmark; return its runs by line, and the end of what it wrote if it failed."""
    large = name == LARGE
    module = "ingest" if large else name
    command = [sys.executable, "-m", f"benchmarks.{module}", "--runs", str(runs), "--data", str(data)]
    command += ["--rows", str(LARGE_ROWS if large else rows)]
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as log:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True, check=False)
        log.seek(0)
        failure = log.read().strip() if done.returncode else ""
    found: dict[str, list[Any]] = {}
    for text in done.stdout.splitlines():
        line = json.loads(text)
        found.setdefault(line["line"] + (", large" if large else ""), []).append(line)
    errors.print(f"{name}: {time.perf_counter() - began:.0f} s{', failed:' if done.returncode else ''}")
    if failure:
        errors.print(failure[-2000:], markup=False, highlight=False)
    return found, failure


@app.command()
def run(
    rows: int = 10_000_000,
    runs: Annotated[int, typer.Option(help="Paired runs.")] = 3,
    large: Annotated[bool, typer.Option(help=f"Also ingest of {LARGE_ROWS:,} rows.")] = False,
    quick: Annotated[bool, typer.Option(help="One run of each.")] = False,
    only: Annotated[str, typer.Option(help="Benchmarks, separated by commas.")] = "",
    data: Annotated[Path | None, typer.Option(help="Folder in which data are kept.")] = None,
    output: Annotated[Path | None, typer.Option("--json", help="File for the result.")] = None,
) -> None:
    """Measure, print the table; exit with 1 if a benchmark failed."""
    names = only.split(",") if only else [name for name in LINES if name != LARGE or large]
    if unknown := set(names) - LINES.keys():
        raise typer.BadParameter(f"no such benchmarks: {', '.join(unknown)}; there are {', '.join(LINES)}")
    errors, facts = console(stderr=True), machine()
    found: dict[str, list[Any]] = {}
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="drportal-bench-") as folder:
        for name in names:
            own, failure = runs_of(name, rows, 1 if quick else runs, data or Path(folder), errors)
            found |= own
            if failure:
                failed[name] = failure
    table = measurements(found, names)
    console().print(as_table(table))
    console().print(f"{rows:,} rows; {json.dumps(facts)}", highlight=False)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        result = {"rows": rows, "machine": facts | {"load_after": machine()["load"]}}
        result |= {"lines": as_json(table), "runs": found, "failed": failed}
        output.write_text(json.dumps(result, indent=1) + "\n")
    raise typer.Exit(1 if failed else 0)


@app.command()
def compare(earlier: Path, later: Path) -> None:
    """Print what is better or worse than before, beyond the spread of the runs."""
    one, other = (json.loads(file.read_text()) for file in (earlier, later))
    for key in ("rows", "machine"):
        facts = [
            {k: v for k, v in f[key].items() if "load" not in k} if key == "machine" else f[key]
            for f in (one, other)
        ]
        if facts[0] != facts[1]:
            console(stderr=True).print(f"{key} differ: {facts[0]} and {facts[1]}", markup=False)
    found = compared(from_json(one["lines"]), from_json(other["lines"]))
    console().print(comparison_table(found))


if __name__ == "__main__":
    app()
