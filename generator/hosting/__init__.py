"""How to serve a site: rules for every server, and configurations for common ones."""

from .configure import KINDS, configuration

__all__ = ["KINDS", "configuration"]
