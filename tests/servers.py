"""A web server that knows byte ranges, fails when told to, and remembers what it was asked."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


@dataclass
class FileServer:
    """Serves the files of a folder; set its fields to make it slow or sick.

    Attributes
    ----------
    asked
        Requests so far: method, path, value of the Range header or "".
    failures
        Requests that are still to be answered with 503.
    cut
        Answers that are still to break off in the middle of the file.
    ranges
        Whether it knows byte ranges.
    pause
        Seconds between two pieces of 1 kB.
    """

    folder: Path
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    failures: int = 0
    cut: int = 0
    ranges: bool = True
    pause: float = 0.0


@contextmanager
def files_of(folder: Path) -> Iterator[FileServer]:
    """Serve a folder on this machine until the body ends."""
    state = FileServer(folder)
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    state: FileServer

    def do_GET(self):
        asked = self.headers.get("Range", "")
        self.state.asked.append((self.command, self.path, asked))
        file = self.state.folder / self.path.lstrip("/")
        if self.state.failures > 0:
            self.state.failures -= 1
            self.send_error(503)
        elif file.is_file():
            self._answer(file.read_bytes(), re.match(r"bytes=(\d+)-", asked))
        else:
            self.send_error(404)

    def do_HEAD(self):
        self.do_GET()

    def _answer(self, content, asked):
        start = int(asked[1]) if asked and self.state.ranges else 0
        self.send_response(206 if asked and self.state.ranges else 200)
        if asked and self.state.ranges:
            last = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", f'"{md5(content).hexdigest()}"')
        self.end_headers()
        if self.command == "GET":
            self._send(content[start:])

    def _send(self, body):
        cut, self.state.cut = self.state.cut, max(0, self.state.cut - 1)
        try:
            for at in range(0, len(body) // 2 if cut else len(body), 1000):
                self.wfile.write(body[at : at + 1000])
                time.sleep(self.state.pause)
            # A client forgets what it has not read yet when the connection breaks.
            time.sleep(0.5 if cut else 0)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, format, *args):
        pass
