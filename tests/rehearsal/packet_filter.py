"""What the rules of iptables that a script adds would do to a packet: chains, looked through from the first rule on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

ACCEPTED = "ACCEPT"


@dataclass(frozen=True)
class Packet:
    """What the rules look at. `goes_out` is empty for what is meant for the host itself."""

    comes_in: str
    goes_out: str
    to: str
    port: int = 443
    protocol: str = "tcp"
    is_answer: bool = False


@dataclass
class PacketFilter:
    """The chains of one table; a chain that ends without a verdict goes back, and a base chain then accepts."""

    chains: dict[str, list[list[str]]] = field(default_factory=lambda: {"INPUT": [], "FORWARD": []})

    def command(self, words: Sequence[str]) -> bool:
        """Do what one command says; whether it succeeds."""
        assert words[0] == "-w", "without it, iptables fails while docker holds the lock"
        verb, chain, *rule = words[1:]
        if verb == "-N":
            fresh = chain not in self.chains
            self.chains.setdefault(chain, [])
            return fresh
        if verb == "-F":
            self.chains[chain] = []
        elif verb == "-A":
            self.chains[chain].append(rule)
        elif verb == "-I":
            self.chains[chain].insert(0, rule)
        elif verb == "-C":
            return rule in self.chains[chain]
        else:
            raise AssertionError(f"unknown: {words}")
        return True

    def verdict(self, chain: str, packet: Packet) -> str:
        """ACCEPT or DROP; empty when the chain says nothing."""
        for rule in self.chains[chain]:
            wanted, target = rule[:-2], rule[-1]
            if not _matches(wanted, packet):
                continue
            said = self.verdict(target, packet) if target in self.chains else target
            if said:
                return said
        return ""

    def lets(self, packet: Packet) -> bool:
        """Whether it passes: docker has FORWARD look at DOCKER-USER first."""
        chain = ("DOCKER-USER" if "DOCKER-USER" in self.chains else "FORWARD") if packet.goes_out else "INPUT"
        return self.verdict(chain, packet) in ("", ACCEPTED)


def _matches(wanted: Sequence[str], packet: Packet) -> bool:
    options = dict(zip(wanted[::2], wanted[1::2], strict=True))
    options.pop("-m", None)
    checks: dict[str, Callable[[str], bool]] = {
        "-i": lambda name: _is_interface(name, packet.comes_in),
        "-o": lambda name: _is_interface(name, packet.goes_out),
        "-d": lambda network: ip_address(packet.to) in ip_network(network),
        "-p": lambda protocol: protocol == packet.protocol,
        "--dport": lambda port: int(port) == packet.port,
        "--ctstate": lambda states: packet.is_answer and "ESTABLISHED" in states,
    }
    return all(checks[option](value) for option, value in options.items())


def _is_interface(wanted: str, name: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("+") else name == wanted
