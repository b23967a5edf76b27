"""Shared fixtures: a portal with real and odd tables, built, served and copied."""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import pytest
from astropy.table import Table
from filelock import FileLock

from . import commands
from .browser import Browser, closed_network
from .templates import share
from .verdicts import pytest_addoption, pytest_configure, pytest_runtest_makereport  # noqa: F401
from .ways import by_way, is_usual

if TYPE_CHECKING:
    from .described_portal import Described
    from .python_portal import WithPython
    from .sealed_portal import Edition
    from .spectral_portal import Spectral

T = TypeVar("T")
DRPORTAL = Path(sys.executable).with_name("drportal")
SHARED = Path(__file__).resolve().parents[2] / "shared"

RELEASE = """
name = "TEST"
version = "{version}"
phase = "v2"
published = "2026-01"
"""

NUMBERS = """# {{ stats.sim.rows }} rows in {{ release.label }}

Stars: {{ stats.sim.classes.STAR | raw }}; above ten: {{ stats.sim.snrg.above.10 | raw }};
highest: {{ stats.sim.snrg.max }}; without a redshift: {{ stats.sim.z.missing | raw }}.

## Signal to noise {#snr}

What the [ratio](https://survey.example/) of the `odd` rows means: {{ stats.odd.column.class.distinct }}
classes such as <b>C</b>.
"""


