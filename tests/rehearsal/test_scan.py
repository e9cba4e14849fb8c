"""A scan of what is really there: the shop's own process, a bad one behind a preview rule, and TLS."""

from __future__ import annotations

import http.server
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from greenlight import cdk
from greenlight.commands.scan import _answers
from greenlight.errors import ReleaseError
from greenlight.project import CHECKOUT
from greenlight.rehearsal.runner.ports import free_port, is_listening
from greenlight.scan import tls
from greenlight.scan.answers import Asker
from greenlight.scan.checks import judge
from tests.rehearsal.local_cloud import eventually

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The shop as it is, on a port of its own."""
    port = free_port()
    told = {
        "ENVIRONMENT": "green",
        "VERSION": "2.0.0",
        "PORT": str(port),
        "CART_TABLE": "none",
        "AWS_REGION": "eu-west-1",
    }
    folder = CHECKOUT / "services" / "shop"
    process = subprocess.Popen(
        [str(cdk.NODE), "src/server.js"],
        cwd=folder,
        env={**told, "PATH": os.environ["PATH"], "NODE_ENV": "production"},
        stdout=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: is_listening(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


class Careless(http.server.BaseHTTPRequestHandler):
    """A service that does nothing right."""

    def do_GET(self) -> None:
        self.send_response(500 if "%" in self.path else 200)
        self.send_header("X-Powered-By", "Careless 1.0")
        self.send_header("Set-Cookie", "session=1")
        self.send_header("Set-Cookie", "other=1; HttpOnly; SameSite=Lax")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(b"Traceback (most recent call last):\n")

    do_POST = do_TRACE = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def careless(context: ssl.SSLContext | None = None) -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_nothing_is_wrong_with_the_shop(shop: str) -> None:
    assert judge(_answers(Asker(shop, {})), encrypted=False) == []


def test_a_careless_service_is_told_all_that_is_wrong() -> None:
    with careless() as port:
        found = judge(_answers(Asker(f"http://127.0.0.1:{port}", {})), encrypted=False)

    assert [each.name for each in found] == [
        "content-security-policy",
        "content-type-options",
        "cookie",
        "cross-origin",
        "framing",
        "server-error",
        "software",
        "stack-trace",
        "trace",
    ]
    (cookie,) = (each.said for each in found if each.name == "cookie")
    assert "the cookie session is not HttpOnly, SameSite" in cookie


def test_nobody_who_answers_is_told_in_one_line() -> None:
    with pytest.raises(ReleaseError, match=r"gave no answer to GET /: ConnectionRefusedError: .* Nothing was scanned$"):
        Asker(f"http://127.0.0.1:{free_port()}", {}).ask("GET", "/")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, lowest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = lowest
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(("lowest", "spoken"), [(ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1, True)])
def test_versions_of_tls_are_tried(authority: trustme.CA, lowest: ssl.TLSVersion, spoken: bool) -> None:
    with careless(server_context(authority, lowest)) as port:
        found = tls.shaken(f"https://127.0.0.1:{port}", trusting(authority))

    assert set(found.old) | set(found.untried) == ({"TLSv1", "TLSv1_1"} if spoken else set(found.untried))
    assert bool(found.old) == (spoken and not found.untried)


def test_a_certificate_that_nobody_vouches_for_is_an_error(authority: trustme.CA) -> None:
    with careless(server_context(authority, ssl.TLSVersion.TLSv1_2)) as port, pytest.raises(ssl.SSLError):
        tls.shaken(f"https://127.0.0.1:{port}")


def test_a_preview_header_is_sent_over_tls_to_whom_it_is_for_alone(authority: trustme.CA) -> None:
    with careless(server_context(authority, ssl.TLSVersion.TLSv1_2)) as port:
        url = f"https://127.0.0.1:{port}"

        assert Asker(url, {"X-Greenlight-Preview": "v"}, trusting(authority)).ask("GET", "/").status == 200
        with pytest.raises(ReleaseError, match="CERTIFICATE_VERIFY_FAILED"):
            Asker(url, {"X-Greenlight-Preview": "v"}).ask("GET", "/")
