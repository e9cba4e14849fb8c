"""What CloudFormation calls for a type of resource: the registry's word for it, as far as Greenlight's properties go.

A schema lists whatever a handler may call for any properties. Left out is what none of ours leads to.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from greenlight.bootstrap.registry import permissions

OPERATIONS = ("create", "read", "update", "delete")
PREFIXES = {
    "ElasticLoadBalancingV2": "elasticloadbalancing",
    "StepFunctions": "states",
}
"""IAM's names of services where they are not the type's in lower case."""

NOT_CALLED = (
    "backup:*BackupVaultAccessPolicy",
    "backup:*BackupVaultLockConfiguration",
    "backup:*BackupVaultNotifications",
    "dynamodb:*Item",
    "dynamodb:*Replica",
    "dynamodb:ImportTable",
    "dynamodb:DescribeImport",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:EnableKinesis*",
    "dynamodb:DisableKinesis*",
    "dynamodb:UpdateKinesis*",
    "ecs:PutAccountSetting*",
    "ec2:*VpnGateway*",
    "ec2:*VpcEncryptionControl",
    "iam:DeleteRolePermissionsBoundary",
    "iam:*GroupPolicy",
    "iam:*UserPolicy",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "lambda:GetLayerVersion",
    "lambda:PassCapacityProvider",
    "logs:PutBearerTokenAuthentication",
    "s3:DeleteObject",
    "s3:*MetadataTableConfiguration",
    "s3:PutObject*",
    "s3:REST.PUT.OBJECT",
    "s3:UpdateBucketMetadata*",
    "secretsmanager:*Replicat*",
)
"""For items of tables and objects of buckets, which Greenlight's stacks never make, and for what no template has:
policies and locks of vaults, replicas, imports, streams, VPNs, groups and users, layers. Keys are kept, and no
boundary is ever taken off."""

ALSO_CALLED = {
    "AWS::EC2::FlowLog": ("iam:PassRole", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"),
    "AWS::EC2::Instance": ("iam:PassRole",),
    "AWS::ECS::Cluster": ("iam:CreateServiceLinkedRole",),
    "AWS::ECS::TaskDefinition": ("iam:PassRole",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("iam:CreateServiceLinkedRole",),
    "AWS::Lambda::Function": ("iam:PassRole", "s3:GetObject"),
    "AWS::StepFunctions::StateMachine": ("iam:PassRole",),
    "AWS::WAFv2::LoggingConfiguration": (
        "iam:CreateServiceLinkedRole",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:PutResourcePolicy",
    ),
    "AWS::WAFv2::WebACLAssociation": (
        "elasticloadbalancing:CreateWebACLAssociation",
        "elasticloadbalancing:DeleteWebACLAssociation",
        "elasticloadbalancing:GetLoadBalancerWebACL",
        "elasticloadbalancing:SetWebACL",
    ),
}
"""What our properties lead to in other services. All are in the schemas but the load balancer's service-linked role
(Elastic Load Balancing guide, "Service-linked role")."""

CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")


def calls(resource_type: str, *operations: str) -> frozenset[str]:
    """The actions that CloudFormation calls for a resource of ours, e.g. `dynamodb:CreateTable`."""
    if resource_type.startswith(CUSTOM):
        return frozenset({"lambda:InvokeFunction"})
    known = permissions(resource_type, *(operations or OPERATIONS))
    own = {action for action in known if action.startswith(f"{prefix(resource_type)}:") and not _is_spared(action)}
    also = {action for action in ALSO_CALLED.get(resource_type, ()) if "create" in operations or not operations}
    return frozenset(own | also)


def prefix(resource_type: str) -> str:
    """The name of a type's service in IAM, e.g. `elasticloadbalancing`."""
    service = resource_type.split("::")[1]
    return PREFIXES.get(service, service.lower())


def _is_spared(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in NOT_CALLED)
