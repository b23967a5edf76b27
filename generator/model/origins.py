"""Hosts that portal.toml lets pages connect to."""

from __future__ import annotations

import re

# They become part of the pages' security policy, where spaces, commas and semicolons are separators.
# The local computer needs no encryption.
ORIGIN = re.compile(r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(localhost|127\.0\.0\.1))(:\d{1,5})?")
