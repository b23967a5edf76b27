"""`drportal cards`: what catalogue cards there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report import say


def cards(
    portal: Annotated[Path, typer.Option("--portal", help="Folder that contains portal.toml.")] = Path(),
) -> None:
    """List the catalogue cards: published catalogues that a release can be matched with."""
    from .card import OWN, Card, load_cards

    found = load_cards((OWN, portal / "cards"))
    widest = max(len(name) for name in found)

    def line(name: str, card: Card) -> str:
        rows = "" if card.rows is None else f", {card.rows:,} rows"
        table = f", VizieR {card.vizier}" if card.vizier else ""
        return f"{name:{widest}}  {card.title}{rows}, {card.radius.arcsec:g} arcsec{table}"

    for name, card in sorted(found.items()):
        say(line(name, card))
