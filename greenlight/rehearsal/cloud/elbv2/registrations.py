"""Which targets are registered, and which are still draining after their deregistration."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from ministack.services import alb

from greenlight.rehearsal.cloud.elbv2.records import attribute

Target = tuple[str, int]
"""An id and a port: AWS counts each pair as a target of its own."""

_DELAY = "deregistration_delay.timeout_seconds"
_DEFAULT_DELAY = "300"


class Registrations:
    """The targets of every group. Thread-safe.

    Registered ones are ministack's records; the draining ones are remembered here.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._draining: dict[tuple[str, Target], float] = {}

    def registered(self, group_arn: str) -> list[Target]:
        """List a group's targets in the order of their registration."""
        return [self.target(group_arn, each) for each in list(alb._targets.get(group_arn, []))]

    def draining(self, group_arn: str) -> list[Target]:
        """List the targets that were deregistered less than the deregistration delay ago."""
        now = self._now()
        with self._lock:
            self._draining = {key: until for key, until in self._draining.items() if until > now}
            return [target for arn, target in self._draining if arn == group_arn]

    def register(self, group_arn: str, targets: Iterable[Target]) -> None:
        """Add targets; one that is draining is registered again, one that is there already stays."""
        with self._lock:
            known = self.registered(group_arn)
            for target in targets:
                self._draining.pop((group_arn, target), None)
                if target not in known:
                    known.append(target)
            self._keep(group_arn, known)

    def deregister(self, group_arn: str, targets: Iterable[Target]) -> None:
        """Remove targets. In a group that is in use they drain; one that is not registered is no error, as on AWS."""
        with self._lock:
            gone = set(targets) & set(self.registered(group_arn))
            if alb._tgs[group_arn]["LoadBalancerArns"]:
                until = self._now() + self._delay_seconds(group_arn)
                self._draining |= {(group_arn, target): until for target in gone}
            self._keep(group_arn, [target for target in self.registered(group_arn) if target not in gone])

    def forget_group(self, group_arn: str) -> None:
        """Forget what drains in a group that was deleted."""
        with self._lock:
            self._draining = {key: until for key, until in self._draining.items() if key[0] != group_arn}

    def target(self, group_arn: str, given: dict[str, object]) -> Target:
        """Read a target; without a port of its own it has the group's."""
        port = given.get("Port") or alb._tgs[group_arn].get("Port", 80)
        return str(given["Id"]), int(str(port))

    def _keep(self, group_arn: str, targets: list[Target]) -> None:
        alb._targets[group_arn] = [{"Id": target_id, "Port": port} for target_id, port in targets]

    def _delay_seconds(self, group_arn: str) -> float:
        return float(attribute(alb._tg_attrs.get(group_arn, []), _DELAY, _DEFAULT_DELAY))
