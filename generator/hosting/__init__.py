"""How a site is to be served: rules for every server, and the configuration of those that are used most."""

from .configure import KINDS, configuration

__all__ = ["KINDS", "configuration"]
