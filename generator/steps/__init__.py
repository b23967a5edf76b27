"""The steps of a build: decide, make, render, seal. `build.py` has their order."""
