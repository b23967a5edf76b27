"""A store that speaks S3: s3://bucket/folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...arrow_s3 import s3_client
from ...hosting.rules import cache_control, type_of
from .in_place import InPlace
from .target import refused

BLOCK = 1 << 22
FIX = "see the address, and the keys and the endpoint of the store in the environment (AWS_…)"


class S3(InPlace):
    """Objects have the content types and cache rules of the other servers (hosting/rules.py)."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self._root = where.removeprefix("s3://").strip("/")
        if not self._root:
            raise refused(where, "names no bucket", "write e.g. s3://bucket/survey")
        self._store = s3_client()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise refused(self.name, f"cannot be read or written: {str(error)[:300]}", FIX) from None

    def put_file(self, source: Path, path: str) -> None:
        about = {"Content-Type": type_of(path.rpartition("/")[2]), "Cache-Control": cache_control(f"/{path}")}
        with (
            self._explained(),
            source.open("rb") as stream,
            self._store.open_output_stream(f"{self._root}/{path}", metadata=about) as out,
        ):
            while block := stream.read(BLOCK):
                out.write(block)

    def remove_file(self, path: str) -> None:
        with self._explained(), suppress(FileNotFoundError):
            self._store.delete_file(f"{self._root}/{path}")

    def blocks(self, path: str) -> Iterator[bytes] | None:
        with self._explained():
            try:
                stream = self._store.open_input_stream(f"{self._root}/{path}")
            except FileNotFoundError:
                return None
        return self._blocks(stream)

    def _blocks(self, stream: object) -> Iterator[bytes]:
        with self._explained(), stream:  # type: ignore[attr-defined]
            while block := stream.read(BLOCK):  # type: ignore[attr-defined]
                yield block

    def is_empty(self) -> bool:
        from pyarrow.fs import FileSelector

        with self._explained():
            return not self._store.get_file_info(FileSelector(self._root, allow_not_found=True))
