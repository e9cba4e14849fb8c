"""A front door that sends one request to blue and the next one to green: no switch moves people as often."""

from __future__ import annotations

import http.client
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


@contextmanager
def taking_turns(origins: Sequence[str]) -> Iterator[str]:
    """Pass requests on to one origin after the other, as a load balancer says who asks; the URL of the door."""
    turns = itertools.cycle(urlsplit(origin).netloc for origin in origins)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            sent |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "http"}
            connection = http.client.HTTPConnection(next(turns), timeout=30)
            try:
                connection.request(self.command, self.path, body, sent)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in (*HOP, "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
