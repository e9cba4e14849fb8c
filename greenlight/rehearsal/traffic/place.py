"""Where the load goes: the name that users type, and the address that it leads to here."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

STANDARD_PORTS = {"http": 80, "https": 443}


class PlaceError(ValueError):
    """A URL or an address that no load can go to."""


@dataclass(frozen=True)
class Place:
    """A service's front door.

    Attributes:
        name: what the certificate must be for.
        host_header: the Host of every request; the port is in it unless it is the scheme's own.
        address: where to connect. The name is looked up nowhere when the address is another one.
        tls: how to speak TLS; None for plain HTTP.
        redirects_to: what the Location of a redirect may begin with; empty when there is to be none.
    """

    url: str
    name: str
    host_header: str
    address: tuple[str, int]
    tls: ssl.SSLContext | None = None
    redirects_to: str = ""

    def __str__(self) -> str:
        own = f"{self.name}:{self.address[1]}" if self.address[0] == self.name else "{}:{}".format(*self.address)
        return self.url if own in self.url else f"{self.url} at {own}"


def place(url: str, connect: str = "", authority: Path | None = None, *, redirects: bool = False) -> Place:
    """Read `http://host:port` or `https://host`, and `host:port` to connect to instead.

    Raises:
        PlaceError: one of them is not such a thing, or the authority cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme not in STANDARD_PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise PlaceError(f"must be http://host:port or https://host:port, without a path, got {url!r}")
    port = parts.port or STANDARD_PORTS[parts.scheme]
    header = parts.hostname if port == STANDARD_PORTS[parts.scheme] else f"{parts.hostname}:{port}"
    address = _address(connect) if connect else (parts.hostname, port)
    tls = _tls(authority) if parts.scheme == "https" else None
    other = "http" if parts.scheme == "https" else "https"
    return Place(
        url.rstrip("/"), parts.hostname, header, address, tls, f"{other}://{parts.hostname}" if redirects else ""
    )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise PlaceError(f"must be host:port, got {text!r}")
    return host, int(port)


def _tls(authority: Path | None) -> ssl.SSLContext:
    """Trust this authority alone, or the system's; the name is checked either way."""
    try:
        return ssl.create_default_context(cafile=str(authority) if authority else None)
    except OSError as error:
        raise PlaceError(f"cannot trust {authority}: {error.strerror or error}") from error
