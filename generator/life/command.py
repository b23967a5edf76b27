"""The commands for the life of a portal: `new`, `add`, `promote` and `publish`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..audiences import Audience
from ..completions import complete_release, one_of
from ..problems import InputError, Problem, several
from ..report import Report, say

Portal = Annotated[Path, typer.Option("--portal", help="Folder that contains portal.toml.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")
    ],
    source: Annotated[
        Path | None,
        typer.Option(help="A table to start from: FITS, VOTable, Parquet, ECSV, CSV or another text table."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the catalogue made from --source.")] = "catalogue",
    template: Annotated[
        str,
        typer.Option(
            help="survey, single (one catalogue, one language) or mirror.",
            autocompletion=one_of("survey", "single", "mirror"),
        ),
    ] = "survey",
    release: Annotated[
        str | None,
        typer.Option(help="Id of the first release, e.g. dr9/v0-q1; that of the template if absent."),
    ] = None,
    audience: Annotated[
        Audience, typer.Option("--audience", help="Who may see the first release.")
    ] = Audience.public,
    published: Annotated[str | None, typer.Option(help="Date of the first release, e.g. 2027-03.")] = None,
) -> None:
    """Create a portal to start from."""
    from ..start import Kind, start_portal

    with Report() as report:
        lines = list(start_portal(folder, source, name, report, Kind(template, release, audience, published)))
    for line in lines:
        say(line)


def add(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The new one, e.g. dr9/v1.0.")],
    former: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="RELEASE",
            help="The release it begins as, e.g. dr8/v1.0.",
            autocompletion=complete_release,
        ),
    ],
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="A table, or CATALOGUE=FILE; may be repeated. Files may follow one --source."
        ),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="More tables.")] = None,
    published: Annotated[
        str | None, typer.Option(help="Its date, e.g. 2027-03; a placeholder without it.")
    ] = None,
    phase: Annotated[str | None, typer.Option(help="v0, v1 or v2; left out without it.")] = None,
    audience: Annotated[
        Audience | None, typer.Option("--audience", help="Who may see it; by default as the older one.")
    ] = None,
    portal: Portal = Path(),
) -> None:
    """Begin a release with the settings, schemas and documents of an older one."""
    from .add import Said, add_release

    said = Said(published, phase, audience)
    lines = add_release(portal, release, former, [*(source or []), *(more or [])], said)
    for line in lines:
        say(line)


def promote(
    release: Annotated[
        str, typer.Argument(metavar="RELEASE", help="e.g. dr9/v1.0", autocompletion=complete_release)
    ],
    phase: Annotated[
        str,
        typer.Option(
            help="v0 (the team), v1 (partners) or v2 (everyone).", autocompletion=one_of("v0", "v1", "v2")
        ),
    ],
    published: Annotated[
        str | None, typer.Option(help="Its date in this phase, e.g. 2027-03; by default it stays.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    dry_run: DryRun = False,
    portal: Portal = Path(),
) -> None:
    """Open a release to more readers, and mark the older versions that it replaces."""
    from .promote import promotion

    edits = promotion(portal, release, phase, published)
    for edit in edits:
        for line in edit.diff():
            say(line)
    if not edits:
        say(f"nothing to change: {release} is of phase {phase}")
        return
    if dry_run:
        say("nothing was written: --dry-run")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise InputError(Problem("promote", release, "nothing was written", "add --yes to write this"))
        if not typer.confirm("Write this?"):
            say("nothing was written")
            raise typer.Exit(1)
    for edit in edits:
        edit.write()
    say(f"written: {', '.join(str(edit.file) for edit in edits)}")
    say(f"next: drportal build --portal {portal}")


def publish(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A folder, user@server:folder, ssh://, rsync://, s3://bucket/folder, or https:// (WebDAV).",
        ),
    ],
    portal: Portal = Path(),
    site: Annotated[
        Path | None, typer.Option(help="The site; by default PORTAL/build/site, site-partners or site-team.")
    ] = None,
    audience: Annotated[
        Audience, typer.Option("--audience", help="Readers of the edition that is published.")
    ] = Audience.public,
    again: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RELEASE",
            help="A published release whose data change; may be repeated.",
            autocompletion=complete_release,
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why they change: readers see it.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Send what changed of a site to a server, a store or a folder, and read it back."""
    from .publish import publish as send

    name = "site" if audience == Audience.public else f"site-{audience.value}"
    place = site or portal / "build" / name
    with Report() as report:
        lines = send(target, portal, place.absolute(), again or [], reason, dry_run, audience, report)
        for line in lines:
            say(line)


def doctor(
    portal: Portal = Path(),
    out: Annotated[
        Path | None, typer.Option(help="Folder of the site; PORTAL/build/site by default.")
    ] = None,
    audience: Annotated[
        Audience, typer.Option("--audience", help="Readers of the edition that would be built.")
    ] = Audience.public,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Write the JSON Schemas for editors into the portal.")
    ] = False,
) -> None:
    """Examine what is installed and what a build would do; status 1 if there is a problem."""
    from .doctor import examine

    if write_schemas:
        from ..start import write_schemas as write

        for file in write(portal):
            say(f"written: {file}")
    with Report() as report:
        found = list(examine(portal, (out or portal / "build" / "site").absolute(), audience, report))
    for one in found:
        say(one.line)
    if problems := sum(one.level == "problem" for one in found):
        say(f"{several(problems, 'problem')}")
        raise typer.Exit(1)
