"""What containers on the host may reach: fence.sh, whose rules are run by a packet filter of the tests."""

from __future__ import annotations

import shlex
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
from greenlight_cdk.host_scripts import SCRIPTS, shell

from tests.rehearsal.packet_filter import Packet, PacketFilter

pytestmark = pytest.mark.rehearsal

BLUE, GREEN, OUTSIDE = "br-0123456789ab", "br-ba9876543210", "ens5"
HOST, BROKER, METADATA, SOMEBODY = "10.0.0.10", "169.254.170.2", "169.254.169.254", "52.94.0.1"
IN_GREEN = "198.18.2.2"

COMMAND = """#!/bin/bash
printf '%s\\n' "${0##*/} $*" >>"$CALLS"
case "$*" in "-w -C "* | "-w -N "*) [ -e "$AGAIN" ] && case "$2" in -C) exit 0 ;; *) exit 1 ;; esac ;; esac
case "$2" in -C) exit 1 ;; *) exit 0 ;; esac
"""


class Fence:
    """The filters as the script leaves them, and what else it called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.filters = {"iptables": PacketFilter(), "ip6tables": PacketFilter()}
        for name in (*self.filters, "ip"):
            (folder / name).write_text(COMMAND)
            (folder / name).chmod(0o755)
        self.others: list[str] = []

    def build(self, *, again: bool = False) -> None:
        """Run the script; `again` is a second time, when every chain and rule is there."""
        places = {"CALLS": str(self.folder / "calls"), "AGAIN": str(self.folder / "again")}
        if again:
            (self.folder / "again").touch()
        (self.folder / "calls").write_text("")
        subprocess.run(
            ["bash", "-c", shell("fence.sh", {})], env={"PATH": f"{self.folder}:/bin:/usr/bin", **places}, check=True
        )
        for call in (self.folder / "calls").read_text().splitlines():
            name, *words = shlex.split(call)
            if name in self.filters:
                self.filters[name].command(words)
            else:
                self.others.append(call)

    def lets(self, packet: Packet) -> bool:
        return self.filters["iptables"].lets(packet)


@pytest.fixture
def fence(tmp_path: Path) -> Fence:
    fence = Fence(tmp_path)
    fence.build()
    return fence


@pytest.mark.parametrize(
    ("packet", "passes"),
    [
        pytest.param(Packet(BLUE, OUTSIDE, METADATA, 80), False, id="metadata"),
        pytest.param(Packet(BLUE, OUTSIDE, "169.254.169.123", 123, "udp"), False, id="other-link-local"),
        pytest.param(Packet(BLUE, GREEN, IN_GREEN, 3000), False, id="the-other-color"),
        pytest.param(Packet(BLUE, BLUE, "198.18.1.2", 3000), False, id="its-own-published-port"),
        pytest.param(Packet(BLUE, "", HOST, 22), False, id="ssh-of-the-host"),
        pytest.param(Packet(BLUE, "", HOST, 3001), False, id="the-proxy-of-a-published-port"),
        pytest.param(Packet(BLUE, "", "198.18.1.1", 53, "udp"), False, id="the-gateway"),
        pytest.param(Packet(BLUE, "", BROKER, 443), False, id="another-port-of-the-brokers-address"),
        pytest.param(Packet(BLUE, "", BROKER, 80, "udp"), False, id="the-broker-by-udp"),
        pytest.param(Packet(BLUE, "", HOST, 80), False, id="port-80-of-another-address"),
        pytest.param(Packet(BLUE, "", BROKER, 80), True, id="the-broker"),
        pytest.param(Packet(BLUE, OUTSIDE, SOMEBODY), True, id="aws"),
        pytest.param(Packet(BLUE, OUTSIDE, "10.0.0.2", 53, "udp"), True, id="names"),
        pytest.param(Packet(OUTSIDE, BLUE, "198.18.1.2", 3000), True, id="the-load-balancer"),
        pytest.param(Packet(BLUE, OUTSIDE, "10.0.16.9", 40_000, is_answer=True), True, id="an-answer-to-it"),
        pytest.param(Packet(BLUE, "", HOST, 40_000, is_answer=True), True, id="an-answer-to-the-host"),
        pytest.param(Packet("lo", "", "127.0.0.1", 80), True, id="the-host-itself"),
        pytest.param(Packet(OUTSIDE, "", HOST, 22), True, id="who-may-sign-in"),
    ],
)
def test_a_container_reaches_the_internet_and_the_broker_alone(fence: Fence, packet: Packet, passes: bool) -> None:
    assert fence.lets(packet) is passes


@pytest.mark.parametrize("out", ["", OUTSIDE])
def test_nothing_of_a_container_passes_by_ipv6(fence: Fence, out: str) -> None:
    assert not fence.filters["ip6tables"].lets(Packet(BLUE, out, "fe80::1", 22))
    assert fence.filters["ip6tables"].lets(Packet(OUTSIDE, "", "fe80::1", 22))


def test_the_broker_has_its_address_on_the_host(fence: Fence) -> None:
    assert fence.others == [f"ip address replace {BROKER}/32 dev lo"]


def test_a_second_run_leaves_the_same_rules(fence: Fence) -> None:
    before = {name: deepcopy(found.chains) for name, found in fence.filters.items()}

    fence.build(again=True)

    assert {name: found.chains for name, found in fence.filters.items()} == before


def test_docker_does_not_start_without_the_fence() -> None:
    """systemd.unit(5): RequiredBy, Before. A oneshot that failed fails what requires it."""
    unit = (SCRIPTS / "greenlight-fence.service").read_text().splitlines()

    assert {"Before=docker.service", "RequiredBy=docker.service", "Type=oneshot"} <= set(unit)


def test_the_broker_owns_nothing_and_gets_its_socket_from_systemd() -> None:
    service = (SCRIPTS / "greenlight-credentials.service").read_text().splitlines()
    socket = (SCRIPTS / "greenlight-credentials.socket").read_text().splitlines()

    assert {"DynamicUser=yes", "CapabilityBoundingSet="} <= set(service)
    assert f"ListenStream={BROKER}:80" in socket
