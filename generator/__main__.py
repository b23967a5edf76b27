"""The program `drportal`, also as `python -m drportal`."""

from __future__ import annotations

from .cli import main
from .run import end


def program() -> None:
    """Run the command given by the arguments, and end."""
    end(main)


if __name__ == "__main__":
    program()
