"""Private addresses of instances and tasks, each from the range of its own subnet."""

from __future__ import annotations

import threading
from ipaddress import ip_network

RESERVED = 4
"""AWS keeps the first four addresses of a subnet, and the last one, to itself."""


class SubnetFullError(Exception):
    """A subnet has no free address left."""


class AddressPool:
    """Hand out the addresses of all subnets, in turn: one that was given back is used again as late as possible."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, cidr: str) -> str:
        """Return a free address of the range. Raises SubnetFullError."""
        network = ip_network(cidr)
        usable = network.num_addresses - RESERVED - 1
        with self._lock:
            for _ in range(usable):
                offset = self._last[cidr] = self._last.get(cidr, -1) + 1
                address = str(network[RESERVED + offset % usable])
                if address not in self._taken:
                    self._taken.add(address)
                    return address
        raise SubnetFullError(f"subnet {cidr} has no free address among {usable}: end tasks or instances in it")

    def give_back(self, address: str) -> None:
        """Free an address; one that is free already stays so."""
        with self._lock:
            self._taken.discard(address)