def odd_table() -> Table:
    """Difficult rows: poles, both sides of ra 0, ids to the last bit, hostile and empty strings."""
    ra = [0.0, 359.9999, 0.0001, 180.0, 10.0, 200.0, 359.0, 1.0, 45.0, 45.0, 45.00001, 90.0]
    dec = [0.0, 0.0001, -0.0001, 90.0, 89.9999, -90.0, 5.0, 5.0, 20.0, 20.0, 20.00001, -45.0]
    words = ["", "plain", 'it\'s "quoted"', "<script>alert(1)</script>"]
    words += ["</script><img src=x onerror=alert(2)>", "emoji 🔭 光谱", "a,b;c|d", "back\\slash"]
    words += ["100%", "star*", "__proto__", "line\nbreak"]
    n = len(ra)
    return Table(
        {
            "Id": np.array([2**63 - 1, 2**53 + 1, 2**53 + 2, *range(n - 3)], dtype=np.int64),
            "RAJ2000": ra,
            "DEJ2000": dec,
            "order": np.arange(n, dtype=np.int16),
            "select": np.array([np.nan, np.inf, -np.inf, *np.linspace(-1, 1, n - 3)]),
            "f32": np.array([0.1, 1e-30, -0.0, *np.linspace(0, 9, n - 3)], dtype=np.float32),
            "Wörter": words,
            "flag": np.arange(n) % 2 == 0,
            "class": ["A", "B", "<b>C</b>"] * (n // 3),
        },
        units={"RAJ2000": "deg", "DEJ2000": "deg"},
        descriptions={"Wörter": "<script>alert(3)</script> & more"},
    )


def write_portal(folder: Path) -> None:
    """The folder a survey team would write."""
    (folder / "releases").mkdir(parents=True)
    (folder / "portal.toml").write_text(
        'name = "TEST"\ntitle = "Test <b>portal</b>"\nlanguages = ["en", "zh"]\n'
        'contact = "help@survey.example"\n'
    )
    release = folder / "releases" / "test" / "v1"
    release.mkdir(parents=True)
    odd_table().write(release / "odd.vot", format="votable", table_id="odd")
    commands.drportal("simulate", "lrs", release / "sim.fits", "--rows", "20000", "--seed", "3", check=True)
    (release / "plain.csv").write_text("plate,n\n" + "".join(f"P{i:03},{i * i}\n" for i in range(300)))
    text = (
        RELEASE.format(version="v1")
        + """
[[catalogues]]
name = "sim"
source = "sim.fits"
missing = { "*" = [-9999, -999], "mag_*" = [99], subclass = ["Non"] }

[catalogues.columns]
z = { description = { zh = "红移 <script>alert(5)</script>" } }
class = { values = ["STAR", "GALAXY", "QSO", "Unknown"] }

[catalogues.columns.fibermask.bits]
0 = "NOPLUG"
1 = { name = "<b>B</b>", description = "<img src=x onerror=alert(6)>" }
2 = "BADFLAT"
3 = "BADARC"
4 = "COLUMNS"
5 = "REJECTED"
6 = "SHIFT"
7 = "SKY"

[[catalogues]]
name = "odd"
source = "odd.vot"
roles = { class = "class", id = "Id" }

[[catalogues]]
name = "plain"
source = "plain.csv"
positions = "none"
"""
    )
    real = SHARED / "data" / "lamost-dr10" / "lrs_catalogue.fits"
    if real.exists():
        shutil.copy(real, release)
        text += '\n[[catalogues]]\nname = "lrs"\nsource = "lrs_catalogue.fits"\n'
        text += 'missing = { "*" = [-9999, -999] }\n'
    (release / "release.toml").write_text(text)
    (release / "docs").mkdir()
    (release / "docs" / "numbers.md").write_text(NUMBERS)
    (release / "docs" / "numbers.zh.md").write_text("# 数字\n\n## 信噪比 {#snr}\n\n各波段信噪比的说明。\n")


@dataclass(frozen=True)
class Made:
    """A portal, its built site, and a copy of one release folder moved away on its own."""

    portal: Path
    site: Path
    moved: Path


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """What all test processes of a session share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def templates_of_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Builds of all tests share compiled templates."""
    commands.shared_templates = shared_folder(tmp_path_factory) / "templates"
    share(commands.shared_templates)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """A folder filled by `make`, once, by the first test process that needs it."""
    base = shared_folder(factory)
    folder, note = base / name, base / f"{name}.pickle"
    with FileLock(base / f"{name}.lock"):
        if not note.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            note.write_bytes(pickle.dumps(make(folder)))
    return cast("T", pickle.loads(note.read_bytes()))


def make_site(base: Path) -> Made:
    write_portal(base / "portal")
    commands.drportal("build", "--portal", base / "portal", check=True)
    site = base / "portal" / "build" / "site"
    moved = base / "moved away" / "光谱 #1 (50%)"
    shutil.copytree(site / "test" / "v1", moved)
    return Made(base / "portal", site, moved)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return once(tmp_path_factory, "made", make_site)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(made: Made) -> Iterator[str]:
    """Address of the moved release under `drportal serve`."""
    with serving(made.moved.parent) as address:
        yield f"{address}{urllib.parse.quote(made.moved.name)}/"


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Address of a folder under `drportal serve`, ending in a slash."""
    port = free_port()
    nowhere = Path(os.devnull)
    process = commands.start(("serve", folder, "--port", port, "--quiet"), nowhere, nowhere)
    try:
        await_port(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.join(30)
        process.kill()
        process.join()


def await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens at {port}")


NGINX = """
daemon off; pid {run}/pid; error_log {run}/error.log; worker_processes 1; user root;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
  client_body_temp_path {run}/a; proxy_temp_path {run}/b; fastcgi_temp_path {run}/c;
  uwsgi_temp_path {run}/d; scgi_temp_path {run}/e;
  server {{ listen 127.0.0.1:{port}; root "{root}"; }}
}}
"""


@pytest.fixture(scope="session")
def nginx(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the moved release under nginx."""
    run, port = tmp_path_factory.mktemp("nginx"), free_port()
    for folder in [run, *run.parents[:2], made.moved.parent.parent]:
        folder.chmod(0o755)
    (run / "conf").write_text(NGINX.format(run=run, port=port, root=made.moved.parent))
    binary = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    with subprocess.Popen([binary, "-c", run / "conf"], stderr=subprocess.DEVNULL) as process:
        await_port(port)
        yield f"http://127.0.0.1:{port}/{urllib.parse.quote(made.moved.name)}/"
        process.terminate()


@pytest.fixture(scope="session")
def outside() -> Iterator[tuple[int, list[str]]]:
    with closed_network() as network:
        yield network


@pytest.fixture(scope="session")
def browsers(outside: tuple[int, list[str]]) -> Iterator[Callable[[str], Browser]]:
    """Browsers by name, without access to the network beyond this computer; each is started only once."""
    running: dict[str, Browser] = {}

    def get(name: str) -> Browser:
        if name not in running or running[name].process.poll() is not None:
            running[name] = Browser(name, outside[0])
        return running[name]

    yield get
    for browser in running.values():
        browser.quit()


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def browser(request: pytest.FixtureRequest, browsers: Callable[[str], Browser]) -> Browser:
    """Chromium and Firefox: ways.py says for each file which of them `make test` takes."""
    return browsers(request.param)


