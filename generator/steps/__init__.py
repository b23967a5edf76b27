"""The steps of a build: decide, make, render, seal. `build.py` tells in which order."""
