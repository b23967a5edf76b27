"""What one request may use. Answers and capabilities report these limits."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Limits of a service; docs/services.md lists them with their options."""

    rows: int = 1_000_000
    """Rows of an answer, whatever MAXREC asks for."""
    usual_rows: int = 100_000
    """Rows of an answer if the request does not say."""
    seconds: float = 60.0
    """Duration of a synchronous statement."""
    job_seconds: float = 600.0
    """Duration of an asynchronous statement, at most; also what a job has at first."""
    memory: int = 1_000 * MEGABYTE
    """Bytes of memory of the database, for all statements."""
    upload: int = 100 * MEGABYTE
    """Bytes of all uploaded tables of a request."""
    statements: int = 4
    """Statements that run at once; others wait."""
    waiting: int = 1_000
    """Requests that wait for their statement; more are refused with status 503."""
    job_days: float = 3.0
    """How long a job is kept after its creation."""
    lease: float = 60.0
    """Seconds after which a job is an error whose process no longer says that it runs it."""
    jobs: int = 1_000
    """Jobs that are kept at once."""
    statement_bytes: int = 200_000
    """Length of a statement."""
    answer: int = 4_000 * MEGABYTE
    """Bytes of an answer on disk."""
    sending: float = 60.0
    """Seconds in which a client must take a block of an answer."""
