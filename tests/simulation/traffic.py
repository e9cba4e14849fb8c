"""What runs behind the target groups, and what users and probes get from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from traffic_switch.contract import ENVIRONMENT_HEADER, VERSION_HEADER
from traffic_switch.surroundings import HttpReply

from tests.simulation.elbv2.listeners import Listener
from tests.simulation.elbv2.rules import Rule, matches, weights
from tests.simulation.elbv2.service import Elbv2
from tests.simulation.kernel import Kernel
from tests.simulation.timeline import Timeline


@dataclass(frozen=True)
class Behavior:
    """How an application answers. `fails` and `slow` are shares of its requests; `up` whether it listens at all."""

    color: str
    version: str
    fails: float = 0.0
    slow: float = 0.0
    seconds: float = 0.02
    slow_seconds: float = 2.0
    status: int = 200
    up: bool = True


@dataclass(frozen=True)
class Users:
    """Those who ask one listener for one path, `rate` times a second."""

    listener: str
    path: str
    rate: float


class App:
    """What runs behind one target group, over time, and the probes that it has answered."""

    def __init__(self, behavior: Behavior) -> None:
        self.behavior = Timeline(behavior)
        self.probes: list[tuple[float, int, float]] = []
        """When, with which status (0: refused), in how many seconds."""


class Traffic:
    """The data plane: rules as they have taken effect, applications, users."""

    def __init__(self, kernel: Kernel, elbv2: Elbv2) -> None:
        self.apps: dict[str, App] = {}
        self.users: list[Users] = []
        self.redirects: dict[str, str] = {}
        """Listener to the one that its default action sends users to."""
        self._kernel = kernel
        self._elbv2 = elbv2

    def add(self, group: str, behavior: Behavior) -> None:
        """Something that runs behind a target group."""
        self.apps[group] = App(behavior)

    def change(self, group: str, **changes: Any) -> None:
        """From now on it behaves otherwise. Health checks notice when it goes up or down."""
        behavior = self.apps[group].behavior
        old, new = behavior.last, replace(behavior.last, **changes)
        behavior.set(self._kernel.time, new)
        if old.up != new.up:
            self._elbv2.health.set_up(self._elbv2.groups[group], new.up)

    def ask(self, listener: str, path: str, headers: Mapping[str, str]) -> tuple[HttpReply, float]:
        """One request through the load balancer, now: the answer, and after how many seconds it is there."""
        rule = self._rule(self._elbv2.listeners[listener], self._kernel.time, path, headers)
        group = self._chosen(weights(rule))
        if group is None:
            return _fixed(rule), 0.005
        app = self.apps[group]
        reply, seconds = self._answer(app.behavior.last, bool(self._elbv2.groups[group].targets))
        app.probes.append((self._kernel.time, 0 if reply.status in {502, 503} else reply.status, seconds))
        return reply, seconds

    def shares(self, listener: str, path: str, time: float) -> dict[str, float]:
        """Which share of the requests for a path each target group gets at a time."""
        rule = self._rule(self._elbv2.listeners[listener], time, path, {})
        if rule.get("IsDefault") and listener in self.redirects:
            rule = self._rule(self._elbv2.listeners[self.redirects[listener]], time, path, {})
        given = weights(rule)
        total = sum(given.values())
        return {group: weight / total for group, weight in given.items() if weight}

    def _rule(self, listener: Listener, time: float, path: str, headers: Mapping[str, str]) -> Rule:
        return next(rule for rule in listener.effective.at(time) if matches(rule, path, headers))

    def _chosen(self, given: Mapping[str, int]) -> str | None:
        total = sum(given.values())
        if total == 0:
            return None
        drawn = self._kernel.random.random() * total
        for group, weight in given.items():
            drawn -= weight
            if drawn < 0:
                return group
        return None

    def _answer(self, behavior: Behavior, registered: bool) -> tuple[HttpReply, float]:
        if not registered:
            return HttpReply(503), 0.005
        if not behavior.up:
            return HttpReply(502), 0.005
        chance = self._kernel.random.random
        status = 500 if behavior.fails and chance() < behavior.fails else behavior.status
        seconds = behavior.slow_seconds if behavior.slow and chance() < behavior.slow else behavior.seconds
        headers = {ENVIRONMENT_HEADER.lower(): behavior.color, VERSION_HEADER.lower(): behavior.version}
        return HttpReply(status, headers, b"{}"), seconds


def _fixed(rule: Rule) -> HttpReply:
    """The answer of a rule that forwards nothing: its fixed response; 503 when all of its weights are 0."""
    config = rule["Actions"][-1].get("FixedResponseConfig", {})
    return HttpReply(int(config.get("StatusCode", 503)), {}, config.get("MessageBody", "").encode())
