"""The command line: defines the commands; their work is done elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from . import __version__
from .audiences import Audience
from .cluster.command import ingest
from .completions import complete_release
from .life.command import add, doctor, new, promote, publish
from .match.command import cards
from .preview.command import preview
from .problems import clean_json, plural, several
from .report import Report, say, say_text
from .run import run
from .services.command import serve

app = typer.Typer(
    help="Static, self-contained websites for astronomical data releases.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AudienceOption = Annotated[
    Audience, typer.Option("--audience", help="Readers of the edition; content not for them is left out.")
]
PortalOption = Annotated[Path, typer.Option("--portal", help="Folder that contains portal.toml.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"drportal {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Handle options before the command."""


app.command()(new)


@app.command()
def build(
    releases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RELEASE]...", help="e.g. dr8/v1.0; all by default.", autocompletion=complete_release
        ),
    ] = None,
    portal: PortalOption = Path(),
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the site; by default PORTAL/build/site, site-partners or site-team."),
    ] = None,
    audience: AudienceOption = Audience.public,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes that make data and pages.")] = 1,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Leave out spectra that cannot be read, and list them.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Make nothing; print what would be made, and why.")
    ] = False,
    check_cache: Annotated[
        bool, typer.Option("--check-cache", help="Verify every byte of the cache against its checksum.")
    ] = False,
) -> None:
    """Build the website of a portal, or of some of its releases."""
    from .build import build as walk
    from .steps.decide import Options

    name = "site" if audience == Audience.public else f"site-{audience.value}"
    site = (out or portal / "build" / name).absolute()
    with Report() as report:
        reasons: list[str] = []
        explained = (lambda name, why: reasons.append(f"{name}: {why}")) if explain else None
        options = Options(jobs, keep_going, audience, check_cache, explained)
        built = walk(portal, site, releases or [], report, options)
    if explain:
        for line in reasons or ["nothing would be made"]:
            say(line)
        return
    if built.doubts:
        values = f"{several(built.doubts, 'value')} of columns"
        say(f'{values} may mean "nothing": drportal check --portal {portal} says which')
    if not built.changed:
        say(f"nothing has changed: {_near(built.site)}")
        return
    made = f"{several(len(built.releases), 'release')}, {several(built.pages, 'page')}"
    say(f"built {made}: {_near(built.site)}")


for command in (preview, add, promote, publish, doctor, ingest, cards):
    app.command()(command)


@app.command()
def check(
    releases: Annotated[
        list[str] | None, typer.Argument(metavar="[RELEASE]...", autocompletion=complete_release)
    ] = None,
    portal: PortalOption = Path(),
    write_schema: Annotated[
        bool, typer.Option("--write-schema", help="Write the schema of each catalogue that has none.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows/--no-rows", help="Check rows against schema and release.toml.")
    ] = True,
    audience: AudienceOption = Audience.public,
    host: Annotated[
        str | None, typer.Option(help="Check the limits of a host: cloudflare-pages, github-pages, …")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="The site that --host checks; PORTAL/build/site by default.")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List all doubts and notes, with their lines.")
    ] = False,
) -> None:
    """Look for mistakes in configuration, schemas, data and documents without building."""
    from .check import check_portal
    from .hosting.limits import unfit
    from .notices import counted, show

    with Report() as report:
        notices, faults = check_portal(portal, releases or [], write_schema, rows, audience, report)
    if host:
        faults += unfit(site or portal / "build" / "site", host)
    show(notices, verbose)
    for fault in faults:
        say(f"drportal: {fault}", err=True)
    say(counted(len(faults), notices))
    if faults:
        raise typer.Exit(1)


app.command()(serve)


