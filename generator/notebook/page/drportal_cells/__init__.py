"""Runs the cells of a notebook inside the page; for the page's worker, not for the reader's own code."""

from .cells import cancel, close, complete, run, set_screen, wake

__all__ = ["cancel", "close", "complete", "run", "set_screen", "wake"]
