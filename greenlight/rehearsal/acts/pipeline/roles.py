"""The roles of a stack: what each may do, and one that lacks a permission for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from greenlight.errors import RehearsalError

_HASH = 8
"""So many characters at the end of a logical id are the CDK's."""


@dataclass(frozen=True)
class Grants:
    """The actions that a role may do, and the role's name in IAM."""

    name: str
    actions: frozenset[str]


@dataclass(frozen=True)
class StackRoles:
    """The roles that a stack has made, called as in its code. `client` makes clients of AWS."""

    stack: str
    client: Callable[[str], Any]

    @contextmanager
    def lacking(self, role: str, action: str) -> Iterator[None]:
        """Take one action away from a role; give it back afterwards.

        Raises:
            RehearsalError: the role may not do that anyway.
        """
        iam, name = self.client("iam"), self._names()[role]
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        less = without(document, action)
        if less["Statement"]:
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(less))
        else:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        try:
            yield
        finally:
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))

    def granted(self) -> dict[str, Grants]:
        """What each role may do by its policies."""
        iam, found = self.client("iam"), {}
        for role, name in self._names().items():
            policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
            documents = [iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in policies]
            statements = [statement for document in documents for statement in document["Statement"]]
            found[role] = Grants(name, frozenset(one for each in statements for one in _listed(each["Action"])))
        return found

    def _names(self) -> dict[str, str]:
        found = self.client("cloudformation").list_stack_resources(StackName=self.stack)["StackResourceSummaries"]
        roles = [each for each in found if each["ResourceType"] == "AWS::IAM::Role"]
        return {each["LogicalResourceId"][:-_HASH]: str(each["PhysicalResourceId"]) for each in roles}


def without(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    """The policy without an action; a statement that allows nothing else goes with it.

    Raises:
        RehearsalError: nothing in it allows the action.
    """
    before = [{**each, "Action": _listed(each["Action"])} for each in document["Statement"]]
    after = [{**each, "Action": [one for one in each["Action"] if one != action]} for each in before]
    if after == before:
        raise RehearsalError(f"no statement of the role allows {action}: there is nothing to take away")
    return {**document, "Statement": [each for each in after if each["Action"]]}


def _listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else list(actions)
