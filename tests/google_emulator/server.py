"""The sockets: a threaded HTTP/1.1 server on loopback, and the faults that only a socket can have."""

from __future__ import annotations

import select
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .faults import Fault, refusal
from .http import Answer, Call
from .service import Service

LONGEST_SILENCE = 300.0  # seconds that a hanging call is held, should the client never give up


class Handler(BaseHTTPRequestHandler):
    """One connection; answers are written in one piece, and sent at once."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ESF", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def handle_any(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, self.sent()).plain()
        fault = None if call.path.startswith("/emulator/") else self.server.service.faults.take(call)
        answer = self.answered(call, fault)
        self.server.seen.append((call, answer))
        if answer is not None:
            self.send(answer, truncate=fault is not None and fault.kind == "truncate")

    def sent(self) -> bytes:
        """The body, whether its length was told or it came in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return b"".join(parts)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def answered(self, call: Call, fault: Fault | None) -> Answer | None:
        """The answer, or None where the client gets none."""
        kind = fault.kind if fault else ""
        if fault and kind == "status":
            error = refusal(fault)
            drive = not call.path.startswith("/v4/")
            return Answer.of(error.drive_body() if drive else error.sheets_body(), error.code, error.headers)
        if kind == "late":
            self.server.service.faults.late.append(call)
        answer = None if kind in ("hang", "late", "reset") else self.server.service.answer(call)
        if kind in ("hang", "hang_after", "late"):
            self.be_silent()
            return None
        if kind in ("reset", "reset_after"):
            self.reset()
            return None
        return answer

    def be_silent(self) -> None:
        """Until the client closes the connection, or the server stops."""
        select.select([self.connection, self.server.stopping], [], [], LONGEST_SILENCE)
        self.close_connection = True

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def send(self, answer: Answer, *, truncate: bool) -> None:
        self.send_response(answer.code)
        for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if truncate else answer.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or truncate

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):  # the client is gone, or the connection was cut
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent: tests look at `seen`."""


class Server(ThreadingHTTPServer):
    """The emulator's sockets; `seen` has each call with its answer."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, service: Service, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service
        self.seen: list[tuple[Call, Answer | None]] = []
        self.stopping, self.stop_signal = socket.socketpair()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.stop_signal.close()
        self.shutdown()
        self.server_close()
        self.stopping.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the game."""
