"""Discs and USB sticks: the parts of a release that fit, as images and folders that every system can read."""
