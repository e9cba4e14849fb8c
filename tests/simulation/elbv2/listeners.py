"""The rules of a listener over time: what is stored, what a late read still shows, and what traffic follows."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import Any

from tests.simulation.copies import packed
from tests.simulation.elbv2.rules import Rule, rank
from tests.simulation.kernel import Kernel
from tests.simulation.timeline import Timeline


class Listener:
    """One listener. Its rules, by ARN, are replaced as a whole at each write, so that older states can be kept."""

    def __init__(self, kernel: Kernel, arn: str, port: int, default: Rule) -> None:
        self.arn, self.port = arn, port
        self._kernel = kernel
        self._stored: Timeline[Mapping[str, Rule]] = Timeline({default["RuleArn"]: default})
        self._packed: dict[int, bytes] = {}
        self.effective: Timeline[tuple[Rule, ...]] = Timeline((default,))
        """What traffic follows, in the order in which it is tried."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules as they are stored now."""
        return self._stored.last

    def described(self, lag: float) -> list[dict[str, Any]]:
        """The rules as they were stored `lag` seconds ago, in order: copies, which a caller may change."""
        index = self._stored.index(self._kernel.time - lag)
        if index not in self._packed:
            self._packed[index] = packed(sorted(self._stored.values[index].values(), key=rank))
        shown: list[dict[str, Any]] = marshal.loads(self._packed[index])
        return shown

    def put(self, rule: Rule, propagation: float) -> None:
        """Store a rule; traffic follows it `propagation` seconds later."""
        self._store({**self.rules, rule["RuleArn"]: rule}, propagation)

    def delete(self, arn: str, propagation: float) -> None:
        """Forget a rule."""
        self._store({key: rule for key, rule in self.rules.items() if key != arn}, propagation)

    def with_priority(self, priority: str) -> Rule | None:
        """The stored rule of one priority."""
        return next((rule for rule in self.rules.values() if rule["Priority"] == priority), None)

    def _store(self, rules: Mapping[str, Rule], propagation: float) -> None:
        self._stored.set(self._kernel.time, rules)
        self.effective.set(self._kernel.time + propagation, tuple(sorted(rules.values(), key=rank)))
