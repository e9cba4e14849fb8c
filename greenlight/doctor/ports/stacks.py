"""The deployed stacks: what state each is in, and what is in it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from greenlight_cdk.names import Names, StackKind

from greenlight.deployed_stack import DeployedStack
from greenlight.doctor.ports.aws import Aws
from greenlight.templates import Template

KINDS: tuple[StackKind, ...] = ("Network", "Registry", "Data", "Edge", "Switch", "Release")
"""All but the stack of the colors, of which there is one of two."""


class Stacks:
    """All stacks of one stage. What several checks ask for is read once."""

    def __init__(self, aws: Aws, names: Names, compute: str) -> None:
        self._aws, self._names, self._compute = aws, names, names.compute_stack(compute)
        self._read: dict[str, list[tuple[str, str]]] = {}
        self._lock = threading.Lock()

    def statuses(self) -> Mapping[str, str]:
        """The status of every stack, empty for one that is not there."""
        names = [*map(self._names.stack, KINDS), self._compute]
        return {name: self._stack(name).status for name in names}

    def template(self, kind: StackKind) -> Template:
        """A stack's template; empty while there is none."""
        return self._stack(self._names.stack(kind)).template

    def output(self, kind: StackKind, key: str) -> str:
        """An output of a stack, or an empty string while there is none."""
        stack = self._stack(self._names.stack(kind))
        return stack.outputs.get(key, "") if stack.status else ""

    def physical(self, stack: StackKind, *types: str) -> list[str]:
        """The physical ids of a stack's resources of some types; none when the stack is not there."""
        return [physical for kind, physical in self._resources(self._names.stack(stack)) if kind in types]

    def count(self, stack: StackKind) -> Counter[str]:
        """How many resources of each type a stack has."""
        return Counter(kind for kind, _ in self._resources(self._names.stack(stack)))

    def _stack(self, name: str) -> DeployedStack:
        return DeployedStack(name, self._aws.client("cloudformation"))

    def _resources(self, name: str) -> list[tuple[str, str]]:
        with self._lock:
            if name not in self._read:
                self._read[name] = self._list(name)
            return self._read[name]

    def _list(self, name: str) -> list[tuple[str, str]]:
        if not self._stack(name).status:
            return []
        found = self._aws.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=name)
        return [(each["ResourceType"], each.get("PhysicalResourceId", "")) for each in found]
