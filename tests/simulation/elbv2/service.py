"""Elastic Load Balancing as its clients see it: reads may be late, and traffic follows a write some seconds later."""

from __future__ import annotations

from typing import Any, TypeAlias

from tests.simulation.copies import copied
from tests.simulation.elbv2 import rules
from tests.simulation.elbv2.listeners import Listener
from tests.simulation.elbv2.rules import Rule
from tests.simulation.elbv2.targets import WORDS, Health, Target, TargetGroup
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel

Request: TypeAlias = dict[str, Any]
Reply: TypeAlias = dict[str, Any]


class Elbv2:
    """One account's load balancers.

    `read_lag`: a DescribeRules shows what was stored up to so many seconds ago (terraform-provider-aws #6154).
    `propagation`: the least and the most seconds until traffic follows a write.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.read_lag = 0.0
        self.propagation = (0.2, 2.0)
        self.listeners: dict[str, Listener] = {}
        self.groups: dict[str, TargetGroup] = {}
        self.health = Health(kernel)
        self._kernel = kernel
        self._next_lag: float | None = None
        self._made = 0

    def stale_next(self, seconds: float) -> None:
        """The next DescribeRules shows what was stored so many seconds ago."""
        self._next_lag = seconds

    def add_listener(self, arn: str, port: int, default: list[dict[str, Any]]) -> Listener:
        """A listener with its default actions."""
        made = rules.actions(default, self.groups)
        rule = {"RuleArn": self._rule_arn(arn), "Priority": "default", "Conditions": [], "Actions": made}
        self.listeners[arn] = Listener(self._kernel, arn, port, {**rule, "IsDefault": True})
        return self.listeners[arn]

    def describe_listeners(self, request: Request) -> Reply:
        of = request["LoadBalancerArn"].replace(":loadbalancer/", ":listener/")
        found = {arn: listener for arn, listener in self.listeners.items() if arn.startswith(f"{of}/")}
        return {"Listeners": [{"ListenerArn": arn, "Port": listener.port} for arn, listener in found.items()]}

    def describe_rules(self, request: Request) -> Reply:
        lag = self._lag()
        if "ListenerArn" in request:
            return {"Rules": self._listener(request["ListenerArn"]).described(lag)}
        shown = {rule["RuleArn"]: rule for listener in self.listeners.values() for rule in listener.described(lag)}
        missing = [arn for arn in request.get("RuleArns", []) if arn not in shown]
        if missing:
            raise _no_rule(missing[0])
        return {"Rules": [shown[arn] for arn in request.get("RuleArns", [])]}

    def create_rule(self, request: Request) -> Reply:
        listener = self._listener(request["ListenerArn"])
        priority = str(request["Priority"])
        if not 1 <= request["Priority"] <= 50_000:
            raise AwsError("ValidationError", f"Priority '{priority}' must be between 1 and 50000")
        if listener.with_priority(priority):
            raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
        rule: Rule = {
            "RuleArn": self._rule_arn(listener.arn),
            "Priority": priority,
            "Conditions": rules.conditions(request["Conditions"]),
            "Actions": rules.actions(request["Actions"], self.groups),
            "IsDefault": False,
        }
        listener.put(rule, self._propagation())
        return {"Rules": [copied(rule)]}

    def modify_rule(self, request: Request) -> Reply:
        listener, rule = self._rule(request["RuleArn"])
        changed = dict(rule)
        if request.get("Conditions"):
            changed["Conditions"] = rules.conditions(request["Conditions"])
        if request.get("Actions"):
            changed["Actions"] = rules.actions(request["Actions"], self.groups)
        listener.put(changed, self._propagation())
        return {"Rules": [copied(changed)]}

    def delete_rule(self, request: Request) -> Reply:
        listener, rule = self._rule(request["RuleArn"])
        if rule["IsDefault"]:
            raise AwsError("OperationNotPermitted", f"Default rule '{rule['RuleArn']}' cannot be deleted")
        listener.delete(rule["RuleArn"], self._propagation())
        return {}

    def set_rule_priorities(self, request: Request) -> Reply:
        moved = [(*self._rule(pair["RuleArn"]), str(pair["Priority"])) for pair in request["RulePriorities"]]
        for listener, rule, priority in moved:
            holder = listener.with_priority(priority)
            if holder is not None and holder["RuleArn"] != rule["RuleArn"]:
                raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
        for listener, rule, priority in moved:
            listener.put({**rule, "Priority": priority}, self._propagation())
        return {"Rules": [copied(self._rule(rule["RuleArn"])[1]) for _, rule, _ in moved]}

    def describe_target_health(self, request: Request) -> Reply:
        group = self._group(request["TargetGroupArn"])
        wanted = [(target["Id"], target.get("Port", group.port)) for target in request.get("Targets", [])]
        targets = [group.targets.get(key) or Target(*key, "unused", "Target.NotRegistered") for key in wanted]
        used = self._in_use(group.arn)
        return {"TargetHealthDescriptions": [_described(t, used) for t in targets or list(group.targets.values())]}

    def describe_target_group_attributes(self, request: Request) -> Reply:
        group = self._group(request["TargetGroupArn"])
        return {"Attributes": [{"Key": key, "Value": value} for key, value in group.attributes.items()]}

    def describe_target_groups(self, request: Request) -> Reply:
        groups = [self._group(arn) for arn in request.get("TargetGroupArns") or list(self.groups)]
        return {"TargetGroups": [{"TargetGroupArn": group.arn, "Port": group.port} for group in groups]}

    def register_targets(self, request: Request) -> Reply:
        group = self._group(request["TargetGroupArn"])
        for target in request["Targets"]:
            self.health.register(group, target["Id"], target.get("Port", group.port))
        return {}

    def deregister_targets(self, request: Request) -> Reply:
        group = self._group(request["TargetGroupArn"])
        for target in request["Targets"]:
            self.health.deregister(group, target["Id"], target.get("Port", group.port))
        return {}

    def _listener(self, arn: str) -> Listener:
        if arn not in self.listeners:
            raise AwsError("ListenerNotFound", f"One or more listeners not found: {arn}")
        return self.listeners[arn]

    def _rule(self, arn: str) -> tuple[Listener, Rule]:
        for listener in self.listeners.values():
            if arn in listener.rules:
                return listener, listener.rules[arn]
        raise _no_rule(arn)

    def _group(self, arn: str) -> TargetGroup:
        if arn not in self.groups:
            raise AwsError("TargetGroupNotFound", f"One or more target groups not found: {arn}")
        return self.groups[arn]

    def _in_use(self, group: str) -> bool:
        listeners = self.listeners.values()
        return any(group in rules.weights(rule) for listener in listeners for rule in listener.rules.values())

    def _lag(self) -> float:
        lag, self._next_lag = self._next_lag, None
        return lag if lag is not None else self.read_lag and self.read_lag * self._kernel.random.random()

    def _propagation(self) -> float:
        low, high = self.propagation
        return low + (high - low) * self._kernel.random.random()

    def _rule_arn(self, listener: str) -> str:
        self._made += 1
        return f"{listener.replace(':listener/', ':listener-rule/')}/{self._made:016x}"


def _no_rule(arn: str) -> AwsError:
    return AwsError("RuleNotFound", f"One or more rules not found: {arn}")


def _described(target: Target, used: bool) -> dict[str, Any]:
    state, reason = target.state, target.reason
    if not used and state != "draining":
        state, reason = "unused", reason if reason == "Target.NotRegistered" else "Target.NotInUse"
    health = {"State": state} | ({"Reason": reason, "Description": WORDS[reason]} if reason else {})
    place = {"Id": target.id, "Port": target.port}
    return {"Target": place, "HealthCheckPort": str(target.port), "TargetHealth": health}
