"""A load balancer with two colors behind it, for tests that look at it as its users do."""

from __future__ import annotations

import http.client
import itertools
import subprocess
import sys
import threading
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenlight.rehearsal.runner.ports import free_port, is_listening
from tests.rehearsal.local_cloud import LocalCloud, eventually

SCALE = 0.05
"""A health check of 5 s takes a quarter of a second."""
ANY_PATH = [{"Field": "path-pattern", "Values": ["/*"]}]
VPC = "vpc-00000001"
"""The account's default VPC, 172.31.0.0/16."""
_addresses = itertools.count(10)


@dataclass(frozen=True)
class Server:
    """A running target, in a process of its own."""

    color: str
    port: int
    process: subprocess.Popen[bytes]

    def set(self, **what: object) -> None:
        query = "&".join(f"{name}={value}" for name, value in what.items())
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/set?{query}", timeout=5).close()


@contextmanager
def serving(*colors: str) -> Iterator[list[Server]]:
    """Start one server per color, and end them all."""
    program = str(Path(__file__).with_name("tiny_server.py"))
    ports = [free_port() for _ in colors]
    servers = [
        Server(color, port, subprocess.Popen([sys.executable, program, color, str(port)]))
        for color, port in zip(colors, ports, strict=True)
    ]
    try:
        assert eventually(lambda: all(is_listening(port) for port in ports))
        yield servers
    finally:
        for server in servers:
            server.process.kill()
            server.process.wait()


@dataclass
class Group:
    """A target group, and the targets registered in it."""

    arn: str
    targets: list[dict[str, Any]] = field(default_factory=list)


class Shop:
    """A load balancer whose rule at priority 100 forwards to a blue and a green group."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.elb: Any = cloud.client("elbv2")
        self.name = f"shop-{uuid.uuid4().hex[:8]}"
        self.balancer = self.elb.create_load_balancer(Name=self.name, Subnets=["subnet-1", "subnet-2"])[
            "LoadBalancers"
        ][0]
        self.host, _, port = self.balancer["DNSName"].partition(":")
        self.port = int(port)
        self.blue, self.green = self.group("blue"), self.group("green")
        default = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "no rule"}}
        self.listener: str = self.elb.create_listener(
            LoadBalancerArn=self.arn, Port=80, Protocol="HTTP", DefaultActions=[default]
        )["Listeners"][0]["ListenerArn"]
        self.rule: str = self.add_rule(100, self.forward(100, 0))

    @property
    def arn(self) -> str:
        return str(self.balancer["LoadBalancerArn"])

    def group(self, color: str, **settings: Any) -> Group:
        wanted = {
            "Name": f"{self.name}-{color}",
            "Protocol": "HTTP",
            "Port": 3000,
            "VpcId": VPC,
            "TargetType": "ip",
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 4,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
        }
        created = self.elb.create_target_group(**{**wanted, **settings})["TargetGroups"][0]
        return Group(created["TargetGroupArn"])

    def add_rule(self, priority: int, actions: Sequence[Any], conditions: Sequence[Any] = ANY_PATH) -> str:
        created = self.elb.create_rule(
            ListenerArn=self.listener, Priority=priority, Conditions=conditions, Actions=actions
        )
        return str(created["Rules"][0]["RuleArn"])

    def forward(self, blue: int, green: int) -> list[dict[str, Any]]:
        groups = [
            {"TargetGroupArn": self.blue.arn, "Weight": blue},
            {"TargetGroupArn": self.green.arn, "Weight": green},
        ]
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]

    def shift(self, blue: int, green: int) -> None:
        self.elb.modify_rule(RuleArn=self.rule, Actions=self.forward(blue, green))

    def register(self, group: Group, real_port: int | None) -> dict[str, Any]:
        """Register a new target, served on a real port, or by nothing."""
        target = {"Id": f"172.31.0.{next(_addresses)}", "Port": 3000}
        if real_port is not None:
            self.route(target, real_port)
        self.elb.register_targets(TargetGroupArn=group.arn, Targets=[target])
        group.targets.append(target)
        return target

    def route(self, target: dict[str, Any], real_port: int) -> None:
        self.cloud.control("routes", {"target": target["Id"], "port": target["Port"], "real_port": real_port})

    def health(self, group: Group, *targets: dict[str, Any]) -> list[dict[str, Any]]:
        found = self.elb.describe_target_health(TargetGroupArn=group.arn, Targets=targets)
        return [each["TargetHealth"] for each in found["TargetHealthDescriptions"]]

    def states(self, group: Group) -> list[str]:
        return [each["State"] for each in self.health(group)]

    def becomes(self, group: Group, *states: str) -> bool:
        return bool(eventually(lambda: self.states(group) == list(states)))

    def get(self, path: str = "/", **headers: str) -> tuple[int, str, str]:
        """Ask once: the status, the color and the body."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("X-Environment", ""), answer.read().decode()
        finally:
            connection.close()

    def delete(self) -> None:
        self.elb.delete_load_balancer(LoadBalancerArn=self.arn)
        for group in (self.blue, self.green):
            self.elb.delete_target_group(TargetGroupArn=group.arn)


class Load:
    """Users on connections of their own, which never connect twice: a dropped connection is a failed request."""

    def __init__(self, shop: Shop, users: int) -> None:
        self.colors: list[str] = []
        self.failures: list[str] = []
        self._shop = shop
        self._stopped = threading.Event()
        self._users = [threading.Thread(target=self._use) for _ in range(users)]

    def __enter__(self) -> Load:
        for user in self._users:
            user.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for user in self._users:
            user.join()

    def _use(self) -> None:
        connection = http.client.HTTPConnection(self._shop.host, self._shop.port, timeout=5)
        connection.connect()
        connection.auto_open = 0
        try:
            while not self._stopped.is_set():
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(str(answer.status))
                self.colors.append(answer.headers.get("X-Environment", ""))
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr(error))
        finally:
            connection.close()