@app.command()
def host(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="nginx, apache, caddy, headers, s3; nginx-vo, systemd, docker, compose."
        ),
    ],
    site: Annotated[Path, typer.Argument(metavar="[SITE]")] = Path("build/site"),
    root: Annotated[str | None, typer.Option(help="Path of the site on the server; SITE by default.")] = None,
    address: Annotated[str, typer.Option(help="Address of the site.")] = "http://:80/",
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="Processes of the services, on ports from 8000.")
    ] = 1,
    jobs: Annotated[
        str | None, typer.Option(help="Folder or address of jobs that services on several computers share.")
    ] = None,
) -> None:
    """Print the configuration of a web server, or of a store, for a site."""
    from .hosting import configuration

    say_text(configuration(kind, site, root, address, processes, jobs))


@app.command()
def diff(
    before: Annotated[
        str, typer.Argument(metavar="A", help="The earlier release, e.g. dr8/v1.0; or a table.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="The later release; or a table.")],
    portal: PortalOption = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    audience: AudienceOption = Audience.public,
) -> None:
    """Print the differences between two releases: facts, columns, rows and values."""
    from .diff import compare
    from .differences.text import report as as_text

    with Report() as report:
        found = compare(before, after, portal, report, audience)
    say_text(clean_json(found.model_dump_json(indent=1)) if as_json else as_text(found))


KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="KEY", help="Public key that must have signed: a minisign.pub, or the key itself."
    ),
]
FollowOption = Annotated[bool, typer.Option("--follow", help="Follow redirects to other servers.")]


@app.command()
def verify(
    where: Annotated[
        str, typer.Argument(metavar="PATH|URL", help="A release or portal: folder, disc image or address.")
    ],
    key: KeyOption = None,
    follow: FollowOption = False,
    state: Annotated[
        Path | None, typer.Option(help="State of interrupted checks; in the user's cache by default.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read every file, even those checked before.")
    ] = False,
) -> None:
    """Check every byte of a copy against its manifest: what is missing, changed, extra or unsigned."""
    from .publish.minisign import PublicKey
    from .publish.verify import verify as check_copy

    with Report() as report:
        public = PublicKey.read(key) if key else None
        verdict = check_copy(where, report, say, public, state, again, follow=follow)
    for line in verdict.signature.splitlines():
        say(line)
    if verdict.left_out:
        were = plural(verdict.left_out, "file was", "files were")
        say(f"{verdict.left_out:,} {were} left out of this mirror on purpose: see mirror.json.")
    if verdict.taken:
        since = datetime.fromtimestamp(verdict.taken_since, UTC).astimezone().isoformat(" ", "minutes")
        say(
            f"{verdict.taken:,} of the files were not read now: an interrupted check read them, "
            f"since {since}. --again reads every file."
        )
    wrong = ", ".join(f"{count:,} {kind}" for kind, count in sorted(verdict.wrong.items()))
    say(f"{several(verdict.files, 'file')}, {several(verdict.bytes, 'byte')}: {wrong or 'all as published'}")
    if wrong:
        raise typer.Exit(1)


@app.command()
def mirror(
    address: Annotated[str, typer.Argument(metavar="URL", help="A portal or a release.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The mirror; created or updated.")],
    release: Annotated[
        list[str] | None, typer.Option("--release", help="Copy only this release; may be repeated.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="To leave out, e.g. data or python; may be repeated."),
    ] = None,
    key: KeyOption = None,
    follow: FollowOption = False,
) -> None:
    """Copy a published portal or release, or update a copy, in one step."""
    from .publish.choice import Choice, left_out
    from .publish.minisign import PublicKey
    from .publish.mirror import mirror as copy

    with Report() as report:
        public = PublicKey.read(key) if key else None
        choice = Choice(tuple(sorted({r.strip("/") for r in release or []})), left_out(without or ()))
        done = copy(address, folder, choice, report, public, follow=follow)
    for line in done.signature.splitlines():
        say(line)
    say(
        f"{several(done.files, 'file')}, {done.linked:,} of them were here already;"
        f" {several(done.fetched_bytes, 'byte')} fetched: {_near(folder.absolute())}"
    )


PassphraseOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Its file; otherwise DRPORTAL_PASSPHRASE, or a prompt."),
]


