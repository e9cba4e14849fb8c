"""The policies of the role with which CloudFormation makes Greenlight's resources, and the bound of the roles it makes.

Less than an administrator: it reaches what is named like Greenlight's, and makes no role that could do more than
Greenlight's own may.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from greenlight_cdk.github_subjects import ISSUER

from greenlight.bootstrap.calls import calls
from greenlight.bootstrap.places import (
    BOUNDARY,
    BOUNDS,
    EVERYWHERE,
    KEY_USE,
    KEY_USERS,
    LINKED_BY,
    PASSED_TO,
    PLACES,
    QUALIFIER,
    TAGGED,
    UNBOUND,
)

Statement = dict[str, Any]
Template = Mapping[str, Any]

MOST_CHARACTERS = 6144
"""Of one managed policy, without white space (IAM guide, "IAM and AWS STS quotas")."""

BOUNDED = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
"""Calls that can be limited to roles with a boundary (service authorization reference, iam:PermissionsBoundary)."""
LOOKS = ("ec2:Describe*", "elasticloadbalancing:Describe*")
"""Looks at all of these are allowed together: templates look up zones too."""


def types_of(templates: Iterable[Template]) -> frozenset[str]:
    """Every type of resource in templates."""
    return frozenset(each["Type"] for template in templates for each in template["Resources"].values())


def execution_policies(types: Iterable[str]) -> list[dict[str, Any]]:
    """As few policies as hold all statements; each is within IAM's limit."""
    found: list[list[Statement]] = [[]]
    for statement in _statements(frozenset().union(*map(calls, types))):
        if size([*found[-1], statement]) > MOST_CHARACTERS:
            found.append([])
        found[-1].append(statement)
    return [_document(each) for each in found]


def boundary(templates: Iterable[Template]) -> dict[str, Any]:
    """The most that a role of Greenlight's may ever do: what some role of the templates does, and only to its own."""
    actions = sorted({action for template in templates for action in _granted(template)})
    bound = [each for each in actions if each.partition(":")[0] in BOUNDS and not _matches(each, UNBOUND)]
    work = _allow("Work", [each for each in actions if each not in bound], ["*"])
    services = {service: [each for each in bound if each.startswith(f"{service}:")] for service in BOUNDS}
    own = [_allow(service.capitalize(), services[service], list(BOUNDS[service])) for service in BOUNDS]
    key = _allow("Key", list(KEY_USE), ["*"], {"StringLike": {"kms:ViaService": [f"{each}.*" for each in KEY_USERS]}})
    return _document([work, *own, key])


def size(statements: list[Statement]) -> int:
    """How long IAM finds a policy."""
    return len(json.dumps(_document(statements), separators=(",", ":")))


def _statements(actions: frozenset[str]) -> Iterator[Statement]:
    yield _allow("Look", list(LOOKS), ["*"])
    tagged = {each for each in actions if _matches(each, TAGGED) and each not in EVERYWHERE}
    others = {each for each in actions if not _matches(each, LOOKS)} - tagged
    yield _allow("Everywhere", sorted(each for each in others if _matches(each, EVERYWHERE)), ["*"])
    for service, places in PLACES.items():
        own = sorted(each for each in others if each.startswith(f"{service}:") and not _matches(each, EVERYWHERE))
        yield _allow(service.capitalize(), own, [*_arns(service, places), *_beside(service)])
    ours = {"StringLike": {"aws:ResourceTag/aws:cloudformation:stack-name": "Greenlight*"}}
    yield _allow("Tagged", sorted(tagged), ["*"], ours)
    yield from _buckets(others)
    yield from _parameters()
    yield from _roles(sorted(each for each in others if each.startswith("iam:")))


def _beside(service: str) -> list[str]:
    """A web ACL is associated with a load balancer: both have to be allowed (AWS WAF, AssociateWebACL)."""
    return _arns("elasticloadbalancing", PLACES["elasticloadbalancing"][:1]) if service == "wafv2" else []


def _buckets(actions: Iterable[str]) -> Iterator[Statement]:
    own = sorted(each for each in actions if each.startswith("s3:") and each != "s3:GetObject")
    yield _allow("S3", own, ["arn:aws:s3:::greenlight*"])
    yield _allow("Assets", ["s3:GetObject"], [f"arn:aws:s3:::cdk-{QUALIFIER}-assets-*"])


def _parameters() -> Iterator[Statement]:
    """Of templates: the bootstrap's version and the newest machine image."""
    names = [f"*:parameter/cdk-bootstrap/{QUALIFIER}/version", ":parameter/aws/service/ami-amazon-linux-latest/*"]
    yield _allow("Parameters", ["ssm:GetParameters"], [f"arn:aws:ssm:*:{name}" for name in names])


def _roles(actions: list[str]) -> Iterator[Statement]:
    """Roles are made, and policies put into them, only within the boundary, which no call here takes off or changes."""
    plain = [each for each in actions if each not in (*BOUNDED, "iam:PassRole", "iam:CreateServiceLinkedRole")]
    ours = [f"arn:aws:iam::*:{kind}/Greenlight*" for kind in ("role", "instance-profile", "policy")]
    bound = {"ArnLike": {"iam:PermissionsBoundary": f"arn:aws:iam::*:policy/{BOUNDARY}"}}
    services = sorted({f"{service}.amazonaws.com" for service, *_ in PASSED_TO.values()})
    linked = sorted(f"{service}.amazonaws.com" for service in LINKED_BY.values())
    yield _allow("Iam", [each for each in plain if "OpenIDConnect" not in each], ours)
    yield _allow(
        "Github", [each for each in plain if "OpenIDConnect" in each], [f"arn:aws:iam::*:oidc-provider/{ISSUER}"]
    )
    yield _allow("BoundedRoles", list(BOUNDED), ours[:1], bound)
    yield _allow("PassRoles", ["iam:PassRole"], ours[:1], {"StringEquals": {"iam:PassedToService": services}})
    yield _allow(
        "ServiceRoles",
        ["iam:CreateServiceLinkedRole"],
        ["arn:aws:iam::*:role/aws-service-role/*"],
        {"StringEquals": {"iam:AWSServiceName": linked}},
    )


def _granted(template: Template) -> Iterator[str]:
    """The actions of every policy of people, functions, hosts and tasks."""
    for resource in template["Resources"].values():
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                action = statement["Action"]
                yield from [action] if isinstance(action, str) else action


def _arns(service: str, places: Iterable[str]) -> list[str]:
    return [f"arn:aws:{service}:*:*:{place}" for place in places]


def _allow(sid: str, actions: list[str], resources: list[str], condition: Mapping[str, Any] | None = None) -> Statement:
    resource = resources[0] if len(resources) == 1 else resources
    more = {"Condition": condition} if condition else {}
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource, **more}


def _document(statements: list[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _matches(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)
