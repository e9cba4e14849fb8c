"""The deployed stacks: what state each is in, and what is in it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from greenlight_cdk.names import Names, StackKind

from greenlight.deployed_stack import DeployedStack
from greenlight.doctor.ports.aws import Aws
from greenlight.templates import Template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

Resource = tuple[str, str]
"""Its type and its physical id."""
KINDS: tuple[StackKind, ...] = ("Network", "Registry", "Data", "Edge", "Switch", "Release")
"""All but the stack of the colors, of which there is one of two."""


class Stacks:
    """All stacks of one stage. Each is described once, and so is what is in it: several checks ask for that."""

    def __init__(self, aws: Aws, names: Names, compute: str) -> None:
        self._aws, self._names, self._compute = aws, names, names.compute_stack(compute)
        self._described: dict[str, StackTypeDef | None] = {}
        self._listed: dict[str, list[Resource]] = {}
        self._lock = threading.Lock()

    def statuses(self) -> Mapping[str, str]:
        """The status of every stack, empty for one that is not there."""
        return {name: self._status(name) for name in [*map(self._names.stack, KINDS), self._compute]}

    def template(self, kind: StackKind) -> Template:
        """A stack's template; empty while there is none."""
        return DeployedStack(self._names.stack(kind), self._aws.client("cloudformation")).template

    def output(self, kind: StackKind, key: str) -> str:
        """An output of a stack, or an empty string while there is none."""
        return self._output(self._names.stack(kind), key)

    def _output(self, stack: str, key: str) -> str:
        found = self._describe(stack)
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])} if found else {}
        return outputs.get(key, "")

    def compute_output(self, key: str) -> str:
        """An output of the stack of the colors, or an empty string while there is none."""
        return self._output(self._compute, key)

    def physical(self, stack: StackKind, *types: str) -> list[str]:
        """The physical ids of a stack's resources of some types; none when the stack is not there."""
        return [physical for kind, physical in self._resources(self._names.stack(stack)) if kind in types]

    def count(self, stack: StackKind) -> Counter[str]:
        """How many resources of each type a stack has."""
        return Counter(kind for kind, _ in self._resources(self._names.stack(stack)))

    def _status(self, name: str) -> str:
        found = self._describe(name)
        return found["StackStatus"] if found else ""

    def _describe(self, name: str) -> StackTypeDef | None:
        with self._lock:
            if name not in self._described:
                self._described[name] = self._ask(name)
            return self._described[name]

    def _ask(self, name: str) -> StackTypeDef | None:
        """CloudFormation has no code of its own for a stack that is not there (API reference, DescribeStacks)."""
        try:
            found: StackTypeDef = self._aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return found

    def _resources(self, name: str) -> list[Resource]:
        described = self._describe(name)
        with self._lock:
            if name not in self._listed:
                self._listed[name] = self._list(name) if described else []
            return self._listed[name]

    def _list(self, name: str) -> list[Resource]:
        found = self._aws.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=name)
        return [(each["ResourceType"], each.get("PhysicalResourceId", "")) for each in found]
