"""HTTPS as the functions speak it: to the load balancer by its own name, for the domain of its certificate."""

from __future__ import annotations

import ssl
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trustme
from traffic_switch import surroundings
from traffic_switch.surroundings import HttpReply, LambdaSurroundings

DOMAIN = "shop.example.com"


class Door(BaseHTTPRequestHandler):
    """Says which host it was asked for; /302 leads to /200."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/") or 200))
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def door(authority: trustme.CA) -> Iterator[tuple[str, list[str]]]:
    """A server with the domain's certificate: its address, and the names that TLS has asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    named: list[str] = []
    context.sni_callback = lambda _socket, name, _context: named.append(str(name))
    authority.issue_cert(DOMAIN).configure_cert(context)
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/", named
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def trusting(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    monkeypatch.setattr(surroundings, "_OPENER", surroundings.opener(tls))


def fetched(url: str, host: str, timeout: float = 5.0) -> HttpReply:
    return LambdaSurroundings().fetch(urllib.request.Request(url, headers={"Host": host}), timeout)


def test_tls_and_the_request_name_the_domain_wherever_the_address_leads(door: tuple[str, list[str]]) -> None:
    url, named = door

    assert fetched(url, DOMAIN).body == DOMAIN.encode()
    assert named == [DOMAIN]


def test_a_certificate_for_another_name_is_no_answer(door: tuple[str, list[str]]) -> None:
    with pytest.raises(OSError, match=r"not valid for 'other\.example\.com'"):
        fetched(door[0], "other.example.com")


def test_without_a_domain_the_certificate_must_be_for_the_address(door: tuple[str, list[str]]) -> None:
    with pytest.raises(OSError, match=r"IP address mismatch, certificate is not valid for '127\.0\.0\.1'"):
        LambdaSurroundings().fetch(urllib.request.Request(door[0]), 5.0)


def test_no_redirect_is_followed(door: tuple[str, list[str]]) -> None:
    assert fetched(f"{door[0]}302", DOMAIN).status == 302


def test_a_door_that_takes_too_long_is_an_error_of_the_network() -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as silent, pytest.raises(OSError, match="timed out"):
        fetched(f"https://127.0.0.1:{silent.server_port}/", DOMAIN, timeout=0.05)
