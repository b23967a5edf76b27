"""Servers to which pages save files: WebDAV with a password, S3 that checks signatures."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import http.server
import json
import socket
import socketserver
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...publish.targets import STORE, Place, s3, webdav

USER, PASSWORD = "ann", "pässword: 1"
REGION, BUCKET = "eu-west-1", "survey"

DAV = """
    AuthType Basic
    AuthName "dav"
    AuthUserFile "{users}"
    <LimitExcept OPTIONS>
      Require valid-user
    </LimitExcept>
    Header always set Access-Control-Allow-Origin "*"
    Header always set Access-Control-Allow-Methods "GET, HEAD, PUT, DELETE, OPTIONS"
    Header always set Access-Control-Allow-Headers "Authorization, Content-Type, Content-Range"
"""
MODULES = ["auth_basic", "authn_core", "authn_file", "authz_user"]

# As the owner of a bucket does it: a user who may do what docs/saving.md lists.
OWNER = """
import boto3, json, sys
options = dict(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
iam = boto3.client("iam", endpoint_url=sys.argv[1], **options)
iam.create_user(UserName="ann")
may = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
rule = {"Effect": "Allow", "Action": may, "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
iam.put_user_policy(UserName="ann", PolicyName="save", PolicyDocument=policy)
key = iam.create_access_key(UserName="ann")["AccessKey"]
print(json.dumps([key["AccessKeyId"], key["SecretAccessKey"]]))
"""


def documented_cors() -> dict[str, Any]:
    """The rule of docs/saving.md."""
    text = (Path(__file__).parents[3] / "docs" / "saving.md").read_text(encoding="utf-8")
    (rule,) = json.loads(text.partition("```json\n")[2].partition("```")[0])["CORSRules"]
    return rule  # type: ignore[no-any-return]


@dataclass
class Store:
    """A bucket, and the key of a reader who may write to it."""

    place: Place
    own: str
    """Its address, where every origin may come in."""
    address: str
    """For pages."""
    key: str = ""
    secret: str = ""

    def guard(self, guarded: bool) -> None:
        """Check signatures and permissions from now on, or nothing."""
        address, count = f"{self.own}/moto-api/reset-auth", b"0" if guarded else b"inf"
        request = urllib.request.Request(address, count, {"Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()

    def uploads(self) -> int:
        """Number of multipart uploads that are neither complete nor removed."""
        with urllib.request.urlopen(f"{self.own}/{BUCKET}?uploads") as answer:
            return answer.read().count(b"<Upload>")


class Front(http.server.BaseHTTPRequestHandler):
    """Applies the rules of a bucket as S3 does: to errors too, and without a signature."""

    protocol_version = "HTTP/1.1"
    port: int
    rule: dict[str, Any]

    def do_OPTIONS(self) -> None:
        self._answer(200, [], b"")

    def _forward(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        there = http.client.HTTPConnection("127.0.0.1", self.port)
        there.request(self.command, self.path, data, dict(self.headers))
        answer = there.getresponse()
        body = answer.read()
        names = {"content-length", "connection", "transfer-encoding", "date", "server"}
        headers = [
            (k, v) for k, v in answer.getheaders() if k.lower() not in names and "control" not in k.lower()
        ]
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self._answer(answer.status, headers, body, length)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _forward

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, length: str | None = None
    ) -> None:
        self.send_response(status)
        if self.command in self.rule["AllowedMethods"] or self.command == "OPTIONS":
            self.send_header("Access-Control-Allow-Origin", "*")
        for name, key in (("Allow-Methods", "AllowedMethods"), ("Allow-Headers", "AllowedHeaders")):
            self.send_header(f"Access-Control-{name}", ", ".join(self.rule[key]))
        if "*" in self.rule["AllowedHeaders"]:  # S3 lists what was asked for
            asked = self.headers.get("Access-Control-Request-Headers", "")
            self.send_header("Access-Control-Allow-Headers", asked)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[Store]:
    """A store that lets pages in by the rules of docs/saving.md, and knows a reader."""
    with s3(folder) as place, contextlib.ExitStack() as stack:
        own = place.environment["AWS_ENDPOINT_URL"]
        rule = {"port": int(own.rpartition(":")[2]), "rule": documented_cors()}
        handler = type("Own", (Front,), rule)
        front = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=front.serve_forever, daemon=True).start()
        stack.callback(front.shutdown)
        store = Store(place, own, f"http://127.0.0.1:{front.server_address[1]}")
        command = [STORE / "python", "-c", OWNER, own]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        store.key, store.secret = json.loads(done.stdout)
        place.name = f"s3://{BUCKET}"
        yield store


@contextlib.contextmanager
def dav(folder: Path) -> Iterator[Place]:
    """A WebDAV server with a user."""
    users = folder / "users"
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    users.write_text(f"{USER}:{{SHA}}{digest}\n", encoding="utf-8")
    with webdav(folder, DAV.format(users=users), MODULES) as place:
        assert place.folder
        place.folder = place.folder.parent
        yield place


class Line(socketserver.ThreadingTCPServer):
    """A line to a server that counts what goes there, and can be cut."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.target = port
        self.passed = 0
        self.cut_at: int | None = None
        """Bytes after which every connection is cut; None: it works."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Forward(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:
            back = threading.Thread(target=self._copy, args=(there, self.request, False), daemon=True)
            back.start()
            self._copy(self.request, there, True)
            back.join()

    def _copy(self, source: Any, target: Any, counted: bool) -> None:
        server = self.server
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                cut_at = server.cut_at  # once: the test sets it at any time
                if cut_at is not None and server.passed + len(data) * counted > cut_at:
                    break
                server.passed += len(data) * counted
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a server on this computer."""
    with Line(port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
