"""What /_greenlight/edge shows: the snapshot that the balancer serves, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from greenlight.rehearsal.balancer.health import Health
from greenlight.rehearsal.balancer.snapshot import Action, FixedResponse, Forward, Listener, Rule

View = dict[str, Any]


def listener_view(listener: Listener) -> View:
    """Show a listener with its real port, and its rules in the order of their priority."""
    return {
        "arn": listener.arn,
        "load_balancer": listener.load_balancer,
        "protocol": listener.protocol,
        "port": listener.port,
        "real_port": listener.real_port,
        "url": f"{listener.protocol.lower()}://127.0.0.1:{listener.real_port}",
        "rules": [_rule(rule) for rule in listener.rules],
    }


def target_view(target: tuple[str, int], health: Health) -> View:
    """Show a target and its health."""
    return {
        "id": target[0],
        "port": target[1],
        "state": health.state,
        "reason": health.reason,
        "description": health.description,
    }


def _rule(rule: Rule) -> View:
    conditions = [asdict(condition) for condition in rule.conditions]
    return {"arn": rule.arn, "priority": rule.priority, "conditions": conditions, "action": _action(rule.action)}


def _action(action: Action) -> View:
    if isinstance(action, Forward):
        return {"type": "forward", "weights": dict(action.groups)}
    return {"type": "fixed-response" if isinstance(action, FixedResponse) else "redirect", **asdict(action)}
