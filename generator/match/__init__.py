"""A release beside another catalogue: cards of published catalogues, pairs of positions, joined rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

if TYPE_CHECKING:
    from .card import Card, load_card, load_cards

__all__ = ["Card", "load_card", "load_cards"]

__getattr__ = lazily(__name__, {"Card": "card", "load_card": "card", "load_cards": "card"})
