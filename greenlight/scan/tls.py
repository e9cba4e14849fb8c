"""What a front door does with TLS: which versions it speaks, how long its certificate lasts, where port 80 leads."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from greenlight.scan.answers import SECONDS, Answer
from greenlight.scan.checks import Finding

DAY_SECONDS = 86400
FEW_DAYS = 14
"""ACM renews 60 days before the end: what lasts less is not being renewed."""
OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)


@dataclass(frozen=True)
class Handshakes:
    """Which old versions were agreed on, which could not be tried from here, and the end of the certificate."""

    old: tuple[str, ...]
    untried: tuple[str, ...]
    ends: float


def shaken(url: str, trusted: ssl.SSLContext | None = None) -> Handshakes:
    """Shake hands in every way.

    Raises:
        OSError: nobody is there, or the certificate is not to be trusted.
    """
    where = urlsplit(url)
    host, port = str(where.hostname), where.port or 443
    with _connected(host, port, trusted or ssl.create_default_context()) as current:
        certificate = current.getpeercert() or {}
    tried = {each.name: _agrees(host, port, each) for each in OLD}
    old = tuple(name for name, agreed in tried.items() if agreed)
    untried = tuple(name for name, agreed in tried.items() if agreed is None)
    return Handshakes(old, untried, ssl.cert_time_to_seconds(str(certificate["notAfter"])))


def _connected(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    return context.wrap_socket(socket.create_connection((host, port), SECONDS), server_hostname=host)


def _agrees(host: str, port: int, version: ssl.TLSVersion) -> bool | None:
    """Whether an old version is agreed on; None where nobody answers it, or this machine does not speak it any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        with _connected(host, port, context):
            return True
    except ssl.SSLError as error:
        return None if "NO_PROTOCOLS_AVAILABLE" in str(error) else False
    except TimeoutError:
        return None
    except (ConnectionError, ValueError):
        return False


def judge(found: Handshakes, plain: Answer | None, now: float | None = None) -> Iterator[Finding]:
    """What is wrong; `plain` is what port 80 answered, where it did, and `now` is in Unix seconds."""
    if found.old:
        yield Finding("old-tls", f"it speaks {' and '.join(found.old)}; allowed: TLSv1_2 and later")
    days = (found.ends - (time.time() if now is None else now)) / DAY_SECONDS
    if days < FEW_DAYS:
        yield Finding("certificate", f"its certificate ends in {days:.0f} days; allowed: {FEW_DAYS} at least")
    if plain and not (300 <= plain.status < 400 and plain.one("Location").startswith("https://")):
        yield Finding("plain-http", f"port 80 answers {plain.status}; allowed: a redirect to https")
