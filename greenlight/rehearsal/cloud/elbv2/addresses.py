"""The real ports of load balancers: each listener gets one, and the first is part of the DNS name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlight.rehearsal.runner.ports import free_port


class Addresses:
    """A load balancer's DNS name is `127.0.0.1:<port>`, so that `http://<DNSName>` works here as it does on AWS.

    The port is chosen when the load balancer is created, before it has a listener: a template may have written the
    name down by then. The first HTTP listener gets it, any other listener a port of its own.
    """

    def __init__(self, choose: Callable[[], int] = free_port) -> None:
        self._choose = choose
        self._promised: dict[str, int] = {}
        self._ports: dict[str, int] = {}

    def dns_name(self, load_balancer_arn: str) -> str:
        """Return the name of a load balancer, the same one each time."""
        port = self._promised.get(load_balancer_arn) or self._promised.setdefault(load_balancer_arn, self._choose())
        return f"127.0.0.1:{port}"

    def port(self, listener: Mapping[str, Any]) -> int:
        """Return the real port of a listener, the same one each time."""
        arn = listener["ListenerArn"]
        if arn not in self._ports:
            self._ports[arn] = self._promised_port(listener) or self._choose()
        return self._ports[arn]

    def keep(self, listener_arns: set[str]) -> None:
        """Free the ports of all other listeners; the next listener may get the one in the DNS name."""
        self._ports = {arn: port for arn, port in self._ports.items() if arn in listener_arns}

    def _promised_port(self, listener: Mapping[str, Any]) -> int | None:
        promised = self._promised.get(listener["LoadBalancerArn"])
        is_free = listener["Protocol"] == "HTTP" and promised not in self._ports.values()
        return promised if is_free else None
