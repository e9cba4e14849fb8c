"""The real ports of load balancers: what listens on 80 and on 443 shares one, which is part of the DNS name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlight.rehearsal.runner.ports import free_port

Listener = Mapping[str, Any]
Key = tuple[str, str, int]


class Addresses:
    """A load balancer's DNS name is `127.0.0.1:<port>`: `http://<DNSName>` and `https://<DNSName>` work as on AWS.

    The port is chosen when the load balancer is created, before it has a listener: a template may have written the
    name down by then. The first HTTP listener and the first HTTPS listener share it, since the balancer tells TLS from
    plain HTTP by the first bytes of a connection. Any other listener gets a port of its own. What counts is the port
    that AWS knows: a listener that is moved to another one leaves its real port to whoever takes its place.
    """

    def __init__(self, choose: Callable[[], int] = free_port) -> None:
        self._choose = choose
        self._promised: dict[str, int] = {}
        self._ports: dict[Key, int] = {}

    def dns_name(self, load_balancer_arn: str) -> str:
        """Return the name of a load balancer, the same one each time."""
        port = self._promised.get(load_balancer_arn) or self._promised.setdefault(load_balancer_arn, self._choose())
        return f"127.0.0.1:{port}"

    def port(self, listener: Listener) -> int:
        """Return the real port of a listener, the same one each time."""
        key = _key(listener)
        if key not in self._ports:
            self._ports[key] = self._promised_port(key) or self._choose()
        return self._ports[key]

    def keep(self, listeners: list[Listener]) -> None:
        """Free the ports of all other listeners; the next listener may get the one in the DNS name."""
        kept = {_key(listener) for listener in listeners}
        self._ports = {key: port for key, port in self._ports.items() if key in kept}

    def _promised_port(self, key: Key) -> int | None:
        load_balancer, protocol, _ = key
        promised = self._promised.get(load_balancer)
        taken = any(port == promised and other[1] == protocol for other, port in self._ports.items())
        return None if taken else promised


def _key(listener: Listener) -> Key:
    return listener["LoadBalancerArn"], listener["Protocol"], int(listener["Port"])
