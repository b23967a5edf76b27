"""`make lint` reports imports that point up or go in circles, and covers all modules."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def test_no_module_imports_the_front_of_its_own_package() -> None:
    graph = grimp.build_graph("drportal", cache_dir=None)
    fronts = {
        (module, package)
        for module in graph.modules
        for package in graph.find_modules_directly_imported_by(module)
        if module.startswith(f"{package}.") and package != "drportal"
    }
    assert not fronts


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("model/sizes.py", "from ..pages import theme", "drportal.model.sizes -> drportal.pages.theme"),
        ("model/strict.py", "from . import release", "No cycles are allowed in drportal.model"),
        ("attic.py", "", "drportal.attic"),
    ],
)
def test_planted_imports_fail(tmp_path: Path, module: str, line: str, contract: str) -> None:
    tree = tmp_path / "drportal"
    shutil.copytree(ROOT / "generator", tree, ignore=shutil.ignore_patterns("client", "__pycache__"))
    with (tree / module).open("a") as stream:
        stream.write(f"\n\ndef planted() -> None:\n    {line or 'pass'}\n")
    # The copy is what is imported: the finder of the development install comes first otherwise.
    program = (
        "import sys; from editables.redirector import RedirectingFinder as finder; "
        f"finder.map_module('drportal', {str(tree / '__init__.py')!r}); "
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    config = ROOT / "pyproject.toml"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert contract in done.stdout


def test_building_pages_imports_no_library_of_tables(tmp_path: Path) -> None:
    """A build of pages without data must not wait for libraries that only catalogues need."""
    (tmp_path / "releases/dr1/docs").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('name = "TEST"\ntitle = "Test"\n')
    (tmp_path / "releases/dr1/release.toml").write_text('name = "DR1"\npublished = "2026"\n')
    (tmp_path / "releases/dr1/docs/a.md").write_text("# A\n\nA formula: $x^2$\n")
    libraries = ["astropy", "duckdb", "numpy", "pandas", "pyarrow"]
    code = (
        "import sys; from pathlib import Path\n"
        "from drportal.build import build; from drportal.report import Report\n"
        "with Report() as report: build(Path(), Path('build/site'), [], report)\n"
        f"print([m for m in {libraries} if m in sys.modules])"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (tmp_path / "build/site/dr1/docs/a.html").is_file()
    assert done.stdout.splitlines()[-1] == "[]"
