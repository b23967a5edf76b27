"""Plugins: three example packages, installed by pip."""
