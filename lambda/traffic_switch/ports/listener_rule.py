"""The production rule in ELBv2: each method is one call, and no write is sent twice by the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from traffic_switch.config import RulePlace, load_balancer_of
from traffic_switch.contract import HTTP_PORT, HTTPS_PORT
from traffic_switch.errors import RuleExistsError, RuleGoneError
from traffic_switch.model import RuleLook, Weights
from traffic_switch.rule_shape import among, conditions, forward, look_at, productions

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleTypeDef


class ListenerRule:
    """One service's production rule. `reader` may retry; `writer` must not: a write that is sent later is not
    fenced.
    """

    def __init__(
        self, reader: ElasticLoadBalancingv2Client, writer: ElasticLoadBalancingv2Client, place: RulePlace
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._place = place

    def look(self) -> RuleLook:
        """Read the rule. What is read may be older than the last write (ELBv2 is eventually consistent)."""
        found = look_at(self._rules(self._place.listener_arn), self._place)
        others = [self._rules(arn) for arn in self._other_listeners()]
        return among(found, [rule for rules in others for rule in productions(rules, self._place)], self._place)

    def _other_listeners(self) -> list[str]:
        if not self._place.has_other_listeners:
            return []
        balancer = load_balancer_of(self._place.listener_arn)
        pages = self._reader.get_paginator("describe_listeners").paginate(LoadBalancerArn=balancer)
        found = [listener for page in pages for listener in page["Listeners"]]
        ours = [one["ListenerArn"] for one in found if one["Port"] in (HTTP_PORT, HTTPS_PORT)]
        return [arn for arn in ours if arn != self._place.listener_arn]

    def _rules(self, listener_arn: str) -> list[RuleTypeDef]:
        pages = self._reader.get_paginator("describe_rules").paginate(ListenerArn=listener_arn)
        return [rule for page in pages for rule in page["Rules"]]

    def change(self, arn: str, weights: Weights) -> None:
        """Set the weights in place.

        Raises:
            RuleGoneError: somebody deleted the rule.
        """
        self._modify(RuleArn=arn, Actions=forward(weights, self._place))

    def rewrite(self, arn: str, weights: Weights) -> None:
        """Set everything about the rule as the settings say: weights, paths, priority.

        Raises:
            RuleGoneError: somebody deleted the rule.
        """
        self._modify(RuleArn=arn, Actions=forward(weights, self._place), Conditions=conditions(self._place))
        self._writer.set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": self._place.priority}])

    def create(self, weights: Weights) -> None:
        """Create the rule.

        Raises:
            RuleExistsError: the priority is in use, perhaps by this rule, if an earlier reply was lost.
        """
        try:
            self._writer.create_rule(
                ListenerArn=self._place.listener_arn,
                Priority=self._place.priority,
                Conditions=conditions(self._place),  # type: ignore[arg-type]
                Actions=forward(weights, self._place),  # type: ignore[arg-type]
            )
        except self._writer.exceptions.PriorityInUseException as error:
            raise RuleExistsError from error

    def delete(self, arn: str) -> None:
        """Delete the rule; that there is none is a success."""
        try:
            self._writer.delete_rule(RuleArn=arn)
        except self._writer.exceptions.RuleNotFoundException:
            return

    def _modify(self, **arguments: Any) -> None:
        try:
            self._writer.modify_rule(**arguments)
        except self._writer.exceptions.RuleNotFoundException as error:
            raise RuleGoneError(str(error)) from error
