"""One look at a service: what the journal remembers, what the rule says, how the targets are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from traffic_switch import preflight
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, RuleLook, Target, Weights

PATIENCE = 1.5
"""How long a rule that reads otherwise is looked at again, as a multiple of `write_settle_seconds`: as the switch.

DescribeRules lags behind writes.
"""
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Scene:
    """What one look saw. `damage` says what of the journal could not be read; `live` is then None."""

    live: Live | None
    rule: RuleLook
    targets: Mapping[Color, tuple[Target, ...]]
    lock: Lock | None = None
    damage: str = ""

    @property
    def weights(self) -> Weights | None:
        """Where the rule sends traffic; None when there is no rule, or one that weights do not describe."""
        return self.rule.weights

    @property
    def drift(self) -> str:
        """How the rule differs from what the journal remembers, and what to do; empty when it does not."""
        return self.damage or preflight.drift(self.rule, self.live)

    @property
    def traffic(self) -> str:
        """Where the traffic is, and what the journal has to say of it."""
        remembered = f"{self.live.color} {self.live.version}" if self.live else "nothing"
        return f"{self.rule}; the journal remembers {'what is damaged' if self.damage else remembered} as live"
