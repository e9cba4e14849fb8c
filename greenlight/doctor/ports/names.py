"""Where names lead: by DNS, or in a rehearsal by the file that its environment names, and by that alone."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from greenlight.doctor.domain import Addresses

HOSTS_VARIABLE = "GREENLIGHT_HOSTS"
"""A file like /etc/hosts. Where it is set no name server is asked: nothing of a rehearsal leaves the machine."""


def addresses(name: str, environment: Mapping[str, str] = os.environ) -> Addresses:
    """The IPv4 and IPv6 addresses of a name; None when there is no such name."""
    file = environment.get(HOSTS_VARIABLE)
    return _from_file(name, Path(file)) if file else _from_dns(name)


def _from_dns(name: str) -> Addresses:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            return None
        raise


def _from_file(name: str, file: Path) -> Addresses:
    """The lines that name it. A rehearsal's load balancer is an address and a port, which stand for themselves."""
    host = name.rpartition(":")[0] or name
    if _is_address(host):
        return {host}
    lines = (line.partition("#")[0].split() for line in file.read_text().splitlines())
    return {address for address, *names in filter(None, lines) if host in names} or None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
