"""A server that speaks the sync contract and misbehaves on demand, for what a sound server never does.

It keeps entries by id exactly as they came and uploads as tus 1.0 says, and counts every request. A fault
takes the next matching request: before the work (`refuse`, `hang`, `drop`) or after it (`lose_answer`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STATIC = Path(__file__).parents[3] / "static"
CSP = (
    "default-src 'self'; script-src 'self'{cdn}; connect-src 'self' data:{cdn}; img-src 'self' blob:;"
    " media-src 'self' blob:; style-src 'self'; object-src 'none'; base-uri 'none'"
)
Fault = Callable[["Handler", bytes], bool]
"""Answers (or breaks) a request; True: nothing more is to be done with it."""


@dataclass
class Upload:
    """One upload as tus keeps it."""

    audit: str
    length: int
    sha256: str
    data: bytearray = field(default_factory=bytearray)


class FakeServer(ThreadingHTTPServer):
    """What it holds is public, so that a test can count it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.RLock()
        self.pages: dict[str, str] = {}
        self.cdn = ""
        self.entries: dict[str, bytes] = {}
        self.order: list[str] = []
        self.verdicts: dict[str, str] = {}
        """Refusal reason by entry id."""
        self.uploads: dict[str, Upload] = {}
        self.requests: list[tuple[str, str, int]] = []
        """Method, path and size of every request that reached the contract."""
        self.faults: list[tuple[re.Pattern[str], Fault]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """Address of this server."""
        return f"http://127.0.0.1:{self.server_port}"

    def fail(self, pattern: str, *faults: Fault) -> None:
        """Let the next requests whose `METHOD path` matches meet these faults, in order."""
        with self.lock:
            self.faults += [(re.compile(pattern), fault) for fault in faults]

    def take_fault(self, request: str) -> Fault | None:
        """The fault for this request, used up."""
        with self.lock:
            for place, (pattern, fault) in enumerate(self.faults):
                if pattern.search(request):
                    del self.faults[place]
                    return fault
        return None

    def bodies(self, kind: str) -> list[dict[str, object]]:
        """Bodies of the stored entries of a kind, in the order of arrival."""
        entries = [json.loads(self.entries[entry]) for entry in self.order]
        return [entry["body"] for entry in entries if entry["kind"] == kind]

    @property
    def complete(self) -> dict[str, bytes]:
        """Uploads that are whole and match their hash, by hash."""
        return {
            upload.sha256: bytes(upload.data)
            for upload in self.uploads.values()
            if len(upload.data) == upload.length and hashlib.sha256(upload.data).hexdigest() == upload.sha256
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no error here."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    # A connection per request: on one used before, Chromium itself repeats a request that was cut off.
    protocol_version = "HTTP/1.0"
    server: FakeServer

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            self._static(path)
        elif path in self.server.pages:
            cdn = f" {self.server.cdn}" if self.server.cdn else ""
            headers = {"Content-Security-Policy": CSP.format(cdn=cdn), "Cache-Control": "no-store"}
            self.answer(200, self.server.pages[path].encode(), "text/html; charset=utf-8", headers)
        else:
            self.answer(404, b"{}")

    def do_POST(self) -> None:
        if self.path == "/account/device":
            self.answer(403, b'{"error":"not_own_phone"}')  # nobody here ticked 本人手机
            return
        if self.path.endswith("/outbox"):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(200, b"{}")  # how much waits here: nothing that tests of sending count
            return
        self._contract(self._entries if self.path.endswith("/entries") else self._create)

    def do_PATCH(self) -> None:
        self._contract(self._append)

    def do_HEAD(self) -> None:
        self._contract(self._ask)

    def answer(
        self,
        status: int,
        body: bytes = b"",
        media: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", media)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self) -> None:
        """Break the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class calls it so)
        """Quiet."""

    def _static(self, path: str) -> None:
        file = STATIC / path.split("/", 3)[3]
        if not file.is_file():
            self.answer(404)
            return
        media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self.answer(200, file.read_bytes(), media, {"Cache-Control": "no-store"})

    def _contract(self, work: Callable[[bytes], None]) -> None:
        fault = self.server.take_fault(f"{self.command} {self.path}")
        length = int(self.headers.get("Content-Length") or 0)
        if fault is cut_in_chunk:
            self._keep_half(length)
            return
        body = self.rfile.read(length)
        self.server.requests.append((self.command, self.path, len(body)))
        if fault is not None and fault(self, body):
            return
        if self.headers.get("Clausewalk") != "1":
            self.answer(403, b'{"error": "header"}')
            return
        with self.server.lock:
            work(body)

    def _entries(self, body: bytes) -> None:
        results = [self._keep(raw) for raw in split_array(body)]
        self.answer(
            200, json.dumps({"results": results, "head": len(self.server.order), "head_hash": ""}).encode()
        )

    def _keep(self, raw: bytes) -> dict[str, object]:
        entry = json.loads(raw)["id"]
        if entry in self.server.verdicts:
            return {"id": entry, "status": "refused", "seq": None, "reason": self.server.verdicts[entry]}
        known = self.server.entries.get(entry)
        if known is not None and known != raw:
            return {"id": entry, "status": "refused", "seq": None, "reason": "id_reused"}
        if known is None:
            self.server.entries[entry] = raw
            self.server.order.append(entry)
        seq = self.server.order.index(entry) + 1
        return {"id": entry, "status": "stored" if known is None else "already", "seq": seq, "reason": ""}

    def _create(self, _body: bytes) -> None:
        pairs = (pair.split(" ") for pair in self.headers["Upload-Metadata"].split(","))
        metadata = {key: base64.b64decode(value).decode() for key, value in pairs}
        audit = self.path.split("/")[2]
        upload = f"{audit}-{metadata['sha256'][:16]}"
        self.server.uploads.setdefault(
            upload, Upload(audit, int(self.headers["Upload-Length"]), metadata["sha256"])
        )
        self.answer(201, headers={"Location": f"/audits/{audit}/uploads/{upload}"})

    def _append(self, body: bytes) -> None:
        upload = self.server.uploads[self.path.rsplit("/", 1)[1]]
        if int(self.headers["Upload-Offset"]) != len(upload.data):
            self.answer(409, headers={"Upload-Offset": str(len(upload.data))})
            return
        upload.data += body
        if len(upload.data) == upload.length and hashlib.sha256(upload.data).hexdigest() != upload.sha256:
            upload.data.clear()
            self.answer(460, headers={"Upload-Offset": "0"})
            return
        self.answer(204, headers=self._progress(upload))

    def _ask(self, _body: bytes) -> None:
        upload = self.server.uploads.get(self.path.rsplit("/", 1)[1])
        if upload is None:
            self.answer(404)
        else:
            self.answer(200, headers={"Upload-Length": str(upload.length), **self._progress(upload)})

    def _progress(self, upload: Upload) -> dict[str, str]:
        receipt = {"Clausewalk-Receipt": upload.sha256} if len(upload.data) == upload.length else {}
        return {"Upload-Offset": str(len(upload.data)), **receipt}

    def _keep_half(self, length: int) -> None:
        half = self.rfile.read(length // 2)
        with self.server.lock:
            self.server.uploads[self.path.rsplit("/", 1)[1]].data += half
        self.cut()


def split_array(body: bytes) -> list[bytes]:
    """The elements of a JSON array as the bytes they came in."""
    text, decoder, found, place = body.decode(), json.JSONDecoder(), [], 1
    while text[place] != "]":
        _, end = decoder.raw_decode(text, place)
        found.append(text[place:end].encode())
        place = end + (text[end] == ",")
    return found


def refuse(status: int, body: bytes = b"{}", media: str = "application/json", **headers: str) -> Fault:
    """Answer with this instead of doing the work."""

    def fault(handler: Handler, _body: bytes) -> bool:
        handler.answer(
            status, body, media, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        return True

    return fault


def drop(handler: Handler, _body: bytes) -> bool:
    """Break the connection before the work."""
    handler.cut()
    return True


def cut_in_chunk(_handler: Handler, _body: bytes) -> bool:
    """Take half of the chunk, keep it, and break the connection."""
    raise AssertionError("done while the chunk is read")


def lose_answer(handler: Handler, body: bytes) -> bool:
    """Do the work, then break the connection instead of answering."""
    with handler.server.lock:
        for raw in split_array(body):
            handler._keep(raw)
    handler.cut()
    return True


def hang(handler: Handler, _body: bytes) -> bool:
    """Say nothing until the test releases it, then break the connection."""
    handler.server.released.wait(60)
    handler.cut()
    return True


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    """A running server on a free port of this machine."""
    server = FakeServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
