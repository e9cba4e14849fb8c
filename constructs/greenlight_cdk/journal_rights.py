"""Which items of the journal each function of the switch may read and write, and nothing else of it.

The requests that are to be answered are in a table of their own: they hold the addresses of the answers.

docs/protocol.md says what the items are, and which transaction writes which of them. Pure data, without the CDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ACTIONS = {
    "get": "dynamodb:GetItem",
    "put": "dynamodb:PutItem",
    "update": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
    "check": "dynamodb:ConditionCheckItem",
}
"""AWS authorizes a transaction by the actions of its parts."""

NOTES = {"get": "switch", "update": "switch"}
ENDS = {"put": "live", "update": "switch lock", "delete": "lock live"}
"""Who ends a switch with traffic to take back, which may have left nothing live."""

RIGHTS = {
    "Request": {"get": "switch newest last live lock image", "put": "switch last newest", "update": "switch"},
    "Lock": {"get": "switch lock live", "put": "lock", "update": "switch"},
    "Pay": {"get": "switch lock", "put": "live", "update": "switch lock", "delete": "live"},
    "Preflight": {"get": "switch live image", "update": "switch"},
    "Gate": NOTES,
    "Smoke": NOTES,
    "Shift": {"get": "switch lock", "update": "switch", "check": "lock"},
    "Bake": {"get": "switch lock", "update": "switch"},
    "Done": {"get": "switch lock image", "put": "live", "update": "switch", "delete": "lock"},
    "Rollback": {"get": "switch lock live", **ENDS, "check": "switch"},
    "Remove": {"get": "switch lock live", "update": "switch", "delete": "lock live"},
    "Repair": {"get": "switch lock live", "put": "live", "update": "switch", "delete": "lock", "check": "lock"},
    "Respond": {"get": "switch"},
    "Settle": {"get": "switch lock live", **ENDS, "put": "live lock", "check": "switch"},
    "Drift": {"get": "lock live drift", "update": "drift"},
}
"""For each function and each action the kinds of items: `lock` stands for the items `lock#<service>`."""

REQUEST_RIGHTS = {
    "Request": {"put": "request"},
    "Respond": {"get": "request", "delete": "request"},
    "Settle": {"get": "request", "delete": "request"},
}
"""The same for the table of requests. Nobody else may use it; who may read it can answer CloudFormation."""


def patterns(rights: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the actions of a function, each with the patterns of the keys that it may be about."""
    for action, kinds in rights.items():
        yield ACTIONS[action], tuple(f"{kind}#*" for kind in kinds.split())
