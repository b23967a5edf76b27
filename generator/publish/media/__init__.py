"""Discs and sticks: what fits of a release, as images and folders that every system can read."""