@pytest.fixture(scope="module")
def chromium(browsers: Callable[[str], Browser]) -> Browser:
    """For checks that need only one browser, such as accessibility."""
    return browsers("chrome")


HOSTS = ["serve", pytest.param("nginx", marks=pytest.mark.slow), "file"]
"""nginx serves the same bytes as `drportal serve`: test_hosts.py tries it, and `make test-all` everywhere."""


@pytest.fixture(scope="module", params=HOSTS)
def base(request: pytest.FixtureRequest, made: Made) -> str:
    """Address of the moved release, ending in a slash."""
    if request.param == "file":
        return made.moved.as_uri() + "/"
    return str(request.getfixturevalue("served" if request.param == "serve" else "nginx"))


@pytest.fixture(scope="session")
def with_python(tmp_path_factory: pytest.TempPathFactory) -> WithPython:
    """A release with Python in its pages."""
    from .python_portal import build

    return once(tmp_path_factory, "with python", build)


@pytest.fixture(scope="session")
def python_served(with_python: WithPython) -> Iterator[str]:
    """Address of that release under `drportal serve`, ending in a slash."""
    with serving(with_python.release) as address:
        yield address


@pytest.fixture(scope="session")
def spectral(tmp_path_factory: pytest.TempPathFactory) -> Spectral:
    """A release with spectra of every layout."""
    from .spectral_portal import build

    return once(tmp_path_factory, "spectral", build)


@pytest.fixture(scope="session")
def spectral_served(spectral: Spectral) -> Iterator[str]:
    """Address of that release under `drportal serve`."""
    with serving(spectral.release) as address:
        yield address


@pytest.fixture(scope="session")
def described(tmp_path_factory: pytest.TempPathFactory) -> Described:
    """A release with all settings, some of them hostile."""
    from .described_portal import build

    return once(tmp_path_factory, "described", build)


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small portal with a signing key. To be copied, not changed."""
    from .signed_portal import build

    return once(tmp_path_factory, "signed", build)


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A release and its encrypted edition. To be copied, not changed."""
    from .sealed_portal import build

    return once(tmp_path_factory, "sealed", build)


@pytest.fixture(params=["serve", "file"])
def spectral_base(request: pytest.FixtureRequest, spectral: Spectral) -> str:
    """Address of that release, ending in a slash."""
    if request.param == "file":
        return spectral.release.as_uri() + "/"
    return str(request.getfixturevalue("spectral_served"))


OWN = (
    "google.com",
    "googleapis.com",
    "gstatic.com",
    "gvt1.com",
    "mozilla.com",
    "mozilla.org",
    "mozilla.net",
    "firefox.com",
)


@pytest.fixture(autouse=True)
def unheard(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page complains in a browser test, except as expected: `@pytest.mark.complains(pattern)`."""
    names = {"browser", "chromium"}.intersection(request.fixturenames)
    browsers = [request.getfixturevalue(name) for name in names]
    for browser in browsers:
        browser.heard()
    yield
    expected = [
        re.compile(pattern) for mark in request.node.iter_markers("complains") for pattern in mark.args
    ]
    said = [words for browser in browsers for words in browser.heard()]
    assert [words for words in said if not any(one.search(words) for one in expected)] == []


@pytest.fixture
def watched(browser: Browser, outside: tuple[int, list[str]]) -> Iterator[Browser]:
    """The browser, with a check that the page made no request to the network."""
    before = len(outside[1])
    yield browser
    asked = [a for a in outside[1][before:] if not any(own in a.split("?")[0] for own in OWN)]
    assert not asked, f"asked of the network: {asked}"


SLOWEST = 3600
"""Seconds after which a test marked slow fails; for the others pyproject.toml has them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order tests by ways (ways.py), mark those that only `make test-all` runs, and those of `make quick`."""
    items.sort(key=by_way)
    for item in items:
        if not is_usual(item):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOWEST), append=False)
    if "quick" in config.option.markexpr:
        from .quick import mark_quick

        mark_quick(items)
