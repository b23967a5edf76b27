"""Addresses of the services, and of the site's files beside them."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ..hosting.rules import HEADERS, PREFLIGHT
from .about.metrics import metrics
from .about.vosi import availability, described, examples, tables
from .cone import cone
from .faults import Busy, NotFound, Refused, Stale
from .parameters import Parameters, read_parameters
from .sending import busy, plain
from .service import TRIES, Asked, Service, unwritten
from .sites.files import site_file
from .spectra.datalink import datalink
from .spectra.soda import soda
from .spectra.ssa import ssa
from .tap.sync import sync
from .tap.uws import jobs

ROOM = "vo"
"""The last word of addresses before those of services."""
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
FORM = 100_000
"""Bytes of a form beside its statement and its tables."""


class Application:
    """The server as ASGI calls it."""

    def __init__(self, service: Service, log: Callable[[dict[str, object]], None] | None = None) -> None:
        self.service, self._log = service, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._live(receive, send)
        if scope["type"] != "http":
            return None
        began, sent = time.monotonic(), {"status": 0, "bytes": 0}

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
            sent["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            response = await self._response(Request(scope, self._bounded(receive)))
            await response(scope, receive, counted)
        finally:
            self._count(scope, sent, time.monotonic() - began)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.service.end_jobs()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    def _bounded(self, receive: Receive) -> Receive:
        """Receive, until the request is larger than its tables may be."""
        taken = 0
        most = self.service.limits.upload + self.service.limits.statement_bytes + FORM

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise Refused(f"the request is larger than {most:,} bytes")
            return message

        return bounded

    async def _response(self, request: Request) -> Response:
        if request.method not in METHODS:
            return plain("this method is not used here", 405)
        if request.method == "OPTIONS":
            allowed = {**HEADERS, **PREFLIGHT, "Access-Control-Allow-Methods": ", ".join(METHODS)}
            return Response(None, 204, allowed)
        words = request.url.path.strip("/").split("/")
        if ROOM not in words:
            return await site_file(self.service.site.place, request)
        at = words.index(ROOM)
        try:
            return await self._served(request, "/".join(words[:at]), words[at + 1 :])
        except Refused as error:
            return plain(str(error), error.status)
        except OSError as error:  # a table or a job that cannot be kept
            return busy(str(unwritten(error)))

    async def _served(self, request: Request, ident: str, words: list[str]) -> Response:
        given = await read_parameters(request, self.service.limits.statement_bytes)
        for _ in range(TRIES):
            with contextlib.suppress(Stale):
                return await self._once(request, ident, words, given)
            await self.service.renew()
        raise Busy("the site is being replaced: try again in a minute")

    async def _once(self, request: Request, ident: str, words: list[str], given: Parameters) -> Response:
        """Answer from the site as it is now. Raises Refused, Stale."""
        with self.service.site.snapshot() as snapshot:
            scope = snapshot.scopes.get(ident)
            if scope is None:
                raise NotFound("there is no release with services at this address")
            root = self.service.address or f"{request.url.scheme}://{request.url.netloc}/"
            asked = Asked(self.service, snapshot, scope, root + scope.path, given, request.is_disconnected)
            return await _handler(words)(request, asked)

    def _count(self, scope: Scope, sent: dict[str, int], seconds: float) -> None:
        self.service.counts[f"status {sent['status']}"] += 1
        self.service.counts["bytes"] += sent["bytes"]
        if self._log:
            client = scope.get("client") or ("", 0)
            self._log({
                "time": round(time.time(), 3), "client": client[0], "method": scope["method"],
                "path": scope["path"][:300], "status": sent["status"], "bytes": sent["bytes"],
                "seconds": round(seconds, 4),
            })  # fmt: skip


def as_json(line: dict[str, object]) -> str:
    """A line of the log."""
    return json.dumps(line, ensure_ascii=True)


Handler = Callable[[Request, Asked], Awaitable[Response]]


def _handler(words: list[str]) -> Handler:
    """What answers at an address below vo/. Raises NotFound."""
    match words:
        case ["availability"] | [_, "availability"] | ["scs", _, "availability"]:
            return lambda request, asked: availability(asked)
        case ["metrics"]:
            return lambda request, asked: metrics(asked)
        case ["capabilities"]:
            return lambda request, asked: described(asked)
        case ["tap" | "ssa" | "datalink" | "soda", "capabilities"]:
            return lambda request, asked: described(asked, words[0])
        case ["scs", name, "capabilities"]:
            return lambda request, asked: described(asked, "scs", name)
        case ["tap", "tables", *rest]:
            return lambda request, asked: tables(asked, "/".join(rest), request.headers.get("user-agent", ""))
        case ["tap", "examples"]:
            return lambda request, asked: examples(asked)
        case ["ssa"]:
            return lambda request, asked: ssa(asked)
        case ["datalink"]:
            return lambda request, asked: datalink(asked)
        case ["soda"]:
            return lambda request, asked: soda(asked)
        case ["tap", "async", *rest]:
            return lambda request, asked: jobs(request, asked, rest)
        case ["tap", "sync"]:
            return lambda request, asked: sync(asked)
        case ["scs", name]:
            return lambda request, asked: cone(asked, name)
    raise NotFound("there is no service at this address")


__all__ = ["Application", "Parameters", "as_json"]
