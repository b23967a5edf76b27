"""Make configurations of web servers and object stores from the rules and from the site's pages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import jinja2

from ..problems import InputError, Problem
from . import rules
from .policies import read_policies
from .services import SERVICES, ports, service_values

TEMPLATES = Path(__file__).with_name("templates")
KINDS = {
    "nginx": "nginx.conf",
    "apache": "apache.conf",
    "caddy": "Caddyfile",
    "headers": "_headers",
    "s3": "s3.sh",
    "nginx-vo": "nginx.conf",
    **SERVICES,
}
MISSING = "404.html"
PLAIN_PATH = re.compile(r"/[^\"'`$\\{}\x00-\x1f]*")
PLAIN_PLACE = re.compile(r"([a-z][a-z0-9]*:/)?/[^\"'`$\\{}\x00-\x1f]*")
"""A path, or the address of a store."""
PLAIN_POLICY = re.compile(r"[^\"`$\\{}\x00-\x1f]+")
ASSETS = {rules.TYPES[ending] for ending in ("bin", "css", "jpg", "js", "png", "svg", "webp")}
"""Types that include files whose names change with their content."""


def configuration(
    kind: str,
    site: Path,
    root: str | None = None,
    address: str = "http://:80/",
    processes: int = 1,
    jobs: str | None = None,
) -> str:
    """The configuration of a kind of server for a built site.

    `root` is the folder on the server, by default the site's own, or for services an address of a store;
    `address` is the public address, where `http://:80/` means any host name. `processes` and `jobs` are those
    of the services. Raises InputError.
    """
    if kind not in KINDS:
        raise InputError(Problem("host", kind, "no such kind", f"use one of: {', '.join(KINDS)}"))
    policies = read_policies(site)
    folder = root or str(site.absolute())
    parts = _address(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    below = parts.path.rstrip("/")
    _check("--root", folder, PLAIN_PLACE if kind in SERVICES else PLAIN_PATH)
    _check("--jobs", jobs or "/", PLAIN_PLACE)
    for policy in [*policies.others, policies.usual]:
        _check("policy", policy, PLAIN_POLICY)
    environment = _environment()
    if kind in SERVICES:
        public = f"{parts.scheme}://{parts.netloc}{below}/" if parts.hostname else None
        return environment.get_template(KINDS[kind]).render(service_values(folder, public, processes, jobs))
    return environment.get_template(KINDS[kind]).render(
        root=folder,
        services=ports(processes) if kind == "nginx-vo" else [],
        below=below,
        host=parts.hostname or "",
        port=port,
        listen=str(port),
        address=f"{parts.scheme}://{parts.netloc}",
        missing=f"{below}/{MISSING}" if (site / MISSING).is_file() else None,
        usual=policies.usual,
        others=list(policies.others.items()),
        widest=policies.widest,
        ask=rules.ASK,
        forever=rules.FOREVER,
        hashed=rules.HASHED,
        packed=rules.PACKED,
        types=_types(),
        texts=sorted(t for t in {*rules.TYPES.values()} if t.startswith(rules.IN_UTF_8)),
        named=list(rules.NAMED.items()),
        other=rules.OTHER,
        headers=list(rules.HEADERS.items()),
        preflight=list(rules.PREFLIGHT.items()),
        compressed=rules.COMPRESSED,
        uploads=_uploads(site) if kind == "s3" else [],
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # it is not HTML; values from the site were checked above
    )
    environment.filters["regex"] = re.escape
    return environment


def _check(what: str, value: str, form: re.Pattern[str]) -> None:
    """Raise InputError if a value would mean something else in a configuration."""
    if not form.fullmatch(value):
        fix = "name an absolute path without quotes, $, backslashes and braces"
        raise InputError(Problem("host", what, f"{value!r} cannot be written in a configuration", fix))


def _address(address: str) -> SplitResult:
    parts = urlsplit(address)
    try:
        plain = parts.scheme in ("http", "https") and not parts.query and parts.port != 0
    except ValueError:
        plain = False
    if (
        not plain
        or not re.fullmatch(r"[A-Za-z0-9.:-]*", parts.netloc)
        or not re.fullmatch(r"[\w./~-]*", parts.path)
    ):
        fix = "write it as https://survey.example/"
        raise InputError(Problem("host", "--address", f"{address!r} is not the address of a site", fix))
    return parts


def _types() -> list[tuple[str, list[str]]]:
    """The file name endings of each type."""
    by_type: dict[str, list[str]] = {}
    for ending, kind in rules.TYPES.items():
        by_type.setdefault(kind, []).append(ending)
    return sorted(by_type.items())


def _uploads(site: Path) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The uploads to a store: type, cache rule and patterns of each; pages last.

    Each upload walks through site and store, so only those with files in the site are included.
    """
    there = {name.rpartition(".")[2] for _, _, names in os.walk(site) for name in names}
    parts = []
    for kind, every in sorted(_types(), key=lambda pair: pair[0] == "text/html"):
        endings = [ending for ending in every if ending in there]
        if not endings:
            continue
        type_ = rules.type_of(f"x.{endings[0]}")
        mine = [("include", f"*.{ending}") for ending in endings]
        if kind in ASSETS:
            hashed = [f"{up}assets/*.$hex.{ending}" for ending in endings for up in ("", "*/")]
            parts.append((type_, rules.FOREVER, [("include", pattern) for pattern in hashed]))
            mine += [("exclude", pattern) for pattern in hashed]
        parts.append((type_, rules.ASK, mine))
    names = [(name, [name, f"*/{name}"]) for name in rules.NAMED]
    for name, patterns in names:
        parts.insert(0, (rules.type_of(name), rules.ASK, [("include", pattern) for pattern in patterns]))
    rest = [f"*.{ending}" for ending in rules.TYPES] + [p for _, patterns in names for p in patterns]
    parts.insert(0, (rules.OTHER, rules.ASK, [("include", "*"), *(("exclude", p) for p in rest)]))
    return parts
