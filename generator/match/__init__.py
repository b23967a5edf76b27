"""A release beside another catalogue: the cards of published catalogues."""

from __future__ import annotations

from .card import Card, load_card, load_cards

__all__ = ["Card", "load_card", "load_cards"]
