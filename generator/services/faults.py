"""What can be wrong with a request, as an exception with the status of its answer."""

from __future__ import annotations


class Refused(Exception):
    """A request that is wrong, or cannot be answered. The message is one line, for the reader."""

    status = 400


class NotFound(Refused):
    """There is nothing at the address."""

    status = 404


class Busy(Refused):
    """Too many requests at once: try again later."""

    status = 503


class Stopped(Refused):
    """A statement was stopped: its time was over, or the client is gone."""

    status = 400


class Stale(Exception):
    """A statement failed because the site was replaced meanwhile: it is to be run again on the new one."""
