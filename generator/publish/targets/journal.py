"""Remembers which files of a transfer are on the target, so that an interrupted one is resumed."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time

from ...files import Entry, user_cache

EVERY = 0.5
"""Seconds between writes to disk."""


class Journal:
    """A file in the user's cache for each target; it is valid for one pair of manifests only."""

    def __init__(self, target: str, manifests: str) -> None:
        base = user_cache() / "drportal" / "publish"
        base.mkdir(parents=True, exist_ok=True)
        self.file = base / f"{hashlib.sha256(target.encode()).hexdigest()[:24]}.sqlite"
        self._lock, self._written = threading.Lock(), time.monotonic()
        self._open()
        known = self._base.execute("SELECT manifests FROM head").fetchone()
        if known != (manifests,):
            self.clear()
            self._base.execute("DELETE FROM head")
            self._base.execute("INSERT INTO head VALUES (?)", (manifests,))
            self._base.commit()

    def _open(self) -> None:
        for left in (True, False):
            self._base = sqlite3.connect(self.file, check_same_thread=False)
            try:
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("CREATE TABLE IF NOT EXISTS head (manifests TEXT)")
                self._base.execute(
                    "CREATE TABLE IF NOT EXISTS sent (path TEXT PRIMARY KEY, sha256 TEXT) WITHOUT ROWID"
                )
                return
            except sqlite3.DatabaseError:  # damaged: everything is sent again
                self._base.close()
                self.file.unlink(missing_ok=True)
                if not left:
                    raise

    def has(self, entry: Entry) -> bool:
        """Whether the target has this content of a file."""
        with self._lock:
            found = self._base.execute("SELECT sha256 FROM sent WHERE path = ?", (entry.path,)).fetchone()
        return bool(found == (entry.sha256,))

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._base.execute("INSERT OR REPLACE INTO sent VALUES (?, ?)", (entry.path, entry.sha256))
            if time.monotonic() - self._written > EVERY:
                self._commit()

    def clear(self) -> None:
        """Forget everything: the target has nothing of this transfer."""
        with self._lock:
            self._base.execute("DELETE FROM sent")
            self._base.commit()

    def drop(self, path: str) -> None:
        """Forget a file that turned out to be wrong on the target."""
        with self._lock:
            self._base.execute("DELETE FROM sent WHERE path = ?", (path,))
            self._commit()

    def _commit(self) -> None:
        self._base.commit()
        self._written = time.monotonic()

    def close(self, whole: bool) -> None:
        """Write what was added; forget everything when the transfer is whole."""
        with self._lock:
            self._commit()
            self._base.close()
        if whole:
            for suffix in ("", "-wal", "-shm"):
                self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