@app.command()
def seal(
    release: Annotated[
        str, typer.Argument(metavar="RELEASE", help="Folder of a built release, or its id, e.g. dr8/v1.0.")
    ],
    out: Annotated[Path, typer.Option(help="The encrypted edition; created or replaced.")],
    portal: Annotated[
        Path | None,
        typer.Option("--portal", help="Folder that contains portal.toml; needed for an id, and to sign."),
    ] = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Encrypt a release with a passphrase; a browser opens it, also from disc."""
    from .publish.seal import seal as encrypt
    from .publish.sealed_release import find_release, words_near
    from .publish.vault import chosen_passphrase

    folder, key = find_release(release, portal)
    passphrase = chosen_passphrase(passphrase_file, True, words_near(folder))
    with Report() as report:
        header = encrypt(folder, out, passphrase, report, key)
    size = header.piece * header.pieces
    pieces = several(header.pieces, "piece")
    say(f"{folder}: {several(size, 'byte')} encrypted in {pieces}: {_near(out.absolute())}")


@app.command()
def unseal(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An encrypted edition.")],
    out: Annotated[Path, typer.Option(help="The plain release; a new folder.")],
    passphrase_file: PassphraseOption = None,
) -> None:
    """Decrypt an encrypted edition into the original release, byte for byte."""
    from .publish.unseal import unseal as decrypt
    from .publish.vault import Header, chosen_passphrase

    Header.read(folder)
    passphrase = chosen_passphrase(passphrase_file, twice=False)
    with Report() as report:
        given = decrypt(folder, out, passphrase, report)
    say(f"{several(given.files, 'file')}, {several(given.bytes, 'byte')}: {_near(out.absolute())}")


@app.command()
def media(
    release: Annotated[
        str,
        typer.Argument(
            metavar="RELEASE", help="e.g. dr8/v1.0, as it was built.", autocompletion=complete_release
        ),
    ],
    to: Annotated[str, typer.Option("--to", metavar="cd|dvd|bd|usb", help="The kind of medium.")],
    out: Annotated[
        Path, typer.Option(metavar="PATH", help="A file .iso or a folder for images; a folder for usb.")
    ],
    portal: PortalOption = Path(),
    site: Annotated[Path | None, typer.Option(help="The site; PORTAL/build/site by default.")] = None,
    discs: Annotated[
        int, typer.Option(min=0, help="Maximal number of media; 0 means as many as are needed.")
    ] = 1,
    size: Annotated[
        str | None, typer.Option(help="Capacity of the medium, e.g. 16G; for usb by default the free space.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="`python`: leave Python out.")] = None,
) -> None:
    """Create disc images, or a folder for a USB stick, with as much of a release as fits."""
    from .publish.media.make import make_media

    with Report() as report:
        made = make_media(portal, release, to, out, report, site, size, discs, without or ())
    made.files = [(Path(_near(file)), count) for file, count in made.files]
    for line in [*made.summary(), f"{_near(made.sleeve)}: a sleeve to print", *made.left_out()]:
        say(line)


@app.command()
def simulate(
    kind: Annotated[str, typer.Argument(help="lrs, lrs_stellar or mrs; lrs_spectra or mrs_spectra")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .fits or .parquet file; a folder for spectra.")
    ],
    rows: Annotated[int, typer.Option(min=0)] = 10_000,
    seed: int = 1,
) -> None:
    """Write a simulated catalogue, or FITS files of the spectra of its rows, to try things out."""
    from .simulate.command import simulate_into

    say(simulate_into(kind, file, rows, seed))


def _near(path: Path) -> str:
    """A path as people type it: relative if it is below the working folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def main() -> None:
    """Run the command given by the arguments."""
    run(app)
