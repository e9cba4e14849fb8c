"""Which rule it is: changed in place (invariant 4), or made on another listener before it goes from the first."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.actors import Actor
from tests.simulation.installation import Installation
from tests.simulation.site import Site

REMOVERS = {"Remove", "Rollback", "Settle", "Pay"}
"""Only what takes a whole rule away may delete it."""


class Identity:
    """Knows the production rule of each service by its ARN. `broken` is told of what must not be."""

    def __init__(self, greenlight: Installation, broken: Callable[[str], None]) -> None:
        self._kernel, self._broken = greenlight.cloud.kernel, broken
        self._arns = {site.name: _arn(site) for site in greenlight.sites}

    def changed(self, site: Site, actor: Actor | None, edited_at: float) -> bool:
        """Look at the rule after a write, and say whether it is another one than before."""
        before, now = self._arns[site.name], _arn(site)
        self._arns[site.name] = now
        if actor and before != now and actor.duty not in REMOVERS:
            self._judge(site, actor, before, now, edited_at)
        return before != now

    def _judge(self, site: Site, actor: Actor, before: str, now: str, edited_at: float) -> None:
        """While the rule moves to another listener, both have one."""
        if before and now and before not in {str(rule["RuleArn"]) for rule in site.rules().values()}:
            self._broken("the rule was replaced by another one")
        if before and not now and not self.is_unseen(site, edited_at):
            self._broken(f"{actor.duty} deleted the rule")

    def is_unseen(self, site: Site, edited_at: float) -> bool:
        """Whether a person did something to the rule since the function's last look at it began: a call a listener."""
        mine = self._kernel.current.name if self._kernel.current else ""
        looks = [time for time, name, call, _ in self._kernel.trace if name == mine and call == "elbv2.DescribeRules"]
        return edited_at > min(looks[-len(site.listeners) :], default=0.0)


def _arn(site: Site) -> str:
    rule = site.rule()
    return str(rule["RuleArn"]) if rule else ""
