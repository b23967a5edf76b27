"""Recognize the layouts of spectrum files, and pack spectra so that each can be read separately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

if TYPE_CHECKING:
    from .job import FORMAT
    from .walk import make_spectra

__all__ = ["FORMAT", "make_spectra"]

__getattr__ = lazily(__name__, {"FORMAT": "job", "make_spectra": "walk"})
